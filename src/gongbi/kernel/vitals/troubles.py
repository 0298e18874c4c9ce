"""Troubles of sensors, not of the city: what a row says of the instrument that sent it.

One memory of 64 bytes a datastream, a line of the cache, and one look a row. Seven kinds are
*scored*: a row that shows the fault adds ``WEIGHT`` to a score of the kind, each other row takes
one off; the trouble begins when the score reaches ``BEGIN`` and ends at zero, so that one odd row
is none and a healed sensor is soon believed. ``stuck`` counts rows of one value. Silence is found
by the clock (``silence``).
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

RANGE, JUMP, SPIKES, FUTURE, BACKWARDS, DUPLICATE, OFFSET, STUCK, SILENCE = range(9)
KINDS = (
    "range", "jump", "spikes", "future", "backwards", "duplicate", "offset", "stuck", "silence",
)  # fmt: skip
SCORED = 7
WEIGHT = np.array([20, 20, 60, 20, 20, 20, 4], np.int64)
BEGIN = np.array([20, 20, 130, 50, 100, 100, 100], np.int64)
UNHEARD = -(1 << 60)
SECOND = 1_000_000  # microseconds

TEACHERS = 20
"""Runs of one value that must have ended before a sensor's own habits judge it."""
LEAST_RUN = 12
CHANCE = math.log(1e-9)
SCATTERS = 12.0
"""A spike is so many usual moves away, and back again with the next row."""

TRUST = np.dtype(
    [
        ("low", "f8"),  # outside of [low, high] is no value of this kind; NaN: no bound
        ("high", "f8"),
        ("most_change", "f8"),  # units a second beyond which nothing real moves; NaN: not known
        ("resting", "f8"),  # the value it may keep for ever, such as 0 mm of rain; NaN: none
        ("stuck", "f8"),  # seconds of one value; 0: learnt; negative: never judged
        ("silence", "f8"),  # steps without a row; 0: never judged, it only tells events
        ("future", "f8"),  # seconds ahead of the clock
        ("offset", "f8"),  # seconds its clock may be off for good
        ("leave_out", "i8"),  # 1: rows in trouble do not count in the city's windows
    ]
)
SENSOR = np.dtype(
    [
        ("time", "i8"),  # of the last row, microseconds since 1970 UTC
        ("value", "f8"),
        ("heard", "u4"),  # second of the clock at the last row
        ("changed", "u4"),  # second of the row with which the value began
        ("move", "f4"),  # last change of value
        ("scale", "f4"),  # usual size of a change
        ("run", "u4"),  # rows of one value so far
        ("longest", "f4"),  # longest run known, slowly forgotten
        ("mean", "f4"),  # mean run
        ("gap", "f4"),  # longest pause known, seconds, slowly forgotten
        ("lag", "f4"),  # seconds its rows come after their times
        ("unrest", "f4"),  # mean absolute deviation of the lag
        ("scores", "u8"),  # a byte a scored kind; the last byte: runs that ended, at most 255
    ]
)
EVENT = np.dtype(
    [
        ("sensor", "i8"),  # slot; of a whole group: its number, see ``silence``
        ("kind", "i8"),
        ("begun", "i8"),  # 1 begun, 0 ended
        ("since", "i8"),  # microseconds
        ("at", "i8"),
        ("figure", "f8"),  # what was seen, in the words of docs/kernel/troubles.md
        ("bound", "f8"),  # what it went beyond
        ("value", "f8"),
    ]
)


def trust(**said: float) -> NDArray[np.void]:
    """One row of ``TRUST``; what is not said judges nothing but clocks, habits and silence."""
    row = np.zeros(1, TRUST)
    usual = {"low": np.nan, "high": np.nan, "most_change": np.nan, "resting": np.nan}
    for name, value in {**usual, "silence": 5.0, "future": 600.0, "offset": 600.0, **said}.items():
        row[name] = value
    return row


def new_sensors(count: int) -> NDArray[np.void]:
    """Memories of sensors never heard of."""
    sensors = np.zeros(count, SENSOR)
    sensors["time"] = UNHEARD
    sensors["value"] = np.nan
    return sensors


@njit(cache=True)
def _event(events, put, slot, kind, begun, since, at, figure, bound, value):  # type: ignore[no-untyped-def]
    row = events[put]
    row["sensor"], row["kind"], row["begun"] = slot, kind, begun
    row["since"], row["at"] = since, at
    row["figure"], row["bound"], row["value"] = figure, bound, value
    return put + 1


_RUNS = np.uint64(8 * SCORED)
_BYTE = np.uint64(255)
_ONE_RUN = np.uint64(1 << 8 * SCORED)
_SCORES = np.uint64((1 << 8 * SCORED) - 1)


