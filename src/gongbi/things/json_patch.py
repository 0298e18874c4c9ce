"""JSON Patch (RFC 6902) on one entity: add, remove, replace, copy, move, test."""

import copy
from typing import Any

from gongbi.things.errors import Refused


def apply_patch(entity: dict[str, Any], steps: Any) -> dict[str, Any]:
    """The top properties that the steps change, as a PATCH body would name them."""
    if not isinstance(steps, list):
        raise Refused("A JSON Patch is a list of steps.")
    made = copy.deepcopy(entity)
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("path"), str):
            raise Refused('A step is {"op": "replace", "path": "/name", "value": "…"}.')
        _apply(made, step)
    names = [*entity, *(name for name in made if name not in entity)]
    return {name: made.get(name) for name in names if made.get(name) != entity.get(name)}


def _apply(made: dict[str, Any], step: dict[str, Any]) -> None:
    op, path = step.get("op"), step["path"]
    if op in ("move", "copy"):
        value = copy.deepcopy(_get(made, str(step.get("from", ""))))
        if op == "move":
            _put(made, str(step["from"]), None, remove=True)
        _put(made, path, value)
    elif op == "test":
        if _get(made, path) != step.get("value"):
            raise Refused(f"The test of {path} failed; nothing is changed.", 409)
    elif op in ("add", "replace", "remove"):
        if op != "add":
            _get(made, path)
        _put(made, path, step.get("value"), remove=op == "remove", insert=op == "add")
    else:
        raise Refused(f"There is no step {op!r} in a JSON Patch.")


def _names(path: str) -> list[str]:
    if not path.startswith("/"):
        raise Refused(f"The path {path!r} begins with no /.")
    return [name.replace("~1", "/").replace("~0", "~") for name in path[1:].split("/")]


def _get(made: Any, path: str) -> Any:
    for name in _names(path):
        if isinstance(made, dict) and name in made:
            made = made[name]
        elif isinstance(made, list) and name.isdecimal() and int(name) < len(made):
            made = made[int(name)]
        else:
            raise Refused(f"There is nothing at {path}.")
    return made


def _put(made: Any, path: str, value: Any, *, remove: bool = False, insert: bool = False) -> None:
    *above, last = _names(path)
    inner = _get(made, "/" + "/".join(above)) if above else made
    if isinstance(inner, dict):
        inner.pop(last, None) if remove else inner.__setitem__(last, value)
    elif isinstance(inner, list) and (last.isdecimal() or last == "-"):
        at = len(inner) if last == "-" else int(last)
        if at > len(inner) or (at == len(inner) and not insert):
            raise Refused(f"There is nothing at {path}.")
        inner[at : at + (not insert)] = [] if remove else [value]
    else:
        raise Refused(f"There is nothing at {path}.")
