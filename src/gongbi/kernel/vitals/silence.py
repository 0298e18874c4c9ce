"""Silence: one sensor behind a gateway that lives, or a whole gateway as one.

A sensor is *overdue* when it has not spoken for the steps its kind is given, nor for twice the
longest pause it is known for. A *group* is what stands behind one gateway (or, where the pack
names none, at one place). A group is silent when three of it are overdue and nobody in it has
spoken for longer than its most talkative sensor may pause: one trouble. An overdue sensor is
silent by itself only once its group has spoken while it was overdue already: until then it is
not known whose silence it is.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.vitals.troubles import SILENCE, UNHEARD

SECOND = 1_000_000
LEAST_OF_GROUP = 3
GROUP = np.dtype(
    [
        ("last", "i8"),  # second of the newest row from anyone in it
        ("alive", "i8"),  # second it came back: nobody is overdue by what was before
        ("members", "i8"),  # sensors in it that are expected to speak
        ("overdue", "i8"),
        ("least", "f8"),  # shortest pause allowed to any of them, seconds
        ("on", "i8"),
        ("since", "i8"),
    ]
)
GROUP_EVENT = -1
"""``kind`` of an event whose ``sensor`` is the number of a group."""


def new_groups(count: int) -> NDArray[np.void]:
    """Groups of which nothing is known."""
    return np.zeros(count, GROUP)


@njit(cache=True)
def _allowed(sensor, rule, step):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Seconds a sensor may pause; 0 where silence says nothing."""
    if rule["silence"] <= 0:
        return 0.0
    return max(rule["silence"] * step, 2.0 * sensor["gap"])


@njit(cache=True)
def _tally(now, trusts, kinds, steps, groups, sensors, of):  # type: ignore[no-untyped-def]
    """Count the members of each group, and those overdue."""
    for at in range(groups.size):
        group = groups[at]
        group["members"], group["overdue"], group["least"] = 0, 0, np.inf
    for slot in range(sensors.size):
        sensor = sensors[slot]
        allowed = _allowed(sensor, trusts[kinds[slot]], steps[slot])
        if allowed <= 0:
            continue
        group = groups[of[slot]]
        group["members"] += 1
        group["least"] = min(group["least"], allowed)
        heard = np.int64(sensor["heard"])
        if sensor["time"] != UNHEARD:
            group["last"] = max(group["last"], heard)
        if now - max(heard, group["alive"]) > allowed:
            group["overdue"] += 1


@njit(cache=True)
def _write(events, put, which, kind, begun, since, at, figure, bound):  # type: ignore[no-untyped-def]
    row = events[put]
    row["sensor"], row["kind"], row["begun"] = which, kind, begun
    row["since"], row["at"] = since * SECOND, at * SECOND
    row["figure"], row["bound"], row["value"] = figure, bound, np.nan
    return put + 1


@njit(cache=True)
def _judge_groups(now, groups, events, put):  # type: ignore[no-untyped-def]
    for at in range(groups.size):
        group = groups[at]
        quiet = now - max(group["last"], group["alive"])
        if group["on"] and group["last"] > group["since"]:
            group["on"], group["alive"] = 0, now
            put = _write(events, put, at, -1, 0, group["since"], now, now - group["since"], 0.0)
        elif not group["on"] and group["overdue"] >= LEAST_OF_GROUP and quiet > group["least"]:
            group["on"], group["since"] = 1, group["last"]
            put = _write(
                events, put, at, -1, 1, group["last"], now, group["members"], group["least"]
            )
    return put


@njit(cache=True)
def _is_alone(group, since, allowed):  # type: ignore[no-untyped-def]
    """Whether its group has spoken while it was overdue, or is too small to say."""
    if group["members"] < LEAST_OF_GROUP:
        return True
    return group["on"] == 0 and group["last"] > since + allowed


@njit(cache=True, nogil=True)
def find_silent(clock, trusts, kinds, steps, groups, sensors, of, on, events):  # type: ignore[no-untyped-def]
    """Look at every sensor at a time of the clock (microseconds); return events written.

    steps (seconds) and ``of`` (number of its group) are by slot, as ``sensors`` and ``on`` are.
    ``events`` must hold one for each sensor and one for each group.
    """
    now = clock // SECOND
    _tally(now, trusts, kinds, steps, groups, sensors, of)
    put = _judge_groups(now, groups, events, 0)
    for slot in range(sensors.size):
        if on[slot] >> SILENCE & 1:
            continue
        sensor, group = sensors[slot], groups[of[slot]]
        allowed = _allowed(sensor, trusts[kinds[slot]], steps[slot])
        since = max(np.int64(sensor["heard"]), group["alive"])
        if allowed <= 0 or now - since <= allowed or not _is_alone(group, since, allowed):
            continue
        on[slot] |= np.uint16(1 << SILENCE)
        put = _write(events, put, slot, SILENCE, 1, since, now, now - since, allowed)
    return put
