"""What vitals does by the clock."""

import logging

from django.conf import settings
from django.db import transaction

from gongbi.core.public import kept_folder, pack_version
from gongbi.stream import public as stream
from gongbi.vitals import pack
from gongbi.vitals.created import with_created
from gongbi.vitals.escalation import escalate_unseen
from gongbi.vitals.grouping import end_waits
from gongbi.vitals.known_telling import tell_known
from gongbi.vitals.levels import read_levels
from gongbi.vitals.models import Indicator
from gongbi.vitals.pack_check import COLUMNS
from gongbi.vitals.sensors import read_troubles

__all__ = [
    "end_waits",
    "escalate_unseen",
    "follow_created",
    "read_levels",
    "read_troubles",
    "tell_known",
]
log = logging.getLogger("gongbi.vitals")
_seen: dict[str, tuple[int, int]] = {}
"""By data folder what was looked at last; forgetting it costs one look."""


def follow_created() -> int:
    """Write a new plan when something was created since the newest; how many were added."""
    data = settings.GONGBI_DATA
    number = stream.plan_number(data)
    now = stream.created_bytes(data), number
    if not all(now) or now == _seen.get(str(data)):
        return 0
    streams = stream.plan_datastreams(data, number).select(list(COLUMNS))
    streams, added = with_created(streams, stream.created_datastreams(data))
    if added:
        folder = kept_folder(pack_version())
        indicators = list(Indicator.objects.filter(in_force=True).order_by("position"))
        try:
            with transaction.atomic():
                pack.put_in_force(folder, indicators, streams, after=number)
        except stream.PlanMoved:
            return 0  # a pack was loaded meanwhile: look again at the next turn
        log.info("created datastreams are in the plan", extra={"added": added})
    _seen[str(data)] = now[0], stream.plan_number(data)
    return added
