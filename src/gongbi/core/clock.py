"""The city's now: the wall clock, or the moment a player (simulator, replay) has reached."""

import struct
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

_MICROSECONDS = struct.Struct("<q")


def now() -> datetime:
    """The city's time; in a played city the last tick, and before the first tick the wall."""
    if settings.GONGBI_CLOCK == "played":
        return played_until(settings.GONGBI_DATA) or timezone.now()
    return timezone.now()


def played_until(data: Path) -> datetime | None:
    """The last tick of a played city, or None when none has come yet."""
    try:
        packed = (data / "clock").read_bytes()
    except FileNotFoundError:
        return None
    if len(packed) != _MICROSECONDS.size:
        return None
    return datetime.fromtimestamp(_MICROSECONDS.unpack(packed)[0] / 1e6, UTC)
