"""The engine's memory: dense arrays by slot, made from a plan and carried into the next one.

Slots go band by band, and by id within a band: series of one band lie side by side, so that a
window that closes is one walk through memory. Which bands there are depends on the plans before
too (series keep what their band had reached), so bands and the order of ids are remembered.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import (
    AGGREGATES,
    BAND,
    CELL,
    SLOT_BITS,
    UNBORN,
    Planes,
    Routes,
    draw_routes,
    empty_bands,
    lay_out,
    ring_size,
)
from gongbi.kernel.stream.slots import SlotIndex, build_index, find_slots
from gongbi.kernel.vitals.closing import (
    NEWEST,
    Court,
    Usual,
    begin_usual,
    open_court,
)
from gongbi.kernel.vitals.days import NODES, WORKING, days_from
from gongbi.kernel.vitals.levels import RULE, STANDING
from gongbi.kernel.vitals.novelty import NOVELTY, empty_novelty
from gongbi.kernel.vitals.shown import SHOWN
from gongbi.kernel.vitals.usual import LEARNING, NODE
from gongbi.stream.checkpoint import PROFILE
from gongbi.stream.plan_tables import NOVEL, SCORES
from gongbi.stream.plans import Plan, alike

AHEAD = np.dtype(
    [("series", "i8"), ("datastream", "i8"), ("time", "i8"), ("value", "f8"), ("position", "i8")]
)
"""A row ahead of its band's ring, by ids; ``position`` is that of its frame in the log."""
KINDS: dict[str, np.dtype[Any]] = {
    "series_ids": np.dtype("i8"),
    "bands": BAND,
    "cells": CELL,
    "times": np.dtype("i8"),
    "dirty": np.dtype("i1"),
    "standing": STANDING,
    "shown": SHOWN,
    "newest": NEWEST,
    "hot": np.dtype("i1"),
    "learning": LEARNING,
    "novel": NOVELTY,
    "ahead": AHEAD,
    **{f"{PROFILE}{node:02d}": NODE for node in range(NODES)},
}
"""What a checkpoint holds of the state, by name."""
_LIMITS = ("notice", "warning", "alarm")
_RULE_COLUMNS = (
    "direction", *_LIMITS, "clear_margin", "min_windows", "missing_windows", *SCORES,
    "score_margin", "least_deviation", "least_visits",
)  # fmt: skip


@dataclass(slots=True)
class State:
    """All series of the plan in force. Arrays are by series slot unless said otherwise."""

    series_ids: NDArray[np.int64]
    index: SlotIndex
    """From a series' id to its slot."""
    routes: Routes
    widest: int  # most series of one datastream
    planes: Planes
    court: Court
    usual: Usual
    novel: NDArray[np.void]
    """What series have shown that are judged by how new a value is; by band, then slot."""
    ahead: NDArray[np.void] = field(default_factory=lambda: np.empty(0, AHEAD))

    @property
    def bands(self) -> NDArray[np.void]:
        """The bands, in order of their slots."""
        return self.planes.bands

    @property
    def narrowest(self) -> int:
        """Microseconds of the shortest window."""
        return int(self.bands["width"].min()) if len(self.bands) else 1_000_000

    @property
    def longest_wait(self) -> int:
        """Microseconds from a window's start until it is final, at most."""
        return int((self.bands["width"] + self.bands["late"]).max(initial=0))

    @property
    def room(self) -> int:
        """Verdicts one series may hand out at once."""
        return 2 * int(self.bands["ring"].max(initial=0)) + 8

    def band_of(self, slots: Any) -> Any:
        """The place of each slot's band."""
        return np.searchsorted(self.bands["start"], slots, "right") - 1

    @property
    def size(self) -> int:
        """Bytes of memory, but for profiles of hours that were never seen."""
        return sum(what.nbytes for name, what in self.arrays().items() if PROFILE not in name)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What must be remembered, by the names of ``KINDS``; of profiles an hour each."""
        found = {"series_ids": self.series_ids, "ahead": self.ahead, "novel": self.novel}
        for part in (self.planes, self.court, self.usual):
            found |= {name: what for name, what in part._asdict().items() if name in KINDS}
        for node in range(NODES):
            found[f"{PROFILE}{node:02d}"] = self.usual.profile[node]
        return {name: found[name] for name in KINDS}

    def take_up(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Go on with the ``arrays`` that a state of these bands and series had."""
        self.ahead, self.novel = arrays["ahead"], arrays["novel"]
        self.planes, self.court = _with(self.planes, arrays), _with(self.court, arrays)
        profile = arrays[f"{PROFILE}00"].base
        self.usual = _with(self.usual, arrays)._replace(profile=profile)


_Part = TypeVar("_Part", Planes, Court, Usual)


def _with(part: _Part, arrays: dict[str, NDArray[Any]]) -> _Part:
    """The part with those of ``arrays`` that are its own."""
    return part._replace(**{name: arrays[name] for name in part._fields if name in arrays})


def begin_state(plan: Plan, old: State | None = None) -> State:
    """The memory of a plan; series that stay are in bands that stand where those of ``old`` do."""
    codes, bands = _bands(plan, old)
    order = np.argsort(codes, kind="stable")
    series_ids = plan.series["id"].to_numpy()[order]
    return build_state(plan, bands, series_ids)


