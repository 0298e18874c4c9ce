"""One hour ahead on Auckland's counters, beside the ridge that was the bar, and plain rivals.

    python bench/forecast.py [SHARED/data] [--year 2023]

21 counters, hourly, read in place: rows are of an operational day (the hours 0 to 5 belong to the
calendar day after). Everything is learnt before the tested year; *frozen* learns nothing in it,
*daily* goes on learning after each day. A surge hour lies above its sensor's 99th percentile of
the years before. WAPE is the sum of absolute errors over the sum of counts. All methods are
scored on the hours of which each of them says something.

The ridge is our re-making of the one described beside the data: for each hour of the day, ridge on
log residuals from the eight-week median, six terms: one, own residual 1, 2, 24 and 168 hours ago,
mean residual of all sensors an hour ago; learnt on the years before.
"""

import argparse
import csv
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import holidays
import numpy as np

from gongbi.kernel.vitals.forecast import HourForecast, HourRule, foretell_hours, usual_of

HOME = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
MONDAY = np.datetime64("1970-01-05T00", "h")
Rows = tuple[np.ndarray, np.ndarray, list[str]]


def counters(home: Path) -> Rows:
    """(hour, count [hours, sensors], sensor names); the hour trap undone."""
    with (home / "akl-ped-2019-2023" / "hourly_counts.csv").open() as file:
        head, *rows = list(csv.reader(file))
    hours = np.array([hour_of(row[0], row[1]) for row in rows], "datetime64[h]")
    first = head.index("year") + 1 if "year" in head else 2
    said = np.array([[float(cell or "nan") for cell in row[first:]] for row in rows])
    times = np.arange(hours.min(), hours.max() + 1)
    values = np.full((len(times), said.shape[1]), np.nan)
    values[(hours - times[0]).astype(int)] = said
    return times, values, head[first:]


def hour_of(date: str, hour: str) -> datetime:
    """The hour of a row: those before six o'clock belong to the next calendar day."""
    number = int(hour.partition(":")[0])
    # Local clock as it stands: only days and hours are asked of it.
    day = datetime.strptime(date[:10], "%Y-%m-%d")  # noqa: DTZ007
    return day + timedelta(days=number < 6, hours=number)


def public_holidays(times: np.ndarray) -> np.ndarray:
    """Whether each hour and the 24 after the last lie on a holiday of Auckland."""
    known = holidays.country_holidays("NZ", subdiv="AUK", years=range(2018, 2026))
    days = np.arange(times[0], times[-1] + 25).astype("datetime64[D]")
    return np.array([day in known for day in days.astype(object)])


def ago(array: np.ndarray, lag: int) -> np.ndarray:
    """Rows ``lag`` hours before."""
    found = np.full_like(array, np.nan)
    found[lag:] = array[:-lag]
    return found


def six_terms(times: np.ndarray, values: np.ndarray, begin: int) -> np.ndarray:
    """The rival: ridge for each hour of the day, learnt on rows before ``begin``."""
    usual = np.log1p(usual_of(values))
    off = np.log1p(values) - usual
    count = np.isfinite(off).sum(axis=1)
    mean = np.divide(np.nansum(off, axis=1), count, out=np.full(len(off), np.nan), where=count > 0)
    around = np.repeat(mean[:, None], values.shape[1], axis=1)
    terms = [np.ones_like(off), *(ago(off, lag) for lag in (1, 2, 24, 168)), ago(around, 1)]
    every = np.stack(terms, -1)
    out, known = np.full_like(off, np.nan), np.isfinite(every).all(-1)
    for hour in range(24):
        here = known & (times.astype(int) % 24 == hour)[:, None]
        past = here & np.isfinite(off) & (np.arange(len(off)) < begin)[:, None]
        left = every[past].T @ every[past] + np.eye(len(terms))
        out[here] = every[here] @ np.linalg.solve(left, every[past].T @ off[past])
    return np.maximum(np.expm1(usual + out), 0)


