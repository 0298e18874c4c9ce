"""The scanner an operator names: ClamAV's daemon by its socket, or any command.

Both are given the bytes and never a path: nothing of a sealed file touches a disk on its way.
"""

import re
import shlex
import socket
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

CHUNK_BYTES = 2**16
TIMEOUT_SECONDS = 60.0
CLEAN_STATUS, BAD_STATUS = 0, 1
_NO_CODE = re.compile(r"[^\x21-\x7e]+")


class ScannerAway(Exception):
    """The scanner cannot be reached: no file can be looked at now."""


class NotLookedAt(Exception):
    """The scanner was reached, but did not judge this file."""


class Scanner(Protocol):
    """Whatever can say of bytes whether they are bad."""

    @property
    def name(self) -> str:
        """As it stands beside a verdict."""

    def look(self, content: bytes) -> str:
        """What was found, as the scanner calls it; empty when the bytes are clean."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon, by its documented command INSTREAM over a local or a TCP socket."""

    path: str = ""
    host: str = ""
    port: int = 3310

    @property
    def name(self) -> str:
        """As it stands beside a verdict."""
        return "clamd"

    def look(self, content: bytes) -> str:
        """Send the bytes in counted pieces and read one line."""
        return _verdict(self._talk(b"INSTREAM", _pieces(content)))

    def version(self) -> str:
        """What the daemon is and how old its signatures are."""
        return self._talk(b"VERSION", iter(()))

    def _talk(self, command: bytes, parts: Iterator[bytes]) -> str:
        """Only who cannot be reached is away: a line cut while a file is looked at may be that
        file's doing, and would hold up all others for ever."""
        with self._connected() as line:
            try:
                line.sendall(b"z" + command + b"\0")
                _send_all(line, parts)
                return _answer(line)
            except TimeoutError as error:
                raise NotLookedAt("timeout") from error
            except OSError as error:
                raise NotLookedAt(type(error).__name__) from error

    def _connected(self) -> socket.socket:
        try:
            if self.path:
                return _local_line(self.path)
            return socket.create_connection((self.host, self.port), TIMEOUT_SECONDS)
        except (OSError, UnicodeError) as error:  # a name of a host may be no name at all
            raise ScannerAway(type(error).__name__) from error


def _local_line(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(TIMEOUT_SECONDS)
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        piece = content[start : start + CHUNK_BYTES]
        yield struct.pack("!L", len(piece)) + piece
    yield struct.pack("!L", 0)


def _send_all(line: socket.socket, parts: Iterator[bytes]) -> None:
    try:
        for part in parts:
            line.sendall(part)
    except (BrokenPipeError, ConnectionResetError):
        return  # it stopped reading because the file is too large; its answer says so


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0"):
        more = line.recv(4096)
        if not more:
            break
        said += more
    if not said:
        raise ConnectionError("it hung up without a word")
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(said: str) -> str:
    words = said.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return as_code(words.removesuffix(" FOUND"))
    raise NotLookedAt(as_code(words)[:80])


@dataclass(frozen=True, slots=True)
class Command:
    """Any command: it reads the file from its standard input. Exit status 0 is clean, 1 is bad
    and the last line of its output says what; any other: it could not be judged."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its first word."""
        return as_code(self.words[0].rpartition("/")[2])[:80]

    def look(self, content: bytes) -> str:
        """Run it, without a shell."""
        try:
            done = subprocess.run(
                self.words,
                input=content,
                capture_output=True,
                check=False,
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise NotLookedAt("timeout") from error
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        if done.returncode == CLEAN_STATUS:
            return ""
        if done.returncode == BAD_STATUS:
            lines = done.stdout.decode("utf-8", "replace").split("\n")
            return as_code(next((one for one in reversed(lines) if one.strip()), "")) or "bad"
        raise NotLookedAt(f"exit:{done.returncode}")


def as_code(said: str) -> str:
    """A scanner's words without blanks, short enough for the journal."""
    return _NO_CODE.sub("-", said.strip())[:120]


def scanner_of(said: str) -> Scanner | None:
    """The scanner a setting names; None for an empty one, ValueError for one that is none."""
    if not said:
        return None
    way, _colon, rest = said.partition(":")
    if way == "command" and shlex.split(rest):
        return Command(tuple(shlex.split(rest)))
    if way == "clamd" and rest.startswith("//"):
        parts = urlsplit(said)
        if parts.hostname:
            return Clamd(host=parts.hostname, port=parts.port or 3310)
    elif way == "clamd" and rest.startswith("/"):
        return Clamd(path=rest)
    raise ValueError("write clamd:/path/of/its.socket, clamd://host:3310 or command:/path word …")
