"""Who may see what was found in files, and who may call a find a false alarm."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from gongbi.core.models import FileCheck
from gongbi.core.scope import Scope, at_or_below, lies_in

SEE, KEEP = "outbox.see", "house.keep"


def visible_checks(scope: Scope) -> "QuerySet[FileCheck]":
    """Checks of files in one's own places; PermissionDenied without the verb."""
    paths = scope.place_paths(SEE)
    if not paths:
        raise PermissionDenied
    return FileCheck.objects.filter(at_or_below(paths))


def may_open(scope: Scope, row: FileCheck) -> bool:
    """Whether somebody may open a file that was put aside."""
    return lies_in(row.place_path, scope.place_paths(KEEP))


def access_check(scope: Scope, file: UUID) -> FileCheck:
    """One check, to open its file after all: 404 where one may not see it, 403 where not open."""
    found = visible_checks(scope).filter(file=file).first()
    if found is None:
        raise Http404
    if not may_open(scope, found):
        raise PermissionDenied
    return found
