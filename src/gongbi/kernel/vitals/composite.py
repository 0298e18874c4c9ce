"""Three-valued judgements over levels: *water low here AND wet road there*; missing is unknown.

After S. C. Kleene's strong logic (1938): a conjunction with a false part is false whatever the
unknown ones are, a disjunction with a true part is true. A *part* is true when any of its series
stood at its level within the time span, false when enough of them are known to have not, else
unknown.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

FALSE, TRUE, UNKNOWN = 0, 1, 2
WORDS = {FALSE: "false", TRUE: "true", UNKNOWN: "unknown"}
AND, OR, NOT = -1, -2, -3
LEAST = -100
"""``LEAST - k``: at least k of all parts."""
MOST_PARTS = 8


@njit(cache=True)
def both(one, other):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Conjunction."""
    if one == 0 or other == 0:
        return 0
    return 2 if one == 2 or other == 2 else 1


@njit(cache=True)
def either(one, other):  # type: ignore[no-untyped-def]
    """Disjunction."""
    if one == 1 or other == 1:
        return 1
    return 2 if one == 2 or other == 2 else 0


@njit(cache=True)
def opposite(one):  # type: ignore[no-untyped-def]
    """Negation; what is not known is not known to be otherwise."""
    return 2 if one == 2 else 1 - one


@njit(cache=True)
def at_least(parts, count):  # type: ignore[no-untyped-def]
    """Whether at least so many parts are true."""
    sure, possible = 0, 0
    for part in parts:
        sure += part == 1
        possible += part != 0
    if sure >= count:
        return 1
    return 2 if possible >= count else 0


@njit(cache=True)
def judge(program, parts):  # type: ignore[no-untyped-def]
    """The verdict of a postfix program over the truth of its parts."""
    stack, top = np.zeros(2 * MOST_PARTS, np.int64), 0
    for step in program:
        if step >= 0:
            stack[top] = parts[step]
            top += 1
        elif step == NOT:
            stack[top - 1] = opposite(stack[top - 1])
        elif step <= LEAST:
            stack[top] = at_least(parts, LEAST - step)
            top += 1
        else:
            one, other = stack[top - 2], stack[top - 1]
            stack[top - 2] = both(one, other) if step == AND else either(one, other)
            top -= 1
    return stack[0]


@njit(cache=True)
def truth_of(hits, known, members, least_share):  # type: ignore[no-untyped-def]
    """A part's truth: series that stood at its level, series known of, all its series."""
    if hits > 0:
        return 1
    return 0 if known > 0 and known >= least_share * members else 2


class BadRule(ValueError):
    """A rule that cannot be read; the message says where."""


def read_rule(words: str, parts: Sequence[str]) -> NDArray[np.int64]:
    """A rule such as ``low and (wet or not dry)`` or ``2 of low, wet, calls`` as a program."""
    said = words.replace("(", " ( ").replace(")", " ) ").replace(",", " ").split()
    if not said:
        raise BadRule("The rule is empty.")
    if len(parts) > MOST_PARTS:
        raise BadRule(f"A rule has at most {MOST_PARTS} parts.")
    if len(said) > 1 and said[1] == "of":
        return _read_count(said, parts)
    program, rest = _read_or(said, list(parts))
    if rest:
        raise BadRule(f"{rest[0]!r} is not expected here.")
    if len(program) > 2 * MOST_PARTS:
        raise BadRule("The rule is too long; split it in two.")
    return np.array(program, np.int64)


def _read_count(said: list[str], parts: Sequence[str]) -> NDArray[np.int64]:
    count = int(said[0]) if said[0].isdigit() else 0
    if sorted(said[2:]) != sorted(parts):
        raise BadRule("'N of' is followed by the names of all parts.")
    if not 1 <= count <= len(parts):
        raise BadRule(f"{said[0]!r} is not from 1 to {len(parts)}.")
    return np.array([LEAST - count], np.int64)


def _read_or(said: list[str], parts: list[str]) -> tuple[list[int], list[str]]:
    program, rest = _read_and(said, parts)
    while rest and rest[0] == "or":
        more, rest = _read_and(rest[1:], parts)
        program = [*program, *more, OR]
    return program, rest


def _read_and(said: list[str], parts: list[str]) -> tuple[list[int], list[str]]:
    program, rest = _read_one(said, parts)
    while rest and rest[0] == "and":
        more, rest = _read_one(rest[1:], parts)
        program = [*program, *more, AND]
    return program, rest


def _read_one(said: list[str], parts: list[str]) -> tuple[list[int], list[str]]:
    if not said:
        raise BadRule("The rule ends where a part is expected.")
    word, rest = said[0], said[1:]
    if word == "not":
        program, rest = _read_one(rest, parts)
        return [*program, NOT], rest
    if word == "(":
        program, rest = _read_or(rest, parts)
        if not rest or rest[0] != ")":
            raise BadRule("A bracket is not closed.")
        return program, rest[1:]
    if word not in parts:
        raise BadRule(f"{word!r} is no part; the parts are {', '.join(parts)}.")
    return [parts.index(word)], rest
