"""Which unit a matter is for: the kernel decides by the pack's routes, this finds the unit.

A complaint about a unit never goes to that unit nor to one below it: a rule that would send it
there is passed over, and the case stays with people.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from gongbi.cases.models import CaseType, Route
from gongbi.core.public import UnitRecord, city, held, unit, unit_for
from gongbi.kernel.cases.routing import Matter, Routed, Router, Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit (or none), the route that named it, and the reason in codes and numbers."""

    unit: UnitRecord | None
    route: Route | None
    why: dict[str, Any]


def choose_unit(
    kind: CaseType | None, place_path: str, *, at: datetime, level: int, about_path: str = ""
) -> Choice:
    """The unit the routes name, with the rule that fired and those that nearly did."""
    router, rows = _table(_batch())
    matter = Matter(
        type=kind.code if kind else None,
        group=kind.group if kind else None,
        places=frozenset(code for code in place_path.split("/") if code) or None,
        local=at.astimezone(city().zone),
        level=level,
    )
    passed: dict[str, str] = {}
    while True:
        routed = router.route(matter, skip=frozenset(passed))
        if routed.rule is None:
            return Choice(None, None, _why(routed, None, passed))
        row = rows[routed.rule]
        found = unit(row.to_unit) if row.to_unit else unit_for(row.to_kind, place_path)
        if found and not is_below(found.path, about_path):
            return Choice(found, row, _why(routed, row, passed))
        passed[row.code] = "accused" if found else "no_unit"


def is_below(unit_path: str, accused_path: str) -> bool:
    """Whether a unit is the one complained of, or below it."""
    return bool(accused_path) and unit_path.startswith(accused_path)


@held
def _batch() -> UUID | None:
    rows = Route.objects.filter(in_force=True).order_by("-version")
    return rows.values_list("batch", flat=True).first()


@lru_cache(maxsize=2)
def _table(batch: UUID | None) -> tuple[Router, dict[str, Route]]:
    """The routes in force, read once for each table ever loaded, in whichever process."""
    found = Route.objects.filter(in_force=True, batch=batch) if batch else ()
    rows = {row.code: row for row in found}
    return Router([_rule(row) for row in rows.values()]), rows


def _rule(row: Route) -> Rule:
    said = row.rule
    hours = said.get("hours")
    return Rule(
        row.code,
        types=frozenset(said.get("types", ())),
        groups=frozenset(said.get("groups", ())),
        places=frozenset(said.get("places", ())),
        hours=(hours[0], hours[1]) if hours else None,
        weekdays=frozenset(said.get("weekdays", ())),
        min_level=said.get("min_level"),
    )


def _why(routed: Routed, row: Route | None, passed: dict[str, str]) -> dict[str, Any]:
    return {
        "route": row.code if row else None,
        "version": row.version if row else None,
        "because": list(routed.because),
        "runner_up": routed.runner_up,
        "nearly": [
            {"rule": near.rule, "false": list(near.false), "unknown": list(near.unknown)}
            for near in routed.nearly
        ],
        "passed_over": [{"rule": code, "why": why} for code, why in passed.items()],
    }
