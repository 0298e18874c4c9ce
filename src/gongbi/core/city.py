"""The city this installation serves, as its latest pack says."""

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from gongbi.core.models import PackVersion
from gongbi.core.records import CityRecord


def pack_version() -> int:
    """The number of the pack in force; 0 before the first load."""
    return PackVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0


def city() -> CityRecord:
    """The city; a nameless one in the configured zone before a pack is loaded."""
    latest = PackVersion.objects.order_by("-number").values_list("number", "city").first()
    number, said = latest or (0, {})
    return _record(number, said)


def _record(number: int, said: dict[str, Any]) -> CityRecord:
    lon, lat = said.get("centre") or (0.0, 0.0)
    return CityRecord(
        code=said.get("code", "city"),
        name_en=said.get("name_en", "Gongbi"),
        name_zh=said.get("name_zh", "工笔"),
        zone=zone_named(said.get("zone") or settings.TIME_ZONE),
        centre=(float(lon), float(lat)),
        fictional=bool(said.get("fictional")),
        map_approval_number=said.get("map_approval_number", ""),
        pack_version=number,
    )


@lru_cache(maxsize=8)
def zone_named(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    return ZoneInfo(name)
