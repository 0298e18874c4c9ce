"""What pages need of figures that are made of others: what they rested on, by name."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongbi.core.public import Scope
from gongbi.vitals import wording
from gongbi.vitals.access import alerts_of, series_of
from gongbi.vitals.models import Alert, Indicator, Series
from gongbi.vitals.pack_derived import read_parts


def rests_on(scope: Scope, rule: Indicator, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of what a made figure rested on; those of a composite begin with their part."""
    rows = list(_flat(inputs, _asked(rule)))
    ids = {row["series"] for row in rows if "series" in row}
    known = series_of(scope).select_related("indicator", "place").defer("place__geometry")
    found = known.defer("members", "place__geometry").in_bulk(ids)
    return [_line(row, found.get(row.get("series"))) for row in rows]


def _asked(rule: Indicator) -> dict[str, str]:
    """What each part of a composite asks, in words."""
    if not rule.is_composite:
        return {}
    parts = read_parts(rule.formula.get("parts"))
    names = {one.pk: one.name for one in Indicator.objects.filter(
        pk__in=[part.indicator for part in parts])}  # fmt: skip
    return {
        part.name: _("%(sign)s: %(level)s or worse")
        % {
            "sign": names.get(part.indicator, part.indicator),
            "level": wording.level_words(part.level),
        }
        for part in parts
    }


def _flat(inputs: list[dict[str, Any]], asked: dict[str, str]) -> Iterator[dict[str, Any]]:
    for one in inputs:
        if "part" not in one:
            yield one
            continue
        head = {"part": one["part"], "truth": one["truth"], "asked": asked.get(one["part"], "")}
        yield from [head | stood for stood in one["stood"]] or [head]


def _line(row: dict[str, Any], one: Series | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "part": row.get("part", ""),
        "asked": row.get("asked", ""),
        "truth": wording.TRUTH.get(row.get("truth", ""), ""),
    }
    if one is None:
        return said
    return said | {
        "name": one.indicator.name,
        "place": wording.place_name(one),
        "href": reverse("vitals-series", args=[one.indicator_id, one.place_id]),
        "value": wording.figure(row.get("value"), one.indicator.unit),
        "level": row.get("level", 0),
    }


def explained(scope: Scope, alert: Alert, most: int = 100) -> list[Alert]:
    """Alerts that a composite alert explains."""
    return list(alerts_of(scope).filter(explained_by=alert.pk).order_by("began_at", "pk")[:most])
