"""Many points as few."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.squares import squares

NEAR = st.floats(-1, 1, allow_nan=False)


def test_by_hand():
    lon = np.array([121.0, 121.0, 121.0, 121.9])
    lat = np.array([31.0, 31.0, 31.0, 31.0])
    found = squares(lon, lat, np.array([True, False, True, False]), across=10)
    assert found.many.tolist() == [3, 1]
    assert found.marked.tolist() == [2, 0]
    assert found.lon.tolist() == [121.0, 121.9]
    assert squares(np.zeros(0), np.zeros(0), np.zeros(0, bool)).many.size == 0


@given(st.lists(st.tuples(NEAR, NEAR, st.booleans()), min_size=1, max_size=60), st.integers(1, 30))
def test_every_point_is_counted_once_in_few_squares(points, across):
    lon, lat, marked = (np.array(one) for one in zip(*points, strict=True))
    found = squares(121 + lon, 31 + lat, marked, across=across)
    assert found.many.sum() == len(points)
    assert found.marked.sum() == marked.sum()
    assert len(found.many) <= (across + 1) ** 2
    assert np.isclose((found.lon * found.many).sum(), (121 + lon).sum())
    assert list(found.many) == sorted(found.many, reverse=True)
