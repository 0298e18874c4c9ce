"""Close windows as the clock moves: a verdict at a window's end, corrected while rows may come.

For each series the machine of ``levels`` stands at the last *final* window, the last one that no
row may change any more. Verdicts of the windows after it are provisional and are drawn again from
that standing whenever one of their cells has changed; what differs from the verdict shown before
is handed out as a correction. So a verdict never depends on the order in which rows came, except
through the sum of their values.

A series with a profile is also judged by what is usual at that hour, and teaches its profile each
window that has become final, unless it was called abnormal.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import UNBORN, cell_at, find_open, value_of
from gongbi.kernel.vitals.days import NODES, between, days_from
from gongbi.kernel.vitals.levels import STANDING, step_empty, step_value
from gongbi.kernel.vitals.usual import empty_learning, empty_profile, expect, learn

SHOWN = np.dtype([("value", "f8"), ("count", "i4"), ("level", "i2"), ("before", "i2")])
"""The verdict shown last for a window that may still change; ``before`` is the level before it."""
NOT_SHOWN = -9
"""``level`` where there was no verdict."""
NEWEST = np.dtype(
    [
        ("value", "f8"),
        ("window", "i8"),
        ("count", "i4"),
        ("level", "i4"),
        ("expected", "f4"),  # NaN where nothing is known of what is usual
        ("scatter", "f4"),
    ]
)
"""The newest window of a series that was told."""
VERDICT = np.dtype(
    [
        ("series", "i4"),
        ("window", "i8"),
        ("count", "i4"),
        ("value", "f8"),
        ("level", "i1"),
        ("before", "i1"),  # level of the window before it
        ("was", "i1"),  # level told of before; other than level when the level is news
        ("flags", "i1"),
        ("begin", "i8"),  # microseconds at which the window begins
        ("expected", "f8"),
        ("scatter", "f8"),
    ],
    align=True,
)
NEW, CORRECTS, FINAL = 1, 2, 4
"""Flags: a verdict not shown before or other than shown; on a window closed before; final."""
_Where = np.dtype([("hour", "i8"), ("node", "i8"), ("after", "i8"), ("fraction", "f8")])


class Usual(NamedTuple):
    """Profiles of usual hours and what they are learnt with."""

    days: NDArray[Any]
    profile: Any
    learning: NDArray[Any]
    touched: NDArray[np.int8]
    """1 for each node whose row of the profile has changed; the reader sets it back."""


class Court(NamedTuple):
    """What series are judged by, and what was said of them; arrays by slot but for ``rules``."""

    rules: NDArray[Any]
    rule_of: NDArray[np.int32]
    standing: NDArray[Any]
    shown: NDArray[Any]
    newest: NDArray[Any]
    hot: NDArray[np.int8]
    """1: hand out every window that is not final, not only what changed."""


def begin_usual(days: NDArray[Any] | None, series: int) -> Usual:
    """Profiles that have learnt nothing; ``days`` None where no series has one."""
    if days is None:
        days = days_from(np.zeros(1, np.int64), np.ones(1, np.bool_))
    return Usual(days, empty_profile(series), empty_learning(series), np.zeros(NODES, np.int8))


def open_court(rules: NDArray[Any], rule_of: NDArray[np.int32], bands: NDArray[Any]) -> Court:
    """A court that has said nothing yet."""
    series = len(rule_of)
    newest, shown = np.zeros(series, NEWEST), int((bands["held"] * bands["size"]).sum())
    newest["window"] = UNBORN
    return Court(
        rules,
        rule_of,
        np.zeros(series, STANDING),
        empty_verdicts(shown),
        newest,
        np.zeros(series, np.int8),
    )


@njit(cache=True)
def _same(shown, count, value, level):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Whether this verdict is the one shown last for the window."""
    if shown["level"] != level or shown["count"] != count:
        return False
    return count == 0 or shown["value"] == value


@njit(cache=True)
def _told_of(shown, level, before):  # type: ignore[no-untyped-def]
    """The level a reader of changes takes this window to have.

    Of a window that changed nothing he was told nothing, so he takes it for the one before it.
    When a correction moves that one, the window has to speak for itself.
    """
    if shown["level"] == NOT_SHOWN:
        return before
    if shown["level"] != level or shown["level"] != shown["before"]:
        return shown["level"]
    return before


@njit(cache=True)
def _worth(seen, fresh, level, before, was):  # type: ignore[no-untyped-def]
    """Whether a verdict is told: an empty window only when it changes a level."""
    return fresh and (seen or level != before or level != was)


