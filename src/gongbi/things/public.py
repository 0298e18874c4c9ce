"""Things' door: the ASGI callable for the web, duties for the worker, and what others may ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from gongbi.things.door import application, is_ours
from gongbi.things.models import Datastream
from gongbi.things.tasks import follow_log, make_known, pass_on

__all__ = [
    "DatastreamRecord",
    "application",
    "datastreams",
    "follow_log",
    "is_ours",
    "make_known",
    "pass_on",
]
MOST_ASKED = 1000


@dataclass(frozen=True, slots=True)
class DatastreamRecord:
    """A datastream's entity: ids here and in the log, names, what the log makes of it."""

    id: int
    engine_id: int
    name: str
    thing: int
    thing_name: str
    sensing: str
    why: str


def datastreams(engine_ids: Iterable[int]) -> dict[int, DatastreamRecord]:
    """Entities of datastreams by their id in the log; at most a thousand, in one query."""
    rows = Datastream.objects.filter(engine_id__in=sorted(set(engine_ids))[:MOST_ASKED])
    columns = ("pk", "engine_id", "name", "thing", "thing__name", "sensing", "sensing_why")
    return {row[1]: DatastreamRecord(*row) for row in rows.values_list(*columns)}
