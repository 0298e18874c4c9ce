"""What a town's spreadsheet says of the town, its villages, units and people, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gongbi.generator.names import letters
from gongbi.generator.sheet_reading import (
    Faults,
    Row,
    SheetRefused,
    choose,
    need,
    read_book,
)
from gongbi.generator.sheet_words import match, match_within, nearest, plain, vocabulary
from gongbi.generator.town_types import CaseType, read_types
from gongbi.generator.units import Unit


@dataclass(frozen=True)
class Village:
    """One village or community; lon and lat are empty where the sheet does not say."""

    code: str
    name_zh: str
    name_en: str
    population: int
    lon: str
    lat: str


@dataclass(frozen=True)
class Town:
    """Everything the sheet said, checked."""

    code: str
    name_zh: str
    name_en: str
    people: int
    lon: str
    lat: str
    datum: str
    zone: str
    villages: list[Village]
    units: list[Unit]
    staff: list[tuple[str, ...]]
    types: list[CaseType]


def read_town(sheet: Path) -> Town:
    """Read and check a town's sheet without writing anything."""
    faults = Faults()
    rows = read_book(sheet, faults)
    facts = _read_facts(rows.get("town", []), faults)
    code = letters(facts.get("code") or facts.get("name_en", "")) if facts else "town"
    code = "town" if code == "city" else code
    villages = _read_villages(rows.get("villages", []), code, faults)
    units = _read_units(rows.get("units", []), code, villages, faults)
    staff = _read_people(rows.get("people", []), code, villages, units, faults)
    types = read_types(rows.get("types", []), units, faults)
    if faults.found:
        raise SheetRefused(faults.found)
    name = facts.get("name") or sheet.stem
    people = int(facts.get("people") or 0) or sum(village.population for village in villages)
    return Town(
        code,
        name,
        facts.get("name_en") or name,
        people,
        facts.get("lon", ""),
        facts.get("lat", ""),
        facts.get("datum") or "WGS84",
        facts.get("zone") or "Asia/Shanghai",
        villages,
        units,
        staff,
        types,
    )


def _read_facts(rows: list[Row], faults: Faults) -> dict[str, str]:
    facts: dict[str, str] = {}
    for row in rows:
        key = match(row["item"], vocabulary()["facts"])
        if key is None:
            known = [words[0] for words in vocabulary()["facts"].values()]
            faults.add(
                row, "item", f"“{row['item']}” is not asked for here.", nearest(row["item"], known)
            )
            continue
        facts[key] = row["value"]
        if key == "people":
            facts[key] = str(_number(row, "value", faults, "number of people", 0, 40_000_000))
        if key in ("lon", "lat") and row["value"]:
            most = 180 if key == "lon" else 90
            facts[key] = str(_decimal(row, "value", faults, -most, most))
        if key == "datum" and row["value"].upper() not in (
            "",
            "WGS84",
            "GCJ02",
            "GCJ-02",
            "BD09",
            "BD-09",
            "CGCS2000",
        ):
            faults.add(
                row,
                "value",
                f"“{row['value']}” is no known datum.",
                "Write WGS84, CGCS2000, GCJ-02 or BD-09.",
            )
    return facts


def _number(row: Row, column: str, faults: Faults, what: str, least: int, most: int) -> int:
    text = row[column].replace(",", "")
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        faults.add(
            row,
            column,
            f"“{row[column]}” is no {what}.",
            f"Write a whole number from {least} to {most}.",
        )
        return 0
    return int(text)


def _decimal(row: Row, column: str, faults: Faults, least: float, most: float) -> str:
    text = row[column]
    if not text:
        return ""
    if not re.fullmatch(r"-?\d{1,3}(\.\d+)?", text) or not least <= float(text) <= most:
        faults.add(
            row,
            column,
            f"“{text}” is no coordinate in degrees.",
            f"Write decimal degrees between {least} and {most}, such as 30.2041.",
        )
        return ""
    return text


def _once(row: Row, column: str, name: str, seen: dict[str, int], faults: Faults) -> bool:
    """False, with a fault, where the name stands in an earlier row too."""
    if name in seen:
        faults.add(
            row,
            column,
            f"“{name}” is also in row {seen[name]}.",
            "Give each its own name, or delete one row.",
        )
        return False
    seen[name] = row.number
    return True


def _read_villages(rows: list[Row], town: str, faults: Faults) -> list[Village]:
    villages: list[Village] = []
    seen: dict[str, int] = {}
    for row in rows:
        name = need(row, "name", faults, "village's name")
        people = _number(row, "population", faults, "number of people", 0, 10_000_000)
        lon = _decimal(row, "lon", faults, -180, 180)
        lat = _decimal(row, "lat", faults, -90, 90)
        if name and _once(row, "name", name, seen, faults):
            code = f"{town[:20]}-{len(villages) + 1:02d}"
            villages.append(Village(code, name, row["name_en"] or name, people, lon, lat))
    return villages


