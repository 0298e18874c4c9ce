"""Checkpoints: the engine's memory with the log position it includes, put in place at once."""

import logging
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import orjson
from numpy.typing import NDArray

from gongbi.kernel.vitals.days import NODES

said = logging.getLogger("gongbi.stream.engine")
_HEAD = struct.Struct("<8sQI4x")
_MAGIC = b"GBCHECK7"
"""Grows when what the arrays hold has another shape: an older one is folded anew from the log."""
KEPT = 2
PROFILE = "profile-"
_PIECE = 1 << 22


class GivenUp(Exception):
    """Nobody wants this checkpoint any more; its draft goes with the next start."""


def checkpoint_paths(data: Path) -> list[Path]:
    """Checkpoints that are there, oldest first."""
    return sorted((data / "engine").glob("checkpoint-*.bin"))


def write_checkpoint(
    data: Path,
    books: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    *,
    may_place: Callable[[], bool] = lambda: True,
) -> None:
    """Write a checkpoint for ``books["position"]`` and forget all but the newest two.

    It is put in place at once, when it is whole and safe on disk; GivenUp, and nothing is left,
    as soon as ``may_place`` does not agree any more.
    """
    path = data / "engine" / f"checkpoint-{books['position']:020d}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb", buffering=0) as file:
        _write(file, books, arrays, may_place)
        os.fsync(file.fileno())
    if not may_place():
        raise GivenUp
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    for old in checkpoint_paths(data)[:-KEPT]:
        old.unlink()


def forget_drafts(data: Path) -> None:
    """Remove what a checkpoint that was cut short has left."""
    for path in (data / "engine").glob("checkpoint-*.draft"):
        path.unlink(missing_ok=True)


def _write(
    file: Any,
    books: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    may_place: Callable[[], bool],
) -> None:
    """Head and arrays; the checksum comes last into its place, for it is of what was written."""
    full = {name: array for name, array in arrays.items() if not _blank(name, array)}
    lengths = {name: len(array) for name, array in arrays.items()}
    head = orjson.dumps({"books": books, "arrays": lengths, "full": list(full)})
    file.write(_HEAD.pack(_MAGIC, len(head), 0))
    file.write(head)
    checksum = crc32(head)
    for array in full.values():
        for piece in _pieces(array):
            if not may_place():
                raise GivenUp
            # Copied first: what readers map goes on changing while a child writes it.
            packed = bytes(piece)
            checksum = crc32(packed, checksum)
            written = file.write(packed)
            while written < len(packed):
                written += file.write(packed[written:])
    file.seek(0)
    file.write(_HEAD.pack(_MAGIC, len(head), checksum))


def _blank(name: str, array: NDArray[Any]) -> bool:
    """Whether an hour of the profile has never been seen: its memory was never touched."""
    return name.startswith(PROFILE) and not array["visits"].any() and not array["level"].any()


def _pieces(array: NDArray[Any]) -> Iterator[memoryview]:
    if len(array):
        raw = np.ascontiguousarray(array).view(np.uint8).data
        for at in range(0, len(raw), _PIECE):
            yield raw[at : at + _PIECE]


def read_checkpoint(
    data: Path, kinds: dict[str, np.dtype[Any]]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """The newest checkpoint that is whole, or None; one that is not is told and passed over."""
    for path in reversed(checkpoint_paths(data)):
        try:
            return _read(path, kinds)
        except (ValueError, KeyError, struct.error) as error:
            said.warning(
                "Checkpoint %s cannot be used: %s. Taking an older one.", path.name, error
            )
    return None


def _read(
    path: Path, kinds: dict[str, np.dtype[Any]]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    with path.open("rb", buffering=0) as file:
        magic, length, checksum = _HEAD.unpack(file.read(_HEAD.size))
        raw = file.read(length)
        found = crc32(raw)
        if magic != _MAGIC:
            raise ValueError("it is of another version")
        head = orjson.loads(raw)
        arrays: dict[str, NDArray[Any]] = {}
        profile: list[NDArray[Any]] = []
        for name, count in head["arrays"].items():
            arrays[name] = _room(name, kinds[name], count, profile)
            if name in head["full"]:
                found = _fill(file, arrays[name], found)
        if found != checksum or file.read(1):
            raise ValueError("its checksum does not agree with its bytes")
    return head["books"], arrays


def _room(name: str, kind: np.dtype[Any], count: int, profile: list[NDArray[Any]]) -> NDArray[Any]:
    """Memory for an array; hours of the profile are rows of one table, made with the first."""
    if not name.startswith(PROFILE):
        return np.zeros(count, kind)
    if not profile:
        profile.append(np.zeros((NODES, count), kind))
    return profile[0][int(name.removeprefix(PROFILE))]


def _fill(file: Any, array: NDArray[Any], checksum: int) -> int:
    """Read an array from a file; return the checksum carried on."""
    for piece in _pieces(array):
        if file.readinto(piece) < len(piece):
            raise ValueError("it is cut short")
        checksum = crc32(piece, checksum)
    return checksum
