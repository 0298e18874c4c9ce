"""Whom chance calls, and when somebody is tried again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.reports.calling_back import draw, next_attempt, polite

ZONE = ZoneInfo("Asia/Shanghai")
CASES = st.sets(st.tuples(st.text("0123456789", min_size=1, max_size=4), st.sampled_from("abc")))


def at(hour: int, minute: int = 0, day: int = 25) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_the_draw_can_be_repeated_by_hand() -> None:
    """SHA-256 of day, 0x1f, number: b3…, 5d…, … sorted; recorded once, checked with sha256sum."""
    import hashlib

    numbers = ["XX-000001", "XX-000002", "XX-000003"]
    by_hand = min(numbers, key=lambda n: hashlib.sha256(f"2026-11-25\x1f{n}".encode()).hexdigest())
    (found,) = draw([(n, "water") for n in numbers], seed="2026-11-25", of_each=1)
    assert (found.number, found.rank, found.of) == (by_hand, 1, 3)


@given(CASES, st.integers(0, 3))
def test_every_unit_gives_its_share_and_no_case_twice(
    closed: set[tuple[str, str]], of_each: int
) -> None:
    found = draw(closed, seed="day", of_each=of_each)
    assert len({(one.number, one.unit) for one in found}) == len(found)
    for unit in {unit for _, unit in closed}:
        have = sum(1 for _, other in closed if other == unit)
        assert sum(1 for one in found if one.unit == unit) == min(of_each, have)
    assert found == draw(sorted(closed, reverse=True), seed="day", of_each=of_each)


def test_tried_again_at_another_time_of_day_and_then_left_in_peace() -> None:
    assert next_attempt([at(10)]) == at(12)
    assert next_attempt([at(10), at(12)]) == at(18, day=26)
    assert next_attempt([at(16), at(18)]) == at(10, day=26)
    assert next_attempt([at(10), at(12), at(18, day=26)]) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_nobody_is_rung_at_night(when: datetime) -> None:
    asked = when.replace(tzinfo=ZONE)
    rung = polite(asked)
    assert 9 <= rung.hour < 20
    assert timedelta() <= rung - asked < timedelta(hours=14)
