"""What is known ahead, told to the engine: its levels are judged by it, and its facts say so.

The records here are the truth; whatever differs from what the engine was told last is told again,
so a stop at any moment loses nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from gongbi.core.public import now
from gongbi.stream import public as stream
from gongbi.vitals.known_events import name_of
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


def known_then(rule: Indicator, path: str, since: datetime, until: datetime) -> list[KnownEvent]:
    """Events that did something to an indicator in a span, at a place, above or below it."""
    rows = KnownEvent.objects.filter(begins_at__lt=until, ends_at__gt=since).order_by("pk")
    above = Q(place__in=[code for code in path.split("/") if code])
    found = rows.filter(above | Q(place_path__startswith=path))
    return [one for one in found if one.touches(rule) and _does(one)]


def as_it_was_told(
    events: Iterable[KnownEvent],
) -> dict[int, list[tuple[datetime, stream.KnownAhead]]]:
    """By event: when the engine came to know it, and when it heard that it was withdrawn.

    Without events where no sensor stands: to the engine, no places would mean all of them.
    """
    rules = list(Indicator.objects.filter(in_force=True))
    told = dict[int, list[tuple[datetime, stream.KnownAhead]]]()
    for event in events:
        said = replace(_as_told(event, rules), withdrawn=False)
        if not said.places:
            continue
        told[event.pk] = [(event.entered_at, said)]
        if event.withdrawn_at is not None:
            told[event.pk].append((event.withdrawn_at, replace(said, withdrawn=True)))
    return told


def _does(event: KnownEvent) -> bool:
    return event.holds or event.factor != 1.0 or event.shift != 0.0


def _as_told(event: KnownEvent, rules: list[Indicator]) -> stream.KnownAhead:
    """An event as the engine hears it; one that does nothing counts as withdrawn."""
    named = bool(event.kinds or event.signs)
    signs = [rule.code for rule in rules if event.touches(rule)] if named else []
    rows = Series.objects.filter(in_force=True, place_path__startswith=event.place_path)
    places = rows.order_by("place").values_list("place", flat=True).distinct()
    bears = bool(places) and (bool(signs) or not named)
    return stream.KnownAhead(
        event=name_of(event),
        begins=event.begins_at,
        ends=event.ends_at,
        places=tuple(places),
        signs=tuple(signs),
        factor=event.factor,
        shift=event.shift,
        holds=event.holds,
        withdrawn=event.withdrawn_at is not None or not (_does(event) and bears),
    )
