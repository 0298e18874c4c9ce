"""Sealing and reading personal words."""

import secrets
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongbi.core import keyring
from gongbi.core.models import SealedText

NONCE_BYTES = 12


def seal_bytes(owner: str, content: bytes) -> bytes:
    """Nonce and cipher of any content under the owner's key (evidence copies of photos)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(keyring.key_for(owner)).encrypt(nonce, content, owner.encode())


def unseal_bytes(owner: str, sealed: bytes) -> bytes | None:
    """The content again, or None once the key is destroyed."""
    key = keyring.keys_of([owner]).get(owner)
    return _open(key, owner, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:])


def seal(owner: str, text: str) -> int:
    """Keep somebody's words under their owner's key; returns the id to store instead."""
    sealed = seal_bytes(owner, text.encode())
    row = SealedText.objects.create(
        owner=owner, nonce=sealed[:NONCE_BYTES], cipher=sealed[NONCE_BYTES:]
    )
    return row.pk


def seal_many(words: Sequence[tuple[str, str]]) -> list[int]:
    """Keep many words, each (owner, text): one look into the keyring and one insert; their ids."""
    keys = keyring.keys_for(owner for owner, _ in words)
    rows = []
    for owner, text in words:
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(keys[owner]).encrypt(nonce, text.encode(), owner.encode())
        rows.append(SealedText(owner=owner, nonce=nonce, cipher=cipher))
    return [row.pk for row in SealedText.objects.bulk_create(rows)]


def delete_sealed(sealed_ids: Iterable[int | None]) -> None:
    """Take words out of the tables. Older copies hold them as long as their owner's key lives."""
    SealedText.objects.filter(pk__in={i for i in sealed_ids if i}).delete()


def unseal(sealed_id: int | None) -> str | None:
    """The words, or None when their key was destroyed (or there never were any)."""
    return unseal_many([sealed_id]).get(sealed_id) if sealed_id else None


def unseal_many(sealed_ids: Iterable[int | None]) -> dict[int, str]:
    """Words by id, those that can still be read: one query and one look into the keyring."""
    rows = list(SealedText.objects.filter(pk__in={i for i in sealed_ids if i}))
    keys = keyring.keys_of(row.owner for row in rows)
    opened = {
        row.pk: _open(keys.get(row.owner), row.owner, bytes(row.nonce), bytes(row.cipher))
        for row in rows
    }
    return {pk: content.decode() for pk, content in opened.items() if content is not None}


def _open(key: bytes | None, owner: str, nonce: bytes, cipher: bytes) -> bytes | None:
    if key is None:
        return None
    try:
        return AESGCM(key).decrypt(nonce, cipher, owner.encode())
    except InvalidTag:
        # The words came from a backup older than their key: to us they are as good as deleted.
        return None
