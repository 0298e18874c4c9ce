"""Every setting an operator may set: by environment, or in one file; each checked at start.

The file is ``gongbi.toml`` in the data folder; the environment wins over it.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from gongbi.core.files.scanners import scanner_of
from gongbi.kernel.webhooks import key_of

LEAST_SECRET_BYTES = 24
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")


class BadOption(Exception):
    """A setting cannot be used; the sentence says which, why and what to write."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its name, default, what it means and how it is checked."""

    name: str
    default: str
    meaning: str
    check: Callable[[str], bool]
    remedy: str
    secret: bool = False
    """Whether its value may hold a password or a key: then it is shown nowhere."""


def _is_zone(said: str) -> bool:
    try:
        ZoneInfo(said)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _address(said: str, *schemes: str) -> SplitResult | None:
    """An address of one of these schemes whose port is one; None when it cannot be read so."""
    try:
        parts = urlsplit(said)
        whole = parts.scheme in schemes and parts.port != 0
    except ValueError:  # a port that is no number, or half an IPv6 address
        return None
    return parts if whole else None


def _is_address(said: str, *schemes: str) -> bool:
    parts = _address(said, *schemes)
    return parts is not None and bool(parts.hostname)


def _is_database(said: str) -> bool:
    return not said or _address(said, "postgresql", "postgres", "sqlite") is not None


def _is_port(said: str) -> bool:
    return said.isdecimal() and 0 < int(said) < 65536


def _is_count(least: int, most: int) -> Callable[[str], bool]:
    return lambda said: said.isdecimal() and least <= int(said) <= most


def _is_url(said: str) -> bool:
    return _is_address(said, "http", "https")


def _is_mail_server(said: str) -> bool:
    return _is_address(said, "smtp", "smtp+starttls", "smtps")


def _is_secret(said: str) -> bool:
    try:
        return len(key_of(said)) >= LEAST_SECRET_BYTES
    except ValueError:
        return False


def _is_scanner(said: str) -> bool:
    try:
        scanner_of(said)
    except ValueError:
        return False
    return True


def _is_yes_or_no(said: str) -> bool:
    return said in ("0", "1")


OPTIONS = (
    Option(
        "GONGBI_DATA", "./var", "folder that holds all data of the city", bool, "name a folder"
    ),
    Option(
        "DATABASE_URL",
        "",
        "postgresql://user:password@host/name; empty: SQLite in the data folder",
        _is_database,
        "write postgresql://user:password@host:5432/name, or leave it empty for SQLite",
        secret=True,
    ),
    Option(
        "GONGBI_CLOCK",
        "live",
        "live: the wall clock; played: the simulator or a replay sets the city's time",
        lambda said: said in ("live", "played"),
        "write live or played",
    ),
    Option(
        "GONGBI_ZONE",
        "Asia/Shanghai",
        "time zone until a city pack names one",
        _is_zone,
        "write a time zone such as Asia/Shanghai",
    ),
    Option(
        "GONGBI_PUBLIC_URL",
        "",
        "address under which people reach the city; https switches secure cookies and HSTS on; "
        "empty: GONGBI_HOST and GONGBI_PORT",
        _is_url,
        "write http://… or https://… with a host",
    ),
    Option("GONGBI_HOST", "127.0.0.1", "address to listen on", bool, "name an address"),
    Option("GONGBI_PORT", "8700", "port of the web", _is_port, "write a port from 1 to 65535"),
    Option(
        "GONGBI_WEB_PROCESSES",
        "",
        "processes that share the web's port; empty: one for each core, at most four, with "
        "PostgreSQL, and one with SQLite",
        lambda said: not said or (said.isdecimal() and 0 < int(said) <= 64),
        "write a number from 1 to 64, or leave it empty",
    ),
    Option(
        "GONGBI_INGEST_PORT",
        "8701",
        "port of the ingest door",
        _is_port,
        "write a port from 1 to 65535",
    ),
    Option(
        "GONGBI_INGEST_MAX_BYTES",
        str(16 * 2**20),
        "largest body of readings, in bytes, unpacked",
        _is_count(1000, 2**30),
        "write a whole number of bytes from 1000 to 1073741824",
    ),
    Option(
        "GONGBI_INGEST_AHEAD_SECONDS",
        "",
        "how far ahead of the city's clock a reading may lie; empty: 600, in a played city 86400",
        lambda said: not said or _is_count(0, 10**9)(said),
        "write a whole number of seconds, or leave it empty",
    ),
    Option(
        "GONGBI_INGEST_SEGMENT_BYTES",
        str(64 * 2**20),
        "length of a file of the log, in bytes",
        _is_count(1000, 2**30),
        "write a whole number of bytes from 1000 to 1073741824",
    ),
    Option(
        "GONGBI_MQTT_URL",
        "",
        "mqtt://user:password@host:1883 of a broker; empty: no MQTT",
        lambda said: not said or _is_address(said, "mqtt", "mqtts"),
        "write mqtt://host:1883 or mqtts://…, or leave it empty",
        secret=True,
    ),
    Option(
        "GONGBI_MQTT_TELL",
        "",
        "datastreams whose new rows are published: ids, names, beginnings of names with *",
        lambda said: True,
        "write them with commas between",
    ),
    Option(
        "GONGBI_DEBUG", "0", "1 while developing: error pages tell all", _is_yes_or_no, "0 or 1"
    ),
    Option(
        "GONGBI_SENSORTHINGS",
        "keys",
        "keys: SensorThings needs a key to write, a key or a post to read; open: nobody needs "
        "one, on a loopback address only; open-to-all: the same on any address",
        lambda said: said in ("keys", "open", "open-to-all"),
        "write keys, open or open-to-all",
    ),
    Option(
        "GONGBI_SCANNER",
        "",
        "what looks for malware in files that come in: clamd:/path/of/its.socket, "
        "clamd://host:3310, or command:/path word … (standard input; 0 clean, 1 bad); "
        "empty: nobody, and the keeper's page says so",
        _is_scanner,
        "write clamd:/path/of/its.socket, clamd://host:3310 or command:/path word …",
        secret=True,
    ),
    Option(
        "GONGBI_MAIL_URL",
        "",
        "smtp://user:password@host:25, smtp+starttls://…:587 or smtps://…:465 of the server that "
        "takes the city's mail; empty: no mail",
        lambda said: not said or _is_mail_server(said),
        "write smtp://host:25, smtp+starttls://user:password@host:587 or smtps://…",
        secret=True,
    ),
    Option(
        "GONGBI_MAIL_FROM",
        "",
        "whom the city's mail comes from: City <city@example.org>",
        lambda said: not said or "@" in parseaddr(said)[1],
        "write an address, with a name if you like: City <city@example.org>",
    ),
    Option(
        "GONGBI_SMS_URL",
        "",
        "http(s):// address of a gateway that takes text messages; empty: none",
        lambda said: not said or _is_url(said),
        "write https://… with a host",
        secret=True,
    ),
    Option(
        "GONGBI_SMS_SECRET",
        "",
        "secret the gateway knows the city by: whsec_ and base64",
        lambda said: not said or _is_secret(said),
        "write whsec_ and the base64 of 24 bytes or more",
        secret=True,
    ),
    Option(
        "GONGBI_SMS_HOURS",
        "08:00-21:00",
        "hours of the city's day in which a text message may be sent",
        lambda said: bool(_HOURS.fullmatch(said)),
        "write 08:00-21:00",
    ),
    Option(
        "GONGBI_SMS_A_DAY",
        "5",
        "text messages one number gets in 24 hours at the most",
        lambda said: said.isdecimal() and 0 < int(said) < 1000,
        "write a whole number from 1 to 999",
    ),
    Option(
        "GONGBI_SMS_PRICE",
        "0",
        "price of one part of a text message, for the count of costs",
        lambda said: bool(re.fullmatch(r"\d{1,6}(\.\d{1,4})?", said)),
        "write a number such as 0.045",
    ),
    Option(
        "GONGBI_SMS_COUNTRY",
        "86",
        "calling code of numbers written without one",
        lambda said: said.isdecimal() and 0 < len(said) <= 3,
        "write digits, such as 86",
    ),
    Option(
        "GONGBI_FOLLOW_DAYS",
        "180",
        "days for which a resident's follow link works",
        lambda said: said.isdecimal() and int(said) > 0,
        "write a whole number of days",
    ),
)


