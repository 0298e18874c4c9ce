"""Alerts that nobody has seen in time are told to more people, in two steps, each written down."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from gongbi.core.public import PersonRecord, now, people_with, publish
from gongbi.vitals.events import AlertEscalated
from gongbi.vitals.models import Alert, Escalation, Indicator

MINUTES_BY_LEVEL = {2: 30, 3: 10}
"""How long a warning and an alarm may stay unseen where the pack says nothing; a notice: ever."""
STEPS = (1, 2)
HEARS = "alerts.hear"
MOST_AT_ONCE = 200


def escalate_unseen() -> int:
    """Tell of every alert that has waited too long; how many were told of."""
    moment = now()
    rows = Alert.objects.select_related("series__indicator").filter(
        ended_at=None, acknowledged_at=None, level__gte=2
    )
    rows = rows.exclude(muted_until__gt=moment).prefetch_related("escalations")
    due = [(alert, step) for alert in rows[:MOST_AT_ONCE] if (step := _due(alert, moment))]
    for alert, step in due:
        _escalate(alert, step, moment)
    return len(due)


def minutes_of(rule: Indicator, level: int) -> int:
    """How long an alert of that level may stay unseen; 0: as long as it likes."""
    if rule.escalate_minutes is not None:
        return rule.escalate_minutes
    return MINUTES_BY_LEVEL.get(level, 0)


def _due(alert: Alert, moment: datetime) -> int:
    """The step that is due now, 0 where none is: the second comes after twice the time."""
    step = len(alert.escalations.all()) + 1
    minutes = minutes_of(alert.series.indicator, alert.level)
    if step not in STEPS or not minutes:
        return 0
    return step if moment >= alert.raised_at + timedelta(minutes=minutes * step) else 0


@transaction.atomic
def _escalate(alert: Alert, step: int, moment: datetime) -> None:
    waited = int((moment - alert.raised_at).total_seconds() // 60)
    row, new = Escalation.objects.get_or_create(
        alert=alert, step=step, defaults={"at": moment, "minutes": waited}
    )
    if not new:
        return
    told = list(_people(alert.place_path, step))
    row.told.set(get_user_model().objects.filter(pk__in=[one.id for one in told]))
    publish(
        AlertEscalated(alert=alert.pk, step=step, minutes=waited, told=len(told)),
        subject=f"alert:{alert.pk}",
        actor="clock",
        place_path=alert.place_path,
    )


def _people(place_path: str, step: int) -> Iterable[PersonRecord]:
    """First those who answer for the place itself, then those of the whole city."""
    city = "/" + place_path.split("/")[1] + "/"
    of_city = people_with(HEARS, city)
    ids = {one.id for one in of_city}
    local = [one for one in people_with(HEARS, place_path) if one.id not in ids]
    return local if step == 1 and local else of_city
