"""Which unit a matter is for: the kernel decides by the pack's routes, this finds the unit.

A complaint about a unit never goes to that unit nor to one below it: a rule that would send it
there is passed over, and the case stays with people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from gongbi.cases import assets, questions
from gongbi.cases.models import Case, CaseType, Route, Task
from gongbi.cases.route_conditions import rule_of
from gongbi.core.public import (
    UnitRecord,
    city,
    modes_then,
    now,
    pack_stamp,
    standing_unit,
    unit_seats,
)
from gongbi.kernel.cases.conditions import text_of
from gongbi.kernel.cases.routing import Matter, Routed, Router
from gongbi.kernel.modes import mode_at

MOST_UNITS = 20_000  # kept found in each process; a unit's record is about half a kilobyte
Stamp = tuple[int, str]
Passed = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit (or none), the route that named it, and the reason in codes and numbers."""

    unit: UnitRecord | None
    route: Route | None
    why: dict[str, Any]


def choose_unit(
    kind: CaseType | None,
    place_path: str,
    *,
    at: datetime,
    level: int,
    about_path: str = "",
    source: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Choice:
    """The unit the routes name, with the rule that fired and those that nearly did."""
    stamp = pack_stamp()
    table = _table(stamp)
    local = at.astimezone(table.zone)
    codes = [code for code in place_path.split("/") if code]
    matter = Matter(
        type=kind.code if kind else None,
        group=kind.group if kind else None,
        places=frozenset(codes) or None,
        local=local,
        level=level,
        source=source or None,
        priority=kind.priority if kind else None,
        facts=facts_of(facts or {}, kind.code if kind else ""),
        mode=_mode(table, place_path, at) if codes else None,
    )
    today = now().astimezone(table.zone).date()
    seats = _seats(stamp, today)

    def find(row: Route) -> UnitRecord | None:
        if row.to_asset:
            code = matter.facts.get(f"asset_{row.to_asset}", "")
            return _unit(stamp, today, code) if code else None
        upwards = (seats.get((row.to_kind, place)) for place in reversed(codes))
        code = row.to_unit or next(filter(None, upwards), "")
        return _unit(stamp, today, code) if code else None

    return _choose(table, matter, find, about_path)


def _mode(table: "_Table", place_path: str, at: datetime) -> str | None:
    """The mode of the place then; asked of the city only where some rule asks it."""
    return mode_at(modes_then(at, at), place_path, at) if table.asks_mode else None


def _choose(
    table: "_Table",
    matter: Matter,
    find: Callable[[Route], UnitRecord | None],
    about_path: str,
) -> Choice:
    """The first rule that fires whose unit there is, is not accused, and is not full."""
    passed: Passed = {}
    while True:
        routed = table.router.route(matter, skip=frozenset(passed))
        if routed.rule is None:
            return Choice(None, None, why_of(routed, None, passed, matter.mode))
        row = table.rows[routed.rule]
        found = find(row)
        hindrance = _hindrance(row, found, about_path, matter.facts)
        if hindrance is None:
            why = why_of(routed, row.version, passed, matter.mode)
            return Choice(found, row, why | ({"to_asset": row.to_asset} if row.to_asset else {}))
        passed[row.code] = hindrance


def _hindrance(
    row: Route, found: UnitRecord | None, about_path: str, facts: Mapping[str, str]
) -> dict[str, Any] | None:
    """Why a rule that fires cannot be followed; None when it can."""
    if found is None:
        return lacking(row.to_asset, facts)
    if is_below(found.path, about_path):
        return {"why": "accused"}
    most = row.rule.get("max_load")
    if most is None:
        return None
    load = Task.objects.filter(unit=found.code, ended_at=None).count()
    return {"why": "full", "load": load, "most": most} if load >= most else None


def lacking(to_asset: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """Why a rule has no unit: there is none, no asset is known, or whose it was is no more."""
    if not to_asset:
        return {"why": "no_unit"}
    code = facts.get(f"asset_{to_asset}", "")
    return {"why": "owner_gone", "whose": to_asset, "unit": code} if code else {"why": "no_asset"}


def is_below(unit_path: str, accused_path: str) -> bool:
    """Whether a unit is the one complained of, or below it."""
    return bool(accused_path) and unit_path.startswith(accused_path)


def facts_known(case: Case, kind: CaseType | None) -> dict[str, Any]:
    """What is known of a case: what its first report told, what any answered, its asset."""
    first = case.signals.order_by("pk").values_list("why", flat=True).first() or {}
    answers = {questions.KEPT: {kind.code: questions.of_case(case, kind)}} if kind else {}
    return {**first, **answers, **assets.facts_of(assets.of_id(case.asset_id))}


def facts_of(said: Mapping[str, Any], type_code: str) -> dict[str, str]:
    """What is known of a matter beside its type, place and time; a null is *not known*.

    ``said`` is what a signal's ``why`` holds, the answers of its reporter among it.
    """
    return {
        name: text_of(value)
        for name, value in {**questions.of_signal(said, type_code), **said}.items()
        if isinstance(value, str | int | float)
    }


@dataclass(frozen=True, slots=True)
class _Table:
    router: Router
    rows: dict[str, Route]
    zone: ZoneInfo
    asks_mode: bool = False


@lru_cache(maxsize=2)
def _table(_stamp: Stamp) -> _Table:
    """The routes in force, read once for each pack ever loaded, in whichever process."""
    rows = {row.code: row for row in Route.objects.filter(in_force=True)}
    router = Router([rule_of(r.code, r.rule) for r in rows.values()])
    return _Table(router, rows, city().zone, router.asks_mode)


@lru_cache(maxsize=2)
def _seats(_stamp: Stamp, _today: date) -> dict[tuple[str, str], str]:
    """Which unit of a kind serves which place: anew each day, because units come and go."""
    return unit_seats()


@lru_cache(maxsize=MOST_UNITS)
def _unit(_stamp: Stamp, _today: date, code: str) -> UnitRecord | None:
    return standing_unit(code)


def forget_tables() -> None:
    """Read routes and units anew: another database stands behind the same pack number."""
    for kept in (_table, _seats, _unit):
        kept.cache_clear()


def why_of(
    routed: Routed, version: int | None, passed: Passed, mode: str | None
) -> dict[str, Any]:
    """The reason as it is kept with a case, in codes and numbers; the mode where it was asked."""
    return ({"mode": mode} if mode else {}) | {
        "route": routed.rule,
        "version": version,
        "because": list(routed.because),
        "runner_up": routed.runner_up,
        "nearly": [
            {"rule": near.rule, "false": list(near.false), "unknown": list(near.unknown)}
            for near in routed.nearly
        ],
        "passed_over": [{"rule": code, **why} for code, why in passed.items()],
    }
