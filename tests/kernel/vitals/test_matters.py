"""Alerts that follow from another are its children: by hand, by properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.vitals.matters import Cause, Episode, Parent, near, parent_of

BURST = Cause(
    "burst-main", frozenset({"pressure"}), frozenset({"road", "supply", "pressure"}), 3600
)
STORM = Cause("storm", frozenset({"rain"}), frozenset({"road", "river"}), 7200)


def alert(name: str, sign: str, path: str, minute: float, within: str = "") -> Episode:
    held = {"burst-main": within or "/c/d/s/", "storm": "/c/"}
    return Episode(name, sign, path, minute * 60, held)


def test_a_wet_road_in_the_same_subdistrict_follows_from_the_main():
    main = alert("a", "pressure", "/c/d/s/q1/", 0)
    road = alert("b", "road", "/c/d/s/q2/", 25)
    assert parent_of(road, [main, road], [BURST]) == Parent("a", "burst-main", 1500)
    assert parent_of(main, [main, road], [BURST]) is None


def test_what_the_city_feels_follows_and_what_another_subdistrict_feels_does_not():
    main = alert("a", "pressure", "/c/d/s/q1/", 10)
    supply = alert("b", "supply", "/c/", 0)  # felt before the main's own alert: either way counts
    assert parent_of(supply, [main], [BURST]) == Parent("a", "burst-main", 600)
    assert parent_of(alert("b", "road", "/c/d/other/", 11), [main], [BURST]) is None
    assert parent_of(alert("b", "road", "/c/d/s/q2/", 75), [main], [BURST]) is None


def test_the_first_cause_that_fits_wins_then_the_alert_that_began_first():
    main, rain = alert("a", "pressure", "/c/d/s/q1/", 0), alert("r", "rain", "/c/d/", 20)
    road = alert("b", "road", "/c/d/s/q2/", 25)
    assert parent_of(road, [main, rain], [STORM, BURST]) == Parent("r", "storm", 300)
    assert parent_of(road, [main, rain], [BURST, STORM]) == Parent("a", "burst-main", 1500)
    later = alert("c", "pressure", "/c/d/s/q3/", 20)
    assert parent_of(road, [later, main], [BURST]) == Parent("a", "burst-main", 1500)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="lead and that follow"):
        Cause("x", frozenset(), frozenset({"a"}), 1)
    with pytest.raises(ValueError, match="more than 0"):
        Cause("x", frozenset({"a"}), frozenset({"b"}), 0)


paths = st.lists(st.sampled_from("abc"), max_size=3).map(
    lambda codes: "/" + "".join(f"{code}/" for code in ["c", *codes])
)
episodes = st.lists(
    st.builds(
        lambda sign, path, began: (sign, path, began),
        st.sampled_from(["pressure", "road", "supply", "rain"]),
        paths,
        st.integers(0, 9000),
    ),
    max_size=7,
).map(
    lambda rows: [
        Episode(f"{place}", sign, path, began, {"burst-main": path, "storm": path})
        for place, (sign, path, began) in enumerate(rows)
    ]
)


@given(episodes)
def test_no_alert_is_its_own_ancestor_and_order_does_not_matter(rows):
    found = {one.name: parent_of(one, rows, [BURST, STORM]) for one in rows}
    assert found == {one.name: parent_of(one, rows[::-1], [BURST, STORM]) for one in rows}
    for one in rows:
        seen, at = {one.name}, found[one.name]
        while at is not None:
            assert at.name not in seen
            seen.add(at.name)
            at = found[at.name]


@given(paths, paths)
def test_near_is_mutual(one, other):
    assert near(one, other) == near(other, one)
