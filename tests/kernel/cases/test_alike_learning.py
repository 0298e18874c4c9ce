"""Learning weights from what a city said: by hand, by property, and a recorded instance."""

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.alike_card import SHIPPED, Card
from gongbi.kernel.cases.alike_learning import PRIOR, Pair, beside, learn, moves, tables

EVEN = Card(0, 0.0, {"words.none": 0.0, "words.over_0.6": 0.0})
LEVELS = sorted(SHIPPED.weights)


def pairs(level: str, yes: int, no: int, start: int = 0) -> list[Pair]:
    """So many answers about pairs at one level, each of a question of its own."""
    return [Pair(start + at, float(at), (level,), at < yes) for at in range(yes + no)]


def test_the_worked_example():
    """Forty pairs with like words, thirty of them one matter: bias and weight move alike, to
    where what the answers ask for (30 - 40p, p the new chance) is what both priors hold against
    (20 times the move)."""
    found = learn(pairs("words.over_0.6", 30, 10), EVEN, 1)
    move = found.weights["words.over_0.6"]
    assert found.bias == pytest.approx(move)
    assert 30 - 40 / (1 + exp(-2 * move)) == pytest.approx(PRIOR * move)
    assert move == pytest.approx(0.2525, abs=1e-3)
    assert found.weights["words.none"] == 0.0


def test_the_more_was_said_the_nearer_it_comes_to_what_was_said():
    """Of three in four the log-odds are ln 3: some of the way by 40 answers, nearly by 4,000."""
    few, many = (
        learn(pairs("words.over_0.6", 3 * n, n), EVEN, 1).chance(("words.over_0.6",))
        for n in (10, 1000)
    )
    assert 0.5 < few < 0.65
    assert 0.74 < many < 0.75


def test_an_answer_counts_by_what_it_stands_for():
    heavy = [Pair(at, 0.0, ("words.none",), False, stands=2.0) for at in range(10)]
    plain = [Pair(at, 0.0, ("words.none",), False) for at in range(20)]
    weights = [learn(rows, EVEN, 1).weights["words.none"] for rows in (heavy, plain)]
    assert weights[0] == pytest.approx(weights[1])


def test_silence_alone_moves_nothing_and_beside_answers_it_is_not_a_no():
    """Ten of the forty are said to be one, of which at even chances twenty are: people find half.
    Of each silent one a third is left: 10 + 30 / 3 = 20, and the level stays where it was."""
    silent = [Pair(at, 0.0, ("words.none",), False, said=False) for at in range(30)]
    assert learn(silent, EVEN, 0).chance(("words.none",)) == pytest.approx(0.5)
    some = learn([*silent, *pairs("words.none", 10, 0, 30)], EVEN, 1)
    assert some.chance(("words.none",)) == pytest.approx(0.5)
    both = [*silent, *pairs("words.none", 10, 0, 30), *pairs("words.over_0.6", 0, 10, 40)]
    found = learn(both, EVEN, 1)
    assert found.weights["words.none"] > 0 > found.weights["words.over_0.6"]


def test_what_is_not_known_stays_what_it_says():
    card = learn(pairs("photo.unsaid", 40, 0), SHIPPED, 1)
    assert card.weights["photo.unsaid"] == SHIPPED.weights["photo.unsaid"]
    assert card.bias > SHIPPED.bias


def test_a_type_gets_a_habit_of_its_own():
    card = learn(pairs("habit.dust.to_24", 40, 0), SHIPPED, 3)
    assert card.number == 3
    assert card.weight("habit.dust.to_24") > 1
    assert card.weight("habit.noise.to_24") == 0.0
    moved = moves(SHIPPED, card, pairs("habit.dust.to_24", 40, 0))
    assert [(one.level, one.was, one.pairs, one.same) for one in moved] == [
        ("habit.dust.to_24", 0.0, 40, 40)
    ]


def test_each_table_runs_from_near_to_far():
    ends = ("to_0.5", "to_2", "to_6", "to_24", "to_72", "to_168", "over_168")
    assert [f"time.near.{end}" for end in ends] in tables(LEVELS)
    assert all("habit" not in name for table in tables(LEVELS) for name in table)


ANSWERS = st.lists(
    st.builds(
        lambda yes, **pair: Pair(**pair | ({"same": True, "said": True} if yes else {})),
        yes=st.booleans(),
        ask=st.integers(0, 5),
        at=st.just(0.0),
        levels=st.lists(st.sampled_from(LEVELS), min_size=1, max_size=6, unique=True).map(tuple),
        same=st.just(False),
        said=st.booleans(),
        offered=st.booleans(),
    ),
    max_size=40,
)


def test_without_an_answer_nothing_moves():
    assert learn([], SHIPPED, 0) == SHIPPED


@settings(deadline=None)
@given(ANSWERS)
def test_few_answers_move_little_and_no_nearer_level_falls_below_a_farther(answers):
    found = learn(answers, SHIPPED, 1)
    most = len(answers) / PRIOR
    assert abs(found.bias - SHIPPED.bias) <= most + 1e-6
    assert all(abs(found.weights[name] - was) <= most + 1e-6
               for name, was in SHIPPED.weights.items())  # fmt: skip
    for names in tables(found.weights):
        told = [found.weights[name] for name in names]
        assert told == sorted(told, reverse=True)


@settings(deadline=None)
@given(ANSWERS)
def test_the_order_of_answers_says_nothing(answers):
    there, back = learn(answers, SHIPPED, 1), learn(answers[::-1], SHIPPED, 1)
    assert there.bias == pytest.approx(back.bias, abs=1e-6)
    assert dict(there.weights) == pytest.approx(dict(back.weights), abs=1e-6)


def test_a_recorded_comparison():
    """Ten questions: seven have a case, and the second card finds all that the first does not."""
    asked = [Pair(n, 0.0, ("words.over_0.6",), n < 7) for n in range(10)]
    never = Card(0, -9.0, EVEN.weights)
    found = beside(asked, never, EVEN, 0.3)
    assert (found.asks, found.one.recall.value, found.one.precision.of) == (10, 0.0, 0.0)
    assert found.other.precision.value == pytest.approx(0.7)
    assert (found.other.precision.low, found.other.precision.high) == pytest.approx(
        (0.3968, 0.8922), abs=1e-4
    )
    assert found.recall.value == found.recall.low == found.recall.high == 1.0


def test_only_what_comes_first_is_proposed():
    card = Card(0, 0.0, {"words.none": -0.2, "words.over_0.6": 1.0})
    asked = [Pair(1, 0.0, ("words.none",), True), Pair(1, 0.0, ("words.over_0.6",), False)]
    found = beside(asked, card, card, 0.3)
    assert (found.other.precision.value, found.other.recall.value) == (0.0, 0.0)
    assert found.precision.value == 0.0
