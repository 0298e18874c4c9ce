"""From names in a text to ids, exactly and at memory speed: a table of hashes, then the bytes."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

EMPTY = -1


class Names(NamedTuple):
    """Names one after the other in ``text``, and a table over them at most half full.

    ``tags`` uint32 and ``slots`` int32 (a power of two long): a part of the hash, and which name;
    ``ends`` int32: name k lies from ends[k] to ends[k + 1]; ``ids`` int64.
    """

    tags: NDArray[np.uint32]
    slots: NDArray[np.int32]
    ids: NDArray[np.int64]
    ends: NDArray[np.int32]
    text: NDArray[np.uint8]


def index_names(
    text: bytes | memoryview, ends: NDArray[np.int32], ids: NDArray[np.int64]
) -> Names:
    """Index names that all differ; ``ends`` has one place more than there are names."""
    size = 16
    while size < 2 * len(ids):
        size *= 2
    tags, slots = np.zeros(size, np.uint32), np.full(size, EMPTY, np.int32)
    ends = np.frombuffer(np.ascontiguousarray(ends, np.int32).tobytes(), np.int32)
    names = Names(tags, slots, np.array(ids, np.int64), ends, np.frombuffer(text, np.uint8))
    _fill(names)
    return names


def no_names() -> Names:
    """An index of nothing."""
    return index_names(b"\0", np.zeros(1, np.int32), np.empty(0, np.int64))


@njit(cache=True)
def _hash(text, begin, end):  # type: ignore[no-untyped-def]  # Numba infers the types
    """FNV-1a, its bits mixed down."""
    mixed = np.uint64(0xCBF29CE484222325)
    for i in range(begin, end):
        mixed = (mixed ^ np.uint64(text[i])) * np.uint64(0x100000001B3)
    return mixed ^ (mixed >> np.uint64(32))


@njit(cache=True)
def _fill(names):  # type: ignore[no-untyped-def]
    mask = names.tags.size - 1
    for k in range(names.ids.size):
        mixed = _hash(names.text, names.ends[k], names.ends[k + 1])
        at = np.int64(mixed & np.uint64(mask))
        while names.slots[at] >= 0:
            at = (at + 1) & mask
        names.tags[at] = np.uint32(mixed >> np.uint64(32))
        names.slots[at] = k


@njit(cache=True)
def _same(text, begin, end, names, k):  # type: ignore[no-untyped-def]
    start = names.ends[k]
    if names.ends[k + 1] - start != end - begin:
        return False
    for i in range(end - begin):  # noqa: SIM110  # all() allocates under Numba
        if text[begin + i] != names.text[start + i]:
            return False
    return True


@njit(cache=True)
def find_name(text, begin, end, names):  # type: ignore[no-untyped-def]
    """(id, ``end``) of the name that stands there; the end is -1 where it is not known."""
    mask = names.tags.size - 1
    mixed = _hash(text, begin, end)
    at, tag = np.int64(mixed & np.uint64(mask)), np.uint32(mixed >> np.uint64(32))
    while names.slots[at] >= 0:
        if names.tags[at] == tag and _same(text, begin, end, names, names.slots[at]):
            return names.ids[names.slots[at]], end
        at = (at + 1) & mask
    return 0, -1


def id_of(names: Names, name: str) -> int | None:
    """The id of one name, or None where it is not known."""
    raw = np.frombuffer(name.encode(), np.uint8)
    found, end = find_name(raw, 0, len(raw), names)
    return int(found) if end >= 0 else None


@njit(cache=True, nogil=True)
def find_names(text, ends, names, ids, known):  # type: ignore[no-untyped-def]
    """Of each word of ``text`` (word k from ends[k] to ends[k + 1]) the id, and whether it is one.

    ``ids`` int64 and ``known`` bool receive the answers.
    """
    for k in range(ends.size - 1):
        ids[k], end = find_name(text, ends[k], ends[k + 1], names)
        known[k] = end >= 0
