"""Close windows as the clock moves: a verdict at a window's end, corrected while rows may come.

For each series the machine of ``levels`` stands at the last *final* window, the last one that no
row may change any more. Verdicts of the windows after it are provisional and are drawn again from
that standing whenever one of their cells has changed; what differs from the verdict shown before
is handed out as a correction. So a verdict never depends on the order in which rows came, except
through the sum of their values.

A series with a profile is also judged by what is usual at that hour, and teaches its profile each
window that has become final, unless it was called abnormal. One with a record of ``NOVELTY`` is
also judged by how new its value is; that record, too, stands at the last final window.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import UNBORN, cell_at, value_of
from gongbi.kernel.stream.lend import lend
from gongbi.kernel.vitals.ahead import added_to, run_from
from gongbi.kernel.vitals.days import HOUR, NODES, between, days_from
from gongbi.kernel.vitals.levels import STANDING, by_novelty, step_empty, step_value
from gongbi.kernel.vitals.novelty import NOVELTY, awaited, begin_open, meet
from gongbi.kernel.vitals.shown import NOT_SHOWN, empty_verdicts, same, told_of, worth
from gongbi.kernel.vitals.usual import empty_learning, empty_profile, expect, learn

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
        ("surprise", "f4"),  # NaN where it is not judged by novelty
        ("window", "i8"),
        ("count", "i4"),
        ("value", "f8"),
        ("level", "i1"),
        ("before", "i1"),  # level of the window before it
        ("was", "i1"),  # level told of before; other than level when the level is news
        ("flags", "i1"),
        ("awaited", "f4"),  # what was expected by novelty
        ("begin", "i8"),  # microseconds at which the window begins
        ("expected", "f8"),
        ("scatter", "f8"),
    ],
    align=True,
)
NEW, CORRECTS, FINAL = 1, 2, 4
"""Flags: a verdict not shown before or other than shown; on a window closed before; final."""
_Where = np.dtype(
    [
        ("hour", "i8"),  # these four as ``days.between`` has them
        ("node", "i8"),
        ("after", "i8"),
        ("fraction", "f8"),
        ("cell", "i8"),  # a slot and this make the place of its cell; NOWHERE beyond the ring
        ("shown", "i8"),  # … and of the verdict shown last
        ("begin", "i8"),  # microseconds
        ("clock", "i8"),  # hours since 1970 UTC; 0 where windows are longer
    ]
)
_NOWHERE = -(1 << 62)


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
def _write(  # type: ignore[no-untyped-def]
    row, series, window, count, value, level, before, was, flags, here, expected, scatter, news
):
    row["surprise"], row["awaited"] = news[0], news[2]
    row["series"], row["window"], row["count"], row["value"] = series, window, count, value
    row["level"], row["before"], row["was"], row["flags"] = level, before, was, flags
    row["begin"] = here["begin"]
    row["expected"], row["scatter"] = expected, scatter


@njit(cache=True)
def _find_window(here, band, window, days):  # type: ignore[no-untyped-def]
    """Find out where a window lies: in the city's week and in memory."""
    place, begin = window - band["final"], window * band["width"] + band["offset"]
    here["begin"], here["cell"] = begin, _NOWHERE
    here["clock"] = begin // HOUR if band["width"] <= HOUR else 0
    if place < band["ring"]:
        here["cell"] = cell_at(band, 0, window)
    here["shown"] = band["shown"] + window % band["held"] * band["size"] - band["start"]
    if band["profile"] >= 0:
        here["hour"], here["node"], here["after"], here["fraction"] = between(
            days, begin, band["width"]
        )


@njit(cache=True)
def _find_windows(band, days):  # type: ignore[no-untyped-def]
    """Where the windows of the ring lie, found once for all series; the last is to be written."""
    known = np.zeros(band["ring"] + 1, _Where)
    for place in range(band["ring"]):
        _find_window(known[place], band, band["final"] + place, days)
    return known


@njit(cache=True)
def _expected(series, where, rule, profile, learning):  # type: ignore[no-untyped-def]
    """(expected, scatter) of a window, NaNs where nothing is known."""
    if series < 0:
        return np.nan, np.nan
    return expect(profile, learning, series, where, rule["floor"], rule["least_visits"])


