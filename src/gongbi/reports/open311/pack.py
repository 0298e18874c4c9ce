"""Checking ``open311.toml``: every fault by line, before a pack is loaded."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gongbi.core.public import Fault, Known, Unreadable, read_toml_with_lines
from gongbi.reports.open311.house import EXACT, FILE, NEAR, PLACE

DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
LISTS = DATATYPES[4:]
POINTS = (EXACT, NEAR, PLACE)
TOP: Mapping[str, type] = {"jurisdiction_id": str, "contact": str, "point": str, "service": list}
SERVICE: Mapping[str, type] = {
    "type": str, "point": str, "words": bool, "outcomes": bool, "description_en": str,
    "description_zh": str, "attribute": list,
}  # fmt: skip
ATTRIBUTE: Mapping[str, type] = {
    "code": str, "datatype": str, "required": bool, "variable": bool, "order": int,
    "description_en": str, "description_zh": str, "hint_en": str, "hint_zh": str, "values": list,
}  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def check(folder: Path, known: Known) -> list[Fault]:
    """Faults of open311.toml; a pack may do without it."""
    if not (folder / FILE).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / FILE)
    except Unreadable as error:
        return [error.fault]
    found = [Fault(FILE, line_of(), reason) for reason in _shape(said, TOP, "The file")]
    if found:
        return found
    if said.get("point", NEAR) not in POINTS:
        found.append(Fault(FILE, line_of(key="point"), _bad_point(said["point"])))
    return found + list(_services(said.get("service", []), line_of, known))


def load(folder: Path, version: int) -> None:
    """Nothing: the door reads the kept copy of the file."""


def _services(rows: list[Any], line_of: Callable[..., int], known: Known) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        for reason in _service(row, known, seen):
            yield Fault(FILE, line_of("service", index), reason)
        if isinstance(row, dict):
            seen.add(str(row.get("type")))


def _service(row: Any, known: Known, seen: set[str]) -> Iterator[str]:
    wrong = list(_shape(row, SERVICE, "A service"))
    if wrong:
        yield from wrong
        return
    code = row.get("type", "")
    if code not in known.case_types:
        yield f"The type {code!r} is no case type of this pack."
    if code in seen:
        yield f"The type {code!r} stands here twice."
    if row.get("point", NEAR) not in POINTS:
        yield _bad_point(row["point"])
    codes: set[str] = set()
    for one in row.get("attribute", []):
        yield from _attribute(one, codes)
        codes.add(str(one.get("code")) if isinstance(one, dict) else "")


def _attribute(row: Any, codes: set[str]) -> Iterator[str]:
    wrong = list(_shape(row, ATTRIBUTE, "An attribute"))
    if wrong:
        yield from wrong
        return
    code, datatype = row.get("code", ""), row.get("datatype", "")
    if not _CODE.fullmatch(code):
        yield f"The attribute code {code!r} must be of letters, digits, '_', '.' and '-'."
    if code in codes:
        yield f"The attribute {code!r} stands here twice."
    if datatype not in DATATYPES:
        yield f"The datatype {datatype!r} is not one of {', '.join(DATATYPES)}."
    values = row.get("values", [])
    keyed = all(isinstance(one, dict) and isinstance(one.get("key"), str) for one in values)
    if not keyed or (datatype in LISTS) != bool(values):
        yield f"The attribute {code!r} needs values with keys if it is a list, and only then."


def _shape(row: Any, wanted: Mapping[str, type], what: str) -> Iterator[str]:
    if not isinstance(row, dict):
        yield f"{what} must be a table."
        return
    for key, value in row.items():
        if key not in wanted:
            yield f"{what} has an unknown key {key!r}; known are {', '.join(wanted)}."
        elif type(value) is not wanted[key]:
            yield f"{key} must be a {wanted[key].__name__}."


def _bad_point(said: str) -> str:
    return f"The point {said!r} is not one of {', '.join(POINTS)}."
