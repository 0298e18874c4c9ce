"""Who does something: a person with an account, another application, the system, the reporter."""

from dataclasses import dataclass
from typing import Any

from gongbi.core.public import Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """Written into steps and the journal as ``kind:id``; never a name."""

    kind: str
    id: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor("system", "clock")


def person(user: Any, scope: Scope) -> Actor:
    """The signed-in person, with the unit of their first post."""
    return Actor("person", str(user.pk), scope.posts[0].unit if scope.posts else "")


def application(name: str) -> Actor:
    """Another system that showed its key."""
    return Actor("application", name)


def reporter(signal_uuid: object) -> Actor:
    """Whoever made a signal: known by the signal only."""
    return Actor("reporter", str(signal_uuid))
