"""A reader: by hand, as properties, and on a recorded town's sentences."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.reading.calibrating import (
    Calibration,
    calibrate,
    confidences,
    threshold_for,
)
from gongbi.kernel.reading.folding import fold
from gongbi.kernel.reading.reader import Reader, mix, read
from gongbi.kernel.reading.training import Example, Recipe, TooLittle, judge, learn
from gongbi.kernel.reading.vectors import Known

HAND = Reader(
    Known(("停", "灯", "路灯"), np.array([1, 1, 2], np.float32), 2),
    ("lamp", "parking"),
    np.array([[0, 5], [1, 0], [4, 0]], np.float32),
    np.array([0.0, 0.5]),
    Calibration(1.0, np.zeros(2)),
)
RECIPE = Recipe(least_texts=2, least_of_type=5)
TEXTS = {
    "lamp": ("路灯不亮", "路燈壞了", "street light is dark", "灯杆歪了", "the lamp is out"),
    "water": ("水管爆了", "停水了", "no water at all", "自來水發黃", "burst pipe in our street"),
    "noise": ("半夜施工太吵", "噪音擾民", "loud music at night", "狗叫一夜", "drilling all day"),
}


def town(rows: int = 300) -> list[Example]:
    """Sentences of three kinds, each with the house it is about."""
    kinds = sorted(TEXTS)
    return [
        Example(f"{n % 17}号 {TEXTS[kinds[n % 3]][n % 5]}", kinds[n % 3], float(n))
        for n in range(rows)
    ]


def test_the_page_s_example_by_hand():
    """docs/kernel/reading.md: 路灯 has length sqrt(5), so lamp scores (1 + 8) / sqrt(5)."""
    first, second = read(HAND, "路燈")
    lamp, parking = 9 / math.sqrt(5), 0.5
    share = math.exp(lamp) / (math.exp(lamp) + math.exp(parking))
    assert (first.type, second.type) == ("lamp", "parking")
    assert first.confidence == pytest.approx(share)
    assert first.words == ("路燈",)


def test_listed_words_take_their_part():
    assert mix({"a": 0.5, "b": 0.5}, {"c": 0.5}, 0.6) == {"a": 0.4, "b": 0.4, "c": 0.2}
    judged = read(replace(HAND, trust=0.2), "路灯", listed={"parking": 0.9})
    assert judged[0].type == "parking"


def test_a_type_no_longer_in_force_is_never_named():
    assert [one.type for one in read(HAND, "路灯", allowed=["parking", "new"])] == ["parking"]


def test_a_town_is_learnt_and_the_words_that_decided_are_those_said():
    reader = learn(town(), RECIPE)
    report, said = judge(reader, [replace(one, at=one.at + 300) for one in town(60)])
    assert report.accuracy == 1.0
    assert len(said) == 60
    best = read(reader, "3號 路燈壞了")[0]
    assert best.type == "lamp"
    assert best.words
    assert all(word in "3號 路燈壞了" for word in best.words)
    assert read(reader, "the street light is DARK again")[0].type == "lamp"


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(chance):
    rows = town(90)
    mixed = list(rows)
    chance.shuffle(mixed)
    one, other = learn(rows, RECIPE), learn(mixed, RECIPE)
    assert one.known.terms == other.known.terms
    assert (one.weights == other.weights).all()
    assert one.threshold == other.threshold


@settings(max_examples=60)
@given(st.text(alphabet="路燈灯壞坏停水了半夜噪音聲声街12號号 nighlt", max_size=30))
def test_both_scripts_get_the_same_answer(text):
    one, other = read(LEARNT, text), read(LEARNT, fold(text))
    assert [(a.type, a.confidence) for a in one] == [(b.type, b.confidence) for b in other]


LEARNT = learn(town(), RECIPE)


@settings(max_examples=80)
@given(st.text(max_size=120))
def test_shares_are_shares_and_words_were_written(text):
    judged = read(LEARNT, text, most=3)
    assert sum(one.confidence for one in judged) == pytest.approx(1)
    assert [one.confidence for one in judged] == sorted(
        (o.confidence for o in judged), reverse=True
    )
    assert all(word in text for one in judged for word in one.words)


def test_a_rare_term_is_not_kept():
    """What one or two people wrote must not be found in the file of a reader."""
    rows = [
        *town(),
        Example("王小明家 停水了", "water", 5.5),
        Example("王小明家 停水", "water", 6.5),
    ]
    kept = "".join(learn(rows, replace(RECIPE, least_texts=3)).known.terms)
    assert "王小明" not in kept


def test_too_little_is_said():
    with pytest.raises(TooLittle, match="no two types"):
        learn(town(9), RECIPE)


def test_listed_words_help_where_history_is_thin():
    """The listed words know a type that nobody has decided yet."""
    rows = [
        *town(),
        *(Example(f"{n} heating is cold", "heat", 299.0 + n / 100) for n in range(40)),
    ]

    def listed(text: str) -> dict[str, float]:
        return {"heat": 0.8} if "heating" in text else {}

    reader = learn(rows, RECIPE, listed=listed)
    assert reader.trust < 0.5
    assert read(reader, "heating", listed={"heat": 0.8})[0].type == "heat"


def test_calibration_mends_what_is_too_sure():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(4000, 3))
    shares = confidences(scores, Calibration(1.0, np.array([0.0, 0.5, -0.5])))
    types = np.array([rng.choice(3, p=share) for share in shares])
    found = calibrate(10 * scores, types)
    assert found.scale == pytest.approx(0.1, rel=0.1)
    assert found.shift[1] - found.shift[2] == pytest.approx(1, abs=0.2)


def test_threshold_by_hand():
    """Of 100 the first 80 are right: more than 80 / 0.9 are never taken, fewer for doubt."""
    confidence = np.linspace(1, 0.01, 100)
    right = np.arange(100) < 80
    assert threshold_for(confidence, right, 0.9, doubt=0) == pytest.approx(confidence[87])
    assert threshold_for(confidence, right, 0.9) > confidence[87]
    assert threshold_for(confidence[:20], right[:20], 0.9) > 1


def test_recorded_sentences():
    recorded = json.loads((Path(__file__).parent / "data/town.json").read_text("utf-8"))
    for row in recorded:
        best = read(LEARNT, row["words"])[0]
        assert (best.type, list(best.words)) == (row["type"], row["because"]), row
        assert best.confidence == pytest.approx(row["sure"], abs=0.002), row
