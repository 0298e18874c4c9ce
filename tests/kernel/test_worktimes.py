"""Working time for many instants at once: by hand, and the same as the walk day by day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel import calendars
from gongbi.kernel.calendars import WorkingCalendar
from gongbi.kernel.worktimes import deadlines, instant_of, lay_out, moment_of

BOSTON, SHANGHAI = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
OFFICE = WorkingCalendar(SHANGHAI, ((540, 720), (810, 1050)), frozenset({1, 2, 3, 4, 5}))
ALWAYS = WorkingCalendar(BOSTON, ((0, 1440),), frozenset(range(1, 8)))
DAYS = WorkingCalendar(
    BOSTON, ((480, 1020),), frozenset({1, 2, 3, 4, 5}), frozenset({date(2011, 11, 11)})
)


def due(calendar: WorkingCalendar, start: datetime, promise: str) -> datetime:
    return moment_of(deadlines(calendar, np.array([instant_of(start)]), promise)[0])


def test_by_hand():
    """Friday 17:00 and two working hours: half an hour is left, the rest is Monday's."""
    friday = datetime(2026, 11, 27, 17, tzinfo=SHANGHAI)
    assert due(OFFICE, friday, "2 hours") == datetime(2026, 11, 30, 10, 30, tzinfo=SHANGHAI)
    assert due(OFFICE, friday, "1 working_days") == datetime(2026, 11, 30, 17, 30, tzinfo=SHANGHAI)
    assert due(OFFICE, friday, "1 days") == friday + timedelta(days=1)


def test_the_clock_going_back_moves_no_closing_hour():
    """Boston, 6 November 2011: a working day ends at 17:00 by the new clock; Friday 11 is off."""
    start = datetime(2011, 11, 4, 9, tzinfo=BOSTON)
    assert due(DAYS, start, "5 working_days") == datetime(2011, 11, 14, 17, tzinfo=BOSTON)


@pytest.mark.parametrize(
    ("start", "promise", "end"),
    [
        ((4, 10, 36), "2 full_working_days", (8, 10, 36)),  # Friday to Tuesday, the same hour
        ((5, 9, 10), "2 full_working_days", (9, 9, 10)),  # Saturday counts as Monday at that hour
        ((3, 17, 29), "1 full_working_days", (7, 8, 0)),  # after closing: Friday's opening
        ((4, 2, 0), "1 full_working_days", (7, 2, 0)),  # before opening the hour stays
        ((4, 12, 0), "3 days", (7, 12, 0)),  # over the change of the clock: noon stays noon
    ],
)
def test_full_days_and_natural_days_keep_the_hour(start, promise, end):
    first, last = (datetime(2011, 11, *one, tzinfo=BOSTON) for one in (start, end))
    assert due(DAYS, first, promise) == last
    assert calendars.deadline(DAYS, first, promise) == last


@pytest.mark.parametrize("promise", ["0 hours", "soon", "3 fortnights"])
def test_no_promise_is_refused(promise):
    with pytest.raises(ValueError, match="promise"):
        due(OFFICE, datetime(2026, 1, 1, tzinfo=UTC), promise)


def test_a_calendar_that_ends_is_told():
    once = WorkingCalendar(SHANGHAI, ((540, 600),), frozenset(), on=frozenset({date(2026, 1, 2)}))
    with pytest.raises(ValueError, match="not that much"):
        due(once, datetime(2026, 1, 1, tzinfo=UTC), "3 hours")


starts = st.datetimes(
    datetime(2011, 10, 20), datetime(2011, 11, 20), timezones=st.sampled_from([UTC, BOSTON])
)
promises = st.tuples(
    st.integers(1, 60),
    st.sampled_from(["minutes", "hours", "days", "working_days", "full_working_days"]),
).map(lambda said: f"{said[0]} {said[1]}")


@given(st.lists(starts, min_size=1, max_size=5), promises, st.sampled_from([OFFICE, ALWAYS, DAYS]))
def test_as_the_walk_day_by_day_says(some, promise, calendar):
    found = deadlines(calendar, np.array([instant_of(one) for one in some]), promise)
    assert [moment_of(one) for one in found] == [
        calendars.deadline(calendar, one, promise) for one in some
    ]


@given(starts, starts, st.sampled_from([OFFICE, ALWAYS, DAYS]))
def test_time_between_is_the_same_too(one, other, calendar):
    laid = lay_out(calendar, date(2011, 10, 1), date(2011, 12, 31))
    first, second = laid.time_at(np.array([instant_of(one), instant_of(other)]))
    minutes = calendars.working_minutes(calendar, one, other)
    assert (second - first) / 60e6 == pytest.approx(minutes)
