"""Any past moment's screen equals what the live screen showed then, corrections included."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from tests.vitals.conftest import CAST, Sensing, at
from tests.vitals.walking import read

from gongbi.core.public import Scope, scope_of
from gongbi.stream import history_keeper
from gongbi.vitals import actions, queries
from gongbi.vitals.models import Alert, AlertStep, LevelChange
from gongbi.vitals.public import alerts_at, alerts_open, reach, signs_at

Screen = dict[str, Any]
PATHS = ("/xx/", "/xx/xx-e/", "/xx/xx-e/xx-e-1/xx-e-1-g/xx-e-1-a/", "/xx/xx-w/")


def live(scope: Scope) -> Screen:
    """What the pages show now, of several places."""
    return {path: (queries.indicators_of(scope, path), alerts_open(scope, path)) for path in PATHS}


def rewound(scope: Scope, moment: datetime) -> Screen:
    return {
        path: (signs_at(scope, path, moment), alerts_at(scope, path, moment)) for path in PATHS
    }


def play_a_day(
    sensing: Sensing, scope: Scope, people: Any, minutes: int
) -> dict[datetime, Screen]:
    """Two hours of falling and rising pressure, late rows, faults of lifts; what was shown."""
    draw, seen = np.random.default_rng(11), {}
    for minute in range(1, minutes):
        rows = [
            (stream, minute - 0.5, round(0.22 + 0.09 * float(np.sin(minute / 7 + stream)), 3))
            for stream in (1, 2, 3)
            if draw.random() > 0.15 and not (stream == 2 and 40 < minute < 50)
        ]
        if draw.random() < 0.3 and minute > 6:  # late, but within five minutes
            late = minute - float(draw.integers(1, 5)) - 0.4
            rows.append((int(draw.integers(1, 4)), late, round(float(draw.uniform(0.1, 0.3)), 3)))
        rows.append((4, minute - 0.3, float(minute % 20 == 5)))
        sensing.play(minute, *rows)
        if minute % 17 == 0 and (on := alerts_open(scope)):
            person = people["officer"]
            alert = Alert.objects.get(pk=on[0].id)
            actions.acknowledge(alert, person)
            actions.mute(alert, person, until=at(minute + 6), reason="works")
        seen[at(minute)] = live(scope)
    return seen


def test_the_past_is_what_was_shown_then(sensing: Sensing, small_city: Any) -> None:
    scope = scope_of(small_city.people["officer"])
    seen = play_a_day(sensing, scope, small_city.people, 60)
    assert LevelChange.objects.filter(corrects=True).count() > 2, "late rows corrected levels"
    assert all(sum(len(screen[path][1]) for screen in seen.values()) > 5 for path in PATHS)
    assert AlertStep.objects.filter(muted_until__isnull=False).exists()
    for moment, screen in seen.items():
        then = rewound(scope, moment)
        for path in PATHS:
            assert then[path][0] == screen[path][0], (moment, path)
            assert then[path][1] == screen[path][1], (moment, path)


def test_also_when_the_day_was_compacted(sensing: Sensing, small_city: Any) -> None:
    scope = scope_of(small_city.people["officer"])
    seen = play_a_day(sensing, scope, small_city.people, 36)
    sensing.runner.checkpoint()
    for hour in range(2, 48):
        sensing.tick(60 * hour)
        sensing.fold()
    assert history_keeper.tend(small_city.data) > 0
    assert not list(small_city.data.glob("readings/day=2026-11-24/*"))
    for moment, screen in list(seen.items())[::7]:
        assert rewound(scope, moment) == screen, moment


def test_the_page_says_that_it_is_the_past(burst: Sensing, signed_in: Callable[..., Any]) -> None:
    burst.play(9, (1, 8.5, 0.30), (2, 8.5, 0.30), (3, 8.5, 0.30))
    officer = signed_in("officer")
    words = read(officer, "/vitals/at/?place=xx-e-1-a&time=2026-11-24T10:03")
    assert "This is the past: 2026-11-24 10:03:00, as it was then known." in words
    assert "Levels and alerts reach back to 2026-11-24 10:" in words
    assert "0.12 MPa" in words
    assert "Water pressure · Penrack" in words
    now = read(officer, "/vitals/at/?place=xx-e-1-a&day=2026-11-24&minute=601")
    assert "No alert was on" in now
    assert "as of its time" not in now
    assert "[/vitals/?place=xx-e-1-a]" in now
    before = read(officer, "/vitals/at/?place=xx&time=2026-11-20T10:00")
    assert "Nothing was known yet at that time" in before
    assert "[/vitals/at/?place=xx" in read(officer, "/vitals/?place=xx")
    assert "“soon” is no time" in read(officer, "/vitals/at/?time=soon")
    for odd in ("day=2026-11-24&minute=" + "9" * 5000, "time=0001-01-01", "time=9999-12-31T23:59"):
        assert officer.get(f"/vitals/at/?place=xx&{odd}").status_code == 200, odd[:30]
    assert "这是过去" in read(signed_in("officer", "zh-hans"), "/vitals/at/?place=xx")


def test_a_time_to_come_is_now(burst: Sensing, signed_in: Callable[..., Any]) -> None:
    words = read(signed_in("officer"), "/vitals/at/?place=xx&time=2030-01-01T00:00%2B08:00")
    assert "This is the past: 2026-11-24 10:03:00" in words


def test_each_sees_the_past_of_his_own_places(burst: Sensing, small_city: Any) -> None:
    moment = at(3)
    for name in CAST:
        scope = scope_of(small_city.people[name])
        now = {one.id for one in alerts_open(scope)}
        assert {one.id for one in alerts_at(scope, "/xx/", moment)} == now, name
    west = scope_of(small_city.people["west"])
    assert alerts_at(west, "/xx/", moment) == []
    assert {s.place for _, group in signs_at(west, "/xx/", moment) for s in group} == {
        "xx-w", "xx-w-1-a",
    }  # fmt: skip


def test_how_far_back(burst: Sensing) -> None:
    found = reach()
    assert found.levels is not None
    assert at(0) < found.levels <= at(2)
    assert found.readings == at(0)


def test_by_command(burst: Sensing, capsys: pytest.CaptureFixture[str]) -> None:
    from gongbi.config.cli_history import rewind

    rewind(at="2026-11-24T10:03", place="xx-e")
    said = capsys.readouterr().out
    assert "as it was known at 2026-11-24 10:03:00" in said
    assert "2 alerts were on" in said
    burst.play(20, (1, 19.5, 0.30), (2, 19.5, 0.30), (3, 19.5, 0.30))
    rewind(at="2026-11-24T10:20", place="xx-e")
    assert "0 alerts were on" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        rewind(at="noon", place="")
