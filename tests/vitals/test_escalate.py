"""Taken up by one; unseen too long, told to more; a muted sign calls for nothing new."""

from datetime import timedelta

from tests.vitals.conftest import at
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import read

from gongbi.core.models import Person, Post
from gongbi.vitals.models import Alert, Escalation, Indicator
from gongbi.vitals.public import escalate_unseen


def add_supervisor(name: str, place: str) -> None:
    person = Person.objects.create(username=name, name=name)
    Post.objects.create(person=person, role="supervisor", unit_id="centre", place_id=place)


def told(alert: Alert) -> list[tuple[int, int, list[str]]]:
    rows = Escalation.objects.filter(alert=alert).order_by("step")
    return [(one.step, one.minutes, sorted(p.username for p in one.told.all())) for one in rows]


def test_an_alarm_unseen_for_ten_minutes_is_told_to_its_place_then_to_the_city(burst, signed_in):
    add_supervisor("east-head", "xx-e")
    alert = alert_of("xx-e-1-a")
    assert (alert.level, alert.raised_at) == (3, at(2))
    burst.clock.now = at(11)
    assert escalate_unseen() == 0
    burst.clock.now = at(12)
    assert escalate_unseen() == 1
    assert escalate_unseen() == 0
    assert told(alert) == [(1, 10, ["east-head"])]
    burst.clock.now = at(23)
    assert escalate_unseen() == 1
    assert told(alert)[1] == (2, 21, ["supervisor"])
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "Unseen for 10 minutes: told to east-head" in said
    assert "Unseen too long 1" in read(signed_in("officer"), "/alerts/?state=escalated")
    zh = read(signed_in("officer", "zh-hans"), f"/alerts/{alert.pk}/")
    assert "10 分钟无人查看，已告知" in zh


def test_seen_muted_or_told_never_to_nobody_is_called(burst):
    alert = alert_of("xx-e-1-a")
    burst.clock.now = at(60)
    Alert.objects.update(acknowledged_at=at(4))
    assert escalate_unseen() == 0
    Alert.objects.update(acknowledged_at=None, muted_until=at(90))
    assert escalate_unseen() == 0
    Alert.objects.update(muted_until=None)
    Indicator.objects.update(escalate_minutes=0)
    assert escalate_unseen() == 0
    Indicator.objects.update(escalate_minutes=2)
    assert escalate_unseen() == 2
    assert told(alert) == [(1, 58, ["supervisor"])]


def test_the_first_who_takes_it_has_it_and_the_second_is_told_who(burst, signed_in):
    alert = alert_of("xx-e-1-a")
    first, second = signed_in("officer"), signed_in("dispatcher")
    assert "I take it" in read(first, f"/alerts/{alert.pk}/")
    first.post(f"/alerts/{alert.pk}/take")
    said = second.post(f"/alerts/{alert.pk}/take", follow=True).content.decode()
    assert "officer 某 has taken it already." in said
    assert "officer 某 has it" in said
    assert "I take it" not in said
    alert.refresh_from_db()
    assert (alert.owner.username, alert.acknowledged_by.username) == ("officer", "officer")
    second.post(f"/alerts/{alert.pk}/let-go")  # not his own: nothing changes
    alert.refresh_from_db()
    assert alert.owner is not None
    first.post(f"/alerts/{alert.pk}/let-go")
    assert "I take it" in read(second, f"/alerts/{alert.pk}/")


def test_a_sign_muted_here_raises_alerts_that_do_not_call(burst, signed_in):
    alert = alert_of("xx-e-1-b")
    officer = signed_in("officer")
    asked = {"reason": "works", "hours": 2, "whole_sign": "on"}
    officer.post(f"/alerts/{alert.pk}/mute", asked)
    for minute in range(4, 12):
        burst.say((2, minute - 0.5, 0.30))
    burst.play(12)
    burst.play(14, (2, 13.5, 0.12))
    again = alert_of("xx-e-1-b")
    assert again.pk != alert.pk
    assert again.muted_until == at(3) + timedelta(hours=2)
    officer.post(f"/alerts/{again.pk}/unmute")
    assert again.series.__class__.objects.get(pk=again.series_id).muted_until is None


def test_two_steps_of_one_instant_stand_in_their_order(burst, signed_in):
    alert = alert_of("xx-e-1-a")
    for step, minutes in ((2, 21), (1, 10)):
        Escalation.objects.create(alert=alert, step=step, at=at(30), minutes=minutes)
    assert [one.step for one in alert.escalations.all()] == [1, 2]
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert said.index("Unseen for 10 minutes") < said.index("Unseen for 21 minutes")
