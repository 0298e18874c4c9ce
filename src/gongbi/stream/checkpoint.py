"""Checkpoints: the engine's memory with the log position it includes, put in place at once."""

import logging
import os
import struct
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import orjson
from numpy.typing import NDArray

said = logging.getLogger("gongbi.stream.engine")
_HEAD = struct.Struct("<8sQI4x")
_MAGIC = b"GBCHECK4"
"""Grows when what the arrays hold has another shape: an older one is folded anew from the log."""
KEPT = 2


def checkpoint_paths(data: Path) -> list[Path]:
    """Checkpoints that are there, oldest first."""
    return sorted((data / "engine").glob("checkpoint-*.bin"))


def write_checkpoint(data: Path, books: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Write a checkpoint for ``books["position"]`` and forget all but the newest two."""
    path = data / "engine" / f"checkpoint-{books['position']:020d}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        _write(file, books, arrays)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    for old in checkpoint_paths(data)[:-KEPT]:
        old.unlink()


def _write(file: Any, books: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    lengths = {name: len(array) for name, array in arrays.items()}
    head = orjson.dumps({"books": books, "arrays": lengths})
    checksum = crc32(head)
    for array in arrays.values():
        checksum = crc32(_bytes(array), checksum)
    file.write(_HEAD.pack(_MAGIC, len(head), checksum))
    file.write(head)
    for array in arrays.values():
        file.write(_bytes(array))


def _bytes(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).view(np.uint8).data if len(array) else memoryview(b"")


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
    raw = bytearray(path.read_bytes())
    magic, length, checksum = _HEAD.unpack_from(raw)
    if magic != _MAGIC or crc32(memoryview(raw)[_HEAD.size :]) != checksum:
        raise ValueError("its checksum does not agree with its bytes")
    at = _HEAD.size + length
    head = orjson.loads(memoryview(raw)[_HEAD.size : at])
    arrays: dict[str, NDArray[Any]] = {}
    for name, count in head["arrays"].items():
        size = count * kinds[name].itemsize
        part = np.frombuffer(memoryview(raw)[at : at + size], kinds[name], count)
        arrays[name] = part.copy()
        at += size
    return head["books"], arrays
