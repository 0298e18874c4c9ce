"""What lies within one side of a small square is among the nine that are looked at."""

from math import cos, radians

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.assets.cells import DEGREES, cell_of, cells_around

LON, LAT = st.floats(-180, 180), st.floats(-89, 89)
# Not the whole side: a sum of two floats may round on to the next line.
STEP = st.floats(-DEGREES, DEGREES, exclude_min=True, exclude_max=True)


@given(LON, LAT, STEP, STEP)
def test_a_neighbour_is_looked_at(lon: float, lat: float, east: float, north: float) -> None:
    assert cell_of(lon + east, lat + north) in cells_around(lon, lat)


@given(LON, LAT)
def test_nine_squares_are_nine(lon: float, lat: float) -> None:
    assert len(set(cells_around(lon, lat))) == 9


@given(LON, LAT, LON, LAT)
def test_far_away_is_another_square(lon: float, lat: float, east: float, north: float) -> None:
    far = abs(lon - east) > DEGREES or abs(lat - north) > DEGREES
    assert not far or cell_of(lon, lat) != cell_of(east, north)


def test_a_square_of_a_chinese_city_is_some_hundred_and_fifty_metres() -> None:
    assert 160 < DEGREES * 111_320 < 175
    assert 135 < DEGREES * 111_320 * cos(radians(31.2)) < 150
