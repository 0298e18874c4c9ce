"""Strict reader of newline JSON rows into columns, at memory speed, for the common spelling.

A line is either read exactly as any JSON reader would read it, or left to the caller: this module
never guesses. What it reads: one object a line with the keys ``datastream`` (integer), ``time``
(integer milliseconds since 1970 UTC, or ``YYYY-MM-DDTHH:MM:SS[.ffffff]`` with ``Z`` or an offset)
and ``value`` (a number of at most 15 digits), in any order, once each.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

PADDING = b"\n" + bytes(32)
_DATASTREAM = np.frombuffer(b'"datastream"', np.uint8)
_TIME = np.frombuffer(b'"time"', np.uint8)
_VALUE = np.frombuffer(b'"value"', np.uint8)
_TENS = np.array([10.0**n for n in range(23)])
_DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], np.int64)
_DAYS_IN = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def pad(body: bytes) -> NDArray[np.uint8]:
    """The body with the tail that lets the reader look ahead without asking for the end."""
    return np.frombuffer(body + PADDING, np.uint8)


@njit(cache=True)
def _skip(text, at):  # type: ignore[no-untyped-def]  # Numba infers the types
    while text[at] == 32 or text[at] == 9 or text[at] == 13:
        at += 1
    return at


@njit(cache=True)
def _is(text, at, word):  # type: ignore[no-untyped-def]
    for i in range(word.size):  # noqa: SIM110  # all() allocates under Numba: a third the speed
        if text[at + i] != word[i]:
            return False
    return True


@njit(cache=True)
def _digits(text, at):  # type: ignore[no-untyped-def]
    """Unsigned integer of at most 18 digits: (value, where it ends); the end is -1 when longer."""
    value, begin = 0, at
    while 48 <= text[at] <= 57:
        value = value * 10 + (text[at] - 48)
        at += 1
        if at - begin > 18:
            return 0, -1
    return value, at


@njit(cache=True)
def _integer(text, at):  # type: ignore[no-untyped-def]
    negative = text[at] == 45
    if negative:
        at += 1
    value, end = _digits(text, at)
    if end <= at or (text[at] == 48 and end > at + 1):
        return 0, -1
    if text[end] == 46 or text[end] == 101 or text[end] == 69:
        return 0, -1
    return (-value if negative else value), end


@njit(cache=True)
def _exponent(text, at):  # type: ignore[no-untyped-def]
    """(exponent, end) of what follows ``e``; the end is -1 when it is no exponent."""
    negative = text[at] == 45
    if negative or text[at] == 43:
        at += 1
    value, end = _digits(text, at)
    if end <= at or value > 99:
        return 0, -1
    return (-value if negative else value), end


@njit(cache=True)
def _decimal(text, at):  # type: ignore[no-untyped-def]
    """(digits as one integer, exponent of ten, end) without sign; the end is -1 otherwise."""
    whole, end = _digits(text, at)
    if end <= at or (text[at] == 48 and end > at + 1):
        return 0, 0, -1
    if text[end] != 46:
        return whole, 0, (end if end - at <= 15 else -1)
    begin, digits = end + 1, end - at
    part, end = _digits(text, begin)
    if end <= begin or digits + end - begin > 15:
        return 0, 0, -1
    for _ in range(end - begin):
        whole *= 10
    return whole + part, begin - end, end


@njit(cache=True)
def _number(text, at):  # type: ignore[no-untyped-def]
    """(value, end): exact, because below 2**53 one multiplication or division rounds once."""
    negative = text[at] == 45
    digits, exponent, end = _decimal(text, at + 1 if negative else at)
    if end > 0 and (text[end] == 101 or text[end] == 69):
        shift, end = _exponent(text, end + 1)
        exponent += shift
    if end < 0 or abs(exponent) > 22:
        return 0.0, -1
    value = digits * _TENS[exponent] if exponent >= 0 else digits / _TENS[-exponent]
    return (-value if negative else value), end


@njit(cache=True)
def _two(text, at):  # type: ignore[no-untyped-def]
    """Two digits as a number, or 1000, which no part of a time may be, when they are not."""
    if 48 <= text[at] <= 57 and 48 <= text[at + 1] <= 57:
        return (text[at] - 48) * 10 + (text[at + 1] - 48)
    return 1000


@njit(cache=True)
def _date(text, at):  # type: ignore[no-untyped-def]
    """Days since 1970 of ``YYYY-MM-DD``, or -1."""
    year = _two(text, at) * 100 + _two(text, at + 2)
    month, day = _two(text, at + 5), _two(text, at + 8)
    if text[at + 4] != 45 or text[at + 7] != 45 or not 1 <= month <= 12:
        return -1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    most = 29 if leap and month == 2 else _DAYS_IN[month - 1]
    if not 1970 <= year <= 2999 or not 1 <= day <= most:
        return -1
    before = year - 1
    days = 365 * (year - 1970) + (before // 4 - before // 100 + before // 400) - 477
    return days + _DAYS_BEFORE[month - 1] + (1 if leap and month > 2 else 0) + day - 1


@njit(cache=True)
def _zone(text, at):  # type: ignore[no-untyped-def]
    """(offset in seconds, end) of ``Z`` or ``+HH:MM``; the end is -1 otherwise."""
    if text[at] == 90:
        return 0, at + 1
    if text[at] != 43 and text[at] != 45:
        return 0, -1
    hours, minutes = _two(text, at + 1), _two(text, at + 4)
    if text[at + 3] != 58 or hours > 23 or minutes > 59:
        return 0, -1
    seconds = hours * 3600 + minutes * 60
    return (-seconds if text[at] == 45 else seconds), at + 6


@njit(cache=True)
def _fraction(text, at):  # type: ignore[no-untyped-def]
    """(microseconds, end) of an optional ``.f`` to ``.ffffff``; the end is -1 otherwise."""
    if text[at] != 46:
        return 0, at
    value, end = _digits(text, at + 1)
    length = end - at - 1
    if not 1 <= length <= 6:
        return 0, -1
    for _ in range(6 - length):
        value *= 10
    return value, end


@njit(cache=True)
def _moment(text, at):  # type: ignore[no-untyped-def]
    """(microseconds since 1970 UTC, end) of a quoted ISO time; the end is -1 otherwise."""
    days = _date(text, at)
    if days < 0 or text[at + 10] != 84 or text[at + 13] != 58 or text[at + 16] != 58:
        return 0, -1
    hours, minutes, seconds = _two(text, at + 11), _two(text, at + 14), _two(text, at + 17)
    if hours > 23 or minutes > 59 or seconds > 59:
        return 0, -1
    micro, end = _fraction(text, at + 19)
    if end < 0:
        return 0, -1
    offset, end = _zone(text, end)
    if end < 0 or text[end] != 34:
        return 0, -1
    total = days * 86400 + hours * 3600 + minutes * 60 + seconds - offset
    return total * 1_000_000 + micro, end + 1


@njit(cache=True)
def _when(text, at):  # type: ignore[no-untyped-def]
    if text[at] == 34:
        return _moment(text, at + 1)
    value, end = _integer(text, at)
    if not 0 <= value < 1 << 50:
        return 0, -1
    return value * 1000, end


@njit(cache=True)
def _key(text, at):  # type: ignore[no-untyped-def]
    """(1, 2 or 4 for the three keys, where its value begins), or (0, -1)."""
    if _is(text, at, _DATASTREAM):
        which, at = 1, at + 12
    elif _is(text, at, _TIME):
        which, at = 2, at + 6
    elif _is(text, at, _VALUE):
        which, at = 4, at + 7
    else:
        return 0, -1
    at = _skip(text, at)
    if text[at] != 58:
        return 0, -1
    return which, _skip(text, at + 1)


@njit(cache=True)
def _row(text, at):  # type: ignore[no-untyped-def]
    """(datastream, microseconds, value, end) of one object; the end is -1 when left to others."""
    identity, moment, value, seen = 0, 0, 0.0, 0
    at = _skip(text, at + 1)
    for part in range(3):
        which, at = _key(text, at)
        if at < 0 or seen & which:
            return identity, moment, value, -1
        seen |= which
        if which == 1:
            identity, at = _integer(text, at)
        elif which == 2:
            moment, at = _when(text, at)
        else:
            value, at = _number(text, at)
        if at < 0:
            return identity, moment, value, -1
        at = _skip(text, at)
        if text[at] != (44 if part < 2 else 125):
            return identity, moment, value, -1
        at = _skip(text, at + 1)
    return identity, moment, value, (at if text[at] == 10 else -1)


@njit(cache=True, nogil=True)
def read_rows(text, length, ids, times, values, lines, left):  # type: ignore[no-untyped-def]
    """Read the padded text of ``length`` bytes; return (rows read, lines left to the caller).

    ``ids`` int64, ``times`` int64 microseconds, ``values`` float64 and ``lines`` int64 (from 1)
    receive the rows; ``left`` (int64, n x 3) receives (line, begin, end) of lines not read here.
    Blank lines count as lines and give nothing. Each column needs as many places as there are
    lines.
    """
    rows, put, at, line = 0, 0, 0, 0
    while at < length:
        line += 1
        begin = at
        at = _skip(text, at)
        if text[at] == 10:
            at += 1
            continue
        end = -1
        if text[at] == 123:
            ids[rows], times[rows], values[rows], end = _row(text, at)
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
