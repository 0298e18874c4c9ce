"""Keys to send readings, as the register of applications asks for them: by the same name."""

from pathlib import Path

from django.conf import settings

from gongbi.stream.public import ingest_keys, revoke_ingest_key


def held_by(name: str) -> int:
    """How many keys to send readings an application holds."""
    return sum(one.name == name for one in ingest_keys(Path(settings.GONGBI_DATA)))


def end_all(name: str) -> int:
    """End them at once; how many there were."""
    return int(revoke_ingest_key(Path(settings.GONGBI_DATA), name))
