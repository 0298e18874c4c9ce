"""A sign judged by how new its values are: no limit, and the page says why a level rose."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.vitals.conftest import Sensing
from tests.vitals.walking import read

from gongbi.core.public import scope_of
from gongbi.stream.plans import load_plan, newest_plan
from gongbi.vitals import trying
from gongbi.vitals.models import Alert, Indicator, LevelChange, Series

NEW = """
[[indicator]]
code = "own-past"
name_en = "Pressure by its own past"
name_zh = "按自身以往的压力"
class = "water"
property = "water_pressure"
unit = "MPa"
aggregate = "mean"
window_minutes = 5
places = ["self"]
case_type = "burst-pipe"
case_from_level = 1
novel_notice = 4
novel_warning = 40
novel_margin = 1
novel_least = 0.001
"""
PAGE = "/vitals/own-past/xx-e-1-a/"
WINDOWS = 160


@pytest.fixture
def rule(pack_folder: Path) -> None:
    """One more indicator in the pack, without any limit of its own."""
    path = pack_folder / "indicators.toml"
    path.write_text(path.read_text("utf-8") + NEW, "utf-8")


@pytest.fixture
def risen(rule: None, sensing: Sensing) -> Sensing:
    """Thirteen hours about 0.30 that never differ by much, then 0.36."""
    for window in range(WINDOWS):
        sensing.say((1, 5 * window + 1, 0.30 + 0.001 * (window * 7 % 5)))
        sensing.tick(5 * (window + 1))
    sensing.hear()
    assert not Alert.objects.exists()
    sensing.play(5 * (WINDOWS + 1), (1, 5 * WINDOWS + 1, 0.36))
    return sensing


def test_what_is_new_is_shown_with_its_reason(
    risen: Sensing, signed_in: Callable[..., Any]
) -> None:
    alert = Alert.objects.get(series__indicator="own-past")
    assert (alert.level, alert.value, alert.novelty["value"]) == (1, 0.36, 0.36)
    assert alert.novelty["awaited"] == pytest.approx(0.302, abs=0.001)
    assert alert.novelty["surprise"] > 4
    change = LevelChange.objects.filter(series=alert.series).latest("position")
    assert (change.surprise, change.limit) == (alert.novelty["surprise"], None)
    officer = signed_in("officer")
    why = f"a surprise of {change.surprise:.1f}; 4 is notice. Since"
    for page in (PAGE, f"/alerts/{alert.pk}/"):
        words = read(officer, page)
        assert "0.36 MPa, where 0.30 MPa was expected by all that this place has shown" in words
        assert why in words
    assert "Expected by its own past" in words
    assert "Limit</dt>" not in officer.get(f"/alerts/{alert.pk}/").content.decode()
    assert alert.case_number
    told = read(officer, f"/cases/{alert.case_number}/")
    assert "new here: 0.30 MPa was expected" in told


def test_the_rule_is_said_and_in_chinese(risen: Sensing, signed_in: Callable[..., Any]) -> None:
    words = read(signed_in("officer"), "/vitals/own-past/")
    assert "once 140 are known, above and below what is expected: notice 4, warning 40" in words
    assert "New does not mean bad." in words
    officer = signed_in("officer", "zh-hans")
    alert = Alert.objects.get(series__indicator="own-past")
    assert "按此处以往的全部表现预期为 0.30 MPa" in read(officer, f"/alerts/{alert.pk}/")
    assert "新异不等于有害" in read(officer, PAGE)


def test_when_it_is_over_it_does_not_say_that_the_value_went_back(
    risen: Sensing, signed_in: Callable[..., Any]
) -> None:
    """0.36 goes on: after an hour it is told already, and no news."""
    for window in range(WINDOWS + 1, WINDOWS + 26):
        risen.say((1, 5 * window + 1, 0.36))
        risen.tick(5 * (window + 1))
    risen.hear()
    alert = Alert.objects.get(series__indicator="own-past")
    assert alert.ended_at is not None
    words = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "At its most surprising 0.36 MPa: notice; 0.30 MPa was expected" in words
    assert "what came since is no longer new here" in words
    assert "went back to normal" not in words


def test_only_signs_that_ask_are_in_the_plan(rule: None, small_city: Any) -> None:
    table = load_plan(small_city.data, newest_plan(small_city.data)).surprises
    assert table["indicator"].to_pylist() == ["own-past"]
    assert table["novel_side"].to_pylist() == ["both"]
    assert Series.objects.filter(indicator="own-past").count() == 3


def test_it_may_be_tried_before_it_is_asked(risen: Sensing, small_city: Any) -> None:
    """The sign of another aggregate has no novelty in force; by the same it tells the same."""
    scope = scope_of(small_city.people["officer"])
    rule = Indicator.objects.get(pk="own-past")
    said = {key: getattr(rule, key) for key in trying.COLUMNS}
    same = trying.try_rule(scope, rule, said, path="/xx/", days=2)
    assert same.counts == {"gained": 0, "lost": 0, "moved": 0, "same": 1}
    other = said | {"novel_notice": 60.0, "novel_warning": None}
    none = trying.try_rule(scope, rule, other, path="/xx/", days=2)
    assert none.counts["lost"] == 1
    assert "novel_notice = 60" in trying.as_toml(rule, other)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("novel_notice=4", "Say how small a usual excess is believed."),
        ("novel_notice=4&novel_warning=3&novel_least=1", "Surprises must rise"),
        ("novel_notice=4&novel_margin=4&novel_least=1", "less than the first surprise"),
    ],
)
def test_a_surprise_that_is_none_is_said(
    rule: None, sensing: Sensing, signed_in: Callable[..., Any], said: str, why: str
) -> None:
    fields = "direction=above&clear_margin=0&min_windows=1&missing_windows=0&least_days=5&days=1"
    page = f"/vitals/try/?place=xx&indicator=own-past&{fields}&{said}"
    assert why in read(signed_in("officer"), page)
