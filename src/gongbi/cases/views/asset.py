"""The asset of a case: what it is, whose it is, how it is known, and what was there before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongbi.cases import assets, wording
from gongbi.cases.access import visible_cases
from gongbi.cases.models import Case
from gongbi.cases.wording_asset import asset_why
from gongbi.core.public import AssetRecord, Scope, UnitRecord, units

MOST_EARLIER = 5


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another case of the same asset."""

    number: str
    type_name: str
    state_name: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """An asset on a case page; ``more``: this person sees more cases of it than are listed."""

    asset: AssetRecord | None
    owner: UnitRecord | None
    maintainer: UnitRecord | None
    why: str
    earlier: list[Earlier]
    more: bool
    elsewhere: "Elsewhere | None" = None
    may_name: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The asset is one unit's and the case another's: which, and whether this person can offer
    it. Nothing is moved by itself."""

    whose: UnitRecord
    case_unit: str
    sent: bool
    verb: str


def shown(case: Case, scope: Scope, verbs: Collection[str] = ()) -> Shown | None:
    """What is known of a case's asset; three queries where it has one, none where not. ``verbs``:
    what this person may do with the case now."""
    found = assets.of_id(case.asset_id)
    why = asset_why(case.asset_why, about=found is not None)
    if found is None:
        may = "name_asset" in verbs
        return Shown(None, None, None, why, [], False, may_name=may) if why else None
    known = units({found.owner, found.maintainer or found.owner})
    rows = visible_cases(scope).filter(asset=found.id).exclude(pk=case.pk)
    rows = rows.select_related("type").order_by("-opened_at", "-pk")
    listed = list(rows[: MOST_EARLIER + 1])
    return Shown(
        asset=found,
        owner=known.get(found.owner),
        maintainer=known.get(found.maintainer or ""),
        why=why,
        earlier=[_earlier(row) for row in listed[:MOST_EARLIER]],
        more=len(listed) > MOST_EARLIER,
        elsewhere=_elsewhere(case, found, known, verbs),
        may_name="name_asset" in verbs,
    )


def _elsewhere(
    case: Case, found: AssetRecord, known: dict[str, UnitRecord], verbs: Collection[str]
) -> Elsewhere | None:
    """Said where the case is, or is suggested, for none of those whose the asset is."""
    unit = case.unit or case.suggested_unit
    whose = [known[code] for code in (found.owner, found.maintainer) if code in known]
    if unit is None or case.is_over or not whose or any(_one_line(unit, o) for o in whose):
        return None
    # Who maintains it does the work, unless the rule names the owner.
    to = whose[0] if case.route_why.get("to_asset") == "owner" else whose[-1]
    verb = next((one for one in ("dispatch", "transfer") if one in verbs), "")
    return Elsewhere(to, unit.name, case.unit is not None, verb)


def _one_line(unit: Any, other: UnitRecord) -> bool:
    """Whether one is the other, or above it."""
    return bool(unit.path.startswith(other.path) or other.path.startswith(unit.path))


def _earlier(row: Case) -> Earlier:
    name = row.type.name if row.type else ""
    return Earlier(row.number, name, wording.state(row.state), row.opened_at)
