"""A picture's print: 64 bits that stay nearly the same when it is shrunk, brightened or resaved.

The difference hash (N. Krawetz, 2013): the picture is averaged to 8 rows of 9 squares, and each
bit says whether a square is brighter than its right neighbour. It knows the same picture again;
it does not know two pictures of one thing taken from two sides.
"""

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 8, 9
FLATTEST = 2.0
ALIKE_BITS = 8


def print_of(grey: NDArray[np.float64]) -> int | None:
    """The print of a grey picture, shape (height, width), 0 to 255; a signed 64-bit number.

    None for a picture too small or too even to have one: a black photo is like every other.
    """
    height, width = grey.shape
    if height < ROWS or width < COLUMNS:
        return None
    tops = np.linspace(0, height, ROWS + 1).astype(int)[:-1]
    lefts = np.linspace(0, width, COLUMNS + 1).astype(int)[:-1]
    sums = np.add.reduceat(np.add.reduceat(grey.astype(np.float64), tops, axis=0), lefts, axis=1)
    areas = np.outer(np.diff([*tops, height]), np.diff([*lefts, width]))
    squares = sums / areas
    if float(squares.std()) < FLATTEST:
        return None
    bits = (squares[:, :-1] > squares[:, 1:]).ravel()
    return int(np.packbits(bits).view(">i8")[0])


def bits_apart(one: int, other: int) -> int:
    """How many of the 64 bits differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()
