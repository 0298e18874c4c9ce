"""What each page of vitals needs; the cost in SQL of each is asserted in a test."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Case, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from gongbi.core.public import Scope, kept_folder, now, pack_version, places
from gongbi.stream import public as stream
from gongbi.vitals import wording
from gongbi.vitals.access import alerts_of, changes_within, series_of
from gongbi.vitals.models import Alert, Escalation, Indicator, LevelChange, Series
from gongbi.vitals.pack_check import DATASTREAMS
from gongbi.vitals.records import AlertRecord, ChangeRecord, SignRecord

SPARK_HOURS, LONG_SPARK_HOURS = 3, 24
LONG_WINDOW_SECONDS = 1800
SPARK_POINTS = 60
MOST_OBSERVATIONS = 100_000
MOST_LOOK_BACK = timedelta(days=7)
STATES = ("open", "unseen", "escalated", "ended")


def summary(place_path: str) -> list[SignRecord]:
    """The signs of a place: each indicator at that place itself, or the worst series below it.

    Three queries and one look at the readings, however many indicators and series there are.
    """
    return _signs_at(place_path, Series.objects.all())


def _signs_at(place_path: str, allowed: "QuerySet[Series]") -> list[SignRecord]:
    below = allowed.filter(in_force=True, place_path__startswith=place_path)
    of_one = below.filter(indicator=OuterRef("pk"))
    own = of_one.filter(place_path=place_path).values("pk")[:1]
    worst = of_one.order_by("-level", "place_path").values("pk")[:1]
    rules = Indicator.objects.filter(in_force=True)
    shown = rules.annotate(shown=Coalesce(Subquery(own), Subquery(worst)))
    ids = [pk for pk in shown.values_list("shown", flat=True) if pk is not None]
    rows = light().in_bulk(ids)
    counts = {
        key: (of, off, silent)
        for key, of, off, silent in below.values_list("indicator").annotate(
            of=Count("pk"),
            off=Count("pk", filter=Q(level__gt=0)),
            silent=Count("pk", filter=Q(level=-1)),
        )
    }
    found = signs([rows[key] for key in ids], own=place_path)
    return [_counted(one, *counts.get(one.indicator, (1, 0, 0))) for one in found]


def _counted(sign: SignRecord, of: int, off: int, silent: int) -> SignRecord:
    return replace(sign, of=of, off=off, silent=silent)


def light() -> "QuerySet[Series]":
    """Series with what a line on a page needs, and nothing heavy."""
    rows = Series.objects.select_related("indicator", "place")
    return rows.defer("members", "place__geometry")


def signs(rows: Sequence[Series], *, own: str = "") -> list[SignRecord]:
    """Series with their last reading and a sparkline."""
    recent = sparks(rows)
    return [sign(row, recent.get(row.pk, ()), own) for row in rows]


def sign(
    row: Series, spark: tuple[tuple[datetime, float], ...], own: str, *, at: datetime | None = None
) -> SignRecord:
    """A series as a figure; ``at`` a moment that is not now."""
    told_at, value = spark[-1] if spark else (row.window_end, row.value)
    # Of a series that never spoke nothing is known: that is silence, not the normal.
    level = -1 if value is None and row.level == 0 else row.level
    return SignRecord(
        indicator=row.indicator_id,
        name=row.indicator.name,
        kind=row.indicator.kind,
        place=row.place_id,
        place_name=wording.place_name(row),
        here=row.place_path == own,
        unit=row.indicator.unit,
        value=value,
        level=level,
        at=told_at,
        since=row.since,
        provisional=may_change(row, at),
        spark=tuple(value for _, value in spark),
        said=wording.holding(row.indicator, value),
        limits=row.indicator.limits,
        href=reverse("vitals-series", args=[row.indicator_id, row.place_id]),
        series=row.pk,
        why=wording.reason(row, seen=value is not None, newest=value),
    )


def may_change(row: Series | LevelChange, at: datetime | None = None) -> bool:
    """Whether late readings may still (now, or at a moment) correct a level."""
    if row.window_end is None or not row.provisional:
        return False
    rule = row.indicator if isinstance(row, Series) else row.series.indicator
    return (at or now()) < row.window_end + timedelta(seconds=rule.lateness_seconds)


def sparks(rows: Sequence[Series]) -> dict[int, tuple[tuple[datetime, float], ...]]:
    """(window start, value) of the last hours by series, oldest first.

    One look at the readings for short windows, one more where some are of half an hour or longer:
    three hours of these would be a line of a few points.
    """
    long = {row.pk for row in rows if row.indicator.window_seconds >= LONG_WINDOW_SECONDS}
    until = now() + timedelta(minutes=1)
    found = [
        *_recent([row.pk for row in rows if row.pk not in long], until, SPARK_HOURS),
        *_recent(sorted(long), until, LONG_SPARK_HOURS),
    ]
    grouped: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    for row in found:
        if row["value"] is not None:
            grouped[row["series"]].append((row["window_start"], row["value"]))
    return {key: tuple(values[-SPARK_POINTS:]) for key, values in grouped.items()}


def _recent(series: Sequence[int], until: datetime, hours: int) -> list[dict[str, Any]]:
    return readings(series, until - timedelta(hours=hours), until)


def readings(series: Sequence[int], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Readings of some series, earliest first; the latest correction of each window only."""
    if not series:
        return []
    table = stream.readings(settings.GONGBI_DATA, series=list(series), since=since, until=until)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def indicators_of(scope: Scope, place_path: str) -> list[tuple[str, list[SignRecord]]]:
    """Signs of a place by class of sign, for the list of indicators."""
    grouped: dict[str, list[SignRecord]] = {}
    for sign in _signs_at(place_path, series_of(scope)):
        grouped.setdefault(sign.kind, []).append(sign)
    return list(grouped.items())


