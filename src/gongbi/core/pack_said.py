"""What a pack's folder says, read without loading it: for trying a pack before it is in force."""

from pathlib import Path
from zoneinfo import ZoneInfo

from gongbi.core.pack_city import read_city
from gongbi.core.pack_files import read_csv_rows, read_toml_with_lines
from gongbi.core.pack_places import FILE as PLACES
from gongbi.core.pack_places import path_of
from gongbi.core.pack_units import CALENDARS, COLUMNS
from gongbi.core.pack_units import FILE as UNITS
from gongbi.core.records import UnitRecord
from gongbi.core.worktime import BUILT_IN, from_rule
from gongbi.kernel.calendars import WorkingCalendar


def calendars_in(folder: Path) -> dict[str, WorkingCalendar]:
    """The calendars of a sound pack by name, the two built in among them."""
    zone = ZoneInfo(read_city(folder)["zone"])
    rules = dict(BUILT_IN)
    if (folder / CALENDARS).exists():
        rules |= read_toml_with_lines(folder / CALENDARS)[0].get("calendar", {})
    return {code: from_rule(rule, zone) for code, rule in rules.items()}


def units_in(folder: Path) -> list[UnitRecord]:
    """The units of a sound pack, by code."""
    places = {row["code"]: row["parent"] for _, row in read_csv_rows(folder / PLACES, ("code",))}
    rows = [row for _, row in read_csv_rows(folder / UNITS, COLUMNS)]
    parents = {row["code"]: row["parent"] for row in rows}
    found = [
        UnitRecord(
            row["code"],
            row["name_en"],
            row["name_zh"],
            row["parent"] or None,
            row["kind"],
            path_of(row["code"], parents) or "",
            row["place"],
            path_of(row["place"], places) or "",
            row.get("calendar") or "office",
            row.get("phone", ""),
        )
        for row in rows
    ]
    return sorted(found, key=lambda unit: unit.code)
