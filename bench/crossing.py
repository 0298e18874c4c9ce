"""How often a foretold crossing of a limit comes, beside a straight line and 'never'.

    python bench/crossing.py [SHARED/data]

Real series read in place. At each window that lies within the limit the method sees the windows
before it and no later one, and foretells; the limit is the 95th percentile (speeds: 5th) of the
first fifth of a series, which is not scored. *Straight line* is least squares through six windows.
A *said* crossing is one such window; it *came* when the limit was reached within the windows
looked ahead. A *crossing* is a window at the limit after at least six within it; it was *foretold*
when the window before it, or an earlier one within the reach, said so; *early* is from the first
of these said in a row. *Brier* is the mean squared difference of probability and outcome over all
scored windows (0 is best); 'never' says 0 always.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gongbi.kernel.vitals.crossing import Crossing, CrossingRule, foretell_crossing
from usual import power, traffic

HOME = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
LOOKS = 4000
"""Windows scored of each series at most, evenly spread in stretches of 200."""


@dataclass(frozen=True, slots=True)
class Set:
    """One kind of series: minutes a window, windows a day and looked ahead, whether above."""

    name: str
    minutes: int
    day: int
    ahead: int
    back: int
    above: bool
    series: list[np.ndarray]


def sets(home: Path) -> Iterator[Set]:
    """What is looked at."""
    [(_, _, _, times, values)] = list(traffic(home))
    yield Set("Interstate 94, vehicles an hour", 60, 24, 6, 168, True, [even(times, values, 60)])
    zones = [even(times, values, 10) for _, _, _, times, values in power(home)]
    yield Set("Tetouan, three zones, kW", 10, 144, 12, 432, True, zones)
    speeds = np.genfromtxt(home / "losloop-speed-2012" / "los_speed.csv", delimiter=",")[1:]
    some = [speeds[:, sensor] for sensor in range(0, speeds.shape[1], 10)]
    yield Set("Los Angeles, 21 loops, mph", 5, 288, 12, 312, False, some)
    yield Set("Lake Michigan, feet a day", 1440, 0, 7, 365, True, [lake(home)])


def even(times: np.ndarray, values: np.ndarray, minutes: int) -> np.ndarray:
    """Values on an even grid, NaN where there is none."""
    places = (times - times[0]) // (minutes * 60_000_000)
    found = np.full(int(places[-1]) + 1, np.nan)
    found[places] = values
    return found


def lake(home: Path) -> np.ndarray:
    """Daily water levels, in the order of their dates."""
    path = home / "chicago-beach-water" / "Beach_Water_Levels.csv"
    rows = [line.replace('"', "").strip().split(",") for line in path.read_text().splitlines()[1:]]
    said = {row[-2][:10]: float(row[-1]) for row in rows if row[-1] not in ("", "NA")}
    return np.array([said[day] for day in sorted(said)])


def courses_of(one: Set, values: np.ndarray, place: int) -> list[np.ndarray]:
    """The day and the week before, as far as they go."""
    found = []
    for days in (1, 7):
        lag = days * one.day
        begin = place + 1 - one.back - lag
        if lag and begin >= 0:
            piece = values[begin : begin + one.back + one.ahead]
            known = np.isfinite(piece)
            if known.mean() > 0.9:
                spots = np.arange(len(piece))
                found.append(np.interp(spots, spots[known], piece[known]))
    return found


def ours(one: Set, values: np.ndarray, place: int, limit: float) -> Crossing | None:
    """Our word at one window."""
    return foretell_crossing(
        values[place + 1 - one.back : place + 1],
        limit,
        above=one.above,
        courses=courses_of(one, values, place),
        rule=CrossingRule(ahead=one.ahead, least_probability=1e-9),
    )


def straight(one: Set, values: np.ndarray, place: int, limit: float) -> Crossing | None:
    """The rival's word: the line through six windows, sure of itself."""
    last = values[place - 5 : place + 1]
    if np.isnan(last).any():
        return None
    slope, height = np.polyfit(np.arange(-5, 1), last, 1)
    path = height + slope * np.arange(1, one.ahead + 1)
    there = path >= limit if one.above else path <= limit
    if not there.any():
        return None
    first = int(there.argmax()) + 1
    return Crossing(1.0, first, first, first, path, 1, -1, 6)


