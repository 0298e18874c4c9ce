"""A changed rule over recorded readings: by page and by command, and nothing is stored."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.vitals.conftest import Sensing
from tests.vitals.test_know_ahead import entered
from tests.vitals.test_tell_known import WORKS, pass_on
from tests.vitals.walking import read

from gongbi.core.public import scope_of
from gongbi.vitals import trying
from gongbi.vitals.models import Alert, Indicator, KnownEvent, Series
from gongbi.vitals.public import changed_rules

PAGE = "/vitals/try/?place=xx&indicator=pressure"
RULE = (
    "&days=1&direction=below&notice={notice}&warning=0.20&alarm=0.14&clear_margin=0.01"
    "&min_windows={windows}&missing_windows=3&usual_margin=0&least_deviation=0&least_days=5"
)


@pytest.fixture
def played(burst: Sensing) -> Sensing:
    """After the burst Inkscent stands at 0.235 for three minutes, then all is well."""
    for minute in (4, 5, 6):
        burst.play(
            minute, (1, minute - 0.5, 0.30), (2, minute - 0.5, 0.30), (3, minute - 0.5, 0.235)
        )
    burst.play(7, *((stream, 6.5, 0.30) for stream in (1, 2, 3)))
    return burst


def words_of(signed_in: Callable[..., Any], **said: Any) -> str:
    return read(
        signed_in("officer"), PAGE + RULE.format(**({"notice": 0.24, "windows": 1} | said))
    )


def test_the_rule_in_force_gives_the_alerts_there_were(
    played: Sensing, signed_in: Callable[..., Any]
) -> None:
    words = words_of(signed_in)
    assert "This is the rule in force" in words
    on = Alert.objects.filter(series__indicator="pressure").count()
    assert f"0 alerts more, 0 fewer, 0 moved, {on} as they were." in words


def test_a_stricter_and_a_slower_rule(played: Sensing, signed_in: Callable[..., Any]) -> None:
    before = Alert.objects.count()
    words = words_of(signed_in, notice=0.22)
    assert "0 alerts more, 1 fewer, 0 moved, 2 as they were." in words
    assert "notice = 0.22" in words
    slower = words_of(signed_in, windows=2)
    assert "1 fewer" in slower, "Brushwash was low in one window"
    assert "2 would have come earlier" not in slower
    assert "min_windows = 2" in slower
    assert Alert.objects.count() == before
    assert Indicator.objects.get(pk="pressure").notice == 0.24


def test_a_rule_that_is_none_is_said(played: Sensing, signed_in: Callable[..., Any]) -> None:
    words = words_of(signed_in, notice=0.10)
    assert "Limits must get stricter from notice to alarm." in words
    assert "What would have been" not in words


def test_who_comes_while_another_trial_runs_is_told_at_once(
    played: Sensing, signed_in: Callable[..., Any]
) -> None:
    address = PAGE + RULE.format(notice=0.24, windows=1)
    with trying._one_at_a_time:
        began = time.monotonic()
        answer = signed_in("officer").get(address)
        assert time.monotonic() - began < 10, "a thread of the web waits for nobody"
        page = answer.content.decode()
        assert (answer.status_code, "Another trial is running" in page) == (200, True)
        assert "另一项试算" in signed_in("officer", "zh-hans").get(address).content.decode()
    assert "Another trial is running" not in words_of(signed_in)


def test_usual_scores_may_be_tried_where_none_are_in_force(
    played: Sensing, small_city: Any
) -> None:
    rule = Indicator.objects.get(pk="pressure")
    said = {key: getattr(rule, key) for key in trying.COLUMNS}
    said |= {"usual_notice": 4.0, "least_deviation": 0.02}
    scope = scope_of(small_city.people["officer"])
    trial = trying.try_rule(scope, rule, said, path="/xx/", days=1)
    assert trial.counts == {"gained": 0, "lost": 0, "moved": 0, "same": 3}
    assert "usual_notice = 4" in trying.as_toml(rule, said)


def test_the_page_in_chinese_and_what_is_not_tried_yet(
    played: Sensing, signed_in: Callable[..., Any]
) -> None:
    officer = signed_in("officer", "zh-hans")
    assert "选择指标" in read(officer, "/vitals/try/?place=xx")
    assert "试用的规则" in read(officer, PAGE)
    assert "[/vitals/try/?indicator=pressure" in read(officer, "/vitals/pressure/")


def test_each_tries_on_his_own_places(played: Sensing, signed_in: Callable[..., Any]) -> None:
    address = "/vitals/try/?indicator=pressure" + RULE.format(notice=0.22, windows=1)
    west = read(signed_in("west"), address)
    assert "1 fewer" in west
    assert "Penrack" not in west


def test_by_command(
    played: Sensing, pack_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from gongbi.config.cli_history import rehearse

    file = pack_folder / "indicators.toml"
    text = file.read_text("utf-8").replace("notice = 0.24", "notice = 0.22")
    file.write_text(text.replace('places = ["self"]', 'places = ["quarter"]'), "utf-8")
    assert set(changed_rules(file).changed) == {"pressure"}
    rehearse(indicators=file, days=1, place="xx")
    said = " ".join(capsys.readouterr().out.split())
    assert "pressure: 0 alerts more, 1 fewer, 0 moved (0 earlier, 0 later), 2 as they were" in said
    assert "lifts: a changed places makes other readings" in said
    assert "墨香里" in said


def test_a_rehearsal_knows_what_the_engine_knew(
    sensing: Sensing, signed_in: Callable[..., Any], small_city: Any
) -> None:
    """Works from the beginning: no alert was raised, and none would have been by another limit."""
    entered(signed_in("officer"), **WORKS)
    pass_on(sensing)
    for minute in range(1, 5):
        sensing.play(minute, (1, minute - 0.5, 0.12))
    assert not Alert.objects.exists()
    words = words_of(signed_in, notice=0.22)
    assert "0 alerts more, 0 fewer, 0 moved, 0 as they were." in words
    assert "Known ahead then, and counted under both rules: Valve works" in words
    signed_in("officer").post(f"/known/{KnownEvent.objects.get().pk}/withdraw")
    pass_on(sensing)
    sensing.play(5, (1, 4.5, 0.12))
    assert Alert.objects.exists()
    assert "0 moved, 1 as they were." in words_of(signed_in), "raised when they were withdrawn"


def test_works_where_no_sensor_stands_hold_nothing_back(
    sensing: Sensing, signed_in: Callable[..., Any], small_city: Any
) -> None:
    """To the engine no places are all places: it was never told of these works, nor is a trial."""
    Series.objects.filter(place_path__contains="/xx-e-1-b/").update(in_force=False)
    entered(signed_in("officer"), place="xx-e-1-b", **WORKS)
    pass_on(sensing)
    for minute in range(1, 5):
        sensing.play(minute, (1, minute - 0.5, 0.12))
    assert Alert.objects.exists()
    words = words_of(signed_in, notice=0.22)
    assert "Valve works" not in words
    assert "1 moved" in words or "1 as they were" in words
