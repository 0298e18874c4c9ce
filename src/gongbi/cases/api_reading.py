"""What other systems read: a case, tasks, the queue, types. JSON; refusals as in ``cases.api``.

A list is the most pressing first, at most ``limit``. With ``after`` it is walked instead: by id,
which never changes, so that whatever stands there all the while comes exactly once; the answer's
``Link`` names the next page.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongbi.cases import actors, masks, queries, questions, types
from gongbi.cases.access_outside import READING, TRUSTED, read_for_application
from gongbi.cases.actions.fields import asked_at
from gongbi.cases.api import answer, for_application
from gongbi.cases.errors import Incomplete
from gongbi.cases.looks import note_looks
from gongbi.cases.models import Case
from gongbi.cases.records_listed import Narrowed
from gongbi.core.public import ApplicationRecord, place, unit

MOST_ROWS = 500
MOST_DIGITS = 10
LONGEST_ID = 18
Row = TypeVar("Row", bound=Model)


@require_GET
@for_application(*sorted(READING))
def case(request: HttpRequest, who: ApplicationRecord, number: str) -> HttpResponse:
    """One case; the words of reporters only for systems that work or sort."""
    found = read_for_application(who, number)
    if found is None:
        return answer({"error": _("There is no such case.")}, 404)
    words = None
    if who.scopes & TRUSTED:
        words = queries.words_for_work([found], whom=masks.OUTSIDE).get(found.pk, "")
        note_looks(actors.application(who.name), "api", [found])
    return answer(_common(found) | _case_json(found) | {"words": words})


def _case_json(case: Case) -> dict[str, Any]:
    return {
        "state": case.state,
        "source": case.source,
        "opened_at": case.opened_at,
        "changed_at": case.changed_at,
        "closed_at": case.closed_at,
        "suggested_unit": case.suggested_unit_id,
        "unit": case.unit_id,
        "why": case.route_why,
        "waiting_for": case.waiting_for or None,
        "stage": case.stage,
        "values": case.values,
        "answers": questions.of_case(case, case.type),
        "ended_as": case.ended_as or None,
        "merged_into": case.merged_into.number if case.merged_into else None,
        "signals": case.signals_count,
        "urged": case.urged,
        "tasks": list(case.tasks.order_by("position", "pk").values(*TASK_FIELDS)),
        "promises": list(case.deadlines.order_by("pk").values(*PROMISE_FIELDS)),
        "outcomes": list(case.outcomes.order_by("pk").values(*OUTCOME_FIELDS)),
    }


TASK_FIELDS = ("id", "unit", "role", "state", "needed", "bound", "declared",
               "offered_at", "accepted_at", "arrived_at", "ended_at")  # fmt: skip
PROMISE_FIELDS = ("kind", "due_at", "ended_at", "ended_as", "missed_at")
OUTCOME_FIELDS = ("unit", "declared", "at")


@require_GET
@for_application("work")
def tasks(request: HttpRequest, who: ApplicationRecord) -> HttpResponse:
    """Running tasks; ``state`` is open (all), offered, accepted or on_site."""
    found = queries.tasks_for_application(
        who, request.GET.get("state", "open"), _narrowed(request)
    )
    page, link = _page(request, found)
    rows = queries.rows_of_tasks(page)
    note_looks(actors.application(who.name), "api", [row.case for row in rows])
    return _linked(answer([_task_json(row) for row in rows]), link)


@require_GET
@for_application("dispatch")
def queue(request: HttpRequest, who: ApplicationRecord) -> HttpResponse:
    """Cases that wait for a dispatcher, with the suggestion and why."""
    cases, link = _page(request, queries.waiting_for_dispatch(who, _narrowed(request)))
    words = queries.words_for_work(cases, whom=masks.OUTSIDE)
    note_looks(actors.application(who.name), "api", cases)
    return _linked(answer([_queue_json(one, words.get(one.pk, "")) for one in cases]), link)


@require_GET
@for_application("dispatch")
def type_list(request: HttpRequest, who: ApplicationRecord) -> HttpResponse:
    """The types in force, for a system that sorts."""
    return answer(
        [{"code": row.code, "name_en": row.name_en, "name_zh": row.name_zh, "group": row.group,
          "stages": row.stages, "codes": row.codes, "questions": questions.asked_by(row),
          "fields": [one for one in row.fields if one["required_at"] != questions.AT_REPORT]}
         for row in types.in_force()]
    )  # fmt: skip


def _page(request: HttpRequest, found: "QuerySet[Row]") -> tuple[Sequence[Row], str]:
    """Rows of a page and, on a walk that goes on, the address of the next."""
    said, many = request.GET.get("after"), _limit(request)
    if said is None:
        return list(found[:many]), ""
    if not (said.isascii() and said.isdigit() and len(said) <= LONGEST_ID):
        raise Incomplete("after", _("Walk from after=0, then as the answer's Link says."))
    rows = list(found.filter(pk__gt=int(said)).order_by("pk")[: many + 1])
    if len(rows) <= many or not many:
        return rows[:many], ""
    query = request.GET.dict() | {"after": str(rows[many - 1].pk)}
    return rows[:many], f"{request.path}?{urlencode(query)}"


def _linked(response: HttpResponse, link: str) -> HttpResponse:
    if link:
        response["Link"] = f'<{link}>; rel="next"'
    return response


def _limit(request: HttpRequest) -> int:
    said = request.GET.get("limit", "200")
    known = said.isascii() and said.isdigit() and len(said) < MOST_DIGITS
    return min(int(said), MOST_ROWS) if known else 200


def _narrowed(request: HttpRequest) -> Narrowed:
    """To which unit and place a list is narrowed, each with what lies below it."""
    return Narrowed(
        unit_path=_path_of(request, "unit", unit, _("There is no unit of this code.")),
        place_path=_path_of(request, "place", place, _("There is no place of this code.")),
    )


def _path_of(request: HttpRequest, name: str, find: Callable[[str], Any], unknown: str) -> str:
    code = request.GET.get(name, "")
    found = find(code) if code else None
    if code and found is None:
        raise Incomplete(name, unknown)
    return found.path if found else ""


def _common(case: Case) -> dict[str, Any]:
    """What every answer says of a case."""
    return {
        "number": case.number,
        "type": case.type.code if case.type else None,
        "sub_type": case.sub_type or None,
        "place": case.place_id,
        "lon": case.lon,
        "lat": case.lat,
        "priority": case.priority,
        "level": case.level,
        "deadline": case.due_at,
        "reopened": case.reopened,
        "returned": case.returned,
        "asset": _asset(case),
    }


def _queue_json(case: Case, words: str) -> dict[str, Any]:
    return _common(case) | {
        "guesses": [{"type": code, "score": score} for code, score in case.guesses],
        "unit": case.suggested_unit_id,
        "why": case.route_why,
        "to_file": bool(case.type and case.type.file_first and case.filed_at is None),
        "words": words,
    }


def _task_json(row: queries.TaskRow) -> dict[str, Any]:
    task, case = row.task, row.case
    return {
        "id": task.pk,
        "case": case.number,
        "unit": task.unit_id,
        "type": case.type.code if case.type else None,
        "place": case.place_id,
        "lon": case.lon,
        "lat": case.lat,
        "state": task.state,
        "deadline": case.due_at,
        "priority": case.priority,
        "reopened": case.reopened,
        "by_hand": task.handler_id is not None,
        "photo_after": bool(case.type and case.type.photo_after and task.role == "lead"),
        "asset": _asset(case),
        "words": row.words,
        "role": task.role,
        "todo": row.todo,
        "bound": task.bound,
        "returned": case.returned,
        "stage": case.stage,
        "stages": [one["code"] for one in case.type.stages] if case.type else [],
        "fields": asked_at(case, "declare") if task.role == "lead" else [],
    }


def _asset(case: Case) -> str | None:
    return str(case.asset) if case.asset else None
