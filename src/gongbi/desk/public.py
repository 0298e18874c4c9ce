"""The desk's door: a check-up and an evaluation as papers, for commands. Nothing else is asked."""

from dataclasses import dataclass
from typing import Any

from gongbi.core.public import Scope
from gongbi.desk.checkup import making
from gongbi.desk.checkup.making import CannotExamine
from gongbi.desk.checkup.naming import STAGES
from gongbi.desk.evaluation import brief
from gongbi.desk.sheets.labels import CannotPrint, labels
from gongbi.desk.sheets.typeset import to_pdf as labels_as_pdf

__all__ = [
    "CannotExamine",
    "CannotPrint",
    "CheckupPaper",
    "EvaluationBrief",
    "as_html",
    "as_pdf",
    "evaluation_brief",
    "examine",
    "labels",
    "labels_as_pdf",
]


@dataclass(frozen=True, slots=True)
class CheckupPaper:
    """A check-up in words: blocks as ``desk.checkup.paper`` lays them, in one language."""

    place: str
    period: str
    paper: dict[str, Any]


def examine(place: str, period: str, told: Any, scope: Scope | None = None) -> CheckupPaper:
    """A place (code or name; empty: the city) over a period, in the active language.

    ``told`` hears (words, share done). CannotExamine is one sentence.
    """
    where, when = making.find_place(place), making.find_period(period)
    checkup = making.examine(
        where, when, scope, lambda stage, share: told(str(STAGES[stage]), share)
    )
    making.refuse_empty(checkup)
    told(str(STAGES["paper"]), 0.9)
    return CheckupPaper(where.code, when.code, making.on_paper(checkup))


def as_pdf(one: CheckupPaper) -> bytes:
    """The paper as PDF, with the fonts we bring."""
    return making.as_pdf(one.paper)


def as_html(one: CheckupPaper) -> str:
    """The paper as one HTML file."""
    return making.as_html(one.paper)


@dataclass(frozen=True, slots=True)
class EvaluationBrief:
    """An evaluation as a document: the name of the file, its bytes, and its figures in words."""

    name: str
    content: bytes
    figures: tuple[tuple[str, str, str, str], ...]


def evaluation_brief(
    place: str, period: str, *, by: str, unit: str = "", public: bool = False
) -> EvaluationBrief:
    """How the matters of a place, or of one unit, went; CannotExamine is one sentence."""
    asked = brief.ask(place, period, by, unit, public=public)
    paper, content = brief.make(asked)
    figures = tuple(
        (str(one.figure.measure.name), one.figure.said, one.figure.interval, one.figure.fraction)
        for one in (*paper.how, *paper.watch)
    )
    return EvaluationBrief(brief.file_name(asked), content, figures)
