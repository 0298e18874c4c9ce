"""The gates of vitals: the only way a view obtains an alert or a series."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from gongbi.core.public import Scope, scope_of
from gongbi.vitals.models import Alert, Series


def _below(paths: tuple[str, ...]) -> Q:
    found = Q(pk__in=())
    for path in paths:
        found |= Q(place_path__startswith=path)
    return found


def alerts_of(scope: Scope) -> "QuerySet[Alert]":
    """Alerts of the places a person answers for."""
    rows = Alert.objects.select_related("series__indicator", "series__place")
    return rows.filter(_below(scope.place_paths("alerts.see")))


def series_of(scope: Scope) -> "QuerySet[Series]":
    """Series of the places a person answers for."""
    rows = Series.objects.select_related("indicator", "place").filter(in_force=True)
    return rows.filter(_below(scope.place_paths("vitals.see")))


def access_alert(user: Any, alert_id: str, verb: str = "alerts.see") -> Alert:
    """One alert, for a person who may do the verb there; what they may not see is not there."""
    scope = scope_of(user)
    alert = alerts_of(scope).filter(pk=alert_id).first()
    if alert is None:
        raise Http404
    if not scope.can(verb, place_path=alert.place_path):
        raise PermissionDenied
    return alert


def access_series(user: Any, indicator: str, place: str) -> Series:
    """One series by its indicator and place."""
    found = series_of(scope_of(user)).filter(indicator=indicator, place=place).first()
    if found is None:
        raise Http404
    return found
