"""Rows of a case page, with their words opened at once: promises, tasks, outcomes, history."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from gongbi.cases import questions, wording
from gongbi.cases.filling import Field, in_words, name_of
from gongbi.cases.intake import MACHINES
from gongbi.cases.models import Case, CaseType, Deadline, Told
from gongbi.cases.states import ENDS, INSTRUCTION, LIVE_TASK
from gongbi.cases.wording_promise import set_by
from gongbi.cases.wording_why import step_why
from gongbi.core.public import promise_in_words, unseal_many

NOT_ASKED = MACHINES | {INSTRUCTION, "import"}
"""Sources at which nobody was shown the questions of a type."""


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A promise, when it falls due, what set it, and how it ended."""

    name: str
    promise: str
    due_at: datetime
    rule: str
    set_by: str
    ended: str
    running: bool
    told: list[tuple[str, str, datetime]]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A unit's share: its role, how it stands, what it shall do, what it comes after."""

    unit: str
    role: str
    state: str
    handler: str
    offered_at: datetime
    ended_at: datetime | None
    todo: str
    after: str
    running: bool
    needed: bool
    bound: bool


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the type: done, here or later."""

    name: str
    state: str


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
    """Every promise ever made on a case, latest first, with who was told of it and when."""
    told: dict[int, list[Told]] = {}
    for one in case.told.order_by("at", "pk"):
        told.setdefault(one.deadline_id, []).append(one)
    rows = list(case.deadlines.order_by("-pk"))
    newest = {row.kind: row.pk for row in reversed(rows)}
    return [
        _deadline(row, told.get(row.pk, []), case.type, is_newest=newest[row.kind] == row.pk)
        for row in rows
    ]


def _deadline(
    row: Deadline, told: list[Told], kind: CaseType | None, *, is_newest: bool
) -> DeadlineRow:
    # Of a pause that is over, "paused" would say that the promise stands still to this day.
    ended_as = "resumed" if row.ended_as == "paused" and not is_newest else row.ended_as
    return DeadlineRow(
        name=str(wording.PROMISES.get(row.kind, row.kind)),
        promise=promise_in_words(row.promise),
        due_at=row.due_at,
        rule=row.rule,
        set_by=set_by(row.rule, kind),
        ended=str(wording.PROMISE_ENDS.get(ended_as, "")),
        running=row.ended_at is None,
        told=[(wording.rung(one.step), wording.told_to(one.to), one.at) for one in told],
    )


def tasks(case: Case) -> list[TaskLine]:
    """Who has, and had, a share in it: running ones first, in their order."""
    rows = case.tasks.select_related("unit", "handler").prefetch_related("after__unit")
    ordered = sorted(rows, key=lambda one: (one.state not in LIVE_TASK, one.position, -one.pk))
    opened = unseal_many(one.todo_id for one in ordered)
    return [
        TaskLine(
            unit=row.unit.name,
            role=str(wording.ROLES.get(row.role, row.role)) if len(ordered) > 1 else "",
            state=str(wording.TASKS.get(row.state, row.state)),
            handler=row.handler.name if row.handler else "",
            offered_at=row.offered_at,
            ended_at=row.ended_at,
            todo=opened.get(row.todo_id or 0, ""),
            after=", ".join(one.unit.name for one in row.after.all()),
            running=row.state in LIVE_TASK,
            needed=row.needed,
            bound=row.bound,
        )
        for row in ordered
    ]


def stages(case: Case) -> list[StageLine]:
    """The stages of the type as progress, where it has some and the case is at work."""
    rows = case.type.stages if case.type else []
    codes = [row["code"] for row in rows]
    if not codes or case.state in ENDS:
        return []
    here = codes.index(case.stage) if case.stage in codes else -1
    state = ["done"] * (here + 1) + ["later"] * (len(codes) - here - 1)
    if here >= 0:
        state[here] = "now"
    return [StageLine(wording.stage(case.type, code), state[n]) for n, code in enumerate(codes)]


def fields(case: Case) -> list[tuple[str, str]]:
    """What was filled in for the type's fields, and a former type's, by name."""
    rows = list(case.type.fields) if case.type else []
    if case.values.keys() - {row["code"] for row in rows}:
        rows += _fields_before(case, {row["code"] for row in rows})
    return [
        (name_of(row), in_words(row, case.values[row["code"]]))
        for row in rows
        if row["code"] in case.values and row["required_at"] != questions.AT_REPORT
    ]


def answered(case: Case) -> list[tuple[str, str]]:
    """The questions of the type, with what its reports answer; that nobody did, where somebody was
    asked: whoever named the type themselves, at a door that shows them."""
    known = questions.of_case(case, case.type)
    asked = case.route_why.get("type_by") == "sender" and case.source not in NOT_ASKED
    open_yet = _("not answered") if asked and case.state not in ENDS else ""
    rows = [
        (name_of(row), in_words(row, known[row["code"]]) if row["code"] in known else open_yet)
        for row in questions.asked_by(case.type)
    ]
    return [(name, words) for name, words in rows if words]


def _fields_before(case: Case, known: set[str]) -> list[Field]:
    """Fields of types the case had before, each once, as the newest version names it."""
    whys = case.steps.filter(verb="sort").values_list("why", flat=True)
    kinds = CaseType.objects.filter(code__in={why.get("was") or "" for why in whys})
    found = {row["code"]: row for kind in kinds.order_by("pk") for row in kind.fields}
    return [row for code, row in found.items() if code not in known]


def standard_codes(case: Case) -> list[tuple[str, str]]:
    """The codes of its type in standards, such as a national one: (which, code)."""
    rows = case.type.codes if case.type else {}
    return [(str(wording.STANDARDS.get(key, key)), str(code)) for key, code in rows.items()]


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
            wording.step(row, case.type),
            people.get(row.actor, ""),
            opened.get(row.words_id or 0, ""),
            step_why(row),
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
