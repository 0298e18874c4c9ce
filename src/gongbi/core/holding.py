"""Asking a thing once while one piece of work lasts: a chunk of reports names the same places,
units and calendars again and again.

Nothing is remembered beyond the block, so nobody ever reads what an older pack said.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

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
