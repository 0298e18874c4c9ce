"""Whom to ring by the hour: the type before the group, the deep place before the city."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gongbi.kernel.reports.ringing import Line, is_answered, who_to_ring

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Line("water-night", 1, groups=frozenset({"water"}), hours=(1050, 510))
DUTY = Line("centre", 9)
EAST = Line("water-east", 5, groups=frozenset({"water"}), places=frozenset({"xx-e"}))
PIPE = Line("pipe", 7, types=frozenset({"burst-pipe"}))
FRIDAY = Line("friday", 1, hours=(1320, 360), weekdays=frozenset({5}))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026: the 25th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def codes(local: datetime, *places: str) -> list[str]:
    found = who_to_ring(
        [DUTY, NIGHT, EAST, PIPE],
        local=local,
        type="burst-pipe",
        group="water",
        places=places or ("xx",),
    )
    return [one.code for one in found]


def test_by_night_and_by_day() -> None:
    assert codes(at(25, 2)) == ["pipe", "water-night", "centre"]
    assert codes(at(25, 12)) == ["pipe", "centre"]


def test_the_deeper_place_comes_first() -> None:
    assert codes(at(25, 2), "xx", "xx-e") == ["pipe", "water-east", "water-night", "centre"]


@pytest.mark.parametrize(
    ("local", "answered"),
    [
        (at(27, 21, 59), False),
        (at(27, 22), True),
        (at(28, 0, 30), True),  # Saturday by date, still Friday's night
        (at(28, 6), False),
        (at(27, 5, 59), False),  # Friday by date, Thursday's night
    ],
)
def test_a_night_belongs_to_the_day_it_began(local: datetime, answered: bool) -> None:
    assert is_answered(FRIDAY, local) is answered


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        who_to_ring([], local=datetime(2026, 1, 1), type="", group="", places=())
