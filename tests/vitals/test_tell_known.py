"""What officers know ahead reaches the engine: limits move, works hold alerts back."""

from typing import Any

import pytest
from tests.vitals.conftest import Sensing
from tests.vitals.test_know_ahead import entered
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import read

from gongbi.stream import frames
from gongbi.stream import public as stream
from gongbi.stream.frames import Kind
from gongbi.stream.known_ahead import KnownFile
from gongbi.stream.log_writer import Entry
from gongbi.vitals.models import Alert, KnownEvent, Series
from gongbi.vitals.public import tell_known

WORKS = {"name_en": "Valve works", "percent": "100", "holds": "on"}


def pass_on(sensing: Sensing) -> None:
    """Do what the worker and the door do."""
    tell_known()
    for number, line in KnownFile(sensing.data, sensing.writer.event).read():
        parts = frames.pack_event(number, line)
        sensing.writer.write([Entry(Kind.EVENT, parts, event=number)])


def test_works_hold_an_alert_back_and_a_page_says_so(sensing: Sensing, signed_in: Any) -> None:
    assert entered(signed_in("officer"), **WORKS).status_code == 302
    assert "no alert begins meanwhile" in read(signed_in("officer"), "/known/?place=xx-e")
    pass_on(sensing)
    sensing.play(1, (1, 0.5, 0.30))
    sensing.play(3, (1, 1.2, 0.12), (1, 2.5, 0.12))
    assert not Alert.objects.exists()
    assert Series.objects.get(indicator="pressure", place="xx-e-1-a").level > 0
    [fact, *_] = stream.read_facts(sensing.data, 0, 9)
    assert fact.known == [{"event": f"known:{KnownEvent.objects.get().pk}", "holds": True}]
    words = "No alert begins here: Valve works until 11-24 22:00, source: culture office."
    assert words in read(signed_in("officer"), "/vitals/pressure/xx-e-1-a/")
    assert "此处不产生告警" in read(signed_in("officer", "zh-hans"), "/vitals/pressure/xx-e-1-a/")


def test_works_withdrawn_let_it_be_raised(sensing: Sensing, signed_in: Any) -> None:
    entered(signed_in("officer"), **WORKS)
    pass_on(sensing)
    sensing.play(3, (1, 0.5, 0.30), (1, 1.2, 0.12), (1, 2.5, 0.12))
    signed_in("officer").post(f"/known/{KnownEvent.objects.get().pk}/withdraw")
    pass_on(sensing)
    sensing.play(4, (1, 3.5, 0.12))
    assert alert_of("xx-e-1-a").began_at.minute == 1


def test_works_elsewhere_do_not(sensing: Sensing, signed_in: Any) -> None:
    entered(signed_in("officer"), "xx-e", **WORKS | {"touches": "class:lifts"})
    pass_on(sensing)
    sensing.play(3, (1, 0.5, 0.30), (1, 1.2, 0.12), (1, 2.5, 0.12))
    assert Alert.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, [(1.5, False)]),
        ({"percent": "150", "touches": "sign:pressure"}, [(1.5, False)]),
        ({"percent": "100"}, []),
        ({"percent": "100", "holds": "on"}, [(1.0, True)]),
    ],
)
def test_what_does_nothing_is_not_told(
    sensing: Sensing, signed_in: Any, changed: dict[str, str], told: Any
) -> None:
    assert entered(signed_in("officer"), **changed).status_code == 302
    tell_known()
    assert [(one.factor, one.holds) for one in stream.known_told(sensing.data)] == told


def test_it_is_told_once_and_again_when_it_changes(
    sensing: Sensing, signed_in: Any, django_assert_num_queries: Any
) -> None:
    entered(signed_in("officer"))
    assert tell_known() == 1
    with django_assert_num_queries(1):
        assert tell_known() == 0
    one = stream.known_told(sensing.data)[0]
    assert ("xx-e-1-a" in one.places, "xx-w-1-a" in one.places) == (True, False)
    assert ("pressure" in one.signs, "lifts" in one.signs) == (True, False)
    signed_in("officer").post(f"/known/{KnownEvent.objects.get().pk}/withdraw")
    assert tell_known() == 1
    assert stream.known_told(sensing.data)[0].withdrawn


def test_an_alert_says_what_the_engine_held_back(sensing: Sensing, signed_in: Any) -> None:
    """Works until five past: what is still on then is raised, and its page says what they did."""
    ends = {"ends_at": "2026-11-24T10:05"}
    entered(signed_in("officer"), **WORKS | ends)
    pass_on(sensing)
    for minute in range(1, 8):
        sensing.play(minute, (1, minute - 0.5, 0.12))
    alert = alert_of("xx-e-1-a")
    [name] = alert.known
    assert alert.known[name] == {"event": name, "held": True}
    words = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert (
        "The engine held this alert back during Valve works (until 11-24 10:05, source: culture "
        "office); it was raised because it was still on afterwards." in words
    )
    assert "No alert begins here" not in words
    assert "引擎未发出此预警" in read(signed_in("officer", "zh-hans"), f"/alerts/{alert.pk}/")


def test_an_event_known_too_late_is_said_not_to_have_counted(
    sensing: Sensing, signed_in: Any
) -> None:
    """The alert is on already when somebody writes the festival down."""
    sensing.play(1, (1, 0.5, 0.30))
    sensing.play(3, (1, 1.2, 0.12), (1, 2.5, 0.12))
    alert = alert_of("xx-e-1-a")
    entered(signed_in("officer"))
    pass_on(sensing)
    sensing.play(4, (1, 3.5, 0.12))
    alert.refresh_from_db()
    assert alert.known == {}
    words = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "Expected to be higher: Lantern festival" in words
    assert "The engine did not judge this alert by it." in words
