"""Who may see an application, and who may keep the register."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from gongbi.core.models import Application, ApplicationKey, Notice, Webhook
from gongbi.core.scope import Scope, whole_city

Row = TypeVar("Row", bound=Model)
SEE, KEEP = "applications.see", "applications.keep"


def visible_applications(scope: Scope | None) -> "QuerySet[Application]":
    """Those whose owner lies in one's places or is of one's units; ownerless: the whole city's.

    PermissionDenied without the verb. None is the city itself.
    """
    if scope is None:
        return Application.objects.all()
    if not scope.can(SEE):
        raise PermissionDenied
    reach = Q(pk__in=())
    for path in scope.place_paths(SEE):
        reach |= Q(owner__place__path__startswith=path)
        if whole_city(path):
            reach |= Q(owner=None)
    for path in scope.unit_paths(SEE):
        reach |= Q(owner__path__startswith=path)
    return Application.objects.filter(reach)


def access_application(scope: Scope, name: str, verb: str = SEE) -> Application:
    """One application; what one may not see does not exist (404), what one may not do is 403."""
    rows = visible_applications(scope).select_related("owner__place", "place", "applicationuse")
    rows = rows.defer("owner__place__geometry", "place__geometry")
    found = rows.filter(name=name.replace("\x00", "")).first()
    if found is None:
        raise Http404
    if verb != SEE and not _may(scope, found, verb):
        raise PermissionDenied
    return found


def may_keep(scope: Scope, row: Application) -> bool:
    """Whether somebody who sees an application may change it."""
    return _may(scope, row, KEEP)


def may_register(scope: Scope) -> bool:
    """Whether somebody may enter a system into the register."""
    return bool(scope.place_paths(KEEP))


def access_key(row: Application, key_id: int) -> ApplicationKey:
    """A key of an application one has already got through the gate."""
    return _one(ApplicationKey.objects.select_related("application"), application=row, pk=key_id)


def access_webhook(row: Application, webhook_id: int) -> Webhook:
    """A webhook of an application one has already got through the gate."""
    return _one(Webhook.objects.select_related("application"), application=row, pk=webhook_id)


def access_notice(row: Application, notice_id: int) -> Notice:
    """A notice owed to an application one has already got through the gate."""
    rows = Notice.objects.select_related("webhook")
    return _one(rows, webhook__application=row, pk=notice_id)


def _may(scope: Scope, row: Application, verb: str) -> bool:
    own = row.owner.place.path if row.owner else None
    return any(
        own.startswith(path) if own else whole_city(path) for path in scope.place_paths(verb)
    )


def _one(rows: "QuerySet[Row]", **wanted: object) -> Row:
    found = rows.filter(**wanted).first()
    if found is None:
        raise Http404
    return found
