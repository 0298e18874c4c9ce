"""A pack's types, routes, units and calendars, ready to be asked without being in force."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gongbi.cases.pack import type_fields
from gongbi.cases.pack_check import ROUTES, TYPES
from gongbi.cases.route_conditions import kept_of, rule_of
from gongbi.cases.routes import Passed, is_below, lacking, why_of
from gongbi.core.public import UnitRecord, calendars_in, city, read_toml_with_lines, units_in
from gongbi.kernel.calendars import WorkingCalendar
from gongbi.kernel.cases.routing import Matter, Router
from gongbi.kernel.worktimes import LaidOut, lay_out


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of a case that the rules may ask."""

    number: str
    type: str
    place_path: str
    about_path: str
    source: str
    level: int
    opened_at: datetime
    facts: dict[str, str]
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """The unit a tried pack names, and by which rule; empty where none; and the reason."""

    unit: str
    rule: str
    why: dict[str, Any] = field(default_factory=dict)


class TriedPack:
    """A sound pack's folder, read once."""

    def __init__(self, folder: Path) -> None:
        said = read_toml_with_lines(folder / TYPES)[0]
        ladders = {row["code"]: row["steps"] for row in said.get("ladder", [])}
        self.types: dict[str, dict[str, Any]] = {
            row["code"]: type_fields(row, number, ladders)
            for number, row in enumerate(said["case_type"])
        }
        self.routes: dict[str, dict[str, Any]] = {
            row["code"]: row for row in read_toml_with_lines(folder / ROUTES)[0]["route"]
        }
        self.calendars: dict[str, WorkingCalendar] = calendars_in(folder)
        self.zone = city().zone
        self._laid: dict[tuple[str, date, date], LaidOut] = {}
        self._router = Router([rule_of(code, kept_of(row)) for code, row in self.routes.items()])
        self._units = {one.code: one for one in units_in(folder)}
        self._by_kind: dict[tuple[str, str], UnitRecord] = {}
        for one in self._units.values():
            self._by_kind.setdefault((one.kind, one.place), one)

    @property
    def asks_facts(self) -> bool:
        """Whether some rule asks what an alert or a sender told beside type, place and time."""
        nested = (one for rule in self._router.rules for one in (rule, *rule.any, *rule.none))
        to_asset = any(row.get("to_asset") for row in self.routes.values())
        return to_asset or any(one.facts for one in nested)

    @property
    def asks_mode(self) -> bool:
        """Whether some rule asks which mode the place was in then."""
        return self._router.asks_mode

    @property
    def asks_load(self) -> list[str]:
        """Rules that ask how much their unit has in hand; past loads are not known."""
        return [code for code, row in self.routes.items() if "max_load" in row]

    def laid(self, calendar: str, first: date, last: date) -> LaidOut:
        """A calendar laid out once for the whole rehearsal."""
        key = (calendar, first, last)
        if key not in self._laid:
            self._laid[key] = lay_out(self.calendars[calendar], first, last)
        return self._laid[key]

    def choose(self, case: Recorded) -> Tried:
        """The unit these routes name for a case, as ``cases.routes.choose_unit`` would."""
        matter = self._matter(case)
        passed: Passed = {}
        while True:
            routed = self._router.route(matter, skip=frozenset(passed))
            if routed.rule is None:
                return Tried("", "", why_of(routed, None, passed, case.mode))
            row = self.routes[routed.rule]
            unit = self._unit(row, case)
            if unit and not is_below(unit.path, case.about_path):
                return Tried(unit.code, routed.rule, why_of(routed, None, passed, case.mode))
            lacks = lacking(row.get("to_asset", ""), matter.facts)
            passed[routed.rule] = {"why": "accused"} if unit else lacks

    def reason(self, rule: str) -> tuple[str, str]:
        """Why a route says so, in both languages."""
        row = self.routes[rule]
        return row.get("reason_en", ""), row.get("reason_zh", "")

    def _matter(self, case: Recorded) -> Matter:
        kind = self.types.get(case.type)
        return Matter(
            type=case.type if kind else None,
            group=kind["group"] if kind else None,
            places=frozenset(code for code in case.place_path.split("/") if code) or None,
            local=case.opened_at.astimezone(self.zone),
            level=case.level,
            source=case.source or None,
            priority=kind["priority"] if kind else None,
            facts=case.facts,
            mode=case.mode,
        )

    def _unit(self, route: dict[str, Any], case: Recorded) -> UnitRecord | None:
        if route.get("to_asset"):
            return self._units.get(case.facts.get(f"asset_{route['to_asset']}", ""))
        if route.get("to_unit"):
            return self._units.get(route["to_unit"])
        upwards = reversed([code for code in case.place_path.split("/") if code])
        found = (self._by_kind.get((route["to_kind"], place)) for place in upwards)
        return next((one for one in found if one), None)
