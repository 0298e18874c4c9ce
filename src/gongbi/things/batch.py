"""``$batch``: several requests in one, in JSON; later ones may name what earlier ones made."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from gongbi.things.errors import Refused
from gongbi.things.requests import as_json

MOST_REQUESTS = 1000
_REFERENCE = re.compile(r"\$([\w-]+)")
METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    id: str
    method: str
    url: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Its answer; ``address`` of what it made."""

    status: int
    body: Any = None
    address: str = ""


Answer = Callable[[Part], Done]
Together = Callable[[Callable[[], None]], None]


class Undo(Exception):
    """One part of a group failed; none of it is kept."""


def read_parts(body: Any) -> list[Part]:
    """The parts of a JSON batch; Refused says which cannot be read."""
    given = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(given, list):
        raise Refused('A batch is {"requests": [{"id": "1", "method": "get", "url": "Things"}]}.')
    if len(given) > MOST_REQUESTS:
        raise Refused(f"A batch has at most {MOST_REQUESTS} requests.", 413)
    parts = [_part(one, at) for at, one in enumerate(given)]
    if len({part.id for part in parts}) != len(parts):
        raise Refused("Two requests of the batch have one id.")
    return parts


def _part(one: Any, at: int) -> Part:
    if not isinstance(one, dict):
        raise Refused(f"Request {at + 1} of the batch is no JSON object.")
    method, url = str(one.get("method", "")).lower(), one.get("url")
    if method not in METHODS or not isinstance(url, str):
        raise Refused(f"Request {at + 1} of the batch needs a method and a url.")
    headers = one.get("headers")
    needs = one.get("dependsOn")
    return Part(
        id=str(one.get("id", at)),
        method=method,
        url=url,
        body=one.get("body"),
        headers={str(k).lower(): str(v) for k, v in headers.items()}
        if isinstance(headers, dict)
        else {},
        needs=tuple(map(str, needs)) if isinstance(needs, list) else (),
        group=str(one.get("atomicityGroup") or ""),
    )


def run_parts(parts: list[Part], answer: Answer, together: Together) -> list[dict[str, Any]]:
    """Answer the parts in order; those of one group are kept all or not at all."""
    done = dict[str, Done]()
    at = 0
    while at < len(parts):
        group = [parts[at]]
        while group[0].group and at + len(group) < len(parts):
            if parts[at + len(group)].group != group[0].group:
                break
            group.append(parts[at + len(group)])
        _run(group, done, answer, together)
        at += len(group)
    return [_shown(part, done[part.id]) for part in parts]


def _run(group: list[Part], done: dict[str, Done], answer: Answer, together: Together) -> None:
    if not group[0].group:
        done[group[0].id] = _one(group[0], done, answer)
        return

    def all_of_it() -> None:
        for part in group:
            done[part.id] = _one(part, done, answer)
            if done[part.id].status >= 400:
                raise Undo(part.id)

    try:
        together(all_of_it)
    except Undo as failed:
        sentence = f"Request {failed} of the same atomicityGroup failed; nothing of it is kept."
        for part in group:
            if part.id != str(failed):
                done[part.id] = Done(424, {"code": 424, "message": sentence})
        done[group[0].group] = Done(424)


def _one(part: Part, done: dict[str, Done], answer: Answer) -> Done:
    for name in part.needs:
        if name in done and done[name].status >= 400:
            sentence = f"Request {name}, on which this one depends, failed."
            return Done(424, {"code": 424, "message": sentence})
    try:
        known = _filled(part, done)
    except Refused as refusal:
        return Done(refusal.status, {"code": refusal.status, "message": refusal.sentence})
    return answer(known)


def _filled(part: Part, done: dict[str, Done]) -> Part:
    """The part with ``$1`` put in: an address in the url, an id in the body."""
    url = part.url
    found = _REFERENCE.match(url.lstrip("/"))
    if found and found[1] in done:
        url = _made(done, found[1]) + url.lstrip("/")[found.end() :]
    return Part(
        part.id, part.method, url, _with_ids(part.body, done), part.headers, part.needs, part.group
    )


