"""Crews by how soon they could be there: by hand, as properties, on a recorded instance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.crews import (
    METRES_A_MINUTE,
    STREET_FACTOR,
    Crew,
    minutes_until,
    order_crews,
)

SITE = (122.94, 30.2)
DEGREE = 111_195.0  # metres of a degree of latitude on a sphere of 6,371 km


def away(metres_by_street: float) -> tuple[float, float]:
    """A point straight north, so many metres of streets away."""
    return SITE[0], SITE[1] + metres_by_street / STREET_FACTOR / DEGREE


def test_the_page_s_example_by_hand():
    near, far = order_crews([Crew("near", away(2000), 1), Crew("far", away(9000))], SITE)[::-1]
    assert (near.code, far.code) == ("near", "far")
    assert near.minutes == pytest.approx(40 + 2000 / METRES_A_MINUTE, rel=0.01)
    assert far.minutes == pytest.approx(30, rel=0.01)
    assert (far.tasks, far.shift, far.fits) == (0, 0, True)


def test_what_is_not_known_is_held_against_nobody():
    needs = frozenset({"gas"})
    crews = [
        Crew("lacks", SITE, skills=frozenset({"water"})),
        Crew("unknown", SITE),
        Crew("has", away(3000), skills=needs),
    ]
    found = order_crews(crews, SITE, needs)
    assert [(one.code, one.fits) for one in found] == [
        ("unknown", None),
        ("has", True),
        ("lacks", False),
    ]
    assert found[2].lacks == needs
    assert order_crews([Crew("a")], None)[0].metres is None


def test_a_shift_that_has_not_begun_is_waited_for():
    (first, second) = order_crews([Crew("a", SITE, shift_in=90), Crew("b", SITE, 2)], SITE)
    assert (first.code, second.code, second.shift) == ("b", "a", 90)
    with pytest.raises(ValueError, match="tasks"):
        order_crews([Crew("a", tasks=-1)], SITE)


@pytest.mark.parametrize(
    ("shift", "minute", "wait"),
    [
        ((540, 1020), 600, 0),
        ((540, 1020), 1020, 960),
        ((540, 1020), 539, 1),
        ((1320, 360), 1380, 0),
        ((1320, 360), 60, 0),
        ((1320, 360), 360, 960),
    ],
)
def test_a_shift_may_run_through_midnight(shift, minute, wait):
    assert minutes_until(shift, minute) == wait


points = st.none() | st.tuples(st.floats(122, 123), st.floats(30, 31))
crews = st.lists(
    st.builds(
        Crew,
        st.uuids().map(str),
        points,
        st.integers(0, 9),
        st.none() | st.floats(0, 600),
        st.none() | st.frozensets(st.sampled_from("ab")),
    ),
    max_size=8,
)


@given(crews, points, st.frozensets(st.sampled_from("ab")))
def test_every_crew_is_told_once_and_its_parts_add_up(some, site, needs):
    found = order_crews(some, site, needs)
    assert sorted(one.code for one in found) == sorted(one.code for one in some)
    for one in found:
        assert one.minutes == pytest.approx(one.shift + one.tasks + one.way)
    ranks = [(one.fits is False, round(one.minutes, 6), not one.fits) for one in found]
    assert ranks == sorted(ranks)


@given(crews, points, st.integers(0, 7))
def test_more_in_hand_never_moves_anybody_forward(some, site, which):
    if which >= len(some):
        return
    busy = [*some]
    one = busy[which]
    busy[which] = Crew(one.code, one.at, one.tasks + 1, one.shift_in, one.skills)
    before, after = (
        [fit.code for fit in order_crews(them, site)].index(one.code) for them in (some, busy)
    )
    assert after >= before
