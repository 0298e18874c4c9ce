"""How surely two reports are one matter: by hand, by property, and a recorded instance."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases import alike, alike_text
from gongbi.kernel.cases.alike import Told
from gongbi.kernel.cases.alike_card import SHIPPED, Card
from gongbi.kernel.cases.alike_unseen import UNSEEN
from gongbi.kernel.cases.alike_weights import BIAS, WEIGHTS

NOON = 1_800_000_000.0
PIPE = Told(NOON, 121.5, 31.2, "/c/d/s/q/", "burst-pipe", "water", True, 6.0,
            words="墨香路口水管爆了,水喷得老高")  # fmt: skip


def test_the_worked_example():
    """Ten metres and ten minutes apart, the same type and words: the chance is the sum's."""
    other = Told(NOON + 600, 121.5001, 31.2, "/c/d/s/q/", "burst-pipe", "water", True, 6.0,
                 words="墨香路口水管爆了,水喷得老高")  # fmt: skip
    found = alike.compare(PIPE, other, {})
    levels = [f"{part.name}.{part.level}" for part in found.parts]
    assert levels == ["space.same.spread.to_15", "time.same.quick.to_0.5", "type.same",
                      "words.over_0.6", "named.same_road", "asset.unsaid",
                      "photo.unsaid", "habit.burst-pipe.to_1"]  # fmt: skip
    odds = BIAS + sum(WEIGHTS[level] for level in levels[:-1])
    assert found.chance == pytest.approx(1 / (1 + 2.718281828459045**-odds))
    assert found.chance > 0.95
    assert not found.careful


def test_of_one_type_hours_say_as_much_as_its_matters_last():
    """A crowd of yesterday is another one more likely than not; a pothole is the same."""
    fallen = {}
    for promised in (2.0, 24.0, 120.0):
        one, soon, late = (
            Told(NOON + hours * 3600, 121.5, 31.2, type="t", group="g", promised=promised)
            for hours in (0, 0.2, 30)
        )
        weights = [alike.compare(one, other).parts[1].weight for other in (soon, late)]
        fallen[promised] = weights[0] - weights[1]
    assert fallen[2.0] > 4 > fallen[24.0] > 1 > fallen[120.0] > 0


def test_a_learnt_habit_counts_and_an_unlearnt_one_weighs_nothing():
    other = replace(PIPE, at=NOON + 600)
    habit = alike.compare(PIPE, other).parts[-1]
    assert (habit.key, habit.weight) == ("habit.burst-pipe.to_1", 0.0)
    learnt = Card(1, BIAS, SHIPPED.weights | {"habit.burst-pipe.to_1": 2.0})
    assert alike.compare(PIPE, other, card=learnt).parts[-1].weight == 2.0
    assert alike.compare(PIPE, replace(other, type="")).parts[-1].key == "habit.unsaid"


def test_two_lifts_by_their_numbers_are_two():
    one = Told(NOON, 121.5, 31.2, type="lift-fault", group="lifts", words="3号电梯坏了")
    same = Told(NOON + 60, 121.5, 31.2, type="lift-fault", group="lifts", words="电梯3又停了")
    other = Told(NOON + 60, 121.5, 31.2, type="lift-fault", group="lifts", words="5号电梯坏了")
    assert alike.compare(one, same).chance > 0.9
    assert alike.compare(one, other).chance < 0.2


@pytest.mark.parametrize(
    ("words", "assets"),
    [
        ("路灯编号L0123不亮", {"lamp:L123"}),
        ("lamp no. L-123 is out", {"lamp:L123"}),
        ("2号电梯困人", {"lift:2"}),
        ("lift 12 is broken", {"lift:12"}),
        ("电梯3楼停了", set()),
        ("lift 4 days out of order", set()),
        ("the lift stopped at the 4th floor", set()),
        ("消防栓 A7 漏水,井盖编号:J99 翘起", {"hydrant:A7", "cover:J99"}),
        ("", set()),
    ],
)
def test_numbers_of_things_and_not_of_floors(words, assets):
    assert alike_text.assets_in(words) == assets


