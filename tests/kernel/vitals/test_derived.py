"""Figures made of figures: by hand, and however verdicts come the last ones count."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.fold import empty_bands, lay_out
from gongbi.kernel.vitals.closing import VERDICT
from gongbi.kernel.vitals.composite import read_rule
from gongbi.kernel.vitals.counters import grown, new_counters
from gongbi.kernel.vitals.derived import (
    FORMULA,
    NOWHERE,
    OPS,
    WIRE,
    draw_made,
    hold_verdicts,
    new_held,
    wire_ring,
)

MINUTE = 60_000_000
NAN = math.nan


class Made:
    """One made series of minutes over sources of minutes; every source is a wire of its own."""

    def __init__(self, op: str, count: int, rule: str = "", **said: Any) -> None:
        self.formulas, self.wires = np.zeros(1, FORMULA), np.zeros(count, WIRE)
        self.programs = read_rule(rule, "abcd"[:count]) if rule else np.zeros(0, np.int64)
        one = self.formulas[0]
        one["op"], one["last"], one["scale"] = OPS.index(op), count, said.get("scale", 1.0)
        one["least_share"], one["span"] = said.get("least_share", 1.0), said.get("span", MINUTE)
        one["program_end"], one["parts"] = len(self.programs), count
        self.wires["width"] = said.get("width", MINUTE)
        ring = wire_ring(8, int(self.wires["width"][0]), int(one["span"]), 5 * MINUTE)
        self.wires["ring"], self.wires["first"] = ring, np.arange(count) * ring
        self.wires["weight"], self.wires["part"] = 1.0, np.arange(count)
        self.wires["least_level"] = said.get("least_level", 2)
        self.held, self.since = new_held(ring * count), np.full(1, NOWHERE)
        bands = empty_bands(1)
        bands["width"], bands["ring"], bands["size"] = MINUTE, 8, 1
        bands["final"] = bands["closed"] = bands["open"] = 0
        self.planes, self.count = lay_out(bands), count

    def told(self, *said: tuple[int, int, float, int]) -> None:
        """(source, window, value, level); NaN for a window without rows."""
        rows = np.zeros(len(said), VERDICT)
        for at, (source, window, value, level) in enumerate(said):
            rows[at]["series"], rows[at]["window"], rows[at]["value"] = source, window, value
            rows[at]["count"], rows[at]["level"] = 0 if math.isnan(value) else 3, level
        starts = np.arange(self.count + 1)
        hold_verdicts(
            rows, starts, np.arange(self.count), self.wires, self.held, self.formulas,
            np.full(1, MINUTE), self.since,
        )  # fmt: skip

    def at(self, minute: int) -> list[float]:
        """Values of the windows that have ended by this minute, NaN where none is known."""
        draw_made(
            minute * MINUTE, 0, 1, self.formulas, np.zeros(1, np.int64), self.wires, self.held,
            self.programs, self.since, self.planes,
        )  # fmt: skip
        self.planes.bands["closed"] = minute
        cells = self.planes.cells[:minute]
        return [float(cell["value"]) if cell["count"] else NAN for cell in cells]


def test_a_ratio_by_hand_and_a_late_row() -> None:
    lost = Made("ratio", 2, scale=100.0)
    lost.told((0, 0, 12.0, 0), (1, 0, 48.0, 0))
    assert lost.at(1) == [25.0]
    lost.told((0, 1, 12.0, 0), (1, 1, 0.0, 0))
    lost.told((0, 2, 12.0, 0))
    assert lost.at(3) == pytest.approx([25.0, NAN, NAN], nan_ok=True)
    assert lost.planes.dirty[0] == 0
    lost.told((1, 0, 40.0, 0))  # late rows of the source
    assert lost.at(3) == pytest.approx([30.0, NAN, NAN], nan_ok=True)
    assert lost.planes.dirty[0] == 1


@pytest.mark.parametrize(
    ("op", "found"),
    [("sum", 9.0), ("mean", 3.0), ("min", 1.0), ("max", 5.0), ("share-at", 2 / 3)],
)
def test_over_places_by_hand(op: str, found: float) -> None:
    made = Made(op, 4, least_share=0.75)
    made.told((0, 0, 1.0, 0), (1, 0, 3.0, 2), (2, 0, 5.0, 3))
    assert made.at(1) == [found]
    made.told((0, 1, 1.0, 0), (1, 1, 3.0, 2))
    assert math.isnan(made.at(2)[1]), "two of four are fewer than three in four"


def test_difference_and_per_head() -> None:
    made = Made("difference", 2)
    made.told((0, 0, 5.0, 0), (1, 0, 7.5, 0))
    assert made.at(1) == [-2.5]
    head = Made("sum", 1, scale=1000 / 50_000)
    head.told((0, 0, 400.0, 0))
    assert head.at(1) == [8.0]


def test_a_composite_looks_back_over_its_span() -> None:
    made = Made("composite", 2, "a and b", span=3 * MINUTE)
    made.told((0, 0, 0.1, 2), (1, 0, 3.0, 0))
    assert made.at(1) == [0.0]
    made.told((0, 1, 0.3, 0), (1, 1, 20.0, 2))
    assert made.at(2) == [0.0, 1.0], "water was low a minute ago"
    made.told((0, 2, 0.3, 0), (1, 2, 20.0, 2))
    made.told((0, 3, 0.3, 0), (1, 3, 20.0, 2))
    assert made.at(4)[2:] == [1.0, 0.0]
    assert math.isnan(made.at(8)[7]), "nothing has come for longer than the span"


def test_a_composite_of_longer_windows() -> None:
    made = Made("composite", 2, "a or b", span=10 * MINUTE, width=5 * MINUTE)
    made.told((0, 0, 1.0, 3))
    assert made.at(7)[4:] == pytest.approx([1.0, 1.0, 1.0])


verdicts = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 5), st.sampled_from([NAN, 0.0, 2.0, -3.0, 8.0]),
        st.integers(0, 3),
    ),
    max_size=40,
)  # fmt: skip


@settings(deadline=None)  # the first call compiles
@given(st.sampled_from(["ratio", "difference", "sum", "mean", "share-at", "composite"]), verdicts)
def test_the_last_verdict_counts_however_they_came(
    op: str, said: list[tuple[int, int, float, int]]
) -> None:
    rule = "a and not b or c" if op == "composite" else ""
    step_by_step, at_once = (Made(op, 3, rule, least_share=0.5, span=2 * MINUTE) for _ in range(2))
    for minute in range(7):
        step_by_step.at(minute)
        for one in said:
            if one[1] < minute:
                step_by_step.told(one)
    at_once.told(*said)
    assert step_by_step.at(7) == pytest.approx(at_once.at(7), nan_ok=True)


def test_a_counter_by_hand() -> None:
    counter = new_counters(1)[0]
    told = [grown(counter, time, value) for time, value in ((0, 7), (10, 9), (20, 4), (15, 8))]
    assert told == pytest.approx([NAN, 2.0, 4.0, NAN], nan_ok=True)


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.floats(0, 100), max_size=50), st.sets(st.integers(0, 49)))
def test_a_counter_that_begins_again_loses_only_what_grew_before_its_next_row(
    steps: list[float], resets: set[int]
) -> None:
    counter, value, total, told = new_counters(1)[0], 0.0, 0.0, 0.0
    grown(counter, 0, 0.0)
    for at, step in enumerate(steps, 1):
        value = step if at in resets and step < value else value + step
        total += step
        told += grown(counter, at, value)
    assert told == pytest.approx(total)
