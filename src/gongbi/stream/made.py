"""Series made of other series, or of rows in another way: wired from the plan, drawn in order.

Depth 0 is measured: rows fold into it (also rates and quantiles). A series made of others is one
deeper than the deepest of them, and is drawn and closed after all of that depth.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import fold_series
from gongbi.kernel.stream.slots import SlotIndex, build_index, find_slots
from gongbi.kernel.vitals.closing import NEW
from gongbi.kernel.vitals.composite import WORDS, read_rule
from gongbi.kernel.vitals.counters import COUNTER, new_counters
from gongbi.kernel.vitals.derived import (
    COMPOSITE,
    FORMULA,
    HELD,
    NEVER,
    NOWHERE,
    OPS,
    QUANTILE,
    RATE,
    WIRE,
    Sketches,
    count_rows,
    draw_made,
    draw_quantiles,
    hold_verdicts,
    new_held,
    truths_of,
    turn_rows,
    wire_ring,
)
from gongbi.kernel.vitals.sketch import new_sketches
from gongbi.stream.frames import Batch
from gongbi.stream.plans import Plan
from gongbi.stream.state import State

ARRAYS: dict[str, np.dtype[Any]] = {
    "made_held": HELD,
    "made_since": np.dtype("i8"),
    "made_counters": COUNTER,
    "made_tags": np.dtype("i8"),
    "made_tops": np.dtype("i8"),
    "made_counts": np.dtype("u4"),
}
MOST_SHOWN = 6
"""Sources a fact names: of a sum over a district, those that weigh most."""


class Made:
    """What one plan makes of its series and rows; ``state`` has the cells."""

    def __init__(self, plan: Plan, state: State) -> None:
        self.plan, self.state = plan, state
        self.ids, depths = _in_order(plan)
        self.count = len(self.ids)
        self.slots = find_slots(state.index, self.ids)
        self.deepest = int(depths.max(initial=0))
        self.ends = np.searchsorted(depths, np.arange(self.deepest + 2), "left")
        bands = state.bands[state.band_of(self.slots)] if self.count else state.bands[:0]
        self.widths = np.ascontiguousarray(bands["width"])
        table = _by_id(plan.formulas, "series", self.ids)
        self.parts = [text.split(",") if text else [] for text in table["parts"].to_pylist()]
        self.formulas, self.programs = _formulas(table, self.parts, bands)
        self._lay_wires(plan, bands)
        self._lay_rows(plan, bands)
        self.since = np.full(self.count, NOWHERE)

    # How it is wired -----------------------------------------------------------------------

    def _lay_wires(self, plan: Plan, bands: NDArray[np.void]) -> None:
        """Wires in order of what is made, and which wires each series slot feeds."""
        table, made = _wires_of(plan, self.ids, self.formulas["op"] < RATE)
        self.sources = table["source"].to_numpy()
        wires = np.zeros(len(table), WIRE)
        wires["made"] = made
        for name in ("part", "least_level", "weight"):
            wires[name] = table[name].to_numpy()
        source = find_slots(self.state.index, self.sources)
        of = self.state.bands[self.state.band_of(source)] if len(wires) else bands[:0]
        wires["width"] = of["width"]
        wait = bands["width"] + bands["late"]
        wires["ring"] = wire_ring(of["ring"], of["width"], self.formulas["span"][made], wait[made])
        wires["first"] = np.cumsum(wires["ring"]) - wires["ring"]
        self.formulas["first"] = np.searchsorted(made, np.arange(self.count), "left")
        self.formulas["last"] = np.searchsorted(made, np.arange(self.count), "right")
        self.wires, self.held = wires, new_held(int(wires["ring"].sum()))
        self.targets = np.argsort(source, kind="stable").astype(np.int64)
        counts = np.bincount(source, minlength=len(self.state.series_ids)).astype(np.int64)
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def _lay_rows(self, plan: Plan, bands: NDArray[np.void]) -> None:
        """Datastreams whose rows are turned, the series they feed, and sketches."""
        table, made = _wires_of(plan, self.ids, self.formulas["op"] >= RATE)
        streams = table["source"].to_numpy()
        self.streams = np.unique(streams)
        self.index: SlotIndex = build_index(self.streams)
        at = find_slots(self.index, streams)
        order = np.argsort(at, kind="stable")
        self.row_targets = made[order]
        counts = np.bincount(at, minlength=len(self.streams)).astype(np.int64)
        self.row_starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        self.widest = int(counts.max(initial=0))
        self.counters = new_counters(len(self.streams))
        sketched = self.formulas["op"] == QUANTILE
        rings = np.where(sketched, bands["ring"], 0)
        self.formulas["program"][sketched] = (np.cumsum(rings) - rings)[sketched]
        self.formulas["program_end"][sketched] = np.cumsum(rings)[sketched]
        tops, counted = new_sketches(int(rings.sum()))
        self.sketches = Sketches(np.full(len(tops), NEVER), tops, counted)

    # What is remembered --------------------------------------------------------------------

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays, by the names of ``ARRAYS``."""
        return {
            "made_held": self.held,
            "made_since": self.since,
            "made_counters": self.counters,
            "made_tags": self.sketches.tags,
            "made_tops": self.sketches.tops,
            "made_counts": self.sketches.counts.reshape(-1),
        }

    def take_up(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Go on from a checkpoint."""
        for name, mine in self.arrays().items():
            mine[:] = arrays[name]

    def carry(self, old: "Made") -> None:
        """Take over the windows of wires that stay, counters and sketches."""
        before = {key: at for at, key in enumerate(old.wire_keys())}
        for at, key in enumerate(self.wire_keys()):
            if key in before:
                self._carry_wire(old, old.wires[before[key]], self.wires[at])
        found = find_slots(self.index, old.streams)
        self.counters[found[found >= 0]] = old.counters[found >= 0]
        for other, made in enumerate(find_slots(build_index(self.ids), old.ids).tolist()):
            if made >= 0:
                self._carry_made(old, made, other)

    def wire_keys(self) -> list[tuple[int, int, int]]:
        """(made series, source series, part) of each wire."""
        made = self.ids[self.wires["made"]].tolist()
        return list(zip(made, self.sources.tolist(), self.wires["part"].tolist(), strict=True))

    def _carry_wire(self, old: "Made", one: Any, other: Any) -> None:
        if one["width"] != other["width"]:
            return
        kept = old.held[one["first"] : one["first"] + one["ring"]]
        kept = np.sort(kept[kept["window"] > NEVER], order="window")[-int(other["ring"]) :]
        self.held[other["first"] + kept["window"] % other["ring"]] = kept

    def _carry_made(self, old: "Made", made: int, other: int) -> None:
        same = self.widths[made] == old.widths[other]
        self.since[made] = old.since[other] if same else NOWHERE
        one, two = old.formulas[other], self.formulas[made]
        if not same or one["op"] != QUANTILE or two["op"] != QUANTILE:
            return
        ring = int(two["program_end"] - two["program"])
        for at in range(int(one["program"]), int(one["program_end"])):
            window = int(old.sketches.tags[at])
            to = int(two["program"]) + window % ring
            if window > self.sketches.tags[to]:
                self.sketches.tags[to] = window
                self.sketches.tops[to] = old.sketches.tops[at]
                self.sketches.counts[to] = old.sketches.counts[at]

    # Rows ----------------------------------------------------------------------------------

    def take(self, batch: Batch) -> tuple[Batch, NDArray[np.int64]] | None:
        """Fold what is made of rows; what was handed back, as ``Engine`` keeps it."""
        if not len(self.streams):
            return None
        most = len(batch.ids) * self.widest
        made, rows = np.empty(most, np.int64), np.empty(most, np.int64)
        turned = np.empty(most, np.float64)
        put = turn_rows(
            find_slots(self.index, batch.ids), batch.times, batch.values, self.row_starts,
            self.row_targets, self.formulas, self.counters, made, turned, rows,
        )  # fmt: skip
        made, turned, rows = made[:put], turned[:put], rows[:put]
        fates = np.empty(put, np.int64)
        times = batch.times[rows]
        fold_series(self.slots[made], times, turned, self.state.planes, fates)
        self._count(made, times, turned, fates)
        back = np.flatnonzero(fates)
        if not len(back):
            return None
        said = Batch(
            batch.sender, batch.sequence, batch.body_crc, batch.ids[rows[back]], times[back],
            turned[back],
        )  # fmt: skip
        kept = np.stack([np.arange(len(back)), self.slots[made[back]], fates[back]], axis=1)
        return said, kept

    def count_ahead(
        self,
        slots: NDArray[np.int64],
        times: NDArray[np.int64],
        values: NDArray[np.float64],
        fates: NDArray[np.int64],
    ) -> None:
        """Count rows that waited for the clock and have been folded now."""
        if not len(self.streams):
            return
        of = np.full(len(self.state.series_ids), -1)
        of[self.slots] = np.arange(self.count)
        mine = of[slots] >= 0
        self._count(of[slots[mine]], times[mine], values[mine], fates[mine])

    def _count(
        self,
        made: NDArray[np.int64],
        times: NDArray[np.int64],
        values: NDArray[np.float64],
        fates: NDArray[np.int64],
    ) -> None:
        count_rows(
            made, times, values, fates, self.formulas, self.slots, self.sketches,
            self.state.planes, self.since,
        )  # fmt: skip

    # Windows -------------------------------------------------------------------------------

    def draw(self, depth: int, clock: int) -> None:
        """Write what ends by ``clock`` of the series of a depth into their cells."""
        if not self.count:
            return
        if depth == 0:
            draw_quantiles(
                clock, self.formulas, self.slots, self.sketches, self.since, self.state.planes
            )
            return
        draw_made(
            clock, int(self.ends[depth]), int(self.ends[depth + 1]), self.formulas, self.slots,
            self.wires, self.held, self.programs, self.since, self.state.planes,
        )  # fmt: skip

    def hear(self, verdicts: NDArray[np.void]) -> None:
        """Keep what sources told."""
        if len(self.wires):
            hold_verdicts(
                verdicts[verdicts["flags"] & NEW > 0], self.starts, self.targets, self.wires,
                self.held, self.formulas, self.widths, self.since,
            )  # fmt: skip

    # Why -----------------------------------------------------------------------------------

    def inputs(self, slot: int, window: int) -> list[dict[str, Any]]:
        """What a made series rested on in a window: those sources that weigh most."""
        found = np.flatnonzero(self.slots == slot)
        if not len(found) or self.formulas[found[0]]["op"] >= RATE:
            return []
        made = int(found[0])
        formula = self.formulas[made]
        if formula["op"] == COMPOSITE:
            return self._parts(made, (window + 1) * int(self.widths[made]))
        said = [
            self._said(at, window) for at in range(int(formula["first"]), int(formula["last"]))
        ]
        if len(said) > 2:
            said = [one for one in said if one["value"] is not None]
            said.sort(key=lambda one: (-one["level"], -abs(one["value"]), one["series"]))
        return said[:MOST_SHOWN]

    def _said(self, at: int, window: int) -> dict[str, Any]:
        wire = self.wires[at]
        kept = self.held[int(wire["first"]) + window % int(wire["ring"])]
        known = int(kept["window"]) == window and not np.isnan(kept["value"])
        return {
            "series": int(self.sources[at]),
            "value": float(kept["value"]) if known else None,
            "level": int(kept["level"]) if known else -1,
        }

    def _parts(self, made: int, end: int) -> list[dict[str, Any]]:
        """The truth of each part, and the series that stood at its level."""
        formula = self.formulas[made]
        truths = truths_of(formula, self.wires, self.held, end)
        said: list[dict[str, Any]] = [
            {"part": name, "truth": WORDS[int(truth)], "stood": []}
            for name, truth in zip(self.parts[made], truths, strict=True)
        ]
        for at in range(int(formula["first"]), int(formula["last"])):
            wire, stood = self.wires[at], said[int(self.wires[at]["part"])]["stood"]
            window = end // int(wire["width"]) - 1
            while (window + 1) * int(wire["width"]) > end - int(formula["span"]):
                one = self._said(at, window)
                if one["level"] >= wire["least_level"] and len(stood) < MOST_SHOWN:
                    stood.append(one)
                    break
                window -= 1
        return said


def _in_order(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(ids of made series, their depths), by depth and id."""
    ids = plan.formulas["series"].to_numpy()
    depths = plan.depths[find_slots(build_index(plan.series["id"].to_numpy()), ids)]
    order = np.lexsort((ids, depths))
    return ids[order], depths[order]


def _by_id(table: pa.Table, name: str, ids: NDArray[np.int64]) -> pa.Table:
    found = find_slots(build_index(table[name].to_numpy()), ids)
    return table.take(pa.array(found))


def _formulas(
    table: pa.Table, parts: list[list[str]], bands: NDArray[np.void]
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    formulas = np.zeros(len(table), FORMULA)
    formulas["op"] = [OPS.index(op) for op in table["op"].to_pylist()]
    for name in ("scale", "least_share", "share"):
        formulas[name] = table[name].to_numpy()
    formulas["span"] = table["span_seconds"].to_numpy().astype(np.int64) * 1_000_000
    rates = formulas["op"] == RATE
    formulas["scale"][rates] /= bands["width"][rates] / 1e6
    formulas["parts"] = [len(names) for names in parts]
    programs = [np.zeros(0, np.int64)]
    for one, rule, names in zip(formulas, table["rule"].to_pylist(), parts, strict=True):
        program = read_rule(rule, names) if rule else programs[0]
        one["program"] = sum(len(before) for before in programs)
        one["program_end"] = one["program"] + len(program)
        programs.append(program)
    return formulas, np.concatenate(programs)


def _wires_of(
    plan: Plan, ids: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> tuple[pa.Table, NDArray[np.int64]]:
    """(wires of the made series wanted, the place of what each makes), in order of these."""
    made = find_slots(build_index(ids), plan.wires["series"].to_numpy())
    found = np.flatnonzero((made >= 0) & wanted[made] if len(ids) else np.zeros(len(made), bool))
    table, made = plan.wires.take(pa.array(found)), made[found]
    order = np.lexsort((table["source"].to_numpy(), table["part"].to_numpy(), made))
    return table.take(pa.array(order)), made[order].astype(np.int64)
