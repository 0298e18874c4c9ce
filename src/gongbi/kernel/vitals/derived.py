"""Figures made of other figures: ratios, sums over places, per head, shares, composite signs.

A *made* series has a formula over *wires*, each from one source series. A wire keeps the last
windows of its source; when verdicts come, new or corrected, every window of the made series that
they bear upon is drawn again and written into its cell, where ``closing`` finds it as if it were
measured. So levels, corrections, alerts and readings of made series are those of any other.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import band_of, cell_at, window_at
from gongbi.kernel.vitals.composite import MOST_PARTS, judge, truth_of
from gongbi.kernel.vitals.counters import grown
from gongbi.kernel.vitals.sketch import add_to, empty_sketch, quantile_of

RATIO, DIFFERENCE, SUM, MEAN, MIN, MAX, SHARE_AT, COMPOSITE, RATE, QUANTILE = range(10)
OPS = (
    "ratio", "difference", "sum", "mean", "min", "max", "share-at", "composite", "rate",
    "quantile",
)  # fmt: skip
"""``share-at``: share of the sources that stand at ``least_level`` or worse. The last two are
made of rows, not of series."""
NOWHERE = 1 << 60
NEVER = -(1 << 60)

FORMULA = np.dtype(
    [
        ("op", "i8"),
        ("first", "i8"),  # its wires are first … last - 1
        ("last", "i8"),
        ("scale", "f8"),  # the value is multiplied by it: 100 for per cent, 1000 / people
        ("least_share", "f8"),  # of its wires that must know something
        ("span", "i8"),  # microseconds a composite looks back from its window's end
        ("program", "i8"),  # where a composite's program, or a quantile's sketches, begin and end
        ("program_end", "i8"),
        ("parts", "i8"),
        ("share", "f8"),  # of the rows that lie below a quantile
    ]
)
WIRE = np.dtype(
    [
        ("made", "i8"),
        ("part", "i8"),  # of a composite
        ("least_level", "i8"),
        ("width", "i8"),  # microseconds of its source's windows
        ("first", "i8"),  # place of its first held window
        ("ring", "i8"),
        ("weight", "f8"),
    ]
)
HELD = np.dtype([("window", "i8"), ("value", "f8"), ("level", "i8")])


def new_held(count: int) -> NDArray[np.void]:
    """Held windows of which nothing is known."""
    held = np.zeros(count, HELD)
    held["window"] = NEVER
    return held


class Sketches(NamedTuple):
    """A sketch for each window that may change of each quantile."""

    tags: NDArray[np.int64]
    """The window each belongs to."""
    tops: NDArray[np.int64]
    counts: NDArray[np.uint32]


def wire_ring(source_ring: Any, source_width: Any, span: Any, wait: Any) -> Any:
    """Windows a wire holds: its source's ring, and the span while it waits; numbers or arrays."""
    return source_ring + -(-(span + wait) // source_width) + 2


@njit(cache=True)
def _bears_from(wire, formula, width, window):  # type: ignore[no-untyped-def]
    """The first made window that a source's window bears upon."""
    if formula["op"] != COMPOSITE:
        return window
    return ((window + 1) * wire["width"] + width - 1) // width - 1


@njit(cache=True, nogil=True)
def hold_verdicts(verdicts, starts, targets, wires, held, formulas, widths, since):  # type: ignore[no-untyped-def]
    """Keep what sources told; ``since[made]`` becomes the first window to be drawn again.

    ``targets[starts[s]:starts[s + 1]]`` are the wires of source slot s; ``widths`` are the
    microseconds of the windows of what is made.
    """
    for at in range(verdicts.size):
        said = verdicts[at]
        series, window = said["series"], said["window"]
        for place in range(starts[series], starts[series + 1]):
            wire = wires[targets[place]]
            kept = held[wire["first"] + window % wire["ring"]]
            if kept["window"] > window:
                continue  # a correction older than all that is looked at
            kept["window"], kept["level"] = window, said["level"]
            kept["value"] = said["value"] if said["count"] > 0 else np.nan
            made = wire["made"]
            first = _bears_from(wire, formulas[made], widths[made], window)
            since[made] = min(since[made], first)


@njit(cache=True)
def _held_at(wire, held, window):  # type: ignore[no-untyped-def]
    """(value, level) of a source's window; (NaN, -1) where nothing is known."""
    kept = held[wire["first"] + window % wire["ring"]]
    if kept["window"] != window:
        return np.nan, np.int64(-1)
    return kept["value"], kept["level"]


@njit(cache=True)
def _of_two(formula, wires, held, window):  # type: ignore[no-untyped-def]
    """Ratio or difference of the first two wires; a ratio to nothing is not known."""
    one, _ = _held_at(wires[formula["first"]], held, window)
    other, _ = _held_at(wires[formula["first"] + 1], held, window)
    if formula["op"] == 1:
        return one - other
    return one / other if other != 0 else np.nan


@njit(cache=True)
def _add(op, total, value, weight):  # type: ignore[no-untyped-def]
    if op == 4:
        return min(total, value)
    if op == 5:
        return max(total, value)
    return total + weight * value


@njit(cache=True)
def _of_many(formula, wires, held, window):  # type: ignore[no-untyped-def]
    """(value, wires known) of a formula over many sources."""
    op, known, weights = formula["op"], 0, 0.0
    total = np.inf if op == 4 else -np.inf if op == 5 else 0.0
    for at in range(formula["first"], formula["last"]):
        wire = wires[at]
        value, level = _held_at(wire, held, window)
        if np.isnan(value):
            continue
        known += 1
        weights += wire["weight"]
        if op == 6:
            value = 1.0 if level >= wire["least_level"] else 0.0
        total = _add(op, total, value, wire["weight"])
    if known == 0 or known < formula["least_share"] * (formula["last"] - formula["first"]):
        return np.nan, known
    if op in (3, 6):
        total /= weights
    return total, known


@njit(cache=True)
def _stood(wire, held, end, span):  # type: ignore[no-untyped-def]
    """(stood at its level, known) of a source in windows that ended in (end - span, end]."""
    width, hit, known = wire["width"], False, False
    window = end // width - 1
    while (window + 1) * width > end - span:
        _, level = _held_at(wire, held, window)
        if level >= 0:
            known = True
            hit = hit or level >= wire["least_level"]
        window -= 1
    return hit, known


@njit(cache=True)
def truths_of(formula, wires, held, end):  # type: ignore[no-untyped-def]
    """The truth of each part of a composite whose window ends at ``end`` (microseconds)."""
    hits, knowns = np.zeros(MOST_PARTS, np.int64), np.zeros(MOST_PARTS, np.int64)
    members = np.zeros(MOST_PARTS, np.int64)
    for at in range(formula["first"], formula["last"]):
        hit, known = _stood(wires[at], held, end, formula["span"])
        part = wires[at]["part"]
        members[part] += 1
        hits[part] += hit
        knowns[part] += known
    truths = np.full(formula["parts"], 2, np.int64)
    for part in range(formula["parts"]):
        truths[part] = truth_of(hits[part], knowns[part], members[part], formula["least_share"])
    return truths


@njit(cache=True)
def draw_value(formula, wires, held, programs, window, width):  # type: ignore[no-untyped-def]
    """(value, sources known) of a made series in one window; NaN where it is not known."""
    if formula["op"] == COMPOSITE:
        truths = truths_of(formula, wires, held, (window + 1) * width)
        verdict = judge(programs[formula["program"] : formula["program_end"]], truths)
        return (np.nan if verdict == 2 else float(verdict)), 1
    if formula["op"] <= 1:
        return formula["scale"] * _of_two(formula, wires, held, window), 2
    value, known = _of_many(formula, wires, held, window)
    return formula["scale"] * value, known


@njit(cache=True)
def _write(cell, value, known):  # type: ignore[no-untyped-def]
    """Put a value into a cell; return whether that changed it."""
    before = cell["value"] if cell["count"] > 0 else np.nan
    if value == before or (np.isnan(value) and np.isnan(before)):
        return False
    cell["value"] = 0.0 if np.isnan(value) else value
    cell["count"] = 0 if np.isnan(value) else max(known, 1)
    return True


@njit(cache=True)
def _draw_one(made, slot, band, formula, first, until, wires, held, programs, planes):  # type: ignore[no-untyped-def]
    for window in range(first, until):
        value, known = draw_value(formula, wires, held, programs, window, band["width"])
        cell = planes.cells[cell_at(band, slot, window)]
        if _write(cell, value, known) and window < band["closed"]:
            planes.dirty[slot], band["marked"] = 1, 1


@njit(cache=True, nogil=True)
def draw_made(clock, begin, end, formulas, slots, wires, held, programs, since, planes):  # type: ignore[no-untyped-def]
    """Write the windows that end by ``clock`` (microseconds) and are new, or borne upon.

    Of the made series ``begin`` … ``end - 1``, whose slots in ``planes`` are ``slots``.
    """
    for made in range(begin, end):
        formula = formulas[made]
        if formula["op"] >= RATE:
            continue
        band = planes.bands[band_of(planes.bands, slots[made])]
        until = min(clock // band["width"], band["final"] + band["ring"])
        first = max(min(since[made], band["closed"]), band["final"])
        since[made] = NOWHERE
        _draw_one(made, slots[made], band, formula, first, until, wires, held, programs, planes)


@njit(cache=True)
def _count_in(sketches, at, window, value):  # type: ignore[no-untyped-def]
    """Count a row in the sketch of its window; one of another window is begun anew."""
    if sketches.tags[at] != window:
        sketches.tags[at] = window
        empty_sketch(sketches.tops, sketches.counts, at)
    add_to(sketches.tops, sketches.counts, at, value)


@njit(cache=True, nogil=True)
def count_rows(made, times, values, fates, formulas, slots, sketches, planes, since):  # type: ignore[no-untyped-def]
    """Count rows that ``offer`` has folded (fate 0) in the sketches of their series."""
    for row in range(made.size):
        formula = formulas[made[row]]
        if fates[row] != 0 or formula["op"] != QUANTILE:
            continue
        band = planes.bands[band_of(planes.bands, slots[made[row]])]
        window = window_at(band, times[row])
        at = formula["program"] + window % (formula["program_end"] - formula["program"])
        _count_in(sketches, at, window, values[row])
        since[made[row]] = min(since[made[row]], window)


@njit(cache=True, nogil=True)
def turn_rows(at, times, values, starts, targets, formulas, counters, made, turned, rows):  # type: ignore[no-untyped-def]
    """Rows as what is made of them wants them: (made, value, row) of each; returns how many.

    ``at`` is the place of each row's datastream, -1 for others; a counter's row becomes its growth
    times the scale.
    """
    put = 0
    for row in range(at.size):
        if at[row] < 0:
            continue
        growth = grown(counters[at[row]], times[row], values[row])
        for place in range(starts[at[row]], starts[at[row] + 1]):
            formula = formulas[targets[place]]
            value = values[row]
            if formula["op"] == RATE:
                value = growth * formula["scale"]
            if not np.isnan(value):
                made[put], turned[put], rows[put] = targets[place], value, row
                put += 1
    return put


@njit(cache=True, nogil=True)
def draw_quantiles(clock, formulas, slots, sketches, since, planes):  # type: ignore[no-untyped-def]
    """Write the quantiles of windows in which rows were counted into their cells."""
    for made in range(formulas.size):
        formula = formulas[made]
        if formula["op"] != QUANTILE:
            continue
        band = planes.bands[band_of(planes.bands, slots[made])]
        until = min(clock // band["width"], band["final"] + band["ring"])
        first = max(min(since[made], band["closed"]), band["final"])
        ring = formula["program_end"] - formula["program"]
        for window in range(first, until):
            at = formula["program"] + window % ring
            cell = planes.cells[cell_at(band, slots[made], window)]
            if sketches.tags[at] == window and cell["count"] > 0:
                cell["value"] = formula["scale"] * quantile_of(
                    sketches.tops, sketches.counts, at, formula["share"]
                )
        # What was counted in windows still open is drawn when they close, as all new ones are.
        since[made] = NOWHERE
