"""Which alert follows from which: the pack's causes, asked whenever an alert is raised."""

from collections.abc import Iterable
from datetime import timedelta

from gongbi.core.public import publish
from gongbi.kernel.vitals import matters as kernel
from gongbi.vitals.events import MatterFound
from gongbi.vitals.models import Alert, Cause
from gongbi.vitals.within import group_path

MOST_NEAR = 200
"""Alerts looked at beside a new one; the nearest in time come first."""


def place_in_matter(alert: Alert) -> None:
    """Find the alert it follows from, and let those that came before it follow from it."""
    causes = [one for one in Cause.objects.filter(in_force=True) if _touches(one, alert)]
    if not causes:
        return
    nearby = _nearby(alert, causes)
    _follow(alert, [alert, *nearby], causes)
    for other in nearby:
        # What is felt may come before what broke: a road is wet before the pressure falls.
        if other.parent_id is None:
            _follow(other, [alert], causes)


def _touches(cause: Cause, alert: Alert) -> bool:
    return alert.series.indicator_id in {*cause.leads, *cause.follows}


def _nearby(alert: Alert, causes: list[Cause]) -> list[Alert]:
    """Alerts that began so near in time that some cause may join them to this one."""
    span = timedelta(minutes=max(cause.minutes for cause in causes))
    signs = {code for cause in causes for code in (*cause.leads, *cause.follows)}
    rows = Alert.objects.select_related("series__indicator", "series__place").filter(
        series__indicator__in=signs,
        began_at__gte=alert.began_at - span,
        began_at__lte=alert.began_at + span,
        withdrawn=False,
    )
    return list(rows.exclude(pk=alert.pk).order_by("-began_at", "pk")[:MOST_NEAR])


def _follow(alert: Alert, others: list[Alert], causes: list[Cause]) -> None:
    found = kernel.parent_of(
        _episode(alert, causes), [_episode(one, causes) for one in others], _rules(causes)
    )
    if found is None:
        return
    alert.parent = next(one for one in others if one.pk == found.name)
    alert.cause = next(one for one in causes if one.code == found.cause)
    alert.save(update_fields=["parent", "cause"])
    publish(
        MatterFound(alert=alert.pk, parent=found.name, cause=found.cause),
        subject=f"alert:{alert.pk}",
        actor="engine",
        place_path=alert.place_path,
    )


def _rules(causes: Iterable[Cause]) -> list[kernel.Cause]:
    return [
        kernel.Cause(one.code, frozenset(one.leads), frozenset(one.follows), one.minutes * 60)
        for one in causes
    ]


def _episode(alert: Alert, causes: Iterable[Cause]) -> kernel.Episode:
    return kernel.Episode(
        name=alert.pk,
        sign=alert.series.indicator_id,
        path=alert.place_path,
        began=alert.began_at.timestamp(),
        within={one.code: group_path(alert, one.within) for one in causes},
    )
