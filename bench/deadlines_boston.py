"""Promises learnt from one quarter of Boston's 311 and put to the next: how many dates they say.

Run: .venv/bin/python bench/deadlines_boston.py [folder of boston311-2011h2]

Nothing of the fourth quarter of 2011 is used for learning: office hours, whether public holidays
count and each type's promise come from the third. Rows with no ``target_dt`` are left out.
"""

import csv
import platform
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from gongbi.kernel.calendars import WorkingCalendar
from gongbi.kernel.cases.promise_learning import Learned, learn, learn_hours
from gongbi.kernel.worktimes import MINUTE, Instants, deadlines, instant_of

BOSTON = ZoneInfo("America/New_York")
HOUR = 60 * MINUTE
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "boston311-2011h2"
LEAST_OF_A_QUEUE = 3  # rows of the third quarter that had another promise of the same type
Rows = dict[str, Instants]


def read(file: Path) -> tuple[Rows, int]:
    """Opening and target by type, in microseconds; and how many rows promise nothing."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    without = 0
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if not row["target_dt"]:
                without += 1
                continue
            edges = (datetime.fromisoformat(row[key]) for key in ("open_dt", "target_dt"))
            start, target = (instant_of(one.replace(tzinfo=BOSTON)) for one in edges)
            found[row["type"]].append((start, target))
    return {kind: np.array(rows, np.int64) for kind, rows in found.items()}, without


def calendars(rows: Rows) -> dict[str, WorkingCalendar]:
    """Office hours as the deadlines betray them, with no, the state's and the city's holidays."""
    every = np.concatenate(list(rows.values()))
    hours = learn_hours(every[:, 0], every[:, 1], BOSTON)
    assert hours is not None
    print(
        "office hours: {:02}:{:02} to {:02}:{:02}".format(
            *divmod(hours[0], 60), *divmod(hours[1], 60)
        )
    )
    plain = WorkingCalendar(BOSTON, (hours,), frozenset({1, 2, 3, 4, 5}))
    federal = frozenset(holidays.country_holidays("US", years=range(2011, 2015)))
    state = frozenset(holidays.country_holidays("US", subdiv="MA", years=range(2011, 2015)))
    return {
        "no holidays": plain,
        "federal holidays": replace(plain, off=federal),
        "holidays of Massachusetts": replace(plain, off=state),
    }


def best_calendar(rows: Rows) -> tuple[str, WorkingCalendar, dict[str, Learned]]:
    """The one calendar under which the types' promises say most rows of the quarter."""
    tried = []
    for name, calendar in calendars(rows).items():
        found = {
            kind: one
            for kind, some in rows.items()
            if (one := learn(some[:, 0], some[:, 1], {name: calendar}))
        }
        exact = sum(one.exact * one.rows for one in found.values())
        tried.append((exact, name, calendar, found))
        total = sum(map(len, rows.values()))
        print(f"  {name:26} {exact / total:.2%} of {total:,} rows of Q3 to the minute")
    _exact, name, calendar, found = max(tried, key=lambda one: one[0])
    return name, calendar, found


def other_promises(calendar: WorkingCalendar, some: Instants, learned: Learned) -> list[str]:
    """Promises beside the learnt one that three rows of the type had in the third quarter."""
    left, found = some, []
    promise = learned.promise
    for _ in range(4):
        off = np.abs(deadlines(calendar, left[:, 0], promise) - left[:, 1])
        left = left[off > HOUR]
        one = learn(left[:, 0], left[:, 1], {"": calendar}) if len(left) else None
        if one is None or one.close * one.rows < LEAST_OF_A_QUEUE:
            break
        promise = one.promise
        found.append(promise)
    return found


