"""Making a reader: learn from all but the newest reports, judge on those, keep the file."""

import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from gongbi.cases.reading import keeping
from gongbi.cases.reading.facts import WordsLearnt
from gongbi.cases.reading.gathering import Gathered
from gongbi.cases.reading.listing import listed_scores, listed_sub_scores
from gongbi.core.public import now, publish
from gongbi.kernel.reading.judging import differences
from gongbi.kernel.reading.subs import judge_subs, learn_subs
from gongbi.kernel.reading.training import (
    Example,
    Recipe,
    Report,
    TooLittle,
    in_order,
    judge,
    learn,
    listed_alone,
)
from gongbi.kernel.reading.vectors import types_of

HELD_OUT = 0.1
LEAST_HELD_OUT, MOST_HELD_OUT = 40, 5000
Told = Callable[[str, float], None]

__all__ = ["TooLittle", "Trained", "train"]


@dataclass(frozen=True, slots=True)
class Trained:
    """A new reader on disk, and how it did beside what is in force on the same newest reports."""

    number: int
    learnt_from: int
    report: Report
    before: int
    before_report: Report
    gain: tuple[float, float, float]
    seen_by_before: int
    left_out: dict[str, int]
    subs: Mapping[str, Report]
    """By type that has sub-types, how these were read where the type was known."""
    seconds: float
    megabytes: float
    """The most that this process held in memory, all in all."""


def train(gathered: Gathered, *, own: bool, actor: str, precision: float, told: Told) -> Trained:
    """A reader of these examples; it judges nothing until it is switched on."""
    ordered = in_order(gathered.examples)
    size = max(LEAST_HELD_OUT, min(MOST_HELD_OUT, round(HELD_OUT * len(ordered))))
    if len(ordered) < 3 * LEAST_HELD_OUT:
        raise TooLittle(
            f"There are {len(ordered)} reports whose type people settled on; a reader needs "
            f"{3 * LEAST_HELD_OUT}. Until then the listed words of the pack go on."
        )
    early, newest = ordered[:-size], ordered[-size:]
    recipe, began = replace(Recipe(), precision=precision), time.monotonic()
    listed = listed_scores()
    reader = learn(early, recipe, listed=listed, told=told)
    listed_subs = listed_sub_scores()
    reader = replace(reader, subs=learn_subs(early, recipe, listed=listed_subs))
    told("judging", 0.0)
    subs = judge_subs(reader.subs, newest, listed=listed_subs)
    report, said = judge(reader, newest, listed=listed)
    before = keeping.in_force()
    before_report, before_said = (
        judge(before.reader, newest, listed=listed) if before else listed_alone(newest, listed)
    )
    number = keeping.keep(reader, _told_of(report, early, own, precision, gathered))
    with transaction.atomic():
        publish(
            WordsLearnt(number=number, reports=len(early), own=own),
            subject=f"reader:{number}",
            actor=actor,
        )
    until = before.told["learnt_until"] if before else 0.0
    return Trained(
        number=number,
        learnt_from=len(early),
        report=report,
        before=before.number if before else keeping.LISTED,
        before_report=before_report,
        gain=_gain(newest, said, before_said),
        seen_by_before=sum(one.at <= until for one in newest),
        left_out=dict(gathered.left_out),
        subs=subs,
        seconds=time.monotonic() - began,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def _told_of(
    report: Report, early: Sequence[Example], own: bool, precision: float, gathered: Gathered
) -> dict[str, Any]:
    return {
        "made_at": now().isoformat(),
        "own": own,
        "learnt_from": len(early),
        "learnt_since": early[0].at,
        "learnt_until": early[-1].at,
        "precision": precision,
        "left_out": dict(gathered.left_out),
        "report": report.plain(),
    }


def _gain(
    rows: Sequence[Example], said: Sequence[str], before: Sequence[str]
) -> tuple[float, float, float]:
    """Accuracy gained over what is in force: the figure and its bounds, rows redrawn in pairs."""
    size = len(rows)
    _names, numbers = types_of([*(one.type for one in rows), *said, *before])
    gain, _macro = differences(numbers[:size], numbers[size : 2 * size], numbers[2 * size :])
    return gain.value, gain.low, gain.high
