"""Reading the engine's facts into the database, exactly once in effect.

The position read up to is written in the same transaction as what was read: whatever dies in
between is read again from where it was.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from gongbi.core.public import now, publish
from gongbi.stream import public as stream
from gongbi.vitals import alerts
from gongbi.vitals.events import LevelCorrected, LevelsChanged
from gongbi.vitals.models import Bookmark, LevelChange, Series

log = logging.getLogger("gongbi.vitals")
READER = "levels"
MOST_ALERTS = 40
"""In one transaction: each may open a case, and on SQLite nobody else can write meanwhile."""
TAKE: dict[type[Any], Callable[[Any, Series], None]] = {
    stream.AlertRaised: alerts.raise_alert,
    stream.AlertChanged: alerts.change_alert,
    stream.AlertCleared: alerts.clear_alert,
}


def read_levels(most: int = 2000) -> int:
    """Read what the engine has said since; returns how many facts were read."""
    bookmark = Bookmark.objects.filter(pk=READER).first()
    after = bookmark.position if bookmark else 0
    facts = _share(stream.read_facts(settings.GONGBI_DATA, after, most))
    if facts:
        with transaction.atomic():
            _take(facts)
    return len(facts)


def _share(facts: Sequence[stream.FactRow]) -> Sequence[stream.FactRow]:
    """As many facts as one transaction should hold."""
    alerts_at = [place for place, fact in enumerate(facts) if type(fact) in TAKE]
    return facts[: alerts_at[MOST_ALERTS - 1] + 1] if len(alerts_at) >= MOST_ALERTS else facts


def _take(facts: Sequence[stream.FactRow]) -> None:
    """Apply facts and move the bookmark; a second reader that was slower finds nothing left."""
    Bookmark.objects.get_or_create(reader=READER)
    bookmark = Bookmark.objects.select_for_update().get(pk=READER)
    facts = [fact for fact in facts if fact.position > bookmark.position]
    if not facts:
        return
    series = _series_of(facts)
    changes = [f for f in facts if isinstance(f, stream.LevelChanged) and f.series in series]
    _keep_changes(changes, series)
    for fact in facts:
        if type(fact) in TAKE and fact.series in series:
            TAKE[type(fact)](fact, series[fact.series])
    bookmark.position = facts[-1].position
    bookmark.save(update_fields=["position"])
    _tell(changes, bookmark.position)


def _series_of(facts: Sequence[stream.FactRow]) -> dict[int, Series]:
    ids = {fact.series for fact in facts}
    rows = Series.objects.select_related("indicator", "place").defer("place__geometry")
    known = rows.in_bulk(ids)
    if strangers := ids - set(known):
        # The data folder and the database are not of one city, or one of them is older.
        log.warning(
            "facts of unknown series were passed over; load the city pack again",
            extra={"series": sorted(strangers)[:10], "count": len(strangers)},
        )
    return known


def _keep_changes(changes: list[stream.LevelChanged], series: dict[int, Series]) -> None:
    rows = [_row(change) for change in changes]
    LevelChange.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    moved = set[int]()
    for change in changes:
        if is_news(change, series[change.series]):
            set_level(series[change.series], change)
            moved.add(change.series)
    fields = ["level", "value", "expected", "scatter", "since", "window_end", "provisional"]
    fields += ["position", "inputs", "surprise", "awaited"]
    # An upsert writes a thousand rows at once; bulk_update's CASE per field is ten times slower.
    Series.objects.bulk_create(
        [series[key] for key in moved],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=fields,
        batch_size=200,
    )


def _row(change: stream.LevelChanged) -> LevelChange:
    return LevelChange(
        position=change.position,
        series_id=change.series,
        window_start=change.window_start,
        window_end=change.window_end,
        value=change.value,
        level=change.level,
        was=change.was,
        provisional=change.provisional,
        corrects=change.corrects,
        limit=change.limit,
        expected=change.expected,
        scatter=change.scatter,
        surprise=change.surprise,
        awaited=change.awaited,
        expected_since=change.expected_since,
        known_at=now(),
    )


def is_news(change: stream.LevelChanged | LevelChange, one: Series) -> bool:
    """Not read before, and not a correction of a window that is no longer the last."""
    if change.position <= one.position:
        return False
    return one.window_end is None or change.window_end >= one.window_end


def set_level(one: Series, change: stream.LevelChanged | LevelChange) -> None:
    """Let a series stand as a change says; nothing is saved."""
    if change.level != one.level or one.since is None:
        one.since = change.expected_since or change.window_start
    one.level, one.value, one.position = change.level, change.value, change.position
    one.expected, one.scatter = change.expected, change.scatter
    one.surprise, one.awaited = change.surprise, change.awaited
    # History keeps no inputs: of a past moment it is not told what a made sign rested on.
    one.inputs = [] if isinstance(change, LevelChange) else change.inputs
    one.window_end, one.provisional = change.window_end, change.provisional


def _tell(changes: list[stream.LevelChanged], position: int) -> None:
    for change in changes:
        if change.corrects:
            _tell_corrected(change)
    if changes:
        worst = max(change.level for change in changes)
        told = LevelsChanged(count=len(changes), worst=worst, position=position)
        publish(told, subject="levels:all", actor="engine")


def _tell_corrected(change: stream.LevelChanged) -> None:
    told = LevelCorrected(
        series=change.series,
        indicator=change.indicator,
        place=change.place,
        window_start=change.window_start,
        level=change.level,
        was=change.was,
    )
    publish(told, subject=f"series:{change.series}", actor="engine")
