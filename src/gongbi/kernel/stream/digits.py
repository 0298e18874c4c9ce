"""Numbers and times out of padded text, exactly, at memory speed: what the readers of rows share.

Each function takes text (uint8, padded by ``PADDING``) and a place in it, and returns what it read
with the place where that ends; the end is -1 where it is not written in the plain way, and then
the caller leaves the line to a slower reader. Nothing here guesses.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

PADDING = b"\n" + bytes(32)
_TENS = np.array([10.0**n for n in range(23)])
_DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], np.int64)
_DAYS_IN = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def pad(body: bytes) -> NDArray[np.uint8]:
    """The body with the tail that lets a reader look ahead without asking for the end."""
    return np.frombuffer(body + PADDING, np.uint8)


@njit(cache=True)
def skip_blanks(text, at):  # type: ignore[no-untyped-def]  # Numba infers the types
    while text[at] == 32 or text[at] == 9 or text[at] == 13:
        at += 1
    return at


@njit(cache=True)
def stands_at(text, at, word):  # type: ignore[no-untyped-def]
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
def read_integer(text, at):  # type: ignore[no-untyped-def]
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
def read_number(text, at):  # type: ignore[no-untyped-def]
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
def read_instant(text, at):  # type: ignore[no-untyped-def]
    """(microseconds since 1970 UTC, end) of an ISO time with its zone."""
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
    if end < 0:
        return 0, -1
    total = days * 86400 + hours * 3600 + minutes * 60 + seconds - offset
    return total * 1_000_000 + micro, end


@njit(cache=True)
def read_millis(text, at):  # type: ignore[no-untyped-def]
    """(microseconds since 1970 UTC, end) of whole milliseconds."""
    value, end = read_integer(text, at)
    if not 0 <= value < 1 << 50:
        return 0, -1
    return value * 1000, end