def build_state(plan: Plan, bands: NDArray[np.void], series_ids: NDArray[np.int64]) -> State:
    """The memory of a plan whose series lie in these bands, in this order, with nothing in it."""
    planes, index = lay_out(bands), build_index(series_ids)
    order = find_slots(index, plan.series["id"].to_numpy())
    routes, widest = _routes(plan, index, bands)
    rules, rule_of = _rules(plan)
    placed = np.empty_like(rule_of)
    placed[order] = rule_of
    court = open_court(rules, placed, bands)
    novel = empty_novelty(int(bands["size"][bands["novel"] >= 0].sum()))
    return State(series_ids, index, routes, widest, planes, court, _usual(plan, bands), novel)


def text_codes(column: pa.ChunkedArray, known: tuple[str, ...]) -> NDArray[np.int64]:
    """The place of each text in ``known``."""
    encoded = column.combine_chunks().dictionary_encode()
    places = np.array([known.index(text) for text in encoded.dictionary.to_pylist()], np.int64)
    return places[encoded.indices.to_numpy()]


_KEY = [
    "depth", "width", "late", "aggregate", "ring", "profile", "novel", "final", "closed", "born",
]  # fmt: skip


def _bands(plan: Plan, old: State | None) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """(the band of each series of a plan, the bands)."""
    series, depths = plan.series, plan.depths
    profiled = has_profile(series)
    aggregates = text_codes(series["aggregate"], AGGREGATES)
    widths, lates = (series[f"{name}_seconds"].to_numpy() for name in ("window", "lateness"))
    before = _bands_before(series["id"].to_numpy(), old)
    novel = plan.novel >= 0
    columns = [widths, lates, aggregates, profiled, novel, before, depths]
    codes, firsts = alike([pa.chunked_array([pa.array(column)]) for column in columns])
    bands = empty_bands(len(firsts))
    bands["width"], bands["late"] = widths[firsts], lates[firsts]
    bands["depth"] = depths[firsts]
    bands["width"] *= 1_000_000
    bands["late"] *= 1_000_000
    bands["aggregate"], bands["profile"] = aggregates[firsts], profiled[firsts] - 1
    bands["novel"] = novel[firsts] - 1
    bands["ring"] = ring_size(bands["width"], bands["late"])
    if old is not None:
        _stand_as_before(bands, before[firsts], old)
    _, kept, merged = np.unique(bands[_KEY], return_index=True, return_inverse=True)
    codes, bands = merged[codes], bands[kept]
    bands["size"] = np.bincount(codes, minlength=len(bands))
    for name in ("profile", "novel"):
        sizes = np.where(bands[name] >= 0, bands["size"], 0)
        bands[name] = np.where(bands[name] >= 0, np.cumsum(sizes) - sizes, -1)
    return codes, bands


def _bands_before(ids: NDArray[np.int64], old: State | None) -> NDArray[np.int64]:
    """The band in ``old`` of each series, -1 where it was not there."""
    if old is None:
        return np.full(len(ids), -1)
    at = find_slots(old.index, ids)
    return np.where(at >= 0, old.band_of(at), -1)


def _stand_as_before(bands: NDArray[np.void], before: NDArray[np.int64], old: State) -> None:
    """Let bands of series that stay stand where theirs did; no ring is shorter than it was.

    A lateness that shrank must not push out windows which wait to become final.
    """
    for band, number in zip(bands, before.tolist(), strict=True):
        one = old.bands[number]
        if number < 0 or not _one_pace(one, band):
            continue
        for name in ("final", "closed"):
            band[name] = one[name]
        # Windows below ``final`` are not judged again: when it began does not matter any more.
        band["born"] = UNBORN if one["born"] <= one["final"] else one["born"]
        band["ring"] = max(band["ring"], one["ring"])


def _one_pace(one: Any, other: Any) -> bool:
    """Whether two bands have the same windows and figures: one may go on as the other."""
    return all(one[name] == other[name] for name in ("width", "offset", "aggregate", "depth"))


def _rules(plan: Plan) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """(the rules that differ, which of them each series of a plan has)."""
    columns = [plan.series[name] for name in _RULE_COLUMNS]
    codes, firsts = alike([*columns, pa.chunked_array([pa.array(plan.novel)])])
    rules = _rules_of(plan.series.take(pa.array(firsts)))
    _ask_for_novelty(rules, plan, plan.novel[firsts])
    return rules, codes.astype(np.int32)


def _ask_for_novelty(rules: NDArray[np.void], plan: Plan, asked: NDArray[np.int64]) -> None:
    """Fill in by what surprise a rule speaks; ``asked`` is the row of ``surprises``, or -1."""
    for name in NOVEL:
        rules[name] = np.nan
    for rule, row in zip(rules, asked.tolist(), strict=True):
        if row >= 0:
            said = plan.surprises.slice(row, 1).to_pylist()[0]
            for name in (*NOVEL, "novel_margin", "novel_least"):
                rule[name] = said[name]
            rule["novel_side"] = {"above": 1, "below": -1}.get(said["novel_side"], 0)


