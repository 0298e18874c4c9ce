"""Quotas: minutes and days are fixed windows of the city's own clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.quotas import Quota, Spent, spend

HERE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 12, 0, 10, tzinfo=HERE)


def test_by_hand() -> None:
    quota, spent = Quota(per_minute=2, per_day=3), Spent()
    first = spend(spent, quota, NOON)
    second = spend(first.spent, quota, NOON + timedelta(seconds=5))
    assert (first.wait_seconds, second.wait_seconds) == (0, 0)
    third = spend(second.spent, quota, NOON + timedelta(seconds=20))
    assert third.wait_seconds == 30  # 12:00:30 to 12:01:00
    assert third.spent.in_minute == 2
    next_minute = spend(third.spent, quota, NOON + timedelta(seconds=50))
    assert next_minute.wait_seconds == 0
    over = spend(next_minute.spent, quota, NOON + timedelta(minutes=5))
    assert over.wait_seconds == 11 * 3600 + 54 * 60 + 50 + 1
    assert spend(over.spent, quota, NOON + timedelta(days=1)).wait_seconds == 0


def test_a_day_on_which_the_clocks_change_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 10, 25, 0, 0, tzinfo=berlin)  # 25 hours long
    spent = spend(Spent(), Quota(per_day=1), at).spent
    assert spend(spent, Quota(per_day=1), at).wait_seconds == 25 * 3600 + 1


@given(
    st.integers(0, 5),
    st.integers(0, 20),
    st.lists(st.integers(0, 4000), min_size=1, max_size=120),
)
def test_no_window_takes_more_than_its_quota(minute: int, day: int, gaps: list[int]) -> None:
    at, spent, taken = NOON, Spent(), []
    for gap in gaps:
        at += timedelta(seconds=gap)
        done = spend(spent, Quota(minute, day), at)
        spent = done.spent
        if not done.wait_seconds:
            taken.append(at)
        else:
            later = at + timedelta(seconds=done.wait_seconds)
            assert later.date() > at.date() or later.minute != at.minute
    for kind, quota in (("%Y%m%d%H%M", minute), ("%Y%m%d", day)):
        windows = [one.strftime(kind) for one in taken]
        assert not quota or all(windows.count(one) <= quota for one in set(windows))
    if not minute and not day:
        assert len(taken) == len(gaps)
