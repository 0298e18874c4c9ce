"""Who may see an asset in the register: by its place, or as who owns or maintains it."""

from collections.abc import Sequence

from gongbi.core.places import places, units
from gongbi.core.records import AssetRecord
from gongbi.core.scope import Scope

SEE = "assets.see"


def assets_seen(scope: Scope, rows: Sequence[AssetRecord]) -> list[AssetRecord]:
    """Those of the rows that a person may see. Two queries, however many there are."""
    if not rows or not scope.can(SEE):
        return []
    paths = {code: one.path for code, one in places(_places(rows)).items()}
    whose = {code: one.path for code, one in units(_units(rows)).items()}
    return [row for row in rows if _sees(scope, row, paths, whose)]


def _sees(scope: Scope, row: AssetRecord, paths: dict[str, str], whose: dict[str, str]) -> bool:
    # What stands at no place is for those who see the whole city.
    here = paths.get(row.place or "", "/")
    own = [whose[code] for code in (row.owner, row.maintainer) if code in whose]
    reach = [scope.can(SEE, place_path=here), *(scope.can(SEE, unit_path=one) for one in own)]
    return any(reach)


def _places(rows: Sequence[AssetRecord]) -> set[str]:
    return {row.place for row in rows if row.place}


def _units(rows: Sequence[AssetRecord]) -> set[str]:
    return {code for row in rows for code in (row.owner, row.maintainer) if code}