def _rules_of(series: pa.Table) -> NDArray[np.void]:
    rules = np.zeros(len(series), RULE)
    for name in (*_LIMITS, "min_windows", "missing_windows"):
        rules[name] = series[name].to_numpy()
    rules["margin"] = series["clear_margin"].to_numpy()
    rules["sign"] = 1.0 - 2.0 * text_codes(series["direction"], ("above", "below"))
    for name in (*SCORES, "score_margin", "least_visits"):
        rules[name] = series[name].to_numpy()
    known = has_profile(series)
    least = np.fmin.reduce([rules[name] for name in SCORES])
    rules["floor"][known] = (series["least_deviation"].to_numpy() / least)[known]
    return rules


def has_profile(series: pa.Table) -> NDArray[np.bool_]:
    """Which series are judged by what is usual."""
    known = np.zeros(len(series), np.bool_)
    for name in SCORES:
        known |= ~np.isnan(series[name].to_numpy())
    return known


def _usual(plan: Plan, bands: NDArray[np.void]) -> Usual:
    count = int(bands["size"][bands["profile"] >= 0].sum())
    if not count:
        return begin_usual(None, 0)
    begins = plan.days["begin"].to_numpy().astype(np.int64)
    return begin_usual(days_from(begins, plan.days["kind"].to_numpy() == WORKING), count)


def _routes(plan: Plan, index: SlotIndex, bands: NDArray[np.void]) -> tuple[Routes, int]:
    """(routes of the plan's datastreams, most series of one of them)."""
    # A plan's members are in order of their datastreams, as its datastreams are.
    at = find_slots(plan.index, plan.members["datastream"].to_numpy())
    slots = find_slots(index, plan.members["series"].to_numpy())
    counts = np.bincount(at, minlength=len(plan.datastreams)).astype(np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    number = np.searchsorted(bands["start"], slots, "right") - 1
    ways = number << SLOT_BITS | slots
    return draw_routes(plan.index, starts, ways), int(counts.max(initial=0))


def carry(old: State, new: State) -> NDArray[np.int64]:
    """Take over what series that stay have; return the slots of ``old`` that end."""
    slots = np.arange(len(old.series_ids))
    found = find_slots(new.index, old.series_ids)
    pairs = np.where(found >= 0, old.band_of(slots) * len(new.bands) + new.band_of(found), -1)
    ended = [slots[pairs < 0]]
    for pair in np.unique(pairs[pairs >= 0]).tolist():
        one, other = old.bands[pair // len(new.bands)], new.bands[pair % len(new.bands)]
        before = slots[pairs == pair]
        if _one_pace(one, other):
            _carry_series(old, new, before, found[before])
            _carry_band(old, new, one, other, before, found[before])
        else:
            ended.append(before)
    _carry_ahead(old, new)
    return np.sort(np.concatenate(ended))


def _carry_series(old: State, new: State, before: NDArray[Any], after: NDArray[Any]) -> None:
    for name in ("standing", "newest", "hot"):
        getattr(new.court, name)[after] = getattr(old.court, name)[before]
    new.planes.dirty[after] = old.planes.dirty[before]


def _carry_band(
    old: State, new: State, one: Any, other: Any, before: NDArray[Any], after: NDArray[Any]
) -> None:
    """Move cells, verdicts shown and profiles of series from a band to another of that pace."""
    final, closed = int(one["final"]), int(one["closed"])
    source, target = before - one["start"], after - other["start"]
    for window in range(final, final + int(one["ring"])):
        at, to = _plane(one, window, "ring") + source, _plane(other, window, "ring") + target
        new.planes.cells[to + other["cells"]] = old.planes.cells[at + one["cells"]]
        if len(old.planes.times) and AGGREGATES[one["aggregate"]] == "last":
            new.planes.times[to + other["times"]] = old.planes.times[at + one["times"]]
    for window in range(final, closed):
        at, to = _plane(one, window, "held") + source, _plane(other, window, "held") + target
        new.court.shown[to + other["shown"]] = old.court.shown[at + one["shown"]]
    other["marked"] = max(other["marked"], one["marked"])
    if one["profile"] >= 0 and other["profile"] >= 0:
        _carry_usual(old, new, one["profile"] + source, other["profile"] + target)
    if one["novel"] >= 0 and other["novel"] >= 0:
        new.novel[other["novel"] + target] = old.novel[one["novel"] + source]


def _plane(band: Any, window: int, turn: str) -> int:
    return window % int(band[turn]) * int(band["size"])


def _carry_usual(
    old: State, new: State, source: NDArray[np.int64], target: NDArray[np.int64]
) -> None:
    """Keep what was learnt; what is being gathered only where days are numbered as before."""
    for node in range(NODES):
        new.usual.profile[node][target] = old.usual.profile[node][source]
    if np.array_equal(old.usual.days, new.usual.days):
        new.usual.learning[target] = old.usual.learning[source]


def _carry_ahead(old: State, new: State) -> None:
    known = find_slots(new.index, old.ahead["series"]) >= 0
    new.ahead = old.ahead[known]
