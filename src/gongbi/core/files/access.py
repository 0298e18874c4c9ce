"""Who may see what was found in files, and who may call a find a false alarm."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from gongbi.core.models import FileCheck
from gongbi.core.scope import Scope

SEE, KEEP = "outbox.see", "house.keep"


def visible_checks(scope: Scope) -> "QuerySet[FileCheck]":
    """Checks of files in one's own places; PermissionDenied without the verb."""
    paths = scope.place_paths(SEE)
    if not paths:
        raise PermissionDenied
    within = Q()
    for path in paths:
        within |= Q(place_path__under=path)
    return FileCheck.objects.filter(within)


def may_open(scope: Scope, row: FileCheck) -> bool:
    """Whether somebody may open a file that was put aside."""
    return scope.can(KEEP, place_path=row.place_path)


def access_check(scope: Scope, file: UUID) -> FileCheck:
    """One check, to open its file after all: 404 where one may not see it, 403 where not open."""
    found = visible_checks(scope).filter(file=file).first()
    if found is None:
        raise Http404
    if not may_open(scope, found):
        raise PermissionDenied
    return found
