"""The city this installation serves, as its latest pack says."""

from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from gongbi.core.holding import held
from gongbi.core.models import PackVersion
from gongbi.core.records import CityRecord
from gongbi.core.written_out import instant

_NEWEST = "SELECT number, loaded_at FROM core_packversion ORDER BY number DESC LIMIT 1"
# What one request has read already: a page asks a dozen times which city it stands in.
_held: ContextVar[CityRecord | None] = ContextVar("city", default=None)


def pack_version() -> int:
    """The number of the pack in force; 0 before the first load."""
    return city().pack_version


def pack_stamp() -> tuple[int, datetime | None]:
    """Which load of a pack is in force: what was worked out under another stamp is stale.

    It is asked at every case that is routed, and asked of the database once a request, so that no
    process goes on with an older pack.
    """
    here = _held.get()
    return (here.pack_version, here.pack_loaded_at) if here else _newest()


@held
def _newest() -> tuple[int, datetime | None]:
    """Written out, because composing the query took longer than its answer."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        number, at = cursor.fetchone() or (0, None)
    return number, instant(at)


def city() -> CityRecord:
    """The city; a nameless one in the configured zone before a pack is loaded."""
    return _held.get() or _latest()


def hold_city() -> CityRecord:
    """Read the city once for what follows in this context, until ``let_city_go``."""
    found = _latest()
    _held.set(found)
    return found


def let_city_go() -> None:
    """Look anew from here on: the request is over, or another pack is in force."""
    _held.set(None)


def _latest() -> CityRecord:
    return _loaded(*_newest())


@lru_cache(maxsize=4)
def _loaded(number: int, loaded_at: datetime | None) -> CityRecord:
    """The city as one load of a pack says: another load has another instant."""
    said = PackVersion.objects.filter(number=number).values_list("city", flat=True).first()
    return _record(number, said or {}, loaded_at)


def forget_city() -> None:
    """Read it anew: another database stands behind the same number and instant."""
    _loaded.cache_clear()


def _record(number: int, said: dict[str, Any], loaded_at: datetime | None) -> CityRecord:
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
        pack_loaded_at=loaded_at,
    )


@lru_cache(maxsize=8)
def zone_named(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    return ZoneInfo(name)
