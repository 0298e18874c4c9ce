"""How surprising a value is after all that this series has shown, said once and not again.

No limit, no profile of hours and no training: a series of any unit is judged from its second day.
What is *expected* is a level that follows the values. How far values usually lie above it, and
below, is learnt as a tail: a bar that a share of them passes, and by how much they pass it. An
excess of z times the usual one is z surprising (its chance falls as exp(-z)). Two memories take
surprise away again: the largest one at this hour of the day and the hours beside it, as it was on
days before, and the surprise last told, which fades. 160 bytes a series.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

NOVELTY = np.dtype(
    [
        ("level", "f8"),  # what is expected of the next value
        ("hour", "i4"),  # of the value before, hours since 1970
        ("seen", "u4"),  # values
        ("mean", "f4", 2),  # of what values lie above the level, and below
        ("bar", "f4", 2),  # what a share ``rare`` of them passes
        ("excess", "f4", 2),  # sum of what they passed it by, fading
        ("passed", "f4", 2),  # how many did, fading
        ("surprise", "f4"),  # smoothed, before memories take from it
        ("held", "f4"),  # what was told, fading
        ("peak", "f4"),  # largest surprise of this hour
        ("hours", "f4", 24),  # largest surprise at each hour of days before, fading
        ("expected", "f4"),  # the level when the newest value came
    ]
)


class Temper(NamedTuple):
    """How a series is judged; one for all. Chosen by ``bench/nab.py tune``, rounded."""

    follow: float = 1 / 70
    """Share of a deviation that the level takes over."""
    rare: float = 0.13
    """Share of values that pass the bar."""
    forget: float = 1 / 4000
    """Share of what a tail knows that it forgets with each value."""
    doubt: float = 20.0
    """Passed bars that a tail is taken to have seen before its first, by the mean deviation."""
    fresh: float = 0.6
    """Weight of the newest value in the surprise."""
    usual: float = 1.15
    """Share of the surprise of this hour on days before that is taken away."""
    fade: float = 0.75
    """What a day leaves of the surprise of an hour."""
    calm: float = 1 / 50
    """Share of the surprise told that fades with each value."""
    again: float = 1.4
    """How many times what is held a surprise must be to be told again."""
    warm: float = 140
    """Values before anything surprises."""
    most: float = 90.0
    """A surprise is no larger."""


TEMPER = Temper()


@njit(cache=True)
def _surprise(state, side, off, floor, temper):  # type: ignore[no-untyped-def]  # Numba infers
    """Excess over the bar of one side, in usual excesses."""
    beyond = off - state["bar"][side]
    if off <= 0 or beyond <= 0:
        return 0.0
    usual = state["excess"][side] + temper.doubt * state["mean"][side]
    usual = max(usual / (state["passed"][side] + temper.doubt), floor)
    return min(beyond / usual, temper.most) if usual > 0 else temper.most


@njit(cache=True)
def _learn(state, side, off, temper):  # type: ignore[no-untyped-def]
    """The tail of one side takes a value that lies ``off`` (0 when on the other side)."""
    gain = max(temper.forget, 1 / state["seen"])
    mean = state["mean"][side] + gain * (off - state["mean"][side])
    step, beyond = 8 * gain * mean, off - state["bar"][side]
    if beyond > 0:
        state["excess"][side] += beyond
        state["passed"][side] += 1
        state["bar"][side] += step * (1 - temper.rare)
    else:
        state["bar"][side] = max(state["bar"][side] - step * temper.rare, 0)
    state["mean"][side] = mean
    state["excess"][side] *= 1 - temper.forget
    state["passed"][side] *= 1 - temper.forget


@njit(cache=True)
def _turn(state, hour, temper):  # type: ignore[no-untyped-def]
    """Another hour has come: keep the largest surprise of the one before."""
    if hour == state["hour"]:
        return
    at = state["hour"] % 24
    state["hours"][at] = max(state["peak"], temper.fade * state["hours"][at])
    state["hour"], state["peak"] = hour, 0


@njit(cache=True)
def _usual(state, hour):  # type: ignore[no-untyped-def]
    """The largest surprise of days before at this hour and the two beside it."""
    hours, at = state["hours"], hour % 24
    return max(hours[at], hours[(at + 1) % 24], hours[(at + 23) % 24])


@njit(cache=True)
def _begin(state, value, hour):  # type: ignore[no-untyped-def]
    state["level"], state["hour"], state["seen"] = value, hour, 1
    return 0.0, 0.0


@njit(cache=True)
def _weigh(state, off, floor, temper, side):  # type: ignore[no-untyped-def]
    """Smoothed surprise of a value ``off`` the level; both tails learn it."""
    up = _surprise(state, 0, off, floor, temper) if side >= 0 else 0.0
    down = _surprise(state, 1, -off, floor, temper) if side <= 0 else 0.0
    _learn(state, 0, max(off, 0.0), temper)
    _learn(state, 1, max(-off, 0.0), temper)
    found = max(up, down) if state["seen"] >= temper.warm else 0.0
    state["surprise"] += temper.fresh * (found - state["surprise"])


@njit(cache=True)
def step_novelty(state, value, hour, floor=0.0, temper=TEMPER, side=0):  # type: ignore[no-untyped-def]
    """Take one value; return (surprise, told), both at least 0.

    ``hour`` counts hours since 1970 by the clock people live by (the same number for every value
    where values come less often than hourly); ``floor`` is the smallest usual excess believed, in
    the unit of the value; ``side`` 1 or -1: only what lies above, or below, surprises. ``told`` is
    the surprise where it is news, else 0. A window without a value is not passed on: it changes
    nothing.
    """
    if state["seen"] == 0:
        return _begin(state, value, hour)
    _turn(state, hour, temper)
    off = value - state["level"]
    state["expected"] = state["level"]
    _weigh(state, off, floor, temper, side)
    state["seen"] = min(state["seen"] + 1, 4_000_000_000)
    state["level"] += max(temper.follow, 1 / state["seen"]) * off
    state["peak"] = max(state["peak"], state["surprise"])
    found = max(state["surprise"] - temper.usual * _usual(state, hour), 0.0)
    told = found if found > temper.again * state["held"] else 0.0
    state["held"] = max(found, (1 - temper.calm) * state["held"])
    return found, told


@njit(cache=True)
def follow_novelty(state, values, hours, floor, temper, out):  # type: ignore[no-untyped-def]
    """Take one series; fill ``out`` [values, 3] with (surprise, told, held)."""
    for row in range(values.size):
        found, told = step_novelty(state, values[row], hours[row], floor, temper)
        out[row, 0], out[row, 1], out[row, 2] = found, told, state["held"]


@njit(cache=True)
def judge_windows(state, spare, values, hours, final, floor, temper, out):  # type: ignore[no-untyped-def]
    """Judge the windows since the last final one, of which the first ``final`` are final now.

    ``values`` are NaN where a window is empty; ``out`` [windows, 2] becomes (expected, surprise).
    ``state`` is left as it stands after the final ones; the others are judged on ``spare``, one
    record of ``NOVELTY``, and may be judged again when a late row has changed them.
    """
    for row in range(values.size):
        one = state if row < final else spare
        if row == final:
            _copy(state, spare)
        out[row, 0], out[row, 1] = np.nan, 0.0
        if not np.isnan(values[row]):
            out[row, 1] = step_novelty(one, values[row], hours[row], floor, temper)[0]
            out[row, 0] = one["expected"]


@njit(cache=True)
def _copy(state, spare):  # type: ignore[no-untyped-def]
    """Field by field: a compiled record is not assigned as a whole."""
    spare["level"], spare["expected"] = state["level"], state["expected"]
    spare["hour"], spare["seen"] = state["hour"], state["seen"]
    spare["surprise"], spare["held"] = state["surprise"], state["held"]
    spare["peak"] = state["peak"]
    spare["mean"][:], spare["bar"][:] = state["mean"], state["bar"]
    spare["excess"][:], spare["passed"][:] = state["excess"], state["passed"]
    spare["hours"][:] = state["hours"]


@njit(cache=True)
def begin_open(states, at, spare):  # type: ignore[no-untyped-def]
    """From here on windows may still change: they are judged on ``spare[0]``."""
    _copy(states[at], spare[0])


@njit(cache=True)
def awaited(states, at, spare, final):  # type: ignore[no-untyped-def]
    """What is expected of the next window; ``final``: that may not change any more."""
    return states[at]["level"] if final else spare[0]["level"]


@njit(cache=True)
def meet(states, at, spare, final, aside, value, hour, floor, side):  # type: ignore[no-untyped-def]
    """(surprise, told, expected) of a window's value; expected is NaN of the first one.

    ``aside``: something known ahead touches the window. It is judged and teaches nothing.
    """
    one = states[at] if final else spare[0]
    if aside:
        _copy(one, spare[1])
        one = spare[1]
    first = one["seen"] == 0
    found, told = step_novelty(one, value, hour, floor, TEMPER, side)
    return found, told, np.nan if first else np.float64(one["expected"])


def empty_novelty(series: int) -> NDArray[np.void]:
    """Series that have shown nothing."""
    return np.zeros(series, NOVELTY)
