"""The words a city listed for its types, made ready once for each state of the pack."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from gongbi.cases.models import CaseType
from gongbi.core.public import kept
from gongbi.kernel.cases.suggest import Guess, Listed, know_words, suggest

Lists = tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=4)
def _known(lists: Lists) -> Listed:
    return know_words(dict(lists))


@kept
def listed_words() -> tuple[list[str], Listed]:
    """The codes of the types in force, in the pack's order, and their words. One query a pack."""
    rows = CaseType.objects.filter(in_force=True).order_by("position", "code")
    lists = tuple((code, tuple(words)) for code, words in rows.values_list("code", "words"))
    return [code for code, _words in lists], _known(lists)


def by_list(words: str, known: Listed, most: int) -> list[Guess]:
    """What the listed words say."""
    return suggest(words, known, most)


def listed_scores() -> Callable[[str], Mapping[str, float]]:
    """For many texts: what the listed words say of each, as scores. One query in all."""
    codes, known = listed_words()

    def scores(text: str) -> Mapping[str, float]:
        return {one.type: one.score for one in suggest(text, known, len(codes))}

    return scores
