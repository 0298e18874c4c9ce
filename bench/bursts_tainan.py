"""Bursts in the real calls of Tainan's hotline 1999: quake, typhoons, false ones, dead days.

    python bench/bursts_tainan.py [--years 2016 2017] [--all]

Reads tainan1999-2015-2017 beside the repository (GONGBI_SHARED). Cells are the source's category
in a district and in the whole city, and all categories together in the whole city (*). Every hour
is judged by what was known at its end: the 56 days before it, without hours of bursts and dead
days. 2015 (from its 15th day on) is the only year that limits were chosen on: OPENS, LEAST_SEEN,
LEAST_TIMES, ENDS and QUIET_HOURS of kernel.cases.bursts; 2016 and 2017 chose nothing. Times are
those of the rows; a row's own delay is not in the source.

A burst is *known* when it overlaps an event that is on record (EVENTS, from the weather bureau's
and the README's dates, not from the counts of these files); all others are counted as false,
although some may be real things nobody wrote down here. Several cells that rise within one stretch
of 6 hours are one parent matter of the city.
"""

import argparse
import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from gongbi.kernel.cases import bursts
from gongbi.kernel.cases.cells import cell_of

HOME = Path(__file__).resolve().parents[1]
LEARNT_DAYS, LEAST_DAYS = 56, 14
ALL, CITY = "*", "*"
TOGETHER = 6
EVENTS = (
    ("Typhoon Soudelor", "2015-08-07 12:00", "2015-08-10 00:00"),
    ("Typhoon Dujuan", "2015-09-28 06:00", "2015-09-30 12:00"),
    ("Meinong earthquake", "2016-02-06 03:57", "2016-02-10 00:00"),
    ("Typhoon Nepartak", "2016-07-07 12:00", "2016-07-10 00:00"),
    ("Typhoon Meranti", "2016-09-13 18:00", "2016-09-16 12:00"),
    ("Typhoon Megi", "2016-09-26 18:00", "2016-09-30 00:00"),
    ("Typhoons Nesat and Haitang", "2017-07-29 00:00", "2017-08-01 00:00"),
)
SAME = {"髒亂及汙染": "髒亂及污染", "妨害安寧": "妨礙安寧"}


@dataclass(slots=True)
class Calls:
    """Counts by cell: (days, 24); the days' dates."""

    first: datetime
    days: int
    counts: dict[tuple[str, str], np.ndarray]
    places: dict[tuple[str, str], dict[int, set[object]]]
    rows: list[tuple[datetime, str, str, object]]


@dataclass(slots=True)
class Burst:
    """A burst of one cell."""

    cell: tuple[str, str]
    opened: datetime
    ended: datetime | None
    peak: bursts.Judged


