"""The judgement of a place: its score, what moved it, and how it compares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.core.public import PlaceRecord
from gongbi.desk.checkup.gathering import Facts
from gongbi.kernel.vitals.checkup import Score, burdens_of, score
from gongbi.kernel.vitals.comparing import Change, Standing, changed, stand
from gongbi.vitals.public import SignTimes

Reals = NDArray[np.float64]
SOUND, STRAINED = 95.0, 85.0  # least points of the two better states; conventions, said on paper


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of the place over the period.

    ``shares`` (4,) of measured time at each level; ``measured`` of the time owed; ``by_part``
    (parts, 4) seconds; ``lost`` and ``lost_before`` points (None: not measured then).
    """

    code: str
    name: str
    series: int
    heard: int
    measured: float
    shares: Reals
    by_part: Reals
    due_by_part: Reals
    lost: float | None
    lost_before: float | None
    worst_place: str
    worst_lost: float
    silent: int

    @property
    def moved(self) -> float | None:
        """Points more (-) or fewer (+) lost than before, as the score feels it."""
        if self.lost is None or self.lost_before is None:
            return None
        return self.lost_before - self.lost


@dataclass(frozen=True, slots=True)
class PlaceScore:
    """A place and its score, and the points of the period before (None: no score)."""

    place: PlaceRecord
    score: Score
    before: float | None


@dataclass(frozen=True, slots=True)
class Checkup:
    """The whole judgement; ``facts`` is what it rests on."""

    facts: Facts
    score: Score
    before: Score
    year_ago: Score
    change: Change | None
    standing: Standing | None
    peers: tuple[PlaceScore, ...]
    below: tuple[PlaceScore, ...]
    by_part: Reals
    by_part_before: Reals
    signs: tuple[Sign, ...]
    windows: int
    """Windows of the place that were read; late readings may still correct ``provisional``."""
    provisional: int

    @property
    def state(self) -> str:
        """sound, strained, in_trouble, or unknown."""
        if self.score.points is None:
            return "unknown"
        if self.score.points >= SOUND:
            return "sound"
        return "strained" if self.score.points >= STRAINED else "in_trouble"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known: no reading, no alert, no case."""
        return not (self.score.measured or self.facts.episodes or self.facts.work.opened)


def judge(facts: Facts) -> Checkup:
    """Score the place, its peers and the places below it."""
    path = facts.place.path
    own, before = score_at(facts.times, path), score_at(facts.before, path)
    by_part, by_part_before = by_parts(facts.times, path), by_parts(facts.before, path)
    mine = np.char.startswith(facts.times.paths, path)
    moved = None
    if own.points is not None and before.points is not None:
        moved = changed(own.points, before.points, by_part, by_part_before)
    peers = tuple(PlaceScore(one, score_at(facts.times, one.path), None) for one in facts.peers)
    return Checkup(
        facts=facts,
        score=own,
        before=before,
        year_ago=score_at(facts.year_ago, path),
        change=moved,
        standing=stand(own, [one.score for one in peers]),
        peers=peers,
        below=_below(facts),
        by_part=by_part,
        by_part_before=by_part_before,
        signs=_signs(facts, own, before),
        windows=int(facts.times.windows[mine].sum()),
        provisional=int(facts.times.provisional[mine].sum()),
    )


def score_at(times: SignTimes, path: str, part: int | None = None) -> Score:
    """The score of a place at or below a path; of one part of the period, or of all of it."""
    rows = np.char.startswith(times.paths, path)
    parts = slice(None) if part is None else slice(part, part + 1)
    seconds, due = times.seconds[rows][:, parts], times.due[rows][:, parts]
    return score(times.signs[rows], seconds.sum(axis=1), due.sum(axis=1))


def by_parts(times: SignTimes, path: str) -> Reals:
    """The score of each part; NaN where there is none."""
    found = [score_at(times, path, part).points for part in range(times.seconds.shape[1])]
    return np.array([np.nan if one is None else one for one in found])


def _below(facts: Facts) -> tuple[PlaceScore, ...]:
    """Places below that have any sign, the worst first, those without a score last."""
    found = [
        PlaceScore(one, score_at(facts.times, one.path), score_at(facts.before, one.path).points)
        for one in facts.below
        if np.char.startswith(facts.times.paths, one.path).any()
    ]
    found.sort(key=lambda one: (one.score.points is None, one.score.points or 0.0, one.place.code))
    return tuple(found)


def _signs(facts: Facts, own: Score, before: Score) -> tuple[Sign, ...]:
    """Signs of the place, by points lost; then those of which nothing was heard."""
    earlier = _lost(before)
    rows = np.flatnonzero(np.char.startswith(facts.times.paths, facts.place.path))
    lost = _lost(own)
    found = [
        _sign(facts.times, rows, code, own, lost[code], earlier.get(code))
        for code in own.signs.tolist()
    ]
    return tuple(sorted(found, key=lambda one: (one.lost is None, -(one.lost or 0.0), one.code)))


def _lost(found: Score) -> dict[int, float | None]:
    """Points each sign took; None where nothing of it was measured."""
    told = zip(found.signs.tolist(), found.burdens.tolist(), found.lost.tolist(), strict=True)
    return {code: None if np.isnan(burden) else lost for code, burden, lost in told}


def _sign(
    times: SignTimes,
    rows: NDArray[np.int64],
    code: int,
    own: Score,
    lost: float | None,
    before: float | None,
) -> Sign:
    mine = np.flatnonzero(times.signs[rows] == code)
    seconds, due = times.seconds[rows[mine]], times.due[rows[mine]]
    measured, owed = seconds.sum(), due.sum()
    by_series = seconds.sum(axis=(1, 2))
    worst = mine[np.argmax(np.nan_to_num(burdens_of(seconds.sum(axis=1))))]
    owing = due.sum(axis=1) > 0
    return Sign(
        code=times.names[code].code,
        name=times.names[code].name,
        series=len(mine),
        heard=int((by_series > 0).sum()),
        measured=float(measured / owed) if owed else 0.0,
        shares=seconds.sum(axis=(0, 1)) / measured if measured else np.zeros(4),
        by_part=seconds.sum(axis=0),
        due_by_part=due.sum(axis=0),
        lost=lost,
        lost_before=before,
        worst_place=times.places[rows[worst]],
        worst_lost=float(own.lost_by_series[worst]),
        silent=int((owing & (by_series < 0.5 * due.sum(axis=1))).sum()),
    )
