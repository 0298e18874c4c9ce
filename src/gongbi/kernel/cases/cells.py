"""Squares of the earth by a number each, so that *what is near* is a look-up of nine numbers."""

from math import floor

DEGREES = 0.005
"""Side of a cell: 556 m from south to north, 480 m from west to east at 30 degrees."""
_ROW = 100_000
_SHIFT = 36_000


def cell_of(lon: float | None, lat: float | None) -> int | None:
    """The number of the cell a point lies in; None without a point."""
    if lon is None or lat is None:
        return None
    return _number(floor(lat / DEGREES), floor(lon / DEGREES))


def cells_around(lon: float, lat: float) -> list[int]:
    """The cell of a point and the eight about it: all that lies within one side of it."""
    row, column = floor(lat / DEGREES), floor(lon / DEGREES)
    return [_number(row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1)]


def _number(row: int, column: int) -> int:
    return (row + _SHIFT) * _ROW + column + _SHIFT
