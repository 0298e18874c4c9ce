"""Gates: the only way a page obtains a row, and who may stand at the counter."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from gongbi.core.public import ApplicationRecord, application, scope_of
from gongbi.reports.models import Intake

TAKE = "reports.take"
IMPORT = "reports.import"


def counter(user: Any) -> None:
    """Whoever may take a report for somebody else; PermissionDenied otherwise."""
    if not scope_of(user).can(TAKE):
        raise PermissionDenied


def intakes(user: Any) -> "QuerySet[Intake]":
    """Files taken in within the reader's own places; PermissionDenied without the verb."""
    paths = scope_of(user).place_paths(IMPORT)
    if not paths:
        raise PermissionDenied
    within = Q()
    for path in paths:
        within |= Q(place_path__startswith=path)
    return Intake.objects.filter(within)


def intake(user: Any, intake_id: UUID) -> Intake:
    """One file; what lies elsewhere does not exist for this reader."""
    found = intakes(user).filter(pk=intake_id).first()
    if found is None:
        raise Http404
    return found


def intake_place(user: Any) -> str:
    """The place for which a file that this person brings is taken in: the widest they hold."""
    paths = scope_of(user).place_paths(IMPORT)
    if not paths:
        raise PermissionDenied
    return min(paths, key=len)


def reporting_application(request: HttpRequest) -> ApplicationRecord | None:
    """The application whose key may report, or None."""
    known = application(request)
    return known if known and "report" in known.scopes else None
