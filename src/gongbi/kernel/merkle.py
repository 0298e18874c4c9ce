"""Merkle trees over lines, as Certificate Transparency builds them (RFC 6962, section 2.1).

A leaf is hashed behind a zero byte and a node behind a one, so that no leaf can pass for a node.
A tree of n leaves splits at the largest power of two below n. Hashes are SHA-256, 32 bytes.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in their order."""
    level = list(leaves)
    if not level:
        return EMPTY
    while (
        len(level) > 1
    ):  # pairing up level by level, an odd one out rising, gives RFC 6962's tree
        paired = [node_hash(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


def path_to(leaves: Sequence[bytes], number: int) -> list[tuple[str, bytes]]:
    """From a leaf up: on which side the neighbour stands, and its hash."""
    if not 0 <= number < len(leaves):
        raise IndexError("There is no leaf of that number.")
    level, path = list(leaves), list[tuple[str, bytes]]()
    while len(level) > 1:
        if number ^ 1 < len(level):
            path.append(("left" if number & 1 else "right", level[number ^ 1]))
        paired = [node_hash(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level, number = paired + level[len(level) & ~1 :], number // 2
    return path


def climb(leaf: bytes, path: Sequence[tuple[str, bytes]]) -> bytes:
    """The root that a leaf and its path lead to."""
    found = leaf
    for side, neighbour in path:
        found = node_hash(neighbour, found) if side == "left" else node_hash(found, neighbour)
    return found