def places_of_indicator(
    scope: Scope, indicator: str, place_path: str, most: int
) -> tuple[list[SignRecord], int]:
    """An indicator's places, the worst first, and how many there are below a path.

    Worst: out of the normal by level, then silent, then normal; within each the value nearest
    to (or furthest beyond) the limits.
    """
    rows = list(
        series_of(scope)
        .filter(indicator=indicator, place_path__startswith=place_path)
        .select_related("indicator", "place")
        .defer("members", "place__geometry")
    )
    newest = _newest([row.pk for row in rows])
    rows.sort(key=lambda row: _badness(row, newest.get(row.pk, row.value)), reverse=True)
    return signs(rows[:most]), len(rows)


def newest_reading(one: Series) -> dict[str, Any] | None:
    """The newest reading of a series, however old; None when none has ever come."""
    rows = stream.latest(settings.GONGBI_DATA, [one.pk]).to_pylist()
    return rows[0] if rows and rows[0]["value"] is not None else None


def _newest(series: Sequence[int]) -> dict[int, float | None]:
    if not series:
        return {}
    table = stream.latest(settings.GONGBI_DATA, series)
    return dict(
        zip(table["series"].to_pylist(), table["value"].to_pylist(), strict=True),
    )


def _badness(row: Series, value: float | None) -> tuple[float, float]:
    sign = -1.0 if row.indicator.direction == "below" else 1.0
    level = 0.5 if row.level < 0 else row.level
    return level, float("-inf") if value is None else sign * value


def datastreams_of(one: Series, most: int) -> list[dict[str, Any]]:
    """The datastreams that count in a series, up to a number: id, name, property, unit, place."""
    members = np.frombuffer(bytes(one.members), "<i8")[:most]
    file = kept_folder(pack_version()) / DATASTREAMS
    if not len(members) or not file.exists():
        return []
    wanted = pc.field("id").isin(pa.array(members))
    columns = ["id", "name", "property", "unit", "place"]
    rows: list[dict[str, Any]] = pq.read_table(file, columns=columns, filters=wanted).to_pylist()
    where = places({row["place"] for row in rows})
    names = {code: record.name for code, record in where.items()}
    named = [row | {"place_name": names.get(row["place"], row["place"])} for row in rows]
    return sorted(named, key=lambda row: row["id"])


