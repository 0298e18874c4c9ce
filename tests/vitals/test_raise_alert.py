"""From a reading to an alert to a case with its why; late readings, silence, and alerts in one."""

from datetime import timedelta
from typing import Any

import pytest
from tests.vitals.conftest import at
from tests.vitals.walking import read

from gongbi.cases.models import Case, Signal
from gongbi.vitals.models import Alert, Series

WHY = ("alert", "indicator", "place", "level", "value", "unit", "limit", "direction", "since",
       "windows")  # fmt: skip


def alert_of(place: str, indicator: str = "pressure") -> Alert:
    """The newest alert of a place."""
    rows = Alert.objects.filter(series__place=place, series__indicator=indicator)
    found = rows.order_by("-began_at").first()
    assert found is not None
    return found


def steps_of(case: Case) -> list[tuple[str, int]]:
    """What its alerts told a case: (change, level), in order."""
    rows = case.steps.filter(verb="alert").order_by("pk")
    return [(row.why["change"], row.why["level"]) for row in rows]


def test_the_list_shows_the_worst_first_with_its_case(burst, signed_in):
    listed = read(signed_in("officer"), "/alerts/")
    assert "On now 2" in listed
    assert "Not yet acknowledged 2" in listed
    worst, other = alert_of("xx-e-1-a"), alert_of("xx-e-1-b")
    assert listed.index(f"/alerts/{worst.pk}/") < listed.index(f"/alerts/{other.pk}/")
    number = worst.case_number
    assert f"Water pressure · Penrack 10:01 · Case [/cases/{number}/] {number}" in listed
    assert "No alert" in read(signed_in("officer"), "/alerts/?place=xx-w")
    assert "No alert" in read(signed_in("officer"), "/alerts/?state=ended")


def test_an_alert_says_what_since_when_why_and_which_case(burst, signed_in):
    alert = alert_of("xx-e-1-a")
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "Alarm 0.12 MPa is down to the limit of 0.14 MPa for alarm, since 11-24 10:02." in said
    assert "Limit ≤ 0.14 MPa" in said
    assert "Began 10:01 Known 10:02" in said
    assert f"Case [/cases/{alert.case_number}/] {alert.case_number}" in said
    assert "Normal → Warning" in said
    assert "[/vitals/pressure/xx-e-1-a/] Open its readings" in said
    zh = read(signed_in("officer", "zh-hans"), f"/alerts/{alert.pk}/")
    assert "警报 0.12 MPa，已降到警报限值 0.14 MPa，自 11-24 10:02 起。" in zh


def test_the_case_holds_why_in_codes_and_words_in_both_languages(burst, signed_in):
    alert = alert_of("xx-e-1-a")
    case = Case.objects.get()
    assert (case.source, case.type.code, case.place_id) == ("alert", "burst-pipe", "xx-e-1-a")
    assert case.number == alert.case_number
    signal = case.signals.get()
    assert signal.reference == f"alert-{alert.pk}"
    assert {key: signal.why[key] for key in WHY} == {
        "alert": alert.pk, "indicator": "pressure", "place": "xx-e-1-a", "level": 2,
        "value": pytest.approx(0.17), "unit": "MPa", "limit": 0.2, "direction": "below",
        "since": at(1).isoformat(), "windows": 1,
    }  # fmt: skip
    page = read(signed_in("dispatcher"), f"/cases/{case.number}/")
    assert "Water pressure at Penrack: 0.17 MPa, warning (limit 0.20 MPa)." in page
    said = "笔架里的供水压力：0.17 MPa，预警（限值 0.20 MPa）。"
    assert said not in page
    assert said in read(signed_in("dispatcher", "zh-hans"), f"/cases/{case.number}/")
    assert case.level == 3


def test_alerts_nearby_within_half_an_hour_are_one_case(burst, signed_in):
    first, second = alert_of("xx-e-1-a"), alert_of("xx-e-1-b")
    assert (second.led_by_id, second.case_id) == (first.pk, first.case_id)
    assert Case.objects.count() == 1
    joined = read(signed_in("officer"), f"/alerts/{second.pk}/")
    assert "It joined this case: the same sign left the normal nearby within half an hour" in (
        joined
    )
    led = read(signed_in("officer"), f"/alerts/{first.pk}/")
    assert f"Alerts that joined its case [/alerts/{second.pk}/]" in led


