"""Which facts of vital signs other systems may be told, and what each is about.

Alerts are the city's own: told to who works or sorts there anyway, and to who is entered for that
sign by its code. Facts that name a person are not told.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from gongbi.core.public import About
from gongbi.vitals.models import Alert, KnownEvent

KINDS: dict[str, Any] = {
    "vitals.AlertRaised": gettext_lazy("an alert began"),
    "vitals.AlertChanged": gettext_lazy("the level of an alert changed"),
    "vitals.AlertCleared": gettext_lazy("an alert is over"),
    "vitals.AlertEscalated": gettext_lazy("an alert was not seen in time; more people were told"),
    "vitals.MatterFound": gettext_lazy("an alert belongs to the matter of another"),
    "vitals.KnownEventEntered": gettext_lazy("something is known ahead at a place"),
    "vitals.KnownEventWithdrawn": gettext_lazy("what was known ahead holds no more"),
}


def about(bodies: Sequence[dict[str, Any]]) -> list[About | None]:
    """What facts are about, by the alert or the event each names. Two queries."""
    alerts = _alerts({body["alert"] for body in bodies if "alert" in body})
    events = _events({body["event"] for body in bodies if "event" in body})
    return [
        alerts.get(body["alert"]) if "alert" in body else events.get(body["event"])
        for body in bodies
    ]


def _alerts(wanted: set[str]) -> dict[str, About]:
    rows = Alert.objects.filter(pk__in=wanted).values_list(
        "pk", "place_path", "series__indicator__code"
    )
    return {
        pk: About(public=False, type=code, place_path=path, unit_path="")
        for pk, path, code in rows
    }


def _events(wanted: set[int]) -> dict[int, About]:
    rows = KnownEvent.objects.filter(pk__in=wanted).values_list("pk", "place_path")
    return {pk: About(public=True, type="", place_path=path, unit_path="") for pk, path in rows}
