"""The newest row of the log of each datastream of the pack, as its observation."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gongbi.stream.public import newest_rows
from gongbi.things.extents import TIMES
from gongbi.things.inserting import insert
from gongbi.things.models import Bookmark, Datastream, Observation, Thing
from gongbi.things.packed_file import keep_newest

LOG = "log"
ONCE = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Newest = dict[int, tuple[datetime, float]]


@transaction.atomic
def follow_log() -> int:
    """Copy what the log has that is newer, and how far it was read, in one transaction."""
    mark = Bookmark.objects.select_for_update().filter(reader=LOG).first()
    position, table = newest_rows(settings.GONGBI_DATA, mark.position if mark else None)
    if mark and position == mark.position:
        return 0
    Bookmark.objects.update_or_create(reader=LOG, defaults={"position": position})
    columns = (table[name].to_pylist() for name in ("datastream", "time", "value"))
    arrays = [table[name].to_numpy() for name in ("datastream", "time", "value")]
    if kept := keep_newest(*arrays):
        return kept
    newest: Newest = {
        stream: (EPOCH + timedelta(microseconds=micros), value)
        for stream, micros, value in zip(*columns, strict=True)
    }
    keys = sorted(newest)
    return sum(_copy(keys[at : at + ONCE], newest) for at in range(0, len(keys), ONCE))


def _copy(keys: list[int], newest: Newest) -> int:
    rows = Datastream.objects.filter(engine_id__in=keys, from_pack=True)
    streams = [
        one
        for one in rows.only("pk", "engine_id", "thing_id", *TIMES[:2])
        if one.phenomenon_end is None or newest[one.engine_id or 0][0] > one.phenomenon_end
    ]
    features = _features({one.thing_id for one in streams})
    streams = [one for one in streams if one.thing_id in features]
    Observation.objects.filter(datastream__in=[one.pk for one in streams], copied=True).delete()
    insert([_observation(one, features, *newest[one.engine_id or 0]) for one in streams])
    _widen({one.pk: newest[one.engine_id or 0][0] for one in streams})
    return len(streams)


def _widen(times: dict[int, datetime]) -> None:
    """Tell each datastream's newest time; ``bulk_update`` would build one statement of cases."""
    kept = connection.ops.adapt_datetimefield_value
    table = Datastream._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET phenomenon_end = %s, "
            "phenomenon_start = COALESCE(phenomenon_start, %s) WHERE id = %s",
            [(kept(moment), kept(moment), key) for key, moment in times.items()],
        )


def _features(things: set[int]) -> dict[int, int]:
    """What is observed where a thing stands."""
    rows = Thing.objects.filter(pk__in=things, locations__feature_made__isnull=False)
    return dict(rows.order_by("-locations__pk").values_list("pk", "locations__feature_made"))


def _observation(
    stream: Datastream, features: dict[int, int], moment: datetime, value: float
) -> dict[str, Any]:
    return {
        "datastream_id": stream.pk,
        "feature_id": features[stream.thing_id],
        "phenomenon_start": moment,
        "phenomenon_end": moment,
        "is_interval": False,
        "result": value,
        "number": value,
        "copied": True,
        "owed": False,
    }
