"""Reading another system on from where it was read before: nothing is stepped over."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.reports.reading_on import (
    LONGEST,
    SHORTEST,
    Step,
    narrower,
    next_step,
    read_to,
    wider,
)

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPANS = st.timedeltas(min_value=SHORTEST, max_value=LONGEST)


def test_the_worked_example() -> None:
    now = AT + 28 * HOUR
    first = next_step(AT, now, DAY)
    assert first == Step(AT, AT + DAY)
    assert first.until is not None
    assert next_step(first.until, now, DAY) == Step(AT + DAY, None)


def test_a_clock_that_is_behind_loses_nothing() -> None:
    """What they write next bears their clock's time, three hours before ours."""
    assert read_to(AT, AT + DAY, AT + DAY, AT + DAY - 3 * HOUR, HOUR) == AT + DAY - 4 * HOUR


def test_a_silent_or_a_dreaming_system_moves_nothing_too_far() -> None:
    assert read_to(AT, AT + DAY, AT + DAY, None, HOUR) == AT
    year_2099 = AT.replace(year=2099)
    assert read_to(AT, AT + DAY, AT + DAY, year_2099, HOUR) == AT + DAY - HOUR


@given(SPANS)
def test_halving_ends_at_the_shortest(length: timedelta) -> None:
    steps = 0
    while (shorter := narrower(length)) is not None:
        assert SHORTEST <= shorter < length
        length, steps = shorter, steps + 1
    assert length == SHORTEST
    assert steps <= 17


@given(SPANS, st.integers(0, 1000))
def test_only_sparse_steps_grow_and_never_past_what_the_standard_allows(
    length: timedelta, rows: int
) -> None:
    found = wider(length, rows, 1000)
    assert length <= found <= LONGEST
    assert (found > length) == (rows <= 250 and length < LONGEST)


@given(SPANS, SPANS, st.none() | SPANS, SPANS)
def test_it_never_goes_back_nor_past_what_was_reached(
    reached: timedelta, now: timedelta, newest: timedelta | None, overlap: timedelta
) -> None:
    seen = None if newest is None else AT + newest
    found = read_to(AT, AT + reached, AT + now, seen, overlap)
    assert AT <= found <= max(AT, AT + min(reached, now) if reached else AT)
