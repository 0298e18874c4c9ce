"""How far a reader leans to rare types: by hand, and that no other rule finds more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gongbi.kernel.reading.reader import rank
from gongbi.kernel.reading.training import Example, Recipe, lean_of, learn


def test_leaning_by_hand():
    """Of two types, one in ten is rare: (1 + 0.3 / 1.8) / 1.3 and (1 + 0.3 / 0.2) / 1.3."""
    common, rare = lean_of(np.array([0.9, 0.1]), 0.3)
    assert (common, rare) == (pytest.approx(0.897, abs=1e-3), pytest.approx(1.923, abs=1e-3))
    lean = {"common": float(common), "rare": float(rare)}
    assert rank({"common": 0.66, "rare": 0.34}, lean)[0] == "rare"
    assert rank({"common": 0.70, "rare": 0.30}, lean)[0] == "common"


def test_who_counts_rows_only_does_not_lean():
    assert lean_of(np.array([0.9, 0.1]), 0.0).tolist() == [1.0, 1.0]
    assert lean_of(np.array([0.25] * 4), 0.7) == pytest.approx([1.0] * 4)


SHARES = arrays(np.float64, (6, 3), elements=st.floats(0.01, 1))


@settings(max_examples=80, deadline=None)
@given(SHARES, st.floats(0, 3), arrays(np.int64, 6, elements=st.integers(0, 2)))
def test_no_other_naming_finds_more(shares, alike, other):
    """Six kinds of text, as often each, of which the shares are true."""
    shares = shares / shares.sum(1, keepdims=True)
    usual = shares.mean(0)

    def found(called):
        hits = shares[np.arange(6), called] / 6
        recalls = [hits[called == kind].sum() / usual[kind] for kind in range(3)]
        return hits.sum() + alike * np.mean(recalls)

    assert found((shares * lean_of(usual, alike)).argmax(1)) >= found(other) - 1e-12


def test_a_reader_leans_by_what_was_usual_lately():
    """What was rare at first and is common now is not leant to any more."""
    day = 86_400.0
    rows = [
        Example(f"lamp {n % 7}" if (n % 10 == 0) == (n < 300) else f"car {n % 7}",
                "lamp" if (n % 10 == 0) == (n < 300) else "car", n * 4 * day)
        for n in range(600)
    ]  # fmt: skip
    reader = learn(rows, Recipe(least_of_type=5))
    assert reader.lean["lamp"] < 1 < reader.lean["car"]
