"""Telling another system by HTTP: the event, its signature, and when to try again.

The event is CloudEvents 1.0 in its structured JSON form. The signature is the one of the
Standard Webhooks description: HMAC-SHA256 over ``id.timestamp.body`` with a shared secret, in
base64 behind ``v1,``; several, parted by blanks, while a secret is being changed.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

SECRET_PREFIX = "whsec_"
WAITS_SECONDS = (5, 30, 120, 600, 1800, 7200, 18_000, 36_000)
MOST_SKEW_SECONDS = 300


def event(
    *, id: str, source: str, type: str, subject: str, time: datetime, sequence: int,
    data: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """One fact as a CloudEvents 1.0 object; ``sequence`` is that extension's, sortable as text."""
    return {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": type,
        "subject": subject,
        "time": time.isoformat(),
        "datacontenttype": "application/json",
        "sequence": f"{sequence:020d}",
        "data": dict(data),
    }


def secret_of(key: bytes) -> str:
    """A secret as it is shown to the receiver."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret; ValueError when it is none."""
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("The secret is not base64 behind whsec_.") from error


def sign(secrets: Iterable[str], id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: one ``v1,…`` for each secret."""
    signed = f"{id}.{timestamp}.".encode() + body
    digests = (hmac.new(key_of(one), signed, hashlib.sha256).digest() for one in secrets)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in digests)


def verify(secret: str, id: str, timestamp: int, body: bytes, header: str, *, now: int) -> bool:
    """What a receiver does: the signature fits one of the header's, and the time is near."""
    if abs(now - timestamp) > MOST_SKEW_SECONDS:
        return False
    wanted = sign([secret], id, timestamp, body).encode()
    # Every one is compared, so that the time taken says nothing of which fits.
    return sum(hmac.compare_digest(wanted, one.encode()) for one in header.split()) > 0


def wait_seconds(failures: int, draw: float) -> int:
    """How long to rest after so many failures in a row: longer each time, at most ten hours.

    ``draw`` in [0, 1) spreads it by up to a fifth, so that many do not return at one instant.
    """
    base = WAITS_SECONDS[min(max(failures, 1), len(WAITS_SECONDS)) - 1]
    return round(base * (1 + draw / 5))
