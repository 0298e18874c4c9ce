"""One hour ahead for counts of many series: what the next hour brings, and between what bounds.

Counts are foretold as a departure, in logarithms, from the median of the same hour of the last
eight weeks. For each hour of the day one robust ridge over all series learns how such departures
go on: from the series' own last hours, days and weeks, from its neighbours' last hour, and from
what is known ahead of the day. It learns after every day and forgets with a half-life, so a row is
foretold only by what was known before it. Bounds follow the errors made (adaptive conformal).

Sources: the ridge, A. E. Hoerl and R. W. Kennard, *Ridge regression*, Technometrics 12 (1970);
least absolute deviations by weights, E. J. Schlossmacher, JASA 68 (1973); bounds, I. Gibbs and
E. Candès, *Adaptive conformal inference under distribution shift*, NeurIPS 2021.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WEEK = 168
OWN_LAGS = (1, 2, 3, 23, 24, 25, 48, 144, 167, 168, 169, 336)
AROUND_LAGS = (1, 2, 24, 168)
DAYS_BACK = tuple((24 * day, 0.85 ** (day - 1)) for day in range(1, 15))
WEEKS_BACK = tuple((WEEK * week, 0.6 ** (week - 1)) for week in range(1, 9))
SHARES = np.arange(11) / 10
FAR = 0.5
DOUBT = 5.0
"""Errors, in usual counts, by which leaning wholly must be better before it is believed."""
SIDES = (0.025, 0.1, 0.9, 0.975)
"""Probabilities of the four bounds: of 95 %, 80 %, 80 %, 95 %."""


@dataclass(frozen=True, slots=True)
class HourRule:
    """How the hourly forecast learns.

    Parameters
    ----------
    half_life
        Days after which an old day weighs half.
    ridge
        Added to the diagonal of the normal equations; a row of 100 counts weighs about 1.
    least_error
        Errors (natural logarithm) below this weigh no more than this one.
    pace
        How fast the bounds follow errors, per row; between 0 and 1.
    until
        Row from which nothing more is learnt but the bounds; None: learn always.
    """

    half_life: float = 730.0
    ridge: float = 1.0
    least_error: float = 0.05
    pace: float = 0.02
    until: int | None = None

    def __post_init__(self) -> None:
        if self.half_life <= 0 or self.ridge <= 0 or self.least_error <= 0:
            raise ValueError("Expected half_life, ridge and least_error > 0.")
        if not 0 < self.pace < 1:
            raise ValueError("Expected 0 < pace < 1.")


@dataclass(frozen=True, slots=True)
class HourForecast:
    """What each hour was foretold to bring before it began; NaN where nothing could be said.

    ``expected`` and ``usual`` (the median of eight weeks) are [hours, series] in counts;
    ``bounds`` is [4, hours, series]: of 95 % below, 80 % below, 80 % above, 95 % above.
    """

    expected: Floats
    usual: Floats
    bounds: Floats


def foretell_hours(
    values: Floats, first: int, free: NDArray[np.bool_], rule: HourRule | None = None
) -> HourForecast:
    """Foretell each hour from the hours before it.

    Parameters
    ----------
    values
        Counts by hour, [hours, series], NaN where missing; a last row of NaN is the hour to come.
    first
        The local hour of row 0 as hours since Monday, 5 January 1970, 0:00 (``first % 168`` is
        the hour of the week, ``first % 24`` that of the day).
    free
        Whether the day of each hour is a public holiday, and 24 hours beyond the last row,
        [hours + 24]: holidays are known ahead.
    """
    if values.ndim != 2 or len(free) != len(values) + 24:
        raise ValueError("Expected values [hours, series] and free [hours + 24].")
    rule = rule or HourRule()
    past = _Past(values, first, free)
    logs = np.full(values.shape, np.nan)
    bounds = np.full((len(SIDES), *values.shape), np.nan)
    for hour in range(24):
        rows = np.arange((hour - first) % 24, len(values), 24)
        rows = rows[rows >= WEEK]
        if len(rows):
            _walk(past, rows, rule, logs, bounds)
    expected, usual = np.maximum(np.expm1(logs), 0), np.expm1(past.base)
    leaning = lean(values, expected, usual)
    # The bounds go with the forecast: what leaning added in logarithms is added to each.
    bounds += np.log1p(leaning) - np.log1p(expected)
    return HourForecast(leaning, usual, np.maximum(np.expm1(bounds), 0))


def lean(values: Floats, expected: Floats, usual: Floats) -> Floats:
    """``expected``, leaning on the excess of the last hour where that was above the week's peak.

    A crowd that has never been this large is not learnt by a ridge. Where the hour before lay
    above the highest usual hour of the week, or by ``FAR`` above it, the excess over the usual is
    let go on by the share (0, 0.1 … 1) that would have erred least in such hours so far.
    """
    height = np.full_like(values, np.nan)
    height[1:] = np.log1p(values[:-1]) - np.log1p(_peak_before(usual)[1:])
    goes_on = np.full_like(values, np.nan)
    goes_on[1:] = np.maximum(usual[1:] + values[:-1] - usual[:-1], 0)
    high = (height > 0) & np.isfinite(expected + goes_on)
    cost = np.tile(DOUBT * SHARES, (2, 1))
    found = expected.copy()
    for row in np.flatnonzero(high.any(axis=1)):
        here = high[row]
        far = (height[row, here] > FAR).astype(int)
        mixed = expected[row, here] + SHARES[:, None] * (goes_on - expected)[row, here]
        found[row, here] = mixed[cost[far].argmin(axis=1), np.arange(len(far))]
        error = np.abs(mixed - values[row, here]) / (usual[row, here] + 10)
        np.add.at(cost, far, np.nan_to_num(error).T)
    return found


def _peak_before(usual: Floats) -> Floats:
    """The highest usual hour of the week before each row."""
    filled = np.vstack([np.full((WEEK, usual.shape[1]), -np.inf), usual[:-1]])
    filled = np.where(np.isnan(filled), -np.inf, filled)
    peak: Floats = np.lib.stride_tricks.sliding_window_view(filled, WEEK, axis=0).max(axis=-1)
    return np.where(np.isfinite(peak[: len(usual)]), peak[: len(usual)], np.nan)


class _Past:
    """Departures from the usual, in logarithms, and what can be said of a row before it."""

    def __init__(self, values: Floats, first: int, free: NDArray[np.bool_]) -> None:
        self.first, self.free = first, free
        self.logs = np.log1p(values)
        self.base = np.log1p(usual_of(values))
        self.off = self.logs - self.base
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # an hour without any series
            self.around = np.nanmean(self.off, axis=1)

    def ago(self, array: Floats, rows: NDArray[np.int64], lag: int) -> Floats:
        """Values ``lag`` rows before; NaN before the beginning."""
        found: Floats = array[np.maximum(rows - lag, 0)].copy()
        found[rows < lag] = np.nan
        return found

    def _mean_of(self, rows: NDArray[np.int64], back: tuple[tuple[int, float], ...]) -> Floats:
        total = np.zeros((len(rows), self.off.shape[1]))
        weight = np.zeros_like(total)
        for lag, share in back:
            found = self.ago(self.off, rows, lag)
            known = np.isfinite(found)
            total[known] += share * found[known]
            weight[known] += share
        return np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)

    def features(self, rows: NDArray[np.int64]) -> Floats:
        """[rows, series, features], all known before the row's hour begins; gaps are 0."""
        shape = (len(rows), self.off.shape[1])
        parts = [*self._own(rows), *self._known(rows)]
        return np.stack([np.nan_to_num(np.broadcast_to(part, shape)) for part in parts], -1)

    def _own(self, rows: NDArray[np.int64]) -> Iterator[Floats]:
        around = [self.ago(self.around, rows, lag)[:, None] for lag in AROUND_LAGS]
        lags = [self.ago(self.off, rows, lag) for lag in OWN_LAGS]
        # A sensor that was silent an hour ago is taken to have gone with the others.
        last = np.where(np.isnan(lags[0]), np.nan_to_num(around[0]), lags[0])
        yield from (last, *lags[1:], *around)
        # A great departure goes on otherwise than a small one: straight lines with two knees.
        yield from (np.maximum(last - 0.25, 0), np.maximum(last - 1, 0))
        yield from (np.minimum(last + 0.25, 0), np.minimum(last + 1, 0))
        base = self.base[rows]
        step = base - self.ago(self.base, rows, 1)
        yield from (step, step * last, step * np.abs(last))
        yield from (base, base**2 / 10, base * last, base * around[0])
        yield self._mean_of(rows, DAYS_BACK)
        yield self._mean_of(rows, WEEKS_BACK)
        free = self._free(rows, 0)
        yield from (free * last, self._weekend(rows) * last)

    def _known(self, rows: NDArray[np.int64]) -> Iterator[Floats]:
        yield np.ones((len(rows), 1))
        yield from (self._free(rows, 0), self._free(rows, 24), self._free(rows, -24))
        day = (self.first + rows) // 24 % 7
        for one in (0, 4, 5, 6):
            yield (day == one)[:, None].astype(float)

    def _free(self, rows: NDArray[np.int64], lag: int) -> Floats:
        return self.free[np.maximum(rows - lag, 0)][:, None].astype(float)

    def _weekend(self, rows: NDArray[np.int64]) -> Floats:
        return ((self.first + rows) // 24 % 7 >= 5)[:, None].astype(float)


def usual_of(values: Floats) -> Floats:
    """The median of the same hour of the last eight weeks, [hours, series]; NaN without any."""
    weeks = np.full((8, *values.shape), np.nan)
    for week in range(1, 9):
        weeks[week - 1, WEEK * week :] = values[: -WEEK * week]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all weeks missing: NaN is meant
        found: Floats = np.nanmedian(weeks, axis=0)
    return found


def _walk(
    past: _Past, rows: NDArray[np.int64], rule: HourRule, logs: Floats, bounds: Floats
) -> None:
    """Go through the days of one hour: foretell, then look, then learn."""
    features = past.features(rows)
    count = features.shape[2]
    gram, moment = rule.ridge * np.eye(count), np.zeros(count)
    kept = 0.5 ** (1 / rule.half_life)
    margins = _Margins(past.off.shape[1], rule.pace)
    ridge = (1 - kept) * rule.ridge * np.eye(count)
    solved = np.zeros(count)
    for place, row in enumerate(rows):
        said, seen = features[place] @ solved, past.off[row]
        logs[row] = past.base[row] + said
        bounds[:, row] = logs[row] + margins.now(past.base[row])
        error = seen - said
        known = np.isfinite(error)
        if not known.any():
            continue
        margins.learn(error, past.base[row])
        if rule.until is not None and row >= rule.until:
            continue
        # Errors count by their size and not its square, and a busy place for more than a quiet.
        weight = (np.expm1(past.base[row][known]) + 5) / 100
        weight = weight * rule.least_error / np.maximum(np.abs(error[known]), rule.least_error)
        some = features[place][known]
        gram = kept * gram + (some.T * weight) @ some + ridge
        moment = kept * moment + (some.T * weight) @ seen[known]
        solved = np.linalg.solve(gram, moment)


class _Margins:
    """How far values of one hour of the day fall from what was foretold, in logarithms."""

    def __init__(self, series: int, pace: float) -> None:
        self._pace = pace
        self._scale = np.full(series, 0.3)
        self._days = np.zeros(series)
        self._sides = np.array([-2.5, -1.6, 1.6, 2.5])[:, None] * np.ones(series)

    def _size(self, base: Floats) -> Floats:
        # Counts scatter by chance alone: no scale below that of a Poisson law.
        found: Floats = np.maximum(self._scale, 1 / np.sqrt(np.expm1(base) + 1))
        return found

    def now(self, base: Floats) -> Floats:
        """[4, series] to be added to the logarithm."""
        found: Floats = self._sides * self._size(base)
        return found

    def learn(self, error: Floats, base: Floats) -> None:
        """Move each bound so that it is passed as often as it should be."""
        known = np.isfinite(error)
        scaled = (error / self._size(base))[known]
        for side, share in enumerate(SIDES):
            below = scaled < self._sides[side, known]
            self._sides[side, known] += 3 * self._pace * (share - below)
        gain = np.maximum(1 / (self._days[known] + 1), 0.05)
        self._scale[known] += gain * (np.abs(error[known]) - self._scale[known])
        self._days[known] += 1
