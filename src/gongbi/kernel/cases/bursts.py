"""When many report at once: a rise against what is usual at that hour and kind of day.

Counts of one cell (a group of types in an area) by hour. What is usual is a level for the kind of
day (working day or not) times a shape over its hours: the level is a trimmed mean of days, so that
last month's storm does not become usual; the shape is shared by a whole group, because a district
has too few reports to have one of its own. A count is judged by a negative binomial law (a Poisson
law whose mean itself varies from day to day), never against the mean alone: three where 0.2 are
usual is a small thing, sixty where twenty are is not. And it must come from several places, each
of which counts twice at most: many calls about one noise are one matter said many times (see
``alike``), not many of one cause.

The hour that is judged slides: it is looked at every five minutes, so that nothing waits for the
clock to strike. A sliding hour has more chances to be high by chance than one of the clock, and
its surprise is lowered by as much (see ``judge``): a day has no more false alarms for it.

A feed that brings nothing at all is a broken feed, not a calm city: see ``broken``.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p, log10

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

HOURS = 24
TRIM = 0.2
"""Share of the days, the highest ones, that the level does not hear."""
SMOOTH = (0.25, 0.5, 0.25)
LEAST_MEAN = 1e-6
UNSURE_SPREAD, LEAST_SPREAD, MOST_SPREAD = 0.25, 0.05, 2.0
LEAST_DAYS = 14

MOST_A_PLACE = 2
RARE = 1.0
"""Reports a day below which a level is an average of all days, and itself not surely known."""
EVEN_DAYS = 2.0
"""How many days of even hours a shape starts from, before any day was seen."""

OPENS, LEAST_SEEN, LEAST_PLACES, LEAST_TIMES = 7.0, 5, 5, 3.0
TOGETHER_OPENS, LEAST_A_KIND = 6.0, 2
"""Two kinds that rise at once in the whole city: one judgement a look, not one for each cell."""
WINDOWS = (1, 3, 6)
"""Hours that are judged at each look: what strikes at once, and what builds up."""
LOOK_MINUTES = 5
ENDS, QUIET_HOURS = 2.0, 6
BROKEN = 6.0
MOST_SURPRISE = 300.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What a cell usually brings.

    Parameters
    ----------
    level
        Reports of a working day and of another day.
    shape
        Share of a day's reports by hour, shape (2, 24), each row summing to 1.
    spread
        How far days differ beyond chance: variance = mean + spread * mean squared.
    days
        How many days it rests on.
    """

    level: tuple[float, float]
    shape: NDArray[np.float64]
    spread: float
    days: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A count beside what was expected; ``surprise`` is -log10 of the chance of as many.

    ``places``: from how many places it came; ``hours``: over how many; ``kinds``: the groups
    that rose together, where several did.
    """

    seen: int
    expected: float
    surprise: float
    places: int = 0
    hours: int = 1
    kinds: tuple[str, ...] = ()

    @property
    def rises(self) -> bool:
        """Whether this opens a burst."""
        if self.kinds:
            places = LEAST_A_KIND * len(self.kinds)
            return self.places >= places and self.surprise >= TOGETHER_OPENS
        many = self.seen >= max(LEAST_SEEN, LEAST_TIMES * self.expected)
        return many and self.places >= LEAST_PLACES and self.surprise >= OPENS

    @property
    def calm(self) -> bool:
        """Whether it is back at what is usual, or nearly."""
        return self.surprise < ENDS or self.seen <= 2


@dataclass(frozen=True, slots=True)
class Running:
    """A burst that goes on: when it began, its height, and since when it is calm (or None).

    Times in seconds.
    """

    began: float
    peak: Judged
    calm_since: float | None = None


def shape_of(
    counts: NDArray[np.int64], resting: NDArray[np.bool_], learn: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Share of a day's reports by hour for both kinds of day, shape (2, 24), smoothed.

    ``counts`` and ``learn`` have shape (days, 24), ``resting`` (days,). Each day counts alike, so
    that a day of storm does not shape all others. Without any day: the same for every hour.
    """
    found = np.full((2, HOURS), 1.0 / HOURS)
    for kind in (0, 1):
        rows = counts[(resting == bool(kind)) & learn.all(axis=1)].astype(np.float64)
        rows = rows[rows.sum(axis=1) > 0]
        if not len(rows):
            continue
        mean = (rows / rows.sum(axis=1, keepdims=True)).sum(axis=0) + EVEN_DAYS / HOURS
        turned = [np.roll(mean, by) for by in (-1, 0, 1)]
        smooth = np.average(turned, axis=0, weights=SMOOTH)
        found[kind] = smooth / smooth.sum()
    return found


