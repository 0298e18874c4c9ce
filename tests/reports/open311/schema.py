"""The rules of the public description (Swagger 2), applied to what the door says."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = "georeport_v2-1.swagger.yaml"
PLAIN = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}


@lru_cache(maxsize=1)
def definitions(folder: Path) -> dict[str, Any]:
    """The definitions of the description."""
    found: dict[str, Any] = yaml.safe_load((folder / FILE).read_text("utf-8"))["definitions"]
    return found


def faults(folder: Path, name: str, said: Any) -> list[str]:
    """What in an object breaks the definition of that name; null counts as left out."""
    rule = definitions(folder)[name]
    found = [
        f"{name}.{key} is missing" for key in rule.get("required", ()) if said.get(key) is None
    ]
    for key, value in said.items():
        if value is not None and key in rule["properties"]:
            found += [
                f"{name}.{key}: {bad}" for bad in _fits(folder, rule["properties"][key], value)
            ]
    return found


def _fits(folder: Path, rule: dict[str, Any], value: Any) -> list[str]:
    if "$ref" in rule:
        return faults(folder, rule["$ref"].rsplit("/", 1)[1], value)
    if rule["type"] == "array" and isinstance(value, list):
        return [bad for one in value for bad in _fits(folder, rule["items"], one)]
    odd_bool = isinstance(value, bool) and rule["type"] != "boolean"
    if odd_bool or not isinstance(value, PLAIN.get(rule["type"], list)):
        return [f"{value!r} is no {rule['type']}"]
    if value not in rule.get("enum", [value]):
        return [f"{value!r} is not one of {rule['enum']}"]
    if rule.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return [f"{value!r} has no zone"]
    return []
