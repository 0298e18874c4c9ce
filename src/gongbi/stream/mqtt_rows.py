"""From an MQTT message to lines of newline JSON, as the door takes them."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from gongbi.stream.csv_rows import whole_or_words
from gongbi.stream.known import RowRefused, shown

BATCH = "gongbi/observations"
NAMED = "gongbi/observations/"
THINGS = re.compile(r"v1\.1/Datastreams\((\d{1,18})\)/Observations")
SUBSCRIBED = ("v1.1/+/Observations", "gongbi/observations/#")


def lines_of(topic: str, payload: bytes, now_millis: int) -> bytes:
    """The rows of a message, a row a line; RowRefused where nothing of it is understood.

    A message that says no time is of now: ``now_millis``, whole milliseconds since 1970.
    """
    if topic == BATCH:
        return _batch(payload)
    thing = THINGS.fullmatch(topic)
    if thing:
        said = _loaded(payload)
        if not isinstance(said, dict) or "result" not in said:
            raise RowRefused('not an Observation; publish {"phenomenonTime": …, "result": 3.2}')
        time = said.get("phenomenonTime") or now_millis
        return _line(int(thing[1]), time, said["result"])
    if topic.startswith(NAMED) and len(topic) > len(NAMED):
        return _named(topic.removeprefix(NAMED), _loaded(payload), now_millis)
    raise RowRefused(f"the topic {shown(topic)} is none of docs/parts/stream.md")


def _named(name: str, said: Any, now_millis: int) -> bytes:
    datastream = whole_or_words(name)
    if not isinstance(said, dict):
        return _line(datastream, now_millis, said)
    if "value" not in said:
        raise RowRefused('lacks value; publish a number, or {"value": 3.2, "time": …}')
    return _line(datastream, said.get("time") or now_millis, said["value"], said.get("unit"))


def _batch(payload: bytes) -> bytes:
    """Newline JSON as it is; data arrays a row a line."""
    if payload.lstrip()[:1] != b"[":
        return payload.strip(b"\n")
    groups = _loaded(payload)
    return b"\n".join(line for group in groups for line in _rows_of_group(group))


def _rows_of_group(group: Any) -> Iterator[bytes]:
    if not isinstance(group, dict) or not isinstance(group.get("dataArray"), list):
        yield orjson.dumps({"not a data array": shown(group)})
        return
    stream, names = group.get("Datastream"), group.get("components")
    given = stream.get("@iot.id") if isinstance(stream, dict) else None
    for values in group["dataArray"]:
        said = {str(key): value for key, value in _pairs(names, values)}
        yield _line(given, said.get("phenomenonTime"), said.get("result"))


def _pairs(names: Any, values: Any) -> list[tuple[Any, Any]]:
    if not (isinstance(values, list) and isinstance(names, list) and len(values) == len(names)):
        return []
    return list(zip(names, values, strict=True))


def _line(datastream: object, time: object, value: object, unit: object = None) -> bytes:
    row = {"datastream": datastream, "time": time, "value": value}
    return orjson.dumps(row if unit is None else row | {"unit": unit})


def _loaded(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        begins = payload[:60].decode(errors="replace")
        raise RowRefused(f"not JSON ({error.msg}): {shown(begins)}") from None