@pytest.mark.parametrize(
    "words",
    ["救命 被困电梯里了", "someone is stuck in the elevator", "granny trapped in the lift",
     "有人受伤", "People inside!"],
)  # fmt: skip
def test_people_in_danger_are_taken_care_of(words):
    assert alike.compare(PIPE, Told(NOON, words=words)).careful


@pytest.mark.parametrize("words", ["车堵门口出不去", "家里有老人用制氧机,停电了", "lift broken"])
def test_trouble_is_not_danger(words):
    assert not alike_text.in_danger(words)


def test_words_in_two_scripts_say_nothing_against():
    found = alike.compare(PIPE, Told(NOON, 121.5, 31.2, words="burst pipe at Inkscent Road"))
    part = next(part for part in found.parts if part.name == "words")
    assert part.level == "other_script"


@pytest.mark.parametrize(
    ("guesses", "level"),
    [
        ((("burst-pipe", "water", 0.6),), "guess.to_0.75"),
        ((("no-water", "water", 0.6), ("burst-pipe", "water", 0.2)), "guess.to_0.3"),
        ((("no-water", "water", 0.6),), "guess.kin"),
        ((("dogs", "order", 0.6),), "guess.other"),
        ((), "unsaid"),
    ],
)
def test_where_nobody_sorted_it_its_words_speak_for_a_type(guesses, level):
    other = Told(NOON, 121.5, 31.2, words="taps dry", guesses=guesses)
    there = alike.compare(PIPE, other).parts[2]
    assert (there.name, there.level) == ("type", level)
    assert alike.compare(other, PIPE).parts[2].level == level


def test_a_guess_of_the_same_type_makes_it_surer_than_one_of_another():
    same, other = (
        Told(NOON + 60, 121.5001, 31.2, words="taps dry", guesses=((kind, group, 0.5),))
        for kind, group in (("burst-pipe", "water"), ("dogs", "order"))
    )
    assert alike.compare(PIPE, same).chance > alike.compare(PIPE, other).chance


def test_traditional_and_simplified_characters_are_one_spelling():
    one = Told(NOON, 121.5, 31.2, words="水管爆裂,馬路上全是水")
    other = Told(NOON, 121.5, 31.2, words="水管爆裂,马路上全是水")
    assert alike.compare(one, other).parts[3].measure == 1.0


def test_without_place_and_words_it_is_not_called_the_same():
    bare = Told(NOON, type="burst-pipe", group="water", spreads=True)
    assert alike.compare(PIPE, bare).chance < 0.5
    assert alike.compare(bare, bare).chance < 0.5


def test_a_photo_that_goes_round_speaks_for_it():
    one = Told(NOON, 121.5, 31.2, prints=(0b1011,), photos=frozenset({"a"}))
    near = Told(NOON, 121.5, 31.2, prints=(0b1000,))
    assert [p.level for p in alike.compare(one, near).parts][6] == "alike"
    assert [p.level for p in alike.compare(one, one).parts][6] == "same_bytes"


def bands(edges):
    """The levels of a table, from the least to what lies over its last edge."""
    return [*(f"to_{edge:g}" for edge in edges), f"over_{edges[-1]:g}"]


