"""The words a city listed for its types, made ready once for each state of the pack."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gongbi.cases.models import CaseType
from gongbi.core.public import in_language, kept
from gongbi.kernel.cases.suggest import Guess, Listed, know_words, suggest

Lists = tuple[tuple[str, tuple[str, ...]], ...]
MOST_KEPT = 256  # the types, and each type's sub-types


@lru_cache(maxsize=MOST_KEPT)
def _known(lists: Lists) -> Listed:
    return know_words(dict(lists))


@kept
def _rows() -> list[tuple[str, list[str], list[dict[str, Any]]]]:
    rows = CaseType.objects.filter(in_force=True).order_by("position", "code")
    return list(rows.values_list("code", "words", "sub_types"))


@kept
def listed_words() -> tuple[list[str], Listed]:
    """The codes of the types in force, in the pack's order, and their words. One query a pack."""
    lists = tuple((code, tuple(words)) for code, words, _subs in _rows())
    return [code for code, _words in lists], _known(lists)


def sub_words(sub_types: Sequence[Mapping[str, Any]]) -> tuple[list[str], Listed]:
    """The codes of a type's sub-types, in the pack's order, and their words."""
    lists = tuple((one["code"], tuple(one["words"])) for one in sub_types)
    return [code for code, _words in lists], _known(lists)


def sub_types_of(type_code: str) -> list[dict[str, Any]]:
    """The sub-types of a type in force. One query a pack, the one of ``listed_words``."""
    return next((subs for code, _words, subs in _rows() if code == type_code), [])


def sub_type_name(type_code: str, code: str) -> str:
    """A sub-type's name in the reader's language."""
    rows = (one for one in sub_types_of(type_code) if one["code"] == code)
    return next(
        (in_language(one.get("name_en", ""), one.get("name_zh", "")) for one in rows), code
    )


def by_list(words: str, known: Listed, most: int) -> list[Guess]:
    """What the listed words say."""
    return suggest(words, known, most)


def listed_scores() -> Callable[[str], Mapping[str, float]]:
    """For many texts: what the listed words say of each, as scores. One query in all."""
    codes, known = listed_words()

    def scores(text: str) -> Mapping[str, float]:
        return {one.type: one.score for one in suggest(text, known, len(codes))}

    return scores


def listed_sub_scores() -> Callable[[str, str], Mapping[str, float]]:
    """The same for the sub-types of a type. One query in all."""
    lists = {code: sub_words(subs) for code, _words, subs in _rows()}

    def scores(kind: str, text: str) -> Mapping[str, float]:
        codes, known = lists.get(kind) or ([], Listed({}))
        return {one.type: one.score for one in suggest(text, known, len(codes))}

    return scores
