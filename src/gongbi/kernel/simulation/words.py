"""Words as residents write them: short, vague, misspelt, angry, polite; 1 to 500 letters."""

from dataclasses import dataclass
from types import ModuleType

import numpy as np

from gongbi.kernel.simulation import words_en, words_zh

MOST_LETTERS = 500
ZH, EN = "zh", "en"
_TABLES: dict[str, ModuleType] = {ZH: words_zh, EN: words_en}
# The area code 0000 and 555-01xx are given out to nobody.
PHONE_FORMS = {ZH: "0000-{0:08d}", EN: "555-01{1:02d}"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the place is called in one language."""

    building: str
    road: str
    quarter: str


@dataclass(frozen=True, slots=True)
class Writer:
    """How one person writes.

    Parameters
    ----------
    mood
        plain, polite, angry or short.
    slips
        Chance of each slip that could be made.
    tells
        nothing, phone or name: what the words hold that must not travel on.
    """

    language: str
    mood: str = "plain"
    slips: float = 0.0
    tells: str = "nothing"

    def __post_init__(self) -> None:
        if self.language not in _TABLES:
            raise ValueError(f"Expected a language of {', '.join(_TABLES)}.")
        if self.mood not in ("plain", "polite", "angry", "short"):
            raise ValueError("Expected a mood of plain, polite, angry or short.")


@dataclass(frozen=True, slots=True)
class Written:
    """The words, and the place in words as an operator would note it."""

    words: str
    place_words: str


def draw_writer(rng: np.random.Generator, *, english: float = 0.12) -> Writer:
    """Somebody: one in eight writes English, one in ten tells a phone or a name."""
    language = EN if rng.random() < english else ZH
    mood = str(rng.choice(["plain", "short", "polite", "angry"], p=[0.4, 0.25, 0.15, 0.2]))
    tells = str(rng.choice(["nothing", "phone", "name"], p=[0.88, 0.08, 0.04]))
    return Writer(language, mood, float(rng.choice([0.0, 0.15, 0.5], p=[0.6, 0.3, 0.1])), tells)


def write_report(
    kind: str, names: Names, writer: Writer, rng: np.random.Generator, *, again: bool = False
) -> Written:
    """One report; ``again`` when somebody has spoken of the same matter before."""
    table = _TABLES[writer.language]
    where = _where(table, names, writer, rng)
    said = _filled(_one(table.SAID[kind], rng), table, rng, where=where)
    if again and rng.random() < 0.3:
        said = _one(table.AGAIN, rng) + said
    said = _dressed(said, table, writer, rng) + _told(table, writer, rng)
    said = _slipped(said, table, writer, rng)
    if writer.language == EN and writer.mood != "polite" and rng.random() < 0.4:
        said = said.lower()
    return Written(" ".join(said.split())[:MOST_LETTERS], where)


def _one(several: tuple[str, ...], rng: np.random.Generator) -> str:
    return several[int(rng.integers(len(several)))]


def _where(table: ModuleType, names: Names, writer: Writer, rng: np.random.Generator) -> str:
    vague = writer.mood == "short" and rng.random() < 0.4
    said = _one(table.VAGUE if vague else table.WHERE, rng)
    return said.format(building=names.building, road=names.road, quarter=names.quarter)


def _filled(said: str, table: ModuleType, rng: np.random.Generator, *, where: str = "") -> str:
    return said.format(where=where, n=int(rng.integers(2, 9)), t=_one(table.TIMES, rng))


def _dressed(said: str, table: ModuleType, writer: Writer, rng: np.random.Generator) -> str:
    gap = " " if writer.language == EN else ","
    if writer.mood == "polite":
        return f"{_one(table.POLITE_FIRST, rng)}{said}{gap}{_one(table.POLITE_LAST, rng)}"
    if writer.mood == "angry":
        last = _filled(_one(table.ANGRY_LAST, rng), table, rng)
        return said + last if last.startswith("!") else said + gap + last
    return said


def _told(table: ModuleType, writer: Writer, rng: np.random.Generator) -> str:
    if writer.tells == "nothing":
        return ""
    surname = table.SURNAMES[int(rng.integers(len(table.SURNAMES)))]
    given, number = _one(table.GIVEN, rng), int(rng.integers(10**8))
    name = f"{given} {surname}" if writer.language == EN else surname + given
    phone = PHONE_FORMS[writer.language].format(number, number % 100)
    forms = table.CONTACT if writer.tells == "phone" else table.NAMES_ONLY
    said = _one(forms, rng).format(surname=surname, name=name, phone=phone)
    return f" {said}" if writer.language == EN else f"。{said}"


def _slipped(said: str, table: ModuleType, writer: Writer, rng: np.random.Generator) -> str:
    for right, wrong in table.SLIPS:
        if right in said and rng.random() < writer.slips:
            said = said.replace(right, wrong, 1)
    if writer.language == EN and rng.random() < writer.slips:
        said = _swapped(said, rng)
    return said


def _swapped(said: str, rng: np.random.Generator) -> str:
    """Two neighbouring letters in the wrong order: the commonest slip of a hurried thumb."""
    spots = [at for at in range(len(said) - 1) if said[at : at + 2].isalpha()]
    if not spots:
        return said
    at = spots[int(rng.integers(len(spots)))]
    return said[:at] + said[at + 1] + said[at] + said[at + 2 :]