def read() -> Calls:
    """All rows; hours are local, as the file has them."""
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    rows = []
    for file in sorted((shared / "tainan1999-2015-2017").glob("tainan1999_*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as said:
            for row in csv.DictReader(said):
                at = datetime.fromisoformat(row["requested_datetime"])
                group = SAME.get(row["service_name"], row["service_name"]) or "?"
                rows.append((at, group, row["area"].replace(" ", "") or "?", place_of(row)))
    rows.sort(key=lambda row: row[0])
    first = rows[0][0].replace(hour=0, minute=0, second=0)
    days = (rows[-1][0] - first).days + 1
    counts: dict[tuple[str, str], np.ndarray] = defaultdict(
        lambda: np.zeros((days, 24), dtype=np.int64)
    )
    places: dict[tuple[str, str], dict[int, set[object]]] = defaultdict(lambda: defaultdict(set))
    for at, group, area, where in rows:
        for cell in ((group, area), (group, CITY), (ALL, CITY)):
            counts[cell][(at - first).days, at.hour] += 1
            places[cell][(at - first).days * 24 + at.hour].add(where)
    return Calls(first, days, dict(counts), places, rows)


def place_of(row: dict[str, str]) -> object:
    """A square of half a kilometre, or the address where a row has no point."""
    try:
        return cell_of(float(row["long"]), float(row["lat"]))
    except ValueError:
        return row["address_string"]


def dead_hours(calls: Calls, resting: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Hours in which the feed was dead, (days, 24), and its stretches as (first, last) hour.

    Known at the end of the hour in which so much was expected since the last row that nothing at
    all can be no chance; then the whole stretch is dead.
    """
    whole = calls.counts[ALL, CITY]
    dead, stretches = np.zeros_like(whole, dtype=bool), []
    owed, since, told = 0.0, 0, False
    for day in range(LEAST_DAYS, calls.days):
        span = slice(max(0, day - LEARNT_DAYS), day)
        shape = bursts.shape_of(whole[span], resting[span], ~dead[span])
        usual = bursts.usual_of(whole[span], resting[span], ~dead[span], shape)
        for hour in range(24):
            if whole[day, hour]:
                if told:
                    stretches.append((since, day * 24 + hour))
                    dead.reshape(-1)[since : day * 24 + hour] = True
                owed, since, told = 0.0, day * 24 + hour + 1, False
                continue
            owed += bursts.expected(usual, bool(resting[day]), hour + 1.0)
            told = told or bursts.broken(owed, usual.spread)
    return dead, stretches


def follow(calls: Calls, resting: np.ndarray, dead: np.ndarray) -> list[Burst]:
    """Walk through the hours of every cell."""
    found: list[Burst] = []
    for cell, counts in calls.counts.items():
        flat = counts.reshape(-1)
        recent = np.convolve(flat, np.ones(max(bursts.WINDOWS), dtype=np.int64))[: len(flat)]
        if recent.max() < bursts.LEAST_SEEN:
            continue  # no hour of it could open a burst
        found += follow_cell(calls, cell, recent, resting, dead)
    return found


def follow_cell(
    calls: Calls, cell: tuple[str, str], recent: np.ndarray, resting: np.ndarray, dead: np.ndarray
) -> list[Burst]:
    """Bursts of one cell; hours of a burst and of a dead feed are not learnt."""
    counts, whole = calls.counts[cell], calls.counts[cell[0], CITY]
    learn, found = ~dead, []
    running: bursts.Running | None = None
    for day in range(LEAST_DAYS, calls.days):
        span = slice(max(0, day - LEARNT_DAYS), day)
        if running is None and recent[day * 24 : day * 24 + 24].max() < bursts.LEAST_SEEN:
            continue
        shape = bursts.shape_of(whole[span], resting[span], learn[span])
        usual = bursts.usual_of(counts[span], resting[span], learn[span], shape)
        for hour in range(24):
            judged = judged_at(calls, cell, day, hour, usual, bool(resting[day]))
            at = calls.first + timedelta(days=day, hours=hour + 1)
            running, told = bursts.step(running, at.timestamp(), judged)
            learn[day, hour] &= running is None
            if told == "opened":
                found.append(Burst(cell, at, None, judged))
            elif told == "ended":
                found[-1].ended = at
            if running:
                found[-1].peak = running.peak
    return found


def judged_at(
    calls: Calls, cell: tuple[str, str], day: int, hour: int, usual: bursts.Usual, rests: bool
) -> bursts.Judged:
    """The loudest of the windows that end with this hour."""
    flat, last = calls.counts[cell].reshape(-1), day * 24 + hour + 1
    judged = []
    for hours in bursts.WINDOWS:
        seen = int(flat[max(0, last - hours) : last].sum())
        if seen < bursts.LEAST_SEEN:
            judged.append(bursts.Judged(seen, 0.0, 0.0, 0, hours))
            continue
        own = calls.places[cell]
        places = len(set().union(*(own.get(at, ()) for at in range(last - hours, last))))
        mean = bursts.expected(usual, rests, hour + 1.0, hours)
        judged.append(bursts.judge(seen, mean, usual.spread, places=places, hours=hours))
    return bursts.loudest(judged)


def matters(found: list[Burst]) -> list[list[Burst]]:
    """Bursts of one stretch are one parent matter."""
    grouped: list[list[Burst]] = []
    for one in sorted(found, key=lambda burst: burst.opened):
        last = grouped[-1] if grouped else []
        until = max((b.ended or b.opened for b in last), default=None)
        if until and one.opened <= until + timedelta(hours=TOGETHER):
            last.append(one)
        else:
            grouped.append([one])
    return grouped


def event_of(several: list[Burst]) -> str:
    """The event on record that a parent matter overlaps, or nothing."""
    for name, start, end in EVENTS:
        began, over = datetime.fromisoformat(start), datetime.fromisoformat(end)
        if any(one.opened >= began and one.opened <= over for one in several):
            return name
    return ""


def main() -> None:
    """Print the tables of docs/benchmarks.md."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--years", type=int, nargs="+", default=[2016, 2017])
    words.add_argument("--all", action="store_true", help="print every parent matter")
    given = words.parse_args()
    calls = read()
    resting = np.array([(calls.first + timedelta(days=day)).weekday() >= 5
                        for day in range(calls.days)])  # fmt: skip
    dead, stretches = dead_hours(calls, resting)
    grouped = matters(follow(calls, resting, dead))
    say_events(calls, grouped, given.years)
    for year in given.years:
        own = [one for one in grouped if one[0].opened.year == year]
        false = [one for one in own if not event_of(one)]
        print(f"\n{year}: {len(own)} parent matters, {len(false)} of no event on record")
        for several in own if given.all else []:
            say(several)
    print("\nstretches without a row, told as a broken feed:")
    for first, last in stretches:
        start = calls.first + timedelta(hours=first)
        if start.year in given.years:
            print(f"  {start:%Y-%m-%d %H:%M} for {last - first} hours")
    whole = calls.counts[ALL, CITY].sum(axis=1)
    print(f"whole days without a row: {int((whole == 0).sum())} of {calls.days}")


def say_events(calls: Calls, grouped: list[list[Burst]], years: list[int]) -> None:
    """For each event on record: when its first telling hour ended, when the matter was opened."""
    print("| event | begins | first known | rows until then | opened by | seen | expected |")
    print("|---|---|---|---:|---|---:|---:|")
    for name, start, end in EVENTS:
        began, over = datetime.fromisoformat(start), datetime.fromisoformat(end)
        if began.year not in years:
            continue
        own = [one for several in grouped for one in several if began <= one.opened <= over]
        if not own:
            print(f"| {name} | {began:%Y-%m-%d %H:%M} | – | | | | |")
            continue
        one = min(own, key=lambda burst: burst.opened)
        rows = sum(began <= at < one.opened for at, *_ in calls.rows)
        print(f"| {name} | {began:%Y-%m-%d %H:%M} | {one.opened:%m-%d %H:%M} | {rows} | "
              f"{' '.join(one.cell)} | {one.peak.seen} | {one.peak.expected:.2f} |")  # fmt: skip


def say(several: list[Burst]) -> None:
    """One parent matter in a line."""
    one = max(several, key=lambda burst: burst.peak.surprise)
    print(f"  {several[0].opened:%m-%d %H:%M} {event_of(several) or '–'}: {len(several)} cells; "
          f"{' '.join(one.cell)} seen {one.peak.seen}, expected {one.peak.expected:.2f}, "
          f"surprise {one.peak.surprise:.1f} in {one.peak.hours} h, "
          f"{one.peak.places} places")  # fmt: skip


if __name__ == "__main__":
    main()
