"""Addresses as people write them, and as they may be written down: a follow link opens a matter
to whoever reads it."""

from urllib.parse import urlsplit

LONGEST = 24
SHOWN = 6


def without_secrets(path: str) -> str:
    """A path without what may be a token (long words are cut), and without what no text holds."""
    path = "".join(sign if sign.isprintable() else "?" for sign in path)
    words = path.split("/")
    return "/".join(word if len(word) <= LONGEST else word[:SHOWN] + "…" for word in words)


def is_web_address(url: str) -> bool:
    """Whether a city can ask or tell there: http or https, a host, a port that is one, and no
    name or password in it, which would be shown wherever the address is."""
    try:
        parts = urlsplit(url)
        return bool(
            parts.scheme in ("https", "http")
            and parts.hostname
            and parts.username is None
            and parts.port != 0
        )
    except ValueError:  # half an IPv6 address, or a port that is none
        return False
