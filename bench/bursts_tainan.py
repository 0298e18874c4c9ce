"""Bursts in the real calls of Tainan's hotline 1999: quake, typhoons, false ones, dead days.

    python bench/bursts_tainan.py [--years 2016 2017] [--all]

Reads tainan1999-2015-2017 beside the repository (GONGBI_SHARED). Cells are the source's category
in a district and in the whole city, and all categories together in the whole city (*), of which
two may rise together. Every five minutes is judged by what was known then: the 56 days before,
without hours of bursts and dead days. OPENS, LEAST_SEEN, LEAST_TIMES, ENDS and QUIET_HOURS of
kernel.cases.bursts were chosen on 2015 (from its 15th day on); MOST_A_PLACE after the false
bursts of all three years were read by name. Times are those of the rows, which the source has to
the minute; a row's own delay is not in it.

A burst is *known* when it overlaps an event that is on record (EVENTS, from the weather bureau's
and the README's dates, not from the counts of these files); all others are counted as false,
although some may be real things nobody wrote down here. Several cells that rise within one stretch
of 6 hours are one parent matter of the city. *Minutes* are from the first report to the opening:
the earliest of the calls of its own kinds that lead to the opening without a pause of an hour.
"""

import argparse
import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from gongbi.kernel.cases import bursts
from gongbi.kernel.cases.cells import cell_of

HOME = Path(__file__).resolve().parents[1]
LEARNT_DAYS, LEAST_DAYS = 56, 14
ALL, CITY, UNSAID = "*", "*", "?"
LONGEST = max(bursts.WINDOWS)
LOOK_SECONDS, LOOKS_AN_HOUR = 60 * bursts.LOOK_MINUTES, 60 // bursts.LOOK_MINUTES
Cell = tuple[str, str]
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
class Rows:
    """The calls of a cell by time: seconds since the first day, and from where each came."""

    seconds: np.ndarray
    places: list[object]
    looks: frozenset[int]

    def span(self, look: int, hours: int) -> tuple[int, int]:
        """The calls of the hours that end with a look."""
        until = look * LOOK_SECONDS
        first, last = np.searchsorted(self.seconds, (until - 3600 * hours, until))
        return int(first), int(last)

    def seen(self, look: int, hours: int) -> int:
        """How many."""
        first, last = self.span(look, hours)
        return last - first

    def where(self, look: int, hours: int) -> list[object]:
        """From which place each came."""
        first, last = self.span(look, hours)
        return self.places[first:last]


@dataclass(slots=True)
class Calls:
    """Counts by cell, (days, 24), and the calls themselves."""

    first: datetime
    days: int
    counts: dict[Cell, np.ndarray]
    rows_of: dict[Cell, Rows]
    rows: list[tuple[datetime, str, str, object, str]]


@dataclass(slots=True)
class Burst:
    """A burst of one cell."""

    cell: Cell
    opened: datetime
    ended: datetime | None
    peak: bursts.Judged
    first: bursts.Judged


