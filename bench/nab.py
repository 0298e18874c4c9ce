"""The detector of what is new, on Numenta's anomaly benchmark, beside plain rivals.

    python bench/nab.py [SHARED/data]           scores, on both halves of the files
    python bench/nab.py [SHARED/data] tune 800  how the temper was chosen, by so many draws

37 of the corpus's 58 files, read in place: the tweets, the artificial ones and none else are left
out, so no figure here compares with a published one but by the rivals run on the same files. The
*first half* are the files of odd place by name, on which every number of the temper was chosen.
"""

import contextlib
import csv
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from gongbi.kernel.vitals.novelty import TEMPER, Temper, empty_novelty, follow_novelty
from gongbi.kernel.vitals.scoring import (
    LOW_FALSE,
    LOW_MISSED,
    STANDARD,
    Worth,
    join,
    judge,
    judge_at,
    weigh,
)

HOME = Path(__file__).resolve().parents[1]
OTHER = Temper(1 / 33, 0.135, 1 / 4000, 17.0, 0.63, 0.74, 0.81, 1 / 50, 1.35, 146.0, 107.0)
"""What ``tune`` chooses on the second half, rounded."""
QUIET = 100
"""Values for which a rival that does not repeat itself says nothing that is not larger."""


class Series(NamedTuple):
    """One file: what was measured, and what an alert at each value is worth."""

    name: str
    seconds: np.ndarray
    values: np.ndarray
    known: Worth


def seconds(text: str) -> int:
    """The file's own clock, as if it were UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def read(home: Path) -> list[Series]:
    """Files that are there, by name."""
    windows = json.loads((home / "labels" / "combined_windows.json").read_text("utf-8"))
    names = [name for name in sorted(windows) if (home / "data" / name).exists()]
    return [read_file(home / "data" / name, name, windows[name]) for name in names]


def read_file(path: Path, name: str, windows: list[list[str]]) -> Series:
    """One file with its windows as rows."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    times = [seconds(row["timestamp"]) for row in rows]
    spans = [(times.index(seconds(a)), times.index(seconds(b))) for a, b in windows]
    values = np.array([float(row["value"]) for row in rows])
    return Series(name, np.array(times), values, weigh(len(rows), spans))


