"""Which facts an application may hear: its scope, its place, its unit, its types.

A part that owns facts answers for them (``FACT_GATES``): a fact no part answers for is told to
nobody outside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol, TypeVar

from django.conf import settings

from gongbi.core.models import JournalLine
from gongbi.core.records import ApplicationRecord

T = TypeVar("T")
HEAR = "hear"
AT_ONCE = 500
"""Lines asked about in one question: a database takes only so many names in a list."""
TRUSTED = frozenset({"dispatch", "work"})
"""Scopes whose holders read cases of every type anyway."""


@dataclass(frozen=True, slots=True)
class About:
    """What a fact is about, as far as deciding who may hear it needs."""

    public: bool
    type: str
    place_path: str
    unit_path: str
    also: tuple[str, ...] = ()
    """Units that hear it besides: whom a case leaves, who helps."""
    ever: tuple[str, ...] = ()
    """Units it may have concerned when it was told, whatever became of them since."""


class FactGate(Protocol):
    """What a part offers so that its facts can be told outside."""

    KINDS: dict[str, Any]
    """Kinds that may be told, with words for people."""

    def about(self, bodies: Sequence[dict[str, Any]]) -> list[About | None]:
        """What each fact is about; None: nobody outside may hear it."""


def may_hear(who: ApplicationRecord, what: About) -> bool:
    """Whether an application hears a fact. Types it names are its own choice by contract."""
    if HEAR not in who.scopes or not who.place_path:
        return False
    if not what.place_path.startswith(who.place_path):
        return False
    units = (what.unit_path, *what.also)
    if who.unit_path and not any(one.startswith(who.unit_path) for one in units):
        return False
    if who.types:
        return what.type in who.types
    return what.public or bool(who.scopes & TRUSTED)


def about_lines(lines: Sequence[JournalLine]) -> dict[int, About]:
    """What lines are about, by their id; lines nobody may hear are absent."""
    found: dict[int, About] = {}
    for gate in gates():
        every = [line for line in lines if line.kind in gate.KINDS]
        for own in in_parts(every):
            for line, what in zip(own, gate.about([line.body for line in own]), strict=True):
                if what:
                    # The unit a fact tells of, not the one that has the case in hand by now.
                    found[line.pk] = replace(what, unit_path=line.unit_path or what.unit_path)
    return found


def in_parts(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """Rows, so many at once."""
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def kinds() -> dict[str, Any]:
    """Every kind that may be told, with words for people."""
    return {kind: words for gate in gates() for kind, words in gate.KINDS.items()}


def unknown_kinds(wanted: Iterable[str]) -> list[str]:
    """Kinds nobody tells."""
    return sorted(set(wanted) - set(kinds()))


def gates() -> list[FactGate]:
    """The parts that answer for their facts."""
    return _gates(tuple(settings.FACT_GATES))


@lru_cache(maxsize=4)
def _gates(names: tuple[str, ...]) -> list[FactGate]:
    return [import_module(name) for name in names]
