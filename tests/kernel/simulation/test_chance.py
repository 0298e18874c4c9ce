"""Chance that depends on keys, not on who asks first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.simulation.chance import mix, name_number, normals, uniforms

KEYS = st.lists(st.integers(0, 2**40), min_size=1, max_size=30)


def test_the_first_number_is_that_of_splitmix64() -> None:
    """Steele et al.'s generator at seed 0 begins with this number."""
    assert mix(0)[0] == 0xE220A8397B1DCDAF


@given(st.integers(0, 2**63), KEYS, st.randoms(use_true_random=False))
def test_a_row_has_its_number_whatever_is_asked_with_it(
    seed: int, keys: list[int], random
) -> None:
    order = list(range(len(keys)))
    random.shuffle(order)
    column = np.array(keys)
    whole = uniforms(seed, column, 5)
    assert np.array_equal(uniforms(seed, column[order], 5), whole[order])
    assert np.all((whole > 0) & (whole < 1))


def test_normals_are_normal() -> None:
    drawn = normals(7, np.arange(100_000))
    assert abs(drawn.mean()) < 0.015
    assert abs(drawn.std() - 1) < 0.01
    assert abs((np.abs(drawn) < 1.96).mean() - 0.95) < 0.005


def test_names_do_not_run_together() -> None:
    assert name_number("ab", "c") != name_number("a", "bc")
    assert 0 <= name_number("x") < 2**63
