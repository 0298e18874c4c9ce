"""What was asked of somebody above on a case, and what they decided: each a line, latest first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongbi.cases import wording
from gongbi.cases.models import Appeal, Case, Extension, Supervision
from gongbi.core.public import promise_in_words


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One thing asked: what, its cost or why, by when, how it stands."""

    at: datetime
    what: str
    note: str
    stands: str
    open: bool
    due_at: datetime | None = None
    was_due_at: datetime | None = None
    would_due_at: datetime | None = None


def asked(case: Case) -> list[AskedLine]:
    """Extensions, appeals and supervision of a case, latest first."""
    lines = [of_extension(row) for row in case.extensions.select_related("unit")]
    lines += [of_appeal(row) for row in case.appeals.select_related("unit", "referee", "to_unit")]
    lines += [of_supervision(row) for row in case.supervisions.all()]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def of_extension(row: Extension) -> AskedLine:
    """More time a unit asks for."""
    return AskedLine(
        at=row.at,
        what=_("%(span)s more, asked by %(unit)s")
        % {"span": promise_in_words(row.more), "unit": row.unit.name},
        note=wording.reason(row.reason),
        stands=str(wording.EXTENSIONS.get(row.decided, row.decided)),
        open=not row.decided,
        was_due_at=row.was_due_at,
        would_due_at=row.would_due_at,
    )


def of_appeal(row: Appeal) -> AskedLine:
    """An appeal that a referee decides."""
    named = row.referee.name if row.referee else "–"
    able = row.why.get("able", 0)
    why = ngettext(
        "%(name)s decides: the only one of another unit who may",
        "%(name)s decides: of %(n)d who may, the one with the fewest to decide",
        able,
    ) % {"name": named, "n": able}
    stands = wording.DECISIONS.get(row.decided, row.decided) if row.decided else _("not decided")
    said = f"{stands} ({row.to_unit.name})" if row.to_unit else str(stands)
    return AskedLine(
        at=row.at,
        what=_("%(unit)s appeals %(about)s")
        % {"unit": row.unit.name, "about": wording.APPEALS.get(row.about, row.about)},
        note=why,
        stands=said,
        open=not row.decided,
        due_at=row.due_at,
    )


def of_supervision(row: Supervision) -> AskedLine:
    """An answer that a supervisor asks for."""
    return AskedLine(
        at=row.at,
        what=_("An answer to the supervisor"),
        note=_("asked of many cases at once") if row.campaign else "",
        stands=str(wording.ANSWERED.get(row.answered, row.answered)),
        open=not row.answered,
        due_at=row.due_at,
    )
