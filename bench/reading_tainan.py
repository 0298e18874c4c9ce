"""The type of a hotline report read from its text, with the types' own names taken out of it.

    python bench/reading_tainan.py [SHARED/data] [--validate]

What intake knows beside the text is the hour and the point, as squares of 200 m, 500 m and 2 km.
What was settled near by are the types of earlier reports, a day old at least: of those within 30 m
in 180 days and of those within 300 m in 14 days, how many of each type. The reader is learnt once,
of rows before the day below; such reports of the half year that is read count beside later ones,
as they would in a city at work, yet nothing is learnt from them.

Tainan's 1999 hotline, 2015 to 2017: learnt on what came before 1 July 2017, read after it; with
``--validate`` learnt before 2017 and read in its first half, which is how the recipe was chosen.
Spellings of one category are one type; the ten largest are read. What is taken out of every text,
alike for all types and for both readers, again until nothing of it is left:

* names: every spelling of every category and sub-category, and their parts between 、 , / 及 或;
* shortened: these, the halves of each of four characters, and its usual short form (first and
  third: 違停 for 違規停車);
* all pairs: every run of two characters or more that stands in any of the names.

The rival is a multinomial naive Bayes over pairs of characters (one added to each), learnt on
the same rows. Bounds are those of 2,000 redrawings of the test rows in pairs, 95 of 100.
"""

import csv
import os
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from scipy import sparse

from gongbi.kernel.cases.masking import mask_personal
from gongbi.kernel.cases.suggest import know_words, suggest
from gongbi.kernel.reading.asking import things_of, wishes_of
from gongbi.kernel.reading.beside import hours, squares
from gongbi.kernel.reading.judging import accuracy, differences, macro_recall
from gongbi.kernel.reading.nearby import with_nearby
from gongbi.kernel.reading.placing import PlaceName, know_places, place_of
from gongbi.kernel.reading.reader import Reader, read
from gongbi.kernel.reading.training import Example, Recipe, Report, in_order, judge, learn
from gongbi.kernel.reading.urgency import urgency_of
from gongbi.kernel.reading.vectors import CONTEXT, types_of

