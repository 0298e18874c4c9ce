"""Readings made of others, made again where their sources were corrected.

By the kernel's own ``draw_value``, from the day's readings as they stand now. Levels in history
stay as told, so composites (rules over levels) are not made again; nor are rates of counters,
which rest on the row before the window.
"""

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.vitals.derived import FORMULA, HELD, OPS, WIRE, draw_value
from gongbi.stream.plans import Plan
from gongbi.stream.recent import READING

AGAIN = ("ratio", "difference", "sum", "mean", "min", "max", "share-at")
_NOTHING = np.zeros(0, np.int64)
Ints = NDArray[np.int64]


class Board:
    """A day's readings by series and start; what is written is found by what comes after."""

    def __init__(self, readings: NDArray[np.void]) -> None:
        self._series, self._rank = np.unique(readings["series"], return_inverse=True)
        self._starts = readings["window_start"]
        self._values = np.where(readings["count"] > 0, readings["value"], np.nan)
        self._levels = readings["level"]
        self._order = np.lexsort((self._starts, self._rank))
        self._new: dict[tuple[int, int], float] = {}

    def write(self, series: int, start: int, value: float) -> None:
        """What a made series has in a window from now on."""
        self._new[series, start] = value

    def find(self, series: int, starts: Ints) -> tuple[NDArray[np.float64], Ints]:
        """(values, levels) of a series in some windows; NaN and -1 where nothing is known."""
        values, levels = np.full(len(starts), np.nan), np.full(len(starts), -1)
        rank = int(np.searchsorted(self._series, series))
        if rank < len(self._series) and self._series[rank] == series:
            ranks = self._rank[self._order]
            begin, end = np.searchsorted(ranks, [rank, rank + 1])
            rows = self._order[begin:end]
            at = np.minimum(np.searchsorted(self._starts[rows], starts), len(rows) - 1)
            hit = self._starts[rows][at] == starts
            values[hit], levels[hit] = self._values[rows[at[hit]]], self._levels[rows[at[hit]]]
        for place, start in enumerate(starts.tolist()):
            if (series, start) in self._new:
                values[place] = self._new[series, start]
                levels[place] = max(int(levels[place]), 0)
        return values, levels


def made_again(
    plan: Plan, readings: NDArray[np.void], changed: NDArray[np.void]
) -> NDArray[np.void]:
    """Readings of made series in windows in which one of their sources changed."""
    formulas = plan.formulas.to_pylist()
    ids = plan.series["id"].to_numpy()
    width = dict(zip(ids.tolist(), plan.series["window_seconds"].to_pylist(), strict=True))
    depth = dict(zip(ids.tolist(), plan.depths.tolist(), strict=True))
    wires = _wires(plan)
    touched: dict[int, set[int]] = {}
    for one in changed:
        touched.setdefault(int(one["series"]), set()).add(int(one["window_start"]))
    board, made = Board(readings), list[tuple[int, int, int, float]]()
    for formula in sorted(formulas, key=lambda one: (depth[one["series"]], one["series"])):
        mine = wires.get(formula["series"], [])
        starts = sorted(set().union(*(touched.get(wire["source"], set()) for wire in mine)))
        if formula["op"] not in AGAIN or not starts:
            continue
        series, microseconds = formula["series"], width[formula["series"]] * 1_000_000
        for start, value, known in _draw(formula, mine, board, starts, microseconds):
            board.write(series, start, value)
            touched.setdefault(series, set()).add(start)
            made.append((series, start, known, value))
    return _as_readings(made)


def _wires(plan: Plan) -> dict[int, list[dict[str, int]]]:
    found: dict[int, list[dict[str, int]]] = {}
    for wire in plan.wires.to_pylist():
        found.setdefault(wire["series"], []).append(wire)
    for some in found.values():
        some.sort(key=lambda one: (one["part"], one["source"]))
    return found


def _draw(
    formula: dict[str, float | str],
    wires: list[dict[str, int]],
    board: Board,
    starts: list[int],
    width: int,
) -> list[tuple[int, float, int]]:
    """(start, value, sources known) of those windows of which something is known."""
    rule = np.zeros(1, FORMULA)[0]
    rule["op"], rule["last"] = OPS.index(str(formula["op"])), len(wires)
    rule["scale"], rule["least_share"] = formula["scale"], formula["least_share"]
    lines, held = np.zeros(len(wires), WIRE), np.zeros(len(wires), HELD)
    lines["first"], lines["ring"], lines["width"] = np.arange(len(wires)), 1, width
    lines["weight"] = [wire["weight"] for wire in wires]
    lines["least_level"] = [wire["least_level"] for wire in wires]
    told = [board.find(wire["source"], np.array(starts)) for wire in wires]
    found = []
    for place, start in enumerate(starts):
        held["window"] = start // width
        held["value"] = [values[place] for values, _ in told]
        held["level"] = [levels[place] for _, levels in told]
        value, known = draw_value(rule, lines, held, _NOTHING, start // width, width)
        if not np.isnan(value):
            found.append((start, float(value), max(int(known), 1)))
    return found


def _as_readings(made: list[tuple[int, int, int, float]]) -> NDArray[np.void]:
    rows = np.zeros(len(made), READING)
    if made:
        series, starts, known, values = zip(*made, strict=True)
        rows["series"], rows["window_start"] = series, starts
        rows["count"], rows["value"] = known, values
    rows["expected"] = rows["scatter"] = np.nan
    return rows
