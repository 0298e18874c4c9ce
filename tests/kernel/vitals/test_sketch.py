"""Quantiles within the error said, whatever the order of rows or of merging."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.sketch import (
    ACCURACY,
    BUCKETS,
    GAMMA,
    NEAREST,
    add_to,
    empty_sketch,
    key_of,
    merge_into,
    new_sketches,
    quantile_of,
    value_of_key,
)


def test_by_hand() -> None:
    # γ = 1.02 / 0.98 = 1.0408; 10 has the key ⌈ln 10⁴ / ln γ⌉ = ⌈230.2⌉ = 231, whose value is
    # 2 · 0.001 · γ²³¹ / (γ + 1) = 10.107.
    assert key_of(10.0) == 231 == math.ceil(math.log(1e4) / math.log(GAMMA))
    assert value_of_key(231) == pytest.approx(10.107, abs=0.001)
    assert (key_of(-10.0), key_of(0.0), key_of(NEAREST)) == (-231, 0, 0)
    tops, counts = new_sketches(1)
    for value in (1.0, 10.0, 10.0, 100.0):
        add_to(tops, counts, 0, value)
    assert quantile_of(tops, counts, 0, 0.5) == value_of_key(231)
    assert quantile_of(tops, counts, 0, 1.0) == pytest.approx(100, rel=ACCURACY)
    empty_sketch(tops, counts, 0)
    assert math.isnan(quantile_of(tops, counts, 0, 0.5))


values = st.lists(
    st.floats(-1e6, 1e6, allow_subnormal=False) | st.just(0.0), min_size=1, max_size=80
)


@settings(deadline=None)  # the first call compiles
@given(values, st.floats(0, 1))
def test_within_the_error(found: list[float], share: float) -> None:
    tops, counts = new_sketches(1)
    for value in found:
        add_to(tops, counts, 0, value)
    exact = sorted(found)[math.floor(share * (len(found) - 1))]
    lowest = tops[0] - BUCKETS + 1
    told = quantile_of(tops, counts, 0, share)
    if key_of(exact) > lowest:
        assert abs(told - exact) <= ACCURACY * abs(exact) * (1 + 1e-9) + NEAREST
    else:
        assert told == value_of_key(lowest)


@settings(deadline=None)  # the first call compiles
@given(values, values, st.randoms())
def test_order_and_merging_change_nothing(one: list[float], other: list[float], draw) -> None:  # type: ignore[no-untyped-def]
    tops, counts = new_sketches(4)
    for at, rows in enumerate((one, other)):
        for value in rows:
            add_to(tops, counts, at, value)
    merge_into(tops, counts, 0, tops, counts, 1)
    mixed = [*one, *other]
    draw.shuffle(mixed)
    for value in mixed:
        add_to(tops, counts, 2, value)
    assert tops[0] == tops[2]
    assert np.array_equal(counts[0], counts[2])
    assert counts[0].sum() == len(mixed)
