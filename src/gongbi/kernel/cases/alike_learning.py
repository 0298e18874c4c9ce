"""Learning weights of alikeness from what a city itself said of pairs of its cases.

The scorecard that is in force is where it starts: each weight has a normal prior around what it
was, so that a level nobody said anything of stays, and few merges move little (the most probable
weights of a logistic regression; a level moves by the share that its pairs' information has of
information and prior together).

Not everybody looks, so a pair that nobody spoke of is not two: it counts as one matter by the
chance it had, less what people would have found. How many they find, and how often they say *two*,
is taken from the answers themselves, for what was offered and for the rest. Silence alone moves
nothing; what cannot be learnt so is how many pairs are one matter in all. A nearer level of a
table of distances or hours never weighs less than a farther one: where the learnt ones would,
they are drawn together by how much is known of each.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.cases.alike_card import Card
from gongbi.kernel.cases.shares import wilson

STAYS = frozenset({"asset.unsaid", "photo.unsaid", "named.unsaid", "habit.unsaid"})
"""Levels of what is not known, at which nearly all pairs are: each would be one more bias."""
MOST_FOUND = 0.95
PRIOR = 20.0
"""How firmly a weight stays: as if so much information (chance times its complement, summed over
pairs) spoke for it already. A pair whose answer was in the balance brings a quarter."""
BIAS_PRIOR = 20.0
MOST_STEPS = 60
STILL = 1e-6
Floats = NDArray[np.float64]
_Kind = tuple[tuple[str, ...], bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports that were compared, and what people said of them.

    Parameters
    ----------
    ask
        Whose question it answers: pairs with one number were looked at together.
    at
        When it was asked, in seconds since 1970.
    levels
        Level of each part, as ``space.same.point.to_15``.
    same
        Whether people said that they are one matter.
    said
        Whether anybody said anything; False where the pair was passed over or never offered.
    offered
        Whether it was shown to somebody as likely the same.
    stands
        How many questions it stands for, of which only one was read.
    """

    ask: int
    at: float
    levels: tuple[str, ...]
    same: bool
    said: bool = True
    offered: bool = True
    stands: float = 1.0


@dataclass(frozen=True, slots=True)
class Move:
    """A level whose weight moved: what it was and is, and of how many pairs which were one."""

    level: str
    was: float
    now: float
    pairs: int
    same: int


def learn(pairs: Sequence[Pair], start: Card, number: int, prior: float = PRIOR) -> Card:
    """The scorecard that these pairs make of another; without pairs it is the same one."""
    names = sorted({level for pair in pairs for level in pair.levels} - STAYS)
    place = {name: at for at, name in enumerate(names, start=1)}
    together: dict[_Kind, float] = defaultdict(float)
    for pair in pairs:  # thousands are alike far apart: each kind of pair is a row, counted
        together[pair.levels, pair.same, pair.said, pair.offered] += pair.stands
    rows = [[0, *(place[one] for one in kind[0] if one in place)] for kind in together]
    design = _Design(rows, len(names) + 1)
    before = np.array([start.bias, *(start.weight(name) for name in names)])
    pull = np.array([BIAS_PRIOR, *(prior for _ in names)])
    rest = np.array([sum(start.weight(one) for one in kind[0] if one in STAYS)
                     for kind in together])  # fmt: skip
    counts = np.array(list(together.values()), dtype=np.float64)
    same = _taken_as(list(together), counts, design.odds(before) + rest)
    found, known = _most_probable(design, same, counts, before, pull, rest)
    learnt = dict(zip(names, found[1:].tolist(), strict=True))
    sure = dict(zip(names, known[1:].tolist(), strict=True))
    weights = _in_order(dict(start.weights) | learnt, sure, prior)
    return Card(number, float(found[0]), weights)


class _Design:
    """Rows of ones in few columns, kept as the columns alone: a city has thousands of rows."""

    def __init__(self, rows: Sequence[Sequence[int]], columns: int) -> None:
        self.at = np.array([one for row in rows for one in row], dtype=np.int64)
        self.row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.rows, self.columns = len(rows), columns

    def odds(self, weights: Floats) -> Floats:
        return np.bincount(self.row, weights[self.at], self.rows).astype(np.float64)

    def summed(self, values: Floats) -> Floats:
        return np.bincount(self.at, values[self.row], self.columns).astype(np.float64)

    def curve(self, values: Floats) -> Floats:
        """Sums of the values by pairs of columns, in parts, so that memory stays bounded."""
        whole = np.zeros((self.columns, self.columns))
        for begin in range(0, self.rows, 4096):
            here = (self.row >= begin) & (self.row < begin + 4096)
            part = np.zeros((min(4096, self.rows - begin), self.columns))
            part[self.row[here] - begin, self.at[here]] = 1.0
            whole += (part * values[begin : begin + 4096, None]).T @ part
        return whole


def _taken_as(kinds: Sequence[_Kind], counts: Floats, odds: Floats) -> Floats:
    """As how far one matter each kind of pair counts: what was said, and of the silent ones their
    chance after nobody spoke."""
    same, said, offered = (np.array([kind[at] for kind in kinds], dtype=bool) for at in (1, 2, 3))
    chance, taken = 1.0 / (1.0 + np.exp(-odds)), same.astype(np.float64)
    for shown in (offered, ~offered):
        found = _share(counts[shown & same], (counts * chance)[shown])
        denied = _share(counts[shown & said & ~same], (counts * (1.0 - chance))[shown])
        left = chance * (1.0 - found)
        silent = shown & ~said
        taken[silent] = (left / (left + (1.0 - chance) * (1.0 - denied)))[silent]
    return taken


