"""What a city gains by learning from its own merges: precision and recall on later reports.

    python bench/likely_learning.py [--seeds 9501 9502] [--people 80000] [--days 60]

Towns are drawn as in bench/duplicates.py, with seeds that nothing else has seen, and twice: as the
towns the shipped weights come from, and with other habits (whoever reports points within 60 m
instead of 20, matters stay open three times as long). Reports of the first two thirds of the days
are what the city learns from, with the answers its people gave: of a case offered among the three
likeliest (from 0.2) and right, eight in ten are merged; of one that is right and was not offered,
one in ten; of one that is wrong, three in ten are said to be two, two in a hundred are merged by
mistake and half of these taken back. The newest answers up to the cut are taken, as many as it
takes for so many merges. The last third is judged by the truth, at the point from which
*is it this one?* is asked.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

import duplicates
from gongbi.kernel.cases import alike
from gongbi.kernel.cases.alike_card import SHIPPED, Card
from gongbi.kernel.cases.alike_learning import Pair, Rate, beside, learn

OFFERED, SHOWN = 0.2, 3
MERGED_OF_OFFERED, MERGED_OF_OTHERS = 0.8, 0.1
SAID_TWO, BY_MISTAKE, TAKEN_BACK = 0.3, 0.02, 0.5
MERGES = (30, 100, 300, 1000)
HABITS = {"like the drawn towns": (20.0, 1.0), "other habits": (60.0, 3.0)}


def main() -> None:
    """Draw, answer, learn, judge."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seeds", type=int, nargs="+", default=[9501, 9502])
    words.add_argument("--people", type=int, default=80_000)
    words.add_argument("--days", type=int, default=60)
    given = words.parse_args()
    for name, (metres, lasting) in HABITS.items():
        duplicates.METRES_BESIDE, duplicates.LASTING = metres, lasting
        for seed in given.seeds:
            told(name, seed, given)


def told(name: str, seed: int, given: argparse.Namespace) -> None:
    """The rows of a town."""
    asks = list(asked(seed, given))
    cut = duplicates.START + given.days * duplicates.DAY * 2 / 3
    early = [ask for ask in asks if ask[0].at <= cut]
    late = [pair for ask in asks if ask[0].at > cut for pair in ask]
    rng = np.random.default_rng([seed, 78])
    answers = [answered(ask, rng) for ask in early]
    merges = sum(any(pair.same for pair in ask) for ask in answers)
    print(f"\n{name}, seed {seed}: {len(asks)} reports compared, {len(late)} later pairs; "
          f"{merges} merges in the earlier days")  # fmt: skip
    print("| merges | precision | recall | gain in precision | gain in recall | moved |")
    print("|---:|---:|---:|---:|---:|---:|")
    for many in MERGES:
        some = newest(answers, many)
        merges = sum(any(pair.same for pair in ask) for ask in some)
        if merges < many:
            continue
        card = learn([pair for ask in some for pair in ask], SHIPPED, 1)
        line(str(merges), card, late)


def line(merges: str, card: Card, late: list[Pair]) -> None:
    """A row of the table; the first also tells the shipped weights."""
    found = beside(late, SHIPPED, card, duplicates.SHOW)
    if merges == str(MERGES[0]):
        print(f"| 0 | {share(found.one.precision)} | {share(found.one.recall)} | | | |")
    moved = sum(abs(weight - SHIPPED.weight(name)) >= 0.1 for name, weight in card.weights.items())
    print(f"| {merges} | {share(found.other.precision)} | {share(found.other.recall)} | "
          f"{gain(found.precision)} | {gain(found.recall)} | {moved} |", flush=True)  # fmt: skip


def share(rate: Rate) -> str:
    return f"{rate.value:.3f} ({rate.low:.3f}-{rate.high:.3f})"


def gain(rate: Rate) -> str:
    return f"{rate.value:+.3f} ({rate.low:+.3f} to {rate.high:+.3f})"


def asked(seed: int, given: argparse.Namespace) -> Iterator[list[Pair]]:
    """Every report that has something open around it, as the pairs it is compared in."""
    reports = duplicates.reports_of(seed, given.people, given.days)
    for number, (new, _near, few) in enumerate(duplicates.walk(reports)):
        if few:
            common = alike.commonness([new.told.pieces, *(one.told.pieces for one in few)])
            yield [
                Pair(number, new.told.at, levels(new, one, common), new.matter == one.matter)
                for one in few
            ]


def levels(
    new: duplicates.Report, one: duplicates.Report, common: dict[str, float]
) -> tuple[str, ...]:
    return tuple(part.key for part in alike.compare(new.told, one.told, common).parts)


def answered(ask: list[Pair], rng: np.random.Generator) -> list[Pair]:
    """What people said of the pairs of a report; of most of them nothing."""
    chances = [SHIPPED.chance(pair.levels) for pair in ask]
    first = set(np.argsort(chances)[::-1][:SHOWN].tolist())
    found = []
    for at, pair in enumerate(ask):
        offered = at in first and chances[at] >= OFFERED
        if pair.same:
            same = rng.random() < (MERGED_OF_OFFERED if offered else MERGED_OF_OTHERS)
            denied = False
        else:
            same = offered and rng.random() < BY_MISTAKE
            denied = offered and rng.random() < SAID_TWO
            if same and rng.random() < TAKEN_BACK:
                same, denied = False, True
        found.append(replace(pair, same=same, said=same or denied, offered=offered))
    return found


def newest(answers: list[list[Pair]], merges: int) -> list[list[Pair]]:
    """The newest reports among which so many were merged."""
    many = 0
    for back in range(len(answers) - 1, -1, -1):
        many += any(pair.same for pair in answers[back])
        if many == merges:
            return answers[back:]
    return answers


if __name__ == "__main__":
    main()
