"""Rows of a case page, with their words opened at once: promises, tasks, outcomes, history."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model

from gongbi.cases import wording
from gongbi.cases.models import Case, Deadline
from gongbi.core.public import promise_in_words, unseal_many


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A promise, when it falls due, what set it, and how it ended."""

    name: str
    promise: str
    due_at: datetime
    rule: str
    ended: str
    running: bool


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A unit's share."""

    unit: str
    state: str
    handler: str
    offered_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The handler's word and the resident's, side by side."""

    declared: str
    unit: str
    at: datetime
    words: str
    asked_at: datetime | None
    due_at: datetime | None
    said: str
    said_code: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened: when, what, by whom, with which words."""

    at: datetime
    what: str
    who: str
    words: str
    why: str = ""
    photos: list[str] = field(default_factory=list)


def deadlines(case: Case) -> list[DeadlineRow]:
    """Every promise ever made on a case, latest first."""
    return [_deadline(row) for row in case.deadlines.order_by("-pk")]


def _deadline(row: Deadline) -> DeadlineRow:
    return DeadlineRow(
        name=str(wording.PROMISES.get(row.kind, row.kind)),
        promise=promise_in_words(row.promise),
        due_at=row.due_at,
        rule=row.rule,
        ended=str(wording.PROMISE_ENDS.get(row.ended_as, "")),
        running=row.ended_at is None,
    )


def tasks(case: Case) -> list[TaskLine]:
    """Who has, and had, a share in it."""
    rows = case.tasks.select_related("unit", "handler").order_by("-pk")
    return [
        TaskLine(
            unit=row.unit.name,
            state=str(wording.TASKS.get(row.state, row.state)),
            handler=row.handler.name if row.handler else "",
            offered_at=row.offered_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def outcomes(case: Case) -> list[OutcomeRow]:
    """Each round's outcome with its verdict."""
    rows = list(case.outcomes.select_related("unit", "verdict").order_by("-pk"))
    opened = unseal_many(row.words_id for row in rows)
    return [
        OutcomeRow(
            declared=str(wording.DECLARED.get(row.declared, row.declared)),
            unit=row.unit.name if row.unit else "",
            at=row.at,
            words=opened.get(row.words_id or 0, ""),
            asked_at=verdict.asked_at if verdict else None,
            due_at=verdict.due_at if verdict else None,
            said=str(wording.SAID.get(verdict.said, verdict.said)) if verdict else "",
            said_code=verdict.said if verdict else "",
            said_at=verdict.said_at if verdict else None,
        )
        for row in rows
        for verdict in (getattr(row, "verdict", None),)
    ]


def history(case: Case) -> list[Line]:
    """Steps and notes, newest first. A reporter is “the reporter”, never a name."""
    steps = list(case.steps.select_related("unit").order_by("-at", "-pk"))
    notes = list(case.notes.order_by("-at", "-pk"))
    opened = unseal_many([*(s.words_id for s in steps), *(n.words_id for n in notes)])
    people = names_of({row.actor for row in steps} | {row.actor for row in notes})
    lines = [
        Line(
            row.at,
            wording.step(row),
            people.get(row.actor, ""),
            opened.get(row.words_id or 0, ""),
            wording.step_why(row),
        )
        for row in steps
    ]
    lines += [
        Line(row.at, wording.note(row), people.get(row.actor, ""), opened.get(row.words_id, ""))
        for row in notes
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def names_of(who: set[str]) -> dict[str, str]:
    """Actors as a reader knows them: an official by name, a system by its name."""
    ids = [said.partition(":")[2] for said in who if said.startswith("person:")]
    known = {
        f"person:{pk}": name
        for pk, name in get_user_model().objects.filter(pk__in=ids).values_list("pk", "name")
    }
    return {said: known.get(said) or wording.actor(said) for said in who}
