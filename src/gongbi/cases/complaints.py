"""Who hears complaints about offices, and of which offices nobody would.

Nobody of the accused office, or of one below it, sees a complaint. So where all who hear them
stand in one office or below it, a complaint about that office would lie unseen.
"""

from collections.abc import Sequence

from gongbi.cases import states
from gongbi.cases.models import Case
from gongbi.core.public import UnitRecord, people_with, unit, units


def units_that_hear(place_path: str) -> list[UnitRecord]:
    """The units in which those stand who hear complaints of a place."""
    codes = {one.unit for one in people_with("cases.hear_complaint", place_path)}
    return [found for code in sorted(codes) if (found := unit(code))]


def units_unheard(hear: Sequence[UnitRecord]) -> list[UnitRecord]:
    """Units that all of these are, or lie below; the highest first. With none to hear: []."""
    if not hear:
        return []
    path = min((one.path for one in hear), key=len)
    over = [code for code in path.split("/") if code]
    found = units(over)
    known = [found[code] for code in over if code in found]
    return [one for one in known if all(row.path.startswith(one.path) for row in hear)]


def complaints_about(about: Sequence[UnitRecord]) -> int:
    """How many complaints about these units, by name, are not over; how many, and no more."""
    rows = Case.objects.filter(about_unit__in=[one.code for one in about])
    return rows.filter(state__in=states.LIVE).count()