HIDDEN = frozenset(option.name for option in OPTIONS if option.secret)


def shown(name: str, value: str) -> str:
    """A setting's value as anybody may read it."""
    return "(set)" if name in HIDDEN and value else value


def read_options(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """All settings; BadOption with one sentence a fault when some cannot be used."""
    data = environment.get("GONGBI_DATA", "./var")
    said = {option.name: option.default for option in OPTIONS}
    said |= _from_file(Path(data) / "gongbi.toml")
    said |= {name: environment[name] for name in said if name in environment}
    said["GONGBI_PUBLIC_URL"] = said["GONGBI_PUBLIC_URL"] or _own_address(said)
    faults = [
        f"{option.name} is {_quoted(option, said[option.name])}: {option.remedy}."
        for option in OPTIONS
        if not option.check(said[option.name])
    ]
    if said["GONGBI_SENSORTHINGS"] == "open" and not is_loopback(said["GONGBI_HOST"]):
        faults.append(
            f"GONGBI_SENSORTHINGS is 'open' and GONGBI_HOST is {said['GONGBI_HOST']!r}: anybody "
            "who reaches that address could write; listen on 127.0.0.1, or write open-to-all."
        )
    if said["GONGBI_MAIL_URL"] and not said["GONGBI_MAIL_FROM"]:
        faults.append("GONGBI_MAIL_FROM is '': say whom the city's mail comes from.")
    if faults:
        raise BadOption(" ".join(faults))
    return said


def _quoted(option: Option, value: str) -> str:
    return shown(option.name, value) if option.secret and value else repr(value)


def _own_address(said: Mapping[str, str]) -> str:
    """Where the web of this machine answers, until an operator names a better address."""
    host = said["GONGBI_HOST"]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{said['GONGBI_PORT']}"


def host_of(url: str) -> str:
    """The host of an address as a browser names it: an IPv6 one in brackets, without its port."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, without a path."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host_of(url)}{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _from_file(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOption(f"{file.name} in the data folder cannot be read: {error}.") from error
    unknown = set(said) - {option.name for option in OPTIONS}
    if unknown:
        raise BadOption(f"{file.name} names unknown settings: {', '.join(sorted(unknown))}.")
    return {name: str(value) for name, value in said.items()}


def database(url: str, data: Path) -> dict[str, Any]:
    """Django's database entry for a DATABASE_URL; SQLite in the data folder when it is empty."""
    parts = urlsplit(url)
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": parts.path if parts.scheme == "sqlite" else data / "db.sqlite3",
        "OPTIONS": {
            "timeout": 30,
            # A read that turns into a write fails at once when another writer came between;
            # taking the write lock at the start waits instead.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;",
        },
    }