HOME = Path(__file__).resolve().parents[1]
SAME = {"髒亂及污染": "髒亂及汙染", "妨害安寧": "噪音舉發"}
APART = re.compile(r"[、，,/ ]|及|或")
NO_NAME = re.compile(r"\d\d:\d\d|TB-")
TYPES = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A report as the city published it."""

    at: str
    text: str
    type: str
    point: tuple[float | None, float | None] = (None, None)


def load(folder: Path) -> tuple[list[Row], set[str]]:
    """The reports of the ten largest types in time order, and every name of a category."""
    rows, names = [], set()
    for file in sorted(folder.glob("tainan1999_*.csv")):
        with file.open(encoding="utf-8") as opened:
            for one in csv.DictReader(opened):
                names |= {one["service_name"], one["subproject"]}
                if one["service_name"]:
                    kind = SAME.get(one["service_name"], one["service_name"])
                    point = degrees(one["long"]), degrees(one["lat"])
                    rows.append(Row(one["requested_datetime"], one["description"], kind, point))
    kept = {kind for kind, _n in Counter(row.type for row in rows).most_common(TYPES)}
    rows = sorted((row for row in rows if row.type in kept), key=lambda row: (row.at, row.text))
    return rows, {name for name in names if name and not NO_NAME.search(name)}


def degrees(said: str) -> float | None:
    """A coordinate, where there is one."""
    try:
        return float(said)
    except ValueError:
        return None


def parts(names: Iterable[str]) -> set[str]:
    """Names whole, and in the parts they list."""
    whole = set(names)
    return whole | {part for name in whole for part in APART.split(name) if len(part) >= 2}


def shortened(names: Iterable[str]) -> set[str]:
    """Parts, halves and short forms of four characters."""
    found = parts(names)
    four = [name for name in found if len(name) == 4]
    return found | {short for n in four for short in (n[:2], n[2:], n[0] + n[2])}


def all_pairs(names: Iterable[str]) -> set[str]:
    """Every run of two characters or more."""
    return {
        name[begin:end]
        for name in parts(names)
        for begin in range(len(name))
        for end in range(begin + 2, len(name) + 1)
    }


RULES: dict[str, Callable[[Iterable[str]], set[str]]] = {
    "names": parts,
    "shortened": shortened,
    "all pairs": all_pairs,
}


def without(words: Iterable[str]) -> Callable[[str], str]:
    """Takes words out of a text, the longest first, until none is left."""
    shape = re.compile("|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))))

    def clean(text: str) -> str:
        while (less := shape.sub("", text)) != text:
            text = less
        return text.strip()

    return clean


ALONE, KNOWN, NEAR = "alone", "and what intake knows", "and what was settled near by"
BESIDE = (ALONE, KNOWN, NEAR)


def examples(rows: Iterable[Row], clean: Callable[[str], str], known: str) -> list[Example]:
    """Rows as a reader takes them, in their order, with what is known beside the text."""
    found = []
    for row in rows:
        at, (lon, lat) = datetime.fromisoformat(row.at), row.point
        context = () if known == ALONE else (*hours(at), *squares(lon, lat))
        point = None if lon is None or lat is None else (lon, lat)
        found.append(Example(clean(row.text), row.type, at.timestamp(), context, point=point))
    return in_order(with_nearby(found) if known == NEAR else found)


def pairs(one: Example) -> Counter[str]:
    """Pairs of characters, and the context each as one."""
    text = one.text
    found = Counter(text[at : at + 2] for at in range(len(text) - 1))
    return found + Counter(CONTEXT + said for said in one.context)


def naive_bayes(learnt: Sequence[Example], asked: Sequence[Example]) -> list[str]:
    """What the rival calls each."""
    names, types = types_of([one.type for one in learnt])
    ids: dict[str, int] = {}

    def matrix(rows: Sequence[Example], grow: bool) -> sparse.csr_matrix:
        found = [
            (row, ids.setdefault(pair, len(ids)) if grow else ids[pair], n)
            for row, one in enumerate(rows)
            for pair, n in pairs(one).items()
            if grow or pair in ids
        ]
        row, column, times = (np.array(one) for one in zip(*found, strict=True))
        return sparse.csr_matrix((times, (row, column)), shape=(len(rows), len(ids)))

    known = matrix(learnt, True)
    which = sparse.csr_matrix((np.ones(len(types)), (types, np.arange(len(types)))))
    times = (which @ known).toarray() + 1
    weights = np.log(times / times.sum(1, keepdims=True))
    scores = matrix(asked, False) @ weights.T + np.log(np.bincount(types) / len(types))
    return [names[one] for one in np.asarray(scores).argmax(1)]


def beside(asked: Sequence[Example], ours: Sequence[str], theirs: Sequence[str]) -> str:
    """Accuracy and mean recall of both, and the gains with their bounds."""
    size = len(asked)
    _names, numbers = types_of([*(one.type for one in asked), *ours, *theirs])
    truth, said, other = numbers[:size], numbers[size : 2 * size], numbers[2 * size :]
    gains = differences(truth, said, other)
    cells = [f"{100 * accuracy(truth, other):.1f}", f"{100 * macro_recall(truth, other):.1f}"]
    cells += [f"{100 * accuracy(truth, said):.1f}", f"{100 * macro_recall(truth, said):.1f}"]
    cells += [f"{100 * g.value:+.1f} ({100 * g.low:+.1f} to {100 * g.high:+.1f})" for g in gains]
    return " | ".join(cells)


def confidence_of(report: Report) -> str:
    """Calibration error, share sent to a person, share right of the others."""
    alone = "–" if report.right_alone is None else f"{100 * report.right_alone:.1f}"
    return f"{100 * report.calibration_error:.1f} | {100 * report.to_person:.1f} | {alone}"


def speed(reader: Reader, asked: Sequence[Example]) -> None:
    """One text after another: its type with the words that decided, and all that is read."""
    words = tomllib.loads((HOME / "src/gongbi/generator/case_types.toml").read_text("utf-8"))
    listed = know_words({one["code"]: one["words"] for one in words["case_type"]})
    city = know_places(PlaceName(f"p{n}", f"/c/p{n}/", (f"第{n}社区",)) for n in range(15_000))

    def everything(one: Example) -> None:
        text = mask_personal(one.text)
        said = {found.type: found.score for found in suggest(text, listed)}
        read(reader, text, one.context, listed=said)
        urgency_of(text), place_of(text, city), things_of(text), wishes_of(text)

    some = asked[:: max(1, len(asked) // 2000)]
    types: Callable[[Example], object] = lambda one: read(reader, one.text, one.context)  # noqa: E731
    for name, do in (("its type", types), ("all that is read at intake", everything)):
        spent = []
        for one in some:
            began = time.process_time()
            do(one)
            spent.append(time.process_time() - began)
        ms = 1000 * np.array(spent)
        print(
            f"\none text, {name}: p50 {np.median(ms):.2f} ms, p99 {np.quantile(ms, 0.99):.2f} ms "
            f"of CPU; {len(ms) / sum(spent):,.0f} texts a CPU-second"
        )


def main() -> None:
    """Print every figure."""
    said = [one for one in sys.argv[1:] if not one.startswith("--")]
    shared = Path(os.environ.get("GONGBI_SHARED", HOME.parent / "shared")) / "data"
    rows, names = load((Path(said[0]) if said else shared) / "tainan1999-2015-2017")
    begin, end = ("2017-01-01", "2017-07-01") if "--validate" in sys.argv else ("2017-07-01", "9")
    rows = [row for row in rows if row.at < end]
    late = sum(row.at >= begin for row in rows)
    print(f"{len(rows) - late:,} reports learnt before {begin}, {late:,} read after it")
    heads = ("taken out", "the text", "naive Bayes right", "mean recall", "Gongbi right")
    heads += ("mean recall", "gain, right", "gain, mean recall", "confidence off")
    print("| " + " | ".join((*heads, "to a person", "right alone")) + " |")
    print("|---|---|" + "---:|" * 9)
    for rule, words in RULES.items():
        rivals: dict[str, list[str]] = {}
        for known in BESIDE:
            every = examples(rows, without(words(names)), known)
            learnt, asked = every[:-late], every[-late:]
            began = time.process_time()
            reader = learn(learnt, Recipe())
            spent = time.process_time() - began
            report, ours = judge(reader, asked)
            rivals[known] = naive_bayes(learnt, asked)
            row = beside(asked, ours, rivals[known])
            print(f"| {rule} | {known} | {row} | {confidence_of(report)} |", flush=True)
            for less in tuple(rivals)[:-1]:
                row = beside(asked, ours, rivals[less])
                print(f"| … | ours; the rival {less} | {row} | | | |", flush=True)
            if rule == "names" and known == ALONE:
                unseen(learnt, asked, ours, rivals[known])
                said_twice(learnt, asked)
    print(f"\nlearning took {spent:.1f} s of CPU")
    speed(reader, asked)


def types_by_text(rows: Sequence[Example]) -> dict[str, Counter[str]]:
    """How often each text was of each type."""
    found: dict[str, Counter[str]] = {}
    for one in rows:
        found.setdefault(one.text, Counter())[one.type] += 1
    return found


def said_twice(learnt: Sequence[Example], asked: Sequence[Example]) -> None:
    """How far the text decides at all: reports with the same text, then and now."""
    then, by = types_by_text(learnt), types_by_text(asked)
    again = [one for one in asked if one.text in then]
    usual = sum(then[one.text].most_common(1)[0][0] == one.type for one in again) / len(again)
    print(
        f"| … {len(again):,} with a text learnt: {100 * usual:.1f} % of its most usual type then |"
    )
    twice = [types for types in by.values() if sum(types.values()) > 1]
    rows = sum(sum(types.values()) for types in twice)
    # of each report: the share of the others with its text that are of its type
    alike = sum(n * (n - 1) / (sum(t.values()) - 1) for t in twice for n in t.values()) / rows
    print(f"| … {rows:,} share their text with another: {100 * alike:.1f} % agree on the type |")


def unseen(
    learnt: Sequence[Example],
    asked: Sequence[Example],
    ours: Sequence[str],
    theirs: Sequence[str],
) -> None:
    """The same for texts that no learnt row has, letter by letter."""
    known = {one.text for one in learnt}
    fresh = [place for place, one in enumerate(asked) if one.text not in known]
    row = beside([asked[n] for n in fresh], [ours[n] for n in fresh], [theirs[n] for n in fresh])
    print(f"| … {len(fresh):,} texts never seen | | {row} | | | |", flush=True)


if __name__ == "__main__":
    main()