def cause(
    row: Instants, said: int, calendar: WorkingCalendar, others: list[str], news: str
) -> str:
    """Why a date of the fourth quarter was not said."""
    start, target = row[None, 0], int(row[1])
    if abs(abs(target - said) - HOUR) <= MINUTE:
        return "an hour off: the clock of 6 November"
    if target <= int(start[0]):
        return "the date lies before the opening"
    for promise in others:
        if abs(int(deadlines(calendar, start, promise)[0]) - target) <= HOUR:
            return "another promise the type had in Q3 too (a queue or priority not in the data)"
    if news and abs(int(deadlines(calendar, start, news)[0]) - target) <= HOUR:
        return "a promise the type had for the first time in Q4 (3 rows or more)"
    state = replace(calendar, off=frozenset(holidays.country_holidays("US", years=(2011, 2012))))
    again = learn(row[None, 0], row[None, 1], {"": state})
    plain = learn(row[None, 0], row[None, 1], {"": calendar})
    if again and again.exact == 1 and not (plain and plain.exact == 1):
        return "fits only with public holidays off"
    return "a date of its own, one or two alike (set by hand)"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    print(f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} Python {platform.python_version()}")
    third, none3 = read(folder / "boston311_2011q3.csv")
    fourth, none4 = read(folder / "boston311_2011q4.csv")
    began = time.perf_counter()
    name, calendar, learned = best_calendar(third)
    print(f"learnt {len(learned)} types, {name}, in {time.perf_counter() - began:.1f} s")
    print(f"rows that promise nothing: {none3:,} of Q3, {none4:,} of Q4")
    units = Counter(one.promise.split()[1] for one in learned.values())
    print("promises by unit:", ", ".join(f"{unit} {count}" for unit, count in units.most_common()))
    report(third, fourth, calendar, learned)


def report(
    third: Rows, fourth: Rows, calendar: WorkingCalendar, learned: dict[str, Learned]
) -> None:
    """Shares of the fourth quarter said, and the causes of the rest."""
    offs, causes = [], Counter[str]()
    worst: Counter[str] = Counter()
    for kind, rows in fourth.items():
        one = learned.get(kind)
        if one is None:
            causes["a type that Q3 does not have"] += len(rows)
            offs.append(np.full(len(rows), 1 << 60))
            continue
        said = deadlines(calendar, rows[:, 0], one.promise)
        off = np.abs(said - rows[:, 1])
        offs.append(off)
        missed = off > HOUR
        if missed.any():
            worst[f"{kind} ({one.promise}, {len(rows)} rows)"] = int(missed.sum())
            causes += why(third[kind], rows[missed], said[missed], calendar, one)
    off = np.concatenate(offs)
    for what, most in (("to the second", 1), ("to the minute", 60), ("within an hour", 3600)):
        count = int((off <= most * 1_000_000).sum())
        print(f"Q4 {what:15} {count:,} of {len(off):,}  {count / len(off):.2%}")
    for what, count in causes.most_common():
        print(f"  {count:5} {what}")
    print("types that miss most:", "; ".join(f"{kind} {n}" for kind, n in worst.most_common(5)))
    around = changes(fourth, calendar, learned)
    print(f"promises that ran over 6 November: {around[1]:,}, said within an hour: {around[0]:,}")


def why(
    before: Instants, missed: Instants, said: Instants, calendar: WorkingCalendar, one: Learned
) -> Counter[str]:
    """Causes of one type's misses."""
    others = other_promises(calendar, before, one)
    again = learn(missed[:, 0], missed[:, 1], {"": calendar})
    enough = again and again.close * again.rows >= LEAST_OF_A_QUEUE
    news = again.promise if again and enough else ""
    return Counter(
        cause(row, int(date), calendar, others, news)
        for row, date in zip(missed, said, strict=True)
    )


def changes(
    fourth: Rows, calendar: WorkingCalendar, learned: dict[str, Learned]
) -> tuple[int, int]:
    """Of promises that ran over the night the clock went back, how many were said, of how many."""
    night = instant_of(datetime(2011, 11, 6, 6, tzinfo=UTC))
    said = count = 0
    for kind, rows in fourth.items():
        over = rows[(rows[:, 0] < night) & (rows[:, 1] > night)]
        if kind in learned and len(over):
            off = np.abs(deadlines(calendar, over[:, 0], learned[kind].promise) - over[:, 1])
            said, count = said + int((off <= HOUR).sum()), count + len(over)
    return said, count


if __name__ == "__main__":
    main()
