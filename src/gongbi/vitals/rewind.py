"""The screen of any past moment, as it was then known: levels, figures and alerts.

Levels and alerts come from what the database learnt, with the city clock of that moment; figures
from readings with the clock at which they were told. What was corrected later is as it was before.
Limits, names and places are those of the pack in force now.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, OuterRef, Q, Subquery

from gongbi.core.public import Scope
from gongbi.stream import public as stream
from gongbi.vitals import queries
from gongbi.vitals.access import alerts_of, series_of
from gongbi.vitals.levels import is_news, set_level
from gongbi.vitals.models import Alert, AlertStep, LevelChange, Series
from gongbi.vitals.records import AlertRecord, SignRecord

LOOK_BACK = timedelta(days=1)
CHAIN = timedelta(days=7)
"""How far back of a moment changes are followed one by one, to tell since when a level stood."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back the past can be shown: levels and alerts, and figures; None: nothing yet."""

    levels: datetime | None
    readings: datetime | None


def reach() -> Reach:
    """How far back the past can be shown."""
    told = LevelChange.objects.aggregate(first=Min("known_at"))["first"]
    raw = stream.reach(settings.GONGBI_DATA).raw
    return Reach(told, None if raw is None else stream.moment_of(raw))


def signs_at(
    scope: Scope, place_path: str, moment: datetime
) -> list[tuple[str, list[SignRecord]]]:
    """Signs of a place by class of sign: its own, or the worst below it, as known then."""
    levels = _levels_at(scope, place_path, moment)
    shown, counts = _shown(levels, place_path)
    rows = _as_then(shown, moment)
    recent = _recent(rows, moment)
    grouped: dict[str, list[SignRecord]] = {}
    for row in rows:
        sign = _sign(row, recent.get(row.pk, []), place_path, moment)
        of, off, silent = counts[row.indicator_id]
        sign = replace(sign, of=of, off=off, silent=silent)
        grouped.setdefault(sign.kind, []).append(sign)
    return list(grouped.items())


def _levels_at(scope: Scope, place_path: str, moment: datetime) -> list[tuple[Any, ...]]:
    """(id, indicator, path, level then) of every series below a place a person may see."""
    known = LevelChange.objects.filter(series=OuterRef("pk"), known_at__lte=moment)
    level = Subquery(known.order_by("-window_end", "-position").values("level")[:1])
    rows = series_of(scope).filter(place_path__startswith=place_path).annotate(then=level)
    rows = rows.filter(indicator__in_force=True).order_by("indicator__position", "place_path")
    return [
        (pk, indicator, path, then or 0)
        for pk, indicator, path, then in rows.values_list("pk", "indicator", "place_path", "then")
    ]


def _shown(
    levels: list[tuple[Any, ...]], place_path: str
) -> tuple[list[int], dict[str, tuple[int, int, int]]]:
    """Which series stands for each indicator; how many there are, beyond a limit, and silent."""
    by_indicator: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in levels:
        by_indicator[row[1]].append(row)
    shown, counts = [], {}
    for code, rows in by_indicator.items():
        own = [row for row in rows if row[2] == place_path]
        shown.append((own or sorted(rows, key=lambda row: (-row[3], row[2])))[0][0])
        off, silent = (sum(test) for test in ([r[3] > 0 for r in rows], [r[3] < 0 for r in rows]))
        counts[code] = (len(rows), off, silent)
    return shown, counts


def _as_then(ids: Sequence[int], moment: datetime) -> list[Series]:
    """Series with level, value and since as they stood; nothing of them is saved."""
    known = LevelChange.objects.filter(known_at__lte=moment)
    before = known.filter(series=OuterRef("pk"), known_at__lte=moment - CHAIN)
    seed = Subquery(before.order_by("-window_end", "-position").values("position")[:1])
    rows = queries.light().annotate(seed=seed).in_bulk(ids)
    for row in rows.values():
        blank(row)
    seeds = [row.seed for row in rows.values() if row.seed is not None]
    wanted = Q(position__in=seeds) | Q(known_at__gt=moment - CHAIN)
    for change in known.filter(wanted, series__in=ids).order_by("position"):
        row = rows[change.series_id]
        if is_news(change, row):
            set_level(row, change)
    return [rows[pk] for pk in ids]


def blank(row: Series) -> None:
    """A series of which nothing has been told."""
    row.level, row.value, row.since, row.window_end = 0, None, None, None
    row.expected, row.scatter, row.provisional, row.position = None, None, False, 0
    row.surprise, row.awaited = None, None


def _recent(rows: Iterable[Series], moment: datetime) -> dict[int, list[dict[str, Any]]]:
    """Readings of the last day before a moment, as known then, by series."""
    ids = [row.pk for row in rows]
    until = moment + timedelta(minutes=1)
    return _readings(ids, until - LOOK_BACK, until, moment)


def _readings(
    ids: Sequence[int], since: datetime, until: datetime, moment: datetime
) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if ids:
        data = settings.GONGBI_DATA
        table = stream.readings_known(data, series=ids, since=since, until=until, at=moment)
        for row in table.to_pylist():
            if row["value"] is not None:
                grouped[row["series"]].append(row)
    return grouped


def _sign(row: Series, recent: list[dict[str, Any]], own: str, moment: datetime) -> SignRecord:
    long = row.indicator.window_seconds >= queries.LONG_WINDOW_SECONDS
    hours = queries.LONG_SPARK_HOURS if long else queries.SPARK_HOURS
    since = moment + timedelta(minutes=1) - timedelta(hours=hours)
    spark = [(one["window_start"], one["value"]) for one in recent if one["window_start"] >= since]
    return queries.sign(row, tuple(spark[-queries.SPARK_POINTS :]), own, at=moment)


def alerts_at(
    scope: Scope, place_path: str, moment: datetime, most: int = 200
) -> list[AlertRecord]:
    """Alerts that were on, the worst first and muted ones last, as known then."""
    known = AlertStep.objects.filter(alert=OuterRef("pk"), known_at__lte=moment)
    step = Subquery(known.order_by("-known_at", "-pk").values("pk")[:1])
    moved = Q(ended_at=None) | Q(
        pk__in=AlertStep.objects.filter(known_at__gt=moment).values("alert")
    )
    rows = alerts_of(scope).filter(moved, place_path__startswith=place_path)
    rows = rows.annotate(step=step).exclude(step=None)
    steps = AlertStep.objects.in_bulk([row.step for row in rows])
    on = [_alert_then(row, steps[row.step]) for row in rows]
    on = [row for row in on if row.ended_at is None]
    on.sort(key=lambda row: (row.began_at, row.pk), reverse=True)
    on.sort(key=lambda row: (_muted(row, moment), -row.level))
    return _records(on[:most], moment)


def _alert_then(row: Alert, step: AlertStep) -> Alert:
    for name in ("level", "peak_level", "peak_value", "value", "began_at", "ended_at"):
        setattr(row, name, getattr(step, name))
    row.muted_until, row.case_number = step.muted_until, step.case_number
    row.acknowledged_at = step.known_at if step.acknowledged else None
    return row


def _muted(row: Alert, moment: datetime) -> bool:
    return row.muted_until is not None and row.muted_until > moment


def _records(rows: list[Alert], moment: datetime) -> list[AlertRecord]:
    until = moment + timedelta(minutes=1)
    ids = sorted({row.series_id for row in rows})
    recent = _readings(ids, until - LOOK_BACK, until, moment)
    newest = {key: found[-1]["value"] for key, found in recent.items()}
    return [queries.alert_record(row, newest.get(row.series_id), at=moment) for row in rows]
