"""What people do with an alert: they have seen it; it need not call; let it call again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gongbi.core.public import now, publish
from gongbi.vitals.events import AlertAcknowledged, AlertMuted, AlertTaken, AlertUnmuted
from gongbi.vitals.models import Alert, Series
from gongbi.vitals.steps import keep_step_of


@transaction.atomic
def acknowledge(alert: Alert, person: Any) -> None:
    """Say that it has been seen; the first to say so is kept."""
    seen = Alert.objects.filter(pk=alert.pk, acknowledged_at=None).update(
        acknowledged_at=now(), acknowledged_by=person
    )
    if seen:
        keep_step_of(alert)
        _tell(alert, AlertAcknowledged(alert=alert.pk, person=str(person.pk)), person)


@transaction.atomic
def take(alert: Alert, person: Any) -> bool:
    """Make it one's own, which also says that it has been seen; False: another has it already."""
    free = Alert.objects.filter(pk=alert.pk, owner=None)
    if not free.update(owner=person, taken_at=now()):
        return False
    acknowledge(alert, person)
    _tell(alert, AlertTaken(alert=alert.pk, person=str(person.pk)), person)
    return True


@transaction.atomic
def let_go(alert: Alert, person: Any) -> None:
    """Give up an alert that is one's own, so that another may take it."""
    if Alert.objects.filter(pk=alert.pk, owner=person).update(owner=None, taken_at=None):
        _tell(alert, AlertTaken(alert=alert.pk, person=""), person)


@transaction.atomic
def mute(
    alert: Alert, person: Any, *, until: datetime, reason: str, whole_sign: bool = False
) -> None:
    """Let it call no more until then; it stays on every list, marked.

    ``whole_sign``: nor shall the alerts that this sign raises here until then.
    """
    Alert.objects.filter(pk=alert.pk).update(muted_until=until, mute_reason=reason)
    if whole_sign:
        mine = Series.objects.filter(pk=alert.series_id)
        mine.update(muted_until=until, mute_reason=reason)
    keep_step_of(alert)
    _tell(alert, AlertMuted(alert=alert.pk, until=until, reason=reason), person)


@transaction.atomic
def unmute(alert: Alert, person: Any) -> None:
    """Let it call again before its time."""
    Series.objects.filter(pk=alert.series_id).update(muted_until=None, mute_reason="")
    muted = Alert.objects.filter(pk=alert.pk, muted_until__gt=now())
    if muted.update(muted_until=None, mute_reason=""):
        keep_step_of(alert)
        _tell(alert, AlertUnmuted(alert=alert.pk), person)


def _tell(alert: Alert, fact: Any, person: Any) -> None:
    publish(
        fact,
        subject=f"alert:{alert.pk}",
        actor=f"person:{person.pk}",
        place_path=alert.place_path,
    )
