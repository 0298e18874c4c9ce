"""Secrets are made on first use, readable by their owner only, and never in the settings file."""

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """The installation's signing key; two processes that start at once agree on one."""
    file = data / "secret_key"
    data.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        fresh = data / f"secret_key.{secrets.token_hex(4)}"
        write_private(fresh, secrets.token_urlsafe(64))
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass  # another process was first; its key is the one
        finally:
            fresh.unlink()
    return file.read_text("ascii").strip()


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, replacing an older one in one step."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
