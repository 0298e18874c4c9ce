"""The types in force, and what words speak for which."""

from dataclasses import replace
from datetime import datetime

from gongbi.cases.models import CaseType
from gongbi.cases.reading import guessing, listing
from gongbi.cases.records import Suggestion
from gongbi.kernel.cases.suggest import Guess


def in_force() -> list[CaseType]:
    """The types in force, in the pack's order."""
    return list(CaseType.objects.filter(in_force=True).order_by("position", "code"))


def guess_types(
    words: str,
    most: int = 3,
    at: datetime | None = None,
    point: guessing.Point = guessing.NOWHERE,
) -> list[Guess]:
    """Types that words speak for, best first; ``at``, ``point``: when and of where it was said."""
    return guessing.guess(words, most, at, point)


def sure(guesses: list[Guess]) -> str | None:
    """The best type where it is clear enough to take without a person; else None."""
    return guessing.sure(guesses)


def sub_choices(kind: CaseType) -> list[tuple[str, str]]:
    """A type's sub-types as one may choose them: (type:code, name)."""
    return [
        (f"{kind.code}:{one['code']}", kind.sub_type_name(one["code"])) for one in kind.sub_types
    ]


def guess_sub_type(words: str, type_code: str) -> guessing.SubRead | None:
    """The sub-types of a type that words speak for."""
    return guessing.guess_sub(words, type_code, listing.sub_types_of(type_code))


def suggestions(words: str, most: int) -> list[Suggestion]:
    """Types that words speak for, the first with the likeliest of its sub-types."""
    found = [Suggestion(one.type, one.score, one.words) for one in guess_types(words, most)]
    read = guess_sub_type(words, found[0].type) if found else None
    if read is None:
        return found
    code, score, _words = read.guesses[0]
    name = listing.sub_type_name(read.type, code)
    return [replace(found[0], sub_type=name, sub_score=score), *found[1:]]
