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

from gongbi.kernel.stream.fold import UNBORN, value_of
from gongbi.kernel.vitals.days import NODES, between, days_from
from gongbi.kernel.vitals.levels import step_empty, step_value
from gongbi.kernel.vitals.usual import empty_learning, empty_profile, expect, learn

SHOWN = np.dtype(
    [
        ("window", "i8"),
        ("count", "i8"),
        ("value", "f8"),
        ("level", "i8"),
        ("before", "i8"),  # level of the window before it, then
        ("expected", "f8"),  # NaN where nothing is known of what is usual
        ("scatter", "f8"),
    ]
)
VERDICT = np.dtype(
    [
        ("series", "i8"),
        ("window", "i8"),
        ("count", "i8"),
        ("value", "f8"),
        ("level", "i8"),
        ("before", "i8"),  # level of the window before it
        ("was", "i8"),  # level told of before; other than level when the level is news
        ("flags", "i8"),
        ("expected", "f8"),
        ("scatter", "f8"),
    ]
)
NEW, CORRECTS, FINAL = 1, 2, 4
"""Flags: a verdict not shown before or other than shown; on a window closed before; final."""


class Usual(NamedTuple):
    """Profiles of usual hours and what they are learnt with."""

    days: NDArray[Any]
    profile: NDArray[Any]
    learning: NDArray[Any]
    touched: NDArray[np.int8]
    """1 for each node whose row of the profile has changed; the reader sets it back."""


def begin_usual(days: NDArray[Any] | None, series: int) -> Usual:
    """Profiles that have learnt nothing; ``days`` None where no series has one."""
    if days is None:
        days = days_from(np.zeros(1, np.int64), np.ones(1, np.bool_))
    return Usual(days, empty_profile(series), empty_learning(series), np.zeros(NODES, np.int8))


@njit(cache=True)
def _expected(usual, entry, rule, window):  # type: ignore[no-untyped-def]  # Numba infers
    """(expected, scatter) of a window, NaNs where nothing is known."""
    if rule["profile"] == 0:
        return np.nan, np.nan
    where = between(usual.days, window * entry["width"] + entry["offset"], entry["width"])
    series = rule["profile"] - 1
    return expect(
        usual.profile, usual.learning, series, where, rule["floor"], rule["least_visits"]
    )


@njit(cache=True)
def _teach(usual, entry, rule, window, cell, shown):  # type: ignore[no-untyped-def]
    """Let the profile learn a window that no row may change any more."""
    if rule["profile"] == 0 or cell["window"] != window or cell["count"] == 0:
        return
    where = between(usual.days, window * entry["width"] + entry["offset"], entry["width"])
    learn(
        usual.profile, usual.learning, usual.days, rule["profile"] - 1, where, shown["value"],
        shown["expected"], shown["level"] > 0, usual.touched,
    )  # fmt: skip


@njit(cache=True)
def _same(shown, window, count, value, level):  # type: ignore[no-untyped-def]
    """Whether this verdict is the one shown last for the window."""
    if shown["window"] != window or shown["count"] != count or shown["level"] != level:
        return False
    return count == 0 or shown["value"] == value


@njit(cache=True)
def _write(row, series, shown, was, flags):  # type: ignore[no-untyped-def]
    row["series"], row["window"], row["count"] = series, shown["window"], shown["count"]
    row["value"], row["level"], row["before"] = shown["value"], shown["level"], shown["before"]
    row["was"], row["flags"] = was, flags
    row["expected"], row["scatter"] = shown["expected"], shown["scatter"]


@njit(cache=True)
def _show(shown, window, count, value, level, before, expected, scatter):  # type: ignore[no-untyped-def]
    shown["window"], shown["count"] = window, count
    shown["value"], shown["level"], shown["before"] = value, level, before
    shown["expected"], shown["scatter"] = expected, scatter


@njit(cache=True)
def _told_of(shown, window, level, before):  # type: ignore[no-untyped-def]
    """The level a reader of changes takes this window to have.

    Of a window that changed nothing he was told nothing, so he takes it for the one before it.
    When a correction moves that one, the window has to speak for itself.
    """
    if shown["window"] != window:
        return before
    if shown["level"] != level or shown["level"] != shown["before"]:
        return shown["level"]
    return before


@njit(cache=True)
def _worth(seen, fresh, level, before, was):  # type: ignore[no-untyped-def]
    """Whether a verdict is told: an empty window only when it changes a level."""
    return fresh and (seen or level != before or level != was)


