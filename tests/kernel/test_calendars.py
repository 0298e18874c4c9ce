"""Working time: by hand, by property, and a table of dates that have gone wrong elsewhere."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.calendars import (
    WorkingCalendar,
    add_working_days,
    add_working_minutes,
    deadline,
    parse_promise,
    working_minutes,
)

SHANGHAI, AMSTERDAM = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam")
OFFICE_HOURS = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
OFFICE = WorkingCalendar(
    SHANGHAI,
    OFFICE_HOURS,
    frozenset(range(1, 6)),
    off=frozenset(date(2026, 2, day) for day in range(15, 24)),  # Spring Festival 2026
    on=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),  # its make-up days, both Saturdays
)
ALWAYS = WorkingCalendar(SHANGHAI, ((0, 1440),), frozenset(range(1, 8)))
DUTCH = WorkingCalendar(AMSTERDAM, ((9 * 60, 17 * 60),), frozenset(range(1, 6)))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "promise", "due"),
    [
        # worked by hand: Thu 16:30 + 4 h = 1 h on Thursday, 3 h on Friday morning
        ("2026-03-05T16:30", "4 hours", "2026-03-06T12:00"),
        # said at night: the clock starts when the office opens
        ("2026-03-05T23:00", "30 minutes", "2026-03-06T09:30"),
        # in the lunch break
        ("2026-03-05T12:30", "1 hours", "2026-03-05T14:30"),
        # Friday evening before the festival: Saturday the 14th is a make-up working day
        ("2026-02-13T18:00", "1 hours", "2026-02-14T10:00"),
        ("2026-02-13T10:00", "1 working_days", "2026-02-14T17:30"),
        # nine days off follow it
        ("2026-02-14T10:00", "1 working_days", "2026-02-24T17:30"),
        ("2026-02-14T10:00", "5 working_days", "2026-02-28T17:30"),
        ("2026-02-14T17:00", "1 hours", "2026-02-24T09:30"),
        ("2026-03-05T10:00", "2 days", "2026-03-07T10:00"),
    ],
)
def test_promises_worked_by_hand(start: str, promise: str, due: str) -> None:
    assert deadline(OFFICE, at(start), promise) == at(due)


def test_a_change_to_winter_time_moves_no_closing_hour() -> None:
    # A peer answers 11:00 here: it adds three times 24 hours over the night of 25 October 2026.
    due = add_working_days(DUTCH, at("2026-10-22T12:00", AMSTERDAM), 3)
    assert due == at("2026-10-27T17:00", AMSTERDAM)
    assert working_minutes(DUTCH, at("2026-10-23T16:00", AMSTERDAM), due) == 60 + 2 * 480


def test_the_day_is_the_calendars_own() -> None:
    # Saturday 00:30 in Shanghai is still Friday in UTC; the promise counts from Saturday.
    assert add_working_days(OFFICE, datetime(2026, 3, 6, 16, 30, tzinfo=UTC), 1) == at(
        "2026-03-09T17:30"
    )


def test_midnight_belongs_to_the_next_day() -> None:
    assert add_working_days(ALWAYS, at("2026-03-05T23:59"), 1) == at("2026-03-07T00:00")
    assert add_working_minutes(ALWAYS, at("2026-03-05T23:59"), 2) == at("2026-03-06T00:01")


NEW_YORK = ZoneInfo("America/New_York")
NYC = WorkingCalendar(
    NEW_YORK, ((9 * 60, 17 * 60),), frozenset(range(1, 6)), off=frozenset({date(2026, 11, 26)})
)
NYC_ALWAYS = WorkingCalendar(NEW_YORK, ((0, 1440),), frozenset(range(1, 8)))
DUTCH_CHRISTMAS = WorkingCalendar(
    AMSTERDAM,
    ((9 * 60, 17 * 60),),
    frozenset(range(1, 6)),
    off=frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}),
)


@pytest.mark.parametrize(
    ("calendar", "start", "promise", "due"),
    [
        # Amsterdam. A peer answers 27 Oct 11:00: three times 24 hours over the change of clocks.
        (DUTCH, "2026-10-22T12:00", "3 working_days", "2026-10-27T17:00"),
        # A peer answers 29 Dec: it counts Christmas as work.
        (DUTCH_CHRISTMAS, "2026-12-24T12:00", "3 working_days", "2026-12-30T17:00"),
        # A peer takes the weekday of Saturday 00:30 from UTC, where it is Friday still.
        (DUTCH, "2026-10-10T00:30", "1 working_days", "2026-10-12T17:00"),
        (DUTCH, "2026-10-10T00:30", "same_day", "2026-10-12T17:00"),
        (DUTCH, "2026-03-28T16:00", "2 hours", "2026-03-30T11:00"),  # spring change on the 29th
        # New York: clocks go back on 1 November and on on 8 March; Thanksgiving is off.
        (NYC, "2026-10-30T16:00", "2 hours", "2026-11-02T10:00"),
        (NYC, "2026-11-25T16:59", "1 working_days", "2026-11-27T17:00"),
        (NYC, "2026-11-26T10:00", "same_day", "2026-11-27T17:00"),
        (NYC_ALWAYS, "2026-11-01T00:00", "24 hours", "2026-11-01T23:00"),
        (NYC_ALWAYS, "2026-03-08T00:00", "24 hours", "2026-03-09T01:00"),
        (NYC_ALWAYS, "2026-03-07T23:59", "same_day", "2026-03-08T00:00"),
        (NYC_ALWAYS, "2026-03-08T00:00", "same_day", "2026-03-09T00:00"),
        # Shanghai: office hours, lunch, Spring Festival with its make-up Saturdays.
        (OFFICE, "2026-03-05T16:59", "same_day", "2026-03-05T17:30"),
        (OFFICE, "2026-03-05T17:30", "same_day", "2026-03-06T17:30"),
        (OFFICE, "2026-02-14T08:00", "same_day", "2026-02-14T17:30"),
        (OFFICE, "2026-02-14T18:00", "same_day", "2026-02-24T17:30"),
        # counted on fingers: 14, 24 to 28 (the 28th is a Saturday worked), 2 to 6, 9 to 12 March
        (OFFICE, "2026-02-13T09:00", "15 working_days", "2026-03-12T17:30"),
        (ALWAYS, "2026-03-05T23:30", "1 hours", "2026-03-06T00:30"),
    ],
)
def test_a_table_of_dates(calendar, start, promise, due) -> None:
    assert deadline(calendar, at(start, calendar.zone), promise) == at(due, calendar.zone)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


@settings(max_examples=60, deadline=None)
@given(instants, st.integers(0, 5000))
def test_adding_minutes_and_counting_them_agree(start: datetime, minutes: int) -> None:
    end = add_working_minutes(OFFICE, start, minutes)
    assert end >= start
    assert working_minutes(OFFICE, start, end) == pytest.approx(minutes)


@settings(max_examples=60, deadline=None)
@given(instants, st.integers(1, 20))
def test_a_later_start_is_never_due_earlier(start: datetime, days: int) -> None:
    first = add_working_days(OFFICE, start, days)
    assert first <= add_working_days(OFFICE, start + timedelta(hours=7), days)
    assert OFFICE.works_on(first.astimezone(SHANGHAI).date())


@pytest.mark.parametrize("said", ["", "soon", "-1 hours", "0 days", "3 moons", "1.5 hours"])
def test_what_is_no_promise_is_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(ValueError, match="write a whole number"):
        parse_promise(said)


@pytest.mark.parametrize(
    ("hours", "weekdays"),
    [((), frozenset({1})), (((60, 30),), frozenset({1})), (((0, 60),), frozenset({8})),
     (((0, 60),), frozenset())],
)  # fmt: skip
def test_a_calendar_refuses_nonsense(
    hours: tuple[tuple[int, int], ...], weekdays: frozenset[int]
) -> None:
    with pytest.raises(ValueError, match="Expected"):
        WorkingCalendar(SHANGHAI, hours, weekdays)


def test_a_calendar_without_working_time_ahead_says_so() -> None:
    nothing = WorkingCalendar(SHANGHAI, ((0, 60),), frozenset(), on=frozenset({date(2020, 1, 1)}))
    with pytest.raises(ValueError, match="no working time"):
        add_working_minutes(nothing, at("2026-03-05T12:00"), 1)
