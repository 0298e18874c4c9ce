"""What a load would change, noun by noun: two folders of a pack compared, nothing written.

It compares what the files say, not their bytes: a moved line or another comment is no change, but
in ``routes.toml`` the order is part of what it says.
"""

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ORDERED = frozenset({"route"})
AREAS = "places.geojson"
SIMULATION = "simulation.parquet"
Said = dict[str, Any]
Noun = tuple[str, str]  # the file, and the table in it


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One thing that would be other than now: ``how`` is added, removed or changed."""

    file: str
    noun: str
    code: str
    how: str
    fields: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        what = f"{self.noun} {self.code}".strip()
        if not self.fields:
            return f"{what} is {self.how}"
        said = "; ".join(f"{key}: {old} → {new}" for key, old, new in self.fields)
        return f"{what} is changed: {said}"


def compare(now: Path, then: Path) -> list[Change]:
    """Every change between the pack in force and another sound one, in the order of the files."""
    before, after = _said(now), _said(then)
    found: list[Change] = []
    for noun in sorted(before.keys() | after.keys()):
        found += _changes(noun, before.get(noun, {}), after.get(noun, {}))
    return found


def _changes(noun: Noun, before: Said, after: Said) -> Iterator[Change]:
    file, name = noun
    for code in sorted(before.keys() | after.keys()):
        if code not in before:
            yield Change(file, name, code, "added")
        elif code not in after:
            yield Change(file, name, code, "removed")
        elif before[code] != after[code]:
            yield Change(file, name, code, "changed", _fields(before[code], after[code]))
    stay = [code for code in before if code in after]
    if name in ORDERED and stay != [code for code in after if code in before]:
        yield Change(file, name, "", "changed", (("order", *_moved(before, after)),))


def _moved(before: Said, after: Said) -> tuple[str, str]:
    """The first place at which the order differs: what stood there, and what would."""
    pairs = zip(
        (code for code in before if code in after),
        (code for code in after if code in before),
        strict=True,
    )
    return next((old, new) for old, new in pairs if old != new)


def _fields(before: Any, after: Any) -> tuple[tuple[str, str, str], ...]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return (("value", _shown(before), _shown(after)),)
    return tuple(
        (key, _shown(before.get(key)), _shown(after.get(key)))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= 80 else f"{said[:77]}…"


def _said(folder: Path) -> dict[Noun, Said]:
    found: dict[Noun, Said] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        if name == SIMULATION:
            continue  # the drawn day is no part of what the city decides
        if file.suffix == ".toml":
            found |= _toml(name, tomllib.loads(file.read_text("utf-8-sig")))
        elif file.suffix == ".csv":
            found[name, _single(file.stem)] = _csv(file)
        elif name == AREAS:
            found[name, "area"] = _areas(file)
        else:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            found[name, "file"] = {name: {"content": digest[:12]}}
    return found


def _single(stem: str) -> str:
    return {"people": "person"}.get(stem, stem.removesuffix("s"))


def _csv(file: Path) -> Said:
    rows: Said = {}
    for row in csv.DictReader(file.read_text("utf-8-sig").splitlines()):
        said = {key: (value or "").strip() for key, value in row.items() if key}
        rows[_free(rows, next(iter(said.values()), ""))] = said
    return rows


def _toml(name: str, said: Said) -> dict[Noun, Said]:
    """``[[route]]`` by its code, ``[calendar.office]`` by its name, plain keys as settings."""
    found: dict[Noun, Said] = {}
    for key, value in said.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            found[name, _spoken(key)] = _by_code(value)
        elif isinstance(value, dict) and all(isinstance(one, dict) for one in value.values()):
            found[name, _spoken(key)] = value
        else:
            found.setdefault((name, "setting"), {})[key] = value
    return found


def _spoken(key: str) -> str:
    return key.replace("_", " ")


def _by_code(rows: list[Said]) -> Said:
    found: Said = {}
    for number, row in enumerate(rows, 1):
        named = row.get("code") or row.get("name") or row.get("match") or str(number)
        found[_free(found, str(named))] = row
    return found


def _free(taken: Said, name: str) -> str:
    """The name, or with a number behind it where a file names two things alike."""
    tries = (name if n == 1 else f"{name} ({n})" for n in range(1, len(taken) + 2))
    return next(one for one in tries if one not in taken)


def _areas(file: Path) -> Said:
    features = json.loads(file.read_text("utf-8"))["features"]
    return {
        str(one["properties"]["code"]): {"border": hashlib.sha256(_border(one)).hexdigest()[:12]}
        for one in features
    }


def _border(feature: Said) -> bytes:
    return json.dumps(feature["geometry"], sort_keys=True).encode()
