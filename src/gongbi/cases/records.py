"""What crosses the door of cases: frozen records, never a model."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignalIn:
    """Somebody's or something's report. (source, reference) names it for ever.

    ``at`` is aware; ``lon`` and ``lat`` are degrees in WGS84; ``place`` is a code; ``why`` holds
    codes and numbers only (what an alert rests on); ``joins`` is the number of the case the
    reporter says it is; ``asset`` is KIND:CODE of the asset it is about; ``aid`` the help that a
    caller needed on the line: interpreter, relay or sign; ``governed_by`` names the part of the
    product that opens a case of its own by it, which that part alone ends; ``answers`` are those
    to the questions of ``type`` by code: a number, a choice's code, an ISO date, True or False.
    """

    source: str
    reference: str
    words: str
    type: str | None
    lon: float | None
    lat: float | None
    place: str | None
    place_words: str
    at: datetime
    language: str
    contact: str = ""
    about_unit: str | None = None
    level: int = 0
    why: dict[str, Any] = field(default_factory=dict)
    joins: str = ""
    asset: str = ""
    aid: str = ""
    governed_by: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """What whoever reported gets: the case, how to follow it, and what is promised."""

    case_id: UUID
    number: str
    short_number: str
    follow_token: str
    type: str | None
    place: str | None
    unit: str | None
    deadline: datetime | None
    joined: bool
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class LikelyRecord:
    """A case that a report may be one more voice of, as any resident may know it.

    The type's words, the place, the age and the state: nothing that another reporter wrote, showed
    or is. ``metres`` is rounded to 50; None where one of the two has no point.
    """

    number: str
    type_name: str
    place_name: str
    metres: int | None
    state_name: str
    opened_at: datetime
    reports: int
    chance: float


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """What a type asks whoever reports; it may be left open.

    ``kind``: number, choice, date or yes_no; ``choices``: (code, name) of each; ``least`` and
    ``most`` bound a number.
    """

    code: str
    kind: str
    name: str
    choices: tuple[tuple[str, str], ...] = ()
    least: float = 0
    most: float | None = None


@dataclass(frozen=True, slots=True)
class TypeRecord:
    """A type as residents and other parts see it."""

    code: str
    name: str
    name_en: str
    name_zh: str
    group: str
    priority: int
    promise: str
    visible: bool
    ask_verdict: bool
    public: bool = False
    words: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    questions: tuple[QuestionRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A type the words speak for: its score from 0 to 1, and the words that decided.

    ``sub_type``: the name of the likeliest of its sub-types, where the words speak for one.
    """

    type: str
    score: float
    words: tuple[str, ...]
    sub_type: str = ""
    sub_score: float = 0.0


@dataclass(frozen=True, slots=True)
class FollowStep:
    """A step as the resident sees it: what, when, which unit; never a person."""

    what: str
    at: datetime
    unit: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class NewsRecord:
    """How a reporter is told of their matter: the way, and the address as they know it again."""

    way: str
    shadow: str


@dataclass(frozen=True, slots=True)
class FollowRecord:
    """Where a matter stands, for whoever reported it.

    ``asked`` is true while the system waits for a verdict; ``may_reopen`` also when it was
    closed a short while ago. ``words`` are the reporter's own, and only by the long link.
    ``waiting_for`` is a code; ``question`` what the reporter is asked while it waits for them.
    ``about`` is the name of the unit it complains of; ``ended_as`` and ``ended_words`` say why it
    was cancelled, in words; ``answers`` are the reporter's own to its type's questions, in words,
    and only by the long link.
    """

    number: str
    state: str
    state_name: str
    type: str | None
    type_name: str
    place_name: str
    unit_name: str
    opened_at: datetime
    due_at: datetime | None
    asked: bool
    asked_until: datetime | None
    may_reopen: bool
    outcome: str
    outcome_words: str
    verdict: str
    words: str
    waiting_for: str
    steps: tuple[FollowStep, ...] = ()
    photos: tuple[UUID, ...] = ()
    own_photos: frozenset[UUID] = frozenset()
    merged_into: str = ""
    photos_waiting: int = 0
    photos_refused: int = 0
    news: "NewsRecord | None" = None
    asset: str = ""
    asset_owner: str = ""
    question: str = ""
    about: str = ""
    ended_as: str = ""
    ended_words: str = ""
    may_ask_again: bool = False
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """Hours by the clock from opening: of how many cases, the median, the ninth tenth."""

    of: int
    median: float | None
    ninth_tenth: float | None


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """What was done with the cases opened in a period, as known now. Counts, never persons.

    ``asked`` counts the times a resident was asked; what is neither solved, not solved nor
    unanswered still waits. ``cases_late`` have a promise missed. ``types``: (name, how many).
    """

    opened: int
    from_alerts: int
    live: int
    closed: int
    merged: int
    cancelled: int
    reopened: int
    returned: int
    contact: SpanRecord
    on_site: SpanRecord
    closed_in: SpanRecord
    promises_kept: int
    promises_missed: int
    promises_running: int
    cases_late: int
    declared_done: int
    declared_not_possible: int
    asked: int
    solved: int
    not_solved: int
    unanswered: int
    types: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClosingRecord:
    """A case whose answer can be checked with one of its reporters: codes, no words.

    ``said`` is what the reporter told before: solved, unanswered, or empty while they are asked.
    """

    number: str
    signal: UUID
    unit: str
    unit_path: str
    place_path: str
    declared_at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class ReachRecord:
    """What whoever rings a reporter needs: how to reach them and what it was about."""

    number: str
    contact: str
    words: str
    language: str
    type_name: str
    place_name: str
    unit_name: str
    state_name: str
    declared: str
    declared_at: datetime | None
    said: str
    may_reopen: bool
    wishes: tuple[str, ...] = ()
    no_call: bool = False
