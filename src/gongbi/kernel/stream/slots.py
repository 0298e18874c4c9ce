"""From 64-bit ids to dense slots: a row of places where ids lie close together, else a hash table.

An index with one key is a row: the key is the smallest id, and ``slots`` has a place for each id
from there on. Ids that a pack counts up are found with one look, and lie in memory as they come.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

EMPTY = -1
SPREAD = 4
"""Ids that spread over up to this many places each are kept in a row."""


@dataclass(frozen=True, slots=True)
class SlotIndex:
    """Keys and slots: a row, or a table that is a power of two long and at most half full."""

    keys: NDArray[np.int64]
    slots: NDArray[np.int64]


def build_index(ids: NDArray[np.int64]) -> SlotIndex:
    """Index ``ids`` (all different); the slot of an id is its place in the array."""
    ids = np.ascontiguousarray(ids, np.int64)
    span = int(ids.max()) - int(ids.min()) + 1 if len(ids) else 0
    if 0 < span <= SPREAD * len(ids):
        return _build_row(ids, span)
    size = 16
    while size < 2 * len(ids):
        size *= 2
    keys = np.zeros(size, np.int64)
    slots = np.full(size, EMPTY, np.int64)
    _refuse_twice(ids, int(_fill(ids, keys, slots)))
    return SlotIndex(keys, slots)


def _build_row(ids: NDArray[np.int64], span: int) -> SlotIndex:
    keys = ids.min(keepdims=True)
    slots = np.full(span, EMPTY, np.int64)
    _refuse_twice(ids, int(_fill_row(ids, keys[0], slots)))
    return SlotIndex(keys, slots)


def _refuse_twice(ids: NDArray[np.int64], twice: int) -> None:
    if twice >= 0:
        raise ValueError(f"Id {int(ids[twice])} stands twice; ids must differ.")


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
def _fill_row(ids, first, slots):  # type: ignore[no-untyped-def]
    for i in range(ids.size):
        if slots[ids[i] - first] >= 0:
            return i
        slots[ids[i] - first] = i
    return -1


@njit(cache=True)
def slot_of(key, keys, slots):  # type: ignore[no-untyped-def]
    """The slot of one id, or -1."""
    if keys.size == 1:
        place = key - keys[0]
        return slots[place] if 0 <= place < slots.size else EMPTY
    mask = keys.size - 1
    at = _place(key, mask)
    while slots[at] >= 0:
        if keys[at] == key:
            return slots[at]
        at = (at + 1) & mask
    return EMPTY


@njit(cache=True, nogil=True)
def _find_all(ids, keys, slots, found):  # type: ignore[no-untyped-def]
    for i in range(ids.size):
        found[i] = slot_of(ids[i], keys, slots)


def find_slots(index: SlotIndex, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The slot of each id; -1 where it is not in the index."""
    found = np.empty(len(ids), np.int64)
    _find_all(ids, index.keys, index.slots, found)
    return found


@njit(cache=True)
def print_of(text, begin, end):  # type: ignore[no-untyped-def]
    """A 64-bit fingerprint of the bytes ``text[begin:end]`` (FNV-1a); two names may share one."""
    found = np.uint64(0xCBF29CE484222325)
    for at in range(begin, end):
        found = (found ^ np.uint64(text[at])) * np.uint64(0x100000001B3)
    return np.int64(found)


@njit(cache=True)
def print_all(text, bounds, prints):  # type: ignore[no-untyped-def]
    """The fingerprint of each text ``text[bounds[i]:bounds[i + 1]]``."""
    for i in range(prints.size):
        prints[i] = print_of(text, bounds[i], bounds[i + 1])
