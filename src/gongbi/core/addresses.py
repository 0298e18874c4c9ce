"""Addresses as they may be written down: a follow link opens a matter to whoever reads it."""

LONGEST = 24
SHOWN = 6


def without_secrets(path: str) -> str:
    """A path without what may be a token (long words are cut), and without what no text holds."""
    path = "".join(sign if sign.isprintable() else "?" for sign in path)
    words = path.split("/")
    return "/".join(word if len(word) <= LONGEST else word[:SHOWN] + "…" for word in words)
