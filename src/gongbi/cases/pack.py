"""What cases reads from a city pack: case_types.toml and routes.toml.

A row that did not change keeps its version; a changed or vanished one goes out of force and stays
for the cases opened under it.
"""

import uuid
from pathlib import Path
from typing import Any

from gongbi.cases.models import CaseType, Route
from gongbi.cases.pack_check import ROUTES, TYPES, check_routes, check_types
from gongbi.cases.questions import AT_REPORT
from gongbi.cases.reading import danger
from gongbi.cases.route_conditions import kept_of
from gongbi.core.public import Fault, Known, read_toml_with_lines

__all__ = ["check", "load"]


def check(folder: Path, known: Known) -> list[Fault]:
    """Every fault in the two files; fills in the codes of types for later readers."""
    types, faults = check_types(folder, known)
    return [*faults, *check_routes(folder, known, types), *danger.check(folder)]


def load(folder: Path, version: int) -> None:
    """Write types and routes from a checked pack, inside the caller's transaction."""
    said = read_toml_with_lines(folder / TYPES)[0]
    ladders = {row["code"]: row["steps"] for row in said.get("ladder", [])}
    rows = enumerate(said.get("case_type", []))
    _load_types([type_fields(row, n, ladders) for n, row in rows], version)
    routes = read_toml_with_lines(folder / ROUTES)[0].get("route", [])
    _load_routes([route_fields(row, n) for n, row in enumerate(routes)], version)


def type_fields(row: dict[str, Any], position: int, ladders: dict[str, Any]) -> dict[str, Any]:
    """A type's columns, with the defaults of what the pack leaves out."""
    sources = list(row.get("sources", ["report"]))
    around = row.get("group") in ("water", "power")  # one cause in a network shows in many places
    return {
        "code": row["code"],
        "position": position,
        "name_en": row.get("name_en", ""),
        "name_zh": row.get("name_zh", ""),
        "group": row.get("group", "other"),
        "priority": row.get("priority", 3),
        "sources": sources,
        "first_contact": row.get("first_contact", ""),
        "solve": row["solve"],
        "calendar": row.get("calendar", "office"),
        "ask_verdict": row.get("ask_verdict", True),
        "verdict_within": row.get("verdict_within", "7 days"),
        "needs": list(row.get("needs", [])),
        "keep_days": row.get("keep_days"),
        "keep": dict(row.get("keep", {})),
        "mask": {whom: sorted(kinds) for whom, kinds in row.get("mask", {}).items()},
        "photo_after": row.get("photo_after", False),
        "public": row.get("public", True),
        "visible": row.get("visible", "report" in sources),
        "words": list(row.get("words", [])),
        "join": row.get("join", "around" if around else "same_place"),
        "on_site": row.get("on_site", ""),
        "ladder": [[step["at"], step["tell"]] for step in ladders.get(row.get("ladder", ""), ())],
        "pause_limit": row.get("pause_limit", "10 working_days"),
        "extend_times": row.get("extend_times", 2),
        "file_first": row.get("file_first", False),
        "stages": list(row.get("stages", [])),
        "fields": [
            *({"required_at": "declare", **field} for field in row.get("fields", [])),
            *({**asked, "required_at": AT_REPORT} for asked in row.get("questions", [])),
        ],
        "says": dict(row.get("says", {})),
        "codes": dict(row.get("codes", {})),
        "assets": list(row.get("assets", [])),
        "sub_types": [{"words": [], **one} for one in row.get("sub_types", [])],
    }


def route_fields(row: dict[str, Any], position: int) -> dict[str, Any]:
    """A route's columns; its conditions are kept together."""
    return {
        "code": row["code"],
        "position": position,
        "rule": kept_of(row),
        "to_unit": row.get("to_unit", ""),
        "to_kind": row.get("to_kind", ""),
        "to_asset": row.get("to_asset", ""),
        "at_once": row.get("at_once", False),
        "reason_en": row.get("reason_en", ""),
        "reason_zh": row.get("reason_zh", ""),
    }


def _load_types(wanted: list[dict[str, Any]], version: int) -> None:
    here = {row.code: row for row in CaseType.objects.filter(in_force=True)}
    same = {
        fields["code"]
        for fields in wanted
        if fields["code"] in here and _equal(here[fields["code"]], fields, "position")
    }
    gone = [row.pk for code, row in here.items() if code not in same]
    CaseType.objects.filter(pk__in=gone).update(in_force=False)
    CaseType.objects.bulk_create(
        CaseType(version=version, **fields) for fields in wanted if fields["code"] not in same
    )
    for fields in wanted:  # the order of the file is no reason for a new version
        if fields["code"] in same:
            CaseType.objects.filter(code=fields["code"], in_force=True).exclude(
                position=fields["position"]
            ).update(position=fields["position"])


def _load_routes(wanted: list[dict[str, Any]], version: int) -> None:
    here = list(Route.objects.filter(in_force=True).order_by("position"))
    if len(here) == len(wanted) and all(
        _equal(row, fields) for row, fields in zip(here, wanted, strict=True)
    ):
        return
    Route.objects.filter(in_force=True).update(in_force=False)
    batch = uuid.uuid4()
    Route.objects.bulk_create(Route(version=version, batch=batch, **fields) for fields in wanted)


def _equal(row: CaseType | Route, fields: dict[str, Any], *but: str) -> bool:
    return all(getattr(row, name) == value for name, value in fields.items() if name not in but)
