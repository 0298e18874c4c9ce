"""Cases' door: what other parts may ask for. Records and ids cross it, never a model."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from gongbi.cases import actions, joining, likeness, photos, questions, reading, tasks, types
from gongbi.cases import follow as _follow
from gongbi.cases.access import joinable_by
from gongbi.cases.actors import Actor, person, reporter
from gongbi.cases.assets import kinds_of as asset_kinds_of
from gongbi.cases.assets import types_about
from gongbi.cases.checking import (
    closings_to_check,
    hear_by_call,
    hear_satisfaction,
    reach_reporter,
)
from gongbi.cases.complaints import complaints_about, units_that_hear, units_unheard
from gongbi.cases.counting import count_steps, counts, live_counts, open_now
from gongbi.cases.errors import CannotMove, Incomplete, Overtaken, Refused, SignalRefused
from gongbi.cases.evaluating.evaluate import EvaluatedGroup, Evaluation, evaluate, group_name
from gongbi.cases.evaluating.listing import Behind, NotListed, cases_behind
from gongbi.cases.evaluating.measures import MEASURES, Measure
from gongbi.cases.evaluating.terms import Asked as AskedCases
from gongbi.cases.evaluating.terms import Terms
from gongbi.cases.follow import follow
from gongbi.cases.holding import held as _held
from gongbi.cases.intake import type_in_force
from gongbi.cases.keeping import KeptPart, forget_due, kept_parts
from gongbi.cases.looks import note
from gongbi.cases.mapping import map_points, on_map
from gongbi.cases.merging.likely import likely_to_report
from gongbi.cases.models import CaseType, Signal
from gongbi.cases.news import asking
from gongbi.cases.news.asking import is_stop, no_way, stop_by, way_to
from gongbi.cases.news.daily import owe_daily
from gongbi.cases.open_view import (
    PublicCase,
    PublicFilter,
    PublicStep,
    open_cases,
    open_steps,
    token_for,
)
from gongbi.cases.outside import TaskOutside, TaskSeen, task_outside, tasks_seen, work_outside
from gongbi.cases.periods import work_between
from gongbi.cases.queries import handover_rows, opened_by_day, recent, rows
from gongbi.cases.reading.noticing import place_named
from gongbi.cases.records import (
    ClosingRecord,
    FollowRecord,
    FollowStep,
    LikelyRecord,
    NewsRecord,
    QuestionRecord,
    ReachRecord,
    ReceiptRecord,
    SignalIn,
    SpanRecord,
    Suggestion,
    TypeRecord,
    WorkRecord,
)
from gongbi.cases.records_listed import (
    CaseCounts,
    CaseFilter,
    CaseRow,
    Counted,
    HandoverRow,
    LiveCounts,
    MapCell,
    MapPoint,
    OnMap,
    RecentStep,
    SearchHit,
)
from gongbi.cases.rehearsing.going import run_due as rehearse_due
from gongbi.cases.rehearsing.rehearse import count_recorded
from gongbi.cases.rehearsing.rehearse import rehearse as rehearse_pack
from gongbi.cases.rehearsing.trial import Trial
from gongbi.cases.search import words as _words
from gongbi.cases.search.contacts import mark_older
from gongbi.cases.search.finding import find_cases
from gongbi.cases.search.words import may_search_words
from gongbi.cases.sought import (
    PURPOSES,
    FoundReport,
    find_reports,
    forget_found,
    show_found,
)
from gongbi.core.public import Scope, promise_in_words
from gongbi.kernel.cases.shares import Share

__all__ = [
    "MEASURES",
    "PURPOSES",
    "AskedCases",
    "Behind",
    "CannotMove",
    "CaseCounts",
    "CaseFilter",
    "CaseRow",
    "ClosingRecord",
    "Counted",
    "EvaluatedGroup",
    "Evaluation",
    "FollowRecord",
    "FollowStep",
    "FoundReport",
    "HandoverRow",
    "Incomplete",
    "KeptPart",
    "LikelyRecord",
    "LiveCounts",
    "MapCell",
    "MapPoint",
    "Measure",
    "NewsRecord",
    "NotListed",
    "OnMap",
    "Overtaken",
    "PublicCase",
    "PublicFilter",
    "PublicStep",
    "QuestionRecord",
    "ReachRecord",
    "ReceiptRecord",
    "RecentStep",
    "Refused",
    "SearchHit",
    "Share",
    "SignalIn",
    "SignalRefused",
    "SpanRecord",
    "Suggestion",
    "TaskOutside",
    "TaskSeen",
    "Terms",
    "Trial",
    "TypeRecord",
    "WorkRecord",
    "add_photo",
    "add_words",
    "ask_again",
    "ask_news",
    "asset_kinds_of",
    "case_types",
    "cases_behind",
    "closings_to_check",
    "complaints_about",
    "count_recorded",
    "count_steps",
    "counts",
    "evaluate",
    "find_cases",
    "find_reports",
    "find_words",
    "follow",
    "forget_due",
    "forget_found",
    "forget_reporter",
    "give_verdict",
    "group_name",
    "handover_rows",
    "hear_by_call",
    "hear_satisfaction",
    "held",
    "is_known",
    "is_stop",
    "joinable_by",
    "kept_parts",
    "likely_to_report",
    "likeness",
    "live_counts",
    "map_points",
    "mark_older",
    "may_search_words",
    "no_way",
    "note_alert",
    "on_map",
    "open_cases",
    "open_now",
    "open_steps",
    "opened_by_day",
    "owe_daily",
    "photo_bytes",
    "place_named",
    "reach_reporter",
    "reading",
    "receive_signal",
    "receive_signals",
    "recent",
    "rehearse_due",
    "rehearse_pack",
    "report_of",
    "rows",
    "run_due",
    "show_found",
    "stop_by",
    "stop_news",
    "suggest_types",
    "task_outside",
    "tasks_seen",
    "token_for",
    "types_about",
    "units_that_hear",
    "units_unheard",
    "way_to",
    "work_between",
    "work_outside",
]

receive_signal = actions.receive_signal
receive_signals = actions.receive_signals
note_alert = actions.note_alert


def is_known(source: str, reference: str) -> bool:
    """Whether that report was taken already: a second sending gets its receipt, no question."""
    return Signal.objects.filter(source=source, reference=reference).exists()


def run_due(now: datetime) -> int:
    """Do what the clock owes: ask, close the unanswered, mark the missed; how much was done."""
    return tasks.run_due(now)


def give_verdict(
    token: str, solved: bool, words: str = "", *, prompted: bool = False
) -> FollowRecord:
    """What a reporter says, by link or short number; Refused when they cannot be heard now.

    ``prompted``: they say that the unit asked them for this answer.
    """
    signal, by_link = _follow.find(token)
    channel = "link" if by_link else "number"
    actions.give_verdict(signal, solved=solved, words=words, channel=channel, prompted=prompted)
    return _after(token)


def ask_again(token: str, words: str) -> FollowRecord:
    """A reporter whose case was cancelled asks once for another look; Refused when they cannot."""
    signal, by_link = _follow.find(token)
    actions.ask_again(signal, words, channel="link" if by_link else "number")
    return _after(token)


def add_words(token: str, words: str) -> FollowRecord:
    """What a reporter adds to their matter; a case that waited for them goes on by it."""
    actions.add_words(_follow.find(token)[0], words)
    return _after(token)


def add_photo(
    token: str,
    content: bytes,
    *,
    lon: float | None = None,
    lat: float | None = None,
    answers: bool = False,
) -> UUID:
    """A reporter's picture; Incomplete says what is wrong with it. ``answers``: it was added to a
    report that was there, and a case that waited for them goes on by it."""
    signal, _by_link = _follow.find(token)
    if answers:
        return actions.answer_by_photo(signal, content, lon=lon, lat=lat).uuid
    case = signal.case.followed
    photo = actions.add_photo(
        case, reporter(signal.uuid), content, kind="report", signal=signal, lon=lon, lat=lat
    )
    return photo.uuid


def photo_bytes(token: str, photo: UUID) -> bytes | None:
    """A picture as JPEG without metadata, for a reporter who follows by the link."""
    found = _follow.photo_for(token, photo)
    return photos.shown_bytes(found.uuid, found.key_owner) if found else None


def ask_news(token: str, address: str, language: str) -> NewsRecord:
    """Tell a reporter how it goes, by mail or text message; Incomplete when nothing reaches them.

    Refused for a short number: whoever only read it over the telephone may not send mail by it.
    """
    signal, by_link = _follow.find(token)
    if not by_link:
        raise Refused(_("This needs the link on the receipt, not its short number."))
    return asking.ask_news(signal, address, language)


def stop_news(token: str) -> None:
    """Tell a reporter no more."""
    asking.stop_news(_follow.find(token)[0])


def forget_reporter(token: str, actor: str = "") -> None:
    """Delete a reporter's words, contact and pictures for ever, at their own wish.

    ``actor`` is written down as ``kind:id``; empty: the reporter themselves.
    """
    signal, _by_link = _follow.find(token)
    kind, _colon, id_ = actor.partition(":")
    who = Actor(kind, id_) if id_ else reporter(signal.uuid)
    actions.forget_reporter(signal, who)


def report_of(token: str) -> tuple[UUID, str]:
    """The report that a link or short number is of, and the number of the case it follows;
    Refused when it is not known."""
    signal, _by_link = _follow.find(token)
    return signal.uuid, signal.case.followed.number


def held(token: str, actor: str) -> dict[str, Any]:
    """All that is held of a reporter, for them; the reading is journalled under ``kind:id``."""
    kind, _colon, id_ = actor.partition(":")
    return _held(token, Actor(kind, id_))


def find_words(scope: Scope, user: Any, said: str) -> list[SearchHit]:
    """Cases by what reporters wrote; each asking is a line of the journal. PermissionDenied for
    who may not read it, Incomplete when no word is long enough."""
    if not may_search_words(scope):
        raise PermissionDenied
    hits = _words.find_words(scope, said, person(user, scope))
    note(person(user, scope), "search", [one.row.id for one in hits if one.said])
    return hits


def case_types(for_residents: bool = False) -> list[TypeRecord]:
    """The types in force, in the pack's order; for residents, those they may choose."""
    found = types.in_force()
    return [_type(row) for row in found if row.visible or not for_residents]


