"""A request's body: whole, bounded on the wire and again when it is unpacked."""

import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pyarrow as pa

from gongbi.stream.ingest import Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]
_PIECE = 1 << 20


class Gone(Exception):
    """The sender hung up before its body had come."""


async def read_body(headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
    """The body, unpacked; 413 as soon as it is known to be too large, 415 for another packing."""
    packing = headers.get(b"content-encoding", b"identity").decode("latin-1").lower()
    if packing not in ("identity", "gzip", "zstd"):
        raise Refused(415, f"Content-Encoding {packing!r} is none of identity, gzip, zstd.")
    body = await _whole(headers, receive, most)
    if packing == "gzip":
        return _gunzip(body, most)
    return _unzstd(body, most) if packing == "zstd" else body


async def _whole(headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
    length = headers.get(b"content-length", b"0")
    size, parts = int(length) if length.isdigit() else 0, list[bytes]()
    got, more = 0, True
    while size <= most and got <= most and more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        parts.append(part)
        got += len(part)
        more = message.get("more_body", False)
    if size > most or got > most:
        raise _too_large(most)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _gunzip(body: bytes, most: int) -> bytes:
    """Unpack no more than is allowed: a megabyte of gzip may hold a gigabyte of zeros."""
    unpacked, rest = list[bytes](), body
    try:
        while rest:
            stream = zlib.decompressobj(wbits=31)
            unpacked.append(stream.decompress(rest, most + 1 - sum(map(len, unpacked))))
            if sum(map(len, unpacked)) > most:
                raise _too_large(most)
            if not stream.eof:
                raise Refused(400, "The gzip body ends too soon.")
            rest = stream.unused_data
    except zlib.error as error:
        raise Refused(400, f"The body is not gzip: {error}.") from error
    return b"".join(unpacked)


def _unzstd(body: bytes, most: int) -> bytes:
    pieces, got = list[bytes](), 0
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), "zstd") as stream:
            while piece := stream.read(min(_PIECE, most + 1 - got)):
                pieces.append(piece)
                got += len(piece)
                if got > most:
                    raise _too_large(most)
    except OSError as error:
        raise Refused(400, f"The body is not zstd: {str(error)[:100]}.") from error
    return b"".join(pieces)


def _too_large(most: int) -> Refused:
    return Refused(413, f"The body is larger than {most} bytes; send it in parts.")