def usual_of(
    counts: NDArray[np.int64],
    resting: NDArray[np.bool_],
    learn: NDArray[np.bool_],
    shape: NDArray[np.float64],
) -> Usual:
    """What a cell usually brings, from its last days.

    ``learn`` is False for hours of a burst or of a broken feed: such days are left out. Where a
    kind of day has fewer than two days, it takes the level of the other. What is rarer than
    ``RARE`` has one level, (reports + 1/2) / days, and a spread that says how little is known
    of it: a kind never seen before is expected hardly ever, not never.
    """
    whole = learn.all(axis=1)
    totals = counts.sum(axis=1).astype(np.float64)
    days, told = int(whole.sum()), float(totals[whole].sum())
    if told < RARE * days or not days:
        rare = (told + 0.5) / max(days, 1)
        return Usual((rare, rare), shape, UNSURE_SPREAD + 1.0 / (told + 0.5), days)
    working, other = (_level(totals[whole & (resting == kind)]) for kind in (False, True))
    level = (working if working is not None else other or 0.0,
             other if other is not None else working or 0.0)  # fmt: skip
    return Usual(level, shape, _spread(totals[whole & ~resting]), days)


def _level(totals: NDArray[np.float64]) -> float | None:
    if len(totals) < 2:
        return None
    kept = np.sort(totals)[: max(1, int(np.ceil(len(totals) * (1 - TRIM))))]
    # A trimmed mean lies low; what was cut off is given back by the median where that is higher.
    return float(max(kept.mean(), np.median(totals)))


def _spread(totals: NDArray[np.float64]) -> float:
    """Beyond chance, by the median absolute deviation: a storm does not widen what is usual."""
    if len(totals) < 5:
        return UNSURE_SPREAD
    middle = float(np.median(totals))
    if middle < 3:
        return UNSURE_SPREAD
    sigma = 1.4826 * float(np.median(np.abs(totals - middle)))
    return float(np.clip((sigma**2 - middle) / middle**2, LEAST_SPREAD, MOST_SPREAD))


def expected(usual: Usual, resting: bool, hour: float, length: float = 1.0) -> float:
    """Usual reports of ``length`` hours that end at ``hour`` (a fraction counts) of such a day.

    What lies before midnight is taken from the same kind of day.
    """
    edges = np.concatenate([[0.0], np.cumsum(usual.shape[int(resting)])])
    end, start = hour, hour - length
    share = _share(edges, end) - _share(edges, start)
    return max(usual.level[int(resting)] * share, LEAST_MEAN * length)


def _share(edges: NDArray[np.float64], hour: float) -> float:
    days, rest = divmod(hour, HOURS)
    return float(days + np.interp(rest, np.arange(HOURS + 1), edges))


def judge(
    seen: int, mean: float, spread: float, *, places: int = 0, hours: int = 1, looks: float = 1.0
) -> Judged:
    """How surprising a count is; the chance is that of as many or more.

    ``looks``: how often such a window is looked at before a wholly new one begins. One that
    slides is as high as ``seen`` about ``seen - mean`` times as often as one of the clock (each
    of its reports may be the one that fills it), and never more often than it is looked at.
    """
    if seen <= 0:
        return Judged(seen, mean, 0.0, places, hours)
    # P(N >= k) of a negative binomial of that mean and size is an incomplete beta function.
    chance = float(betainc(seen, 1.0 / spread, spread * mean / (1.0 + spread * mean)))
    chances = max(1.0, min(looks, seen - mean))
    surprise = -log10(chance) - log10(chances) if chance > 0 else MOST_SURPRISE
    return Judged(seen, mean, round(min(max(surprise, 0.0), MOST_SURPRISE), 3), places, hours)