@dataclass(slots=True)
class Score:
    """What became of what was said."""

    brier: list[float] = field(default_factory=list)
    chance: list[float] = field(default_factory=list)
    came: list[bool] = field(default_factory=list)
    within: list[bool] = field(default_factory=list)
    off: list[int] = field(default_factory=list)
    crossings: int = 0
    early: list[int] = field(default_factory=list)
    seconds: float = 0.0
    looks: int = 0


Word = Callable[[Set, np.ndarray, int, float], Crossing | None]


def score(one: Set, word: Word) -> Score:
    """Look at every series of a set."""
    found = Score()
    for values in one.series:
        begin = len(values) // 5
        limit = float(np.nanpercentile(values[:begin], 95 if one.above else 5))
        begin = max(begin, one.back)
        spots = np.arange(begin, len(values) - one.ahead)
        stretches = np.array_split(spots, max(1, len(spots) // 200))
        step = max(1, len(spots) // (LOOKS // max(1, len(one.series) // 3)))
        for stretch in stretches[::step]:
            walk(one, word, values, stretch, limit, found)
    return found


def walk(
    one: Set, word: Word, values: np.ndarray, spots: np.ndarray, limit: float, found: Score
) -> None:
    """Go through some windows in a row."""
    there = (values >= limit) if one.above else (values <= limit)
    standing = 0
    for place in spots:
        if np.isnan(values[place]):
            continue
        if there[place]:
            if place - spots[0] >= one.ahead and not there[place - 6 : place].any():
                found.crossings += 1
                if standing:
                    found.early.append(min(standing, one.ahead) * one.minutes)
            standing = 0
            continue
        began = time.process_time()
        said = word(one, values, place, limit)
        found.seconds += time.process_time() - began
        found.looks += 1
        coming = there[place + 1 : place + 1 + one.ahead]
        chance = said.probability if said else 0.0
        found.brier.append((chance - coming.any()) ** 2)
        standing = standing + 1 if said and chance >= 0.5 else 0
        if said and chance >= 0.5:
            found.chance.append(chance)
            found.came.append(bool(coming.any()))
            if coming.any():
                first = int(coming.argmax()) + 1
                found.within.append(said.soonest <= first <= said.latest)
                found.off.append(abs(first - said.windows) * one.minutes)


def never(one: Set, values: np.ndarray, place: int, limit: float) -> None:
    """The rival that says nothing."""


def share(part: float, whole: float) -> str:
    """In per cent."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


def line(name: str, who: str, found: Score) -> str:
    """One row of the table."""
    early = f"{np.median(found.early):.0f}" if found.early else "–"
    off = f"{np.median(found.off):.0f}" if found.off else "–"
    mean = f"{100 * np.mean(found.chance):.0f} %" if found.chance else "–"
    return (
        f"| {name} | {who} | {found.looks:,} | {np.mean(found.brier):.3f} | {len(found.came):,} "
        f"| {mean} | {share(sum(found.came), len(found.came))} "
        f"| {share(sum(found.within), len(found.within))} | {off} "
        f"| {found.crossings} | {share(len(found.early), found.crossings)} | {early} "
        f"| {1000 * found.seconds / max(found.looks, 1):.2f} |"
    )


def main() -> None:
    """Print the table."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    print(
        "| series | who | windows | Brier | said | sure by | came | within 80 % | off, min "
        "| crossings | foretold | early, min | ms |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for one in sets(home):
        for who, word in (("Gongbi", ours), ("straight line", straight), ("never", never)):
            print(line(one.name, who, score(one, word)), flush=True)


if __name__ == "__main__":
    main()
