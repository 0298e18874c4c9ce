"""Matters that people raised to the first urgency though their words held no danger word.

Their words are read with everything masked that has the shape of a person, as for learning; what
was read is counted in the journal. What is offered are words with counts: nothing is learnt by
itself, and no word is added to the pack but by hand.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from gongbi.cases.models import Case, Signal, Step
from gongbi.cases.reading.danger import danger_words
from gongbi.cases.reading.facts import DangerWordsSought
from gongbi.cases.states import URGENT
from gongbi.core.public import now, publish, unseal_many
from gongbi.kernel.cases.masking import mask_personal
from gongbi.kernel.reading.missing import Candidate, missing_words
from gongbi.kernel.reading.urgency import DangerWords, urgency_of

CHUNK = 500
MOST_CALM = 20_000


@dataclass(frozen=True, slots=True)
class Raised:
    """A case that people raised: its number, its type now, when, and by which verb."""

    number: str
    type: str
    at: Any
    verb: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Cases raised without a danger word, how many had one, and words that may be missing."""

    cases: tuple[Raised, ...]
    with_danger: int
    forgotten: int
    calm: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Of how many raised cases and calm ones another danger would be read with one word more."""

    raised: int
    of_raised: int
    calm: int
    of_calm: int


def missing(days: int, *, actor: str) -> Missing:
    """What was raised by people in the last days, and what its words have in common."""
    return look(days, None, actor=actor)[0]


def look(days: int, tried: DangerWords | None, *, actor: str) -> tuple[Missing, Effect | None]:
    """The same, and what other words would have changed; what is read is read once for both."""
    since, words = now() - timedelta(days=days), danger_words()
    steps = _raising(since)
    raised = {step.case_id: step for step in steps}
    said = _said(Signal.objects.filter(case__in=list(raised)))
    others = Signal.objects.filter(at__gte=since).exclude(case__in=list(raised))
    calm = _said(others.exclude(case__priority=URGENT), MOST_CALM)
    silent = {case for case, texts in said.items() if not _dangerous(texts, words)}
    texts = [" | ".join(said[case]) for case in sorted(silent)]
    quiet = [" | ".join(one) for one in calm.values() if not _dangerous(one, words)]
    with transaction.atomic():
        publish(
            DangerWordsSought(days=days, raised=len(raised), reports=len(said) + len(calm)),
            subject="reading:danger",
            actor=actor,
        )
    found = Missing(
        cases=tuple(_shown(raised[case]) for case in sorted(silent)),
        with_danger=len(said) - len(silent),
        forgotten=len(raised) - len(said),
        calm=len(quiet),
        candidates=tuple(missing_words(texts, quiet)),
    )
    effect = None
    if tried is not None:
        others_read = [sum(_otherwise(one, words, tried) for one in some.values())
                       for some in (said, calm)]  # fmt: skip
        effect = Effect(others_read[0], len(said), others_read[1], len(calm))
    return found, effect


def _otherwise(texts: list[str], words: DangerWords, tried: DangerWords) -> bool:
    """Whether another danger would be read in what was said of a case."""
    return any(urgency_of(one, words).level != urgency_of(one, tried).level for one in texts)


def _raising(since: Any) -> "QuerySet[Step]":
    """Steps by which a person raised a case to the first urgency, oldest first."""
    return (
        Step.objects.filter(
            verb__in=("sort", "weigh"),
            actor__startswith="person:",
            at__gte=since,
            why__urgency__1=URGENT,
            case__about_path="",
        )
        .exclude(why__urgency__0=URGENT)
        .select_related("case__type")
        .order_by("at", "pk")
    )


def _said(signals: "QuerySet[Signal]", most: int | None = None) -> dict[int, list[str]]:
    """By case, what people said, masked, newest first; not of forgotten reporters."""
    rows = signals.filter(from_person=True, forgotten_at=None, words_id__isnull=False)
    rows = rows.order_by("-pk")[:most]
    found: dict[int, list[str]] = {}
    cursor = rows.values_list("case_id", "words_id").iterator(chunk_size=CHUNK)
    while chunk := list(islice(cursor, CHUNK)):
        opened = unseal_many(words for _case, words in chunk)
        for case, words in chunk:
            if words in opened:
                found.setdefault(case, []).append(mask_personal(opened[words]))
    return found


def _dangerous(texts: list[str], words: DangerWords) -> bool:
    return any(urgency_of(text, words).level for text in texts)


def _shown(step: Step) -> Raised:
    case: Case = step.case
    return Raised(case.number, case.type.code if case.type else "", step.at, step.verb)