def _share(said: Floats, of: Floats) -> float:
    """Of how many it was said, at most nearly all."""
    return min(MOST_FOUND, float(said.sum() / of.sum())) if of.sum() else 0.0


def _most_probable(
    design: _Design,
    same: Floats,
    counts: Floats,
    before: Floats,
    pull: Floats,
    rest: Floats,
) -> tuple[Floats, Floats]:
    """The weights by Newton's steps from where they were, and the information on each."""
    weights, known = before.copy(), np.zeros_like(before)
    for _ in range(MOST_STEPS):
        chance = 1.0 / (1.0 + np.exp(-design.odds(weights) - rest))
        spread = counts * chance * (1.0 - chance)
        slope = design.summed(counts * (same - chance)) - pull * (weights - before)
        step = np.linalg.solve(design.curve(spread) + np.diag(pull), slope)
        weights, known = weights + step, design.summed(spread)
        if np.abs(step).max() < STILL:
            break
    return weights, known


def tables(names: Iterable[str]) -> list[list[str]]:
    """Levels of each table of distances or hours, from near to far."""
    found = defaultdict(list)
    for name in names:
        head, _, last = name.rpartition(".to_")
        if not head:
            head, _, last = name.rpartition(".over_")
        if head.startswith(("space.", "time.")):
            found[head].append((".over_" in name, float(last), name))
    return [[name for _, _, name in sorted(rows)] for rows in found.values()]


def _in_order(weights: Mapping[str, float], sure: Mapping[str, float], prior: float) -> dict[
    str, float
]:  # fmt: skip
    """No nearer level below a farther one: neighbours out of order take their common mean."""
    ordered = dict(weights)
    for names in tables(weights):
        pools: list[tuple[float, float, int]] = []
        for name in names:
            many = prior + sure.get(name, 0.0)
            pools.append((weights[name], many, 1))
            while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
                (one, its, own), (other, theirs, more) = pools[-2:]
                both = its + theirs
                pools[-2:] = [((one * its + other * theirs) / both, both, own + more)]
        values = [value for value, _, many in pools for _ in range(many)]
        ordered |= dict(zip(names, values, strict=True))
    return ordered


def moves(was: Card, now: Card, pairs: Iterable[Pair], least: float = 0.05) -> list[Move]:
    """Levels whose weight moved by ``least`` or more, the farthest first."""
    many: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        for level in pair.levels:
            many[level][0] += 1
            many[level][1] += pair.same
    found = [
        Move(level, was.weight(level), weight, *many[level])
        for level, weight in now.weights.items()
        if abs(weight - was.weight(level)) >= least
    ]
    return sorted(found, key=lambda one: (-abs(one.now - one.was), one.level))


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with the bounds that hold it in 95 of 100; ``of`` is what it rests on."""

    value: float
    low: float
    high: float
    of: float


@dataclass(frozen=True, slots=True)
class Judged:
    """How a scorecard did on pairs: what it proposed first, and what it found."""

    precision: Rate
    recall: Rate


@dataclass(frozen=True, slots=True)
class Beside:
    """Two scorecards on the same questions, and by how much the second beats the first."""

    asks: int
    one: Judged
    other: Judged
    precision: Rate
    recall: Rate


def beside(
    pairs: Sequence[Pair], one: Card, other: Card, least: float, *, rounds: int = 1000
) -> Beside:
    """Judge two cards by what they propose from a chance of ``least``: questions drawn anew in
    pairs for the gain."""
    asks = [list(rows) for _, rows in groupby(pairs, key=lambda pair: pair.ask)]
    first, second = (np.array([_tally(rows, card, least) for rows in asks]).reshape(-1, 4)
                     for card in (one, other))  # fmt: skip
    rng, gains = np.random.default_rng(7), np.empty((rounds, 2))
    for at in range(rounds):
        times = np.bincount(rng.integers(0, len(asks), len(asks)), minlength=len(asks))
        gains[at] = _shares(times @ second) - _shares(times @ first)
    value = _shares(second.sum(axis=0)) - _shares(first.sum(axis=0))
    low, high = np.quantile(gains, [0.025, 0.975], axis=0)
    told = [Rate(float(value[n]), float(low[n]), float(high[n]), len(asks)) for n in (0, 1)]
    return Beside(len(asks), _judged(first), _judged(second), told[0], told[1])


def _tally(rows: Sequence[Pair], card: Card, least: float) -> tuple[float, float, float, float]:
    """Of one question: proposed, right, owed, found; each by how many it stands for."""
    best = max(rows, key=lambda pair: card.chance(pair.levels))
    proposed = card.chance(best.levels) >= least
    stands, owed = rows[0].stands, any(pair.same for pair in rows)
    right = proposed and best.same
    return stands * proposed, stands * right, stands * owed, stands * right


def _shares(sums: Floats) -> Floats:
    """Precision and recall of summed tallies; 0 of nothing."""
    proposed, right, owed, found = sums
    return np.array([right / proposed if proposed else 0.0, found / owed if owed else 0.0])


def _judged(rows: Floats) -> Judged:
    return Judged(_rate(rows[:, 1], rows[:, 0]), _rate(rows[:, 3], rows[:, 2]))


def _rate(part: Floats, of: Floats) -> Rate:
    """Wilson's interval of a share whose rows may stand for several: by how many independent
    rows would be as sure (the square of the sum over the sum of squares)."""
    whole = float(of.sum())
    if not whole:
        return Rate(0.0, 0.0, 1.0, 0.0)
    share, many = float(part.sum()) / whole, whole * whole / float((of * of).sum())
    return Rate(share, *wilson(share * many, many), many)