@njit(cache=True)
def _seen(series, here, band, cells):  # type: ignore[no-untyped-def]
    """(rows of a window, their value)."""
    if here["cell"] != _NOWHERE:
        cell = cells[here["cell"] + series]
        if cell["count"] > 0:
            return cell["count"], value_of(cell, band["aggregate"])
    return 0, np.nan


@njit(cache=True)
def _news(band, series, rule, here, value, final, aside, events, ahead, novel, spare):  # type: ignore[no-untyped-def]
    """(surprise, told, expected) of a window by novelty."""
    at, added = band["novel"] + series - band["start"], 0.0
    if ahead.size:
        begin, usual = here["begin"], awaited(novel, at, spare, final)
        added, _ = added_to(events, ahead, begin, begin + band["width"], usual)
    floor, side = rule["novel_least"], rule["novel_side"]
    return meet(novel, at, spare, final, aside, value - added, here["clock"], floor, side)


@njit(cache=True)
def _step(standing, count, value, rule, expected, scatter, by):  # type: ignore[no-untyped-def]
    """The standing after a window; who is not judged by novelty pays nothing for it."""
    if count == 0:
        return step_empty(standing, rule)
    if by[0] == 0 and by[1] == 0:
        return step_value(standing, value, rule, expected, scatter)
    return step_value(standing, value, rule, expected, scatter, by[0], by[1])


@njit(cache=True, inline="always")
def _judge(  # type: ignore[no-untyped-def]
    series, window, band, rule, final, standing, cells, all_shown, hot, known, days, profile,
    learning, touched, events, ahead, novel, spare, row,
):  # fmt: skip
    """Judge one window; return (standing after it, whether ``row`` was filled)."""
    here = known[min(window - band["final"], band["ring"])]
    if window - band["final"] >= band["ring"]:
        _find_window(here, band, window, days)
    before, shown = standing[0], all_shown[here["shown"] + series]
    if window >= band["closed"]:  # without a verdict yet: what lies there is of another window
        shown["level"] = NOT_SHOWN
    count, value = _seen(series, here, band, cells)
    if count == 0 and window < band["born"]:
        return standing, False
    pupil = band["profile"] + series - band["start"] if band["profile"] >= 0 else -1
    where = (here["hour"], here["node"], here["after"], here["fraction"])
    expected, scatter = _expected(pupil, where, rule, profile, learning)
    added, aside = 0.0, False
    if ahead.size:
        begin = here["begin"]
        added, aside = added_to(events, ahead, begin, begin + band["width"], expected)
    news, by = (np.nan, np.nan, np.nan), (0, 0)
    if band["novel"] >= 0 and count > 0:
        news = _news(
            band, series, rule, here, value, window < final, aside, events, ahead, novel, spare
        )
        by = by_novelty(standing, rule, news[0], news[1])
    standing = _step(standing, count, value, rule, expected + added, scatter, by)
    level = standing[0]
    was = told_of(shown, level, before)
    fresh = level != was or not same(shown, count, value, level)
    told = worth(count > 0, fresh, level, before, was)
    shown["value"], shown["count"], shown["level"], shown["before"] = value, count, level, before
    if count > 0 and pupil >= 0 and window < final and not aside:
        learn(profile, learning, days, pupil, where, value, expected, level > 0, touched)
    if not told and not (hot and (count > 0 or level != before)):
        return standing, False
    flags = (NEW if told else 0) | (CORRECTS if window < band["closed"] else 0)
    flags |= FINAL if window < final else 0
    _write(
        row, series, window, count, value, level, before, was, flags, here, expected, scatter, news
    )
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


