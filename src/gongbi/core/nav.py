"""What stands in the head beside a way: how many things wait behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from gongbi.core.scope import Scope


@dataclass(frozen=True, slots=True)
class NavNumber:
    """A number that is counted when a page shows it, and where it is fetched anew."""

    id: str
    address: str
    count: Callable[[], Any]


def nav_number(url: str, scope: Scope) -> NavNumber | None:
    """The number beside a way in the head; None where none stands."""
    said = settings.NAV_NUMBERS.get(url)
    if said is None:
        return None
    name = url.strip("/").rsplit("/", 1)[-1]
    return NavNumber(f"nav-{name}", f"{url}number", lambda: import_string(said)(scope))
