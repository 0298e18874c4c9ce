"""How well the profile of usual hours foretells real series, beside two plain rivals.

    python bench/usual.py [SHARED/data]

Interstate 94 (vehicles an hour, 2012–2018) and Tetouan's three zones (kW every ten minutes, 2017),
read in place. Each value is foretold from what was learnt on days before; the first eight weeks
are not counted. Rivals: the same hour of the day before, and of the week before. Printed: the mean
absolute error, and the share of values within 3 and beyond 6 scatters of what was expected.
"""

import csv
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import holidays
import numpy as np
from numba import njit

from gongbi.kernel.vitals.days import DAY, NODES, between, days_from
from gongbi.kernel.vitals.usual import empty_learning, empty_profile, expect, learn

HOME = Path(__file__).resolve().parents[1]
MINUTE = 60_000_000
LEAST, SKIPPED_DAYS = 5, 56


@njit(cache=True)
def foretell(times, values, width, days, profile, learning, touched, out):  # type: ignore[no-untyped-def]
    """Fill ``out`` with (expected, scatter) of each value before it is learnt."""
    for row in range(times.size):
        where = between(days, times[row], width)
        expected, scatter = expect(profile, learning, 0, where, 0.0, LEAST)
        out[row, 0], out[row, 1] = expected, scatter
        off = abs(values[row] - expected) > 6 * scatter
        learn(profile, learning, days, 0, where, values[row], expected, off, touched)


def micros(text: str, form: str) -> int:
    """Local clock as if it were UTC: the profile needs only days and hours."""
    moment = datetime.strptime(text, form).replace(tzinfo=UTC)
    return round(moment.timestamp()) * 1_000_000


def traffic(home: Path) -> Iterator[tuple[str, int, str, np.ndarray, np.ndarray]]:
    """One series; hours repeated for several kinds of weather are taken once."""
    found: dict[int, float] = {}
    path = home / "interstate94-traffic-2012-2018" / "Metro_Interstate_Traffic_Volume.csv"
    with path.open() as file:
        for row in csv.DictReader(file):
            at = micros(row["date_time"], "%Y-%m-%d %H:%M:%S")
            found.setdefault(at, float(row["traffic_volume"]))
    times = np.array(sorted(found), np.int64)
    yield "Interstate 94", 60, "US", times, np.array([found[int(at)] for at in times])


def power(home: Path) -> Iterator[tuple[str, int, str, np.ndarray, np.ndarray]]:
    """Three zones of one city."""
    with (home / "tetouan-power-2017" / "tetouan_power_2017.csv").open() as file:
        rows = list(csv.DictReader(file))
    times = np.array([micros(row["Date"], "%m/%d/%y %H:%M") for row in rows], np.int64)
    for zone in ("Zone1", "Zone2", "Zone3"):
        yield f"Tetouan {zone}", 10, "MA", times, np.array([float(row[zone]) for row in rows])


def calendar(times: np.ndarray, country: str) -> np.ndarray:
    """Days of the series: working days and days off of that country."""
    begins = np.arange(times[0] // DAY, times[-1] // DAY + 2, dtype=np.int64) * DAY
    dates = begins.astype("datetime64[us]").astype("datetime64[D]")
    known = holidays.country_holidays(country, years=range(2011, 2020))
    free = np.array([one.astype(object) in known for one in dates])
    return days_from(begins, np.is_busday(dates) & ~free)


def earlier(times: np.ndarray, values: np.ndarray, before: int) -> np.ndarray:
    """The value of exactly that long ago, NaN where there is none."""
    at = np.minimum(np.searchsorted(times, times - before), len(times) - 1)
    return np.where(times[at] == times - before, values[at], np.nan)


def measure(name: str, minutes: int, country: str, times: np.ndarray, values: np.ndarray) -> None:
    """Print one line."""
    days, out = calendar(times, country), np.empty((len(times), 2))
    began = time.process_time()
    foretell(
        times, values, minutes * MINUTE, days, empty_profile(1), empty_learning(1),
        np.zeros(NODES, np.int8), out,
    )  # fmt: skip
    rate = len(times) / (time.process_time() - began)
    day, week = earlier(times, values, DAY), earlier(times, values, 7 * DAY)
    counted = (times >= times[0] + SKIPPED_DAYS * DAY) & ~np.isnan(out[:, 0] + day + week)
    off = np.abs(values - out[:, 0])[counted] / out[counted, 1]
    errors = [np.abs(values - guess)[counted].mean() for guess in (out[:, 0], day, week)]
    print(
        f"| {name} | {counted.sum():,} | {errors[0]:,.0f} | {errors[1]:,.0f} | {errors[2]:,.0f} "
        f"| {100 * (off <= 3).mean():.1f} % | {100 * (off > 6).mean():.2f} % | {rate / 1e6:.1f} |"
    )


def main() -> None:
    """Print the table; the first line compiles."""
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else shared
    sets = [*traffic(home), *power(home)]
    foretell(
        np.arange(2) * MINUTE, np.zeros(2), MINUTE, calendar(np.arange(2), "US"),
        empty_profile(1), empty_learning(1), np.zeros(NODES, np.int8), np.empty((2, 2)),
    )  # fmt: skip
    print("| series | values | error | day before | week before | within 3 | beyond 6 | M/CPU-s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for one in sets:
        measure(*one)


if __name__ == "__main__":
    main()
