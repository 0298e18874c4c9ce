"""What the demo's town knows ahead: one evening fair, so that the page is not empty."""

from datetime import datetime, time, timedelta

from gongbi.core.public import city, now, places_of_kind
from gongbi.vitals.known_events import EventIn, enter_event
from gongbi.vitals.models import KnownEvent


def enter_demo_event() -> None:
    """A fair today in the town's first subdistrict; once."""
    found = places_of_kind("subdistrict")
    if not found or KnownEvent.objects.exists():
        return
    zone = city().zone
    morning = datetime.combine(now().astimezone(zone).date(), time(7), zone)
    fair = EventIn(
        begins_at=morning,
        ends_at=morning + timedelta(hours=15),
        name_en="Street fair",
        name_zh="街市",
        source="demo 演示",
        factor=1.6,
        kinds=("crowd", "traffic"),
    )
    enter_event(fair, found[0])