def observations(datastream: int, most: int) -> list[dict[str, Any]]:
    """The newest rows of a datastream in the last day, newest first.

    The log is read from its end in growing spans, so that a busy sensor costs an hour, not a day.
    """
    until = now() + timedelta(minutes=1)
    rows: list[dict[str, Any]] = []
    for hours in (1, 6, 24):
        table = stream.observations(
            settings.GONGBI_DATA,
            datastream=datastream,
            since=until - timedelta(hours=hours),
            until=until,
            limit=MOST_OBSERVATIONS,
        )
        rows = table.to_pylist()
        if len(rows) >= most:
            break
    return rows[::-1][:most]


def changes_of(
    series: Series, since: datetime | None = None, most: int = 50
) -> list[dict[str, Any]]:
    """How its level has changed, newest first, and which of it late readings may still correct."""
    rows = series.changes.filter(window_end__gte=since) if since else series.changes.all()
    shown = ("window_start", "value", "level", "was", "corrects")
    return [
        {name: getattr(row, name) for name in shown} | {"may_change": may_change(row)}
        for row in rows.order_by("-position")[:most]
    ]


def alerts(
    scope: Scope, state: str = "open", *, place_path: str = "", most: int = 200
) -> list[Alert]:
    """Alerts to show: those on, the worst first and muted ones last; or ended, newest first."""
    rows = alerts_of(scope)
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if state == "ended":
        return list(rows.exclude(ended_at=None).order_by("-ended_at", "pk")[:most])
    rows = rows.filter(ended_at=None)
    if state in ("unseen", "escalated"):
        rows = rows.filter(acknowledged_at=None)
    if state == "escalated":
        rows = rows.filter(escalations__step=1)
    muted = Case(When(muted_until__gt=now(), then=Value(1)), default=Value(0))
    return list(rows.alias(muted=muted).order_by("muted", "-level", "-began_at", "pk")[:most])


def alerts_of_series(scope: Scope, one: Series, most: int = 10) -> list[AlertRecord]:
    """The latest alerts of one series."""
    rows = alerts_of(scope).filter(series=one.pk).order_by("-began_at", "-pk")
    return alert_records(rows[:most])


def alerts_led_by(scope: Scope, leader: Alert, most: int = 100) -> list[AlertRecord]:
    """Alerts that joined the case of this one, in order."""
    rows = alerts_of(scope).filter(led_by=leader.pk).order_by("began_at", "pk")
    return alert_records(rows[:most])


def alerts_following(scope: Scope, parent: Alert, most: int = 100) -> list[AlertRecord]:
    """Alerts that follow from this one, in order."""
    rows = alerts_of(scope).filter(parent=parent.pk).order_by("began_at", "pk")
    return alert_records(rows[:most])


def alert_followed(scope: Scope, child: Alert) -> AlertRecord | None:
    """The alert this one follows from, where the reader may see it."""
    if child.parent_id is None:
        return None
    return next(iter(alert_records(alerts_of(scope).filter(pk=child.parent_id))), None)


def escalations_of(alert: Alert) -> list[tuple[Escalation, str]]:
    """Each step with the names of the people told."""
    rows = alert.escalations.prefetch_related("told")
    return [(row, ", ".join(sorted(one.name for one in row.told.all()))) for row in rows]


def worst_value(alert: Alert) -> float | None:
    """The reading furthest beyond the limits so far; the engine tells it only with a level."""
    until = alert.ended_at or now() + timedelta(minutes=1)
    since = max(alert.began_at, until - MOST_LOOK_BACK)
    found = [row["value"] for row in readings([alert.series_id], since, until)]
    values = [value for value in (*found, alert.peak_value) if value is not None]
    pick = min if alert.series.indicator.direction == "below" else max
    return pick(values, default=None)


