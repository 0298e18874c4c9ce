"""city.toml: what the city is called and where its clocks and map stand."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gongbi.core.pack_files import CODE, Fault, Unreadable, read_toml_with_lines

FILE = "city.toml"


def check_city(folder: Path) -> list[Fault]:
    """Faults of city.toml, all at once."""
    try:
        said, line_of = read_toml_with_lines(folder / FILE)
    except Unreadable as error:
        return [error.fault]
    return [Fault(FILE, line_of(key=key), reason) for key, reason in _troubles(said)]


def _troubles(said: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (key, f"The key {key!r} is missing; a city needs it.")
        for key in ("code", "zone", "centre")
        if key not in said
    ]
    if not (said.get("name_en") or said.get("name_zh")):
        found.append(("name_en", "The city has no name; give name_zh or name_en."))
    if "code" in said and not CODE.fullmatch(str(said["code"])):
        found.append(("code", "The code may hold a-z, 0-9 and '-', 32 at the most."))
    if "zone" in said and not _is_zone(said["zone"]):
        found.append(("zone", f"{said['zone']!r} is not a time zone; write one as Asia/Shanghai."))
    if "centre" in said and not _is_point(said["centre"]):
        found.append(("centre", "The centre is [longitude, latitude] in degrees."))
    return found


def _is_zone(name: Any) -> bool:
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_point(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) == 2):
        return False
    numbers = all(isinstance(part, int | float) for part in value)
    return numbers and abs(value[0]) <= 180 and abs(value[1]) <= 90


def read_city(folder: Path) -> dict[str, Any]:
    """What a checked city.toml says."""
    return read_toml_with_lines(folder / FILE)[0]
