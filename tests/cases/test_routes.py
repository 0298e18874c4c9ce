"""Routes as a city meets them: what may be asked, what is passed over, what a pack changes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.cases.conftest import NOW
from tests.cases.walking import case_of

from gongbi.cases.models import CaseType, Route
from gongbi.cases.routes import _choose, _Table, choose_unit
from gongbi.core.packs import check_pack, load_pack
from gongbi.core.public import UnitRecord, city
from gongbi.kernel.cases.routing import Matter, Router, Rule

ROUTES = "routes.toml"


@pytest.fixture
def folder(pack_folder: Path, settings) -> Path:
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    return pack_folder


def before_all(folder: Path, route: str) -> None:
    """Put a route above all others."""
    text = (folder / ROUTES).read_text("utf-8")
    said = f'[[route]]\ncode = "first"\nreason_en = "Tried first."\n{route}\n'
    (folder / ROUTES).write_text(said + text, "utf-8")


@pytest.mark.parametrize(
    ("asks", "report", "fires"),
    [
        ('sources = ["hotline"]', {"source": "hotline"}, True),
        ('sources = ["hotline"]', {"source": "web"}, False),
        ("priorities = [1]", {}, True),
        ("priorities = [3, 4]", {}, False),
        ('facts = { owner = ["estate"] }', {"why": {"owner": "estate"}}, True),
        ('facts = { owner = ["estate"] }', {"why": {"owner": "city"}}, False),
        ("facts = { floors = 3 }", {"why": {"floors": 3.0}}, True),
        ("facts = { indoors = true }", {"why": {"indoors": True}}, True),
        ('not = { places = ["xx-w"] }', {}, True),
        ('not = { places = ["xx-e-1"] }', {}, False),
        ('any = [{ min_level = 2 }, { sources = ["web"] }]', {}, True),
        ('any = [{ min_level = 2 }, { sources = ["hotline"] }]', {}, False),
    ],
)
def test_what_a_rule_may_ask(small_city, folder, reported, asks, report, fires):
    before_all(folder, f'to_unit = "order"\n{asks}')
    load_pack(folder, by="test")
    case = case_of(reported(**report).number)
    assert (case.route.code == "first") is fires, case.route_why
    if not fires:
        (near,) = [row for row in case.route_why["nearly"] if row["rule"] == "first"]
        assert near["false"], near


def test_a_fact_nobody_told_is_unknown_and_the_page_says_so(
    small_city, folder, reported, signed_in
):
    before_all(folder, 'to_unit = "order"\nfacts = { owner = "estate" }')
    load_pack(folder, by="test")
    number = reported().number
    case = case_of(number)
    assert case.route.code == "water"
    assert case.route_why["nearly"][0] == {"rule": "first", "false": [], "unknown": ["fact:owner"]}
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "owner" in page
    assert "first" in page


def test_saturday_half_past_midnight_is_saturday(small_city, folder, reported):
    """In UTC it is still Friday: day and hour must come from one clock, the city's."""
    before_all(folder, 'to_unit = "order"\nhours = "00:00-06:00"\nweekdays = [6]')
    load_pack(folder, by="test")
    saturday = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert case_of(reported(at=saturday).number).route.code == "first"
    friday = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert case_of(reported(at=friday).number).route.code == "water"


