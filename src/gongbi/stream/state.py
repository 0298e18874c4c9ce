"""The engine's memory: dense arrays by slot, made from a plan and carried into the next one."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import AGGREGATES, BOOK, UNBORN, empty_cells, ring_size
from gongbi.kernel.stream.slots import SlotIndex, build_index, find_slots
from gongbi.kernel.vitals.closing import Usual, begin_usual, empty_verdicts
from gongbi.kernel.vitals.days import WORKING, days_from
from gongbi.kernel.vitals.levels import RULE, STANDING
from gongbi.stream.plans import SCORES, Plan

AHEAD = np.dtype(
    [("series", "i8"), ("datastream", "i8"), ("time", "i8"), ("value", "f8"), ("position", "i8")]
)
"""A row ahead of its series' ring, by ids; ``position`` is that of its frame in the log."""
ARRAYS = ("book", "standing", "cells", "shown", "dirty", "hot", "ahead", "newest")


@dataclass(slots=True)
class State:
    """All series of the plan in force. Arrays are by series slot; rings lie in one row."""

    series_ids: NDArray[np.int64]
    datastreams: SlotIndex
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    widest: int  # most series of one datastream
    rules: NDArray[np.void]
    book: NDArray[np.void]
    standing: NDArray[np.void]
    cells: NDArray[np.void]
    shown: NDArray[np.void]
    dirty: NDArray[np.int8]
    hot: NDArray[np.int8]
    newest: NDArray[np.void]  # the newest window of each series that was told
    usual: Usual
    ahead: NDArray[np.void] = field(default_factory=lambda: np.empty(0, AHEAD))

    @property
    def narrowest(self) -> int:
        """Microseconds of the shortest window."""
        return int(self.book["width"].min()) if len(self.book) else 1_000_000

    @property
    def longest_wait(self) -> int:
        """Microseconds from a window's start until it is final, at most."""
        waits = self.book["width"] + self.book["late"]
        return int(waits.max()) if len(waits) else 0

    @property
    def room(self) -> int:
        """Verdicts one series may hand out at once."""
        longest = int(self.book["ring"].max()) if len(self.book) else 0
        return 2 * longest + 8


def begin_state(plan: Plan, old: State | None = None) -> State:
    """The memory of a plan whose series have not begun; no ring is shorter than in ``old``."""
    count = len(plan.series)
    book = _book(plan.series)
    if old is not None:
        # A lateness that shrank must not push out windows which wait to become final.
        at = find_slots(build_index(old.series_ids), plan.series["id"].to_numpy())
        book["ring"][at >= 0] = np.maximum(book["ring"][at >= 0], old.book["ring"][at[at >= 0]])
    book["first"] = np.cumsum(book["ring"]) - book["ring"]
    cells = int(book["ring"].sum())
    starts, members, widest = _membership(plan)
    return State(
        series_ids=plan.series["id"].to_numpy(),
        datastreams=plan.index,
        starts=starts,
        members=members,
        widest=widest,
        rules=_rules(plan.series),
        book=book,
        standing=np.zeros(count, STANDING),
        cells=empty_cells(cells),
        shown=empty_verdicts(cells),
        dirty=np.zeros(count, np.int8),
        hot=np.zeros(count, np.int8),
        newest=empty_verdicts(count),
        usual=_usual(plan),
    )


def _book(series: pa.Table) -> NDArray[np.void]:
    book = np.zeros(len(series), BOOK)
    book["width"] = series["window_seconds"].to_numpy().astype(np.int64) * 1_000_000
    book["late"] = series["lateness_seconds"].to_numpy().astype(np.int64) * 1_000_000
    pairs = zip(book["width"].tolist(), book["late"].tolist(), strict=True)
    book["ring"] = [ring_size(width, late) for width, late in pairs]
    for name in ("final", "closed", "born"):
        book[name] = UNBORN
    codes = {name: code for code, name in enumerate(AGGREGATES)}
    book["aggregate"] = [codes[name] for name in series["aggregate"].to_pylist()]
    return book


