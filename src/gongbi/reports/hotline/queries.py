"""What the desk needs to know while somebody is on the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q

from gongbi.cases import public as cases
from gongbi.core import public as core
from gongbi.core.public import Scope
from gongbi.kernel.cases.shares import wilson
from gongbi.kernel.reports.answers import Answer, Shelf
from gongbi.kernel.reports.ringing import Line, who_to_ring
from gongbi.reports import queries as places
from gongbi.reports.hotline import choices
from gongbi.reports.hotline.models import AnswerText, Call, CallBack, CallStep, NightLine
from gongbi.reports.hotline.said import KEPT, Spoken, digest_of

MOST_KNOWN = 5
FEW = 10


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A written answer in the reader's language, with the terms that found it."""

    code: str
    title: str
    text: str
    source: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A duty room to ring."""

    code: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier call from the same number: when, how it ended, which case."""

    at: datetime
    ended: str
    case: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that the desk knows of what is being said."""

    answers: list[ShownAnswer]
    place_name: str
    cases: list[cases.CaseRow]
    lines: list[ShownLine]
    on_duty: list[ShownLine]
    earlier: list[Earlier]
    asked: bool


def known(scope: Scope, spoken: Spoken, *, line_seconds: datetime | None = None) -> Known:
    """Answers, cases at that place, duty rooms and earlier calls for what was said so far."""
    at = line_seconds or core.now()
    where = cases.place_named(spoken.place_words or spoken.words)
    found = core.place(where) if where else None
    kind = spoken.type or _sure_kind(spoken.words)
    path = found.path if found else ""
    asked = bool(spoken.words.strip() or spoken.place_words.strip())
    return Known(
        answers=search(spoken.words) if spoken.words.strip() else [],
        place_name=found.name if found else "",
        cases=_cases_there(scope, path, kind),
        lines=lines_for(kind, path, at) if kind else [],
        # Nobody is left without a telephone because the words were not understood.
        on_duty=lines_now(path) if asked and not kind else [],
        earlier=_earlier(spoken.contact),
        asked=asked,
    )


def _sure_kind(words: str) -> str:
    found = cases.suggest_types(words) if words.strip() else []
    return found[0].type if places.is_sure(found) else ""


def _cases_there(scope: Scope, path: str, kind: str) -> list[cases.CaseRow]:
    """Live cases of that kind at the place, or of any kind where none is known."""
    if not path and not kind:
        return []
    wanted = cases.CaseFilter(place_path=path, type=kind, limit=MOST_KNOWN)
    return cases.rows(scope, wanted)


def search(question: str, most: int = 3) -> list[ShownAnswer]:
    """Written answers in force that speak to a question, best first. One query."""
    rows = {row.code: row for row in answers_in_force()}
    shelf = _shelf(tuple(_answer(row) for row in rows.values()))
    return [shown(rows[one.code], one.terms) for one in shelf.ask(question, most)]


@lru_cache(maxsize=2)
def _shelf(answers: tuple[Answer, ...]) -> Shelf:
    """Answers indexed once: somebody asks at every pause of a caller."""
    return Shelf(answers)


def answers_in_force() -> list[AnswerText]:
    """Answers that may be read out today, in the pack's order."""
    today = core.now().astimezone(core.city().zone).date()
    valid = Q(valid_until=None) | Q(valid_until__gte=today)
    return list(AnswerText.objects.filter(valid, in_force=True).order_by("pk"))


def _answer(row: AnswerText) -> Answer:
    title = " ".join([row.title_en, row.title_zh, *row.words])
    return Answer(row.code, title, f"{row.text_en}\n{row.text_zh}")


def shown(row: AnswerText, terms: Sequence[str] = ()) -> ShownAnswer:
    """An answer in the reader's language."""
    return ShownAnswer(
        row.code,
        core.in_language(row.title_en, row.title_zh),
        core.in_language(row.text_en, row.text_zh),
        row.source,
        tuple(terms),
    )


def lines_for(kind: str, path: str, at: datetime) -> list[ShownLine]:
    """Duty rooms that answer now for a kind of matter at a place, first to try first."""
    groups = {one.code: one.group for one in cases.case_types()}
    rows = {row.code: row for row in NightLine.objects.all()}
    codes = tuple(code for code in path.split("/") if code) or (core.city().code,)
    found = who_to_ring(
        [_line(row) for row in rows.values()],
        local=at.astimezone(core.city().zone),
        type=kind,
        group=groups.get(kind, ""),
        places=codes,
    )
    return [_shown_line(rows[one.code]) for one in found]


def is_listed(code: str) -> bool:
    """Whether the pack lists a duty room of that code."""
    return code.isprintable() and NightLine.objects.filter(code=code).exists()


