"""Taking a report."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW, signal

from gongbi.cases.models import Case, Deadline, Signal, Step
from gongbi.cases.public import SignalRefused, receive_signal
from gongbi.core.models import JournalLine


def test_a_report_becomes_a_case_with_unit_deadline_and_reason(reported):
    receipt = reported()
    case = Case.objects.get(number=receipt.number)
    assert receipt.number == f"XX-{case.pk:06d}"
    assert (receipt.type, receipt.unit, case.state) == ("burst-pipe", "water-e", "open")
    assert receipt.deadline == NOW + timedelta(minutes=30)
    assert case.route_why["route"] == "water"
    assert case.route_why["because"] == ["kind"]
    assert case.route_why["nearly"] == [{"rule": "water-high", "false": ["level"], "unknown": []}]
    assert case.route_why["type_by"] == "sender"
    rules = dict(Deadline.objects.values_list("kind", "rule"))
    assert rules == {"first_contact": "type:burst-pipe@1", "solve": "type:burst-pipe@1"}
    assert Step.objects.get().verb == "open"
    line = JournalLine.objects.get(kind="cases.CaseOpened")
    assert line.body["suggested_unit"] == "water-e"


def test_the_same_reference_gives_the_same_receipt_and_doubles_nothing(reported):
    first, second = reported(reference="same"), reported(reference="same", words="anything else")
    assert second.repeated
    assert (first.number, first.follow_token, first.short_number) == (
        second.number,
        second.follow_token,
        second.short_number,
    )
    assert (Case.objects.count(), Signal.objects.count()) == (1, 1)


def test_without_a_type_the_words_decide_where_they_are_clear(reported):
    clear = reported(type=None, words="救命,电梯困人了!")
    assert (clear.type, clear.unit) == ("lift-trap", "lifts")
    unclear = reported(type=None, words="不知道该找谁")
    assert (unclear.type, unclear.unit, unclear.deadline) == (None, None, None)


def test_a_route_may_send_at_once(reported):
    case = Case.objects.get(number=reported(type="lift-trap").number)
    assert (case.state, case.unit_id) == ("in_hand", "lifts")
    assert case.tasks.get().state == "offered"


def test_a_point_names_the_place(reported):
    assert reported(place=None, lon=122.85).place == "xx-w"
    assert reported(place=None, lon=None, lat=None).place == "xx"


def test_a_complaint_never_goes_to_the_unit_complained_of_nor_below_it(reported):
    receipt = reported(about_unit="water")
    case = Case.objects.get(number=receipt.number)
    assert receipt.unit is None
    assert case.route_why["passed_over"] == [{"rule": "water", "why": "accused"}]
    assert reported(about_unit="water-e", place="xx-w").unit == "water"


def test_alerts_around_join_one_case_and_lifts_do_not(reported):
    first = reported(source="alert", words="", level=3, contact="")
    near = reported(source="alert", words="", place="xx-e-1-b", contact="")
    above = reported(source="alert", words="", place="xx-e-1", contact="")
    far = reported(source="alert", words="", place="xx-w", contact="")
    assert near.number == above.number == first.number != far.number
    assert near.joined
    lift = reported(source="alert", type="lift-trap", words="", contact="")
    other = reported(source="alert", type="lift-trap", words="", place="xx-e-1-b", contact="")
    assert lift.number != other.number


def test_a_resident_joins_the_alert_s_case_only_where_it_is(reported):
    alert = reported(source="alert", words="", contact="")
    assert reported().number == alert.number
    assert reported(place="xx-e-1-b", lon=122.96).number != alert.number
    assert reported(place="xx-w", lon=None, lat=None).number != alert.number
    assert Case.objects.get(number=alert.number).signals_count == 2


def test_two_residents_are_two_cases_until_a_person_joins_them(reported):
    assert reported().number != reported().number


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "no-such"}, "type"),
        ({"place": "atlantis"}, "place"),
        ({"words": "  "}, "words"),
        ({"words": "x" * 1_000_000}, "words"),
        ({"lon": 200.0}, "lon"),
        ({"lon": float("nan")}, "lon"),
        ({"lat": None}, "lon"),
        ({"at": NOW.replace(tzinfo=None)}, "at"),
        ({"at": NOW + timedelta(days=3)}, "at"),
        ({"reference": ""}, "reference"),
        ({"source": "Web Page"}, "source"),
        ({"about_unit": "nobody"}, "about_unit"),
    ],
)
def test_what_cannot_be_taken_is_said_field_by_field_and_nothing_is_stored(
    small_city, changes, field
):
    with pytest.raises(SignalRefused) as refused:
        receive_signal(signal(**changes))
    assert refused.value.field == field
    assert str(refused.value)
    assert not Case.objects.exists()


def test_promises_run_from_when_it_was_reported_not_from_when_it_was_read(reported):
    yesterday = NOW - timedelta(days=1)
    assert reported(at=yesterday).deadline == yesterday + timedelta(minutes=30)
