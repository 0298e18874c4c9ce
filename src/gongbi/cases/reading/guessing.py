"""The types a text speaks for: by the reader in force and the listed words, or by these alone."""

import logging
from datetime import datetime

from gongbi.cases.reading import keeping
from gongbi.cases.reading.listing import listed_words
from gongbi.core.public import city, now
from gongbi.kernel.cases.masking import mask_personal
from gongbi.kernel.cases.suggest import Guess, suggest
from gongbi.kernel.reading.beside import hours
from gongbi.kernel.reading.reader import read

SURE_SCORE = 0.5
SURE_LEAD = 0.25
log = logging.getLogger(__name__)


def reader_in_force() -> keeping.KeptReader | None:
    """The reader in use; a broken file is told in the log, and a report is taken all the same."""
    try:
        return keeping.in_force()
    except keeping.CannotRead as error:
        log.error("The listed words judge alone: %s", error)
        return None


def guess(words: str, most: int = 3, at: datetime | None = None) -> list[Guess]:
    """Types that words said ``at`` that time (now) speak for, best first, with what decided."""
    codes, known = listed_words()
    found = reader_in_force()
    if found is None or not words.strip():
        return suggest(words, known, most)
    listed = suggest(words, known, len(codes))
    judged = read(
        found.reader,
        mask_personal(words),
        hours((at or now()).astimezone(city().zone)),
        listed={one.type: one.score for one in listed},
        allowed=codes,
        most=most,
    )
    by_list = {one.type: one.words for one in listed} if found.reader.trust < 1 else {}
    return [
        Guess(
            one.type,
            one.confidence,
            tuple(dict.fromkeys((*one.words, *by_list.get(one.type, ())))),
        )
        for one in judged
        if one.confidence > 0
    ]


def sure(guesses: list[Guess]) -> str | None:
    """The best type where it is clear enough to take without a person; else None."""
    found = reader_in_force()
    if not guesses:
        return None
    if found is not None:
        return guesses[0].type if guesses[0].score >= found.reader.threshold else None
    second = guesses[1].score if len(guesses) > 1 else 0.0
    clear = guesses[0].score >= SURE_SCORE and guesses[0].score - second >= SURE_LEAD
    return guesses[0].type if clear else None
