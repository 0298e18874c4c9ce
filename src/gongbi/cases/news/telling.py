"""Owing news in the transaction of the step it tells of."""

from typing import TYPE_CHECKING

from gongbi.cases import states
from gongbi.core.public import Owed, owe_messages, ways_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from gongbi.cases.models import Case, News

TOLD = ("accept", "arrive", "ask", "cancel")
"""Steps reporters are told of: somebody has it, somebody is there, is it solved? Once a round.
And each time that it was cancelled, or that they must answer before it goes on, because the
promise stands still."""
EACH_TIME = ("cancel", "wait")


def tell_reporters(case: "Case", verb: str, unit: str | None = None) -> None:
    """Owe news of a step to each reporter of a case who asked for it; once a round."""
    if not (verb in TOLD or _must_answer(case, verb)) or not ways_out():
        return
    named = unit or case.unit_id or ""
    owe_messages(
        _owed(row, case, verb, _reference(row, case, verb), named) for row in wanted(case)
    )


def tell_of_message(cases: "Sequence[Case]", message: int) -> None:
    """Owe news of a message to all of a parent matter, once to each reporter who asked for news;
    ``message`` is the id of what was written."""
    if not ways_out():
        return
    from gongbi.cases.models import Case, News

    of: dict[int | None, Case] = {case.pk: case for case in cases}
    merged = Case.objects.filter(merged_into__in=list(of)).values_list("pk", "merged_into")
    of |= {pk: of[host] for pk, host in merged}
    rows = News.objects.filter(signal__case__in=list(of), ended_at=None).select_related("signal")
    owe_messages(
        _owed(row, of[row.signal.case_id], "told", f"news:{row.signal.uuid}:told:{message}")
        for row in rows
    )


def _owed(row: "News", case: "Case", kind: str, reference: str, unit: str = "") -> Owed:
    return Owed(
        reference=reference,
        way=row.way,
        writer="cases",
        kind=kind,
        subject=str(row.signal.uuid),
        about=case.number,
        place_path=case.place_path,
        said={"unit": unit},
    )


def _must_answer(case: "Case", verb: str) -> bool:
    return verb == "wait" and case.waiting_for == states.RESIDENT


def _reference(row: "News", case: "Case", verb: str) -> str:
    """The round is in it: a matter that was opened again is told of again. So is a case that the
    reporter's own was merged into: should that be undone, their own step is still to be told."""
    merged = "" if row.signal.case_id == case.pk else f":{case.number}"
    time = case.version if verb in EACH_TIME else case.reopened
    return f"news:{row.signal.uuid}:{verb}:{time}{merged}"


def wanted(case: "Case") -> "QuerySet[News]":
    """Who wants news of a case or of one merged into it."""
    from gongbi.cases.models import News

    own = News.objects.filter(signal__case__in=case.with_merged(), ended_at=None)
    return own.select_related("signal")