def errors(off: np.ndarray, values: np.ndarray) -> str:
    """MAE, WAPE, RMSE and bias of some hours."""
    size = np.abs(off)
    return (
        f"{size.mean():.1f} | {100 * size.sum() / values.sum():.2f} % "
        f"| {np.sqrt((off**2).mean()):.1f} | {off.mean():+.1f}"
    )


def timed(call: Callable[[], object]) -> tuple[object, float]:
    """What a call gives, and the CPU seconds it took."""
    began = time.process_time()
    found = call()
    return found, time.process_time() - began


def coverage(said: HourForecast, values: np.ndarray, hours: np.ndarray) -> str:
    """Share of hours within the 80 % and the 95 % bounds."""
    low95, low80, high80, high95 = said.bounds
    wide = ((values >= low95) & (values <= high95))[hours].mean()
    narrow = ((values >= low80) & (values <= high80))[hours].mean()
    return f"{100 * narrow:.1f} % and {100 * wide:.1f} %"


def wins(ours: np.ndarray, rival: np.ndarray, values: np.ndarray, hours: np.ndarray) -> str:
    """At how many sensors our mean error is the smaller."""
    count = both = 0
    for sensor in range(values.shape[1]):
        here = hours[:, sensor]
        if not here.any():
            continue
        both += 1
        mine = np.abs(ours - values)[here, sensor].mean()
        count += mine < np.abs(rival - values)[here, sensor].mean()
    return f"{count} of {both}"


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("data", nargs="?", type=Path, default=DATA)
    words.add_argument("--year", type=int, default=2023)
    given = words.parse_args()
    times, values, _ = counters(given.data)
    begin = int(np.searchsorted(times, np.datetime64(f"{given.year}-01-01T00")))
    end = int(np.searchsorted(times, np.datetime64(f"{given.year + 1}-01-01T00")))
    values, times = values[:end], times[:end]
    free, first = public_holidays(times), int((times[0] - MONDAY).astype(int))
    foretell_hours(values[:400], first, free[:424])
    ridge, ridge_time = timed(lambda: six_terms(times, values, begin))
    daily, daily_time = timed(lambda: foretell_hours(values, first, free))
    frozen, _ = timed(lambda: foretell_hours(values, first, free, HourRule(until=begin)))
    said = {
        "last hour": ago(values, 1),
        "same hour last week": ago(values, 168),
        "mean of four weeks": np.mean([ago(values, 168 * week) for week in range(1, 5)], axis=0),
        "ridge, six terms": ridge,
        "Gongbi, frozen": frozen.expected,
        "Gongbi, daily": daily.expected,
    }
    tested = np.isfinite(values) & (np.arange(len(values)) >= begin)[:, None]
    for guess in said.values():
        tested &= np.isfinite(guess)
    surge = tested & (values > np.nanpercentile(values[:begin], 99, axis=0))
    print(f"{given.year}: {tested.sum():,} hours, of them {surge.sum():,} of surge\n")
    print("| method | MAE | WAPE | RMSE | bias | surge MAE | WAPE | RMSE | bias |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, guess in said.items():
        off = guess - values
        all_, high = errors(off[tested], values[tested]), errors(off[surge], values[surge])
        print(f"| {name} | {all_} | {high} |")
    print(f"\nWithin the bounds of 80 % and 95 %: {coverage(daily, values, tested)}; ", end="")
    print(f"on surge hours {coverage(daily, values, surge)}.")
    for name in ("ridge, six terms", "last hour"):
        won = wins(daily.expected, said[name], values, tested)
        print(f"Sensors at which daily beats {name}: {won}; ", end="")
        print(f"on surge hours {wins(daily.expected, said[name], values, surge)}.")
    print(
        f"CPU seconds for {len(values):,} hours of {values.shape[1]} sensors, learning after each "
        f"day: {daily_time:.1f} ({1e6 * daily_time / values.size:.0f} µs a forecast); "
        f"the ridge, learnt once: {ridge_time:.1f}."
    )


if __name__ == "__main__":
    main()