@njit(cache=True)
def runs_of(sensor):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Runs of one value that have ended, at most 255."""
    return np.int64(sensor["scores"] >> _RUNS)


@njit(cache=True)
def stuck_bound(sensor):  # type: ignore[no-untyped-def]
    """Rows of one value that habit explains once in a thousand million runs; 0: not known yet.

    As if each row kept the value with the chance the sensor has shown, and never less than three
    times the longest run it has shown.
    """
    runs = runs_of(sensor)
    if runs < TEACHERS:
        return 0.0
    keeps = 1.0 - 1.0 / (sensor["mean"] + 1.0 / runs)
    return max(LEAST_RUN, CHANCE / math.log(keeps), 3.0 * sensor["longest"])


@njit(cache=True)
def _learn_run(sensor):  # type: ignore[no-untyped-def]
    """A run of one value has ended: what it says of the sensor's habits."""
    run = float(sensor["run"])
    if runs_of(sensor) < 255:
        sensor["scores"] += _ONE_RUN
    gain = max(1.0 / runs_of(sensor), 1.0 / 64)
    sensor["mean"] += gain * (run - sensor["mean"])
    sensor["longest"] = max(run, sensor["longest"] * (1.0 - 1.0 / 256))


@njit(cache=True)
def _learn_move(sensor, move):  # type: ignore[no-untyped-def]
    """The usual size of a change: huge ones count as three of the usual."""
    size = abs(move)
    runs = runs_of(sensor)
    if runs >= TEACHERS:
        size = min(size, 3.0 * sensor["scale"])
    gain = max(1.0 / (runs + 1.0), 1.0 / 64)
    sensor["scale"] += gain * (size - sensor["scale"])


@njit(cache=True)
def _is_spike(sensor, move):  # type: ignore[no-untyped-def]
    """Far away with the last row and back with this one: a fault; what stays away may be real."""
    bound = SCATTERS * sensor["scale"]
    before = sensor["move"]
    far = min(abs(before), abs(move)) > bound
    return runs_of(sensor) >= TEACHERS and far and abs(before + move) < bound / 4


@njit(cache=True)
def _off_clock(sensor, rule):  # type: ignore[no-untyped-def]
    """Learn how late rows come, by the last row before the clock moved on; is it too constant?

    By the last one, because a gateway that saves an hour of rows sends its newest last.
    """
    lag = sensor["heard"] - sensor["time"] / 1e6
    if sensor["lag"] == 0.0:
        sensor["lag"] = lag
    off = lag - sensor["lag"]
    sensor["lag"] += off / 16
    sensor["unrest"] += (abs(off) - sensor["unrest"]) / 16
    size = abs(sensor["lag"])
    return size > rule["offset"] and sensor["unrest"] < size / 8


@njit(cache=True)
def _look(sensor, rule, time, value, now, figure, bound):  # type: ignore[no-untyped-def]
    """A bit for each scored kind one row shows; ``figure`` and ``bound`` of those are filled."""
    seen = 0
    if value < rule["low"] or value > rule["high"]:
        seen |= 1 << RANGE
        figure[RANGE] = value
        bound[RANGE] = rule["low"] if value < rule["low"] else rule["high"]
    ahead = (time - now) / 1e6
    if ahead > rule["future"]:
        seen |= 1 << FUTURE
        figure[FUTURE], bound[FUTURE] = ahead, rule["future"]
    if sensor["time"] == UNHEARD:
        return seen
    passed = (time - sensor["time"]) / 1e6
    if passed <= 0:
        kind = DUPLICATE if passed == 0 else BACKWARDS
        seen |= 1 << kind
        figure[kind], bound[kind] = -passed, 0.0
    else:
        seen |= _look_at_move(sensor, rule, value - sensor["value"], passed, figure, bound)
    if now // SECOND > np.int64(sensor["heard"]) and _off_clock(sensor, rule):
        seen |= 1 << OFFSET
        figure[OFFSET], bound[OFFSET] = sensor["lag"], rule["offset"]
    return seen


@njit(cache=True)
def _look_at_move(sensor, rule, move, passed, figure, bound):  # type: ignore[no-untyped-def]
    rate = abs(move) / passed
    if rate > rule["most_change"]:
        figure[JUMP], bound[JUMP] = rate, rule["most_change"]
        return 1 << JUMP
    if _is_spike(sensor, move):
        figure[SPIKES], bound[SPIKES] = abs(move), SCATTERS * sensor["scale"]
        return 1 << SPIKES
    return 0


