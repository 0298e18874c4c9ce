"""What a type asks whoever reports. Each question may be left open: nobody needs to answer.

An answer is a fact to the routes, and an open question is *unknown* there, not *no*. It stands
with the report that gave it, and on the case, where the first answer to a question counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gongbi.cases.errors import SignalRefused
from gongbi.cases.filling import Field, in_words, name_of, right
from gongbi.cases.models import Case, CaseType

AT_REPORT = "report"  # where a type's fields say when each is asked
KEPT = "answers"  # where a signal's ``why`` keeps them
Answers = dict[str, Any]


def asked_by(kind: CaseType | None) -> list[Field]:
    """The questions of a type, in the pack's order."""
    return [one for one in kind.fields if one["required_at"] == AT_REPORT] if kind else []


@dataclass(frozen=True, slots=True)
class Choosing:
    """A question as a form draws it; ``choices`` are (code, name), also of yes or no."""

    code: str
    kind: str
    name: str
    choices: tuple[tuple[str, str], ...]


def to_choose(kind: CaseType) -> list[Choosing]:
    """The questions of a type for a form that holds those of every type at once."""
    both = (("yes", _("yes")), ("no", _("no")))
    return [
        Choosing(
            one["code"],
            one["kind"],
            name_of(one),
            both
            if one["kind"] == "yes_no"
            else tuple((row["code"], name_of(row)) for row in one.get("choices", ())),
        )
        for one in asked_by(kind)
    ]


def read_answers(kind: CaseType | None, said: Mapping[str, Any]) -> Answers:
    """What was answered, as it is kept; SignalRefused names the first that cannot be."""
    asked, found = {one["code"]: one for one in asked_by(kind)}, {}
    for code, value in said.items():
        if value in (None, ""):
            continue
        if code not in asked:
            raise SignalRefused(KEPT, _nobody_asks(kind, code))
        try:
            found[code] = right(asked[code], value)
        except ValueError as wrong:
            raise SignalRefused(KEPT, str(wrong)) from wrong
    return found


def _nobody_asks(kind: CaseType | None, code: str) -> str:
    if kind is None:
        return _("Answers belong to the questions of a type; say which type it is.")
    shown = {"type": kind.name, "question": code[:40]}
    return _("%(type)s asks no %(question)r when it is reported.") % shown


def of_signal(why: Mapping[str, Any]) -> Answers:
    """What a signal's reporter answered."""
    found = why.get(KEPT)
    return dict(found) if isinstance(found, Mapping) else {}


def add_to(case_id: int, answers: Answers) -> None:
    """What one more report of a case answers, where nobody had. The caller holds the row."""
    if not answers:
        return
    rows = Case.objects.filter(pk=case_id)
    known = rows.values_list("values", flat=True).get()
    rows.update(values=answers | known)


def names(kind: CaseType | None) -> dict[str, str]:
    """The questions of a type by their codes, as routes ask them."""
    return {one["code"]: name_of(one) for one in asked_by(kind)}


def told(kind: CaseType | None, answers: Answers) -> tuple[tuple[str, str], ...]:
    """Questions with their answers, in words; what the type asks no more is passed over."""
    return tuple(
        (name_of(one), in_words(one, answers[one["code"]]))
        for one in asked_by(kind)
        if one["code"] in answers
    )
