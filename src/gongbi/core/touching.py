"""Which places an area of the map touches: the fewest and highest that together make it up."""

import shapely

from gongbi.core import clock
from gongbi.core.city import city
from gongbi.core.models import Place
from gongbi.core.places import _place_record
from gongbi.core.records import PlaceRecord

LEAST_SHARE = 0.05
"""Of a place's area, or of the area asked for where that is smaller: less is a brush past."""
MOST_ASKED = 3000
"""Places looked at in one level of the tree; below that many the level above is said."""


def places_touching(area: shapely.Geometry) -> list[PlaceRecord]:
    """Places that an area (degrees, WGS84) touches, by path; [] outside the city.

    The tree is gone down only where it is touched, one query a level; where all that lies below a
    place is touched, that place stands for it. A place without an outline is touched by its point.
    Buildings are not asked.
    """
    today = clock.now().astimezone(city().zone).date()
    rows = Place.objects.valid_on(today).exclude(kind="building").order_by("path")
    touched: list[list[Place]] = []
    below = list(rows.filter(parent=None))
    asked: dict[str, int] = {}
    while below and len(below) <= MOST_ASKED:
        for one in below:
            asked[one.parent_id or ""] = asked.get(one.parent_id or "", 0) + 1
        level = [one for one in below if _touches(one, area)]
        touched.append(level)
        # A place that only has a point may lie outside while what is below it does not.
        onward = [one.pk for one in below if one in level or one.geometry is None]
        below = list(rows.filter(parent__in=onward))
    return [_place_record(row) for row in _highest(touched, asked)]


def _touches(one: Place, area: shapely.Geometry) -> bool:
    if one.geometry is None:
        return (
            one.lon is not None
            and one.lat is not None
            and bool(shapely.intersects(area, shapely.Point(one.lon, one.lat)))
        )
    own = shapely.from_wkb(bytes(one.geometry))
    shared = shapely.area(shapely.intersection(own, area))
    return bool(shared > 0 and shared >= LEAST_SHARE * min(own.area, area.area))


def _highest(touched: list[list[Place]], asked: dict[str, int]) -> list[Place]:
    """From the deepest level up: all children touched are their parent; a part is itself."""
    found: list[Place] = []
    for level in reversed(touched):
        whole: list[Place] = []
        for one in level:
            children = [below for below in found if below.parent_id == one.pk]
            if children and len(children) < asked.get(one.pk, 0):
                continue
            # Something deeper that is touched only in part stands for itself.
            deeper = [b for b in found if b.path.startswith(one.path) and b not in children]
            if deeper:
                continue
            found = [below for below in found if below not in children]
            whole.append(one)
        found += whole
    return sorted(found, key=lambda one: one.path)
