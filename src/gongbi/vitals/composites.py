"""Composite alerts are the parents of the alerts they explain."""

from typing import Any

from gongbi.vitals.models import Alert


def explain(alert: Alert) -> None:
    """Take those alerts that are on and made this one true as its children; or find its parent.

    Children may be told before their parent or after it, so both ways are looked.
    """
    stood = series_that_stood(alert.inputs)
    if stood:
        on = Alert.objects.filter(series__in=stood, ended_at=None, explained_by=None)
        on.exclude(pk=alert.pk).update(explained_by=alert)
        return
    formula = alert.series.indicator.formula
    if formula.get("derive") == "composite":
        return
    parents = Alert.objects.filter(
        ended_at=None, series__indicator__formula__derive="composite"
    ).order_by("-began_at", "pk")
    for parent in parents[:50]:
        if alert.series_id in series_that_stood(parent.inputs):
            alert.explained_by = parent
            alert.save(update_fields=["explained_by"])
            return


def series_that_stood(inputs: list[dict[str, Any]]) -> list[int]:
    """Series that made the parts of a composite true."""
    true = (part for part in inputs if part.get("truth") == "true")
    return sorted({one["series"] for part in true for one in part["stood"]})
