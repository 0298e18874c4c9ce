"""Quantiles of many rows in bounded memory: buckets that grow by a constant factor.

After DDSketch (C. Masson, J. E. Rim, H. K. Lee, *DDSketch: a fast and fully-mergeable quantile
sketch with relative-error guarantees*, VLDB 2019). A row falls into the bucket of its *key*, which
rises with its value; negative values have negative keys, |x| ≤ ``NEAREST`` has key 0. A sketch is
``BUCKETS`` counts below and up to its highest key; what lies lower counts in the lowest bucket. So
a sketch does not depend on the order of rows, nor on how it was merged.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

ACCURACY = 0.02
"""Relative error of a quantile at most, for |x| from ``NEAREST`` on, above the lowest bucket."""
GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
NEAREST = 1e-3
BUCKETS = 512
EMPTY = -(1 << 40)
_LOG = math.log(GAMMA)


@njit(cache=True)
def key_of(value):  # type: ignore[no-untyped-def]  # Numba infers the types
    """The bucket's key of one value."""
    size = abs(value)
    if size <= NEAREST:
        return 0
    key = math.ceil(math.log(size / NEAREST) / _LOG)
    return key if value > 0 else -key


@njit(cache=True)
def value_of_key(key):  # type: ignore[no-untyped-def]
    """The value that is within ``ACCURACY`` of all values of a key."""
    if key == 0:
        return 0.0
    size = 2.0 * NEAREST * math.exp(abs(key) * _LOG) / (GAMMA + 1.0)
    return size if key > 0 else -size


@njit(cache=True)
def _raise_top(tops, counts, at, top):  # type: ignore[no-untyped-def]
    """Let a sketch end at a higher key; what falls off below counts in the lowest bucket."""
    shift = top - tops[at]
    low = 0
    for bucket in range(min(shift + 1, BUCKETS)):
        low += counts[at, bucket]
    for bucket in range(BUCKETS):
        source = bucket + shift
        counts[at, bucket] = counts[at, source] if source < BUCKETS else 0
    counts[at, 0] = low
    tops[at] = top


@njit(cache=True)
def add_to(tops, counts, at, value):  # type: ignore[no-untyped-def]
    """Count one value in sketch ``at``."""
    add_key(tops, counts, at, key_of(value), 1)


@njit(cache=True)
def add_key(tops, counts, at, key, times):  # type: ignore[no-untyped-def]
    """Count a key so many times."""
    if tops[at] == EMPTY:
        tops[at] = key
    elif key > tops[at]:
        _raise_top(tops, counts, at, key)
    counts[at, max(0, BUCKETS - 1 + key - tops[at])] += times


@njit(cache=True)
def merge_into(tops, counts, at, other_tops, other_counts, other):  # type: ignore[no-untyped-def]
    """Count in sketch ``at`` all that sketch ``other`` has counted."""
    if other_tops[other] == EMPTY:
        return
    for bucket in range(BUCKETS - 1, -1, -1):
        if other_counts[other, bucket]:
            key = other_tops[other] - (BUCKETS - 1) + bucket
            add_key(tops, counts, at, key, other_counts[other, bucket])


@njit(cache=True)
def quantile_of(tops, counts, at, share):  # type: ignore[no-untyped-def]
    """The value below or at which a share (0 … 1) of the rows lies; NaN without rows."""
    total = 0
    for bucket in range(BUCKETS):
        total += counts[at, bucket]
    if total == 0:
        return np.nan
    rank = math.floor(share * (total - 1))
    for bucket in range(BUCKETS):
        rank -= counts[at, bucket]
        if rank < 0:
            return value_of_key(tops[at] - (BUCKETS - 1) + bucket)
    return np.nan


@njit(cache=True)
def empty_sketch(tops, counts, at):  # type: ignore[no-untyped-def]
    """Forget what sketch ``at`` has counted."""
    tops[at] = EMPTY
    counts[at, :] = 0


def new_sketches(count: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """(tops, counts) of empty sketches; 2 KiB each."""
    return np.full(count, EMPTY, np.int64), np.zeros((count, BUCKETS), np.uint32)
