"""Small squares of the earth by a number each: *what is near* is a look-up of nine numbers.

A city has thousands of assets in a square of half a kilometre, so that the squares of cases
(``kernel.cases.cells``) would bring too many to measure.
"""

from math import floor

DEGREES = 0.0015
"""Side of a cell: 167 m from south to north, 144 m from west to east at 30 degrees."""
_COLUMNS = 360_000
_ROWS_SOUTH, _COLUMNS_WEST = 60_001, 120_001


def cell_of(lon: float, lat: float) -> int:
    """The number of the cell a point in degrees lies in."""
    return _number(floor(lat / DEGREES), floor(lon / DEGREES))


def cells_around(lon: float, lat: float) -> list[int]:
    """The cell of a point and the eight about it: all that lies within one side of it."""
    row, column = floor(lat / DEGREES), floor(lon / DEGREES)
    return [_number(row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1)]


def _number(row: int, column: int) -> int:
    return (row + _ROWS_SOUTH) * _COLUMNS + column + _COLUMNS_WEST
