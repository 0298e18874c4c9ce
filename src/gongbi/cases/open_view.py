"""Cases as the open doors show them: to anybody, without a key, without anything anybody wrote
unless the door asks for it by type. Which cases: ``access.public_cases``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from gongbi.cases import masks, states, wording
from gongbi.cases.access import public_cases
from gongbi.cases.following import token_of
from gongbi.cases.models import Case, Signal, Step
from gongbi.cases.queries import words_for_work
from gongbi.core.public import unseal_many
from gongbi.kernel.cases.masking import mask_personal

TOLD = frozenset(
    {"dispatch", "accept", "arrive", "return", "declare", "wait", "resume", "ask", "solved",
     "not_solved", "unanswered", "merge", "cancel"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case without persons. The point is exact: the door makes it as coarse as its type asks."""

    number: str
    type: str
    type_name: str
    state: str
    state_name: str
    reason: str
    over: bool
    ended_as: str
    waiting_for: str
    unit_name: str
    place: str
    place_name: str
    place_path: str
    lon: float | None
    lat: float | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    merged_into: str
    words: str
    asset: str = ""


@dataclass(frozen=True, slots=True)
class PublicStep:
    """What happened to a case, by which unit, without persons."""

    id: int
    number: str
    verb: str
    target: str
    what: str
    at: datetime
    reason: str
    declared: str
    words: str


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """Which cases to show; empty: any. ``over`` narrows to those that are, or are not; ``within``
    is a place's path."""

    numbers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    over: bool | None = None
    within: str = ""
    limit: int = 100
    offset: int = 0


def open_cases(wanted: PublicFilter, *, with_words: Collection[str] = ()) -> list[PublicCase]:
    """Newest first; words only of the types named. Two queries, with words two more."""
    rows = public_cases().filter(_fits(wanted)).select_related("type", "unit", "place", "asset")
    rows = rows.defer("place__geometry").order_by("-opened_at", "-pk")
    cases = list(rows[wanted.offset : wanted.offset + wanted.limit])
    spoken = [case for case in cases if case.type and case.type.code in with_words]
    # What an officer or a leader wrote is the house's own, also where anybody may read reports.
    said = words_for_work(spoken, whom=masks.OUTSIDE, but=states.OF_OFFICERS) if spoken else {}
    words = _for_everybody(said)
    hosts = {case.merged_into_id for case in cases if case.merged_into_id}
    into = dict(public_cases().filter(pk__in=hosts).values_list("pk", "number")) if hosts else {}
    return [_public(case, into, words) for case in cases]


def _for_everybody(words: dict[int, str]) -> dict[int, str]:
    """Whatever a type shows to systems that work on its cases, strangers read no person in it."""
    return {pk: mask_personal(said) for pk, said in words.items()}


def _fits(wanted: PublicFilter) -> Q:
    given: dict[str, Any] = {
        "number__in": wanted.numbers or None,
        "type__code__in": wanted.types or None,
        "opened_at__gte": wanted.since,
        "opened_at__lte": wanted.until,
        "changed_at__gte": wanted.changed_since,
        "changed_at__lte": wanted.changed_until,
        "place_path__under": wanted.within or None,
    }
    fits = Q(**{key: value for key, value in given.items() if value is not None})
    if wanted.over is not None:
        over = Q(state__in=states.ENDS)
        fits &= over if wanted.over else ~over
    return fits


def _public(case: Case, into: dict[int, str], words: dict[int, str]) -> PublicCase:
    return PublicCase(
        number=case.number,
        type=case.type.code if case.type else "",
        type_name=case.type.name if case.type else "",
        state=case.state,
        state_name=wording.state(case.state),
        reason=case.ended_as if case.state == states.CANCELLED else "",
        over=case.is_over,
        ended_as=str(wording.ENDED_AS.get(case.ended_as, "")),
        waiting_for=wording.reason(case.waiting_for) if case.waiting_for else "",
        unit_name=case.unit.name if case.unit else "",
        place=case.place_id or "",
        place_name=case.place.name if case.place else "",
        place_path=case.place_path,
        lon=case.lon,
        lat=case.lat,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        due_at=None if case.is_over else case.due_at,
        merged_into=into.get(case.merged_into_id or 0, ""),
        words=words.get(case.pk, ""),
        asset=str(case.asset) if case.asset else "",
    )


def open_steps(
    since: datetime,
    until: datetime,
    *,
    numbers: Sequence[str] = (),
    with_outcomes: Collection[str] = (),
    most: int,
    offset: int = 0,
) -> list[PublicStep]:
    """What happened to cases anybody may see, oldest first; what a unit declared in its own words
    only of the types named, masked. One query, with words one more."""
    rows = Step.objects.filter(case__in=public_cases().values("pk"), verb__in=TOLD)
    rows = rows.filter(at__gte=since, at__lte=until)
    if numbers:
        rows = rows.filter(case__number__in=numbers)
    rows = rows.select_related("case__type", "unit").order_by("at", "pk")
    steps = list(rows[offset : offset + most])
    said = _declared_words(steps, with_outcomes)
    return [
        PublicStep(
            id=step.pk,
            number=step.case.number,
            verb=step.verb,
            target=step.target,
            what=wording.step(step),
            at=step.at,
            reason=str(step.why.get("reason", "")),
            declared=str(step.why.get("declared", "")),
            words=said.get(step.pk, ""),
        )
        for step in steps
    ]


def _declared_words(steps: list[Step], types: Collection[str]) -> dict[int, str]:
    """By step: what units wrote as the outcome. Number plates are hidden from the public too."""
    wanted = {
        step.pk: step.words_id
        for step in steps
        if step.verb == "declare" and step.case.type and step.case.type.code in types
    }
    opened = unseal_many(wanted.values())
    return {
        pk: mask_personal(opened[words_id])
        for pk, words_id in wanted.items()
        if words_id is not None and words_id in opened
    }


def token_for(source: str, reference: str) -> str | None:
    """The secret of a report's link, for whoever brought it and can name it; None if forgotten."""
    row = Signal.objects.filter(source=source, reference=reference, forgotten_at=None).first()
    return token_of(row.uuid) if row else None
