"""The gates of vitals: the only way a view obtains an alert or a series."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from gongbi.core.public import Scope, scope_of
from gongbi.vitals.models import Alert, KnownEvent, LevelChange, SensorTrouble, Series


def _below(paths: tuple[str, ...], field: str = "place_path") -> Q:
    found = Q(pk__in=())
    for path in paths:
        found |= Q(**{f"{field}__startswith": path})
    return found


def alerts_of(scope: Scope) -> "QuerySet[Alert]":
    """Alerts of the places a person answers for."""
    rows = Alert.objects.select_related("series__indicator", "series__place", "owner", "waits_for")
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


def known_events_of(scope: Scope) -> "QuerySet[KnownEvent]":
    """Events known ahead at the places a person answers for, and at those that hold them."""
    paths = scope.place_paths("vitals.see")
    above = {code for path in paths for code in path.split("/") if code}
    rows = KnownEvent.objects.select_related("place", "entered_by", "bulletin")
    rows = rows.defer("place__geometry", "bulletin__text")
    return rows.filter(_below(paths) | Q(place__in=above)) if paths else rows.none()


def access_known_event(user: Any, event_id: int, verb: str = "known.enter") -> KnownEvent:
    """One event, for a person who may do the verb at its place."""
    scope = scope_of(user)
    found = known_events_of(scope).filter(pk=event_id).first()
    if found is None:
        raise Http404
    if not scope.can(verb, place_path=found.place_path):
        raise PermissionDenied
    return found


def may_enter_known(user: Any, place_path: str | None = None) -> None:
    """Whoever may say what is known ahead at a place; PermissionDenied otherwise."""
    if not scope_of(user).can("known.enter", place_path=place_path):
        raise PermissionDenied
