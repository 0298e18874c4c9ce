"""From indicators and datastreams to the engine's plan: which datastream counts where."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gongbi.core.public import PlaceRecord
from gongbi.vitals.models import Indicator


@dataclass(frozen=True, slots=True)
class SeriesDrawn:
    """One indicator at one place, with the datastreams that count there."""

    id: int
    indicator: Indicator
    place: PlaceRecord
    datastreams: tuple[int, ...]


class IdTaken(Exception):
    """Two series hash to one id; as likely as two grains of sand, but said when it happens."""


def series_id(indicator: str, place: str) -> int:
    """The id of a series: the same in every version of the pack, in every installation."""
    digest = hashlib.sha256(f"{indicator}|{place}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1 or 1  # 63 bits: positive in every database


def draw_series(
    indicators: list[Indicator], datastreams: pa.Table, places: dict[str, PlaceRecord]
) -> list[SeriesDrawn]:
    """Every series: a datastream counts at its ancestors of the kinds its indicator names."""
    by_property: dict[str, list[tuple[int, str]]] = {}
    columns = (datastreams[name].to_pylist() for name in ("id", "property", "place"))
    for key, prop, place in zip(*columns, strict=True):
        by_property.setdefault(prop, []).append((key, place))
    drawn, taken = [], dict[int, tuple[str, str]]()
    for indicator in indicators:
        members: dict[str, list[int]] = {}
        for key, place in by_property.get(indicator.observed_property, []):
            for code in _counts_at(place, indicator.places, places):
                members.setdefault(code, []).append(key)
        for code in sorted(members):
            one = series_id(indicator.code, code)
            if taken.setdefault(one, (indicator.code, code)) != (indicator.code, code):
                raise IdTaken(f"{indicator.code} at {code} has the id of {taken[one]}; rename it.")
            drawn.append(SeriesDrawn(one, indicator, places[code], tuple(members[code])))
    return drawn


def _counts_at(place: str, kinds: list[str], places: dict[str, PlaceRecord]) -> list[str]:
    own = places[place]
    chain = [code for code in own.path.split("/") if code]
    found = [code for code in chain if places[code].kind in kinds]
    return found + ([place] if "self" in kinds and place not in found else [])


def tables(drawn: list[SeriesDrawn], datastreams: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Datastreams, series and members as the engine's plan wants them."""
    streams = pa.table(
        {
            "id": datastreams["id"].cast(pa.int64()),
            "name": datastreams["name"].cast(pa.string()),
            "place": datastreams["place"].cast(pa.string()),
            "property": datastreams["property"].cast(pa.string()),
            "unit": datastreams["unit"].cast(pa.string()),
            "step_seconds": datastreams["step_seconds"].cast(pa.int32()),
        }
    )
    counts = np.array([len(one.datastreams) for one in drawn], dtype=np.int64)
    ids = np.array([one.id for one in drawn], dtype=np.int64)
    keys = [key for one in drawn for key in one.datastreams]
    members = pa.table(
        {"datastream": np.array(keys, dtype=np.int64), "series": np.repeat(ids, counts)}
    )
    return streams, _series_table(drawn, ids), members


def _series_table(drawn: list[SeriesDrawn], ids: np.ndarray) -> pa.Table:
    rules = [one.indicator for one in drawn]

    def real(name: str) -> np.ndarray:
        values = [getattr(rule, name) for rule in rules]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def whole(name: str) -> np.ndarray:
        return np.array([getattr(rule, name) for rule in rules], dtype=np.int32)

    def words(name: str) -> pa.Array:
        return pa.array([getattr(rule, name) for rule in rules], pa.string())

    return pa.table(
        {
            "id": ids,
            "indicator": words("code"),
            "place": pa.array([one.place.code for one in drawn], pa.string()),
            "property": words("observed_property"),
            "aggregate": words("aggregate"),
            "window_seconds": whole("window_seconds"),
            "lateness_seconds": whole("lateness_seconds"),
            "direction": words("direction"),
            "notice": real("notice"),
            "warning": real("warning"),
            "alarm": real("alarm"),
            "clear_margin": real("clear_margin"),
            "min_windows": whole("min_windows"),
            "missing_windows": whole("missing_windows"),
        }
    )
