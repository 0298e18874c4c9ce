"""Hearing reporters again, independently: what was answered, how to reach them, their word.

The centre rings, never the unit that did the work. Who rings sees the words and the contact, and
each such reading is written down.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongbi.cases import actions, states, wording
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused
from gongbi.cases.events import ReporterSeen
from gongbi.cases.models import Case, Outcome, Satisfaction, Signal, Verdict
from gongbi.cases.reading.wishes import in_words, wants_no_call, wishes_in
from gongbi.cases.records import ClosingRecord, ReachRecord
from gongbi.core.public import now, publish, the_one, unseal_many

MOST = 5000
SATISFIED = ("yes", "fairly", "no")


def closings_to_check(since: datetime, until: datetime) -> list[ClosingRecord]:
    """Cases answered in [since, until) with a reporter who left a contact and did not ask not to
    be called. Four queries or fewer.

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
    """The first reporter with a contact of each case who did not ask not to be called."""
    rows = Signal.objects.filter(case__in=cases, from_person=True, forgotten_at=None)
    rows = rows.exclude(contact_id=None).order_by("-pk")
    said = list(rows.values_list("case", "uuid", "reading_id"))
    wishes = wishes_in(reading for _case, _uuid, reading in said if reading)
    return {
        case: uuid
        for case, uuid, reading in said
        if not wants_no_call(wishes.get(reading or 0, ()))
    }


@transaction.atomic
def reach_reporter(signal: UUID, actor: str) -> ReachRecord | None:
    """How to reach a reporter and what their matter is; None once they are forgotten.

    ``actor`` is ``kind:id``; the reading is written into the journal.
    """
    row = the_one(Signal.objects.select_related("case__merged_into").filter(uuid=signal))
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
    wishes = wishes_in([row.reading_id or 0]).get(row.reading_id or 0, ())
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
        wishes=in_words(wishes),
        no_call=wants_no_call(wishes),
    )


def _may_still_say(case: Case, verdict: Verdict | None) -> bool:
    if verdict is None or verdict.due_at is None:
        return False
    return case.state == states.ANSWERED or (
        case.state == states.CLOSED and now() <= verdict.due_at
    )


def hear_by_call(signal: UUID, *, solved: bool | None, words: str, actor: str) -> str:
    """Take a reporter's word, heard when they were rung; the state after it.

    Empty when their word changes nothing (none was said, it was said before, or its time has
    passed): the figure of the call-backs counts it all the same, and what they said beside it
    stands on the case. Nothing is kept of who was forgotten. ``actor`` stands in the history.
    """
    kind, _colon, id_ = actor.partition(":")
    by = Actor(kind, id_)
    with transaction.atomic():
        # Held before it is read: a word said by link at this moment must not undo theirs.
        held = Case.objects.select_for_update(no_key=True).filter(signals__uuid=signal)
        list(held.values_list("pk", flat=True))
        row = Signal.objects.select_related("case__merged_into").get(uuid=signal)
        if solved is not None:
            with suppress(Refused):
                return actions.give_verdict(
                    row, solved=solved, words=words, channel="call_back", heard_by=by
                ).state
        if words.strip():
            with suppress(Refused):
                actions.write_heard(row, words, by)
    return ""


def hear_satisfaction(signal: UUID, said: str) -> None:
    """Keep how satisfied somebody who was rung is: of the last outcome of their case, and not
    under their own report, for it judges how it was done and nobody shall be asked why."""
    row = Signal.objects.select_related("case__merged_into").get(uuid=signal)
    case = row.case.followed
    outcome = case.outcomes.order_by("-pk").first()
    if outcome is not None and said in SATISFIED:
        Satisfaction.objects.create(case=case, outcome=outcome, said=said, at=now())
