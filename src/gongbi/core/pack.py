"""What core reads from a city pack: the city, its places, units, assets, calendars and people."""

from pathlib import Path

from gongbi.core.applications.pack import check_applications, load_applications
from gongbi.core.assets import pack as assets
from gongbi.core.pack_city import check_city
from gongbi.core.pack_files import Fault, Known
from gongbi.core.pack_people import check_people, load_people
from gongbi.core.pack_places import check_places, load_places
from gongbi.core.pack_units import check_calendars, check_units, load_calendars, load_units


def check(folder: Path, known: Known) -> list[Fault]:
    """Every fault in core's files of a pack."""
    return [
        *check_city(folder),
        *check_calendars(folder, known),
        *check_places(folder, known),
        *check_units(folder, known),
        *assets.check_assets(folder, known),
        *check_people(folder, known),
        *check_applications(folder, known),
    ]


def load(folder: Path, version: int) -> None:
    """Write core's tables from a checked pack, inside the caller's transaction."""
    load_calendars(folder)
    load_places(folder, version)
    load_units(folder, version)
    assets.load(folder)
    load_people(folder)
    load_applications(folder)
