"""``CreateObservations``: data arrays in, a link or a sentence for each row out, in order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gongbi.things.access import rows_of
from gongbi.things.bodies import link_of, read_body, result_columns
from gongbi.things.entities import DATASTREAM as STREAM
from gongbi.things.entities import FEATURE, OBSERVATION
from gongbi.things.errors import Refused
from gongbi.things.extents import Extent
from gongbi.things.inserting import insert
from gongbi.things.moving import feature_for
from gongbi.things.times import BadTime, read_instant, read_span
from gongbi.things.writing import Hand, is_owed

MOST_ROWS = 500_000
FEATURES = ("FeatureOfInterest/id", "FeatureOfInterest/@iot.id", "FeatureOfInterest")
PLAIN: dict[str, Callable[[Any], dict[str, Any]]] = {
    "result": result_columns,
    "resultTime": lambda said: {"result_time": None if said is None else read_instant(said)},
}
Outcome = dict[str, Any] | str


@dataclass(slots=True)
class Stream:
    """A datastream that rows came for."""

    id: int
    thing: int
    sensing: str
    feature: int | None = None
    """The feature for rows that name none, once it is known."""


def take_arrays(hand: Hand, body: Any, root: str) -> list[str]:
    """Store all rows that can be stored; the answer has a line for each, as the standard says."""
    if not isinstance(body, list):
        raise Refused("The body is a list of data arrays, one for each Datastream.")
    outcomes = list[Outcome]()
    streams = _streams(hand, body)
    features = _features(hand, body)
    for group in body:
        outcomes += _rows_of(hand, group, streams, features)
        if len(outcomes) > MOST_ROWS:
            raise Refused(f"More than {MOST_ROWS} rows; send them in several bodies.", 413)
    good = [one for one in outcomes if isinstance(one, dict)]
    keys = iter(insert(good))
    link = f"{root}/Observations("
    return [f"{link}{next(keys)})" if isinstance(one, dict) else one for one in outcomes]


def _streams(hand: Hand, body: list[Any]) -> dict[int, Stream]:
    wanted = {key for group in body if (key := _stream_key(group)) is not None}
    found = rows_of(STREAM, hand.reader).filter(pk__in=sorted(wanted)[:30_000])
    return {row[0]: Stream(*row) for row in found.values_list("pk", "thing_id", "sensing")}


def _stream_key(group: Any) -> int | None:
    try:
        return link_of(group.get("Datastream")) if isinstance(group, dict) else None
    except Refused:
        return None


def _features(hand: Hand, body: list[Any]) -> set[int]:
    wanted = set[int]()
    for group in body:
        names = group.get("components") if isinstance(group, dict) else None
        if not isinstance(names, list):
            continue
        for at in [n for n, name in enumerate(names) if name in FEATURES]:
            rows = group.get("dataArray")
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, list) and len(row) > at and (key := _key(row[at])) is not None:
                    wanted.add(key)
    found = rows_of(FEATURE, hand.reader).filter(pk__in=sorted(wanted)[:30_000])
    return set(found.values_list("pk", flat=True)) if wanted else set()


def _key(said: Any) -> int | None:
    if isinstance(said, dict):
        said = said.get("@iot.id", said.get("id"))
    if isinstance(said, str) and said.isdecimal() and len(said) < 19:
        return int(said)
    whole = isinstance(said, int) and not isinstance(said, bool) and abs(said) < 2**63
    return said if whole else None


def _rows_of(
    hand: Hand, group: Any, streams: dict[int, Stream], features: set[int]
) -> list[Outcome]:
    rows = group.get("dataArray") if isinstance(group, dict) else None
    if not isinstance(rows, list):
        return ["error: not a data array, it has no list dataArray"]
    stream, names = streams.get(_stream_key(group) or 0), group.get("components")
    if stream is None:
        return ["error: there is no such Datastream"] * len(rows)
    if not isinstance(names, list) or "result" not in names:
        return ["error: components do not name result"] * len(rows)
    extent = hand.extents.get(stream.id) or Extent()
    outcomes = [_row(hand, stream, names, row, features, extent) for row in rows]
    if any(isinstance(one, dict) for one in outcomes):
        hand.extents[stream.id] = extent
    return outcomes


def _row(
    hand: Hand, stream: Stream, names: list[Any], row: Any, features: set[int], extent: Extent
) -> Outcome:
    if not isinstance(row, list) or len(row) != len(names):
        return f"error: the row has not the {len(names)} components named"
    try:
        values = _values(hand, names, row, features)
        if "feature_id" not in values:
            stream.feature = stream.feature or feature_for(stream.thing)
            values["feature_id"] = stream.feature
    except (Refused, BadTime, ValueError) as error:
        return f"error: {error}"
    values["datastream_id"] = stream.id
    values["owed"] = is_owed(values, stream.sensing)
    start, end = values["phenomenon_start"], values["phenomenon_end"]
    extent.take(start, end, values.get("result_time"), values["feature_id"])
    return values


def _values(hand: Hand, names: list[Any], row: list[Any], features: set[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, said in zip(names, row, strict=True):
        if name in PLAIN:
            found |= PLAIN[name](said)
        elif name == "phenomenonTime":
            start, end, is_interval = read_span(said)
            found["phenomenon_start"], found["phenomenon_end"] = start, end
            found["is_interval"] = is_interval
        elif name in FEATURES:
            key = _key(said)
            if key not in features:
                raise Refused(f"there is no FeatureOfInterest {said!r}")
            found["feature_id"] = key
        elif name not in ("id", "@iot.id"):
            found |= _others(name, said)
    if "phenomenon_start" not in found:
        found |= {"phenomenon_start": hand.now, "phenomenon_end": hand.now, "is_interval": False}
    return found


def _others(name: Any, said: Any) -> dict[str, Any]:
    if name not in OBSERVATION.by_name:
        raise Refused(f"there is no component {name!r}")
    return read_body(OBSERVATION, {name: said}, whole=False, lenient=False)
