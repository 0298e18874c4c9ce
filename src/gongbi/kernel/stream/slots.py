"""From 64-bit ids to dense slots: an open-addressing table probed at memory speed."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

EMPTY = -1


@dataclass(frozen=True, slots=True)
class SlotIndex:
    """Table of keys and their slots; its length is a power of two, at most half full."""

    keys: NDArray[np.int64]
    slots: NDArray[np.int64]


def build_index(ids: NDArray[np.int64]) -> SlotIndex:
    """Index ``ids`` (all different); the slot of an id is its place in the array."""
    size = 16
    while size < 2 * len(ids):
        size *= 2
    keys = np.zeros(size, np.int64)
    slots = np.full(size, EMPTY, np.int64)
    twice = int(_fill(np.ascontiguousarray(ids, np.int64), keys, slots))
    if twice >= 0:
        raise ValueError(f"Id {int(ids[twice])} stands twice; ids must differ.")
    return SlotIndex(keys, slots)


@njit(cache=True)
def _place(key, mask):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Where to look first: multiplication by the golden ratio, top bits mixed down."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(mask))


@njit(cache=True)
def _fill(ids, keys, slots):  # type: ignore[no-untyped-def]
    mask = keys.size - 1
    for i in range(ids.size):
        at = _place(ids[i], mask)
        while slots[at] >= 0:
            if keys[at] == ids[i]:
                return i
            at = (at + 1) & mask
        keys[at] = ids[i]
        slots[at] = i
    return -1


@njit(cache=True)
def slot_of(key, keys, slots):  # type: ignore[no-untyped-def]
    """The slot of one id, or -1."""
    mask = keys.size - 1
    at = _place(key, mask)
    while slots[at] >= 0:
        if keys[at] == key:
            return slots[at]
        at = (at + 1) & mask
    return -1


@njit(cache=True, nogil=True)
def _find_all(ids, keys, slots, found):  # type: ignore[no-untyped-def]
    for i in range(ids.size):
        found[i] = slot_of(ids[i], keys, slots)


def find_slots(index: SlotIndex, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The slot of each id; -1 where it is not in the index."""
    found = np.empty(len(ids), np.int64)
    _find_all(ids, index.keys, index.slots, found)
    return found