def alert_counts(scope: Scope, place_path: str = "") -> dict[str, int]:
    """How many alerts are on, how many nobody has acknowledged, and how many of those too long."""
    rows = alerts_of(scope).filter(place_path__startswith=place_path, ended_at=None)
    unseen = Q(acknowledged_at=None)
    found: dict[str, int] = rows.aggregate(
        open=Count("pk", distinct=True),
        unseen=Count("pk", filter=unseen, distinct=True),
        escalated=Count("pk", filter=unseen & Q(escalations__step=1), distinct=True),
    )
    return found


def alert_records(rows: Iterable[Alert]) -> list[AlertRecord]:
    """Alerts as other parts see them, those on with their newest value, in one look."""
    rows = list(rows)
    newest = _newest([row.series_id for row in rows if row.ended_at is None])
    return [alert_record(row, newest.get(row.series_id)) for row in rows]


def alert_record(row: Alert, newest: float | None, *, at: datetime | None = None) -> AlertRecord:
    """An alert as other parts see it; ``at`` a moment that is not now."""
    spot = row.series.place
    told = row.value if row.ended_at is None else row.peak_value
    return AlertRecord(
        id=row.pk,
        indicator=row.series.indicator_id,
        name=row.series.indicator.name,
        place=row.series.place_id,
        place_name=wording.place_name(row.series),
        place_path=row.place_path,
        lon=spot.lon,
        lat=spot.lat,
        level=row.level,
        peak_level=row.peak_level,
        value=newest if newest is not None and row.ended_at is None else told,
        unit=row.series.indicator.unit,
        began_at=row.began_at,
        ended_at=row.ended_at,
        acknowledged=row.acknowledged_at is not None,
        muted=row.muted_until is not None and row.muted_until > (at or now()),
        case_number=row.case_number,
        href=reverse("vitals-alert", args=[row.pk]),
        owner=row.owner.name if row.owner else "",
        follows=row.parent_id is not None,
    )


def recent_changes(scope: Scope, limit: int = 20) -> list[ChangeRecord]:
    """The newest changes of level a person may see, for the live feed."""
    rows = changes_within(scope).select_related("series__indicator", "series__place")
    rows = rows.defer("series__members", "series__place__geometry").order_by("-position")
    return [_change_record(row) for row in rows[:limit]]


def _change_record(row: LevelChange) -> ChangeRecord:
    rule = row.series.indicator
    return ChangeRecord(
        name=rule.name,
        place_name=wording.place_name(row.series),
        at=row.window_end,
        level=row.level,
        was=row.was,
        value=wording.figure(row.value, rule.unit),
        corrects=row.corrects,
        href=reverse("vitals-series", args=[rule.code, row.series.place_id]),
    )


def worst_places(place_path: str, least: int, most: int) -> dict[str, int]:
    """Places below a path with a series of their own, worst first, and the worst level now.

    Buildings where all is well are left out: a city has tens of thousands of them.
    """
    rows = Series.objects.filter(in_force=True, place_path__under=place_path)
    found = rows.values("place", "place_kind").annotate(worst=Max("level"))
    found = found.filter(worst__gte=least).exclude(worst=0, place_kind="building")
    ranked = found.order_by("-worst", "place").values_list("place", "worst")
    return dict(ranked[:most])


def silent(place_path: str, most: int = 200) -> list[SignRecord]:
    """Series from which nothing comes, the longest first: silence is not a zero."""
    rows = light().filter(in_force=True, level=-1, place_path__startswith=place_path)
    rows = rows.order_by(F("since").asc(nulls_last=True), "place_path", "pk")
    return [sign(row, (), "") for row in rows[:most]]
