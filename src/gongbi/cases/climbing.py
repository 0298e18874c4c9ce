"""Telling more people as a deadline comes and goes: the steps of a promise, each told once.

Which steps, and who is told, is data of the type (``ladder`` in case_types.toml); what is asked
within the city has a short ladder of its own.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from gongbi.cases import promises
from gongbi.cases.consequences import mark_of
from gongbi.cases.events import PromiseEscalated
from gongbi.cases.models import Case, Deadline, Told
from gongbi.core.public import ladder_of, publish

USUAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("50%", ("handler",)),
    ("80%", ("unit", "lead")),
    ("due", ("unit", "lead", "dispatcher")),
    ("+1 working_days", ("supervisor",)),
    ("+3 working_days", ("supervisor",)),
)
WITHIN: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    promises.DECISION: (("50%", ("referee",)), ("due", ("referee", "supervisor"))),
    promises.ANSWER: (("80%", ("unit", "lead")), ("due", ("lead", "supervisor"))),
    promises.WAITING: (
        ("due", ("dispatcher", "supervisor")),
        ("+5 working_days", ("supervisor",)),
    ),
    promises.REVIEW: (),  # the clock takes the case up again; that is told
}
Steps = tuple[tuple[str, tuple[str, ...]], ...]


def steps_of(row: Deadline) -> Steps:
    """The ladder a promise climbs."""
    if row.kind in WITHIN:
        return WITHIN[row.kind]
    said = row.case.type.ladder if row.case.type else []
    return tuple((step, tuple(who)) for step, who in said) or USUAL


@transaction.atomic
def climb(row: Deadline, now: datetime) -> int:
    """Tell the steps of a promise that came by now; returns how many. Twice at once tells once."""
    steps = dict(steps_of(row))
    came = ladder_of(row.calendar, row.set_at, row.due_at, [*steps], row.spent)
    skipped = len(steps) - len(came)  # shares gone before a pause, told before it
    here = max(row.rung - skipped, 0)
    due = [one for one in came[here:] if one.at <= now]
    later = came[here + len(due) :]
    # The case first, as whoever acts on it does: held the other way round, both would wait.
    Case.objects.select_for_update(no_key=True).filter(pk=row.case_id).first()
    mine = Deadline.objects.filter(pk=row.pk, ended_at=None, rung=row.rung, rung_at=row.rung_at)
    rung = skipped + here + len(due)
    if not mine.update(rung=rung, rung_at=later[0].at if later else None):
        return 0  # kept, or told, a moment ago
    for one in due:
        _tell(row, one.step, steps[one.step], one.at)
    return len(due)


def _tell(row: Deadline, step: str, who: tuple[str, ...], at: datetime) -> None:
    case = row.case
    Told.objects.create(deadline=row, case=case, step=step, to=list(who), at=at)
    Case.objects.filter(pk=case.pk).update(told_whom=F("told_whom").bitor(mark_of(who)))
    fact = PromiseEscalated(
        case=case.uuid,
        number=case.number,
        kind=row.kind,
        step="_".join(step.split()),
        to=who,
        due_at=row.due_at,
        unit=case.unit_id or "",
    )
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor="system:clock",
        place_path=case.place_path,
        unit_path=case.unit_path,
    )
