"""What is known ahead, told to the engine: its levels are judged by it, and its facts say so.

The records here are the truth; whatever differs from what the engine was told last is told again,
so a stop at any moment loses nothing.
"""

from django.conf import settings

from gongbi.core.public import now
from gongbi.stream import public as stream
from gongbi.vitals.models import Indicator, KnownEvent, Series

_seen: dict[str, tuple[object, ...]] = {}
"""By data folder what was looked at last; forgetting it costs one look."""


def tell_known() -> int:
    """Tell the engine of events that are not over, and of those withdrawn; how many were news."""
    data = settings.GONGBI_DATA
    events = list(KnownEvent.objects.filter(ends_at__gt=now()).order_by("pk"))
    looked = stream.plan_number(data), tuple((one.pk, one.withdrawn_at) for one in events)
    if not events or looked == _seen.get(str(data)):
        return 0
    rules = list(Indicator.objects.filter(in_force=True))
    told = stream.tell_known(data, [_as_told(one, rules) for one in events])
    _seen[str(data)] = looked
    return told


def _as_told(event: KnownEvent, rules: list[Indicator]) -> stream.KnownAhead:
    """An event as the engine hears it; one that does nothing counts as withdrawn."""
    named = bool(event.kinds or event.signs)
    signs = [rule.code for rule in rules if event.touches(rule)] if named else []
    rows = Series.objects.filter(in_force=True, place_path__startswith=event.place_path)
    places = rows.order_by("place").values_list("place", flat=True).distinct()
    does = event.holds or event.factor != 1.0 or event.shift != 0.0
    bears = bool(places) and (bool(signs) or not named)
    return stream.KnownAhead(
        event=f"known:{event.pk}",
        begins=event.begins_at,
        ends=event.ends_at,
        places=tuple(places),
        signs=tuple(signs),
        factor=event.factor,
        shift=event.shift,
        holds=event.holds,
        withdrawn=event.withdrawn_at is not None or not (does and bears),
    )