@njit(cache=True)
def _write(row, series, window, count, value, level, before, was, flags, band, expected, scatter):  # type: ignore[no-untyped-def]
    row["series"], row["window"], row["count"], row["value"] = series, window, count, value
    row["level"], row["before"], row["was"], row["flags"] = level, before, was, flags
    row["begin"] = window * band["width"] + band["offset"]
    row["expected"], row["scatter"] = expected, scatter


@njit(cache=True)
def _keep_newest(newest, row):  # type: ignore[no-untyped-def]
    if row["flags"] & NEW and row["window"] >= newest["window"]:
        newest["window"], newest["count"] = row["window"], row["count"]
        newest["value"], newest["level"] = row["value"], row["level"]
        newest["expected"], newest["scatter"] = row["expected"], row["scatter"]


@njit(cache=True)
def _where(band, window, known, days):  # type: ignore[no-untyped-def]
    """(hour, node, next node, fraction) of a window; ``known`` holds those of the ring."""
    place = window - band["final"]
    if band["profile"] < 0:
        return np.int64(0), np.int64(0), np.int64(0), 0.0
    if place < known.size:
        here = known[place]
        return here["hour"], here["node"], here["after"], here["fraction"]
    return between(days, window * band["width"] + band["offset"], band["width"])


@njit(cache=True)
def _know_hours(band, days):  # type: ignore[no-untyped-def]
    """What ``_where`` says of the windows of the ring, found once for the whole band."""
    known = np.empty(band["ring"] if band["profile"] >= 0 else 0, _Where)
    for place in range(known.size):
        begin = (band["final"] + place) * band["width"] + band["offset"]
        here = known[place]
        here["hour"], here["node"], here["after"], here["fraction"] = between(
            days, begin, band["width"]
        )
    return known


@njit(cache=True)
def _expected(series, where, rule, profile, learning):  # type: ignore[no-untyped-def]
    """(expected, scatter) of a window, NaNs where nothing is known."""
    if series < 0:
        return np.nan, np.nan
    return expect(profile, learning, series, where, rule["floor"], rule["least_visits"])


@njit(cache=True)
def _seen(series, window, band, cells):  # type: ignore[no-untyped-def]
    """(rows of a window, their value)."""
    if window < band["final"] + band["ring"]:
        cell = cells[cell_at(band, series, window)]
        if cell["count"] > 0:
            return cell["count"], value_of(cell, band["aggregate"])
    return 0, np.nan


@njit(cache=True)
def _shown_at(series, window, band, all_shown):  # type: ignore[no-untyped-def]
    """What was shown of a window; one without a verdict has shown nothing yet."""
    place = band["shown"] + window % band["held"] * band["size"] + series - band["start"]
    shown = all_shown[place]
    if window >= band["closed"]:
        shown["level"] = NOT_SHOWN
    return shown


@njit(cache=True)
def _judge(  # type: ignore[no-untyped-def]
    series, window, band, rule, final, standing, cells, all_shown, hot, known, days, profile,
    learning, touched, row,
):  # fmt: skip
    """Judge one window; return (standing after it, whether ``row`` was filled)."""
    before, shown = standing[0], _shown_at(series, window, band, all_shown)
    count, value = _seen(series, window, band, cells)
    if count == 0 and window < band["born"]:
        return standing, False
    pupil = band["profile"] + series - band["start"] if band["profile"] >= 0 else -1
    where = _where(band, window, known, days)
    expected, scatter = _expected(pupil, where, rule, profile, learning)
    if count > 0:
        standing = step_value(standing, value, rule, expected, scatter)
    else:
        standing = step_empty(standing, rule)
    level = standing[0]
    was = _told_of(shown, level, before)
    fresh = level != was or not _same(shown, count, value, level)
    told = _worth(count > 0, fresh, level, before, was)
    shown["value"], shown["count"], shown["level"], shown["before"] = value, count, level, before
    if count > 0 and pupil >= 0 and window < final:
        learn(profile, learning, days, pupil, where, value, expected, level > 0, touched)
    if not told and not (hot and (count > 0 or level != before)):
        return standing, False
    flags = (NEW if told else 0) | (CORRECTS if window < band["closed"] else 0)
    flags |= FINAL if window < final else 0
    _write(row, series, window, count, value, level, before, was, flags, band, expected, scatter)
    return standing, True


@njit(cache=True)
def _stand(place, standing):  # type: ignore[no-untyped-def]
    place["level"], place["notices"], place["warnings"] = standing[0], standing[1], standing[2]
    place["alarms"], place["empty"] = standing[3], standing[4]


@njit(cache=True)
def _stood(place):  # type: ignore[no-untyped-def]
    """(level, notices, warnings, alarms, empty) as ``levels`` wants them."""
    return (
        np.int64(place["level"]),
        np.int64(place["notices"]),
        np.int64(place["warnings"]),
        np.int64(place["alarms"]),
        np.int64(place["empty"]),
    )


