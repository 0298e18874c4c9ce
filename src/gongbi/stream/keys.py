"""Who may send readings: names and digests of keys in ``ingest_keys.json``."""

import hashlib
import hmac
import json
import os
import tempfile
from functools import lru_cache
from pathlib import Path

FILE = "ingest_keys.json"


class Keys:
    """The keys of a data folder, read again when the file changes."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._seen: tuple[int, int] | None = None
        self._digests: dict[str, str] = {}

    def owner_of(self, header: str) -> str | None:
        """The name a ``Bearer`` header's key was given out under, or None."""
        kind, _, key = header.partition(" ")
        if kind.lower() != "bearer" or not key:
            return None
        self._refresh()
        digest, owner = digest_of(key.strip()), None
        for name, known in self._digests.items():
            # Every name is compared, so that the time taken says nothing of which one fits.
            if hmac.compare_digest(digest, known):
                owner = name
        return owner

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._digests = None, {}
            return
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            self._digests = {str(n): str(d) for n, d in _read(self._path).items()}
            self._seen = seen


@lru_cache(maxsize=8)
def keys_of(data: Path) -> Keys:
    """The keys of a data folder, kept for the process."""
    return Keys(data)


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def keep_ingest_key(data: Path, name: str, key: str) -> None:
    """Let ``key`` send readings under ``name``; a key that had the name before is replaced."""
    data.mkdir(parents=True, exist_ok=True)
    known = _read(data / FILE)
    known[name] = digest_of(key)
    handle, draft = tempfile.mkstemp(dir=data, prefix=f".{FILE}.")
    with os.fdopen(handle, "w") as file:
        json.dump(known, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(data / FILE)


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return found
