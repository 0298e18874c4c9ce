"""Who may see an application, and who may keep the register."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from gongbi.core.models import Application, ApplicationKey, Notice, Webhook
from gongbi.core.scope import Scope, whole_city

Row = TypeVar("Row", bound=Model)
SEE, KEEP = "applications.see", "applications.keep"
ACT_EVERYWHERE = frozenset({"work", "dispatch"})


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


def need_reach(scope: Scope, row: Application) -> None:
    """Whoever gets a key or is told in a system's name sees what it sees: Beyond, in a sentence,
    where that is more than its keeper keeps."""
    said = {"place": row.place, "scopes": row.scopes}
    for sentence in beyond(scope, said).values():
        raise Beyond(sentence)


class Beyond(Exception):
    """It would reach farther than its keeper does; the sentence says why."""


def beyond(scope: Scope, said: dict[str, Any], row: Application | None = None) -> dict[str, str]:
    """What of an entry would reach farther than its keeper does, by field; the sentence says why.

    What stood in the entry before may stay, and may be narrowed. Tasks and the queue are the whole
    city's, so only who keeps the whole city lets a system work or sort.
    """
    paths = scope.place_paths(KEEP)
    if any(map(whole_city, paths)):
        return {}
    place, had = said["place"], set(row.scopes) if row else set()
    more = set(said["scopes"]) - had
    faults = {}
    if more & ACT_EVERYWHERE:
        faults["scopes"] = _("To work or to sort is for the whole city: ask who keeps all of it.")
    acts = bool(set(said["scopes"]) & ACT_EVERYWHERE)
    if acts and row and _reaches_more(row, said):
        faults["place"] = _("It would work or sort in more of the city: ask who keeps all of it.")
    if place is None or place.path.startswith(paths):
        return faults
    if row is None or row.place_id != place.pk:
        faults["place"] = _("It may hear of places you keep the register for, not of others.")
    elif (
        "hear" in more
        or (row.own_unit_only and not said["own_unit_only"])
        or (row.types != said["types"])
    ):
        faults["place"] = _("It hears of places you do not keep: ask who keeps them for more.")
    return faults


def _reaches_more(row: Application, said: dict[str, Any]) -> bool:
    """Whether one that works or sorts, and was bounded, would be bounded less: without a place
    its bounds are its unit's, and without either there are none."""
    if said["place"] is None:
        return row.place is not None or (row.own_unit_only and not said["own_unit_only"])
    return False


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