@njit(cache=True)
def _follow_value(sensor, rule, slot, on, time, value, events, put):  # type: ignore[no-untyped-def]
    """Runs of one value: learn those that end, call stuck those that do not."""
    stuck = on[slot] >> STUCK & 1
    if value != sensor["value"]:
        if stuck:
            on[slot] &= ~np.uint16(1 << STUCK)
            put = _event(events, put, slot, STUCK, 0, time, time, 0.0, 0.0, value)
        elif sensor["value"] != rule["resting"] and sensor["time"] != UNHEARD:
            _learn_run(sensor)
            _learn_move(sensor, value - sensor["value"])
        sensor["move"] = value - sensor["value"] if sensor["time"] != UNHEARD else 0.0
        sensor["changed"], sensor["run"] = time // SECOND, 1
        return put
    sensor["move"] = 0.0
    sensor["run"] += 1
    if stuck or rule["stuck"] < 0 or value == rule["resting"]:
        return put
    lasted = time / 1e6 - sensor["changed"]
    if rule["stuck"] > 0:
        figure, most = lasted, rule["stuck"]
    else:
        figure, most = float(sensor["run"]), stuck_bound(sensor)
    if 0 < most < figure and sensor["run"] > 2:
        on[slot] |= np.uint16(1 << STUCK)
        since = np.int64(sensor["changed"]) * SECOND
        put = _event(events, put, slot, STUCK, 1, since, time, lasted, most, value)
    return put


@njit(cache=True)
def _settle(sensor, slot, on, time, value, seen, figure, bound, events, put):  # type: ignore[no-untyped-def]
    """Move the scores; begin and end troubles."""
    for kind in range(SCORED):
        shift = np.uint64(8 * kind)
        score = np.int64(sensor["scores"] >> shift & _BYTE)
        shown = seen >> kind & 1
        if not shown and score == 0:
            continue
        fresh = min(score + WEIGHT[kind], 255) if shown else score - 1
        sensor["scores"] += np.uint64(fresh) << shift
        sensor["scores"] -= np.uint64(score) << shift
        is_on = on[slot] >> kind & 1
        if shown and not is_on and fresh >= BEGIN[kind]:
            on[slot] |= np.uint16(1 << kind)
            put = _event(events, put, slot, kind, 1, time, time, figure[kind], bound[kind], value)
        elif is_on and fresh == 0:
            on[slot] &= ~np.uint16(1 << kind)
            put = _event(events, put, slot, kind, 0, time, time, 0.0, 0.0, value)
    return put


@njit(cache=True)
def _hear(sensor, rule, slot, on, now, time, events, put):  # type: ignore[no-untyped-def]
    """A row has come: silence is over, or the pause before it is a habit.

    A played clock ticks after its rows: one that is a little ahead was heard then, not before.
    """
    heard = np.int64(sensor["heard"])
    now = max(now, min(time, now + np.int64(rule["future"] * SECOND)))
    pause = now // SECOND - heard
    if on[slot] >> SILENCE & 1:
        on[slot] &= ~np.uint16(1 << SILENCE)
        put = _event(events, put, slot, SILENCE, 0, heard * SECOND, now, pause, 0.0, np.nan)
    elif pause > 0 and sensor["time"] != UNHEARD:
        sensor["gap"] = max(sensor["gap"] * (1.0 - 1.0 / 64), pause)
    sensor["heard"] = max(now // SECOND, 0)
    return put


_ODD = 1 << RANGE | 1 << JUMP
_DISTRUST = np.uint16(0xFFFF & ~(1 << SILENCE | 1 << DUPLICATE))


@njit(cache=True, nogil=True)
def watch_rows(slots, times, values, clock, trusts, kinds, sensors, on, events, left_out):  # type: ignore[no-untyped-def]
    """Let rows pass, in the order of the log; return how many ``events`` were written.

    slots (n) of datastreams, -1 unknown; times microseconds; ``clock`` microseconds of the newest
    tick, or UNHEARD and less before the first. ``kinds[slot]`` is the row of ``trusts``; ``on``
    holds a bit for each kind that is on. ``left_out`` (n, int8) becomes 1 where a row is not to
    count. ``events`` must hold nine for each row.
    """
    put = 0
    figure, bound = np.zeros(SCORED), np.zeros(SCORED)
    for row in range(slots.size):
        slot = slots[row]
        left_out[row] = 0
        if slot < 0:
            continue
        sensor, rule = sensors[slot], trusts[kinds[slot]]
        time, value = times[row], values[row]
        now = clock if clock > UNHEARD else time
        seen = _look(sensor, rule, time, value, now, figure, bound)
        if seen or sensor["scores"] & _SCORES:
            put = _settle(sensor, slot, on, time, value, seen, figure, bound, events, put)
        if time > sensor["time"]:
            put = _follow_value(sensor, rule, slot, on, time, value, events, put)
            sensor["value"] = value
        put = _hear(sensor, rule, slot, on, now, time, events, put)
        # A clock that runs back is followed: what it says next is compared with what it says now.
        sensor["time"] = time
        if rule["leave_out"] and (seen & _ODD or on[slot] & _DISTRUST):
            left_out[row] = 1
    return put


def begin_sensors(sensors: NDArray[Any], clock: int) -> None:
    """From now (microseconds) on a sensor that was never heard is waited for."""
    waiting = (sensors["time"] == UNHEARD) & (sensors["heard"] == 0)
    sensors["heard"][waiting] = max(clock // SECOND, 0)
