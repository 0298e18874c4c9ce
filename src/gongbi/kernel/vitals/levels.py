"""From a window's value to a level: limits, hysteresis, minimum duration, missing data.

Levels: -1 missing, 0 normal, 1 notice, 2 warning, 3 alarm. With sign s = +1 (``above``) or -1
(``below``), value v and limit l_k, a window *reaches* level k when ``s v >= s l_k`` and *holds* it
when ``s v >= s l_k - margin``. Where a value is *expected*, with a scatter, k has a second limit,
``score_k`` scatters from it on the bad side, held by ``score_margin`` scatters less; the one that
is met first counts. Where a series is judged by novelty, a surprise of ``novel_k`` reaches k too,
at first only where it is news, and holds it until it is ``novel_margin`` less. A level is raised
after ``min_windows`` windows in a row that reach it, and kept as long as it is held. A window
without rows says nothing: it neither adds to a row of windows nor breaks it, until
``missing_windows`` of them in a row make the level -1 and all rows of windows begin anew. A limit
that is NaN is never reached.
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
        ("score_notice", "f8"),  # scatters from what is expected
        ("score_warning", "f8"),
        ("score_alarm", "f8"),
        ("score_margin", "f8"),
        ("floor", "f8"),  # the smallest scatter believed
        ("least_visits", "i8"),  # days a profile must have seen before it judges
        ("novel_notice", "f8"),  # surprise, in usual excesses; NaN: never
        ("novel_warning", "f8"),
        ("novel_alarm", "f8"),
        ("novel_margin", "f8"),
        ("novel_least", "f8"),  # the smallest usual excess believed
        ("novel_side", "i8"),  # 1 or -1: only what lies above, or below; 0: both
    ]
)
STANDING = np.dtype(
    [
        ("empty", "i4"),  # empty windows in a row
        ("notices", "u2"),  # windows in a row that reached notice; counted up to LONGEST_RUN
        ("warnings", "u2"),
        ("alarms", "u2"),
        ("level", "i2"),
    ]
)
LONGEST_RUN = 65_535
"""``min_windows`` must not be more: beyond it, windows in a row are not counted any further."""


@njit(cache=True)
def _first_met(absolute, usual):  # type: ignore[no-untyped-def]  # Numba infers the types
    """The limit met first; one that is NaN is none."""
    if np.isnan(absolute):
        return usual
    return absolute if np.isnan(usual) else min(absolute, usual)


@njit(cache=True)
def signed_limits(rule, expected, scatter):  # type: ignore[no-untyped-def]
    """The limits of notice, warning and alarm, times the sign."""
    sign = rule["sign"]
    usual = sign * expected
    return (
        _first_met(sign * rule["notice"], usual + rule["score_notice"] * scatter),
        _first_met(sign * rule["warning"], usual + rule["score_warning"] * scatter),
        _first_met(sign * rule["alarm"], usual + rule["score_alarm"] * scatter),
    )


@njit(cache=True)
def eased_limits(rule, expected, scatter):  # type: ignore[no-untyped-def]
    """What a value must keep to hold a level, times the sign."""
    sign, margin = rule["sign"], rule["margin"]
    usual = sign * expected - rule["score_margin"] * scatter
    return (
        _first_met(sign * rule["notice"] - margin, usual + rule["score_notice"] * scatter),
        _first_met(sign * rule["warning"] - margin, usual + rule["score_warning"] * scatter),
        _first_met(sign * rule["alarm"] - margin, usual + rule["score_alarm"] * scatter),
    )


@njit(cache=True)
def reached(signed, limits):  # type: ignore[no-untyped-def]
    """The highest level whose limit the signed value reaches."""
    if signed >= limits[2]:
        return 3
    if signed >= limits[1]:
        return 2
    if signed >= limits[0]:
        return 1
    return 0


@njit(cache=True)
def _longer(run, reaches):  # type: ignore[no-untyped-def]
    return min(run + 1, LONGEST_RUN) if reaches else 0


@njit(cache=True)
def _surprising(rule, surprise):  # type: ignore[no-untyped-def]
    """The highest level that a surprise reaches."""
    if surprise >= rule["novel_alarm"]:
        return 3
    if surprise >= rule["novel_warning"]:
        return 2
    return 1 if surprise >= rule["novel_notice"] else 0


@njit(cache=True)
def by_novelty(standing, rule, surprise, told):  # type: ignore[no-untyped-def]
    """(level that a surprise reaches, level that it holds).

    What was told before raises nothing again; what is on already may grow by any surprise.
    """
    begun = standing[0] > 0 or standing[1] > 0
    news = _surprising(rule, surprise if begun else told)
    return news, _surprising(rule, surprise + rule["novel_margin"])


@njit(cache=True)
def step_empty(standing, rule):  # type: ignore[no-untyped-def]
    """The standing (level, notices, warnings, alarms, empty) after a window without rows."""
    level, notices, warnings, alarms, empty = standing
    empty += 1
    if 0 < rule["missing_windows"] <= empty:
        return (-1, 0, 0, 0, empty)
    return (level, notices, warnings, alarms, empty)


@njit(cache=True)
def step_value(standing, value, rule, expected=np.nan, scatter=np.nan, news=0, lasts=0):  # type: ignore[no-untyped-def]
    """The standing (level, notices, warnings, alarms, empty) after a window with this value.

    ``expected`` and ``scatter`` are NaN where nothing is known of what is usual; ``news`` and
    ``lasts`` are what ``by_novelty`` says.
    """
    level, notices, warnings, alarms, _ = standing
    least, signed = rule["min_windows"], rule["sign"] * value
    limits = signed_limits(rule, expected, scatter)
    notices = _longer(notices, signed >= limits[0] or news >= 1)
    warnings = _longer(warnings, signed >= limits[1] or news >= 2)
    alarms = _longer(alarms, signed >= limits[2] or news >= 3)
    raised = 0
    if alarms >= least:
        raised = 3
    elif warnings >= least:
        raised = 2
    elif notices >= least:
        raised = 1
    stays = max(reached(signed, eased_limits(rule, expected, scatter)), lasts)
    held = min(max(level, 0), stays)
    return (max(raised, held), notices, warnings, alarms, 0)


@njit(cache=True)
def limits_of(series, expected, scatter, rules, rule_of, found):  # type: ignore[no-untyped-def]
    """Fill ``found`` [rows, 3] with the limits of each row's series, in its own unit."""
    for row in range(series.size):
        rule = rules[rule_of[series[row]]]
        signed = signed_limits(rule, expected[row], scatter[row])
        for at in range(3):
            found[row, at] = rule["sign"] * signed[at]
