"""Writing down what happened, and telling those who asked to be told."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from gongbi.core import clock
from gongbi.core.models import Delivery, JournalLine

EXACT = 2**53  # beyond it a float no longer holds every whole number
_CODE = re.compile(r"[\x21-\x7e]{0,128}")  # printable ASCII without spaces: no sentence fits


@dataclass(frozen=True, slots=True)
class Fact:
    """A past-tense fact of some part; its fields are ids, codes, numbers and instants only."""


AnyFact = TypeVar("AnyFact", bound=Fact)
Reaction = Callable[[Any], None]
_reactions: dict[type[Fact], dict[str, Reaction]] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with whom it is about, who did it, and where."""

    fact: Fact
    subject: str
    actor: str
    place_path: str = ""
    unit_path: str = ""


class PersonalWordsInFact(TypeError):
    """A fact carried free text; seal it and carry the id."""


def react_to(kind: type[AnyFact]) -> Callable[[Callable[[AnyFact], None]], Callable[..., None]]:
    """Run the decorated function for each fact of a kind: at least once, so it must not care."""

    def register(reaction: Callable[[AnyFact], None]) -> Callable[[AnyFact], None]:
        name = f"{reaction.__module__}.{reaction.__qualname__}"
        _reactions.setdefault(kind, {})[name] = reaction
        return reaction

    return register


def reactions_of(kind: type[Any]) -> dict[str, Reaction]:
    """Who asked to be told of a kind of fact, by dotted name."""
    for module in settings.REACTIONS:
        import_module(module)
    return _reactions.get(kind, {})


def publish(
    fact: Fact, *, subject: str, actor: str, place_path: str = "", unit_path: str = ""
) -> int:
    """Append a fact to the journal and owe each reaction a delivery, in one transaction.

    Returns the id of the line. Raises outside a transaction: a fact must exist if, and only if,
    the change it tells of does.
    """
    return publish_many([Told(fact, subject, actor, place_path, unit_path)])[0]


def publish_many(told: Sequence[Told]) -> list[int]:
    """Append many facts at the cost of one; the ids of their lines, in order."""
    if not connection.in_atomic_block:
        raise RuntimeError("Publish inside the action's transaction.")
    at, recorded_at = clock.now(), timezone.now()
    lines = JournalLine.objects.bulk_create(_line(one, at, recorded_at) for one in told)
    Delivery.objects.bulk_create(
        Delivery(line=line, reaction=name, due_at=recorded_at)
        for one, line in zip(told, lines, strict=True)
        for name in reactions_of(type(one.fact))
    )
    return [line.pk for line in lines]


def _line(one: Told, at: datetime, recorded_at: datetime) -> JournalLine:
    kind, body, salt = kind_of(type(one.fact)), _body(one.fact), secrets.token_bytes(16)
    return JournalLine(
        kind=kind,
        subject=one.subject,
        actor=one.actor,
        at=at,
        recorded_at=recorded_at,
        place_path=one.place_path,
        unit_path=one.unit_path,
        body=body,
        salt=salt,
        commitment=commitment(kind, one.subject, one.actor, body, salt),
    )


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line of the journal as other parts may read it."""

    kind: str
    actor: str
    at: datetime
    body: dict[str, Any]


def lines_about(subject: str, kinds: Iterable[str]) -> list[LineRecord]:
    """What the journal says of a subject, of these kinds, oldest first."""
    rows = JournalLine.objects.filter(subject=subject, kind__in=list(kinds)).order_by("at", "pk")
    return [LineRecord(row.kind, row.actor, row.at, row.body) for row in rows]


def kind_of(fact: type[Fact]) -> str:
    """``cases.CaseOpened``: the part and the fact."""
    return f"{fact.__module__.split('.')[1]}.{fact.__name__}"


def commitment(kind: str, subject: str, actor: str, body: dict[str, Any], salt: bytes) -> bytes:
    """What binds a line: a salted SHA-256 of its canonical form."""
    said = [kind, subject, actor, steady(body)]
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(salt + canonical.encode()).digest()


def steady(value: Any) -> Any:
    """Numbers as every database gives them back: PostgreSQL returns 2.0 as 2 and 1e22 whole."""
    if isinstance(value, dict):
        return {key: steady(one) for key, one in value.items()}
    if isinstance(value, list):
        return [steady(one) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if abs(value) > EXACT:
        return float(value)
    return int(value) if value == int(value) else value


def _body(fact: Fact) -> dict[str, Any]:
    return {field.name: _plain(field.name, getattr(fact, field.name)) for field in fields(fact)}


def _plain(name: str, value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case datetime() | UUID():
            return value.isoformat() if isinstance(value, datetime) else str(value)
        case str() if _CODE.fullmatch(value):
            return value
        case tuple() | list():
            return [_plain(name, item) for item in value]
    raise PersonalWordsInFact(
        f"The fact's field {name!r} is not an id, a code or a number; seal words, carry their id."
    )


def restore(kind: type[AnyFact], body: dict[str, Any]) -> AnyFact:
    """The fact again as it was published, decoded by the types of its fields."""
    return kind(**{field.name: _typed(field.type, body[field.name]) for field in fields(kind)})


def _typed(kind: Any, value: Any) -> Any:
    said = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
    if value is None:
        return None
    if said.startswith("UUID"):
        return UUID(value)
    if said.startswith("datetime"):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
