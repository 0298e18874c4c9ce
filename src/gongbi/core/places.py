"""Asking the two trees: what a code means, what lies where, who is nearest."""

from collections.abc import Iterable

import numpy as np
import shapely
from django.db.models import Max, Min, Q
from django.db.models.functions import Length
from numpy.typing import NDArray

from gongbi.core import clock
from gongbi.core.city import city, pack_version
from gongbi.core.holding import held, kept
from gongbi.core.models import Place, Unit
from gongbi.core.models.places import PlaceRows, UnitRows
from gongbi.core.records import PlaceRecord, UnitRecord
from gongbi.kernel.areas import AreaIndex


def _place_record(row: Place) -> PlaceRecord:
    return PlaceRecord(
        row.code,
        row.name_en,
        row.name_zh,
        row.parent_id,
        row.kind,
        row.path,
        row.lon,
        row.lat,
        row.population,
    )


def _unit_record(row: Unit) -> UnitRecord:
    return UnitRecord(
        row.code,
        row.name_en,
        row.name_zh,
        row.parent_id,
        row.kind,
        row.path,
        row.place_id,
        row.place.path,
        row.calendar,
        row.phone,
    )


def _places() -> PlaceRows:
    today = clock.now().astimezone(city().zone).date()
    return Place.objects.valid_on(today).defer("geometry")


def _units() -> UnitRows:
    today = clock.now().astimezone(city().zone).date()
    return Unit.objects.valid_on(today).select_related("place").defer("place__geometry")


@kept
def place(code: str) -> PlaceRecord | None:
    """The place of that code, also one that is no longer valid: old cases still name it."""
    if "\x00" in code:  # in no code, and PostgreSQL would not take it
        return None
    row = Place.objects.defer("geometry").filter(pk=code).first()
    return _place_record(row) if row else None


def places(codes: Iterable[str]) -> dict[str, PlaceRecord]:
    """Places by code, in one query; unknown codes are absent."""
    rows = Place.objects.defer("geometry").filter(pk__in=set(codes))
    return {row.code: _place_record(row) for row in rows}


def place_codes() -> list[str]:
    """The code of every place, also of those that are no more."""
    return list(Place.objects.order_by("pk").values_list("pk", flat=True))


def children(code: str) -> list[PlaceRecord]:
    """The places right below one."""
    return list(_children(code) or ())


@kept
def _children(code: str) -> tuple[PlaceRecord, ...] | None:
    found = _places().filter(parent=code).order_by("code")
    return tuple(_place_record(row) for row in found) or None


@kept
def frame(kind: str, under: str) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the middles of the places of a kind below a path."""
    found = _places().filter(kind=kind, path__under=under)
    spans = found.aggregate(Min("lon"), Min("lat"), Max("lon"), Max("lat"))
    west, south, east, north = spans.values()
    return None if west is None or south is None else (west, south, east, north)


@held
def places_of_kind(kind: str, under: str = "") -> list[PlaceRecord]:
    """All valid places of a kind below a path, by code."""
    found = _places().filter(kind=kind).under(under).order_by("code")
    return [_place_record(row) for row in found]


@kept
def unit(code: str) -> UnitRecord | None:
    """The unit of that code, also one no longer valid."""
    row = Unit.objects.select_related("place").filter(pk=code).first()
    return _unit_record(row) if row else None


@kept
def standing_unit(code: str) -> UnitRecord | None:
    """The unit of that code if it is there today: nothing is sent to one that is no more."""
    row = _units().filter(pk=code).first()
    return _unit_record(row) if row else None


def units(codes: Iterable[str]) -> dict[str, UnitRecord]:
    """Units by code, in one query."""
    rows = Unit.objects.select_related("place").filter(pk__in=set(codes))
    return {row.code: _unit_record(row) for row in rows}


@kept
def unit_for(kind: str, place_path: str) -> UnitRecord | None:
    """The unit of a kind whose place is nearest up the tree from a path."""
    codes = [code for code in place_path.split("/") if code]
    found = _units().filter(kind=kind, place__in=codes).order_by("-place__depth", "code").first()
    return _unit_record(found) if found else None


def unit_seats() -> dict[tuple[str, str], str]:
    """For each kind and place the code of today's unit; the first by code where there are two."""
    rows = _units().order_by("-code").values_list("kind", "place_id", "code")
    return {(kind, seat): code for kind, seat, code in rows}


def units_under(place_path: str) -> list[UnitRecord]:
    """All valid units whose place lies under a path, by code."""
    return list(_units_under(place_path) or ())


@kept
def _units_under(place_path: str) -> tuple[UnitRecord, ...] | None:
    found = _units().filter(place__path__startswith=place_path).order_by("code")
    return tuple(_unit_record(row) for row in found) or None


def widest_units(place_path: str, most: int) -> list[UnitRecord]:
    """Valid units under a path, those of the widest places first."""
    found = _units().filter(place__path__startswith=place_path)
    return [_unit_record(row) for row in found.order_by("place__depth", "code")[:most]]


def units_over(place_path: str, most: int) -> list[UnitRecord]:
    """Valid units of the places above a path, those of the widest first."""
    above = [code for code in place_path.split("/") if code][:-1]
    found = _units().filter(place__in=above).order_by("place__depth", "code")[:most]
    return [_unit_record(row) for row in found]


def unit_named(name: str) -> UnitRecord | None:
    """The one valid unit of that very name in either language; None when none or several are."""
    found = list(_units().filter(Q(name_en=name) | Q(name_zh=name))[:2])
    return _unit_record(found[0]) if len(found) == 1 else None


def units_called(words: str, most: int) -> list[UnitRecord]:
    """Valid units in whose name, in either language, each of the words stands; the shortest first,
    which is the nearest to what was said."""
    said = words.replace("\x00", "").split()
    if not said:
        return []
    rows = _units()
    for word in said:
        rows = rows.filter(Q(name_en__icontains=word) | Q(name_zh__icontains=word))
    return [_unit_record(row) for row in rows.order_by(Length("name_zh"), "code")[:most]]


_index: tuple[int, AreaIndex, NDArray[np.str_]] | None = None


def _areas() -> tuple[AreaIndex, NDArray[np.str_]]:
    """The index of today's areas; kept for the process until another pack is loaded."""
    global _index  # noqa: PLW0603 - one index a process, a few hundred megabytes at city scale
    version = pack_version()
    if _index is None or _index[0] != version:
        rows = list(
            Place.objects.exclude(geometry=None)
            .order_by("code")
            .values_list("code", "depth", "geometry")
        )
        codes = np.array([code for code, _, _ in rows] + [""])
        areas = shapely.from_wkb([bytes(wkb) for _, _, wkb in rows if wkb])
        _index = version, AreaIndex(areas, [depth for _, depth, _ in rows]), codes
    return _index[1], _index[2]


def forget_areas() -> None:
    """Build the index anew when it is next asked."""
    global _index  # noqa: PLW0603 - see above
    _index = None


def locate_many(lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.str_]:
    """Code of the deepest area that holds each point; '' outside the city. Degrees, WGS84."""
    index, codes = _areas()
    found: NDArray[np.str_] = codes[index.find(np.asarray(lons), np.asarray(lats))]
    return found


def locate(lon: float, lat: float) -> PlaceRecord | None:
    """The deepest place that holds a point, or None outside the city."""
    code = str(locate_many(np.array([lon]), np.array([lat]))[0])
    return place(code) if code else None
