"""asset_kinds.toml: which kinds of assets the city keeps, what people call them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongbi.core.models import AssetKind
from gongbi.core.pack_files import CODE, Fault, Known, Unreadable, read_toml_with_lines

FILE = "asset_kinds.toml"
KEYS = frozenset({"code", "name_en", "name_zh", "words", "shapes"})
SHAPE = re.compile(r"[9A]+(?:[-./ ]?[9A]+)*")
Trouble = tuple[str, str]


def check_kinds(folder: Path, known: Known) -> list[Fault]:
    """Faults of the kinds; fills in their codes. A pack without the file keeps no assets."""
    if not (folder / FILE).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / FILE)
    except Unreadable as error:
        return [error.fault]
    rows = said.get("asset_kind", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        return [Fault(FILE, 1, "There is no [[asset_kind]] here; write one for each.")]
    faults = []
    for index, row in enumerate(rows):
        for key, reason in _troubles(row, known):
            faults.append(Fault(FILE, line_of("asset_kind", index, key), reason))
        known.asset_kinds.add(str(row.get("code", "")))
    return faults


def _troubles(row: dict[str, Any], known: Known) -> Iterator[Trouble]:
    code = str(row.get("code", ""))
    for key in sorted(row.keys() - KEYS):
        yield key, f"Nothing reads the key {key!r}; is it misspelt?"
    if not CODE.fullmatch(code):
        yield "code", f"The code {code!r} may hold a-z, 0-9 and '-' only, 32 at the most."
    if code in known.asset_kinds:
        yield "code", f"The kind {code!r} stands here twice; give it another code."
    if not (row.get("name_en") or row.get("name_zh")):
        yield "code", f"The kind {code!r} has no name; give name_zh or name_en."
    yield from _list_troubles(row)


def _list_troubles(row: dict[str, Any]) -> Iterator[Trouble]:
    for key in ("words", "shapes"):
        said = row.get(key, [])
        if not (isinstance(said, list) and all(isinstance(one, str) and one for one in said)):
            yield key, f"{key} is a list of words in quotes."
            continue
        for one in said:
            if key == "shapes" and not SHAPE.fullmatch(one):
                yield key, f"{one!r} is no shape: write 9 for a digit, A for a letter: 9-9999."


def load_kinds(folder: Path) -> None:
    """Write the kinds; one the pack names no more is out of force, and stays for its assets."""
    if not (folder / FILE).exists():
        AssetKind.objects.update(in_force=False)
        return
    rows = read_toml_with_lines(folder / FILE)[0]["asset_kind"]
    AssetKind.objects.exclude(pk__in=[row["code"] for row in rows]).update(in_force=False)
    for position, row in enumerate(rows):
        AssetKind.objects.update_or_create(
            pk=row["code"],
            defaults={
                "name_en": row.get("name_en", ""),
                "name_zh": row.get("name_zh", ""),
                "words": list(row.get("words", [])),
                "shapes": list(row.get("shapes", [])),
                "position": position,
                "in_force": True,
            },
        )
