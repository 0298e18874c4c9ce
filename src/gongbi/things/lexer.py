"""Words of a query option: literals, names, signs; each with the place it stands at."""

import re
from dataclasses import dataclass

from gongbi.things.errors import Refused

MOST_CHARACTERS = 16_384
_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?"
_MOMENT = rf"{_DAY}T{_CLOCK}(?:Z|[+-]\d{{2}}:?\d{{2}})?"
WORDS = re.compile(
    rf"""(?P<space>\s+)
    |(?P<geometry>geography'(?:[^']|'')*'|geometry'(?:[^']|'')*')
    |(?P<duration>duration'[^']*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<span>{_MOMENT}/{_MOMENT})
    |(?P<moment>{_MOMENT})
    |(?P<day>{_DAY})
    |(?P<clock>{_CLOCK})
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w]))
    |(?P<name>[@$A-Za-z_\u0080-\uffff][\w@.:-]*)
    |(?P<sign>[()/,;=*-])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its sort, how it was written, where."""

    sort: str
    said: str
    at: int


class Words:
    """The words of one option, read from the left."""

    def __init__(self, text: str, option: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise Refused(f"{option} is longer than {MOST_CHARACTERS} characters.")
        if "\x00" in text:
            raise Refused(f"{option} holds a character that cannot be stored.")
        self.option, self.text = option, text
        self._words = list(_cut(text, option))
        self._next = 0

    @property
    def now(self) -> Word:
        """The word that comes next, without taking it."""
        return self._words[self._next]

    def after(self) -> Word:
        """The word behind the next one."""
        return self._words[min(self._next + 1, len(self._words) - 1)]

    def take(self) -> Word:
        """Take the next word."""
        word = self.now
        self._next += word.sort != "end"
        return word

    def has(self, *said: str) -> bool:
        """Whether the next word is one of these."""
        return self.now.sort in ("name", "sign") and self.now.said in said

    def take_if(self, *said: str) -> bool:
        """Take the next word if it is one of these."""
        found = self.has(*said)
        self._next += found
        return found

    def need(self, said: str) -> None:
        """Take this very word, or refuse."""
        if not self.take_if(said):
            raise self.astray(f"{said!r}")

    def need_end(self) -> None:
        """Refuse what is left over."""
        if self.now.sort != "end":
            raise self.astray("the end")

    def astray(self, wanted: str) -> Refused:
        """The refusal that says what stands where something else is wanted."""
        word = self.now
        found = "it ends" if word.sort == "end" else f"{word.said!r} stands"
        return Refused(
            f"{self.option} cannot be read: at character {word.at + 1} {found}, "
            f"where {wanted} is wanted."
        )


def _cut(text: str, option: str) -> "list[Word]":
    found, at = list[Word](), 0
    while at < len(text):
        hit = WORDS.match(text, at)
        if hit is None:
            raise Refused(
                f"{option} cannot be read from character {at + 1}: {text[at : at + 20]!r}."
            )
        if hit.lastgroup != "space":
            found.append(Word(str(hit.lastgroup), hit.group(), at))
        at = hit.end()
    return [*found, Word("end", "", len(text))]