def every_level():
    """All that a comparison can come to, written out from the tables' edges."""
    kinds = ("same", "near", "unlike", "unsaid")
    yield from ("space.unsaid", "words.none", "words.other_script")
    for kind in kinds:
        yield from (f"space.{kind}.{one}" for one in ("same_place", "within", "elsewhere"))
        for reach in ("point", "spread"):
            yield from (f"space.{kind}.{reach}.{band}" for band in bands(alike.SPACE))
        for table in ("quick", "day", "slow") if kind == "same" else ("",):
            yield from (f"time.{kind}.{table}.{band}".replace("..", ".")
                        for band in bands(alike.HOURS))  # fmt: skip
    yield from (f"type.guess.{band}" for band in bands(alike.AGREED))
    yield from (f"type.{one}" for one in
                ("same", "kin", "other", "unsaid", "guess.kin", "guess.other"))  # fmt: skip
    yield from (f"words.{band}" for band in bands(alike.WORDS))
    yield from (f"named.{one}_{what}" for one in ("same", "other")
                for what in ("house", "number", "road"))  # fmt: skip
    yield from (f"asset.{one}" for one in ("same", "other", "unsaid"))
    yield from (f"photo.{one}" for one in ("same_bytes", "alike", "unlike", "unsaid"))
    yield "named.unsaid"


def test_every_level_has_a_weight_and_none_has_two():
    assert sorted(every_level()) == sorted([*WEIGHTS, *UNSEEN])


def test_more_agreement_of_guesses_never_weighs_less():
    told = [Told(NOON, 121.5, 31.2, guesses=(("burst-pipe", "water", share),))
            for share in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)]  # fmt: skip
    weights = [alike.compare(PIPE, one).parts[2].weight for one in told]
    assert weights == sorted(weights)
    assert weights[-1] == WEIGHTS["type.guess.to_0.5"]


def test_the_same_bytes_never_weigh_less_than_a_picture_that_is_alike():
    one, near, far = (
        Told(NOON, 121.5, 31.2, prints=(bits,), photos=frozenset(names))
        for bits, names in ((0b1011, "a"), (0b1000, "b"), (2**40 - 1, "c"))
    )
    chances = [alike.compare(one, other).chance for other in (one, near, far)]
    assert chances == sorted(chances, reverse=True)


POINTS = st.one_of(st.none(), st.floats(121.4, 121.6))
TOLD = st.builds(
    Told,
    at=st.floats(NOON - 1e6, NOON + 1e6),
    lon=POINTS,
    lat=st.one_of(st.none(), st.floats(31.1, 31.3)),
    place=st.sampled_from(["", "/c/", "/c/d/s/q/", "/c/d/s/q/b/", "/c/d/s/r/"]),
    type=st.sampled_from(["", "a", "b"]),
    group=st.sampled_from(["", "g"]),
    spreads=st.booleans(),
    words=st.text(max_size=60),
    guesses=st.sampled_from([(), (("a", "g", 0.9),), (("a", "g", 0.3), ("b", "", 0.3))]),
    prints=st.sampled_from([(), (0,), (2**40 - 1,)]),
    photos=st.sampled_from([frozenset(), frozenset({"x"})]),
)


@given(TOLD, TOLD)
def test_it_is_a_chance_alike_both_ways_and_its_parts_add_up(one, other):
    there, back = alike.compare(one, other), alike.compare(other, one)
    assert 0.0 <= there.chance <= 1.0
    assert there.chance == pytest.approx(back.chance, abs=1e-6)
    odds = BIAS + sum(part.weight for part in there.parts)
    assert there.chance == pytest.approx(1 / (1 + 2.718281828459045**-odds), abs=1e-9)


@given(TOLD, st.lists(TOLD, max_size=12))
def test_the_best_come_first_and_ties_by_order(new, others):
    ranked = alike.rank(new, others, most=5)
    keys = [(-likeness.chance, at) for at, likeness in ranked]
    assert keys == sorted(keys)
    assert len(ranked) == min(5, len(others))


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_farther_in_space_is_never_surer(near, far):
    """Of point matters, up to half a kilometre: the fitted weights fall with the distance."""
    near, far = sorted((near, far))
    chances = [
        alike.compare(
            Told(NOON, 121.5, 31.2, type="a"), Told(NOON, 121.5, 31.2 + m / 111_320.0, type="a")
        ).chance
        for m in (near, far)
    ]
    assert chances[1] <= chances[0] + 1e-9