@njit(cache=True, inline="always")
def _close_series(  # type: ignore[no-untyped-def]
    series, band, rule, until, final, place, cells, shown, hot, known, days, profile, learning,
    touched, events, ahead, novel, spare, out, put,
):  # fmt: skip
    """Judge what the clock has closed in one series; return the next free place of ``out``."""
    standing, beyond = _stood(place), band["final"] + band["ring"]
    window = band["final"]
    while window < until:
        if window == final:
            _stand(place, standing)
            if band["novel"] >= 0:
                begin_open(novel, band["novel"] + series - band["start"], spare)
        if beyond <= window < final:
            standing, window = _leap(standing, rule, window, final)
            if window == final:
                continue
        standing, told = _judge(
            series, window, band, rule, final, standing, cells, shown, hot, known, days,
            profile, learning, touched, events, ahead, novel, spare, out[put],
        )  # fmt: skip
        put += 1 if told else 0
        window += 1
    if final >= until:
        _stand(place, standing)
    for gone in range(min(final, beyond) - band["final"]):
        cell = cells[known[gone]["cell"] + series]
        cell["value"], cell["count"] = 0.0, 0
    return put


@njit(cache=True)
def _is_loud(out, begin, end, hot):  # type: ignore[no-untyped-def]
    """Whether verdicts of one series are more than readings: its level moved or is above 0."""
    for row in range(begin, end):
        level, was = out[row]["level"], out[row]["was"]
        if hot or level > 0 or was > 0 or (out[row]["flags"] & NEW and level != was):
            return True
    return False


@njit(cache=True, nogil=True)
def close_part(  # type: ignore[no-untyped-def]
    number, begin, end, until, final, due, planes, court, usual, novel, ahead, out, loud, room
):
    """Judge series ``begin`` to ``end`` of a band: (next series, verdicts, of them loud ones).

    Nothing but what belongs to these series is changed, so that parts may be judged side by side.
    ``loud`` receives the places in ``out`` of all verdicts of series that have news beside their
    readings. Stops early when fewer than ``room`` free places are left in ``out``, which must
    exceed twice the longest ring by eight: call again from the series returned.
    """
    # What is lent below is owned here: an array that nobody names any more is freed at once.
    windows, spare = _find_windows(planes.bands[number], usual.days), np.zeros(2, NOVELTY)
    return _close_part(
        number, begin, end, until, final, due, planes, court, usual, novel, ahead, out, loud, room,
        windows, spare,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _close_part(  # type: ignore[no-untyped-def]
    number, begin, end, until, final, due, planes, court, usual, novel, ahead, out, loud, room,
    windows, spare,
):  # fmt: skip
    cells, dirty, hot, out = lend(planes.cells), planes.dirty, court.hot, lend(out)
    rules, rule_of, standing, shown = court.rules, court.rule_of, court.standing, lend(court.shown)
    days, touched = lend(usual.days), lend(usual.touched)
    profile, learning = lend(usual.profile), lend(usual.learning)
    novel, spare, known = lend(novel), lend(spare), lend(windows)
    last, first, starts = ahead.last, ahead.first, ahead.starts
    events, members = lend(ahead.events), lend(ahead.members)
    band, put, many, run = planes.bands[number], 0, 0, run_from(last, begin)
    for series in range(begin, end):
        if not due and dirty[series] == 0:
            continue
        if out.size - put < room:
            return series, put, many
        dirty[series] = 0
        if run < last.size and last[run] <= series:
            run = run_from(last, series)
        mine = members[:0]
        if run < last.size and first[run] <= series:
            mine = members[starts[run] : starts[run + 1]]
        before = put
        put = _close_series(
            series, band, rules[rule_of[series]], until, final, standing[series], cells, shown,
            hot[series] == 1, known, days, profile, learning, touched, events, mine, novel, spare,
            out, put,
        )  # fmt: skip
        if put > before and _is_loud(out, before, put, hot[series] == 1):
            for row in range(before, put):
                loud[many] = row
                many += 1
    return end, put, many


@njit(cache=True, nogil=True)
def keep_newest(newest, verdicts):  # type: ignore[no-untyped-def]
    """Remember the newest window told of each series."""
    for at in range(verdicts.size):
        row = verdicts[at]
        kept = newest[row["series"]]
        if row["flags"] & NEW and row["window"] >= kept["window"]:
            kept["window"], kept["count"] = row["window"], row["count"]
            kept["value"], kept["level"] = row["value"], row["level"]
            kept["expected"], kept["scatter"] = row["expected"], row["scatter"]
