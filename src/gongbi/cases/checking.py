"""Hearing reporters again, independently: what was answered, how to reach them, their word.

The centre rings, never the unit that did the work. Who rings sees the words and the contact, and
each such reading is written down.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongbi.cases import actions, states, wording
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused
from gongbi.cases.events import ReporterSeen
from gongbi.cases.models import Case, Outcome, Signal, Verdict
from gongbi.cases.records import ClosingRecord, ReachRecord
from gongbi.core.public import now, publish, unseal_many

MOST = 5000


def closings_to_check(since: datetime, until: datetime) -> list[ClosingRecord]:
    """Cases answered in [since, until) with a reporter who left a contact. Two queries.

    Of several reporters the first. Cases of which the reporter said *not solved* are at work
    again and are not here.
    """
    rows = Verdict.objects.filter(
        outcome__at__gte=since,
        outcome__at__lt=until,
        case__state__in=(states.ANSWERED, states.CLOSED),
        case__about_unit=None,
    ).exclude(said="not_solved")
    found = {
        row["case"]: row
        for row in rows.order_by("pk").values(
            "case", "case__number", "case__unit", "case__unit_path", "case__place_path",
            "outcome__at", "said",
        )[:MOST]
    }  # fmt: skip
    return [
        ClosingRecord(
            number=row["case__number"],
            signal=signal,
            unit=row["case__unit"] or "",
            unit_path=row["case__unit_path"],
            place_path=row["case__place_path"],
            declared_at=row["outcome__at"],
            said=row["said"],
        )
        for case, signal in _reachable(list(found)).items()
        if (row := found[case])
    ]


def _reachable(cases: list[int]) -> dict[int, UUID]:
    """The first reporter with a contact of each case."""
    rows = Signal.objects.filter(case__in=cases, from_person=True, forgotten_at=None)
    said = rows.exclude(contact_id=None).order_by("-pk").values_list("case", "uuid")
    return dict(said)


@transaction.atomic
def reach_reporter(signal: UUID, actor: str) -> ReachRecord | None:
    """How to reach a reporter and what their matter is; None once they are forgotten.

    ``actor`` is ``kind:id``; the reading is written into the journal.
    """
    row = Signal.objects.select_related("case__merged_into").filter(uuid=signal).first()
    if row is None or row.forgotten_at:
        return None
    case = Case.objects.select_related("type", "place", "unit").get(
        pk=row.case.merged_into_id or row.case_id
    )
    fact = ReporterSeen(case=case.uuid, number=case.number, signal=row.uuid)
    publish(fact, subject=f"case:{case.uuid}", actor=actor, place_path=case.place_path)
    return _reach(row, case)


def _reach(row: Signal, case: Case) -> ReachRecord:
    opened = unseal_many([row.words_id, row.contact_id])
    outcome = Outcome.objects.filter(case=case).order_by("-pk").first()
    verdict = Verdict.objects.filter(case=case).order_by("-pk").first()
    return ReachRecord(
        number=case.number,
        contact=opened.get(row.contact_id or 0, ""),
        words=opened.get(row.words_id or 0, ""),
        language=row.language,
        type_name=case.type.name if case.type else "",
        place_name=case.place.name if case.place else "",
        unit_name=case.unit.name if case.unit else "",
        state_name=wording.state(case.state),
        declared=outcome.declared if outcome else "",
        declared_at=outcome.at if outcome else None,
        said=verdict.said if verdict else "",
        may_reopen=_may_still_say(case, verdict),
    )


def _may_still_say(case: Case, verdict: Verdict | None) -> bool:
    if verdict is None or verdict.due_at is None:
        return False
    return case.state == states.ANSWERED or (
        case.state == states.CLOSED and now() <= verdict.due_at
    )


def hear_by_call(signal: UUID, *, solved: bool, words: str, actor: str) -> str:
    """Take a reporter's word, heard when they were rung; the state after it.

    Empty when their word changes nothing any more (already said, or its time has passed): the
    figure of the call-backs counts it all the same. ``actor`` stands in the case's history.
    """
    kind, _colon, id_ = actor.partition(":")
    try:
        with transaction.atomic():
            # Held before it is read: a word said by link at this moment must not undo theirs.
            held = Case.objects.select_for_update(no_key=True).filter(signals__uuid=signal)
            list(held.values_list("pk", flat=True))
            row = Signal.objects.select_related("case__merged_into").get(uuid=signal)
            case = actions.give_verdict(
                row, solved=solved, words=words, channel="call_back", heard_by=Actor(kind, id_)
            )
    except Refused:
        return ""
    return case.state
