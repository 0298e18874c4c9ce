"""Steps before and after a deadline: by hand, as properties, and on dates that go wrong."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.calendars import WorkingCalendar, deadline, working_minutes
from gongbi.kernel.ladder import parse_step, rungs

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
OFFICE = WorkingCalendar(SHANGHAI, ((540, 720), (810, 1050)), frozenset(range(1, 6)))
CLOCK = WorkingCalendar(NEW_YORK, ((0, 1440),), frozenset(range(1, 8)))
USUAL = ("50%", "80%", "due", "+1 working_days", "+3 working_days")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def steps(found, zone=SHANGHAI):
    return [(rung.step, rung.at.astimezone(zone).strftime("%a %d %H:%M")) for rung in found]


def test_the_page_s_example_by_hand():
    """docs/kernel/calendars.md: Friday 16:30, four hours of office time."""
    set_at = at("2026-03-06T16:30")  # a Friday; one hour is left, three are worked on Monday
    due = deadline(OFFICE, set_at, "4 hours")
    assert due == at("2026-03-09T12:00")
    assert steps(rungs(OFFICE, set_at, due, USUAL)) == [
        ("50%", "Mon 09 10:00"),
        ("80%", "Mon 09 11:12"),
        ("due", "Mon 09 12:00"),
        ("+1 working_days", "Tue 10 17:30"),
        ("+3 working_days", "Thu 12 17:30"),
    ]


def test_a_share_gone_before_a_pause_is_left_out_and_the_next_counts_all_the_time_given():
    # Of 10 hours 6 were used; 4 are left from Tuesday 09:00. 50 % is gone, 80 % is two hours on.
    set_at = at("2026-03-10T09:00")
    due = deadline(OFFICE, set_at, "4 hours")
    found = rungs(OFFICE, set_at, due, ("50%", "80%", "due"), spent=360)
    assert steps(found) == [("80%", "Tue 10 11:00"), ("due", "Tue 10 14:30")]


def test_half_of_a_day_that_has_25_hours():
    # 1 November 2026 in New York: clocks go back at 02:00. 24 hours from 00:00 end at 23:00.
    set_at = at("2026-11-01T00:00", NEW_YORK)
    due = deadline(CLOCK, set_at, "24 hours")
    assert steps(rungs(CLOCK, set_at, due, ("50%", "due")), NEW_YORK) == [
        ("50%", "Sun 01 11:00"), ("due", "Sun 01 23:00"),
    ]  # fmt: skip


def test_natural_days_over_a_holiday_have_shares_all_the_same():
    calendar = WorkingCalendar(
        SHANGHAI, ((540, 1050),), frozenset(range(1, 6)),
        off=frozenset(date(2026, 10, day) for day in range(1, 8)),
    )  # fmt: skip
    set_at = at("2026-10-02T10:00")
    due = deadline(calendar, set_at, "2 days")
    assert working_minutes(calendar, set_at, due) == 0
    assert steps(rungs(calendar, set_at, due, ("50%",))) == [("50%", "Sat 03 10:00")]


@pytest.mark.parametrize("said", ["0%", "100%", "half", "-1 hours", "+soon", "", "50"])
def test_what_is_no_step_is_named(said):
    with pytest.raises(ValueError, match="is no step|is not a promise"):
        parse_step(said)


@settings(max_examples=80, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    st.integers(1, 60),
    st.floats(0, 3000),
)
def test_steps_rise_and_shares_lie_between_the_promise_and_its_deadline(naive, hours, spent):
    set_at = naive.replace(tzinfo=UTC)
    due = deadline(OFFICE, set_at, f"{hours} hours")
    found = rungs(OFFICE, set_at, due, USUAL, spent=spent)
    assert [rung.at for rung in found] == sorted(rung.at for rung in found)
    for rung in found:
        if rung.step.endswith("%"):
            assert set_at <= rung.at <= due
            share = int(rung.step[:-1]) / 100
            given_all = spent + working_minutes(OFFICE, set_at, due)
            used = spent + working_minutes(OFFICE, set_at, rung.at)
            assert abs(used - share * given_all) <= 1
        elif rung.step != "due":
            assert rung.at > due
    assert timedelta() <= due - set_at
