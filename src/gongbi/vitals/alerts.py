"""What becomes of the engine's episodes: an alert, and by the indicator's rule a case.

Each function takes one fact. A fact that was taken already is passed over by its position.
"""

from typing import Any

from gongbi.core.public import now, publish
from gongbi.stream import public as stream
from gongbi.vitals import composites, grouping, matters
from gongbi.vitals.events import AlertChanged, AlertCleared, AlertRaised
from gongbi.vitals.models import Alert, Series
from gongbi.vitals.steps import keep_step

ENGINE = "engine"
WITHDRAWN = "withdrawn"


def raise_alert(fact: stream.AlertRaised, series: Series) -> None:
    """Keep a new alert; open or join a case when its level asks for one."""
    alert, new = Alert.objects.get_or_create(
        pk=fact.alert_id,
        defaults={
            "series": series,
            "place_path": series.place_path,
            "level": fact.level,
            "peak_level": fact.peak_level,
            "peak_value": fact.peak_value,
            "value": fact.value,
            "expected": fact.expected,
            "scatter": fact.scatter,
            "inputs": fact.inputs,
            "novelty": _novelty(fact),
            "known": {one["event"]: one for one in fact.known},
            "began_at": fact.start,
            "raised_at": now(),
            "position": fact.position,
            **_silenced(series),
        },
    )
    if not new:
        return
    alert.series = series
    told = AlertRaised(
        alert=alert.pk,
        indicator=series.indicator_id,
        place=series.place_id,
        level=alert.level,
        since=alert.began_at,
    )
    _tell(alert, told)
    matters.place_in_matter(alert)
    composites.explain(alert)
    grouping.ask_for_case(alert)
    grouping.let_follow(alert)
    keep_step(alert)


def _novelty(fact: stream.AlertFact) -> dict[str, Any]:
    """How new its value is; nothing where the sign is not judged so."""
    if fact.surprise is None:
        return {}
    return {"surprise": fact.surprise, "awaited": fact.awaited, "value": fact.value}


def _silenced(series: Series) -> dict[str, Any]:
    """An officer has muted the sign here for some hours: its new alerts do not call either."""
    if series.muted_until is None or series.muted_until <= now():
        return {}
    return {"muted_until": series.muted_until, "mute_reason": series.mute_reason}


def change_alert(fact: stream.AlertChanged, series: Series) -> None:
    """Better, worse, or corrected by late rows: the same alert under the same name."""
    alert = _untold(fact, series)
    if alert is None:
        return
    change = "higher" if fact.level > alert.level else "lower"
    corrected = alert.ended_at is not None or fact.start != alert.began_at
    _take(alert, fact, corrected=corrected)
    alert.level, alert.ended_at, alert.withdrawn = fact.level, None, False
    alert.save()
    told = AlertChanged(
        alert=alert.pk,
        indicator=series.indicator_id,
        place=series.place_id,
        level=alert.level,
        corrected=corrected,
    )
    _tell(alert, told)
    grouping.note_on_case(alert, change)
    grouping.ask_for_case(alert)
    grouping.let_follow(alert)
    keep_step(alert)


def clear_alert(fact: stream.AlertCleared, series: Series) -> None:
    """Back to normal, silent, or taken back; its case hears of it and is closed by nobody here."""
    alert = _untold(fact, series)
    if alert is None:
        return
    again = alert.ended_at is not None  # cleared before: late rows have moved its end
    _take(alert, fact, corrected=again or fact.reason == WITHDRAWN)
    alert.level, alert.ended_at = 0, fact.end
    alert.withdrawn = fact.reason == WITHDRAWN
    alert.end_reason = fact.reason
    alert.save()
    told = AlertCleared(
        alert=alert.pk,
        indicator=series.indicator_id,
        place=series.place_id,
        until=fact.end,
        withdrawn=alert.withdrawn,
    )
    _tell(alert, told)
    if not again or alert.withdrawn:
        grouping.note_on_case(alert, WITHDRAWN if alert.withdrawn else "cleared")
    keep_step(alert)


def _untold(fact: stream.AlertFact, series: Series) -> Alert | None:
    """The alert of a fact that says something new of it."""
    alert = Alert.objects.filter(pk=fact.alert_id, position__lt=fact.position).first()
    if alert is not None:
        alert.series = series
    return alert


def _take(alert: Alert, fact: stream.AlertFact, *, corrected: bool) -> None:
    alert.position, alert.began_at = fact.position, fact.start
    alert.peak_level, alert.peak_value = fact.peak_level, fact.peak_value
    if fact.value is not None:
        alert.value, alert.expected, alert.scatter = fact.value, fact.expected, fact.scatter
        alert.inputs = fact.inputs or alert.inputs
    found = _novelty(fact)
    if found and found["surprise"] > alert.novelty.get("surprise", 0.0):
        alert.novelty = found
    # What an event did once stays told: works that held it back are over when it is raised.
    for one in fact.known:
        alert.known[one["event"]] = {**alert.known.get(one["event"], {}), **one}
    alert.corrections += corrected


def _tell(alert: Alert, fact: Any) -> None:
    publish(fact, subject=f"alert:{alert.pk}", actor=ENGINE, place_path=alert.place_path)