def _made(done: dict[str, Done], name: str) -> str:
    if not done[name].address:
        raise Refused(f"Request {name} made nothing that ${name} could stand for.", 424)
    return done[name].address


def _with_ids(body: Any, done: dict[str, Done]) -> Any:
    if isinstance(body, dict):
        return {
            key: _id(value, done) if key in ("@iot.id", "id") else _with_ids(value, done)
            for key, value in body.items()
        }
    return [_with_ids(one, done) for one in body] if isinstance(body, list) else body


def _id(value: Any, done: dict[str, Done]) -> Any:
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if not found or found[1] not in done:
        return value
    return int(re.findall(r"\((-?\d+)\)", _made(done, found[1]))[-1])


def _shown(part: Part, done: Done) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": part.id, "status": done.status}
    if done.address:
        shown["location"] = done.address
        shown["headers"] = {"location": done.address}
    if done.body is not None:
        shown["body"] = done.body
    return shown


# --- the same as multipart/mixed, the manner of version 1.0 ---------------------------------
_HEAD = re.compile(rb"\r?\n\r?\n")


def read_multipart(body: bytes, content_type: str) -> list[Part]:
    """The parts of a multipart batch; a change set is a group."""
    parts = list[Part]()
    for head, inner in _pieces(body, content_type):
        kind = _header(head, b"content-type")
        if kind.lower().startswith("multipart/"):
            group = f"changeset-{len(parts)}"
            for below, text in _pieces(inner, kind):
                parts.append(_http_part(below, text, len(parts), group))
        else:
            parts.append(_http_part(head, inner, len(parts), ""))
    if not parts:
        raise Refused("The multipart batch has no parts.")
    return parts


def _pieces(body: bytes, content_type: str) -> list[tuple[bytes, bytes]]:
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if not found:
        raise Refused("multipart/mixed needs a boundary.")
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(found[1].encode()), body)
    kept = [piece for piece in pieces[1:] if not piece.startswith(b"--")]
    split = (_HEAD.split(piece, maxsplit=1) for piece in kept[:MOST_REQUESTS])
    return [(two[0], two[1] if len(two) == 2 else b"") for two in split]


def _header(head: bytes, name: bytes) -> str:
    for line in head.splitlines():
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return ""


def _http_part(head: bytes, inner: bytes, at: int, group: str) -> Part:
    first, _, rest = inner.lstrip().partition(b"\n")
    words = first.decode("latin-1").split()
    if len(words) < 2 or words[0].lower() not in METHODS:
        raise Refused(
            f"Part {at + 1} of the batch begins with no request line such as GET Things."
        )
    pieces = _HEAD.split(b"\n" + rest, maxsplit=1)
    text = pieces[1].strip() if len(pieces) == 2 else b""
    try:
        body = orjson.loads(text) if text else None
    except orjson.JSONDecodeError as error:
        raise Refused(f"Part {at + 1} of the batch holds no JSON: {error}.") from None
    name = _header(head, b"content-id").strip("<>") or str(at)
    return Part(name, words[0].lower(), words[1], body, group=group)


def say_multipart(done: list[dict[str, Any]]) -> tuple[str, bytes]:
    """(content type, body) of the answers."""
    mark = f"batch_{uuid4().hex}"
    text = bytearray()
    for one in done:
        text += f"--{mark}\r\nContent-Type: application/http\r\n".encode()
        text += f"Content-ID: {one['id']}\r\n\r\nHTTP/1.1 {one['status']} -\r\n".encode()
        if "location" in one:
            text += f"Location: {one['location']}\r\n".encode()
        text += b"Content-Type: application/json\r\n\r\n"
        text += as_json(one["body"]) if "body" in one else b""
        text += b"\r\n"
    text += f"--{mark}--\r\n".encode()
    return f"multipart/mixed; boundary={mark}", bytes(text)
