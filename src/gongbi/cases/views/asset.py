"""The asset of a case: what it is, whose it is, how it is known, and what was there before."""

from dataclasses import dataclass
from datetime import datetime

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


def shown(case: Case, scope: Scope) -> Shown | None:
    """What is known of a case's asset; three queries where it has one, none where not."""
    found = assets.of_id(case.asset_id)
    why = asset_why(case.asset_why)
    if found is None:
        return Shown(None, None, None, why, [], False) if why else None
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
    )


def _earlier(row: Case) -> Earlier:
    name = row.type.name if row.type else ""
    return Earlier(row.number, name, wording.state(row.state), row.opened_at)
