"""Reading the engine's facts into the database, exactly once in effect.

The position read up to is written in the same transaction as what was read: whatever dies in
between is read again from where it was.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from gongbi.core.public import publish
from gongbi.stream import public as stream
from gongbi.vitals import alerts
from gongbi.vitals.events import LevelsChanged
from gongbi.vitals.models import Bookmark, LevelChange, Series

READER = "levels"


def read_levels(most: int = 2000) -> int:
    """Read what the engine has said since; returns how many facts were read."""
    bookmark = Bookmark.objects.filter(pk=READER).first()
    after = bookmark.position if bookmark else 0
    facts = stream.read_facts(settings.GONGBI_DATA, after, most)
    if facts:
        with transaction.atomic():
            _take(facts)
    return len(facts)


def _take(facts: Sequence[stream.FactRow]) -> None:
    series = _series_of(facts)
    changes = [f for f in facts if isinstance(f, stream.LevelChanged) and f.series in series]
    _keep_changes(changes, series)
    take: dict[type[Any], Callable[[Any, Series], None]] = {
        stream.AlertRaised: alerts.raise_alert,
        stream.AlertChanged: alerts.change_alert,
        stream.AlertCleared: alerts.clear_alert,
    }
    for fact in facts:
        if type(fact) in take and fact.series in series:
            take[type(fact)](fact, series[fact.series])
    last = facts[-1].position
    Bookmark.objects.update_or_create(reader=READER, defaults={"position": last})
    if changes:
        worst = max(change.level for change in changes)
        told = LevelsChanged(count=len(changes), worst=worst, position=last)
        publish(told, subject="levels:all", actor="engine")


def _series_of(facts: Sequence[stream.FactRow]) -> dict[int, Series]:
    ids = {fact.series for fact in facts}
    return Series.objects.select_related("indicator", "place").in_bulk(ids)


def _keep_changes(changes: list[stream.LevelChanged], series: dict[int, Series]) -> None:
    LevelChange.objects.bulk_create(
        (
            LevelChange(
                position=change.position,
                series_id=change.series,
                window_start=change.window_start,
                window_end=change.window_end,
                value=change.value,
                level=change.level,
                was=change.was,
                provisional=change.provisional,
                corrects=change.corrects,
            )
            for change in changes
        ),
        ignore_conflicts=True,  # facts read twice are the same facts
        batch_size=200,
    )
    newest = {c.series: c for c in changes if not _older(c, series[c.series])}
    for change in newest.values():
        _set_level(series[change.series], change)
    fields = ["level", "value", "since", "window_end", "provisional"]
    Series.objects.bulk_update([series[key] for key in newest], fields, batch_size=100)


def _older(change: stream.LevelChanged, one: Series) -> bool:
    """A correction of a window that is no longer the last says nothing of now."""
    return one.window_end is not None and change.window_end < one.window_end


def _set_level(one: Series, change: stream.LevelChanged) -> None:
    if change.level != one.level or one.since is None:
        one.since = change.window_start
    one.level, one.value = change.level, change.value
    one.window_end, one.provisional = change.window_end, change.provisional
