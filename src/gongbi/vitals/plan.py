"""From indicators and datastreams to the engine's plan: which datastream counts where.

Works on whole columns: a city of a million has 60,000 datastreams, a larger one many times that.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.core.public import PlaceRecord
from gongbi.vitals.models import Indicator

OWN = "self"
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SeriesDrawn:
    """One indicator at one place, with the ids of the datastreams that count there, in order."""

    id: int
    indicator: Indicator
    place: PlaceRecord
    datastreams: Ints
    wires: tuple[tuple[int, int, float, int], ...] = ()
    """Of what it is made, where it is not measured: part, source, weight, least level."""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class PlaceTree:
    """Places as columns: record, place of the parent in this very list (-1: none), kind."""

    records: list[PlaceRecord]
    parents: Ints
    kinds: NDArray[np.str_]

    def find(self, codes: Iterable[str]) -> Ints:
        """Where each code stands in the list; KeyError names one that does not."""
        at = {record.code: place for place, record in enumerate(self.records)}
        return np.array([at[code] for code in codes], np.int64)


class IdTaken(Exception):
    """Two series hash to one id; as likely as two grains of sand, but said when it happens."""


def series_id(indicator: str, place: str) -> int:
    """The id of a series: the same in every version of the pack, in every installation."""
    digest = hashlib.sha256(f"{indicator}|{place}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1 or 1  # 63 bits: positive in every database


def tree_of(places: dict[str, PlaceRecord]) -> PlaceTree:
    """Places as columns; a parent that is not among them is left out."""
    records = [places[code] for code in sorted(places)]
    at = {record.code: place for place, record in enumerate(records)}
    parents = np.array([at.get(record.parent or "", -1) for record in records], np.int64)
    return PlaceTree(records, parents, np.array([record.kind for record in records], np.str_))


def above_of_kind(tree: PlaceTree, kind: str) -> Ints:
    """For each place the nearest of a kind at or above it, or -1."""
    found = np.full(len(tree.records), -1, np.int64)
    now = np.arange(len(tree.records))
    while (now >= 0).any():
        hit = (now >= 0) & (found < 0) & (tree.kinds[now] == kind)
        found[hit] = now[hit]
        now = np.where(now >= 0, tree.parents[now], -1)
    return found


def counts_at(tree: PlaceTree, kinds: Iterable[str], at: Ints) -> tuple[Ints, Ints]:
    """(row, place) pairs: where each row, itself at place ``at``, counts; by place, then row."""
    rows, where = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for kind in kinds:
        found = at if kind == OWN else above_of_kind(tree, kind)[at]
        rows.append(np.flatnonzero(found >= 0))
        where.append(found[found >= 0])
    pairs = np.stack([np.concatenate(where), np.concatenate(rows)], axis=1)
    pairs = np.unique(pairs, axis=0)  # a quarter's own sensor counts there once, not twice
    return pairs[:, 1], pairs[:, 0]


def draw_series(
    indicators: list[Indicator], datastreams: pa.Table, places: dict[str, PlaceRecord]
) -> list[SeriesDrawn]:
    """Every series: a datastream counts at its ancestors of the kinds its indicator names."""
    tree = tree_of(places)
    ids = datastreams["id"].to_numpy()
    at = tree.find(datastreams["place"].to_pylist())
    kinds_of = datastreams["property"].to_numpy(zero_copy_only=False)
    drawn: list[SeriesDrawn] = []
    for indicator in indicators:
        if indicator.formula.get("derive"):
            continue
        mine = np.flatnonzero(kinds_of == indicator.observed_property)
        rows, where = counts_at(tree, indicator.places, at[mine])
        drawn += _groups(indicator, tree, ids[mine[rows]], where)
    refuse_twins(drawn)
    return drawn


def _groups(
    indicator: Indicator, tree: PlaceTree, ids: Ints, where: Ints
) -> Iterator[SeriesDrawn]:
    codes, begin = np.unique(where, return_index=True)
    for place, members in zip(codes, np.split(ids, begin[1:]), strict=True):
        record = tree.records[place]
        one = series_id(indicator.code, record.code)
        yield SeriesDrawn(one, indicator, record, np.sort(members))


def refuse_twins(drawn: list[SeriesDrawn]) -> None:
    """Two series of one id cannot be told apart."""
    seen: dict[int, SeriesDrawn] = {}
    for one in drawn:
        twin = seen.setdefault(one.id, one)
        if twin is not one:
            names = [f"{s.indicator.code} at {s.place.code}" for s in (twin, one)]
            raise IdTaken(f"{' and '.join(names)} hash to one id; rename one of the indicators.")


def tables(drawn: list[SeriesDrawn], datastreams: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Datastreams, series and members as the engine's plan wants them."""
    ids = np.array([one.id for one in drawn], np.int64)
    folded = [one.datastreams if not one.wires else one.datastreams[:0] for one in drawn]
    counts = np.array([len(one) for one in folded], np.int64)
    keys = [np.empty(0, np.int64), *folded]
    members = {"datastream": np.concatenate(keys), "series": np.repeat(ids, counts)}
    return datastreams, _series_table(drawn, ids), pa.table(members)


def _series_table(drawn: list[SeriesDrawn], ids: Ints) -> pa.Table:
    rules = [one.indicator for one in drawn]

    def real(name: str) -> NDArray[np.float64]:
        values = [getattr(rule, name) for rule in rules]
        return np.array([np.nan if value is None else value for value in values], np.float64)

    def whole(name: str) -> NDArray[np.int32]:
        return np.array([getattr(rule, name) for rule in rules], np.int32)

    def words(name: str) -> pa.Array:
        return pa.array([getattr(rule, name) for rule in rules], pa.string())

    return pa.table(
        {
            "id": ids,
            "indicator": words("code"),
            "place": pa.array([one.place.code for one in drawn], pa.string()),
            "property": words("observed_property"),
            # What is made lies in its cell as the sum of one row.
            "aggregate": pa.array(
                ["sum" if one.wires else one.indicator.aggregate for one in drawn], pa.string()
            ),
            "window_seconds": whole("window_seconds"),
            "lateness_seconds": whole("lateness_seconds"),
            "direction": words("direction"),
            "notice": real("notice"),
            "warning": real("warning"),
            "alarm": real("alarm"),
            "clear_margin": real("clear_margin"),
            "min_windows": whole("min_windows"),
            "missing_windows": whole("missing_windows"),
            "score_notice": real("usual_notice"),
            "score_warning": real("usual_warning"),
            "score_alarm": real("usual_alarm"),
            "score_margin": real("usual_margin"),
            "least_deviation": real("least_deviation"),
            "least_visits": whole("least_days"),
        }
    )
