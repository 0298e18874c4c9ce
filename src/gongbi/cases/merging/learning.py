"""Making a scorecard: learn from all but the newest answers, judge on those, keep it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from gongbi.cases import scorecards
from gongbi.cases.events_alike import PairsLearnt
from gongbi.cases.merging.gathering import Gathered
from gongbi.cases.merging.likely import SHOW
from gongbi.core.public import publish
from gongbi.kernel.cases.alike_learning import Beside, Move, Pair, beside, learn, moves

HELD_OUT = 0.3
LEAST_EARLY, LEAST_LATE = 20, 10
"""Answers *yes* before and after the cut, or nothing is learnt."""


class TooLittle(Exception):
    """Too few people said something; the message says in a sentence how many it takes."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """New weights, kept, and how they did beside those in force on the same later questions."""

    number: int
    before: int
    until: datetime
    early: int
    moved: list[Move]
    beside: Beside
    said: dict[str, int]


def learn_weights(gathered: Gathered, *, actor: str) -> Learnt:
    """Weights from these answers, beginning at those in force; they judge nothing until switched
    on."""
    early, late = _parted(gathered.pairs)
    was = scorecards.in_force()
    fresh = learn(early, was, was.number)
    found = beside(late, was, fresh, SHOW)
    until = datetime.fromtimestamp(early[-1].at, UTC)
    moved = moves(was, fresh, early)
    asks = len({pair.ask for pair in early})
    told = _told(early, asks, moved, found, gathered.said, was.number)
    with transaction.atomic():  # only now: while it is learnt nobody waits for the database
        row = scorecards.keep(fresh, until, told, actor)
        fact = PairsLearnt(number=row.pk, cases=asks, pairs=len(early))
        publish(fact, subject=f"scorecard:{row.pk}", actor=actor)
    return Learnt(row.pk, was.number, until, asks, moved, found, gathered.said)


def _parted(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Earlier and later pairs: the cut leaves three in ten of all *yes* to be judged on."""
    yes = sorted({(pair.at, pair.ask) for pair in pairs if pair.same})
    at = yes[round((1 - HELD_OUT) * len(yes)) - 1][0] if yes else 0.0
    early = [pair for pair in pairs if pair.at <= at]
    late = [pair for pair in pairs if pair.at > at]
    many = [len({pair.ask for pair in some if pair.same}) for some in (early, late)]
    if many[0] < LEAST_EARLY or many[1] < LEAST_LATE:
        raise TooLittle(
            f"People brought {len(yes)} reports together with a case; to learn from them takes "
            f"{LEAST_EARLY} earlier ones and {LEAST_LATE} later ones to judge by (there are "
            f"{many[0]} and {many[1]}). Until then the weights stay."
        )
    return early, late


def _told(
    early: Sequence[Pair], asks: int, moved: list[Move], found: Beside, said: dict[str, int],
    started: int,
) -> dict[str, Any]:  # fmt: skip
    return {
        "started_from": started,
        "asks": asks,
        "pairs": len(early),
        "said": said,
        "moved": [[one.level, round(one.was, 4), round(one.now, 4), one.pairs, one.same]
                  for one in moved],
        "beside": asdict(found),
    }  # fmt: skip


def compare(first: int, second: int, gathered: Gathered) -> Beside:
    """Two kept scorecards on questions newer than what either has learnt from."""
    after = max(scorecards.learnt_until(first), scorecards.learnt_until(second))
    rows = [pair for pair in gathered.pairs if pair.at > after]
    many = len({pair.ask for pair in rows if pair.same})
    if many < LEAST_LATE:
        raise TooLittle(
            f"Only {many} reports were brought together with a case since what both learnt from; "
            f"to compare them takes {LEAST_LATE}."
        )
    return beside(rows, scorecards.kept(first), scorecards.kept(second), SHOW)
