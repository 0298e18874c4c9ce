"""What each page of vitals needs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse

from gongbi.core.public import Scope, kept_folder, now, pack_version, places
from gongbi.stream import public as stream
from gongbi.vitals import wording
from gongbi.vitals.access import alerts_of, series_of
from gongbi.vitals.models import Alert, Indicator, LevelChange, Series
from gongbi.vitals.records import AlertRecord, ChangeRecord, SignRecord

SPARK_HOURS = 3
SPARK_POINTS = 60


def summary(place_path: str) -> list[SignRecord]:
    """The signs of a place: each indicator at that place itself, or the worst series below it.

    Two queries and one look at the readings, however many indicators there are.
    """
    rows = Series.objects.select_related("indicator", "place").filter(
        in_force=True, indicator__in_force=True, place_path__startswith=place_path
    )
    chosen: dict[str, Series] = {}
    for row in rows.order_by("indicator__position", "-level", "place_path"):
        best = chosen.get(row.indicator_id)
        if best is None or (row.place_path == place_path != best.place_path):
            chosen[row.indicator_id] = row
    found = list(chosen.values())
    return signs(found, own=place_path)


def signs(rows: Sequence[Series], *, own: str = "") -> list[SignRecord]:
    """Series with their last reading and a sparkline."""
    recent = sparks([row.pk for row in rows])
    return [_sign(row, recent.get(row.pk, ()), own) for row in rows]


def _sign(row: Series, spark: tuple[tuple[datetime, float], ...], own: str) -> SignRecord:
    at, value = spark[-1] if spark else (row.window_end, row.value)
    return SignRecord(
        indicator=row.indicator_id,
        name=row.indicator.name,
        kind=row.indicator.kind,
        place=row.place_id,
        place_name=wording.place_name(row),
        here=row.place_path == own,
        unit=row.indicator.unit,
        value=value,
        level=row.level,
        at=at,
        since=row.since,
        provisional=row.provisional,
        spark=tuple(value for _, value in spark),
        limits=row.indicator.limits,
        href=reverse("vitals-series", args=[row.indicator_id, row.place_id]),
        series=row.pk,
        why=wording.reason(row),
    )


def sparks(series: Sequence[int]) -> dict[int, tuple[tuple[datetime, float], ...]]:
    """(window start, value) of the last hours by series, oldest first, in one look."""
    until = now() + timedelta(minutes=1)
    found = readings(series, until - timedelta(hours=SPARK_HOURS), until)
    grouped: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for row in found:
        if row["value"] is not None:
            grouped[row["series"]].append((row["window_start"], row["value"]))
    return {key: tuple(sorted(values)[-SPARK_POINTS:]) for key, values in grouped.items()}


def readings(series: Sequence[int], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Readings of some series; the latest correction of each window only."""
    if not series:
        return []
    table = stream.readings(settings.GONGBI_DATA, series=list(series), since=since, until=until)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def indicators_of(scope: Scope, place_path: str) -> list[tuple[str, list[SignRecord]]]:
    """Signs of a place by class of sign, for the list of indicators."""
    allowed = set(series_of(scope).filter(place_path__startswith=place_path).values_list("pk"))
    grouped: dict[str, list[SignRecord]] = {}
    for sign in summary(place_path):
        if (sign.series,) in allowed:
            grouped.setdefault(sign.kind, []).append(sign)
    return list(grouped.items())


def places_of_indicator(scope: Scope, indicator: str, most: int = 300) -> list[Series]:
    """An indicator's places, the worst first."""
    rows = series_of(scope).filter(indicator=indicator)
    return list(rows.order_by("-level", "place_path")[:most])


def datastreams_of(one: Series) -> list[dict[str, Any]]:
    """The datastreams that count in a series: id, name, property, unit, place."""
    file = kept_folder(pack_version()) / "datastreams.parquet"
    if not file.exists():
        return []
    wanted = [("property", "=", one.indicator.observed_property)]
    columns = ["id", "name", "property", "unit", "place"]
    rows: list[dict[str, Any]] = pq.read_table(file, columns=columns, filters=wanted).to_pylist()
    where = places({row["place"] for row in rows})
    return [row for row in rows if where[row["place"]].path.startswith(one.place_path)]


def changes_of(series: Series, most: int = 100) -> list[LevelChange]:
    """How its level has changed, newest first."""
    return list(series.changes.order_by("-position")[:most])


def alerts(
    scope: Scope, state: str = "open", *, place_path: str = "", most: int = 200
) -> list[Alert]:
    """Alerts to show: open ones, the worst first; ended ones, the newest first."""
    rows = alerts_of(scope)
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if state == "open":
        return list(rows.filter(ended_at=None).order_by("-level", "-began_at")[:most])
    if state == "unseen":
        unseen = rows.filter(ended_at=None, acknowledged_at=None)
        return list(unseen.order_by("-level", "-began_at")[:most])
    return list(rows.exclude(ended_at=None).order_by("-ended_at")[:most])


def alert_record(row: Alert) -> AlertRecord:
    """An alert as other parts see it."""
    place = row.series.place
    return AlertRecord(
        id=row.pk,
        indicator=row.series.indicator_id,
        name=row.series.indicator.name,
        place=row.series.place_id,
        place_name=wording.place_name(row.series),
        place_path=row.place_path,
        lon=place.lon,
        lat=place.lat,
        level=row.level,
        peak_level=row.peak_level,
        value=row.value,
        unit=row.series.indicator.unit,
        began_at=row.began_at,
        ended_at=row.ended_at,
        acknowledged=row.acknowledged_at is not None,
        muted=row.muted_until is not None and row.muted_until > now(),
        case_number=row.case_number,
        href=reverse("vitals-alert", args=[row.pk]),
    )


def recent_changes(scope: Scope, most: int = 20) -> list[ChangeRecord]:
    """The newest changes of level a person may see, for the live feed."""
    paths = scope.place_paths("vitals.see")
    within = Q(pk__in=())
    for path in paths:
        within |= Q(series__place_path__startswith=path)
    rows = LevelChange.objects.filter(within).select_related("series__indicator", "series__place")
    return [
        ChangeRecord(
            name=row.series.indicator.name,
            place_name=wording.place_name(row.series),
            at=row.window_end,
            level=row.level,
            was=row.was,
            value=wording.figure(row.value, row.series.indicator.unit),
            corrects=row.corrects,
            href=reverse("vitals-series", args=[row.series.indicator_id, row.series.place_id]),
        )
        for row in rows.order_by("-position")[:most]
    ]


def levels_by_place(place_path: str) -> dict[str, int]:
    """The worst level now of each place below a path that has a series of its own."""
    rows = Series.objects.filter(in_force=True, place_path__startswith=place_path)
    found = rows.values_list("place").annotate(worst=Max("level"))
    return dict(found)


def level_counts(place_path: str) -> dict[int, int]:
    """How many series stand at each level."""
    rows = Series.objects.filter(in_force=True, place_path__startswith=place_path)
    return dict(rows.values_list("level").annotate(count=Count("pk")))


def silent(place_path: str, most: int = 200) -> list[SignRecord]:
    """Series from which nothing comes: missing is a level of its own, not a zero."""
    rows = Series.objects.select_related("indicator", "place").filter(
        in_force=True, level=-1, place_path__startswith=place_path
    )
    return [_sign(row, (), "") for row in rows.order_by("place_path")[:most]]


def indicators() -> Iterable[Indicator]:
    """Indicators in force, in the pack's order."""
    return Indicator.objects.filter(in_force=True)
