"""A case's promises: set by its type, paused while others must act, met, missed, or dropped.

A row is never moved: a paused, extended or renewed promise ends, and a new row follows it. Each
function runs inside the transaction of the action that calls it. First contact, on site and solve
are the type's; the decision of a referee, the answer to a supervisor, the end of waiting and the
review of a parked case are promises too: nothing asked within the city runs without an end.
"""

from datetime import datetime
from math import ceil

from gongbi.cases.consequences import mark_of
from gongbi.cases.models import Case, Deadline
from gongbi.core.public import deadline_after, working_minutes

FIRST_CONTACT, ON_SITE, SOLVE = "first_contact", "on_site", "solve"
DECISION, ANSWER, WAITING, REVIEW = "decision", "answer", "waiting", "review"
OF_TYPE = (FIRST_CONTACT, ON_SITE, SOLVE)
KINDS = (*OF_TYPE, DECISION, ANSWER, WAITING, REVIEW)


def promise(case: Case, at: datetime, *, rule: str = "type", first: bool = True) -> None:
    """Set what the case's type promises from an instant on; a case without a type has none."""
    Deadline.objects.bulk_create(promised(case, at, rule=rule, first=first))
    keep_nearest(case)


def promised(
    case: Case, at: datetime, *, rule: str = "type", first: bool = True
) -> list[Deadline]:
    """The rows of what a case's type promises from an instant on, not yet stored."""
    kind = case.type
    if kind is None:
        return []
    said = [(SOLVE, kind.solve)]
    if first:
        said += [(FIRST_CONTACT, kind.first_contact), (ON_SITE, kind.on_site)]
    return [
        _row(case, name, words, kind.calendar, at, f"{rule}:{kind}")
        for name, words in said
        if words
    ]


def promise_sorted(case: Case, since: datetime) -> None:
    """Set what a type found later promises from the round's beginning on: what was kept, or late,
    is not owed again, and the time the case waited is nobody's delay."""
    ended = Deadline.objects.filter(case=case, ended_as__in=("met", "late"))
    had = {*ended.values_list("kind", flat=True)} - {SOLVE}
    rows = [row for row in promised(case, since, rule="sorted") if row.kind not in had]
    waits = _waits(case, since)
    for row in rows:
        _leave_out(row, waits)
    Deadline.objects.bulk_create(rows)
    keep_nearest(case)


def _waits(case: Case, since: datetime) -> list[tuple[datetime, datetime]]:
    """When the case stood still, and when it went on."""
    found, began = [], None
    steps = case.steps.filter(verb__in=("wait", "park", "resume"), at__gte=since).order_by("pk")
    for verb, at in steps.values_list("verb", "at"):
        if verb != "resume":
            began = at
        elif began is not None:
            found.append((began, at))
            began = None
    return found


def _leave_out(row: Deadline, waits: list[tuple[datetime, datetime]]) -> None:
    """Move a promise not yet stored as pauses would have; missed before one, it stays missed."""
    for began, ended in waits:
        if began >= row.due_at:
            return
        left = max(1, ceil(working_minutes(began, row.due_at, row.calendar)))
        row.spent += working_minutes(row.set_at, began, row.calendar)
        row.set_at = row.rung_at = ended
        row.due_at = deadline_after(ended, f"{left} minutes", row.calendar)


def promise_beside(
    case: Case,
    kind: str,
    at: datetime,
    promised: str,
    *,
    calendar: str,
    rule: str,
    due_at: datetime | None = None,
) -> Deadline:
    """One more promise beside the type's: a decision, an answer, an end of waiting, a review."""
    row = _row(case, kind, promised, calendar, at, rule)
    row.due_at = due_at or row.due_at
    row.save()
    keep_nearest(case)
    return row