def questions_of(code: str) -> tuple[QuestionRecord, ...]:
    """What a type in force asks whoever reports; nothing for one that is unknown."""
    return questions.records_of(type_in_force(code))


def fitting_answers(code: str, said: Mapping[str, str]) -> dict[str, str]:
    """Those of some answers to a type's questions that can be, as they were said."""
    found = questions.fitting(type_in_force(code), said)
    return {name: value for name, value in said.items() if name in found}


def speaks_of_danger(words: str, code: str) -> bool:
    """Whether people may be trapped or hurt, by the words or by the type."""
    return joining.speaks_of_danger(words, type_in_force(code))


def suggest_types(words: str, most: int = 3) -> list[Suggestion]:
    """Types that words speak for, best first, with the words that decided."""
    return types.suggestions(words, most)


def _type(row: CaseType) -> TypeRecord:
    return TypeRecord(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        name_zh=row.name_zh,
        group=row.group,
        priority=row.priority,
        promise=promise_in_words(row.solve),
        visible=row.visible,
        ask_verdict=row.ask_verdict,
        public=row.public,
        words=tuple(row.words),
        assets=tuple(row.assets),
        questions=questions.records_of(row),
    )


def _after(token: str) -> FollowRecord:
    record = follow(token)
    if record is None:  # the link ran out between two lines
        raise Refused(_("This link is no longer valid."))
    return record
