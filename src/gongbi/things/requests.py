"""One request and one answer, without a server: what the door and a batch both speak."""

import json
from dataclasses import dataclass, field
from typing import Any

import orjson

from gongbi.things.errors import Refused

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: ``path`` is the whole path, ``base`` scheme and host as the asker says."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = "http://127.0.0.1:8700"

    def json(self) -> Any:
        """The body; Refused where it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Refused(f"The body is not JSON: {error}.") from None

    @property
    def kind(self) -> str:
        """The content type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: Any = None
    location: str = ""
    kind: str = JSON

    def packed(self) -> bytes:
        """The body as it goes out."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else as_json(self.body)


def as_json(body: Any) -> bytes:
    """PostgreSQL gives 1e300 back as a whole number of 301 digits, longer than orjson writes."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, ensure_ascii=False, default=_plain).encode()


def _plain(one: Any) -> Any:
    return orjson.loads(orjson.dumps(one))


def problem(status: int, sentence: str) -> Reply:
    """A refusal: its status and its sentence."""
    return Reply(status, {"code": status, "type": "error", "message": sentence})