def _read_units(rows: list[Row], town: str, villages: list[Village], faults: Faults) -> list[Unit]:
    seen: dict[str, int] = {}
    kept: list[tuple[Row, str, str]] = []
    for row in rows:
        name = need(row, "name", faults, "unit's name")
        if name and _once(row, "name", name, seen, faults):
            kept.append((row, name, f"unit-{len(kept) + 1:02d}"))
    codes = {name: code for _, name, code in kept}
    units = []
    for row, name, code in kept:
        parent = _lookup(row, "parent", codes, "unit", faults)
        if parent == code:
            faults.add(row, "parent", f"“{name}” is its own parent.", "Leave the cell empty.")
        place = _lookup(row, "place", _places(villages), "village", faults) or town
        calendar = choose(row, "hours", "calendars", "office", faults, "kind of hours")
        kinds = vocabulary()["kinds"]
        kind = match_within(row["kind"], kinds) or match_within(name, kinds) or "other"
        units.append(
            Unit(code, parent, kind, name, row["name_en"] or name, place, calendar, row["phone"])
        )
    if rows and not units and not faults.found:
        faults.whole(rows[0].sheet, "There is no unit.", "List at least one.")
    _no_circles(units, rows, faults)
    return units


def _no_circles(units: list[Unit], rows: list[Row], faults: Faults) -> None:
    parent = {unit.code: unit.parent for unit in units}
    for unit in units:
        above, steps = unit.parent, 0
        while above and steps <= len(units):
            above, steps = parent.get(above, ""), steps + 1
        if steps > len(units) and unit.parent != unit.code:
            faults.whole(
                rows[0].sheet,
                f"The units above “{unit.name_zh}” go round in a circle.",
                "Let one of them have no parent.",
            )
            return


def _places(villages: list[Village]) -> dict[str, str]:
    return {village.name_zh: village.code for village in villages}


def _lookup(row: Row, column: str, known: dict[str, str], what: str, faults: Faults) -> str:
    """The code of the named thing, "" where the cell is empty."""
    text = row[column]
    if not text or text in known:
        return known.get(text, "")
    remedy = nearest(text, list(known)) if known else f"List it in the sheet of {what}s first."
    faults.add(row, column, f"No {what} is called “{text}”.", remedy)
    return ""


def _read_people(
    rows: list[Row], town: str, villages: list[Village], units: list[Unit], faults: Faults
) -> list[tuple[str, ...]]:
    """One line for each role of each person; the same name in the same unit is one person."""
    codes = {unit.name_zh: unit.code for unit in units}
    usernames: dict[tuple[str, str], str] = {}
    taken: dict[str, tuple[str, str]] = {}
    lines: list[tuple[str, ...]] = []
    for row in rows:
        name = need(row, "name", faults, "person's name")
        unit_name = need(row, "unit", faults, "person's unit")
        unit = _lookup(row, "unit", codes, "unit", faults) if unit_name else ""
        place = _lookup(row, "place", _places(villages), "village", faults) or town
        language = choose(row, "language", "languages", "zh-hans", faults, "language")
        username = _username(row, (name, unit_name), usernames, taken, faults)
        for role in _roles(row, faults):
            line = (username, name, unit, role, place, language)
            if line not in lines:
                lines.append(line)
    if rows and not any(line[3] == "keeper" for line in lines):
        faults.whole(
            rows[0].sheet,
            "Nobody keeps the system.",
            "Give one person the role keeper (管理员) as well.",
        )
    return lines


def _roles(row: Row, faults: Faults) -> list[str]:
    text = need(row, "role", faults, "role")
    roles = []
    for part in re.split(r"[,;/、，；+]|\band\b", text):
        role = match(part, vocabulary()["roles"]) if plain(part) else None
        if role:
            roles.append(role)
        elif plain(part):
            known = [words[min(1, len(words) - 1)] for words in vocabulary()["roles"].values()]
            faults.add(
                row, "role", f"“{plain(part)}” is no known role.", nearest(plain(part), known)
            )
    return roles


def _username(
    row: Row,
    person: tuple[str, str],
    usernames: dict[tuple[str, str], str],
    taken: dict[str, tuple[str, str]],
    faults: Faults,
) -> str:
    """The name to sign in with: from the sheet, or p01, p02 … in the order of the rows."""
    said = row["username"].lower()
    if not said and person in usernames:
        return usernames[person]
    chosen = said or f"p{len(usernames) + 1:02d}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,29}", chosen):
        faults.add(
            row,
            "username",
            f"“{chosen}” cannot be signed in with.",
            "Use 2 to 30 small letters, digits, dots or hyphens.",
        )
    elif taken.get(chosen, person) != person:
        faults.add(
            row,
            "username",
            f"“{chosen}” is already {taken[chosen][0]}'s.",
            "Give each person their own.",
        )
    usernames.setdefault(person, chosen)
    taken.setdefault(chosen, person)
    return chosen
