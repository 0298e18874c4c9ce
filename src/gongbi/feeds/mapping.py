"""A feed mapping: the small TOML file that says how a file is read. Strict: a slip is a fault."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from gongbi.feeds.faults import LISTS, SECTIONS, faults_of
from gongbi.feeds.rules import CountRule, Mapping, ValueRule

SHIPPED = Path(__file__).parent / "mappings"


class MappingRefused(Exception):
    """The mapping has faults; each is a sentence with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read_mapping(source: Path | str) -> Mapping:
    """The mapping of a file, or a shipped one by its name; MappingRefused with every fault."""
    path = Path(source)
    if not path.exists() and (SHIPPED / f"{source}.toml").exists():
        path = SHIPPED / f"{source}.toml"
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        why = f"There is no mapping {str(source)!r}"
        raise MappingRefused([f"{why}: name a .toml file, or one of those shipped: {shipped}."])
    try:
        return parse_mapping(path.read_text("utf-8-sig"), path.name)
    except (UnicodeDecodeError, OSError) as error:
        raise MappingRefused(
            [f"{path.name}: this cannot be read as UTF-8 text ({error}); save it as UTF-8."]
        ) from error


def parse_mapping(text: str, name: str = "mapping.toml") -> Mapping:
    """A mapping from its text; all faults at once, each with its line."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingRefused([f"{name}: this is not TOML: {error}."]) from error
    faults = [f"{name}:{line}: {why}" for line, why in faults_of(said, text)]
    if faults:
        raise MappingRefused(faults)
    place = said.get("place")
    if place and "bounds" in place:
        place["bounds"] = tuple(float(edge) for edge in place["bounds"])
    return Mapping(
        name=said["name"],
        kind=said["kind"],
        files=tuple(said.get("files", ())),
        values=tuple(ValueRule(**entry) for entry in said.get("value", ())),
        counts=tuple(CountRule(**entry) for entry in said.get("count", ())),
        **{key: rule(**said[key]) for key, rule in SECTIONS.items() if key in said},
    )


def to_toml(mapping: Mapping) -> str:
    """The mapping as the text an officer can keep and hand on."""
    lines = [f"name = {_quoted(mapping.name)}", f"kind = {_quoted(mapping.kind)}"]
    if mapping.files:
        lines.append(f"files = {_toml(mapping.files)}")
    for key, rule in SECTIONS.items():
        lines += _section_lines(f"[{key}]", getattr(mapping, key), rule())
    for key, rule in LISTS.items():
        for entry in getattr(mapping, f"{key}s"):
            lines += _section_lines(f"[[{key}]]", entry, rule())
    return "\n".join(lines) + "\n"


def _section_lines(head: str, entry: Any, usual: Any) -> list[str]:
    changed = [
        (one.name, getattr(entry, one.name))
        for one in fields(entry)
        if getattr(entry, one.name) != getattr(usual, one.name)
    ]
    return ["", head, *(f"{key} = {_toml(value)}" for key, value in changed)] if changed else []


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in plain) + '"'
