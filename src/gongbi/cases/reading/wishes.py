"""How reporters want to be met: read in their words or noted in a call, sealed as they are."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gongbi.cases.reading.noticing import Noticed, from_json
from gongbi.cases.reading.showing import wish_in_words
from gongbi.core.public import unseal_many
from gongbi.kernel.reading.asking import Wish

NO_CALL = "no_call"
Wishes = tuple[dict[str, Any], ...]


def with_aid(noticed: Noticed, aid: str) -> Noticed:
    """What was read, with the help that the caller needed on the line: whoever meets them next
    needs it, too."""
    return replace(noticed, wishes=(*noticed.wishes, Wish(aid, ""))) if aid else noticed


def wishes_in(readings: Iterable[int]) -> dict[int, Wishes]:
    """The wishes in sealed readings that are still held."""
    opened = unseal_many(readings)
    return {pk: tuple(from_json(text).get("wishes", ())) for pk, text in opened.items()}


def wants_no_call(wishes: Wishes) -> bool:
    """Whether they asked not to be called."""
    return any(one["kind"] == NO_CALL for one in wishes)


def in_words(wishes: Wishes) -> tuple[str, ...]:
    """Wishes in the reader's language, each once."""
    return tuple(dict.fromkeys(wish_in_words(one) for one in wishes))
