"""Strict reader of newline JSON rows into columns, at memory speed, for the common spelling.

A line is either read exactly as any JSON reader would read it, or left to the caller: this module
never guesses. What it reads: one object a line with the keys ``datastream`` (integer, or a known
name without escapes), ``time`` (integer milliseconds since 1970 UTC, or
``YYYY-MM-DDTHH:MM:SS[.ffffff]`` with ``Z`` or an offset) and ``value`` (a number of at most 15
digits), in any order, once each.
"""

import numpy as np
from numba import njit

from gongbi.kernel.stream.digits import (
    pad,
    read_instant,
    read_integer,
    read_millis,
    read_number,
    skip_blanks,
    stands_at,
)
from gongbi.kernel.stream.names import find_name

__all__ = ["pad", "read_rows"]
_DATASTREAM = np.frombuffer(b'"datastream"', np.uint8)
_TIME = np.frombuffer(b'"time"', np.uint8)
_VALUE = np.frombuffer(b'"value"', np.uint8)


@njit(cache=True)
def _when(text, at):  # type: ignore[no-untyped-def]
    if text[at] != 34:
        return read_millis(text, at)
    moment, end = read_instant(text, at + 1)
    return moment, (end + 1 if end > 0 and text[end] == 34 else -1)


@njit(cache=True)
def _key(text, at):  # type: ignore[no-untyped-def]
    """(1, 2 or 4 for the three keys, where its value begins), or (0, -1)."""
    if stands_at(text, at, _DATASTREAM):
        which, at = 1, at + 12
    elif stands_at(text, at, _TIME):
        which, at = 2, at + 6
    elif stands_at(text, at, _VALUE):
        which, at = 4, at + 7
    else:
        return 0, -1
    at = skip_blanks(text, at)
    if text[at] != 58:
        return 0, -1
    return which, skip_blanks(text, at + 1)


@njit(cache=True)
def _datastream(text, at, names):  # type: ignore[no-untyped-def]
    """(id, end) of an integer, or of a known name in quotes without escapes."""
    if text[at] != 34:
        return read_integer(text, at)
    end = at + 1
    while text[end] != 34:
        if text[end] == 92 or text[end] < 32:
            return 0, -1
        end += 1
    identity, found = find_name(text, at + 1, end, names)
    return identity, (end + 1 if found >= 0 else -1)


@njit(cache=True)
def _row(text, at, names):  # type: ignore[no-untyped-def]
    """(datastream, microseconds, value, end) of one object; the end is -1 when left to others."""
    identity, moment, value, seen = 0, 0, 0.0, 0
    at = skip_blanks(text, at + 1)
    for part in range(3):
        which, at = _key(text, at)
        if at < 0 or seen & which:
            return identity, moment, value, -1
        seen |= which
        if which == 1:
            identity, at = _datastream(text, at, names)
        elif which == 2:
            moment, at = _when(text, at)
        else:
            value, at = read_number(text, at)
        if at < 0:
            return identity, moment, value, -1
        at = skip_blanks(text, at)
        if text[at] != (44 if part < 2 else 125):
            return identity, moment, value, -1
        at = skip_blanks(text, at + 1)
    return identity, moment, value, (at if text[at] == 10 else -1)


@njit(cache=True, nogil=True)
def read_rows(text, length, names, ids, times, values, lines, left):  # type: ignore[no-untyped-def]
    """Read the padded text of ``length`` bytes; return (rows read, lines left to the caller).

    ``names`` are those a datastream may be called by (``names.index_names``).
    ``ids`` int64, ``times`` int64 microseconds, ``values`` float64 and ``lines`` int64 (from 1)
    receive the rows; ``left`` (int64, n x 3) receives (line, begin, end) of lines not read here.
    Blank lines count as lines and give nothing. Each column needs as many places as there are
    lines.
    """
    rows, put, at, line = 0, 0, 0, 0
    while at < length:
        line += 1
        begin = at
        at = skip_blanks(text, at)
        if text[at] == 10:
            at += 1
            continue
        end = -1
        if text[at] == 123:
            ids[rows], times[rows], values[rows], end = _row(text, at, names)
        if 0 <= end <= length:
            lines[rows] = line
            rows += 1
        else:
            end = begin
            while end < length and text[end] != 10:
                end += 1
            left[put, 0], left[put, 1], left[put, 2] = line, begin, end
            put += 1
        at = end + 1
    return rows, put
