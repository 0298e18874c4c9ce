"""From a window's value to a level: absolute limits, hysteresis, minimum duration, missing data.

Levels: -1 missing, 0 normal, 1 notice, 2 warning, 3 alarm. With sign s = +1 (``above``) or -1
(``below``), value v and limit l_k, a window *reaches* level k when ``s v >= s l_k`` and *holds* it
when ``s v >= s l_k - margin``. A level is raised after ``min_windows`` windows in a row that reach
it, and kept as long as it is held. A window without rows says nothing: it neither adds to a row of
windows nor breaks it, until ``missing_windows`` of them in a row make the level -1 and all rows of
windows begin anew. A limit that is NaN is never reached.
"""

import numpy as np
from numba import njit

MISSING, NORMAL, NOTICE, WARNING, ALARM = -1, 0, 1, 2, 3

RULE = np.dtype(
    [
        ("sign", "f8"),
        ("notice", "f8"),
        ("warning", "f8"),
        ("alarm", "f8"),
        ("margin", "f8"),
        ("min_windows", "i8"),
        ("missing_windows", "i8"),
    ]
)
STANDING = np.dtype(
    [
        ("level", "i8"),
        ("notices", "i8"),  # windows in a row that reached notice
        ("warnings", "i8"),
        ("alarms", "i8"),
        ("empty", "i8"),  # empty windows in a row
    ]
)


@njit(cache=True)
def reached(signed, rule, margin):  # type: ignore[no-untyped-def]  # Numba infers the types
    """The highest level whose limit, eased by ``margin``, the signed value reaches."""
    sign = rule["sign"]
    if signed >= sign * rule["alarm"] - margin:
        return 3
    if signed >= sign * rule["warning"] - margin:
        return 2
    if signed >= sign * rule["notice"] - margin:
        return 1
    return 0


@njit(cache=True)
def _longer(run, signed, limit):  # type: ignore[no-untyped-def]
    return run + 1 if signed >= limit else 0


@njit(cache=True)
def step_empty(standing, rule):  # type: ignore[no-untyped-def]
    """The standing (level, notices, warnings, alarms, empty) after a window without rows."""
    level, notices, warnings, alarms, empty = standing
    empty += 1
    if 0 < rule["missing_windows"] <= empty:
        return (-1, 0, 0, 0, empty)
    return (level, notices, warnings, alarms, empty)


@njit(cache=True)
def step_value(standing, value, rule):  # type: ignore[no-untyped-def]
    """The standing (level, notices, warnings, alarms, empty) after a window with this value."""
    level, notices, warnings, alarms, _ = standing
    sign, least = rule["sign"], rule["min_windows"]
    signed = sign * value
    notices = _longer(notices, signed, sign * rule["notice"])
    warnings = _longer(warnings, signed, sign * rule["warning"])
    alarms = _longer(alarms, signed, sign * rule["alarm"])
    raised = 0
    if alarms >= least:
        raised = 3
    elif warnings >= least:
        raised = 2
    elif notices >= least:
        raised = 1
    held = min(max(level, 0), reached(signed, rule, rule["margin"]))
    return (max(raised, held), notices, warnings, alarms, 0)
