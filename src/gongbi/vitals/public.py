"""Vitals' door: what the pages that combine parts may ask. Records cross it, never a model."""

from datetime import datetime

from gongbi.core.public import Scope
from gongbi.vitals import queries
from gongbi.vitals.access import alerts_of
from gongbi.vitals.demo import enter_demo_event
from gongbi.vitals.periods import (
    Episode,
    SignName,
    SignTimes,
    episodes_between,
    record_begins,
    sign_times,
)
from gongbi.vitals.queries import recent_changes, silent, summary, worst_places
from gongbi.vitals.records import AlertRecord, ChangeRecord, SignRecord
from gongbi.vitals.rewind import alerts_at, reach, signs_at
from gongbi.vitals.sensor_queries import trouble_counts
from gongbi.vitals.tasks import (
    end_waits,
    escalate_unseen,
    follow_created,
    read_levels,
    read_troubles,
    tell_known,
)
from gongbi.vitals.trying import changed_rules, rehearse

__all__ = [
    "AlertRecord",
    "ChangeRecord",
    "Episode",
    "SignName",
    "SignRecord",
    "SignTimes",
    "alert",
    "alerts_at",
    "alerts_between",
    "alerts_open",
    "changed_rules",
    "end_waits",
    "enter_demo_event",
    "episodes_between",
    "escalate_unseen",
    "follow_created",
    "reach",
    "read_levels",
    "read_troubles",
    "recent_changes",
    "record_begins",
    "rehearse",
    "sign_times",
    "signs_at",
    "silent",
    "summary",
    "tell_known",
    "trouble_counts",
    "worst_places",
]


def alerts_open(scope: Scope, place_path: str = "", limit: int = 200) -> list[AlertRecord]:
    """Alerts that are on, the worst first, of the places a person answers for."""
    rows = queries.alerts(scope, "open", place_path=place_path, most=limit)
    return queries.alert_records(rows)


def alerts_between(scope: Scope, since: datetime, until: datetime) -> list[AlertRecord]:
    """Alerts that began between two aware instants."""
    rows = alerts_of(scope).filter(began_at__gte=since, began_at__lt=until)
    return queries.alert_records(rows.order_by("began_at", "pk")[:1000])


def alert(scope: Scope, alert_id: str) -> AlertRecord | None:
    """One alert, or None where the person may not see it."""
    found = queries.alert_records(alerts_of(scope).filter(pk=alert_id))
    return found[0] if found else None
