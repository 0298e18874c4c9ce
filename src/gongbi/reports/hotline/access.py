"""Gates of the hotline: who answers calls, who rings back, and whose work they may check."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from gongbi.core.public import Scope, scope_of
from gongbi.reports.hotline.models import Call, CallBack

ANSWER = "hotline.answer"
RING = "hotline.call_back"


def may_answer(user: Any) -> bool:
    """Whether somebody sits at the desk as well."""
    return bool(scope_of(user).place_paths(ANSWER))


def desk(user: Any) -> Scope:
    """Whoever answers calls; PermissionDenied otherwise."""
    scope = scope_of(user)
    if not scope.place_paths(ANSWER):
        raise PermissionDenied
    return scope


def desk_place(scope: Scope) -> str:
    """The place whose calls somebody answers: the widest they hold."""
    return min(scope.place_paths(ANSWER), key=len)


def call(user: Any, call_id: UUID, *, running: bool = True) -> Call:
    """One's own call; another clerk's does not exist, and an ended one is not spoken in."""
    desk(user)
    rows = Call.objects.filter(pk=call_id, by=user.pk)
    found = (rows.filter(ended_at=None) if running else rows).first()
    if found is None:
        raise Http404
    return found


def callbacks(user: Any) -> "QuerySet[CallBack]":
    """Call-backs of one's places. Nobody rings about the work of a unit they belong to."""
    scope = scope_of(user)
    paths = scope.place_paths(RING)
    if not paths:
        raise PermissionDenied
    within = Q()
    for path in paths:
        within |= Q(place_path__startswith=path)
    own = Q(kind=CallBack.CHECK, unit_path__in=scope.standing_in())
    return CallBack.objects.filter(within).exclude(own)


def callback(user: Any, callback_id: UUID) -> CallBack:
    """One call-back; what lies elsewhere or concerns one's own unit does not exist."""
    found = callbacks(user).filter(pk=callback_id).first()
    if found is None:
        raise Http404
    return found
