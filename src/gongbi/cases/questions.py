"""What a type asks whoever reports. Each question may be left open: nobody needs to answer.

An answer is a fact to the routes, and an open question is *unknown* there, not *no*. It stands
with the report that gave it, under the type it was given for, and goes where the report goes: a
case knows what its reports answer, and the first answer to a question counts. It says something of
the matter and cannot hold a name, so that it stays when its reporter is forgotten.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext as _

from gongbi.cases.errors import SignalRefused
from gongbi.cases.filling import Field, in_words, name_of, right
from gongbi.cases.models import Case, CaseType, Signal
from gongbi.cases.records import QuestionRecord

AT_REPORT = "report"  # where a type's fields say when each is asked
KEPT = "answers"  # where a signal's ``why`` keeps them
Answers = dict[str, Any]


def asked_by(kind: CaseType | None) -> list[Field]:
    """The questions of a type, in the pack's order."""
    return [one for one in kind.fields if one["required_at"] == AT_REPORT] if kind else []


def records_of(kind: CaseType | None) -> tuple[QuestionRecord, ...]:
    """The questions of a type as forms draw them, in the reader's language."""
    return tuple(
        QuestionRecord(
            code=one["code"],
            kind=one["kind"],
            name=name_of(one),
            choices=tuple((row["code"], name_of(row)) for row in one.get("choices", ())),
            least=one.get("least", 0),
            most=one.get("most"),
        )
        for one in asked_by(kind)
    )


def read_answers(kind: CaseType | None, said: Mapping[str, Any]) -> Answers:
    """What was answered, as it is kept; SignalRefused names the first that cannot be."""
    asked, found = {one["code"]: one for one in asked_by(kind)}, {}
    for code, value in said.items():
        if value in (None, ""):
            continue
        if code not in asked:
            raise SignalRefused(f"{KEPT}.{code[:40]}", _nobody_asks(kind, code))
        try:
            found[code] = right(asked[code], value)
        except ValueError as wrong:
            raise SignalRefused(f"{KEPT}.{code}", str(wrong)) from wrong
    return found


def fitting(kind: CaseType | None, said: Mapping[str, Any]) -> Answers:
    """Those of some answers that can be; the others are passed over."""
    found: Answers = {}
    for code, value in said.items():
        with suppress(SignalRefused):
            found |= read_answers(kind, {code: value})
    return found


def _nobody_asks(kind: CaseType | None, code: str) -> str:
    if kind is None:
        return _("Answers belong to the questions of a type; say which type it is.")
    shown = {"type": kind.name, "question": code[:40]}
    return _("%(type)s asks no %(question)r when it is reported.") % shown


def of_signal(why: Mapping[str, Any], type_code: str) -> Answers:
    """What a signal's reporter answered to the questions of a type."""
    given = why.get(KEPT)
    found = given.get(type_code) if isinstance(given, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def known(asked: Mapping[int, CaseType | None]) -> dict[int, Answers]:
    """What the reports of cases answer to the questions of a type each, by the cases' ids.

    Reports of cases merged into them count, and the first answer to a question. No query where
    nothing is asked, else two.
    """
    codes = {pk: kind.code for pk, kind in asked.items() if kind and asked_by(kind)}
    if not codes:
        return {}
    roots = dict(Case.objects.filter(merged_into__in=codes).values_list("pk", "merged_into"))
    rows = Signal.objects.filter(case__in=[*codes, *roots], why__has_key=KEPT).order_by("pk")
    found: dict[int, Answers] = {}
    for case, why in rows.values_list("case_id", "why"):
        root = roots.get(case) or case
        found[root] = of_signal(why, codes[root]) | found.get(root, {})
    return found


def of_case(case: Case, kind: CaseType | None) -> Answers:
    """What the reports of a case answer to the questions of a type."""
    return known({case.pk: kind}).get(case.pk, {})


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


def by_reporter(signal: Signal, kind: CaseType | None) -> tuple[tuple[str, str], ...]:
    """What one reporter answered to a type's questions, in words."""
    return told(kind, of_signal(signal.why, kind.code)) if kind else ()
