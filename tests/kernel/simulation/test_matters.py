"""Who speaks, when, and how it is written: short, vague, misspelt, angry; never a real number."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.simulation.small_world import MONDAY, world

from gongbi.kernel.simulation import words_en, words_zh
from gongbi.kernel.simulation.conduct import (
    RETURNED_SHARE,
    UNTRUE_SHARE,
    WORK_MINUTES,
    draw_answer,
    draw_visit,
    draw_wait,
    on_shift,
)
from gongbi.kernel.simulation.incidents import strike
from gongbi.kernel.simulation.kinds import KINDS
from gongbi.kernel.simulation.matters import (
    REPORTS_A_DAY_A_PERSON,
    Homes,
    matters_of,
    ordinary_matters,
    rates,
)
from gongbi.kernel.simulation.words import MOST_LETTERS, Names, Writer, draw_writer, write_report

HOMES = Homes(np.array([120.0, 120.02]), np.array([30.0, 30.0]), np.array([1.0, 3.0]))
NAMES = Names("3号楼", "青川路", "墨香里")
PEOPLE = 50_000


def test_a_day_s_rates_add_up_to_one() -> None:
    assert sum(rates(hour).sum() * 60 for hour in range(24)) == pytest.approx(1.0)


def test_a_day_brings_as_many_first_words_as_the_rate_says() -> None:
    minutes = range(MONDAY // 60, MONDAY // 60 + 24 * 60)
    said = [
        one
        for minute in minutes
        for one in ordinary_matters(HOMES, minute, people=PEOPLE, offset=0, seed=1)
    ]
    first = sum(not one.again for one in said)
    mean = PEOPLE * REPORTS_A_DAY_A_PERSON
    assert abs(first - mean) < 4 * mean**0.5
    assert len({one.name for one in said}) == len(said)
    assert all(not one.again or one.at > MONDAY for one in said)


def test_a_minute_says_the_same_when_asked_again() -> None:
    minute = MONDAY // 60 + 600
    once, again = (
        list(ordinary_matters(HOMES, minute, people=5_000_000, offset=0, seed=1)) for _ in range(2)
    )
    assert once == again
    assert once


def test_neighbours_speak_of_an_incident_after_it_began_and_before_it_ended() -> None:
    one = strike(world(), "burst_pipe", MONDAY, np.random.default_rng(1), name="b", magnitude=3.0)
    said = matters_of(HOMES, one, seed=1)
    assert len(said) > 5
    assert all(one.start < matter.at < one.end for matter in said)
    assert [matter.again for matter in said] == [False] + [True] * (len(said) - 1)
    assert {matter.kind for matter in said} <= {"burst_pipe", "no_water", "road_flooding"}


def test_both_languages_speak_of_every_kind() -> None:
    for table in (words_en, words_zh):
        assert set(table.SAID) == set(KINDS)
        assert all(len(several) >= 2 for several in table.SAID.values())


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 10**6), st.booleans())
def test_what_is_written_is_a_report(kind: str, seed: int, again: bool) -> None:
    rng = np.random.default_rng(seed)
    written = write_report(kind, NAMES, draw_writer(rng), rng, again=again)
    assert 1 <= len(written.words) <= MOST_LETTERS
    assert "{" not in written.words + written.place_words
    for number in re.findall(r"\d{7,}", written.words.replace("-", "")):
        assert number.startswith(("0000", "55501")), written.words


def test_an_angry_writer_is_not_a_polite_one() -> None:
    def of(mood: str) -> set[str]:
        return {
            write_report("garbage", NAMES, Writer("en", mood), np.random.default_rng(n)).words
            for n in range(30)
        }

    assert not of("angry") & of("polite")
    with pytest.raises(ValueError, match="mood"):
        Writer("en", "bored")


def test_crews_err_as_often_as_said() -> None:
    many = 4_000
    visits = [draw_visit(f"X-{number}", 0, 3, seed=1) for number in range(many)]
    for share, found in (
        (RETURNED_SHARE, sum(one.returned for one in visits)),
        (UNTRUE_SHARE, sum(one.untrue for one in visits)),
    ):
        assert abs(found - share * many) < 4 * (share * many) ** 0.5
    second = [draw_visit(f"X-{number}", 1, 3, seed=1) for number in range(200)]
    assert not any(one.returned or one.untrue for one in second)


def test_times_lie_within_what_is_said() -> None:
    for priority, half in ((1, 0.5), (3, 1.0)):
        visits = [draw_visit(f"Y-{number}", 1, priority, seed=2) for number in range(300)]
        low, high = WORK_MINUTES[priority]
        assert all(2 * half <= one.accept / 60 <= 20 * half for one in visits)
        assert all(8 * half <= one.travel / 60 <= 35 * half for one in visits)
        assert all(low <= one.work / 60 <= high for one in visits)
    assert all(3 <= draw_wait(f"Y-{number}", 0, seed=2) / 60 <= 25 for number in range(300))
    answers = [draw_answer(f"Y-{number}", 0, seed=2) for number in range(300)]
    assert all(10 <= one.after / 60 <= 180 for one in answers)


def test_what_is_urgent_is_gone_to_at_night() -> None:
    three = MONDAY + 3 * 3600
    assert on_shift(three, 1, offset=0)
    assert not on_shift(three, 3, offset=0)
    assert on_shift(three, 3, offset=8 * 3600)
