"""Reader of InfluxDB line protocol into columns, at memory speed, for lines of known series.

Like ``ndjson``: a line is read exactly, or left to the caller. What it reads: one measurement,
tags without escapes of which ``datastream`` is an integer or a known name, or which, in the order
of their keys, are a known name with the measurement; the one field ``value`` with a number of at
most 15 digits, and a timestamp: ``level,datastream=17 value=3.2 1795478400000000000``.
"""

import numpy as np
from numba import njit

from gongbi.kernel.stream.digits import pad, read_integer, read_number, stands_at
from gongbi.kernel.stream.names import find_name

__all__ = ["pad", "read_rows"]
_TAG = np.frombuffer(b"datastream=", np.uint8)
_FIELD = np.frombuffer(b" value=", np.uint8)


@njit(cache=True)
def _stamp(text, at):  # type: ignore[no-untyped-def]  # Numba infers the types
    """(integer of at most 19 digits that fits 63 bits, end)."""
    value, begin = 0, at
    while 48 <= text[at] <= 57 and at - begin < 19:
        if at - begin == 18 and value > 922337203685477579:
            return 0, -1
        value = value * 10 + (text[at] - 48)
        at += 1
    return value, (at if at > begin else -1)


@njit(cache=True)
def _word_end(text, at):  # type: ignore[no-untyped-def]
    """Where a word without escapes ends: at a comma, a blank or the end of the line; else -1."""
    while text[at] != 44 and text[at] != 32 and text[at] != 10:
        if text[at] == 92 or text[at] == 34:
            return -1
        at += 1
    return at


@njit(cache=True)
def _key_less(text, one, other):  # type: ignore[no-untyped-def]
    """Whether the tag that begins at ``one`` comes before the other by its key."""
    while text[one] == text[other] and text[one] != 61:
        one, other = one + 1, other + 1
    if text[one] == 61 or text[other] == 61:
        return text[one] == 61 and text[other] != 61
    return text[one] < text[other]


@njit(cache=True)
def _tag(text, at, names):  # type: ignore[no-untyped-def]
    """(id, end) of what the tag ``datastream`` says: an integer, or a known name."""
    if text[at] <= 57:
        return read_integer(text, at)
    end = _word_end(text, at)
    if end < 0:
        return 0, -1
    return find_name(text, at, end, names)


@njit(cache=True)
def _series(text, begin, names):  # type: ignore[no-untyped-def]
    """(id, end of the tags): by the tag ``datastream``, else by the series as it is written."""
    identity, found, sorted_, before, at = 0, 0, True, 0, _word_end(text, begin)
    while at > 0 and text[at] == 44:
        if stands_at(text, at + 1, _TAG):
            found += 1
            identity, at = _tag(text, at + 1 + _TAG.size, names)
        else:
            sorted_ &= before == 0 or _key_less(text, before, at + 1)
            before, at = at + 1, _word_end(text, at + 1)
    if found == 0 and at > 0 and sorted_ and text[begin] > 57:
        return find_name(text, begin, at, names)
    return identity, (at if found == 1 else -1)


@njit(cache=True)
def _row(text, at, multiply, divide, names):  # type: ignore[no-untyped-def]
    """(datastream, microseconds, value, end) of one line; the end is -1 when left to others."""
    identity, at = _series(text, at, names)
    if at < 0 or not stands_at(text, at, _FIELD):
        return 0, 0, 0.0, -1
    value, at = read_number(text, at + _FIELD.size)
    if at < 0 or text[at] != 32:
        return 0, 0, 0.0, -1
    stamp, at = _stamp(text, at + 1)
    if at < 0 or text[at] != 10 or (multiply > 1 and stamp > (1 << 62) // multiply):
        return 0, 0, 0.0, -1
    return identity, stamp // divide * multiply, value, at


@njit(cache=True, nogil=True)
def read_rows(text, length, multiply, divide, names, ids, times, values, lines, left):  # type: ignore[no-untyped-def]
    """Read the padded text of ``length`` bytes; return (rows read, lines left to the caller).

    A timestamp divided by ``divide``, then multiplied by ``multiply`` gives microseconds;
    ``names`` from ``names.index_names``. Columns as in ``ndjson.read_rows``. Blank lines and
    comments count as lines and give nothing.
    """
    rows, put, at, line = 0, 0, 0, 0
    while at < length:
        line += 1
        begin = at
        if text[at] == 10:
            at += 1
            continue
        end = -1
        if text[at] != 35:
            ids[rows], times[rows], values[rows], end = _row(text, at, multiply, divide, names)
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
