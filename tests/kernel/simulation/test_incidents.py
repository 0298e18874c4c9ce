"""Where incidents strike, whom they reach, and a day drawn again the same."""

import numpy as np
import pytest
from tests.kernel.simulation.small_world import MONDAY, world

from gongbi.kernel.simulation.incidents import KINDS, NoSuchPlace, is_near, reaches, strike
from gongbi.kernel.simulation.schedule import draw_day, draw_opening


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_downstream_is_what_the_pipe_feeds() -> None:
    assert world().downstream(1).tolist() == [1, 2]
    assert world().downstream(0).tolist() == [0, 1, 2]


def test_a_burst_strikes_a_main_and_lowers_what_lies_behind_it_most() -> None:
    one = strike(world(), "burst_pipe", MONDAY, rng(), name="b", magnitude=1.0, within="b")
    pressure = one.effects[0]
    assert one.place == "b"
    assert pressure.rows.tolist() == [0, 1, 2]
    assert pressure.size[0] == pytest.approx(-0.25 * 0.9 * np.exp(-1_000 / 500), rel=1e-3)
    assert pressure.size[1:] == pytest.approx([-0.25 * 0.9, -0.25 * 0.85])
    assert "burst-pipe" in one.mended_by


def test_what_has_no_sensor_cannot_strike() -> None:
    with pytest.raises(NoSuchPlace, match="crowd_count"):
        strike(world(), "crowd", MONDAY, rng(), name="c")


def test_a_case_at_its_place_or_above_can_come_of_it() -> None:
    one = strike(world(), "lift_trap", MONDAY, rng(), name="l")
    assert reaches(world(), one, "/t/a/")
    assert reaches(world(), one, "/t/")
    assert not reaches(world(), one, "/t/c/")
    assert is_near(world(), one, 120.001, 30.0, 150.0)
    assert not is_near(world(), one, 120.01, 30.0, 150.0)


def test_the_same_seed_draws_the_same_days() -> None:
    def days(seed: int) -> list[tuple[str, int, float]]:
        drawn = [
            draw_day(world(), MONDAY + day * 86_400, people=50_000, seed=seed) for day in range(20)
        ]
        return [(one.id, one.start, one.magnitude) for day in drawn for one in day]

    assert days(3) == days(3)
    assert days(3) != days(4)
    assert len({name for name, _, _ in days(3)}) == len(days(3))


def test_the_rate_is_the_one_said() -> None:
    days = 2_000
    drawn = [
        one
        for day in range(days)
        for one in draw_day(world(), MONDAY + day * 86_400, people=50_000, seed=9)
    ]
    lifts = sum(one.kind == "lift_trap" for one in drawn)
    mean = KINDS["lift_trap"].a_day * days
    assert abs(lifts - mean) < 4 * mean**0.5


def test_an_opening_begins_with_a_burst_pipe() -> None:
    found = draw_opening(world(), MONDAY, seed=2)
    assert found[0].kind == "burst_pipe"
    assert found[0].start == MONDAY
    assert {one.kind for one in found} >= {"lift_trap", "storm"}
