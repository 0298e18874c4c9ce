"""A picture's print: the same picture again, and never two different ones."""

import numpy as np
import pytest

from gongbi.kernel.cases.cells import cell_of, cells_around
from gongbi.kernel.cases.prints import ALIKE_BITS, bits_apart, print_of


def drawn(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.kron(rng.normal(128, 50, (8, 10)), np.ones((12, 12)))


def test_by_hand_a_ramp_is_all_zeros_and_its_mirror_all_ones():
    ramp = np.tile(np.arange(0, 90.0), (80, 1))
    assert print_of(ramp) == 0
    assert print_of(ramp[:, ::-1]) == -1
    assert bits_apart(0, -1) == 64


@pytest.mark.parametrize("seed", range(8))
def test_smaller_brighter_and_noisy_is_the_same(seed):
    picture = drawn(seed)
    noisy = picture * 0.9 + 10 + np.random.default_rng(99).normal(0, 3, picture.shape)
    assert bits_apart(print_of(picture), print_of(noisy)) <= ALIKE_BITS
    assert bits_apart(print_of(picture), print_of(picture[::2, ::2])) <= ALIKE_BITS


def test_other_pictures_are_far():
    prints = [print_of(drawn(seed)) for seed in range(30)]
    apart = [bits_apart(a, b) for at, a in enumerate(prints) for b in prints[:at]]
    assert min(apart) > ALIKE_BITS


def test_a_black_or_tiny_picture_has_none():
    assert print_of(np.zeros((50, 50))) is None
    assert print_of(np.ones((3, 3))) is None


def test_a_point_lies_in_its_own_cell_and_a_neighbour_in_the_nine():
    assert cell_of(121.5, None) is None
    assert cell_of(121.5, 31.2) in cells_around(121.5, 31.2)
    assert cell_of(121.5049, 31.2049) in cells_around(121.5, 31.2)
    assert cell_of(121.52, 31.2) not in cells_around(121.5, 31.2)
    assert len(set(cells_around(-0.001, -0.001))) == 9
