"""Asking the register: which asset a code means, which stand near a point."""

from collections.abc import Collection, Iterable
from math import cos, hypot, radians

from django.db.models import Q, QuerySet

from gongbi.core import clock
from gongbi.core.city import city
from gongbi.core.holding import kept
from gongbi.core.models import Asset, AssetKind
from gongbi.core.records import AssetKindRecord, AssetRecord
from gongbi.kernel.assets.cells import cells_around
from gongbi.kernel.assets.codes import key_of
from gongbi.kernel.assets.said import meant, read_said

METRES_A_DEGREE = 111_320.0
MOST_MEASURED = 3_000
MOST_ALIKE, MOST_MEANT = 50, 10


def _record(row: Asset) -> AssetRecord:
    today = clock.now().astimezone(city().zone).date()
    return AssetRecord(
        row.code,
        row.name_en,
        row.name_zh,
        row.pk,
        row.kind_id,
        row.kind.name_en,
        row.kind.name_zh,
        row.place_id,
        row.lon,
        row.lat,
        row.owner_id,
        row.maintainer_id,
        row.in_force and (row.until is None or row.until > today),
        row.since,
        row.until,
    )


def _standing() -> "QuerySet[Asset]":
    today = clock.now().astimezone(city().zone).date()
    begun = Q(since=None) | Q(since__lte=today)
    lasting = Q(until=None) | Q(until__gt=today)
    return Asset.objects.filter(begun & lasting, in_force=True).select_related("kind")


def asset(ref: str) -> AssetRecord | None:
    """The asset of ``KIND:CODE``, as it is printed on it; also one that is retired."""
    kind, _colon, code = ref.partition(":")
    if not code or "\x00" in ref:
        return None
    row = Asset.objects.select_related("kind").filter(kind=kind, code=code).first()
    return _record(row) if row else None


def assets(ids: Iterable[int]) -> dict[int, AssetRecord]:
    """Assets by id, in one query."""
    rows = Asset.objects.select_related("kind").filter(pk__in=set(ids))
    return {row.pk: _record(row) for row in rows}


def assets_by_key(kinds: Collection[str], keys: Collection[str]) -> list[AssetRecord]:
    """Standing assets of some kinds whose code, without blanks and dashes, is one of these."""
    rows = _standing().filter(kind__in=set(kinds), key__in=set(keys)).order_by("pk")
    return [_record(row) for row in rows] if kinds and keys else []


def assets_said(
    text: str, wanted: Collection[str] = (), *, retired: bool = False
) -> list[AssetRecord]:
    """What a code that somebody says can mean: none, the one, or several to choose from.

    Of the ``wanted`` kinds before others. One query; none for what can be no code.
    """
    every = [one.code for one in asset_kinds()]
    kind, code = read_said(text)
    if kind and kind not in every:  # a colon that parts nothing: it belongs to the code
        kind, code = "", f"{kind}:{code}"
    key = key_of(code)
    if not key or not every:
        return []
    rows = Asset.objects.select_related("kind") if retired else _standing()
    rows = rows.filter(kind__in=[kind] if kind else every, key=key)
    rows = rows.order_by("kind__position", "code")[:MOST_ALIKE]
    return meant(code, [_record(row) for row in rows], wanted)[:MOST_MEANT]


def assets_standing(
    kind: str, place_path: str, *, unit_paths: Collection[str] = (), after: str = "", most: int
) -> list[AssetRecord]:
    """Standing assets of a kind at and below a place, by code, from behind one on; of some units
    and those below, if any are named. One query; no index serves the place, so it reads the kind.
    """
    here = Q(place__path__startswith=place_path)
    if place_path.count("/") == 2:  # the city itself has those that stand at no place
        here |= Q(place=None)
    whose = Q()
    for path in unit_paths:
        whose |= Q(owner__path__startswith=path) | Q(maintainer__path__startswith=path)
    rows = _standing().filter(here, whose, kind=kind, code__gt=after).order_by("code")
    return [_record(row) for row in rows[:most]]


def assets_near(
    lon: float, lat: float, kinds: Collection[str], most: int = 5
) -> list[tuple[AssetRecord, float]]:
    """Standing assets of some kinds around a point, nearest first, with metres. One query.

    All within a small square's side (about 140 m in most cities) are among those looked at.
    """
    rows = _standing().filter(kind__in=set(kinds), cell__in=cells_around(lon, lat))
    measured = [(_metres(row, lon, lat), row.pk, row) for row in rows[:MOST_MEASURED]]
    return [(_record(row), metres) for metres, _pk, row in sorted(measured)[:most]]


def metres_from(found: AssetRecord, lon: float | None, lat: float | None) -> float | None:
    """How far a point lies from an asset; None without a point."""
    return None if lon is None or lat is None else _metres(found, lon, lat)


def _metres(one: Asset | AssetRecord, lon: float, lat: float) -> float:
    east = (one.lon - lon) * cos(radians(lat))
    return hypot(east, one.lat - lat) * METRES_A_DEGREE


@kept
def asset_kinds() -> tuple[AssetKindRecord, ...]:
    """The kinds the city keeps, in the pack's order."""
    return tuple(
        AssetKindRecord(row.code, row.name_en, row.name_zh, tuple(row.words), tuple(row.shapes))
        for row in AssetKind.objects.filter(in_force=True).order_by("position")
    )
