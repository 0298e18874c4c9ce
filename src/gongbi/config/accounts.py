"""Making accounts, passwords and keys by command."""

import json
import secrets
from pathlib import Path

from django.conf import settings

from gongbi.config.secrets import write_private
from gongbi.core.models import Person, Place, Post, Unit
from gongbi.core.public import make_application_key
from gongbi.stream.public import keep_ingest_key

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def random_password(groups: int = 4) -> str:
    """Four groups of four letters: 79 bits, and still read out over a telephone."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def make_account(
    username: str, name: str, role: str, unit: Unit, place: Place, language: str = "zh-hans"
) -> str:
    """An account with one post and a fresh password, which is returned and kept nowhere."""
    person, _ = Person.objects.update_or_create(
        username=username,
        defaults={"name": name},
        create_defaults={"name": name, "language": language},
    )
    password = random_password()
    person.set_password(password)
    # What it opens hangs on the post (core.access.keeps_accounts), also after its end.
    person.is_staff = person.is_superuser = person.is_superuser or role == "keeper"
    person.save()
    Post.objects.get_or_create(person=person, role=role, unit=unit, place=place)
    return password


def make_ingest_key(
    name: str, *, rows_per_second: int = 0, most_bytes: int = 0, prefix: str = ""
) -> str:
    """A key for a sender of readings, with its limits (0: none); only its digest is kept."""
    key = secrets.token_urlsafe(32)
    limits = {"rows_per_second": rows_per_second, "most_bytes": most_bytes}
    keep_ingest_key(Path(settings.GONGBI_DATA), name, key, prefix=prefix, **limits)
    return key


def make_player_keys() -> dict[str, str]:
    """Keys for a player: to send readings and reports, to work and to dispatch."""
    file = Path(settings.GONGBI_DATA) / "demo_keys.json"
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text("utf-8"))
        return kept
    keys = {
        "ingest": make_ingest_key("player"),
        "report": make_application_key("player-reports", ["report"]),
        "work": make_application_key("player-crews", ["work"]),
        "dispatch": make_application_key("player-dispatch", ["dispatch"]),
    }
    write_private(file, json.dumps(keys))
    return keys