def novelty(temper: Temper = TEMPER) -> Callable[[Series], np.ndarray]:
    """The detector; every series begins with an empty state."""

    def told(one: Series) -> np.ndarray:
        out = np.empty((len(one.values), 3))
        follow_novelty(empty_novelty(1)[0], one.values, one.seconds // 3600, 0.0, temper, out)
        return out[:, 1]

    return told


def clock(one: Series) -> np.ndarray:
    """An alert every twentieth of the file, whatever it says."""
    found = np.zeros(len(one.values))
    found[:: max(1, len(found) // 20)] = 1
    return found


def chance(one: Series) -> np.ndarray:
    """Any number."""
    return np.random.default_rng(len(one.values)).random(len(one.values))


@njit(cache=True)
def window(values, rows, robust):  # type: ignore[no-untyped-def]
    """Deviation from the rows before, in their scatter."""
    found = np.zeros(values.size)
    for row in range(10, values.size):
        past = values[max(0, row - rows) : row]
        middle, scatter = past.mean(), past.std()
        if robust:
            middle = np.median(past)
            scatter = max(1.4826 * np.median(np.abs(past - middle)), scatter)
        found[row] = abs(values[row] - middle) / (scatter + 1e-9 * (1 + abs(middle)))
    return found


def gaussian(one: Series) -> np.ndarray:
    """Mean and standard deviation of 400 values, the best of four lengths on all files."""
    return window(one.values, 400, False)


def median(one: Series) -> np.ndarray:
    """Median and median deviation of 300; the standard deviation as floor, or it scores half."""
    return window(one.values, 300, True)


def _nearest(seen: np.ndarray, item: np.ndarray, inverse: np.ndarray, near: int) -> float:
    """Sum of the ``near`` smallest distances of ``item`` to rows of ``seen``."""
    off = seen - item
    found = np.einsum("ij,ij->i", off @ inverse, off)
    return float(np.partition(found, near)[:near].sum())


def neighbours(one: Series, length: int = 19, near: int = 27) -> np.ndarray:
    """Conformal nearest neighbours (E. Burnaev, V. Ishimtsev, 2016), as in the benchmark.

    The share of recent windows of 19 values that lay nearer to their 27 neighbours than the newest
    does; after one beyond 0.9965 it says 0.5 for a fifth of the beginning. It keeps two beginnings
    of the file, up to 1,500 windows.
    """
    rows = min(int(0.15 * len(one.values)), 750)
    items = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(one.values, length))
    first, size = 0, rows - length
    found, inverse, quiet = np.zeros(len(one.values)), np.eye(length), 0
    marks: list[float] = []
    for row in range(rows - 1, len(one.values)):
        seen, item = items[first : first + size], items[row - length + 1]
        if (row + 1) % rows in {0, rows // 2}:
            with contextlib.suppress(np.linalg.LinAlgError):
                inverse = np.linalg.inv(seen.T @ seen)
        marks = marks or [_nearest(seen, own, inverse, near + 1) for own in seen]
        mark = _nearest(seen, item, inverse, near)
        share = float(np.mean(np.array(marks) < mark))
        first += 1 if row + 1 >= 2 * rows else 0
        marks = [*marks[1:], mark]
        found[row] = 0.5 if quiet > 0 else share
        quiet = quiet - 1 if quiet > 0 else (rows // 5 if share > 0.9965 else 0)
    return found


@njit(cache=True)
def _once(scores, rows):  # type: ignore[no-untyped-def]
    found = np.zeros(scores.size)
    for row in range(scores.size):
        before = scores[max(0, row - rows) : row]
        if before.size == 0 or scores[row] > before.max():
            found[row] = scores[row]
    return found


def once(detector: Callable[[Series], np.ndarray]) -> Callable[[Series], np.ndarray]:
    """The same, silent while anything as large was within ``QUIET`` values before."""
    return lambda one: _once(detector(one), QUIET)


def scores(detector: Callable[[Series], np.ndarray], files: list[Series]) -> list[float]:
    """Standard, few false alerts, few misses; each at the threshold best for it, as NAB has it."""
    found = np.concatenate([detector(one) for one in files])
    known = join([one.known for one in files])
    return [judge(found, known, one).score for one in (STANDARD, LOW_FALSE, LOW_MISSED)]


def carried(
    detector: Callable[[Series], np.ndarray], ours: list[Series], theirs: list[Series]
) -> list[float]:
    """Scores on ``theirs`` at the thresholds that were best on ``ours``."""
    found = np.concatenate([detector(one) for one in ours])
    other = np.concatenate([detector(one) for one in theirs])
    known, unseen = join([one.known for one in ours]), join([one.known for one in theirs])
    profiles = (STANDARD, LOW_FALSE, LOW_MISSED)
    limits = [judge(found, known, one).threshold for one in profiles]
    return [
        judge_at(other, unseen, limit, one).score
        for limit, one in zip(limits, profiles, strict=True)
    ]


def line(name: str, *columns: list[float]) -> None:
    """One row of the table."""
    cells = [" / ".join(f"{max(one, 0):.1f}" for one in column) for column in columns]
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def compare(files: list[Series]) -> None:
    """The table of this detector and its rivals."""
    first, second = files[0::2], files[1::2]
    print(f"{len(files)} files, {sum(len(one.values) for one in files):,} values")
    print("| detector | first half | second half | all |\n|---|---:|---:|---:|")
    rivals = {
        "clock, every 5 %": clock,
        "chance": chance,
        "windowed Gaussian": gaussian,
        "median and MAD": median,
        "nearest neighbours": neighbours,
    }
    for name, one in rivals.items():
        line(name, *(scores(one, part) for part in (first, second, files)))
        if one not in {clock, neighbours}:
            told = once(one)
            line(f"{name}, once", *(scores(told, part) for part in (first, second, files)))
    for name, temper in (("novelty", TEMPER), ("novelty, tuned on the second half", OTHER)):
        line(name, *(scores(novelty(temper), part) for part in (first, second, files)))
    print("\nThreshold too from the other half:")
    line("novelty, second half", carried(novelty(), first, second))
    line("tuned on the second half, first half", carried(novelty(OTHER), second, first))
    limits(files)


def limits(files: list[Series]) -> None:
    """What a limit finds and how often it is wrong."""
    known = join([one.known for one in files])
    told = np.concatenate([novelty()(one) for one in files])[known.judged]
    window = known.window[known.judged]
    print("\n| limit | windows found | false alerts per 1,000 values |\n|---:|---:|---:|")
    for limit in (1.35, 2, 3, 5, 8, 12):
        hit = window[told >= limit]
        found, all_of_them = np.unique(hit[hit >= 0]).size, np.unique(window[window >= 0]).size
        false = 1000 * (hit < 0).sum() / (window < 0).sum()
        print(f"| {limit} | {found} of {all_of_them} | {false:.2f} |")


GRID = {
    "follow": [1 / 180, 1 / 120, 1 / 90, 1 / 60, 1 / 45, 1 / 30, 1 / 20],
    "rare": [0.08, 0.1, 0.12, 0.15, 0.2],
    "forget": [1 / 10000, 1 / 5000, 1 / 2000, 1 / 1000],
    "doubt": [5, 10, 20, 40],
    "fresh": [0.4, 0.5, 0.6, 0.7, 0.85, 1.0],
    "usual": [0.4, 0.6, 0.8, 1.0, 1.2, 1.4],
    "fade": [0.5, 0.6, 0.7, 0.8, 0.9],
    "calm": [1 / 15, 1 / 30, 1 / 45, 1 / 65, 1 / 90, 1 / 130],
    "again": [1.1, 1.25, 1.4, 1.6, 2.0],
    "warm": [100, 150, 200],
    "most": [30, 100, 300],
}


def tune(files: list[Series], draws: int) -> dict[str, float]:
    """The geometric mean of the best tenth of ``draws`` drawn from ``GRID``.

    The best single draw is left where it is: on some forty windows it is luck.
    """
    rng = np.random.default_rng(1)
    drawn = np.array([[rng.choice(some) for some in GRID.values()] for _ in range(draws)])
    worth = [sum(scores(novelty(Temper(*one)), files)[:2]) / 2 for one in drawn.tolist()]
    best = np.argsort(worth)[-max(1, draws // 10) :]
    chosen = np.exp(np.log(drawn[best]).mean(axis=0)).tolist()
    print(f"mean of all draws {np.mean(worth):.1f}, best draw {max(worth):.1f}")
    return dict(zip(GRID, chosen, strict=True))


def main() -> None:
    """Print the table, or how the temper was chosen."""
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    words = [word for word in sys.argv[1:] if word != "tune" and not word.isdigit()]
    files = read((Path(words[0]) if words else shared) / "nab")
    if "tune" not in sys.argv:
        compare(files)
        return
    draws = next((int(word) for word in sys.argv[1:] if word.isdigit()), 800)
    halves = files[0::2], files[1::2]
    for part, other in (halves, halves[::-1]):
        chosen = tune(part, draws)
        print({name: float(f"{value:.4g}") for name, value in chosen.items()})
        found = novelty(Temper(**chosen))
        line("tuned on · other half · all", *(scores(found, one) for one in (part, other, files)))


if __name__ == "__main__":
    main()
