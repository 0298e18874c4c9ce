"""Faults of case_types.toml and routes.toml, all at once, each with file, line and remedy."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gongbi.cases.joining import JOIN
from gongbi.cases.pack_check_keeping import keeping_troubles
from gongbi.cases.pack_check_life import LIFE_KEYS, answers_of, ladder_troubles, life_troubles
from gongbi.cases.route_conditions import GROUPS, OF_ASSET, RULE_KEYS, rule_troubles
from gongbi.core.public import CODE, Fault, Known, Unreadable, read_toml_with_lines
from gongbi.kernel.calendars import parse_promise

TYPES, ROUTES = "case_types.toml", "routes.toml"
# fmt: off
TYPE_KEYS = frozenset({
    "code", "name_en", "name_zh", "group", "priority", "sources", "first_contact", "solve",
    "calendar", "ask_verdict", "verdict_within", "photo_after", "public", "visible", "words",
    "join", "keep_days", "keep", "mask", "needs", *LIFE_KEYS,
})
# fmt: on
TARGETS = ("to_unit", "to_kind", "to_asset")
ROUTE_KEYS = RULE_KEYS | {"code", *TARGETS, "at_once", "reason_en", "reason_zh"}
FLAGS = ("ask_verdict", "photo_after", "public", "visible", "file_first")
Row = dict[str, Any]
Trouble = tuple[str, str]  # the key it stands at, and the reason


def check_types(folder: Path, known: Known) -> tuple[dict[str, str], list[Fault]]:
    """Groups by type code, and the faults of the types."""
    rows, line_of, faults = _read(folder / TYPES, "case_type")
    ladders, found_there = _check_ladders(folder)
    faults += found_there
    groups: dict[str, str] = {}
    for index, row in enumerate(rows):
        found = [*_unknown_keys(row, TYPE_KEYS), *_type_troubles(row, known)]
        found += life_troubles(row, ladders)
        known.answers[str(row.get("code", ""))] = dict(answers_of(row))
        code = str(row.get("code", ""))
        if code in groups:
            found.append(("code", f"The type {code!r} stands here twice; give it another code."))
        groups[code] = str(row.get("group", "other"))
        faults += _at(TYPES, line_of, "case_type", index, found)
    known.case_types.update(groups)
    return groups, faults


def _check_ladders(folder: Path) -> tuple[set[str], list[Fault]]:
    """Codes of the ladders a type may name, and their faults."""
    try:
        said, line_of = read_toml_with_lines(folder / TYPES)
    except Unreadable:
        return set(), []  # said by the types already
    codes: set[str] = set()
    faults: list[Fault] = []
    rows = said.get("ladder", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return set(), [Fault(TYPES, line_of("ladder"), "Write each ladder as [[ladder]].")]
    for index, row in enumerate(rows):
        faults += _at(TYPES, line_of, "ladder", index, list(ladder_troubles(row, codes)))
        codes.add(str(row.get("code", "")))
    return codes, faults


def _type_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    code = row.get("code", "")
    if not CODE.fullmatch(str(code)):
        yield "code", f"The code {code!r} may hold a-z, 0-9 and '-' only, 32 at the most."
    if not (row.get("name_en") or row.get("name_zh")):
        yield "code", f"The type {code!r} has no name; give name_zh or name_en."
    if str(row.get("group", "other")) not in GROUPS:
        yield "group", f"{row['group']!r} is no group; use one of {', '.join(sorted(GROUPS))}."
    if row.get("priority", 3) not in (1, 2, 3, 4):
        yield "priority", f"The priority {row['priority']!r} is none of 1 (urgent) to 4."
    if str(row.get("calendar", "office")) not in known.calendars:
        yield "calendar", f"There is no calendar {row.get('calendar', 'office')!r}."
    if row.get("join", "never") not in JOIN:
        yield "join", f"{row['join']!r} is none of {', '.join(JOIN)}."
    keep = row.get("keep_days", 1)
    if type(keep) is not int or not 1 <= keep <= 36_500:
        yield "keep_days", "keep_days is a whole number of days, from 1 to 36500."
    yield from _asset_troubles(row, known)
    yield from keeping_troubles(row)
    yield from _promise_troubles(row)
    yield from _list_troubles(row)


def _asset_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    said = row.get("assets", [])
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        yield "assets", "assets is a list of kinds of asset_kinds.toml, in quotes."
        return
    for kind in said:
        if kind not in known.asset_kinds:
            yield "assets", f"{kind!r} is no kind of asset_kinds.toml."


def _promise_troubles(row: Row) -> Iterator[Trouble]:
    if "solve" not in row:
        yield "code", f"The type {row.get('code')!r} promises nothing; give solve."
    for key in ("first_contact", "on_site", "solve", "verdict_within", "pause_limit"):
        if row.get(key):
            try:
                parse_promise(str(row[key]))
            except ValueError as error:
                yield key, str(error)


def _list_troubles(row: Row) -> Iterator[Trouble]:
    for key in ("sources", "words", "needs"):
        said = row.get(key, [])
        if not (isinstance(said, list) and all(isinstance(one, str) and one for one in said)):
            yield key, f"{key} is a list of words in quotes."
    for key in FLAGS:
        if not isinstance(row.get(key, True), bool):
            yield key, f"{key} is true or false, without quotes."


def check_routes(folder: Path, known: Known, groups: dict[str, str]) -> list[Fault]:
    """Faults of the routes, and types that no route takes."""
    rows, line_of, faults = _read(folder / ROUTES, "route")
    if faults:
        return faults
    seen: set[str] = set()
    for index, row in enumerate(rows):
        found = [*_unknown_keys(row, ROUTE_KEYS), *_route_troubles(row, known)]
        code = str(row.get("code", ""))
        if code in seen:
            found.append(("code", f"The route {code!r} stands here twice; give it another code."))
        seen.add(code)
        faults += _at(ROUTES, line_of, "route", index, found)
    return [*faults, *_types_without_route(folder, rows, groups)]


def _route_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    if not CODE.fullmatch(str(row.get("code", ""))):
        yield "code", f"The code {row.get('code', '')!r} may hold a-z, 0-9 and '-' only."
    yield from rule_troubles(row, known)
    yield from _target_troubles(row, known)
    if not (row.get("reason_en") or row.get("reason_zh")):
        yield (
            "code",
            f"The route {row.get('code')!r} gives no reason; write reason_zh or reason_en.",
        )


def _target_troubles(row: Row, known: Known) -> Iterator[Trouble]:
    unit, kind, asset = (row.get(key) for key in TARGETS)
    if sum(map(bool, (unit, kind, asset))) != 1:
        said = f"The route {row.get('code')!r} needs to_unit or to_kind or to_asset, and not both."
        yield "code", said
    if asset and asset not in OF_ASSET:
        yield "to_asset", f"{asset!r} is none of {', '.join(OF_ASSET)} of the asset."
    if unit and str(unit) not in known.units:
        yield "to_unit", f"{unit!r} is no unit of units.csv."
    if kind and str(kind) not in known.unit_kinds:
        yield "to_kind", f"No unit of units.csv is of the kind {kind!r}."


def _types_without_route(folder: Path, rows: list[Row], groups: dict[str, str]) -> list[Fault]:
    taken = {str(code) for row in rows for code in _listed(row, "types")}
    taken_groups = {str(group) for row in rows for group in _listed(row, "groups")}
    if any(not (row.get("types") or row.get("groups")) for row in rows):
        return []
    _rows, line_of, _faults = _read(folder / TYPES, "case_type")
    return [
        Fault(
            TYPES,
            line_of("case_type", index, "code"),
            f"No route takes the type {code!r}; name it, or its group {group!r}, in {ROUTES}.",
        )
        for index, (code, group) in enumerate(groups.items())
        if code not in taken and group not in taken_groups
    ]


def _listed(row: Row, key: str) -> list[Any]:
    said = row.get(key, [])
    return said if isinstance(said, list) else []  # what it is instead has been told already


def _read(file: Path, table: str) -> tuple[list[Row], Callable[..., int], list[Fault]]:
    try:
        said, line_of = read_toml_with_lines(file)
    except Unreadable as error:
        return [], lambda *_: 0, [error.fault]
    rows = said.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        reason = f"There is no [[{table}]] here; write one for each."
        return [], line_of, [Fault(file.name, 1, reason)]
    return rows, line_of, []


def _unknown_keys(row: Row, keys: frozenset[str]) -> Iterator[Trouble]:
    for key in row:
        if key not in keys:
            yield key, f"Nothing reads the key {key!r}; is it misspelt?"


def _at(
    file: str, line_of: Callable[..., int], table: str, index: int, found: list[Trouble]
) -> list[Fault]:
    return [Fault(file, line_of(table, index, key), reason) for key, reason in found]
