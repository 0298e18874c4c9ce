"""What is held of a person, found by the telephone number or address they give.

Each search names its purpose and the request it answers, and is a line of the journal; so is each
look into what was found. There is no list of persons to look through.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.cases import wording
from gongbi.cases.actions.reporter import forget_reporter
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete, Refused
from gongbi.cases.events import ResidentSought
from gongbi.cases.holding import held_of
from gongbi.cases.models import Signal
from gongbi.cases.search.contacts import marks_of
from gongbi.core.public import Scope, publish, the_one

FIND = "residents.find"
MOST = 500
PURPOSES = {
    "access": gettext_lazy("they ask what is held of them"),
    "erasure": gettext_lazy("they ask for deletion"),
    "correction": gettext_lazy("they ask for a correction"),
    "law": gettext_lazy("a court or authority asks by law"),
}
_REQUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


@dataclass(frozen=True, slots=True)
class FoundReport:
    """A report of the person: which case, when, how it stands; none of its words."""

    signal: UUID
    number: str
    type_name: str
    state_name: str
    source: str
    at: datetime


@transaction.atomic
def find_reports(
    scope: Scope | None, said: str, *, purpose: str, request: str, actor: str
) -> list[FoundReport]:
    """Reports whose reporter left that way, newest first; None as scope is the house itself.

    Incomplete for what is no way, an unknown purpose, or a request that is no number of a file.
    """
    marks = marks_of(said)
    if not marks:
        raise Incomplete("said", _("Write a telephone number or an e-mail address."))
    if purpose not in PURPOSES:
        raise Incomplete("purpose", _("Say what for."))
    if not _REQUEST.fullmatch(request):
        raise Incomplete(
            "request",
            _("Write the file number of the request: letters, digits, . _ / and - only."),
        )
    rows = visible_reports(scope).filter(contact_marks__mark__in=marks).distinct()
    found = [_found(row) for row in rows.order_by("-at", "-pk")[:MOST]]
    fact = ResidentSought(purpose=purpose, request=request, found=len(found))
    publish(fact, subject=f"request:{request}", actor=actor)
    return found


def visible_reports(scope: Scope | None) -> Any:
    """Reports of one's own places; never those that complain of a unit one belongs to."""
    rows = Signal.objects.filter(from_person=True, forgotten_at=None)
    rows = rows.select_related("case__type", "case__merged_into")
    if scope is None:
        return rows
    within = Q(pk__in=())
    for path in scope.place_paths(FIND):
        within |= Q(case__place_path__under=path)
    return rows.filter(within).exclude(case__about_path__in=scope.standing_in())


def _found(row: Signal) -> FoundReport:
    case = row.case.followed
    return FoundReport(
        row.uuid,
        case.number,
        row.case.type.name if row.case.type else "",
        wording.state(case.state),
        str(wording.SOURCES.get(row.source, row.source)),
        row.at,
    )


def show_found(scope: Scope | None, signal: UUID, actor: str) -> dict[str, Any]:
    """All that is held of the reporter of one; the reading is journalled."""
    return held_of(_one(scope, signal), _actor(actor))


def forget_found(scope: Scope | None, signal: UUID, actor: str) -> None:
    """Forget the reporter of one, as if they had pressed it themselves."""
    forget_reporter(_one(scope, signal), _actor(actor))


def _one(scope: Scope | None, signal: UUID) -> Signal:
    found: Signal | None = the_one(visible_reports(scope).filter(uuid=signal))
    if found is None:
        raise Refused(_("This report is not held any more."))
    return found


def _actor(said: str) -> Actor:
    kind, _colon, id_ = said.partition(":")
    return Actor(kind, id_)
