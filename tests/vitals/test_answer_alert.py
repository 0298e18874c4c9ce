"""What an officer does with an alert: seen, silenced for a reason, declared a sensor's fault."""

from typing import Any

import pytest
from tests.vitals.conftest import at
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import main_of, read

from gongbi.core.models import JournalLine


def kinds() -> list[str]:
    """What people did, as the journal tells it."""
    rows = JournalLine.objects.filter(kind__startswith="vitals.Alert", actor__startswith="person")
    return list(rows.order_by("pk").values_list("kind", flat=True))


def post(browser: Any, verb: str, **said: Any) -> Any:
    """Send a verb's form for Penrack's alert."""
    return browser.post(f"/alerts/{alert_of('xx-e-1-a').pk}/{verb}", said, follow=True)


def test_the_first_who_has_seen_it_is_kept(burst, signed_in, small_city):
    answer = post(signed_in("officer"), "acknowledge")
    assert "Acknowledged." in answer.content.decode()
    assert "officer 某 · 10:03" in main_of(answer)
    burst.clock.now = at(9)
    post(signed_in("supervisor"), "acknowledge")
    alert = alert_of("xx-e-1-a")
    assert (alert.acknowledged_by, alert.acknowledged_at) == (small_city.people["officer"], at(3))
    assert kinds() == ["vitals.AlertAcknowledged"]
    listed = read(signed_in("officer"), "/alerts/")
    assert "Not yet acknowledged 1" in listed
    assert "acknowledged" in listed
    unseen = read(signed_in("officer"), "/alerts/?state=unseen")
    assert "Penrack" not in unseen
    assert "Brushwash" in unseen


def test_declared_a_fault_of_the_sensor_it_stays_marked_and_last(burst, signed_in):
    answer = post(signed_in("officer"), "mute", reason="sensor_fault", hours=4)
    assert "Muted until 11-24 14:03." in answer.content.decode()
    assert "Muted until 14:03 · Fault of the sensor" in main_of(answer)
    listed = read(signed_in("officer"), "/alerts/")
    assert listed.index("Brushwash") < listed.index("Penrack")
    assert "muted" in listed
    assert kinds() == ["vitals.AlertMuted"]
    line = JournalLine.objects.get(kind="vitals.AlertMuted")
    assert line.body["reason"] == "sensor_fault"
    zh = read(signed_in("officer", "zh-hans"), f"/alerts/{alert_of('xx-e-1-a').pk}/")
    assert "静音至 14:03 · 传感器故障" in zh


def test_a_muted_alert_still_moves_its_case_and_calls_again_in_time(burst, signed_in):
    post(signed_in("officer"), "mute", reason="works", hours=1)
    burst.play(4, (1, 3.5, 0.18))
    assert alert_of("xx-e-1-a").level == 2
    burst.clock.now = at(64)
    said = read(signed_in("officer"), f"/alerts/{alert_of('xx-e-1-a').pk}/")
    assert "Muted until" not in said


def test_unmuted_before_its_time(burst, signed_in):
    post(signed_in("officer"), "mute", reason="drill", hours=72)
    answer = post(signed_in("officer"), "unmute")
    assert "It calls again." in answer.content.decode()
    assert alert_of("xx-e-1-a").muted_until is None
    post(signed_in("officer"), "unmute")
    assert kinds() == ["vitals.AlertMuted", "vitals.AlertUnmuted"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hours": 4}, "This field is required."),
        ({"reason": "tired of it", "hours": 4}, "tired of it"),
        ({"reason": "works", "hours": 0}, "greater than or equal to 1"),
        ({"reason": "works", "hours": 73}, "less than or equal to 72"),
        ({"reason": "works", "hours": "long"}, "Enter a whole number"),
    ],
)
def test_a_wrong_silence_is_refused_in_the_form(burst, signed_in, said, words):
    answer = post(signed_in("officer"), "mute", **said)
    assert answer.status_code == 400
    assert words in main_of(answer)
    assert "Water pressure · Penrack" in main_of(answer)
    assert alert_of("xx-e-1-a").muted_until is None
    assert kinds() == []


def test_an_alert_that_is_over_has_no_buttons(burst, signed_in):
    burst.play(4, (1, 3.5, 0.30))
    page = signed_in("officer").get(f"/alerts/{alert_of('xx-e-1-a').pk}/").content.decode()
    assert "/acknowledge" not in page
    assert "/mute" not in page


@pytest.mark.parametrize("verb", ["acknowledge", "mute", "unmute"])
def test_a_link_changes_nothing(burst, signed_in, verb):
    address = f"/alerts/{alert_of('xx-e-1-a').pk}/{verb}"
    assert signed_in("officer").get(address).status_code == 405
    assert signed_in("officer").post("/alerts/none/" + verb).status_code == 404


def test_the_fragment_equals_a_reload(burst, signed_in):
    from tests.vitals.walking import same

    browser = signed_in("officer")
    address = f"/alerts/{alert_of('xx-e-1-a').pk}/"
    whole = browser.get(address).content.decode()
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert same(part) in same(whole)