def read() -> Calls:
    """All rows; hours are local, as the file has them."""
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    rows = []
    for file in sorted((shared / "tainan1999-2015-2017").glob("tainan1999_*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as said:
            for row in csv.DictReader(said):
                at = datetime.fromisoformat(row["requested_datetime"])
                group = SAME.get(row["service_name"], row["service_name"])
                area = row["area"].replace(" ", "") or UNSAID
                rows.append((at, group or UNSAID, area, place_of(row), row["subproject"]))
    rows.sort(key=lambda row: row[0])
    first = rows[0][0].replace(hour=0, minute=0, second=0)
    days = (rows[-1][0] - first).days + 1
    counts: dict[Cell, np.ndarray] = defaultdict(lambda: np.zeros((days, 24), dtype=np.int64))
    own: dict[Cell, list[tuple[int, object]]] = defaultdict(list)
    for at, group, area, where, _what in rows:
        second = int((at - first).total_seconds())
        for cell in ((group, area), (group, CITY), (ALL, CITY)):
            counts[cell][second // 86400, second // 3600 % 24] += 1
            own[cell].append((second, where))
    return Calls(first, days, dict(counts), {cell: rows_of(said) for cell, said in own.items()},
                 rows)  # fmt: skip


def rows_of(said: list[tuple[int, object]]) -> Rows:
    seconds = np.array([second for second, _ in said], dtype=np.int64)
    looks = frozenset((seconds // LOOK_SECONDS + 1).tolist())
    return Rows(seconds, [where for _, where in said], looks)


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
    """Walk through the looks of every cell; all together last, for two kinds may rise at once."""
    found: list[Burst] = []
    learnt: dict[str, np.ndarray] = {}
    for cell in calls.rows_of:
        if cell != (ALL, CITY):
            own, learn = follow_cell(calls, cell, resting, dead, {})
            found += own
            if cell[1] == CITY and cell[0] != UNSAID:
                learnt[cell[0]] = learn
    several = kinds_at(calls, learnt, resting)
    return found + follow_cell(calls, (ALL, CITY), resting, dead, several)[0]


def follow_cell(
    calls: Calls,
    cell: Cell,
    resting: np.ndarray,
    dead: np.ndarray,
    several: dict[int, bursts.Judged],
) -> tuple[list[Burst], np.ndarray]:
    """Bursts of one cell, and the hours it learnt of: none of a burst or of a dead feed."""
    one = Follower(calls, cell, resting, ~dead, several)
    own = calls.rows_of[cell]
    for day, looks in looks_by_day(own.seconds, calls.days):
        one.usual.clear()
        for look in looks:
            if one.running or look in several or own.seen(look, LONGEST) >= bursts.LEAST_SEEN:
                one.look(look, day)
    return one.found, one.learn


@dataclass(slots=True)
class Follower:
    """A cell on its way through the looks."""

    calls: Calls
    cell: Cell
    resting: np.ndarray
    learn: np.ndarray
    several: dict[int, bursts.Judged]
    running: bursts.Running | None = None
    found: list[Burst] = field(default_factory=list)
    usual: dict[Cell, bursts.Usual] = field(default_factory=dict)

    def look(self, look: int, day: int) -> None:
        """Judge what ends with a look, and go on."""
        judged = self.judged(look, day)
        at = self.calls.first + timedelta(minutes=bursts.LOOK_MINUTES * look)
        self.running, told = bursts.step(self.running, at.timestamp(), judged)
        hour = (look - 1) // LOOKS_AN_HOUR
        if told == "opened":
            self.found.append(Burst(self.cell, at, None, judged, judged))
            self.learn.reshape(-1)[max(0, hour - judged.hours) : hour] = False
        elif told == "ended":
            self.found[-1].ended = at
        if self.running:
            self.found[-1].peak = self.running.peak
            self.learn.reshape(-1)[hour] = False

    def judged(self, look: int, day: int) -> bursts.Judged:
        """The loudest; where two kinds rose together, it lasts while these are many."""
        kinds = self.found[-1].first.kinds if self.running else ()
        cells = [(kind, CITY) for kind in kinds] or [self.cell]
        judged = [self.judged_of(cell, look, day) for cell in cells]
        return bursts.loudest([*judged, *([self.several[look]] if look in self.several else [])])

    def judged_of(self, cell: Cell, look: int, day: int) -> bursts.Judged:
        """The loudest of the windows of a cell that end with a look."""
        if cell not in self.usual:
            self.usual[cell] = usual_of(self.calls, cell, day, self.resting, self.learn)
        return judged_at(
            self.calls.rows_of[cell], look, day, self.usual[cell], bool(self.resting[day])
        )


def looks_by_day(seconds: np.ndarray, days: int) -> Iterator[tuple[int, list[int]]]:
    """The looks of each day that could tell anything: after a report, and each whole hour."""
    after = np.unique(seconds // LOOK_SECONDS + 1)
    for day in range(LEAST_DAYS, days):
        first, last = day * 24 * LOOKS_AN_HOUR + 1, (day + 1) * 24 * LOOKS_AN_HOUR
        own = after[np.searchsorted(after, first) : np.searchsorted(after, last, "right")]
        hours = range(first - 1 + LOOKS_AN_HOUR, last + 1, LOOKS_AN_HOUR)
        yield day, sorted({*own.tolist(), *hours})


def usual_of(
    calls: Calls, cell: Cell, day: int, resting: np.ndarray, learn: np.ndarray
) -> bursts.Usual:
    """What a cell usually brings, by the days before."""
    span = slice(max(0, day - LEARNT_DAYS), day)
    shape = bursts.shape_of(calls.counts[cell[0], CITY][span], resting[span], learn[span])
    return bursts.usual_of(calls.counts[cell][span], resting[span], learn[span], shape)


def judged_at(own: Rows, look: int, day: int, usual: bursts.Usual, rests: bool) -> bursts.Judged:
    """The loudest of the windows that end with this look."""
    hour, judged = look / LOOKS_AN_HOUR - 24 * day, []
    for hours in bursts.WINDOWS:
        seen, places = bursts.counted(own.where(look, hours))
        if seen < bursts.LEAST_SEEN:
            judged.append(bursts.Judged(seen, 0.0, 0.0, places, hours))
            continue
        mean = bursts.expected(usual, rests, hour, hours)
        judged.append(bursts.judge(seen, mean, usual.spread, places=places, hours=hours,
                                   looks=bursts.looks_of(hours)))  # fmt: skip
    return bursts.loudest(judged)


def kinds_at(
    calls: Calls, learnt: dict[str, np.ndarray], resting: np.ndarray
) -> dict[int, bursts.Judged]:
    """Looks at which two kinds of the whole city rise together."""
    found: dict[int, bursts.Judged] = {}
    usual: dict[tuple[str, int], bursts.Usual] = {}
    for day, looks in looks_by_day(calls.rows_of[ALL, CITY].seconds, calls.days):
        for look in looks:
            if calls.rows_of[ALL, CITY].seen(look, 1) < 2 * bursts.LEAST_A_KIND:
                continue
            judged, where = {}, {}
            for group, learn in learnt.items():
                own = calls.rows_of[group, CITY]
                where[group] = own.where(look, 1)
                seen, _places = bursts.counted(where[group])
                if seen < bursts.LEAST_A_KIND:
                    judged[group] = bursts.Judged(seen, 0.0, 0.0)
                    continue
                if (group, day) not in usual:
                    usual[group, day] = usual_of(calls, (group, CITY), day, resting, learn)
                known = usual[group, day]
                mean = bursts.expected(known, bool(resting[day]), look / LOOKS_AN_HOUR - 24 * day)
                judged[group] = bursts.judge(seen, mean, known.spread, looks=bursts.looks_of(1))
            both = bursts.together(judged, where)
            if both and both.rises:
                found[look] = both
    return found


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
            say(calls, several)
    print("\nstretches without a row, told as a broken feed:")
    for first, last in stretches:
        start = calls.first + timedelta(hours=first)
        if start.year in given.years:
            print(f"  {start:%Y-%m-%d %H:%M} for {last - first} hours")
    whole = calls.counts[ALL, CITY].sum(axis=1)
    print(f"whole days without a row: {int((whole == 0).sum())} of {calls.days}")


def say_events(calls: Calls, grouped: list[list[Burst]], years: list[int]) -> None:
    """For each event on record: when its reports began, when the matter was opened."""
    print("| event | on record from | first report | opened | minutes | reports till then "
          "| opened by | peak seen | expected |")  # fmt: skip
    print("|---|---|---|---|---:|---:|---|---:|---:|")
    for name, start, end in EVENTS:
        began, over = datetime.fromisoformat(start), datetime.fromisoformat(end)
        if began.year not in years:
            continue
        own = [one for several in grouped for one in several if began <= one.opened <= over]
        if not own:
            print(f"| {name} | {began:%Y-%m-%d %H:%M} | – | not seen | | | | | |")
            continue
        one = min(own, key=lambda burst: burst.opened)
        first, many = first_report(calls, one, began)
        minutes = (one.opened - first).total_seconds() / 60
        by = " ".join((*(one.first.kinds or one.cell[:1]), one.cell[1]))
        print(f"| {name} | {began:%Y-%m-%d %H:%M} | {first:%m-%d %H:%M} | {one.opened:%H:%M} | "
              f"{minutes:.0f} | {many} | {by} | {one.peak.seen} | "
              f"{one.peak.expected:.2f} |")  # fmt: skip


def first_report(calls: Calls, one: Burst, began: datetime) -> tuple[datetime, int]:
    """The first of the calls of a burst's own kinds that lead to it without an hour's pause."""
    kinds = one.first.kinds or one.cell[:1]
    own = [at for at, group, area, *_ in calls.rows
           if began <= at < one.opened and (group in kinds or ALL in kinds)
           and one.cell[1] in (area, CITY)]  # fmt: skip
    first, many = one.opened, 0
    for at in reversed(own):
        if first - at > timedelta(hours=1):
            break
        first, many = at, many + 1
    return first, many


def say(calls: Calls, several: list[Burst]) -> None:
    """One parent matter in a line, and what was reported in it."""
    one = max(several, key=lambda burst: burst.peak.surprise)
    peak, opened = one.peak, several[0].opened
    until = max(burst.ended or burst.opened for burst in several)
    since = opened - timedelta(hours=several[0].first.hours)
    cells = {(kind, burst.cell[1]) for burst in several
             for kind in (burst.first.kinds or burst.cell[:1])}  # fmt: skip
    what = Counter(
        f"{group}/{sub}" for at, group, area, _where, sub in calls.rows
        if since <= at < until
        and {(group, area), (group, CITY), (ALL, CITY)} & cells
    )  # fmt: skip
    print(f"  {opened:%Y-%m-%d %a %H:%M} {event_of(several) or '–'}: {len(several)} cells; "
          f"{' '.join((*(peak.kinds or one.cell[:1]), one.cell[1]))} seen {peak.seen}, "
          f"expected {peak.expected:.2f}, surprise {peak.surprise:.1f} in {peak.hours} h, "
          f"{peak.places} places; "
          + ", ".join(f"{name} {many}" for name, many in what.most_common(4)))  # fmt: skip


if __name__ == "__main__":
    main()