def steps_of(call: Call) -> list[dict[str, Any]]:
    """What was done in a call so far; rooms and units that were rung by their names."""
    names = {row.code: _shown_line(row).name for row in NightLine.objects.all()}
    steps = list(call.steps.exclude(verb__in=("take", "aid")))
    units = core.units({step.why["to"] for step in steps if step.why.get("to")})
    return [
        {"verb": step.verb, **step.why, "line": names.get(code, code), "to": _to(step, units)}
        for step in steps
        for code in [step.why.get("line", "")]
    ]


def _to(step: CallStep, units: dict[str, core.UnitRecord]) -> str:
    """To whom a caller was handed: a unit's name, or what was typed, while it can be read."""
    if step.sealed:
        opened = core.unseal_bytes(step.call.key_owner, bytes(step.sealed))
        return (opened or b"").decode()
    code = step.why.get("to", "")
    return units[code].name if code in units else code


def lines_now(path: str) -> list[ShownLine]:
    """Every duty room of a place that answers now, whatever the matter."""
    at = core.now().astimezone(core.city().zone)
    codes = tuple(code for code in path.split("/") if code) or (core.city().code,)
    rows = {row.code: row for row in NightLine.objects.all()}
    every = [_line(row, any_kind=True) for row in rows.values()]
    found = who_to_ring(every, local=at, type="", group="", places=codes)
    return [_shown_line(rows[one.code]) for one in found]


def _line(row: NightLine, *, any_kind: bool = False) -> Line:
    rule = row.rule
    hours = rule.get("hours")
    return Line(
        row.code,
        row.order,
        frozenset() if any_kind else frozenset(rule.get("types", ())),
        frozenset() if any_kind else frozenset(rule.get("groups", ())),
        frozenset(rule.get("places", ())),
        (hours[0], hours[1]) if hours else None,
        frozenset(rule.get("weekdays", ())),
    )


def _shown_line(row: NightLine) -> ShownLine:
    return ShownLine(row.code, core.in_language(row.name_en, row.name_zh), row.phone)


def _earlier(contact: str) -> list[Earlier]:
    """Calls from that number in the last month: never who answered, never what was said."""
    digest = digest_of(contact)
    if not digest:
        return []
    rows = Call.objects.filter(caller_digest=digest, began_at__gte=core.now() - KEPT)
    rows = rows.exclude(ended_at=None).order_by("-began_at", "-pk")[:MOST_KNOWN]
    return [
        Earlier(row.began_at, str(choices.ENDED.get(row.ended_as, row.ended_as)), row.case_number)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Board:
    """The desk's day: counts of the whole desk, one's own calls still open, who is to be rung."""

    taken: int
    ended: list[tuple[str, int]]
    mine: list[Call]
    due: list[CallBack]
    due_count: int


def board(user: Any, scope: Scope, place_path: str, callbacks: Any) -> Board:
    """Counts since local midnight. Four queries; no clerk's figures are shown apart."""
    here = core.now().astimezone(core.city().zone)
    midnight = datetime.combine(here.date(), time(), here.tzinfo)
    today = Call.objects.filter(place_path__startswith=place_path, began_at__gte=midnight)
    counted = today.exclude(ended_as="").values_list("ended_as").annotate(n=Count("pk"))
    ended = dict(counted.order_by())
    rows = CallBack.objects.none() if callbacks is None else callbacks
    due = rows.filter(state=CallBack.DUE).order_by("due_at", "pk")
    return Board(
        taken=today.count(),
        ended=[
            (str(words), ended[code]) for code, words in choices.ENDED.items() if code in ended
        ],
        mine=list(
            Call.objects.filter(by=user.pk, ended_at=None).order_by("-began_at", "-pk")[:FEW]
        ),
        due=list(due[:FEW]),
        due_count=due.count(),
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What independent calls heard: a share with its interval (Wilson, 95 %)."""

    drawn: int
    reached: int
    solved: int
    not_solved: int
    share: float | None
    low: float | None
    high: float | None
    withheld: bool


def checked(callbacks: Any, days: int = 30) -> Checked:
    """Checks of the last days in the reader's places. One query; withheld under ten answers."""
    rows = callbacks.filter(kind=CallBack.CHECK, made_at__gte=core.now() - timedelta(days=days))
    said = rows.aggregate(
        drawn=Count("pk"),
        reached=Count("pk", filter=Q(state=CallBack.REACHED)),
        solved=Count("pk", filter=Q(said="solved")),
        not_solved=Count("pk", filter=Q(said="not_solved")),
    )
    of = said["solved"] + said["not_solved"]
    if of < FEW:
        return Checked(**said, share=None, low=None, high=None, withheld=True)
    low, high = wilson(said["solved"], of)
    return Checked(**said, share=said["solved"] / of, low=low, high=high, withheld=False)