@njit(cache=True)
def _leap(standing, rule, window, until):  # type: ignore[no-untyped-def]
    """Pass empty windows at once where they change no level: (standing, window reached)."""
    level, notices, warnings, alarms, empty = standing
    quiet = rule["missing_windows"] <= 0 or level == -1
    if not quiet or window >= until:
        return standing, window
    return (level, notices, warnings, alarms, empty + until - window), until


@njit(cache=True)
def _close_series(  # type: ignore[no-untyped-def]
    series, band, rule, until, final, place, cells, shown, newest, hot, known, days, profile,
    learning, touched, out, put,
):  # fmt: skip
    """Judge what the clock has closed in one series; return the next free place of ``out``."""
    standing, beyond = _stood(place), band["final"] + band["ring"]
    window = band["final"]
    while window < until:
        if window == final:
            _stand(place, standing)
        if beyond <= window < final:
            standing, window = _leap(standing, rule, window, final)
            if window == final:
                continue
        standing, told = _judge(
            series, window, band, rule, final, standing, cells, shown, hot, known, days,
            profile, learning, touched, out[put],
        )  # fmt: skip
        if told:
            _keep_newest(newest, out[put])
            put += 1
        window += 1
    if final >= until:
        _stand(place, standing)
    for gone in range(band["final"], min(final, beyond)):
        cell = cells[cell_at(band, series, gone)]
        cell["value"], cell["count"] = 0.0, 0
    return put


@njit(cache=True)
def _close_band(begin, bands, number, until, final, planes, court, usual, out, put, room):  # type: ignore[no-untyped-def]
    """Judge the series of a band from slot ``begin`` on: (next series, next free place)."""
    # Arrays are taken out of their tuples once: inside the loop each look would count references.
    cells, dirty, rules, rule_of = planes.cells, planes.dirty, court.rules, court.rule_of
    standing, shown, newest, hot = court.standing, court.shown, court.newest, court.hot
    days, profile, learning, touched = usual.days, usual.profile, usual.learning, usual.touched
    band = bands[number]
    due = until > band["closed"] or final > band["final"]
    known = _know_hours(band, days)
    for series in range(begin, band["start"] + band["size"]):
        if not due and dirty[series] == 0:
            continue
        if out.size - put < room:
            return series, put
        dirty[series] = 0
        put = _close_series(
            series, band, rules[rule_of[series]], until, final, standing[series], cells, shown,
            newest[series], hot[series] == 1, known, days, profile, learning, touched, out, put,
        )  # fmt: skip
    band["final"], band["closed"], band["marked"] = final, max(band["closed"], until), 0
    find_open(bands[number : number + 1])
    return band["start"] + band["size"], put


@njit(cache=True, nogil=True)
def close_windows(clock, begin, planes, court, usual, out, room):  # type: ignore[no-untyped-def]
    """Move series ``begin`` and later to ``clock`` (microseconds); (next series, verdicts put).

    Stops early when fewer than ``room`` free places are left in ``out``: call again from the
    series returned. ``room`` must exceed twice the longest ring by eight.
    """
    put = 0
    for number in range(planes.bands.size):
        band = planes.bands[number]
        end = band["start"] + band["size"]
        if begin >= end:
            continue
        until = (clock - band["offset"]) // band["width"]
        final = max(band["final"], (clock - band["late"] - band["offset"]) // band["width"])
        if until > band["closed"] or final > band["final"] or band["marked"] == 1:
            begin, put = _close_band(
                begin, planes.bands, number, until, final, planes, court, usual, out, put, room
            )
            if begin < end:
                return begin, put
        begin = end
    return begin, put


def begin_bands(bands: NDArray[np.void], clock: int, not_before: int) -> None:
    """Set unborn bands going at ``clock``; none reaches back beyond ``not_before``.

    All times are microseconds since 1970 UTC. Rows within the lateness bound before the clock are
    welcome, but windows before it are not missed when empty.
    """
    unborn = bands["final"] == UNBORN
    width, offset = bands["width"][unborn], bands["offset"][unborn]
    now = (clock - offset) // width
    earliest = -((offset - not_before) // width)
    final = np.maximum((clock - bands["late"][unborn] - offset) // width, earliest)
    bands["born"][unborn] = now
    bands["final"][unborn] = np.minimum(final, now)
    bands["closed"][unborn] = bands["final"][unborn]
    find_open(bands)


def empty_verdicts(count: int) -> NDArray[np.void]:
    """Places where no verdict was shown."""
    shown = np.zeros(count, SHOWN)
    shown["level"] = NOT_SHOWN
    return shown
