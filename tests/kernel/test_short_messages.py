"""How many parts a text goes in, and when people may be disturbed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.short_messages import not_at_night, parts_of

CITY = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1),
     ("€" * 81, 2), ("水" * 70, 1), ("水" * 71, 2), ("水" * 134, 2), ("水" * 135, 3),
     ("a" * 159 + "水", 3), ("😀" * 35, 1), ("😀" * 36, 2)],
)  # fmt: skip
def test_the_limits_of_the_standard(text: str, parts: int) -> None:
    assert parts_of(text) == parts


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_text_never_goes_in_fewer_parts(text: str, more: str) -> None:
    assert 1 <= parts_of(text) <= parts_of(text + more)


def local(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY)


def test_who_sleeps_is_told_in_the_morning() -> None:
    begin, end = 8 * 60, 21 * 60
    assert not_at_night(local(10), begin, end) == local(10)
    assert not_at_night(local(8), begin, end) == local(8)
    assert not_at_night(local(7, 59), begin, end) == local(8)
    assert not_at_night(local(21), begin, end) == local(8, day=25)
    assert not_at_night(local(23, 30), begin, end) == local(8, day=25)
    assert not_at_night(local(3), 0, 24 * 60) == local(3)
    assert not_at_night(local(12), 20 * 60, 6 * 60) == local(20)
    assert not_at_night(local(2), 20 * 60, 6 * 60) == local(2)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 1439),
    st.integers(0, 1440),
)
def test_it_is_never_earlier_never_a_day_later_and_never_at_night(
    at: datetime, begin: int, end: int
) -> None:
    here = at.astimezone(CITY)
    then = not_at_night(here, begin, end)
    assert here <= then <= here + timedelta(days=1)
    assert not_at_night(then, begin, end) == then
