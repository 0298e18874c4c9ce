"""What was settled near by: by hand, and against going through all rows."""

from math import cos, hypot, radians

from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.reading.nearby import (
    DAY,
    METRES,
    STEPS,
    WITHIN,
    Near,
    Settled,
    box,
    hears,
    nearby,
    nearby_of_all,
    told_nearby,
    with_nearby,
    without_nearby,
)
from gongbi.kernel.reading.training import Example

NOW = 1_000 * DAY
LON, LAT = 120.2, 23.0


def settled(kind: str, *, days: float, metres: float = 0.0) -> Settled:
    """A report north of the point, so many days ago."""
    return Settled(NOW - days * DAY, LON, LAT + metres / METRES, kind)


def test_what_was_near_by_hand():
    """Three lamps at the spot (that of today does not count yet), a car 200 m away last week."""
    before = [
        settled("lamp", days=0.5),
        settled("lamp", days=1.5),
        settled("lamp", days=100, metres=25),
        settled("lamp", days=180.9, metres=29),
        settled("car", days=7, metres=200),
        settled("car", days=16, metres=200),
        settled("noise", days=2, metres=301),
        settled("noise", days=182, metres=1),
    ]
    assert nearby(NOW, LON, LAT, before) == (
        "near 30 180 lamp 1",
        "near 30 180 lamp 2",
        "near 300 14 car 1",
        "near 300 14 lamp 1",
    )


def test_nothing_is_near_a_report_without_a_point_or_of_an_empty_city():
    assert nearby(NOW, None, None, [settled("lamp", days=2)]) == ()
    assert nearby(NOW, LON, LAT, []) == ()
    assert nearby_of_all([]) == []
    assert nearby_of_all([None, None]) == [(), ()]


def test_it_stands_behind_what_else_is_known_and_goes_again():
    rows = [
        Example("a", "lamp", NOW - 3 * DAY, ("hour 7",), point=(LON, LAT)),
        Example("b", "car", NOW, ("hour 8",), point=(LON, LAT)),
        Example("c", "car", NOW, ("hour 9",)),
    ]
    found = with_nearby(rows)
    assert [one.context for one in found] == [
        ("hour 7",),
        ("hour 8", "near 30 180 lamp 1", "near 300 14 lamp 1"),
        ("hour 9",),
    ]
    assert [without_nearby(one.context) for one in found] == [one.context for one in rows]


def test_only_a_reader_that_learnt_from_it_asks():
    assert hears({"\x02near 30 180 lamp 1": 0}, ("car", "lamp"))
    assert not hears({"\x02hour 8": 0, "near 30 180 lamp 1": 1}, ("car", "lamp"))


def test_people_are_told_the_most_that_was_near():
    said = (
        "hour 7",
        "near 30 180 street lamp 1",
        "near 30 180 street lamp 4",
        "near 300 14 car 1",
    )
    assert told_nearby(said) == (Near("street lamp", 4, 30, 180), Near("car", 1, 300, 14))
    assert told_nearby(("hour 7",)) == ()


POINTS = st.tuples(st.floats(-400, 400), st.floats(-400, 400))
ROWS = st.lists(
    st.tuples(st.integers(0, 250 * 24), POINTS, st.sampled_from("abc")), min_size=1, max_size=25
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from([(120.2, 23.0), (-0.001, 51.5), (24.9, -60.2), (179.0, 0.001)]))
def test_it_counts_what_going_through_all_rows_counts(rows, home):
    """Wherever on earth, over the sides of cells and in whatever order the rows came."""
    lon, lat = home
    wide = METRES * cos(radians(lat))
    said = [
        Settled(hours * 3600.0, lon + x / wide, lat + y / METRES, kind)
        for hours, (x, y), kind in rows
    ]
    for one, found in zip(said, nearby_of_all(said), strict=True):
        assert set(found) == plain(one, said)
        assert set(nearby(one.at, one.lon, one.lat, said)) == set(found)


def plain(one: Settled, rows: list[Settled]) -> set[str]:
    """Row by row."""
    wide = cos(radians(one.lat))
    words = set()
    for metres, days in WITHIN:
        near = [
            row.type
            for row in rows
            if 0 <= one.at - row.at - DAY <= days * DAY
            and METRES * hypot((one.lon - row.lon) * wide, one.lat - row.lat) <= metres
        ]
        words |= {
            f"near {metres} {days} {kind} {step}"
            for kind in near
            for step in STEPS
            if near.count(kind) >= step
        }
    return words


@given(st.floats(-179, 179), st.floats(-80, 80))
def test_the_box_holds_all_that_counts(lon, lat):
    west, south, east, north = box(lon, lat)
    far = max(metres for metres, _days in WITHIN)
    assert west < lon < east
    assert south < lat < north
    assert (north - lat) * METRES >= far * 0.999
    assert (east - lon) * METRES * cos(radians(lat)) >= far * 0.999
