"""Checking a life cycle: by hand, as properties, and on a published one with known faults."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.life import Move, check, explore, ways

DOOR = [Move("open", "shut", "ajar"), Move("shut", "ajar", "shut"), Move("lock", "shut", "locked")]


def test_the_page_s_example_by_hand():
    """docs/kernel/life_cycle.md: a door that can be locked and not unlocked."""
    found = check(["shut", "ajar", "locked", "burnt"], DOOR, start="shut", ends=["ajar"])
    assert found.unreachable == ("burnt",)
    assert found.dead == ("locked",)
    assert found.endless == ("locked",)
    assert not found.sound
    assert check(["shut", "ajar", "locked"], DOOR, start="shut", ends=["ajar", "locked"]).sound


def test_a_ring_without_an_exit_is_endless_although_no_state_is_dead():
    edges = ("ab", "bc", "cb", "az")
    ring = [Move("go", source, target) for source, target in edges]
    found = check("abcz", ring, start="a", ends=["z"])
    assert (found.dead, found.endless) == ((), ("b", "c"))


def test_staying_where_one_is_does_not_count_as_leaving():
    assert check("ab", [Move("go", "a", "b"), Move("note", "b", "b")], start="a", ends="a").dead


def test_ways_are_shortest():
    assert ways(DOOR, start="ajar")["locked"] == ("shut", "lock")


def test_refuses_a_start_that_is_no_state():
    with pytest.raises(ValueError, match="start"):
        check(["a"], [], start="b", ends=["a"])


def test_names_states_nobody_listed():
    assert check(["a"], [Move("go", "a", "b")], start="a", ends=["a"]).unknown == ("b",)


states = st.sampled_from("abcdef")
tables = st.lists(st.builds(Move, st.just("go"), states, states), max_size=14)


@settings(max_examples=150)
@given(tables)
def test_every_way_walks_along_moves_of_the_table(moves):
    edges = {(move.source, move.target) for move in moves}
    for state, verbs in ways(moves, start="a").items():
        here = {"a"}
        for _ in verbs:
            here = {target for source, target in edges if source in here}
        assert state in here


@settings(max_examples=150)
@given(tables)
def test_the_search_agrees_with_the_transitive_closure(moves):
    closure = {(s, s) for s in "abcdef"} | {(move.source, move.target) for move in moves}
    for middle in "abcdef":
        closure |= {
            (x, y)
            for x in "abcdef"
            for y in "abcdef"
            if (x, middle) in closure and (middle, y) in closure
        }
    found = check("abcdef", moves, start="a", ends=["f"])
    assert found.unreachable == tuple(s for s in "abcdef" if ("a", s) not in closure)
    assert found.endless == tuple(
        s for s in "abcdef" if ("a", s) in closure and (s, "f") not in closure
    )


def test_recorded_life_cycle_of_another_system_has_its_two_known_faults():
    recorded = json.loads((Path(__file__).parent / "data/signalen.json").read_text("utf-8"))
    moves = [Move("to", s, t) for s, targets in recorded["moves"].items() for t in targets.split()]
    found = check(list(recorded["moves"]), moves, start="", ends=["o", "a"])
    assert list(found.unreachable) == recorded["unreachable"]
    assert not found.dead
    assert not found.endless


def lights(state):
    """Two lamps, each switched on once; the house may be left only when both are off or burnt."""
    left, right, gone = state
    if gone:
        return
    if left == "off":
        yield "left", ("on", right, False)
    if right == "off" and left == "on":
        yield "right", (left, "on", False)
    if (left, right) == ("off", "off"):
        yield "leave", (left, right, True)


def test_a_life_with_two_sides_by_hand():
    """docs/kernel/life_cycle.md: whoever lights a lamp can never leave; the way there is told."""
    found = explore(("off", "off", False), lights, lambda state: state[2])
    assert found.states == 4
    assert found.verbs == {"left", "right", "leave"}
    assert found.dead == {("on", "on", False): ("left", "right")}
    assert found.endless == {
        ("on", "off", False): ("left",), ("on", "on", False): ("left", "right"),
    }  # fmt: skip
    assert not found.sound


def test_a_model_that_grows_without_bound_is_refused():
    with pytest.raises(ValueError, match="bound what is counted"):
        explore(0, lambda n: [("more", n + 1)], lambda _n: False, most=100)


@settings(max_examples=150)
@given(tables)
def test_one_side_explored_is_the_table_checked(moves):
    def leaving(state):
        return [(move.verb, move.target) for move in moves if move.source == state]

    found = explore("a", leaving, lambda state: state == "f")
    table = check("abcdef", moves, start="a", ends=["f"])
    assert found.states == 6 - len(table.unreachable)
    assert set(found.dead) == set(table.dead)
    assert set(found.endless) == set(table.endless)
