"""Who may see what the outbox set aside, and who keeps the accounts."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from gongbi.core.models import Delivery
from gongbi.core.scope import Scope, at_or_below, scope_of, whole_city

SEE, KEEP = "outbox.see", "house.keep"


def visible_set_aside(scope: Scope) -> "QuerySet[Delivery]":
    """Reactions to facts of one's own places; PermissionDenied without the verb."""
    paths = scope.place_paths(SEE)
    if not paths:
        raise PermissionDenied
    rows = Delivery.objects.exclude(set_aside_at=None).select_related("line")
    return rows.filter(at_or_below(paths, "line__place_path"))


def access_set_aside(scope: Scope, pk: int) -> Delivery:
    """One that was set aside; what one may not see does not exist (404)."""
    found = visible_set_aside(scope).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def keeps_accounts(request: HttpRequest) -> bool:
    """Whoever gives posts anywhere must keep the whole city, by a post that holds today."""
    user = request.user
    paths = scope_of(user).place_paths(KEEP)
    return bool(
        user.is_active and getattr(user, "is_staff", False) and any(map(whole_city, paths))
    )