def test_another_subdistrict_is_another_case(burst):
    burst.play(4, (3, 3.5, 0.18))
    west = alert_of("xx-w-1-a")
    assert west.led_by is None
    assert west.case_id != alert_of("xx-e-1-a").case_id
    assert Case.objects.count() == 2


def test_later_than_half_an_hour_is_another_matter(burst):
    for minute in range(4, 36):
        burst.say((2, minute - 0.5, 0.30))
    burst.play(36)
    burst.play(38, (2, 37.5, 0.18))
    late = alert_of("xx-e-1-b")
    assert late.began_at == at(37)
    assert (late.led_by, late.joined_why) == (None, "")
    assert Case.objects.count() == 2
    assert late.case_number != alert_of("xx-e-1-a").case_number


def test_alerts_of_lifts_are_each_their_own_case(burst):
    burst.play(4, (4, 3.5, 1), (5, 3.5, 1))
    lifts = Alert.objects.filter(series__indicator="lifts")
    assert len({alert.case_id for alert in lifts}) == 2
    assert set(lifts.values_list("led_by", flat=True)) == {None}


def test_a_sign_without_a_case_type_raises_an_alert_only(burst, signed_in):
    burst.play(4, (3, 3.2, 0.30), (1, 3.2, 0.04))
    alert = alert_of("xx-e", "supply")
    assert (alert.level, alert.case_id) == (1, None)
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "Case none: this sign opens no case" in said


def test_a_notice_opens_no_case_until_it_is_a_warning(sensing, signed_in):
    sensing.play(1, (1, 0.5, 0.22))
    alert = alert_of("xx-e-1-a")
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "Case none yet: it opens one from Warning" in said
    assert Case.objects.count() == 0
    sensing.play(2, (1, 1.5, 0.19))
    alert.refresh_from_db()
    assert alert.case_number == Case.objects.get().number
    assert Alert.objects.count() == 1


def test_the_case_hears_of_rise_fall_and_end_and_is_closed_by_nobody(burst):
    case = Case.objects.get()
    assert steps_of(case) == [("joined", 2), ("higher", 3)]
    burst.play(4, (1, 3.5, 0.22), (2, 3.5, 0.30))
    assert steps_of(case)[2:] == [("cleared", 3), ("lower", 1)]  # one end hides no other
    burst.play(5, (1, 4.5, 0.30))
    assert steps_of(case)[-1] == ("cleared", 0)
    case.refresh_from_db()
    assert (case.state, case.level) == ("open", 0)


def test_an_alert_that_ended_says_when_and_why(burst, signed_in):
    burst.play(4, (1, 3.5, 0.30), (2, 3.5, 0.30))
    ended = read(signed_in("officer"), "/alerts/?state=ended")
    assert "Water pressure · Penrack 10:01 – 10:03" in ended
    said = read(signed_in("officer"), f"/alerts/{alert_of('xx-e-1-a').pk}/")
    assert "Over At worst 0.12 MPa: alarm, limit 0.14 MPa." in said
    assert "It ended at 11-24 10:03: the value went back to normal." in said
    assert "Ended 10:03" in said
    zh = read(signed_in("officer", "zh-hans"), f"/alerts/{alert_of('xx-e-1-a').pk}/")
    assert "11-24 10:03 结束：数值恢复正常。" in zh


def test_a_late_reading_corrects_the_level_and_keeps_the_alert(burst, signed_in):
    name = alert_of("xx-e-1-a").pk
    burst.say((1, 0.6, 0.06))  # the window of 10:00 is a warning after all: mean 0.18
    burst.play(4, (1, 3.5, 0.12))
    alert = alert_of("xx-e-1-a")
    assert (alert.pk, alert.began_at, alert.corrections) == (name, at(0), 1)
    said = read(signed_in("officer"), f"/alerts/{name}/")
    assert "Corrected once, by late readings" in said
    assert "corrected by late readings" in said
    series = read(signed_in("officer"), "/vitals/pressure/xx-e-1-a/")
    assert "10:00 0.18 MPa 2 Warning provisional corrected" in series
    assert Case.objects.count() == 1


