"""The case types of a town's sheet and the route of each to its named unit."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gongbi.generator.names import HERE, Name
from gongbi.generator.sheet_reading import Faults, Row, choose, need
from gongbi.generator.sheet_words import nearest, promise
from gongbi.generator.units import Unit

# A year: as long as a yearly evaluation may have to be read again; a contact, for questions.
KEEP_DAYS, KEEP_CONTACT = 365, 90


@dataclass(frozen=True)
class CaseType:
    """One case type with the unit that answers, and the row that said so."""

    code: str
    name: Name
    group: str
    priority: int
    first_contact: str
    solve: str
    words: list[str]
    unit: Unit
    sheet: str
    row: int


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    """The types every drawn city has, by either name: a town that uses one gets its words."""
    types = tomllib.loads((HERE / "case_types.toml").read_text(encoding="utf-8"))["case_type"]
    by_name: dict[str, dict[str, Any]] = {}
    for case_type in types:
        by_name[case_type["name_zh"]] = by_name[case_type["name_en"].lower()] = case_type
    return by_name


def read_types(rows: list[Row], units: list[Unit], faults: Faults) -> list[CaseType]:
    """Check every row; a type needs a name, a deadline and a unit that is listed."""
    known = {unit.name_zh: unit for unit in units}
    seen: dict[str, int] = {}
    types: list[CaseType] = []
    for row in rows:
        name = need(row, "name", faults, "case type's name")
        unit = _unit(row, known, faults)
        solve = _promise(row, "solve", faults)
        first = _promise(row, "first_contact", faults) if row["first_contact"] else ""
        like = _shipped().get(name) or _shipped().get(name.lower()) or {}
        group = choose(row, "group", "groups", like.get("group", "other"), faults, "group")
        priority = choose(
            row, "priority", "priorities", str(like.get("priority", 3)), faults, "priority"
        )
        if name in seen:
            faults.add(row, "name", f"“{name}” is also in row {seen[name]}.", "Delete one row.")
        seen.setdefault(name, row.number)
        if not (name and unit and solve):
            continue
        words = [word for word in re.split(r"[,;、，；/]\s*", row["words"]) if word]
        types.append(
            CaseType(
                like.get("code") or f"type-{len(types) + 1:02d}",
                Name(name, row["name_en"] or like.get("name_en", name)),
                group,
                int(priority),
                first or "1 working_days",
                solve,
                words or like.get("words", [name]),
                unit,
                row.sheet,
                row.number,
            )
        )
    return types


def _unit(row: Row, known: dict[str, Unit], faults: Faults) -> Unit | None:
    text = need(row, "unit", faults, "unit that answers")
    if text and text not in known:
        remedy = nearest(text, list(known)) if known else "List it in the sheet of units first."
        faults.add(row, "unit", f"No unit is called “{text}”.", remedy)
    return known.get(text)


def _promise(row: Row, column: str, faults: Faults) -> str:
    text = need(row, column, faults, "time limit")
    said = promise(text) if text else None
    if text and said is None:
        faults.add(
            row,
            column,
            f"“{text}” is no time limit.",
            "Write a number and a unit: 4小时, 5个工作日, 24 hours, 3 days.",
        )
    return said or ""


def write_types(folder: Path, types: list[CaseType]) -> None:
    """case_types.toml and routes.toml."""
    texts = [_type_text(case_type) for case_type in types]
    routes = [_route_text(case_type) for case_type in types]
    for name, parts in (("case_types.toml", texts), ("routes.toml", routes)):
        (folder / name).write_text("\n".join(parts), encoding="utf-8", newline="\n")


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _type_text(case_type: CaseType) -> str:
    timed = "working_days" in case_type.solve
    words = ", ".join(map(_quote, case_type.words))
    return f"""[[case_type]]
code = {_quote(case_type.code)}
name_en = {_quote(case_type.name.en)}
name_zh = {_quote(case_type.name.zh)}
group = {_quote(case_type.group)}
priority = {case_type.priority}
sources = ["report"]
first_contact = {_quote(case_type.first_contact)}
solve = {_quote(case_type.solve)}
calendar = "{"office" if timed else "always"}"
keep_days = {KEEP_DAYS}
keep = {{contact = {KEEP_CONTACT}}}
ask_verdict = true
photo_after = {"true" if case_type.group != "other" else "false"}
public = true
visible = true
words = [{words}]
"""


def _route_text(case_type: CaseType) -> str:
    unit, row = case_type.unit, case_type.row
    en = (
        f"The town's sheet gives “{case_type.name.en}” to {unit.name_en} "
        f"(sheet {case_type.sheet}, row {row})."
    )
    zh = f"镇里的表格把“{case_type.name.zh}”交给{unit.name_zh}（{case_type.sheet}表第 {row} 行）。"
    return f"""[[route]]
code = {_quote("to-" + case_type.code)}
types = [{_quote(case_type.code)}]
to_unit = {_quote(unit.code)}
reason_en = {_quote(en)}
reason_zh = {_quote(zh)}
"""
