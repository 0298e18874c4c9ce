"""Days of a check-up: whole periods of the city's calendar that meet and never overlap."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.desk.checkup.periods import KINDS, BadPeriod, Period, read_period

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
days = st.dates(date(2001, 1, 1), date(2099, 1, 1))


@pytest.mark.parametrize(
    "said, first, end, year_ago",
    [
        ("2026-W47", "2026-11-16", "2026-11-23", "2025-W47"),
        ("2026-W01", "2025-12-29", "2026-01-05", "2025-W01"),
        ("2020-W53", "2020-12-28", "2021-01-04", "2019-W52"),
        ("2026-02", "2026-02-01", "2026-03-01", "2025-02"),
        ("2024-02-29", "2024-02-29", "2024-03-01", "2023-02-28"),
        ("week", "2026-11-16", "2026-11-23", "2025-W47"),
        ("month", "2026-10-01", "2026-11-01", "2025-10"),
        ("day", "2026-11-23", "2026-11-24", "2025-11-23"),
    ],
)
def test_periods(said, first, end, year_ago):
    found = read_period(said, NOW, ZONE, None)
    assert (str(found.first), str(found.end), found.year_ago.code) == (first, end, year_ago)
    assert len(found.edges) == (9 if found.kind == "day" else (found.end - found.first).days + 1)


def test_a_young_record_is_told_of_while_it_runs():
    begun = NOW - timedelta(hours=5)
    assert read_period("week", NOW, ZONE, begun).code == "2026-W48"
    assert read_period("week", NOW, ZONE, NOW - timedelta(days=8)).code == "2026-W47"


@pytest.mark.parametrize(
    "said", ["", "2026-W60", "2026-13", "24.11.2026", "2026-W48-1", "2026-12"]
)
def test_what_is_no_period(said):
    with pytest.raises(BadPeriod):
        read_period(said, NOW, ZONE, None)


@given(days, st.sampled_from(KINDS))
def test_neighbours_meet(day, kind):
    said = {"day": day.isoformat(), "month": day.strftime("%Y-%m")}.get(kind)
    year, week, _ = day.isocalendar()
    now = datetime(2100, 1, 1, tzinfo=UTC)
    one = read_period(said or f"{year}-W{week:02d}", now, ZONE, None)
    assert one.first <= day < one.end
    assert one.before.end == one.first
    assert one.after.first == one.end
    assert one.after.before == one == Period(kind, one.first, one.end, ZONE)
    assert read_period(one.code, now, ZONE, None) == one