def test_late_readings_may_show_that_there_was_nothing(sensing, signed_in):
    sensing.play(1, (1, 0.5, 0.18))
    alert = alert_of("xx-e-1-a")
    sensing.play(2, *[(1, 0.5 + part / 100, 0.40) for part in range(9)])
    alert.refresh_from_db()
    assert (alert.withdrawn, alert.end_reason, alert.level) == (True, "withdrawn", 0)
    assert alert.case_number
    case = Case.objects.get()
    assert steps_of(case) == [("withdrawn", 0)]
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "late readings showed that there was nothing" in said
    assert Series.objects.get(pk=alert.series_id).level == 0


def test_silence_is_a_level_and_no_end(burst, signed_in):
    burst.play(7)
    said = read(signed_in("officer"), "/vitals/pressure/xx-e-1-a/")
    assert "No data No reading has come since 11-24 10:03: 3 windows in a row." in said
    alert = alert_of("xx-e-1-a")
    assert alert.end_reason == "silent"
    assert "readings stopped coming: it is not known whether it is over" in (
        read(signed_in("officer"), f"/alerts/{alert.pk}/")
    )
    signs = read(signed_in("officer", "zh-hans"), "/vitals/")
    assert "3 处无数据" in signs
    zh = read(signed_in("officer", "zh-hans"), "/vitals/pressure/xx-e-1-a/")
    assert "无数据 自 11-24 10:03 起没有读数：已连续 3 个窗口。" in zh
    burst.play(9, (1, 8.5, 0.30))
    assert Series.objects.get(pk=alert.series_id).level == 0


def test_a_case_that_is_refused_leaves_the_alert_and_says_so(
    sensing, signed_in, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from gongbi.cases import public as cases

    def refuse(signal: Any) -> None:
        raise cases.SignalRefused("type", "There is no such type.")

    monkeypatch.setattr(cases, "receive_signal", refuse)
    sensing.play(1, (1, 0.5, 0.18))
    alert = alert_of("xx-e-1-a")
    assert (alert.case_refused, alert.case_id) == ("type", None)
    assert "a case was refused" in caplog.text
    said = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "refused: type could not be taken" in said


def test_a_case_that_was_closed_is_not_joined(burst, signed_in):
    Case.objects.update(state="closed")
    burst.play(4, (1, 3.5, 0.12), (2, 3.5, 0.30))
    burst.play(6, (2, 4.5, 0.30), (2, 5.5, 0.12))
    newest = alert_of("xx-e-1-b")
    assert newest.began_at == at(5)
    assert newest.led_by is None
    assert newest.case_number == Case.objects.order_by("pk").last().number
    assert Case.objects.count() == 2


def test_every_alert_is_told_once_to_the_journal(burst):
    from gongbi.core.models import JournalLine

    kinds = JournalLine.objects.filter(kind__startswith="vitals.Alert").values_list("kind")
    assert sorted(kind for (kind,) in kinds) == [
        "vitals.AlertChanged", "vitals.AlertRaised", "vitals.AlertRaised",
    ]  # fmt: skip
    lines = JournalLine.objects.filter(kind="vitals.AlertRaised")
    assert {line.place_path.split("/")[-2] for line in lines} == {"xx-e-1-a", "xx-e-1-b"}
    assert Signal.objects.count() == 1


def test_alerts_between_two_instants_for_the_brief(burst, small_city):
    from gongbi.core.public import scope_of
    from gongbi.vitals import public as vitals

    scope = scope_of(small_city.people["officer"])
    found = vitals.alerts_between(scope, at(0), at(0) + timedelta(days=1))
    assert [one.place for one in found] == ["xx-e-1-a", "xx-e-1-b"]
    assert vitals.alert(scope, found[0].id) == found[0]
    west = scope_of(small_city.people["west"])
    assert vitals.alerts_between(west, at(0), at(99)) == []
    assert vitals.alert(west, found[0].id) is None
    assert vitals.alerts_open(west) == []