def _rules(series: pa.Table) -> NDArray[np.void]:
    rules = np.zeros(len(series), RULE)
    for name in ("notice", "warning", "alarm", "min_windows", "missing_windows"):
        rules[name] = series[name].to_numpy()
    rules["margin"] = series["clear_margin"].to_numpy()
    above = np.array(series["direction"].to_pylist()) == "above" if len(series) else []
    rules["sign"] = np.where(above, 1.0, -1.0)
    _scores(rules, series)
    return rules


def has_profile(series: pa.Table) -> NDArray[np.bool_]:
    """Which series are judged by what is usual."""
    scores = np.stack([series[name].to_numpy() for name in SCORES])
    known: NDArray[np.bool_] = ~np.isnan(scores).all(axis=0)
    return known


def _usual(plan: Plan) -> Usual:
    count = int(has_profile(plan.series).sum())
    if not count:
        return begin_usual(None, 0)
    begins = plan.days["begin"].to_numpy().astype(np.int64)
    return begin_usual(days_from(begins, plan.days["kind"].to_numpy() == WORKING), count)


def _scores(rules: NDArray[np.void], series: pa.Table) -> None:
    known = has_profile(series)
    rules["profile"] = np.where(known, np.cumsum(known), 0)
    for name in (*SCORES, "score_margin", "least_visits"):
        rules[name] = series[name].to_numpy()
    least = np.fmin.reduce([rules[name] for name in SCORES])
    rules["floor"][known] = (series["least_deviation"].to_numpy() / least)[known]


def _membership(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """(starts, members, most members): series slots of datastream d are members[starts[d]:…]."""
    at = find_slots(plan.index, plan.members["datastream"].to_numpy())
    slots = build_index(plan.series["id"].to_numpy())
    series = find_slots(slots, plan.members["series"].to_numpy())
    order = np.lexsort((series, at))
    counts = np.bincount(at, minlength=len(plan.datastreams)).astype(np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return starts, series[order], int(counts.max()) if len(counts) else 0


def carry(old: State, new: State) -> NDArray[np.int64]:
    """Take over series that stay and keep their windows; return the slots of old that end."""
    found = find_slots(build_index(new.series_ids), old.series_ids)
    stays = found >= 0
    for name in ("width", "offset"):
        stays[stays] &= old.book[name][stays] == new.book[name][found[stays]]
    before, after = np.flatnonzero(stays), found[stays]
    for name in ("final", "closed", "born"):
        new.book[name][after] = old.book[name][before]
    # A lateness that changed moves what is due, so all are looked at again with the next tick.
    new.book["due"][after] = np.minimum(old.book["due"][before], 0)
    new.standing[after], new.newest[after] = old.standing[before], old.newest[before]
    new.dirty[after], new.hot[after] = old.dirty[before], old.hot[before]
    _carry_rings(old, new, before, after)
    _carry_usual(old, new, before, after)
    _carry_ahead(old, new)
    return np.flatnonzero(~stays)


def _carry_rings(
    old: State, new: State, before: NDArray[np.int64], after: NDArray[np.int64]
) -> None:
    """Move the cells of windows that may still change into rings of the new lengths."""
    rings = old.book["ring"][before]
    owner = np.repeat(np.arange(len(before)), rings)
    first = np.cumsum(rings) - rings
    source = old.book["first"][before][owner] + np.arange(len(owner)) - first[owner]
    for name in ("cells", "shown"):
        taken: Any = getattr(old, name)[source]
        window = taken["window"]
        final, ring = new.book["final"][after][owner], new.book["ring"][after][owner]
        fits = (window >= final) & (window < final + ring)
        target = new.book["first"][after][owner] + window % ring
        getattr(new, name)[target[fits]] = taken[fits]


def _carry_usual(
    old: State, new: State, before: NDArray[np.int64], after: NDArray[np.int64]
) -> None:
    """Keep what was learnt; what is being gathered only where days are numbered as before."""
    known = (old.rules["profile"][before] > 0) & (new.rules["profile"][after] > 0)
    source = old.rules["profile"][before][known] - 1
    target = new.rules["profile"][after][known] - 1
    new.usual.profile[:, target] = old.usual.profile[:, source]
    if np.array_equal(old.usual.days, new.usual.days):
        new.usual.learning[target] = old.usual.learning[source]


def _carry_ahead(old: State, new: State) -> None:
    known = find_slots(build_index(new.series_ids), old.ahead["series"]) >= 0
    new.ahead = old.ahead[known]
