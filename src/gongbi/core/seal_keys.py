"""The key that signs the journal's roots, and the keys this installation trusts.

They lie in the data folder, not in the database: whoever can rewrite the one cannot sign with the
other. An older key's public half stays in ``seal_keys/`` so that what it signed can be checked.
"""

import os
import secrets
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

PUBLIC_BYTES = 32


def private_file() -> Path:
    """Where the signing key lies; readable by its owner only, and never in a copy of the city."""
    return Path(settings.GONGBI_DATA) / "seal_key"


def signing_key() -> Ed25519PrivateKey:
    """The installation's key, made at the first asking; its public half is trusted then."""
    file = private_file()
    if not file.exists():
        _make(file)
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text("ascii")))
    trust(public_bytes(key.public_key()))
    return key


def _make(file: Path) -> None:
    """Two processes that start at once agree on one key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(fresh, file)
    except FileExistsError:
        pass  # another process was first; its key is the one
    finally:
        fresh.unlink()


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes that others check signatures with."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def name_of(public: bytes) -> str:
    """A short name of a public key."""
    return sha256(public).hexdigest()[:16]


def trust(public: bytes) -> None:
    """Keep a public key as one that has signed for this installation."""
    file = Path(settings.GONGBI_DATA) / "seal_keys" / f"{name_of(public)}.pub"
    if _public_of(file) == public:
        return
    # Whole or not at all: half a file would be distrusted for ever, with all that was signed.
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    fresh.write_text(public.hex(), "ascii")
    fresh.replace(file)


def _public_of(file: Path) -> bytes:
    """The key a file holds; nothing when it is not there, or holds none."""
    try:
        return bytes.fromhex(file.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return b""


def trusted() -> dict[str, bytes]:
    """Public keys by name: those that signed here, this installation's own among them."""
    signing_key()
    files = sorted((Path(settings.GONGBI_DATA) / "seal_keys").glob("*.pub"))
    keys = (_public_of(file) for file in files)
    return {name_of(public): public for public in keys if len(public) == PUBLIC_BYTES}


def signed_by(public: bytes, statement: bytes, signature: bytes) -> bool:
    """Whether the signature is that key's."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, statement)
    except InvalidSignature:
        return False
    return True
