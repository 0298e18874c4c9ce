"""What becomes of the engine's episodes: an alert, and by the indicator's rule a case."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from gongbi.cases import public as cases
from gongbi.core.public import now, publish
from gongbi.stream import public as stream
from gongbi.vitals import wording
from gongbi.vitals.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertCleared,
    AlertMuted,
    AlertRaised,
)
from gongbi.vitals.models import Alert, Series

MUTE_REASONS = ("works", "sensor_fault", "known_matter", "drill")
ENGINE = "engine"


def raise_alert(fact: stream.AlertRaised, series: Series) -> None:
    """Keep a new alert; open or join a case when its level asks for one."""
    alert, new = Alert.objects.get_or_create(
        pk=fact.alert_id,
        defaults={
            "series": series,
            "place_path": series.place_path,
            "level": fact.level,
            "peak_level": fact.level,
            "peak_value": fact.value,
            "value": fact.value,
            "began_at": fact.start,
            "raised_at": now(),
        },
    )
    if not new:
        return
    _tell(
        alert,
        series,
        AlertRaised(
            alert=alert.pk,
            indicator=series.indicator_id,
            place=series.place_id,
            level=alert.level,
            since=alert.began_at,
        ),
    )
    _ask_for_case(alert, series)


def change_alert(fact: stream.AlertChanged, series: Series) -> None:
    """Better, worse, or corrected by late rows: the same alert under the same name."""
    alert = Alert.objects.filter(pk=fact.alert_id).first()
    if alert is None:
        return
    change = "higher" if fact.level > alert.level else "lower"
    corrected = alert.ended_at is not None or fact.start != alert.began_at
    alert.level, alert.peak_level = fact.level, fact.peak_level
    alert.value, alert.peak_value, alert.began_at = fact.value, fact.peak_value, fact.start
    alert.ended_at, alert.withdrawn = None, False
    alert.corrections += corrected
    alert.save()
    _tell(
        alert,
        series,
        AlertChanged(
            alert=alert.pk,
            indicator=series.indicator_id,
            place=series.place_id,
            level=alert.level,
            corrected=corrected,
        ),
    )
    if alert.case_id:
        cases.note_alert(
            _reference(alert), change=change, level=alert.level, at=now(), why=why(alert, series)
        )
    _ask_for_case(alert, series)


def clear_alert(fact: stream.AlertCleared, series: Series) -> None:
    """Back to normal, silent, or taken back; its case hears of it and is closed by nobody here."""
    alert = Alert.objects.filter(pk=fact.alert_id).first()
    if alert is None or alert.ended_at is not None:
        return
    alert.level, alert.ended_at = 0, fact.end
    alert.withdrawn = fact.reason == "withdrawn"
    alert.began_at, alert.peak_level, alert.peak_value = (
        fact.start,
        fact.peak_level,
        fact.peak_value,
    )
    alert.save()
    _tell(
        alert,
        series,
        AlertCleared(
            alert=alert.pk,
            indicator=series.indicator_id,
            place=series.place_id,
            until=fact.end,
            withdrawn=alert.withdrawn,
        ),
    )
    if alert.case_id:
        change = "withdrawn" if alert.withdrawn else "cleared"
        cases.note_alert(_reference(alert), change=change, level=0, at=now())


def _ask_for_case(alert: Alert, series: Series) -> None:
    """Ask cases to take it, once: its reference is the alert's own id."""
    rule = series.indicator
    if alert.case_id or not rule.case_type or alert.level < rule.case_from_level:
        return
    place = series.place
    receipt = cases.receive_signal(
        cases.SignalIn(
            source="alert",
            reference=_reference(alert),
            words=wording.raised(alert, series),
            type=rule.case_type,
            lon=place.lon,
            lat=place.lat,
            place=place.code,
            place_words="",
            at=alert.began_at,
            language=settings.LANGUAGE_CODE,
            level=alert.level,
            why=why(alert, series),
        )
    )
    alert.case_id, alert.case_number, alert.joined = (
        receipt.case_id,
        receipt.number,
        receipt.joined,
    )
    alert.save(update_fields=["case_id", "case_number", "joined"])


def _reference(alert: Alert) -> str:
    return f"alert-{alert.pk}"


def why(alert: Alert, series: Series) -> dict[str, Any]:
    """What the alert rests on, in codes and numbers."""
    rule = series.indicator
    return {
        "alert": str(alert.pk),
        "indicator": rule.code,
        "place": series.place_id,
        "level": alert.level,
        "value": alert.value,
        "unit": rule.unit,
        "limit": dict(rule.limits).get(alert.level),
        "direction": rule.direction,
        "since": alert.began_at.isoformat(),
        "windows": rule.min_windows,
    }


@transaction.atomic
def acknowledge(alert: Alert, person: Any) -> Alert:
    """Somebody has seen it; the first to say so is kept."""
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now(), person
        alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
        told = AlertAcknowledged(alert=alert.pk, person=str(person.pk))
        publish(
            told,
            subject=f"alert:{alert.pk}",
            actor=f"person:{person.pk}",
            place_path=alert.place_path,
        )
    return alert


@transaction.atomic
def mute(alert: Alert, person: Any, *, until: datetime, reason: str) -> Alert:
    """It calls no more until then; it stays on every list, marked."""
    alert.muted_until, alert.mute_reason = until, reason
    alert.save(update_fields=["muted_until", "mute_reason"])
    publish(
        AlertMuted(alert=alert.pk, until=until, reason=reason),
        subject=f"alert:{alert.pk}",
        actor=f"person:{person.pk}",
        place_path=alert.place_path,
    )
    return alert


def _tell(alert: Alert, series: Series, fact: Any) -> None:
    publish(fact, subject=f"alert:{alert.pk}", actor=ENGINE, place_path=series.place_path)
