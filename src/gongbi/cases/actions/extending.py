"""More time: asked by the unit with its reason, shown with its cost, decided by a supervisor."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import tell
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Refused, missing
from gongbi.cases.events import ExtensionAsked, ExtensionDecided
from gongbi.cases.models import Case, Deadline, Extension
from gongbi.core.public import deadline_after, now

MORE = ("4 hours", "1 working_days", "2 working_days", "3 working_days", "5 working_days",
        "10 working_days", "15 working_days")  # fmt: skip


@transaction.atomic
def extend(
    case: Case, actor: Actor, *, more: str, reason: str, words: str, seen: int | None = None
) -> Extension:
    """Ask for more time. The clock runs on until somebody decides."""
    if reason not in states.EXTEND_REASONS:
        raise missing("reason")
    if more not in MORE:
        raise missing("more")
    _check_times(case)
    row, at = _solve_of(case), now()
    would = later(row, more, at)
    move(case, "extend", actor, at=at, seen=seen, unit=case.unit_id, words=need(words),
         why={"reason": reason, "more": more})  # fmt: skip
    asked = Extension.objects.create(
        case=case,
        unit_id=case.unit_id or "",
        deadline=row,
        more=more,
        reason=reason,
        actor=str(actor),
        at=at,
        was_due_at=row.due_at,
        would_due_at=would,
    )
    fact = ExtensionAsked(
        case=case.uuid,
        number=case.number,
        unit=case.unit_id or "",
        more=more.replace(" ", "_"),
        was_due_at=row.due_at,
        would_due_at=would,
    )
    tell(fact, case, actor, case.unit_path)
    return asked


def later(row: Deadline, more: str, at: datetime) -> datetime:
    """The deadline more time would give: from the old one, or from now when that is past."""
    return deadline_after(max(row.due_at, at), more, row.calendar)


def _check_times(case: Case) -> None:
    most = case.type.extend_times if case.type else 0
    if case.extensions.filter(decided="").exists():
        raise CannotMove(_("More time is asked for already; a supervisor has still to decide."))
    if case.extended >= most:
        raise Refused(
            _("This case had more time %(times)d times; its type allows no more.")
            % {"times": case.extended}
        )


def _solve_of(case: Case) -> Deadline:
    found = promises.running(case, promises.SOLVE)
    if not found:
        raise CannotMove(_("Nothing is promised that could be extended."))
    return found[0]


@transaction.atomic
def grant(case: Case, actor: Actor, *, words: str = "", seen: int | None = None) -> Extension:
    """Grant it: the old promise ends as moved, with what it missed; a later one follows."""
    asked, at = asked_now(case), now()
    running = promises.running(case, promises.SOLVE)
    if not running:
        raise CannotMove(_("The promise it asks about has ended; the unit may ask anew."))
    old = running[0]  # another row than it asked about where the case has waited since
    due_at = later(old, asked.more, at)
    move(case, "grant", actor, at=at, seen=seen, unit=asked.unit_id, words=words.strip(),
         why={"more": asked.more}, extended=case.extended + 1)  # fmt: skip
    promises.move_later(old, at, due_at, rule=f"extension:{asked.pk}:+{asked.more}")
    case.refresh_from_db(fields=["due_at"])
    return _decide(asked, "granted", actor, at, due_at)


@transaction.atomic
def refuse(case: Case, actor: Actor, *, words: str, seen: int | None = None) -> Extension:
    """Refuse it, with a sentence; the promise stays as it was."""
    asked, at = asked_now(case), now()
    move(case, "refuse", actor, at=at, seen=seen, unit=asked.unit_id, words=need(words),
         why={"more": asked.more})  # fmt: skip
    return _decide(asked, "refused", actor, at, asked.was_due_at)


def asked_now(case: Case) -> Extension:
    """The extension that waits for a decision; CannotMove when none does."""
    found = case.extensions.filter(decided="").first()
    if found is None:
        raise CannotMove(_("No more time is asked for; look at the case again."))
    return found


def _decide(
    asked: Extension, decided: str, actor: Actor, at: datetime, due_at: datetime
) -> Extension:
    asked.decided, asked.decided_at, asked.decided_by = decided, at, str(actor)
    asked.save(update_fields=["decided", "decided_at", "decided_by"])
    case = asked.case
    fact = ExtensionDecided(case=case.uuid, number=case.number, decided=decided, due_at=due_at)
    tell(fact, case, actor, case.unit_path)
    return asked