def _row(case: Case, kind: str, promised: str, calendar: str, at: datetime, rule: str) -> Deadline:
    return Deadline(
        case=case,
        kind=kind,
        promise=promised,
        calendar=calendar,
        rule=rule[:80],
        set_at=at,
        due_at=deadline_after(at, promised, calendar),
        # The clock works out the steps of telling at its next turn: a report must not wait for it.
        rung_at=at,
    )


def meet(case: Case, at: datetime, *kinds: str) -> None:
    """Promises of these kinds are kept, or were kept late."""
    for row in running(case, *kinds):
        _end(row, at, "met" if at <= row.due_at else "late")
    keep_nearest(case)


def drop(case: Case, at: datetime, as_: str = "dropped", kinds: tuple[str, ...] = KINDS) -> None:
    """Nothing is promised any more: cancelled, merged, or promised anew."""
    rows = Deadline.objects.filter(case=case, ended_at=None, kind__in=kinds)
    rows.update(ended_at=at, ended_as=as_)
    keep_nearest(case)


def pause(case: Case, at: datetime) -> None:
    """Stop the clock of the type's promises not yet missed; what is missed stays missed."""
    for row in running(case, *OF_TYPE):
        if at < row.due_at:
            _end(row, at, "paused")
    keep_nearest(case)


def go_on(case: Case, paused_at: datetime, at: datetime) -> None:
    """Run paused promises again with the working time they had left."""
    paused = Deadline.objects.filter(
        case=case, ended_as="paused", ended_at=paused_at, kind__in=OF_TYPE
    )
    # The latest of each kind: a replay may pause, go on and pause again within one instant.
    for row in {one.kind: one for one in paused.order_by("pk")}.values():
        left = max(1, ceil(working_minutes(paused_at, row.due_at, row.calendar)))
        again = _row(case, row.kind, f"{left} minutes", row.calendar, at, f"pause:{left}min")
        again.promise = row.promise
        # What was told before the pause is not told again: shares are of all the time given.
        again.spent = row.spent + working_minutes(row.set_at, paused_at, row.calendar)
        again.rung = row.rung
        again.save()
    keep_nearest(case)


def move_later(row: Deadline, at: datetime, due_at: datetime, *, rule: str) -> Deadline:
    """End a promise as moved and let a later one follow it; missed stays missed."""
    _end(row, at, "moved")
    later = Deadline(
        case=row.case,
        kind=row.kind,
        promise=row.promise,
        calendar=row.calendar,
        rule=rule[:80],
        set_at=at,
        due_at=due_at,
        spent=row.spent + working_minutes(row.set_at, at, row.calendar),
        rung_at=at,
    )
    later.save()
    keep_nearest(row.case)
    return later


def keep_nearest(case: Case) -> None:
    """Keep on the case the nearest running promise, by which lists sort, and who was told of any
    that runs, by which everybody finds what they were told."""
    rows = Deadline.objects.filter(case=case, ended_at=None).order_by("due_at", "pk")
    found = list(rows.values_list("due_at", "told__to"))
    case.due_at = found[0][0] if found else None
    case.told_whom = mark_of(who for _due_at, told in found for who in told or ())
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at, told_whom=case.told_whom)


def to_people(case: Case) -> datetime | None:
    """The nearest promise made to people; what units owe one another is not the reporter's."""
    rows = Deadline.objects.filter(case=case, ended_at=None, kind__in=OF_TYPE)
    return rows.order_by("due_at", "pk").values_list("due_at", flat=True).first()


def running(case: Case, *kinds: str) -> list[Deadline]:
    """Promises of a case that still run, of these kinds or of all."""
    rows = Deadline.objects.filter(case=case, ended_at=None)
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def _end(row: Deadline, at: datetime, as_: str) -> None:
    row.ended_at, row.ended_as = at, as_
    if as_ == "late" or (as_ == "moved" and at > row.due_at):
        row.missed_at = row.missed_at or row.due_at
    row.save(update_fields=["ended_at", "ended_as", "missed_at"])
