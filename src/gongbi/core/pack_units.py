"""units.csv and calendars.toml: who works, and when."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from gongbi.core.models import Calendar, Unit
from gongbi.core.pack_files import (
    CODE,
    Fault,
    Known,
    Unreadable,
    read_csv_rows,
    read_toml_with_lines,
)
from gongbi.core.pack_places import path_of
from gongbi.core.worktime import BUILT_IN, from_rule

FILE, CALENDARS = "units.csv", "calendars.toml"
COLUMNS = ("code", "parent", "kind", "name_zh", "name_en", "place")


def check_calendars(folder: Path, known: Known) -> list[Fault]:
    """Faults of calendars.toml; a pack without one has the two built-in calendars."""
    known.calendars.update(BUILT_IN)
    if not (folder / CALENDARS).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / CALENDARS)
    except Unreadable as error:
        return [error.fault]
    calendars, faults = said.get("calendar", {}), []
    if not isinstance(calendars, dict):
        return [Fault(CALENDARS, line_of("calendar"), "Write each calendar as [calendar.name].")]
    for code, rule in calendars.items():
        known.calendars.add(code)
        try:
            from_rule(rule, ZoneInfo("UTC"))
        except (ValueError, TypeError, AttributeError) as error:
            faults.append(Fault(CALENDARS, line_of(f"calendar.{code}"), f"{code}: {error}"))
    return faults


def check_units(folder: Path, known: Known) -> list[Fault]:
    """Faults of units.csv; fills in the codes and kinds of units."""
    try:
        rows = read_csv_rows(folder / FILE, COLUMNS)
    except Unreadable as error:
        return [error.fault]
    known.units.update(row["code"] for _, row in rows)
    known.unit_kinds.update(row["kind"] for _, row in rows)
    parents = {row["code"]: row["parent"] for _, row in rows}
    return [fault for line, row in rows for fault in _unit_faults(line, row, known, parents)]


def _unit_faults(
    line: int, row: dict[str, str], known: Known, parents: dict[str, str]
) -> Iterator[Fault]:
    code = row["code"]
    if not CODE.fullmatch(code):
        yield Fault(FILE, line, f"The code {code!r} may hold a-z, 0-9 and '-' only.")
    if not (row["name_zh"] or row["name_en"]):
        yield Fault(FILE, line, f"The unit {code!r} has no name.")
    if row["place"] not in known.places:
        yield Fault(FILE, line, f"The unit's place {row['place']!r} is no place of this pack.")
    if row["parent"] and row["parent"] not in known.units:
        yield Fault(FILE, line, f"The parent {row['parent']!r} is no unit of this pack.")
    elif path_of(code, parents) is None:
        yield Fault(FILE, line, f"The unit {code!r} stands above itself; mend the parents.")
    if row.get("calendar") and row["calendar"] not in known.calendars:
        yield Fault(FILE, line, f"There is no calendar {row['calendar']!r} in {CALENDARS}.")


def load_calendars(folder: Path) -> None:
    """Write the calendars; the built-in ones where the pack names none of that name."""
    rules = dict(BUILT_IN)
    if (folder / CALENDARS).exists():
        rules |= read_toml_with_lines(folder / CALENDARS)[0].get("calendar", {})
    for code, rule in rules.items():
        Calendar.objects.update_or_create(pk=code, defaults={"rule": rule})


def load_units(folder: Path, version: int) -> None:
    """Write the units, parents first."""
    rows = [row for _, row in read_csv_rows(folder / FILE, COLUMNS)]
    parents = {row["code"]: row["parent"] for row in rows}
    units = [_unit(row, path_of(row["code"], parents) or "", version) for row in rows]
    units.sort(key=lambda unit: unit.path.count("/"))
    fields = [field.name for field in Unit._meta.concrete_fields if not field.primary_key]
    Unit.objects.bulk_create(
        units,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )


def _unit(row: dict[str, str], path: str, version: int) -> Unit:
    return Unit(
        code=row["code"],
        parent_id=row["parent"] or None,
        kind=row["kind"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        path=path,
        place_id=row["place"],
        calendar=row.get("calendar") or "office",
        phone=row.get("phone", ""),
        pack_version=version,
    )
