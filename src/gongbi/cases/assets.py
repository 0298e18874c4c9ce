"""The asset a report is about: how it is known, what it tells the routes, what it is called."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gongbi.cases.models import CaseType
from gongbi.cases.records import SignalIn
from gongbi.core.public import AssetRecord, asset_kinds, assets_near, metres_from
from gongbi.core.public import assets as assets_by_id

BESIDE_METRES = 200.0
OFFICER = "officer"
CHANGED = "asset_changed"  # in a case's route_why: the rules were told of another asset, or none
Why = dict[str, Any]


def why_of(
    found: AssetRecord | None, lon: float | None, lat: float | None, *, by: str
) -> Why | None:
    """How an asset is known, in codes and numbers: by whom, and how far from the point said."""
    if found is None:
        return None
    metres = metres_from(found, lon, lat)
    return {"by": by} | ({} if metres is None else {"metres": round(metres)})


def at_asset(signal: SignalIn, found: AssetRecord | None) -> SignalIn:
    """The report where its asset stands, if it brought no point of its own.

    Who stands beside an asset is where the register says it is: in its building, not its quarter.
    """
    if found is None:
        return signal
    metres = metres_from(found, signal.lon, signal.lat)
    if metres is None:
        signal = replace(signal, lon=found.lon, lat=found.lat)
    here = metres is None or metres <= BESIDE_METRES
    return replace(signal, place=signal.place or (found.place if here else None))


def facts_of(found: AssetRecord | None) -> dict[str, str]:
    """What routes may ask of an asset; nothing where none is known, which is *not known*."""
    if found is None:
        return {}
    return {
        "asset_kind": found.kind,
        "asset_owner": found.owner,
        "asset_maintainer": found.maintainer or found.owner,
    }


def is_by_officer(why: Why | None) -> bool:
    """Whether somebody of the city's said which asset it is, or that it is none: that stands."""
    return bool(why) and (why or {}).get("by") == OFFICER


def asked_by_routes(why: Why) -> bool:
    """Whether what chose the unit asked for the asset, or lacked one."""
    near = [name for row in why.get("nearly", ()) for name in (*row["false"], *row["unknown"])]
    passed = any(row["why"] in ("no_asset", "owner_gone") for row in why.get("passed_over", ()))
    named = any(name.startswith("fact:asset_") for name in (*why.get("because", ()), *near))
    return bool(why.get("to_asset")) or passed or named


def near(
    type_kinds: Iterable[str], lon: float | None, lat: float | None
) -> list[tuple[AssetRecord, float]]:
    """The nearest assets of a type's kinds, of any kind where it names none. One query."""
    if lon is None or lat is None:
        return []
    kinds = tuple(type_kinds) or tuple(one.code for one in asset_kinds())
    return assets_near(lon, lat, kinds) if kinds else []


def of_id(asset_id: int | None) -> AssetRecord | None:
    """The asset of a case or a report. One query, where there is one."""
    return assets_by_id([asset_id]).get(asset_id) if asset_id else None


def of_cases(ids: Iterable[int | None]) -> dict[int | None, AssetRecord]:
    """The assets of many cases by their ids, in one query."""
    wanted = {one for one in ids if one}
    return {pk: found for pk, found in assets_by_id(wanted).items()} if wanted else {}


def kinds_of(type_codes: Iterable[str]) -> tuple[str, ...]:
    """The kinds of assets a matter of one of these types may be about. One query."""
    wanted = [code for code in type_codes if code]
    rows = CaseType.objects.filter(code__in=wanted, in_force=True).values_list("assets", flat=True)
    return tuple({kind: None for kinds in rows for kind in kinds}) if wanted else ()


def types_about(kind: str) -> list[str]:
    """The types in force that may be about assets of a kind, in the pack's order."""
    rows = CaseType.objects.filter(in_force=True).order_by("position", "code")
    return [code for code, kinds in rows.values_list("code", "assets") if kind in kinds]