@njit(cache=True)
def _judge(  # type: ignore[no-untyped-def]
    series, window, entry, rule, standing, cell, shown, closed, final, hot, usual, row
):
    """Judge one window; return (standing after it, whether ``row`` was filled)."""
    before = standing[0]
    seen = cell["window"] == window and cell["count"] > 0
    value, count = np.nan, 0
    expected, scatter = _expected(usual, entry, rule, window)
    if seen:
        count, value = cell["count"], value_of(cell, entry["aggregate"])
        standing = step_value(standing, value, rule, expected, scatter)
    else:
        standing = step_empty(standing, rule)
    level = standing[0]
    was = _told_of(shown, window, level, before)
    fresh = level != was or not _same(shown, window, count, value, level)
    told = _worth(seen, fresh, level, before, was)
    _show(shown, window, count, value, level, before, expected, scatter)
    flags = (1 if told else 0) | (2 if window < closed else 0) | (4 if window < final else 0)
    if told or (hot and (seen or level != before)):
        _write(row, series, shown, was, flags)
        return standing, True
    return standing, False


@njit(cache=True)
def _stand(place, standing):  # type: ignore[no-untyped-def]
    place["level"], place["notices"], place["warnings"] = standing[0], standing[1], standing[2]
    place["alarms"], place["empty"] = standing[3], standing[4]


@njit(cache=True)
def _leap(standing, rule, window, until):  # type: ignore[no-untyped-def]
    """Pass empty windows at once where they change no level: (standing, window reached)."""
    level, notices, warnings, alarms, empty = standing
    quiet = rule["missing_windows"] <= 0 or level == -1
    if not quiet or window >= until:
        return standing, window
    return (level, notices, warnings, alarms, empty + until - window), until


@njit(cache=True)
def _close_series(series, clock, entry, rule, place, cells, shown, hot, usual, out, put):  # type: ignore[no-untyped-def]
    """Judge what the clock has closed in one series; return the next free place of ``out``."""
    width, late, offset = entry["width"], entry["late"], entry["offset"]
    until = (clock - offset) // width
    final = max(entry["final"], (clock - late - offset) // width)
    beyond = entry["final"] + entry["ring"]
    standing = (
        place["level"],
        place["notices"],
        place["warnings"],
        place["alarms"],
        place["empty"],
    )
    window = entry["final"]
    while window < until:
        if window == final:
            _stand(place, standing)
        if window >= beyond and window < final:
            standing, window = _leap(standing, rule, window, final)
            if window == final:
                continue
        at = entry["first"] + window % entry["ring"]
        empty = cells[at]["window"] != window
        if not (empty and window < entry["born"]):
            standing, told = _judge(
                series, window, entry, rule, standing, cells[at], shown[at],
                entry["closed"], final, hot, usual, out[put],
            )  # fmt: skip
            put += 1 if told else 0
            if window < final:
                _teach(usual, entry, rule, window, cells[at], shown[at])
        window += 1
    if final >= until:
        _stand(place, standing)
    entry["final"], entry["closed"] = final, max(entry["closed"], until)
    entry["due"] = min((until + 1) * width, (final + 1) * width + late) + offset
    return put


@njit(cache=True, nogil=True)
def close_windows(  # type: ignore[no-untyped-def]
    clock, begin, book, rules, places, cells, shown, dirty, hot, usual, out, room
):
    """Move series ``begin`` and later to ``clock`` (microseconds); (next series, verdicts put).

    Stops early when fewer than ``room`` free places are left in ``out``: call again from the
    series returned. ``room`` must exceed twice the longest ring by eight.
    Series of which ``hot`` is 1 hand out every window that is not final, not only what changed.
    """
    put = 0
    for series in range(begin, book.size):
        if book[series]["due"] > clock and dirty[series] == 0:
            continue
        if out.size - put < room:
            return series, put
        dirty[series] = 0
        put = _close_series(
            series, clock, book[series], rules[series], places[series], cells, shown,
            hot[series] == 1, usual, out, put,
        )  # fmt: skip
    return book.size, put


def begin_series(book: NDArray[np.void], clock: int, not_before: int) -> None:
    """Set unborn series of ``book`` going at ``clock``; none reaches back beyond ``not_before``.

    All times are microseconds since 1970 UTC. Rows within the lateness bound before the clock are
    welcome, but windows before it are not missed when empty.
    """
    unborn = book["final"] == UNBORN
    width, offset = book["width"][unborn], book["offset"][unborn]
    now = (clock - offset) // width
    earliest = -((offset - not_before) // width)
    final = np.maximum((clock - book["late"][unborn] - offset) // width, earliest)
    book["born"][unborn] = now
    book["final"][unborn] = np.minimum(final, now)
    book["closed"][unborn] = book["final"][unborn]
    book["due"][unborn] = clock


def empty_verdicts(count: int) -> NDArray[np.void]:
    """Verdicts that were shown for no window."""
    shown = np.zeros(count, SHOWN)
    shown["window"] = UNBORN
    return shown
