"""The gates of vitals: the only way a view obtains an alert or a series."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from gongbi.core.public import Scope, scope_of
from gongbi.vitals.models import Alert, LevelChange, SensorTrouble, Series


def _below(paths: tuple[str, ...], field: str = "place_path") -> Q:
    found = Q(pk__in=())
    for path in paths:
        found |= Q(**{f"{field}__startswith": path})
    return found


def alerts_of(scope: Scope) -> "QuerySet[Alert]":
    """Alerts of the places a person answers for."""
    rows = Alert.objects.select_related("series__indicator", "series__place")
    rows = rows.defer("series__members", "series__place__geometry")
    return rows.filter(_below(scope.place_paths("alerts.see")))


def series_of(scope: Scope) -> "QuerySet[Series]":
    """Series in force of the places a person answers for."""
    return Series.objects.filter(_below(scope.place_paths("vitals.see")), in_force=True)


def changes_within(scope: Scope) -> "QuerySet[LevelChange]":
    """Changes of level of the places a person answers for."""
    return LevelChange.objects.filter(
        _below(scope.place_paths("vitals.see"), "series__place_path")
    )


def troubles_of(scope: Scope) -> "QuerySet[SensorTrouble]":
    """Troubles of sensors at the places a person answers for."""
    return SensorTrouble.objects.filter(_below(scope.place_paths("vitals.see")))


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
    """One series by its indicator and place; also one the pack no longer has, for its history."""
    rows = Series.objects.filter(_below(scope_of(user).place_paths("vitals.see")))
    rows = rows.select_related("indicator", "place").defer("place__geometry")
    found = rows.filter(indicator=indicator, place=place).first()
    if found is None:
        raise Http404
    return found
