"""Who may send readings, and how much: names, digests and limits of keys, ``ingest_keys.json``."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = "ingest_keys.json"


@dataclass(frozen=True, slots=True)
class IngestKey:
    """A key as it is kept; a limit of 0 is none."""

    name: str
    digest: str
    rows_per_second: int = 0
    most_bytes: int = 0
    """The largest body it may send, counted after decompression."""
    prefix: str = ""
    """It may send only datastreams whose names begin so."""


class Keys:
    """The keys of a data folder, read again when the file changes."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._seen: tuple[int, int] | None = None
        self._keys: list[IngestKey] = []

    def find(self, header: str) -> IngestKey | None:
        """The key an Authorization header shows (Bearer, Token, or Basic's password), or None."""
        key = _shown(header)
        if not key:
            return None
        self._refresh()
        digest, found = digest_of(key), None
        for known in self._keys:
            # Every key is compared, so that the time taken says nothing of which one fits.
            if hmac.compare_digest(digest, known.digest):
                found = known
        return found

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._keys = None, []
            return
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            self._keys = _read(self._path)
            self._seen = seen


def _shown(header: str) -> str:
    kind, _, key = header.partition(" ")
    if kind.lower() in ("bearer", "token"):
        return key.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(key, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


@lru_cache(maxsize=8)
def keys_of(data: Path) -> Keys:
    """The keys of a data folder, kept for the process."""
    return Keys(data)


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def keep_ingest_key(
    data: Path,
    name: str,
    key: str,
    *,
    rows_per_second: int = 0,
    most_bytes: int = 0,
    prefix: str = "",
) -> None:
    """Let ``key`` send readings under ``name``; a key that had the name before is replaced."""
    data.mkdir(parents=True, exist_ok=True)
    made = IngestKey(name, digest_of(key), rows_per_second, most_bytes, prefix)
    others = [one for one in ingest_keys(data) if one.name != name]
    _write(data / FILE, [*others, made])


def revoke_ingest_key(data: Path, name: str) -> bool:
    """End a key; False where there is none of that name."""
    known = ingest_keys(data)
    rest = [one for one in known if one.name != name]
    if len(rest) < len(known):
        _write(data / FILE, rest)
    return len(rest) < len(known)


def ingest_keys(data: Path) -> list[IngestKey]:
    """Every key, by name."""
    try:
        return sorted(_read(data / FILE), key=lambda one: one.name)
    except FileNotFoundError:
        return []


def _read(path: Path) -> list[IngestKey]:
    said: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return [_key(name, one) for name, one in said.items()]


def _key(name: str, said: str | dict[str, Any]) -> IngestKey:
    """A key of the file; version 0.1 kept the digest alone."""
    return IngestKey(name, said) if isinstance(said, str) else IngestKey(name, **said)


def _write(path: Path, keys: list[IngestKey]) -> None:
    said = {
        one.name: {
            "digest": one.digest,
            "rows_per_second": one.rows_per_second,
            "most_bytes": one.most_bytes,
            "prefix": one.prefix,
        }
        for one in keys
    }
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1, sort_keys=True, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
