"""Which department a request goes to, read from its type as text and from what is known beside it.

    python bench/reading_boston.py [SHARED/data]

Boston 311, July to December 2011: learnt on July to October, read in November and December. The
set holds nobody's words. Read is what the desk has at intake: the type (sub-category) as text, or
the reason (category) alone, with neighbourhood, channel and street; never the closing words, the
closing time, the verdict or the deadline, which follow from the department. The type nearly names
the department, so its rows say little; of the reason alone they say more. The rival is naive Bayes
over pairs of characters of the same text. Bounds are those of 2,000 redrawings of the test rows.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gongbi.kernel.reading.beside import hours
from gongbi.kernel.reading.reader import Reader
from gongbi.kernel.reading.training import Example, Recipe, judge, learn
from reading_tainan import beside, confidence_of, naive_bayes, speed

HOME = Path(__file__).resolve().parents[1]
BEGIN = "2011-11-01"
Said = dict[str, str]


def where(row: Said) -> str:
    """Street and neighbourhood, without the number of the house."""
    street = row["location_street_name"].lstrip("0123456789- ")
    return f"{street}, {row['neighborhood']}"


TEXTS: dict[str, Callable[[Said], str]] = {
    "type": lambda row: row["type"],
    "type, reason, street, channel": lambda row: (
        f"{row['type']}. {row['reason']}. {where(row)}. {row['source']}"
    ),
    "reason": lambda row: row["reason"],
    "reason, street, channel": lambda row: f"{row['reason']}. {where(row)}. {row['source']}",
    "street, channel": lambda row: f"{where(row)}. {row['source']}",
}


def load(folder: Path) -> list[Said]:
    """Every request with a department, in time order."""
    rows: list[Said] = []
    for file in sorted(folder.glob("boston311_*.csv")):
        with file.open(encoding="utf-8") as opened:
            rows += [row for row in csv.DictReader(opened) if row["department"]]
    return sorted(rows, key=lambda row: (row["open_dt"], row["case_enquiry_id"]))


def example(row: Said, text: Callable[[Said], str]) -> Example:
    """A request as a reader takes it."""
    at = datetime.fromisoformat(row["open_dt"])
    return Example(text(row), row["department"], at.timestamp(), hours(at))


def best_by_type(rows: list[Said]) -> None:
    """What whoever knew each type's most usual department among these very rows would get."""
    by: dict[str, Counter[str]] = {}
    for row in rows:
        by.setdefault(row["type"], Counter())[row["department"]] += 1
    right = sum(max(found.values()) for found in by.values()) / len(rows)
    print(f"no reader of the type alone can be right in more than {100 * right:.1f} %")
    least = Counter(row["department"] for row in rows)
    print("rows by department: " + ", ".join(f"{n:,}" for _name, n in least.most_common()))


def main() -> None:
    """Print every figure."""
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else shared
    rows = load(home / "boston311-2011h2")
    early = [row for row in rows if row["open_dt"] < BEGIN]
    late = [row for row in rows if row["open_dt"] >= BEGIN]
    kinds = len({row["department"] for row in late})
    print(f"{len(early):,} requests learnt, {len(late):,} of {kinds} departments read")
    heads = ("read", "naive Bayes right", "mean recall", "Gongbi right", "mean recall")
    heads += ("gain, right", "gain, mean recall", "confidence off", "to a person", "right alone")
    best_by_type(late)
    print("| " + " | ".join(heads) + " |\n|---|" + "---:|" * 9)
    reader: Reader | None = None
    for name, text in TEXTS.items():
        learnt = sorted((example(row, text) for row in early), key=in_time)
        asked = sorted((example(row, text) for row in late), key=in_time)
        reader = learn(learnt, Recipe())
        report, ours = judge(reader, asked)
        theirs = naive_bayes(learnt, asked)
        print(f"| {name} | {beside(asked, ours, theirs)} | {confidence_of(report)} |", flush=True)
    if reader is not None:
        speed(reader, asked)


def in_time(one: Example) -> tuple[float, str, str, tuple[str, ...]]:
    """The order in which a reader judges."""
    return one.at, one.text, one.type, one.context


if __name__ == "__main__":
    main()
