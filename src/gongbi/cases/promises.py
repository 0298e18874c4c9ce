"""A case's promises: set by its type, paused while others must act, met, missed, or dropped.

A row is never moved: a paused or renewed promise ends, and a new row follows it. Each helper runs
inside the transaction of the action that calls it.
"""

from datetime import datetime
from math import ceil

from gongbi.cases.models import Case, Deadline
from gongbi.core.public import deadline_after, working_minutes

FIRST_CONTACT, SOLVE = "first_contact", "solve"


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
    if first and kind.first_contact:
        said.append((FIRST_CONTACT, kind.first_contact))
    return [
        Deadline(
            case=case,
            kind=name,
            promise=words,
            calendar=kind.calendar,
            rule=f"{rule}:{kind}",
            set_at=at,
            due_at=deadline_after(at, words, kind.calendar),
        )
        for name, words in said
    ]


def meet(case: Case, at: datetime, *kinds: str) -> None:
    """Promises of these kinds are kept, or were kept late."""
    for row in _running(case, *kinds):
        _end(row, at, "met" if at <= row.due_at else "late")
    keep_nearest(case)


def drop(case: Case, at: datetime, as_: str = "dropped") -> None:
    """Nothing is promised any more: cancelled, merged, or promised anew."""
    Deadline.objects.filter(case=case, ended_at=None).update(ended_at=at, ended_as=as_)
    keep_nearest(case)


def pause(case: Case, at: datetime) -> None:
    """Stop the clock of promises not yet missed; what is missed stays missed."""
    for row in _running(case):
        if at < row.due_at:
            _end(row, at, "paused")
    keep_nearest(case)


def go_on(case: Case, paused_at: datetime, at: datetime) -> None:
    """Run paused promises again with the working time they had left."""
    paused = Deadline.objects.filter(case=case, ended_as="paused", ended_at=paused_at)
    for row in paused:
        left = max(1, ceil(working_minutes(paused_at, row.due_at, row.calendar)))
        Deadline.objects.create(
            case=case,
            kind=row.kind,
            promise=row.promise,
            calendar=row.calendar,
            rule=f"pause:{left}min"[:80],
            set_at=at,
            due_at=deadline_after(at, f"{left} minutes", row.calendar),
        )
    keep_nearest(case)


def keep_nearest(case: Case) -> None:
    """Keep the nearest running promise on the case, so that lists can sort by it."""
    rows = Deadline.objects.filter(case=case, ended_at=None).order_by("due_at")
    case.due_at = rows.values_list("due_at", flat=True).first()
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at)


def _running(case: Case, *kinds: str) -> list[Deadline]:
    rows = Deadline.objects.filter(case=case, ended_at=None)
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def _end(row: Deadline, at: datetime, as_: str) -> None:
    row.ended_at, row.ended_as = at, as_
    if as_ == "late":
        row.missed_at = row.missed_at or row.due_at
    row.save(update_fields=["ended_at", "ended_as", "missed_at"])
