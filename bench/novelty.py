"""The detector of what is new elsewhere: a test bed, a lake, a pipe; and what a value costs.

    python bench/novelty.py [SHARED/data]

The temper is the one chosen on the first half of Numenta's files (``bench/nab.py``). Lake and pipe
take their threshold from there too, so nothing is chosen on them; the test bed's is chosen on
every second of its files, so far as rows go. Printed: scores, and million values a CPU-second.
"""

import csv
import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from numba import njit

from gongbi.kernel.vitals.novelty import TEMPER, empty_novelty, follow_novelty, step_novelty
from gongbi.kernel.vitals.scoring import LOW_FALSE, LOW_MISSED, STANDARD, join, judge, weigh
from nab import window

HOME = Path(__file__).resolve().parents[1]
LIMIT = 1.35
"""Surprise at which an alert is told: the best on Numenta's first half, however weighed."""
WARM = int(TEMPER.warm)
AFTER = 60
"""Seconds behind a change within which an alert of the test bed counts."""

Detector = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def novelty(values: np.ndarray, hours: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(told, held) of each value."""
    hours = np.zeros(len(values), np.int64) if hours is None else hours
    out = np.empty((len(values), 3))
    follow_novelty(empty_novelty(1)[0], values, hours, 0.0, TEMPER, out)
    return out[:, 1], out[:, 2]


def gaussian(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Deviation from 400 values before, and the same held as long as ``novelty`` holds."""
    found = window(values, 400, False)
    held, last = np.empty(len(found)), 0.0
    for row, one in enumerate(found):
        last = held[row] = max(one, last * (1 - TEMPER.calm))
    return found, held


def always(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An alarm that never ends."""
    return np.ones(len(values)), np.ones(len(values))


def minute(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An alert a minute, whatever the values."""
    found = np.where(np.arange(len(values)) % 60 == 0, 1.0, 0.0)
    return found, np.ones(len(values))


class Bed:
    """One experiment: eight sensors a second, rows labelled as abnormal and as a change."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter=";"))[1:]
        self.values = np.array([[float(one) for one in row[1:9]] for row in rows])
        self.abnormal = np.array([row[9] == "1.0" for row in rows])
        self.changes = [at for at, row in enumerate(rows) if row[10] == "1.0"]

    def windows(self) -> list[tuple[int, int]]:
        """A minute from each change on; of two that overlap the first."""
        found: list[tuple[int, int]] = []
        for at in self.changes:
            last = min(at + AFTER, len(self.values) - 1)
            if not found or at > found[-1][1]:
                found.append((at, last))
        return found

    def watch(self, detector: Detector) -> tuple[np.ndarray, np.ndarray]:
        """(told, held) of the most surprised sensor."""
        each = [detector(self.values[:, one]) for one in range(8)]
        return np.max([one[0] for one in each], 0), np.max([one[1] for one in each], 0)


def points(held: np.ndarray, abnormal: np.ndarray, limit: float) -> tuple[float, float, float]:
    """F1, false alarm rate and missing alarm rate by rows."""
    alarm = held >= limit
    hits, wrong = (alarm & abnormal).sum(), (alarm & ~abnormal).sum()
    missed = (~alarm & abnormal).sum()
    return (
        2 * hits / max(1, 2 * hits + wrong + missed),
        100 * wrong / (~abnormal).sum(),
        100 * missed / abnormal.sum(),
    )


def test_bed(home: Path) -> None:
    """Valve 1's sixteen experiments: by rows, and by changes as Numenta counts."""
    beds = [Bed(path) for path in sorted((home / "skab" / "valve1").glob("*.csv"))]
    print("| test bed | F1 first | second half | false alarms | missed | changes, second half |")
    print("|---|---:|---:|---:|---:|---:|")
    rivals = {"always": always, "clock": minute, "windowed Gaussian": gaussian, "novelty": novelty}
    for name, detector in rivals.items():
        seen = [bed.watch(detector) for bed in beds]
        rows = by_rows(seen, beds)
        print(f"| {name} | {rows} | {by_changes(seen[1::2], beds[1::2])} |")


def by_rows(seen: list[tuple[np.ndarray, np.ndarray]], beds: list[Bed]) -> str:
    """F1 of the first half, where the threshold is chosen; F1 and errors of the second."""
    held = [np.concatenate([one[1] for one in part]) for part in (seen[::2], seen[1::2])]
    truth = [np.concatenate([bed.abnormal for bed in part]) for part in (beds[::2], beds[1::2])]
    limits = np.quantile(held[0], np.linspace(0, 1, 200))
    limit = max(limits, key=lambda one: points(held[0], truth[0], one)[0])
    first, second = points(held[0], truth[0], limit), points(held[1], truth[1], limit)
    return f"{first[0]:.3f} | {second[0]:.3f} | {second[1]:.1f} % | {second[2]:.1f} %"


def by_changes(seen: list[tuple[np.ndarray, np.ndarray]], beds: list[Bed]) -> str:
    """Numenta's three scores."""
    known = join([weigh(len(bed.values), bed.windows()) for bed in beds])
    told = np.concatenate([one[0] for one in seen])
    marks = [judge(told, known, one).score for one in (STANDARD, LOW_FALSE, LOW_MISSED)]
    return " / ".join(f"{one:.1f}" for one in marks)


def american(text: str) -> date:
    """10/14/2017 as a day."""
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def openings(home: Path) -> list[tuple[date, date]]:
    """Days the locks were open, the one written backwards turned round."""
    with (home / "lock_openings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days = [[american(row[key]) for key in ("begin_date", "end_date")] for row in rows]
    return sorted((min(pair), max(pair)) for pair in days)


def lake(home: Path) -> None:
    """Daily level of the lake against the days its locks were opened to a flood."""
    home = home / "chicago-beach-water"
    with (home / "Beach_Water_Levels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows = [row for row in rows if row["Water.Level"] not in {"", "NA"}]
    days = [date.fromisoformat(row["Date.Time"]) for row in rows]
    values = np.array([float(row["Water.Level"]) for row in rows])
    events = [pair for pair in openings(home) if days[WARM] < pair[0] and pair[1] < days[-1]]
    told, _ = novelty(values)
    alerts = np.flatnonzero(told >= LIMIT)
    alerts = alerts[alerts >= WARM]
    years = (days[-1] - days[WARM]).days / 365.25
    same = np.argsort(window(values, 400, False)[WARM:])[::-1][: len(alerts)] + WARM
    spaced = np.linspace(WARM, len(days) - 1, len(alerts)).astype(int)
    print(f"\n{len(rows):,} days, {len(events)} openings among them")
    print("| lake | alerts | openings found | precision | days late | false a year |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, found in (("clock", spaced), ("windowed Gaussian", same), ("novelty", alerts)):
        print(f"| {name} | {len(found)} " + against([days[one] for one in found], events, years))


def against(alerts: list[date], events: list[tuple[date, date]], years: float) -> str:
    """Recall, precision, delay and false alerts; from the day before to two days after counts."""
    near = [
        [one for one in alerts if a - timedelta(1) <= one <= b + timedelta(2)] for a, b in events
    ]
    hits = len({one for found in near for one in found})
    late = [(min(found) - a).days for found, (a, _) in zip(near, events, strict=True) if found]
    delay = f"{np.mean(late):.1f}" if late else "–"
    return (
        f"| {sum(map(bool, near))} of {len(events)} | {100 * hits / max(1, len(alerts)):.0f} % "
        f"| {delay} | {(len(alerts) - hits) / years:.1f} |"
    )


def pipe(home: Path) -> None:
    """Hourly flow of a branch: what was told, beside the hours at less than 60 litres a second."""
    with (home / "waterflow-2022" / "water-flow.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    times = [datetime.fromisoformat(row[0]) for row in rows]
    hours = np.array([int(one.timestamp() + one.utcoffset().seconds) // 3600 for one in times])
    values = np.array([float(row[1]) for row in rows])
    told, _ = novelty(values, hours)
    low = np.flatnonzero((values < 60) & (np.roll(values, 1) >= 60))
    print(f"\npipe: {len(rows):,} hours; low from {[rows[one][0][:13] for one in low]}")
    for one in np.flatnonzero(told >= LIMIT):
        print(f"  told {rows[one][0][:13]}: {values[one]} l/s, surprise {told[one]:.1f}")


@njit(cache=True)
def all_series(states, values, hour):  # type: ignore[no-untyped-def]
    """One value of each series."""
    total = 0.0
    for series in range(states.size):
        total += step_novelty(states[series], values[series], hour)[0]
    return total


def speed(series: int = 1_000_000, rounds: int = 20) -> None:
    """Series in the order of their slots, and in an order drawn anew."""
    rng = np.random.default_rng(3)
    states, values = empty_novelty(series), rng.standard_normal((8, series))
    all_series(states[:1], values[0], 0)
    began = time.process_time()
    for one in range(rounds):
        all_series(states, values[one % 8], one // 12)
    rate = series * rounds / (time.process_time() - began) / 1e6
    print(
        f"\n{series:,} series of {states.itemsize} bytes: {rate:.1f} million values a CPU-second"
    )


def main() -> None:
    """Print all four."""
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else shared
    test_bed(home)
    lake(home)
    pipe(home)
    speed()


if __name__ == "__main__":
    main()