def test_a_new_area_is_used_at_once(small_city, folder, reported):
    """Another city system kept its areas for the life of a process."""
    point = {"place": None, "lon": 122.93, "lat": 30.25}
    assert case_of(reported(**point).number).place_id == "xx-e"
    with (folder / "places.csv").open("a", encoding="utf-8") as places:
        places.write("xx-e-2,xx-e,subdistrict,新街道,New,,,0,,\n")
    areas = json.loads((folder / "places.geojson").read_text("utf-8"))
    ring = [[122.92, 30.24], [122.94, 30.24], [122.94, 30.26], [122.92, 30.26], [122.92, 30.24]]
    areas["features"].append(
        {
            "type": "Feature",
            "properties": {"code": "xx-e-2"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
    )
    (folder / "places.geojson").write_text(json.dumps(areas), "utf-8")
    before_all(folder, 'to_unit = "order"\nplaces = ["xx-e-2"]')
    load_pack(folder, by="test")
    case = case_of(reported(**point).number)
    assert (case.place_id, case.route.code) == ("xx-e-2", "first")


def test_a_full_unit_is_passed_over_and_the_page_says_so(small_city, folder, reported, signed_in):
    before_all(folder, 'to_unit = "lifts"\nat_once = true\nmax_load = 2')
    load_pack(folder, by="test")
    numbers = [reported().number for _ in range(3)]
    assert [case_of(number).route.code for number in numbers] == ["first", "first", "water"]
    passed = case_of(numbers[2]).route_why["passed_over"]
    assert passed == [{"rule": "first", "why": "full", "load": 2, "most": 2}]
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{numbers[2]}/").content.decode()
    assert "规则 first 跳过" in page


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ("types = [3]", "types is a list of codes in quotes"),
        ("types = []", "types is a list of codes in quotes"),
        ("weekdays = [true]", "weekdays is a list of numbers"),
        ("weekdays = [1.0]", "weekdays is a list of numbers"),
        ('priorities = ["1"]', "priorities is a list of numbers"),
        ("min_level = true", "min_level True is none of 0 to 3"),
        ("sources = [1]", "sources is a list of codes in quotes"),
        ("facts = 3", "facts names what may be known"),
        ("facts = { a = [] }", "The fact 'a' needs a text"),
        ('facts = { a = ["x", 3] }', "several kinds"),
        ("any = { min_level = 2 }", "any is a list of conditions"),
        ("any = []", "any is empty"),
        ("any = [{ level = 2 }]", "Nothing reads the key 'level' inside any"),
        ('not = { places = ["atlantis"] }', "'atlantis' is no place"),
        ("max_load = 0", "max_load is how many tasks"),
        ('at_once = "yes"', "at_once is true or false"),
        ("asks = 1", "Nothing reads the key 'asks'"),
    ],
)
def test_a_fault_of_kind_is_refused_with_file_and_line(db, folder, asks, said):
    before_all(folder, f'to_unit = "order"\n{asks}')
    (fault,) = check_pack(folder)
    assert said in fault.reason
    assert (fault.file, fault.line) == (ROUTES, 5)


def test_a_choice_costs_one_query(small_city, reported):
    kind = CaseType.objects.get(code="burst-pipe", in_force=True)
    path = "/xx/xx-e/xx-e-1/xx-e-1-a/"
    choose_unit(kind, path, at=NOW, level=0)
    with CaptureQueriesContext(connection) as queries:
        assert choose_unit(kind, path, at=NOW, level=0).unit.code == "water-e"
    assert len(queries) == 1


units = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3).map(lambda c: f"/{'/'.join(c)}/")


@given(st.lists(st.none() | units, min_size=1, max_size=6), units)
def test_no_complaint_reaches_the_accused_or_below(paths, accused):
    """Whatever the rules say: the first rule whose unit is not accused, or nobody."""
    rows = {f"r{n}": Route(code=f"r{n}", rule={}) for n in range(len(paths))}
    found = dict(zip(rows, paths, strict=True))

    def find(row: Route) -> UnitRecord | None:
        path = found[row.code]
        return path and UnitRecord(path, "", "", None, "", path, "", "", "", "")

    table = _Table(Router([Rule(code) for code in rows]), rows, city)
    choice = _choose(table, Matter(), find, accused)
    sound = [path for path in paths if path and not path.startswith(accused)]
    assert (choice.unit.path if choice.unit else None) == next(iter(sound), None)
    assert all(row["why"] in ("accused", "no_unit") for row in choice.why["passed_over"])