def counted(places: Iterable[object]) -> tuple[int, int]:
    """How many reports from how many places; a place that is said again counts twice at most."""
    times = Counter(places)
    return sum(min(many, MOST_A_PLACE) for many in times.values()), len(times)


def looks_of(hours: int) -> float:
    """How often a window of so many hours is looked at before a wholly new one begins."""
    return hours * 60.0 / LOOK_MINUTES


def together(
    by_kind: Mapping[str, Judged], where: Mapping[str, Collection[object]]
) -> Judged | None:
    """The two kinds of the city that rise most within an hour, judged as one; None without two.

    A quake is two calls of gas, two of wires and three of cracks before it is many of anything.
    ``by_kind`` holds every kind the city knows; ``where`` from which place each report came. The
    two chances are combined (Fisher 1932), and the pairs these two were chosen from counted.
    """
    rising = [
        kind
        for kind, one in by_kind.items()
        if one.seen >= LEAST_A_KIND and one.seen >= LEAST_TIMES * one.expected
        and len(set(where[kind])) >= LEAST_A_KIND
    ]  # fmt: skip
    chosen = sorted(rising, key=lambda kind: (-by_kind[kind].surprise, kind))[:2]
    if len(chosen) < 2:
        return None
    one, other = (by_kind[kind] for kind in chosen)
    loud = log(10) * (one.surprise + other.surprise)
    pairs = len(by_kind) * (len(by_kind) - 1) / 2
    surprise = max((loud - log1p(loud) - log(pairs)) / log(10), 0.0)
    return Judged(
        one.seen + other.seen,
        one.expected + other.expected,
        round(min(surprise, MOST_SURPRISE), 3),
        len({place for kind in chosen for place in where[kind]}),
        one.hours,
        tuple(chosen),
    )


def loudest(judged: Iterable[Judged]) -> Judged:
    """Of several windows that end together, one that opens a burst, else the most surprising."""
    return max(judged, key=lambda one: (one.rises, one.surprise))


def broken(mean: float, spread: float) -> bool:
    """Whether nothing at all, where so much was expected, means that the feed is broken."""
    return log1p(spread * mean) / spread / log(10) >= BROKEN


def step(running: Running | None, at: float, judged: Judged) -> tuple[Running | None, str]:
    """The next state of a cell and what happened: ``opened``, ``ended`` or nothing.

    ``at`` is when the windows that were judged end, in seconds. A burst ends when ``QUIET_HOURS``
    in a row were calm.
    """
    if running is None:
        if not judged.rises:
            return None, ""
        return Running(at - 3600.0 * judged.hours, judged), "opened"
    peak = max(running.peak, judged, key=lambda one: one.surprise)
    if not judged.calm:
        return Running(running.began, peak), ""
    since = running.calm_since if running.calm_since is not None else at
    if at - since >= 3600.0 * QUIET_HOURS:
        return None, "ended"
    return Running(running.began, peak, since), ""


def telling_words(
    texts: Sequence[str], lexicon: Mapping[str, Sequence[str]], *, least: int = 3, most: int = 5
) -> list[tuple[str, int]]:
    """Words of the city's own lists that stand in many of the texts: (word, in how many).

    Only listed words: what people wrote otherwise could name somebody.
    """
    listed = {word.casefold() for words in lexicon.values() for word in words if len(word) > 1}
    lowered = [text.casefold() for text in texts]
    found = {word: sum(word in text for text in lowered) for word in listed}
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], -len(pair[0]), pair[0]))
    chosen: list[tuple[str, int]] = []
    for word, many in ranked:
        if many >= least and not any(word in longer and many <= more for longer, more in chosen):
            chosen.append((word, many))
    return chosen[:most]


def middle_of(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[float, float] | None:
    """The middle of the points, by medians; None without any."""
    if not len(lon):
        return None
    return float(np.median(lon)), float(np.median(lat))
