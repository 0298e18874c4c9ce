"""Asking a thing once: while one piece of work lasts (``held``), or while one pack is in force
(``kept``). A chunk of reports names the same places, units and calendars again and again.

What is held is forgotten with its block. What is kept is known by the number of the pack, which
is read once a request, so that no process goes on with what an older pack said.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from gongbi.core import clock

P = ParamSpec("P")
R = TypeVar("R")
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def holding(*, anew: bool = False) -> Iterator[None]:
    """Within the block, functions marked ``held`` ask the database once for the same words.

    ``anew``: forget inside it what an outer block holds, because something was written since.
    """
    if _answers.get() is not None and not anew:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def held(ask: Callable[P, R]) -> Callable[P, R]:
    """Mark a look-up whose answer cannot change while one piece of work lasts."""

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        answers = _answers.get()
        if answers is None:
            return ask(*args, **kwargs)
        asked = (ask, args, tuple(sorted(kwargs.items())))
        if asked not in answers:
            answers[asked] = ask(*args, **kwargs)
        found: R = answers[asked]
        return found

    return answer


MOST_KEPT = 50_000
MISSING: Any = object()
_kept: dict[Any, Any] = {}
_loading: ContextVar[bool] = ContextVar("loading", default=False)


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Within the block a pack loads: every look-up asks, and in the end all is forgotten."""
    token = _loading.set(True)
    try:
        yield
    finally:
        _loading.reset(token)
        forget_kept()


def kept(ask: Callable[P, R]) -> Callable[P, R]:
    """Mark a look-up that only another pack, or another day of the city, can change.

    That there is nothing is asked again each time: it may be made meanwhile. Nothing is kept
    while a pack loads: its readers ask for what they are about to write.
    """

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        if _loading.get():
            return ask(*args, **kwargs)
        asked = (ask, _when(), args, tuple(sorted(kwargs.items())))
        known: R = _kept.get(asked, MISSING)  # one look: another thread may forget in between
        if known is not MISSING:
            return known
        found = ask(*args, **kwargs)
        if found is not None:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[asked] = found
        return found

    return answer


def _when() -> tuple[int, date]:
    """The pack in force and the city's day: units and places come and go by the day."""
    from gongbi.core.city import city

    here = city()
    return here.pack_version, clock.now().astimezone(here.zone).date()


def forget_kept() -> None:
    """Ask anew from here on: a pack was loaded, or its loading was undone."""
    _kept.clear()
