"""Quotas: in no minute and no day, wherever it begins, are more calls taken than were agreed."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.quotas import DAY, MINUTE, Quota, Spent, spend

NOON = datetime(2026, 11, 25, 12, 0, 58, tzinfo=UTC)


def test_by_hand() -> None:
    quota, spent = Quota(per_minute=2), Spent()
    for _ in range(2):
        done = spend(spent, quota, NOON)
        assert done.wait_seconds == 0
        spent = done.spent
    over = spend(spent, quota, NOON + timedelta(seconds=4))  # a fixed minute would begin anew
    assert over.wait_seconds == 58  # the slot of 12:00:55 ends at 12:01:00, and leaves at 12:02:00
    assert over.spent == spent
    assert spend(spent, quota, NOON + timedelta(seconds=61)).wait_seconds == 1
    assert spend(spent, quota, NOON + timedelta(seconds=62)).wait_seconds == 0


def test_a_day_is_any_twenty_four_hours_and_ends_slot_by_slot() -> None:
    quota, spent, at = Quota(per_day=3), Spent(), NOON
    for _ in range(3):
        spent = spend(spent, quota, at).spent
        at += timedelta(hours=5)
    wait = spend(spent, quota, at).wait_seconds
    free = at + timedelta(seconds=wait)
    assert free == datetime(2026, 11, 26, 13, tzinfo=UTC)  # a day after the first hour ended
    assert spend(spent, quota, free - timedelta(seconds=1)).wait_seconds == 1
    assert spend(spent, quota, free).wait_seconds == 0


def test_no_quota_is_no_limit_and_little_is_kept() -> None:
    spent, at = Spent(), NOON
    for _ in range(500):
        spent = spend(spent, Quota(), at).spent
        at += timedelta(minutes=7)
    assert len(spent.minute) == 1
    assert len(spent.day) <= 25


@given(
    st.integers(0, 5),
    st.integers(0, 20),
    st.lists(st.floats(0, 4000), min_size=1, max_size=120),
)
def test_no_window_wherever_it_begins_takes_more_than_its_quota(
    minute: int, day: int, gaps: list[float]
) -> None:
    at, spent, taken = NOON, Spent(), list[float]()
    for gap in gaps:
        at += timedelta(seconds=gap)
        done = spend(spent, Quota(minute, day), at)
        spent = done.spent
        if not done.wait_seconds:
            taken.append(at.timestamp())
        else:
            later = at + timedelta(seconds=done.wait_seconds)
            assert not spend(spent, Quota(minute, day), later).wait_seconds
    for window, quota in ((MINUTE, minute), (DAY, day)):
        for begin in taken:
            inside = bisect_left(taken, begin + window.seconds) - bisect_left(taken, begin)
            assert not quota or inside <= quota
    if not minute and not day:
        assert len(taken) == len(gaps)


@given(st.lists(st.integers(-90, 200), min_size=1, max_size=60))
def test_a_clock_set_back_gives_nothing_away(steps: list[int]) -> None:
    at, spent = NOON, Spent()
    for step in steps:
        at += timedelta(seconds=step)
        spent = spend(spent, Quota(per_minute=3), at).spent
        assert sum(count for _, count in spent.minute) <= 3
        assert list(spent.minute) == sorted(spent.minute)
