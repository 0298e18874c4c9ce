"""The types in force, and what words speak for which."""

from gongbi.cases.models import CaseType
from gongbi.core.public import held
from gongbi.kernel.cases.suggest import Guess, suggest

SURE_SCORE = 0.5
SURE_LEAD = 0.25


def in_force() -> list[CaseType]:
    """The types in force, in the pack's order."""
    return list(CaseType.objects.filter(in_force=True).order_by("position", "code"))


def guess_types(words: str, most: int = 3) -> list[Guess]:
    """Types that words speak for, best first."""
    return suggest(words, _lexicon(), most)


@held
def _lexicon() -> dict[str, list[str]]:
    rows = CaseType.objects.filter(in_force=True).order_by("position", "code")
    return dict(rows.values_list("code", "words"))


def sure(guesses: list[Guess]) -> str | None:
    """The best type where it is clear enough to take without a person; else None."""
    if not guesses or guesses[0].score < SURE_SCORE:
        return None
    second = guesses[1].score if len(guesses) > 1 else 0.0
    return guesses[0].type if guesses[0].score - second >= SURE_LEAD else None
