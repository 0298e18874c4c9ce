"""Reader of comma-separated rows into columns, at memory speed, for the common spelling.

Like ``ndjson``: a line is read exactly, or left to the caller. What it reads: lines without quotes
that have exactly the columns of the header; ``datastream`` an integer or a known name, ``time``
whole milliseconds or ISO 8601 with a zone, ``value`` a number of at most 15 digits.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.stream.digits import (
    pad,
    read_instant,
    read_integer,
    read_millis,
    read_number,
    skip_blanks,
)
from gongbi.kernel.stream.names import find_name

__all__ = ["DATASTREAM", "OTHER", "TIME", "UNIT", "VALUE", "pad", "read_rows", "roles_of"]
OTHER, DATASTREAM, TIME, VALUE, UNIT = range(5)
"""What a column means; a line that says a unit is left to the caller."""


def roles_of(columns: list[int]) -> NDArray[np.int64]:
    """The meaning of each column, in order, as the reader wants it."""
    return np.array(columns, np.int64)


@njit(cache=True)
def _ends(text, at):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Whether the line ends here; a return that stands alone ends none, and CSV refuses it."""
    return text[at] == 10 or (text[at] == 13 and text[at + 1] == 10)


@njit(cache=True)
def _skip(text, at):  # type: ignore[no-untyped-def]
    while text[at] == 32 or text[at] == 9:
        at += 1
    return at


@njit(cache=True)
def _pass_over(text, at):  # type: ignore[no-untyped-def]
    while text[at] != 44 and not _ends(text, at):
        if text[at] == 34 or text[at] == 13:
            return -1
        at += 1
    return at


@njit(cache=True)
def _time(text, at):  # type: ignore[no-untyped-def]
    if text[at + 4] == 45:
        return read_instant(text, at)
    return read_millis(text, at)


@njit(cache=True)
def _close(text, at, last):  # type: ignore[no-untyped-def]
    """Where the next cell begins, or after the last the line's feed; -1 when neither is here."""
    at = _skip(text, at)
    if not last:
        return at + 1 if text[at] == 44 else -1
    return at + (text[at] == 13) if _ends(text, at) else -1


@njit(cache=True)
def _datastream(text, at, names):  # type: ignore[no-untyped-def]
    """(id, end) of an integer or a known name; what begins as a number and is none is left."""
    if text[at] <= 57:
        return read_integer(text, at)
    begin, at = at, _pass_over(text, at)
    if at < 0:
        return 0, -1
    end = at
    while end > begin and (text[end - 1] == 32 or text[end - 1] == 9):
        end -= 1
    identity, found = find_name(text, begin, end, names)
    return identity, (at if found >= 0 else -1)


@njit(cache=True)
def _row(text, at, roles, names):  # type: ignore[no-untyped-def]
    """(datastream, microseconds, value, end) of one line; the end is -1 when left to others."""
    identity, moment, value = 0, 0, 0.0
    for column in range(roles.size):
        at = _skip(text, at)
        role = roles[column]
        if role == DATASTREAM:
            identity, at = _datastream(text, at, names)
        elif role == TIME:
            moment, at = _time(text, at)
        elif role == VALUE:
            value, at = read_number(text, at)
        elif role == OTHER:
            at = _pass_over(text, at)
        if at >= 0:
            at = _close(text, at, column == roles.size - 1)
        if at < 0:
            return identity, moment, value, -1
    return identity, moment, value, at


@njit(cache=True, nogil=True)
def read_rows(text, begin, length, first, roles, names, ids, times, values, lines, left):  # type: ignore[no-untyped-def]
    """Read padded text from ``begin`` to ``length``; return (rows read, lines left to the caller).

    ``first`` is the number of the line that begins there; ``roles`` from ``roles_of``, ``names``
    from ``names.index_names``. Columns as in ``ndjson.read_rows``: ids, times in microseconds,
    values and lines receive the rows, and ``left`` (n x 3) the number, begin and end of lines not
    read here. Blank lines give nothing.
    """
    rows, put, at, line = 0, 0, begin, first - 1
    while at < length:
        line += 1
        first_ink = skip_blanks(text, at)
        if text[first_ink] == 10:
            at = first_ink + 1
            continue
        ids[rows], times[rows], values[rows], end = _row(text, at, roles, names)
        if 0 <= end <= length:
            lines[rows] = line
            rows += 1
        else:
            end = at
            while end < length and text[end] != 10:
                end += 1
            left[put, 0], left[put, 1], left[put, 2] = line, at, end
            put += 1
        at = end + 1
    return rows, put
