"""Cases' door: what other parts may ask for. Records and ids cross it, never a model."""

from datetime import datetime
from uuid import UUID

from gongbi.cases import actions, photos, tasks, types
from gongbi.cases import follow as _follow
from gongbi.cases.actors import Actor, reporter
from gongbi.cases.errors import CannotMove, Incomplete, Overtaken, Refused, SignalRefused
from gongbi.cases.follow import follow
from gongbi.cases.models import CaseType
from gongbi.cases.open_view import (
    PublicCase,
    PublicFilter,
    PublicStep,
    open_cases,
    open_steps,
    token_for,
)
from gongbi.cases.outside import TaskOutside, task_outside, work_outside
from gongbi.cases.periods import work_between
from gongbi.cases.queries import (
    counts,
    handover_rows,
    map_points,
    opened_by_day,
    recent,
    rows,
)
from gongbi.cases.records import (
    CaseCounts,
    CaseFilter,
    CaseRow,
    FollowRecord,
    FollowStep,
    HandoverRow,
    MapPoint,
    ReceiptRecord,
    RecentStep,
    SignalIn,
    SpanRecord,
    Suggestion,
    TypeRecord,
    WorkRecord,
)
from gongbi.core.public import promise_in_words

__all__ = [
    "CannotMove",
    "CaseCounts",
    "CaseFilter",
    "CaseRow",
    "FollowRecord",
    "FollowStep",
    "HandoverRow",
    "Incomplete",
    "MapPoint",
    "Overtaken",
    "PublicCase",
    "PublicFilter",
    "PublicStep",
    "ReceiptRecord",
    "RecentStep",
    "Refused",
    "SignalIn",
    "SignalRefused",
    "SpanRecord",
    "Suggestion",
    "TaskOutside",
    "TypeRecord",
    "WorkRecord",
    "add_photo",
    "add_words",
    "case_types",
    "counts",
    "follow",
    "forget_reporter",
    "give_verdict",
    "handover_rows",
    "map_points",
    "note_alert",
    "open_cases",
    "open_steps",
    "opened_by_day",
    "photo_bytes",
    "receive_signal",
    "recent",
    "rows",
    "run_due",
    "suggest_types",
    "task_outside",
    "token_for",
    "work_between",
    "work_outside",
]

receive_signal = actions.receive_signal
note_alert = actions.note_alert


def run_due(now: datetime) -> int:
    """Do what the clock owes: ask, close the unanswered, mark the missed; how much was done."""
    return tasks.run_due(now)


def give_verdict(token: str, solved: bool, words: str = "") -> FollowRecord:
    """What a reporter says, by link or short number; Refused when they cannot be heard now."""
    signal, by_link = _follow.find(token)
    channel = "link" if by_link else "number"
    actions.give_verdict(signal, solved=solved, words=words, channel=channel)
    return _after(token)


def add_words(token: str, words: str) -> FollowRecord:
    """What a reporter adds to their matter; a case that waited for them goes on by it."""
    actions.add_words(_follow.find(token)[0], words)
    return _after(token)


def add_photo(
    token: str, content: bytes, *, lon: float | None = None, lat: float | None = None
) -> UUID:
    """A reporter's picture; Incomplete says what is wrong with it."""
    signal, _by_link = _follow.find(token)
    case = signal.case.merged_into or signal.case
    photo = actions.add_photo(
        case, reporter(signal.uuid), content, kind="report", signal=signal, lon=lon, lat=lat
    )
    return photo.uuid


def photo_bytes(token: str, photo: UUID) -> bytes | None:
    """A picture as JPEG without metadata, for a reporter who follows by the link."""
    found = _follow.photo_for(token, photo)
    return photos.shown_bytes(found.uuid, found.key_owner) if found else None


def forget_reporter(token: str, actor: str = "") -> None:
    """Delete a reporter's words, contact and pictures for ever, at their own wish.

    ``actor`` is written down as ``kind:id``; empty: the reporter themselves.
    """
    signal, _by_link = _follow.find(token)
    kind, _colon, id_ = actor.partition(":")
    who = Actor(kind, id_) if id_ else reporter(signal.uuid)
    actions.forget_reporter(signal, who)


def case_types(for_residents: bool = False) -> list[TypeRecord]:
    """The types in force, in the pack's order; for residents, those they may choose."""
    found = types.in_force()
    return [_type(row) for row in found if row.visible or not for_residents]


def suggest_types(words: str, most: int = 3) -> list[Suggestion]:
    """Types that words speak for, best first, with the words that decided."""
    return [Suggestion(one.type, one.score, one.words) for one in types.guess_types(words, most)]


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
    )


def _after(token: str) -> FollowRecord:
    record = follow(token)
    if record is None:  # the link ran out between two lines
        raise Refused("This link is no longer valid.")
    return record
