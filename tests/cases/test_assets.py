"""A case knows its asset: it is shown, with whose it is and what was there before."""

import re
from pathlib import Path

import pytest
from tests.cases.assets import LAMP, furnish, furnished  # noqa: F401 - fixture
from tests.cases.walking import case_of, do

from gongbi.cases.models import Signal
from gongbi.cases.public import SignalRefused
from gongbi.core.public import check_pack


@pytest.fixture
def lamp_case(furnished, reported, signed_in):  # noqa: F811
    """Two cases of one lamp, the later in the hands of East water; gives its number."""
    reported(**LAMP)
    number = reported(**LAMP).number
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    return number


def test_a_report_stands_where_its_asset_stands(furnished, reported):  # noqa: F811
    case = case_of(reported(**LAMP, lon=None, lat=None).number)
    assert (case.lon, case.lat, case.place_id) == (122.94, 30.2, "xx-e-1-a")
    assert case.asset_why == {"by": "sender"}
    far = case_of(reported(**LAMP | {"lon": 122.85, "lat": 30.2}).number)
    assert (far.place_id, far.asset_why["metres"]) == ("xx-w", 8659)


def test_an_asset_that_is_none_is_refused(furnished, reported):  # noqa: F811
    with pytest.raises(SignalRefused, match="部件"):
        reported(**LAMP | {"asset": "lamp:0"})
    with pytest.raises(SignalRefused):
        reported(**LAMP | {"asset": "no colon"})
    assert not Signal.objects.exists()


def test_the_page_shows_it_and_its_other_cases(lamp_case, signed_in):
    page = signed_in("dispatcher").get(f"/cases/{lamp_case}/").content.decode()
    card = re.search(r'id="asset".*?</section>', page, re.DOTALL)
    assert card
    for part in ("Street lamp", "3-0421", "By the gate", "Street order", "East water"):
        assert part in card[0], part
    assert "named by whoever reported it; 0 m from the position" in card[0]
    assert len(re.findall(r'href="/cases/[^"]+/"', card[0])) == 1
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{lamp_case}/").content.decode()
    for part in ("部件", "权属单位", "养护单位", "该部件的其他案件", "大门口"):
        assert part in page, part


def test_a_case_of_no_asset_shows_none(furnished, reported, signed_in):  # noqa: F811
    number = reported().number
    assert 'id="asset"' not in signed_in("dispatcher").get(f"/cases/{number}/").content.decode()


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("dispatcher", 1),
        ("supervisor", 1),
        ("worker", 0),
        ("lead", 0),
        ("lifter", None),
        ("", None),
    ],
)
def test_nobody_sees_other_cases_of_it_that_they_may_not(lamp_case, signed_in, name, others):
    """The earlier case is still with the dispatcher: the unit at work does not see it."""
    answer = signed_in(name).get(f"/cases/{lamp_case}/")
    if others is None:
        assert answer.status_code == (404 if name else 302)
        return
    page = answer.content.decode()
    card = page[page.index('id="asset"') : page.index('id="case-now"')]
    assert len(re.findall(r'href="/cases/', card)) == others
    assert ("No other case of it that you may see." in card) == (not others)


def test_the_list_of_others_ends(furnished, reported, signed_in):  # noqa: F811
    number = [reported(**LAMP).number for _ in range(8)][-1]
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    card = page[page.index('id="asset"') : page.index('id="case-now"')]
    assert len(re.findall(r'href="/cases/', card)) == 5
    assert "There are more." in card


def test_an_asset_costs_the_page_four_queries(
    furnished,  # noqa: F811
    reported,
    signed_in,
    django_assert_num_queries,
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser, plain = signed_in("dispatcher"), reported(**LAMP | {"asset": ""}).number
    many = [reported(**LAMP).number for _ in range(7)][-1]
    browser.get(f"/cases/{plain}/")
    with CaptureQueriesContext(
        connection,
    ) as before:
        browser.get(f"/cases/{plain}/")
    with django_assert_num_queries(len(before) + 4):
        browser.get(f"/cases/{many}/")


def test_the_workers_list_says_which_lamp_and_whose(
    lamp_case, signed_in, reported, django_assert_max_num_queries
):
    browser = signed_in("worker")
    page = browser.get("/cases/mine/").content.decode()
    for part in ("Street lamp", "3-0421", "owned by Street order"):
        assert part in page, part
    assert "other case of it" not in page, "the earlier one is not theirs to see"
    second = reported(**LAMP).number
    do(signed_in("dispatcher"), second, "dispatch", unit="water-e")
    with django_assert_max_num_queries(16):
        page = browser.get("/cases/mine/").content.decode()
    assert page.count("1 other case of it") == 2


def test_a_report_that_joins_brings_the_asset_along(furnished, reported):  # noqa: F811
    first = reported(**LAMP | {"asset": ""})
    reported(**LAMP, joins=first.number)
    case = case_of(first.number)
    assert case.asset is not None
    assert (case.asset.code, case.signals_count) == ("3-0421", 2)


def test_it_stays_with_the_report_when_reports_are_parted(
    furnished,  # noqa: F811
    reported,
    signed_in,
):
    first = reported(**LAMP)
    reported(**LAMP | {"asset": "lamp:3-0422"}, joins=first.number)
    joined = case_of(first.number).signals.get(joined_why="said_by_reporter")
    do(signed_in("dispatcher"), first.number, "split", signals=[joined.pk])
    joined.refresh_from_db()
    assert joined.case.asset is not None
    assert joined.case.asset.code == "3-0422"


def test_whoever_reported_sees_it(furnished, reported, client):  # noqa: F811
    from gongbi.cases.public import follow

    found = follow(reported(**LAMP).follow_token)
    assert found is not None
    assert found.asset.endswith("3-0421")
    assert found.asset_owner


def test_faults_of_types_and_routes_about_assets_are_named(pack_folder: Path, db: None) -> None:
    furnish(pack_folder)
    assert check_pack(pack_folder) == []
    types, routes = pack_folder / "case_types.toml", pack_folder / "routes.toml"
    types.write_text(types.read_text("utf-8").replace('["lamp"]', '["lantern"]'), "utf-8")
    said = routes.read_text("utf-8").replace('to_asset = "owner"', 'to_asset = "buyer"')
    said = said.replace('["lifts"], asset_kind = ["lift"]', '["lift"], asset_kind = ["lifts"]')
    said = said.replace('to_kind = "order"', 'to_kind = "order"\nto_asset = "owner"')
    routes.write_text(said, "utf-8")
    found = " ".join(str(fault) for fault in check_pack(pack_folder))
    for part in (
        "'lantern' is no kind of asset_kinds.toml.",
        "'buyer' is none of owner, maintainer of the asset.",
        "'lift' is no unit of units.csv.",
        "'lifts' is no kind of asset_kinds.toml.",
        "needs to_unit or to_kind or to_asset, and not both.",
    ):
        assert part in found, part
