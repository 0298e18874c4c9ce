"""What a type asks whoever reports, on the forms of the front doors.

Answers count for the type they were given for: who chooses another kind is asked anew, and what
a pack asks no more is passed over, for nobody's report may fail by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gongbi.cases import public as cases
from gongbi.cases.public import QuestionRecord
from gongbi.reports.forms import MOST_WORDS

PREFIX, FOR = "answer_", "questions_for"
MOST = 40  # characters of an answer: a number, a date or a code


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a form, with what was answered so far."""

    question: QuestionRecord
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Questions:
    """What the chosen type asks; nothing where none is chosen."""

    type: str = ""
    rows: tuple[Asked, ...] = ()


def asked(code: str, posted: Mapping[str, str]) -> Questions:
    """The questions of a type, with the answers that a form gives for it."""
    return _drawn(code, answers(posted, code))


def noted(code: str, of: str, known: Mapping[str, str]) -> Questions:
    """The questions of a type, with the answers that were noted for the type ``of``."""
    return _drawn(code, known if code == of else {})


def _drawn(code: str, known: Mapping[str, str]) -> Questions:
    rows = cases.questions_of(code)
    return Questions(
        code, tuple(Asked(one, PREFIX + one.code, known.get(one.code, "")) for one in rows)
    )


def answers(posted: Mapping[str, str], code: str | None) -> dict[str, str]:
    """What a form answers to the questions of a type, by their codes.

    Where people may be in danger an answer that cannot be is passed over: nobody is held up by it.
    """
    if not code or posted.get(FOR) != code:
        return {}
    said = {one.code: posted.get(PREFIX + one.code, "") for one in cases.questions_of(code)}
    given = {name: value.strip()[:MOST] for name, value in said.items() if value.strip()}
    in_danger = given and cases.speaks_of_danger(posted.get("words", "")[:MOST_WORDS], code)
    return cases.fitting_answers(code, given) if in_danger else given


def to_ask(posted: Mapping[str, str], code: str | None, words: str) -> bool:
    """Whether a form was sent by somebody who has not seen the questions of their type, and who is
    not in danger: without scripts they come with the page's answer."""
    if not code or posted.get(FOR) == code or not cases.questions_of(code):
        return False
    return not cases.speaks_of_danger(words, code)
