"""Signs made of signs: ratios, shares, per head, networks, and composite ones with reasons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.vitals.conftest import Sensing
from tests.vitals.walking import read

from gongbi.core.packs import check_pack
from gongbi.vitals.models import Alert, Indicator, Series

MADE = """
[[indicator]]
code = "low-share"
name_en = "Quarters with low pressure"
name_zh = "低压居村占比"
derive = "share-at"
of = ["pressure"]
over = "quarter"
at_level = 2
places = ["subdistrict"]
scale = 100
unit = "%"
notice = 40

[[indicator]]
code = "head"
name_en = "Pressure a head"
name_zh = "人均压力"
derive = "per-head"
of = ["supply"]
per = 1000
places = ["district"]

[[indicator]]
code = "tail"
name_en = "Lowest pressure downstream"
name_zh = "下游最低压力"
derive = "min"
of = ["pressure"]
network = "main"
places = ["quarter"]
direction = "below"

[[indicator]]
code = "spread"
name_en = "Best pressure of rows"
name_zh = "压力高值"
property = "water_pressure"
unit = "MPa"
aggregate = "p95"
window_minutes = 1
places = ["district"]

[[indicator]]
code = "burst-sign"
name_en = "A burst main"
name_zh = "爆管征象"
derive = "composite"
rule = "low and lift"
parts = { low = "pressure>=2", lift = "lifts>=1" }
window_minutes = 1
span_minutes = 5
places = ["subdistrict"]
least_share = 0.4
"""
SECTIONS = "network,place,next,km\nmain,xx-e-1-a,xx-e-1-b,1.5\nmain,xx-e-1-b,,2.5\n"


@pytest.fixture
def made(pack_folder: Path) -> None:
    """A pack with signs made of others."""
    path = pack_folder / "indicators.toml"
    path.write_text(path.read_text("utf-8") + MADE, "utf-8")
    (pack_folder / "networks.csv").write_text(SECTIONS, "utf-8")


@pytest.fixture
def trouble(made: None, sensing: Sensing) -> Sensing:
    """Pressure is fine at 10:01, low in one quarter of two at 10:02; a lift stands at 10:04."""
    sensing.play(1, (1, 0.5, 0.30), (2, 0.5, 0.31), (3, 0.5, 0.30), (4, 0.5, 0), (5, 0.5, 0))
    sensing.play(2, (1, 1.5, 0.18), (2, 1.5, 0.31), (3, 1.5, 0.30), (4, 1.5, 0), (5, 1.5, 0))
    sensing.play(3, (1, 2.5, 0.17), (2, 2.5, 0.31), (3, 2.5, 0.30), (4, 2.5, 0), (5, 2.5, 0))
    sensing.play(4, (1, 3.5, 0.17), (2, 3.5, 0.31), (3, 3.5, 0.30), (4, 3.5, 0), (5, 3.5, 1))
    return sensing


def values(sensing: Sensing, code: str, place: str) -> list[float | None]:
    from tests.vitals.conftest import at

    from gongbi.stream import public as stream

    series = Series.objects.get(indicator=code, place=place)
    table = stream.readings(sensing.data, series=[series.pk], since=at(0), until=at(9))
    found: list[float | None] = table["value"].to_pylist()
    return found


def test_shares_heads_networks_and_quantiles(
    trouble: Sensing, signed_in: Callable[..., Any]
) -> None:
    assert values(trouble, "low-share", "xx-e-1") == [0.0, 50.0, 50.0, 50.0]
    people = Series.objects.get(indicator="head", place="xx-e").place.population
    assert values(trouble, "head", "xx-e") == pytest.approx(
        [1000 * low / people for low in (0.30, 0.18, 0.17, 0.17)]
    )
    assert values(trouble, "tail", "xx-e-1-a") == [0.30, 0.18, 0.17, 0.17]
    assert values(trouble, "tail", "xx-e-1-b") == [0.31] * 4
    assert values(trouble, "spread", "xx-e")[0] == pytest.approx(0.30, rel=0.03)
    page = read(signed_in("officer"), "/vitals/low-share/xx-e-1/")
    assert "Share of the quarters where Water pressure is at warning or worse." in page
    assert "What the level rested on" in page
    assert "[/vitals/pressure/xx-e-1-a/] Water pressure · Penrack" in page
    assert "0.18 MPa" in page


def test_late_rows_correct_what_is_made(trouble: Sensing) -> None:
    trouble.play(5, (1, 1.6, 0.40), (1, 1.7, 0.40), (1, 1.8, 0.40))
    assert values(trouble, "low-share", "xx-e-1")[:2] == [0.0, 0.0]


def test_a_composite_says_which_parts_held_and_explains_others(
    trouble: Sensing, signed_in: Callable[..., Any]
) -> None:
    alert = Alert.objects.get(series__indicator="burst-sign")
    assert [(part["part"], part["truth"]) for part in alert.inputs] == [
        ("lift", "true"),
        ("low", "true"),
    ]
    children = Alert.objects.filter(explained_by=alert).order_by("series__indicator")
    assert {child.series.indicator_id for child in children} == {"pressure", "lifts"}
    officer = signed_in("officer")
    assert "A burst main" in read(officer, "/vitals/?place=xx-e-1")
    assert "holds" in read(officer, "/vitals/burst-sign/?place=xx-e")
    words = read(officer, f"/alerts/{alert.pk}/")
    assert "low (Water pressure: warning or worse): true" in words
    assert "It holds that low and lift, since" in words
    assert "Alerts it explains" in words
    child = read(officer, f"/alerts/{children[0].pk}/")
    assert f"Explained by [/alerts/{alert.pk}/] A burst main" in child
    zh = read(signed_in("officer", "zh-hans"), f"/alerts/{alert.pk}/")
    assert "low (供水压力：预警及以上): 成立" in zh
    assert signed_in("west").get(f"/alerts/{alert.pk}/").status_code == 404


def test_without_lifts_it_is_unknown_not_false(made: None, sensing: Sensing) -> None:
    sensing.play(1, (1, 0.5, 0.18), (2, 0.5, 0.31))
    sensing.play(2, (1, 1.5, 0.17), (2, 1.5, 0.31))
    assert values(sensing, "burst-sign", "xx-e-1") == []


@pytest.mark.parametrize(
    ("said", "line", "words"),
    [
        ("derive = 'product'", 3, "'product' is none of ratio"),
        ("derive = 'ratio'\nof = ['pressure', 'rain']", 4, "no indicator 'rain' above"),
        ("derive = 'ratio'\nof = ['pressure']", 4, "made of 2, not of 1"),
        ("derive = 'sum'\nof = ['pressure']", 3, "Add over"),
        ("derive = 'sum'\nof = ['pressure']\nover = 'district'", 4, "no figures at places of"),
        ("derive = 'sum'\nof = ['pressure']\nnetwork = 'gas'", 5, "no network 'gas'"),
        ("derive = 'per-head'\nof = ['pressure']\nper = 0", 5, "per must be a number above 0"),
        ("derive = 'per-head'\nof = ['pressure']\nproperty = 'x'", 5, "has no property"),
        ("derive = 'composite'\nrule = 'a'\nparts = {a = 'pressure'}", 5, "not an indicator and"),
        (
            "derive = 'composite'\nwindow_minutes = 1\nrule = 'a and b'\n"
            "parts = {a = 'pressure>=1'}",
            5,
            "'b' is no part",
        ),
    ],
)
def test_faults_are_named_with_their_line(
    pack_folder: Path, said: str, line: int, words: str
) -> None:
    path = pack_folder / "indicators.toml"
    before = path.read_text("utf-8")
    row = f"[[indicator]]\ncode = 'made'\n{said}\nname_en = 'Made'\nplaces = ['quarter']\n"
    path.write_text(before + row, "utf-8")
    faults = [one for one in check_pack(pack_folder) if one.file == "indicators.toml"]
    first = before.count("\n")
    assert [(fault.line - first) for fault in faults] == [line], faults
    assert words in faults[0].reason


def test_indicators_keep_how_they_are_made(made: None, small_city: Any) -> None:
    rule = Indicator.objects.get(pk="burst-sign")
    assert rule.formula["parts"] == {"low": "pressure>=2", "lift": "lifts>=1"}
    assert rule.notice == 1.0
