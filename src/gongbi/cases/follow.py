"""What a reporter sees and may do, by their link or short number."""

from uuid import UUID

from django.utils.translation import gettext as _

from gongbi.cases import following, promises, questions, states, wording
from gongbi.cases.actions.asking_again import may_ask_again
from gongbi.cases.checked_files import SHUT
from gongbi.cases.errors import Refused
from gongbi.cases.masks import OUTSIDE, masked
from gongbi.cases.models import Case, CaseType, Outcome, Photo, Signal, Step, Verdict
from gongbi.cases.news.asking import news_of
from gongbi.cases.records import FollowRecord, FollowStep
from gongbi.core.public import in_language, now, unseal, unseal_many

SHOWN_STEPS = frozenset(
    {"open", "join", "dispatch", "accept", "arrive", "return", "declare", "wait", "resume", "ask",
     "solved", "not_solved", "unanswered", "merge", "cancel", "file", "stage", "grant", "park",
     "reopen", "ask_again", "complain_of", "unmerge", "unjoin", "split"}
)  # fmt: skip


def find(said: str) -> tuple[Signal, bool]:
    """The signal of a link or short number, and whether it was the link; Refused otherwise."""
    signal, by_link = following.find_signal(said)
    if signal is None or signal.forgotten_at or signal.follow_until < now():
        raise Refused(
            _("This link or number is not known, or its time has passed; please check it.")
        )
    return signal, by_link


def follow(said: str) -> FollowRecord | None:
    """Where the matter stands; None for a link or number that is unknown, old or forgotten."""
    try:
        signal, by_link = find(said)
    except Refused:
        return None
    return _record(signal, by_link)


def _record(signal: Signal, by_link: bool) -> FollowRecord:
    own = signal.case
    rows = Case.objects.select_related(
        "type", "place", "unit", "suggested_unit", "about_unit", "asset__kind", "asset__owner"
    )
    case = rows.get(pk=own.merged_into_id or own.pk)
    outcome = Outcome.objects.filter(case=case).order_by("-pk").first()
    verdict = Verdict.objects.filter(case=case).order_by("-pk").first()
    asked = _is_asked(case, verdict)
    pictures = _photos(case, signal)
    return FollowRecord(
        number=case.number,
        state=case.state,
        state_name=wording.state(case.state),
        type=case.type.code if case.type else None,
        type_name=case.type.name if case.type else "",
        place_name=case.place.name if case.place else "",
        unit_name=case.unit.name if case.unit else "",
        opened_at=own.opened_at,
        due_at=promises.to_people(case),
        asked=asked,
        asked_until=verdict.due_at if asked and verdict else None,
        may_reopen=asked or _may_reopen(case, verdict),
        outcome=outcome.declared if outcome else "",
        outcome_words=(unseal(outcome.words_id) or "") if outcome else "",
        verdict=verdict.said if verdict else "",
        words=(unseal(signal.words_id) or "") if by_link else "",
        waiting_for=case.waiting_for,
        question=_question(case),
        may_ask_again=may_ask_again(case),
        ended_as=wording.reason(case.ended_as) if case.state == states.CANCELLED else "",
        ended_words=_last_words(case, "cancel") if case.state == states.CANCELLED else "",
        about=case.about_unit.name if case.about_unit else "",
        steps=steps_of(case),
        photos=tuple(one for one, check, _own in pictures if check not in SHUT) if by_link else (),
        own_photos=frozenset(one for one, _check, is_own in pictures if is_own),
        merged_into=case.number if own.merged_into_id else "",
        photos_waiting=sum(check == Photo.WAITING for _one, check, _own in pictures),
        photos_refused=sum(check == Photo.BAD for _one, check, _own in pictures),
        news=news_of(signal) if by_link else None,
        asset=f"{case.asset.kind.name} {case.asset.code}" if case.asset else "",
        asset_owner=case.asset.owner.name if case.asset else "",
        answers=questions.by_reporter(signal, case.type) if by_link else (),
    )


def _is_asked(case: Case, verdict: Verdict | None) -> bool:
    awaits = case.state == states.ANSWERED and verdict is not None
    return bool(awaits and verdict and verdict.asked_at and not verdict.said)


def _may_reopen(case: Case, verdict: Verdict | None) -> bool:
    closed = case.state == states.CLOSED and verdict is not None
    return bool(closed and verdict and verdict.due_at and now() <= verdict.due_at)


def steps_of(case: Case) -> tuple[FollowStep, ...]:
    """The history without persons, and what units wrote for the reporter."""
    rows = case.steps.filter(verb__in=SHOWN_STEPS).select_related("unit")
    steps = list(rows.order_by("at", "pk"))
    spoken = unseal_many(step.words_id for step in steps if _to_reporter(step))
    shown = [
        FollowStep(
            wording.step(step, case.type),
            step.at,
            step.unit.name if step.unit else "",
            masked(spoken.get(step.words_id or 0, ""), case.type, OUTSIDE)
            or said_at(case.type, step.verb),
        )
        for step in steps
    ]
    notes = list(case.notes.filter(for_reporter=True))
    opened = unseal_many(note.words_id for note in notes)
    said = _("the unit writes to you")
    shown += [
        FollowStep(said, n.at, "", opened[n.words_id]) for n in notes if n.words_id in opened
    ]
    return tuple(sorted(shown, key=lambda step: step.at))


def _to_reporter(row: Step) -> bool:
    """Whether an officer's words at a step are for the reporter: what they are asked, and why it
    was cancelled. What others must do first is said to them by its name alone; so is what was
    written before the form said who would read it."""
    return bool(row.why.get("said"))


def _question(case: Case) -> str:
    """What the reporter is asked while the case waits for them, as words go outward."""
    waits = case.state == states.WAITING and case.waiting_for == states.RESIDENT
    return _last_words(case, "wait") if waits else ""


def _last_words(case: Case, verb: str) -> str:
    """What was written with the last step of a verb, as words go outward."""
    step = case.steps.filter(verb=verb).order_by("-pk").first()
    said = unseal(step.words_id) if step and _to_reporter(step) else None
    return masked(said or "", case.type, OUTSIDE)


def said_at(kind: CaseType | None, verb: str) -> str:
    """What the type has the city say to the reporter when that happens."""
    words = kind.says.get(verb, {}) if kind else {}
    return in_language(words.get("en", ""), words.get("zh", ""))


def _photos(case: Case, signal: Signal) -> list[tuple[UUID, str, bool]]:
    """Their own pictures, and those the unit took afterwards; not other reporters'. Each with
    what the check for malware said of it, and whether it is their own."""
    rows = Photo.objects.filter(case__in={case.pk, signal.case_id}, removed_at=None)
    rows = rows.filter(signal=signal) | rows.filter(kind="after", signal=None)
    found = rows.order_by("pk").values_list("uuid", "checked", "signal")
    return [(uuid, checked, own is not None) for uuid, checked, own in found]


def photo_for(said: str, uuid: UUID) -> Photo | None:
    """A picture a reporter may see by their link."""
    try:
        signal, by_link = find(said)
    except Refused:
        return None
    case = signal.case.followed
    checked = {one: check for one, check, _own in _photos(case, signal)}
    if not by_link or checked.get(uuid, Photo.BAD) in SHUT:
        return None
    return Photo.objects.get(uuid=uuid)
