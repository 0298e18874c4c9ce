"""The types in force, and what words speak for which."""

from datetime import datetime

from gongbi.cases.models import CaseType
from gongbi.cases.reading import guessing
from gongbi.kernel.cases.suggest import Guess


def in_force() -> list[CaseType]:
    """The types in force, in the pack's order."""
    return list(CaseType.objects.filter(in_force=True).order_by("position", "code"))


def guess_types(words: str, most: int = 3, at: datetime | None = None) -> list[Guess]:
    """Types that words speak for, best first; ``at``: when they were said."""
    return guessing.guess(words, most, at)


def sure(guesses: list[Guess]) -> str | None:
    """The best type where it is clear enough to take without a person; else None."""
    return guessing.sure(guesses)
