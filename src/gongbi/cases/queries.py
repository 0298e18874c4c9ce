"""What each screen needs; the cost of each in SQL is stated here and asserted in a test."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from gongbi.cases import masks, states, wording
from gongbi.cases.access import visible_cases
from gongbi.cases.access_outside import reached_queue, reached_tasks
from gongbi.cases.counting import midnight_after
from gongbi.cases.intake import MACHINES
from gongbi.cases.models import Case, CaseType, Signal, Step, Task, Told
from gongbi.cases.paging import PRESSING
from gongbi.cases.records_listed import CaseFilter, CaseRow, HandoverRow, Narrowed, RecentStep
from gongbi.cases.spoken import Spoken, in_readers_language, with_place
from gongbi.core.public import ApplicationRecord, Scope, city, now, unseal_many

SILENT_AFTER = timedelta(hours=4)
MOST_SAID = 50
LIST_FIELDS = ("type", "place", "unit", "suggested_unit")


def case_row(case: Case, at: datetime) -> CaseRow:
    """A case as lists show it, in the reader's language."""
    return CaseRow(
        id=case.uuid,
        number=case.number,
        type=case.type.code if case.type else None,
        type_name=case.type.name if case.type else "",
        group=case.type.group if case.type else "",
        state=case.state,
        state_name=wording.state(case.state),
        priority=case.priority,
        level=case.level,
        source=case.source,
        place=case.place_id,
        place_name=case.place.name if case.place else "",
        unit=case.unit_id,
        unit_name=case.unit.name if case.unit else "",
        opened_at=case.opened_at,
        due_at=case.due_at,
        overdue=case.due_at is not None and case.due_at <= at,
        signals=case.signals_count,
        reopened=case.reopened,
        returned=case.returned,
        waiting_for=wording.reason(case.waiting_for) if case.waiting_for else "",
        lon=case.lon,
        lat=case.lat,
    )


def filtered(scope: Scope | None, wanted: CaseFilter, at: datetime) -> "QuerySet[Case]":
    """Cases a person sees, narrowed; most pressing first."""
    over = not states.ENDS.isdisjoint(wanted.states or ())
    many = over and not wanted.reopened  # few came back: those of a place are soon in order
    rows = visible_cases(scope, within=wanted.place_path, by_time=many)
    rows = rows.select_related(*LIST_FIELDS).defer("place__geometry").filter(_in_state(wanted))
    if wanted.overdue:
        rows = rows.filter(due_at__lte=at)
    if wanted.due_today:
        rows = rows.filter(due_at__gt=at, due_at__lt=midnight_after(at))
    if wanted.reopened:
        rows = rows.filter(reopened__above=0)
    if wanted.group or wanted.type:
        rows = rows.filter(type__in=_types_of(wanted))
    if wanted.units:
        rows = rows.filter(_of_units(wanted, over))
    exact = {"source": wanted.source, "priority": wanted.priority}
    rows = rows.filter(**{name: said for name, said in exact.items() if said})
    return rows.order_by(*PRESSING)


def _of_units(wanted: CaseFilter, over: bool) -> Q:
    """Of a unit and those below it: whom they are sent to, or suggested while nobody has them."""
    if wanted.states == (states.OPEN,):
        return Q(suggested_unit__in=wanted.units)
    return Q(unit__in=wanted.units) if over else Q(unit_path__under=wanted.unit_path)


def _in_state(wanted: CaseFilter) -> Q:
    """The states meant. Nothing over is owed by a date: to look for it would read all that is.
    A matter that came back and is answered again is not counted as unsolved."""
    chosen = set(wanted.states or states.LIVE)
    if wanted.overdue or wanted.due_today:
        chosen -= states.ENDS
    if wanted.reopened:
        chosen.discard(states.ANSWERED)
    if chosen and chosen <= states.ENDS:
        return Q(state__over_in=chosen)
    if chosen and chosen.isdisjoint(states.ENDS):
        return Q(state__live_in=chosen)
    return Q(state__in=sorted(chosen))


def _types_of(wanted: CaseFilter) -> list[int]:
    """Ids of the few types meant, all their versions: a list of them lets an index be used."""
    asked = {"group": wanted.group, "code": wanted.type}
    rows = CaseType.objects.filter(**{name: said for name, said in asked.items() if said})
    return list(rows.values_list("pk", flat=True))


def rows(scope: Scope | None, wanted: CaseFilter | None = None) -> list[CaseRow]:
    """The list. One query."""
    wanted, at = wanted or CaseFilter(), now()
    found = filtered(scope, wanted, at)[wanted.offset : wanted.offset + wanted.limit]
    return [case_row(case, at) for case in found]


def opened_by_day(scope: Scope | None, days: int) -> list[tuple[date, int]]:
    """Cases opened on each of the last days in the city's zone, oldest first, today last."""
    zone = city().zone
    today = now().astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    seen = visible_cases(scope).filter(opened_at__gte=datetime.combine(first, time(), zone))
    by_day = seen.annotate(day=TruncDate("opened_at", tzinfo=zone)).order_by().values_list("day")
    found = dict(by_day.annotate(many=Count("pk")))
    return [
        (day, found.get(day, 0)) for day in (first + timedelta(days=step) for step in range(days))
    ]


def recent(scope: Scope | None, limit: int = 20) -> list[RecentStep]:
    """What happened last, newest first. One query."""
    steps = Step.objects.filter(case__in=visible_cases(scope).values("pk"))
    steps = steps.select_related("case__type", "case__place", "unit")
    steps = steps.defer("case__place__geometry").order_by("-at", "-pk")
    return [
        RecentStep(
            number=step.case.number,
            what=wording.step(step, step.case.type),
            at=step.at,
            place_name=step.case.place.name if step.case.place else "",
            type_name=step.case.type.name if step.case.type else "",
            verb=step.verb,
            unit_name=step.unit.name if step.unit else "",
        )
        for step in steps[:limit]
    ]


def handover_rows(scope: Scope | None, since: datetime, limit: int = 500) -> list[HandoverRow]:
    """Live cases for the next shift, silent ones first, with their last step. Two queries.

    Silent: nothing happened for four hours, or since ``since`` when that is longer ago.
    """
    at = now()
    newest = Step.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    cases = list(filtered(scope, CaseFilter(), at).annotate(newest=Subquery(newest))[:limit])
    steps = Step.objects.select_related("unit").in_bulk([case.newest for case in cases])
    quiet_since = min(since, at - SILENT_AFTER)
    found = [_handed_over(case, steps.get(case.newest), quiet_since, at) for case in cases]
    return sorted(found, key=lambda one: not one.silent)


def _handed_over(
    case: Case, last: Step | None, quiet_since: datetime, at: datetime
) -> HandoverRow:
    moved_at = last.at if last else case.opened_at
    return HandoverRow(
        row=case_row(case, at),
        last_step=wording.step(last, case.type) if last else "",
        last_step_at=moved_at,
        silent=moved_at <= quiet_since,
        version=case.version,
    )


SPOKEN = ("words_id", "place_words_id", "source")


def words_for_work(
    cases: Iterable[Case],
    *,
    most: int = 0,
    where: bool = False,
    whom: str = masks.WORK,
    but: Collection[str] = (),
) -> dict[int, str]:
    """What was reported, by case, masked as the type says: what a unit needs and no more.

    ``where`` adds the place as it was said, for whoever must go there; ``but`` leaves sources
    out. Two queries and one look into the keyring, however many cases.
    """
    first: dict[int, Spoken] = {}
    types = {case.pk: case.type for case in cases}
    signals = Signal.objects.filter(case__in=list(types))
    if but:
        signals = signals.exclude(source__in=but)
    # The last to be written wins: the first person who reported, or else the alert.
    ordered = signals.order_by("from_person", "-pk").values_list("case_id", *SPOKEN)
    for case_id, words_id, place_id, source in ordered:
        if words_id is not None:
            first[case_id] = words_id, place_id if where else None, source
    opened = unseal_many(one for said in first.values() for one in said[:2])
    return {
        case_id: _short(_shown(said, opened, types[case_id], whom), most)
        for case_id, said in first.items()
        if said[0] in opened
    }


def _shown(
    said: Spoken,
    opened: dict[int, str],
    kind: CaseType | None,
    whom: str = masks.WORK,
    *,
    also: CaseType | None = None,
) -> str:
    """A person's words and place, masked; a machine's words in the reader's language."""
    words_id, place_id, source = said
    if source in MACHINES:
        return masks.masked(in_readers_language(opened[words_id]), kind, whom, also=also)
    whole = with_place(opened[words_id], opened.get(place_id or 0, ""))
    return masks.masked(whole, kind, whom, also=also)


def count_reporters(case: Case) -> int:
    """How many people reported a case or one merged into it, without those forgotten."""
    rows = Signal.objects.filter(case__in=case.with_merged())
    return rows.filter(from_person=True, forgotten_at=None).count()


def all_words(case: Case) -> list[str]:
    """What every report on a case says, and on those merged into it, masked; people first."""
    signals = Signal.objects.filter(case__in=case.with_merged())
    rows = list(signals.select_related("case__type").order_by("-from_person", "pk")[:MOST_SAID])
    opened = unseal_many(one for row in rows for one in (row.words_id, row.place_words_id))
    return [
        _shown(
            (row.words_id, row.place_words_id, row.source), opened, case.type, also=row.case.type
        )
        for row in rows
        if row.words_id in opened
    ]


def _short(text: str, most: int) -> str:
    return text if not most or len(text) <= most else text[: most - 1].rstrip() + "…"


def last_told(cases: list[int], whom: frozenset[str] | None = None) -> dict[int, str]:
    """The latest step told of a promise that still runs, by case; to some, or to anybody. One
    query."""
    rows = Told.objects.filter(case__in=cases, deadline__ended_at=None)
    found = rows.order_by("at", "pk").values_list("case", "deadline__kind", "step", "to")
    return {
        case: f"{wording.PROMISES.get(kind, kind)}: {wording.rung(step)}"
        for case, kind, step, to in found
        if whom is None or not whom.isdisjoint(to)
    }


def waiting_for_dispatch(who: ApplicationRecord, narrowed: Narrowed) -> "QuerySet[Case]":
    """The queue as another system sees it: open cases it reaches, the most pressing first."""
    rows = Case.objects.filter(state=states.OPEN).select_related("type", "asset")
    if narrowed.place_path:
        rows = rows.filter(place_path__under=narrowed.place_path)
    if narrowed.unit_path:
        rows = rows.filter(suggested_unit__path__under=narrowed.unit_path)
    return reached_queue(who, rows).order_by(*PRESSING)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a worker's list."""

    task: Task
    case: Case
    words: str
    overdue: bool
    state_name: str
    todo: str
    told: str
    earlier: int = 0


def my_tasks(scope: Scope) -> list[TaskRow]:
    """Running tasks of a person's units, by deadline. Three queries and the keyring; where some
    are about assets one more counts the other cases of those that the person sees.
    """
    reach = Q(pk__in=())
    for path in scope.unit_paths("cases.work"):
        reach |= Q(unit_path__under=path)
    seen = visible_cases(scope).filter(pk=OuterRef("case"))
    tasks = _running_tasks().filter(reach).filter(Exists(seen))
    found = _task_rows(list(tasks[:200]), where=True)
    others = _other_cases(scope, {row.case.asset_id for row in found if row.case.asset_id})
    return [replace(row, earlier=others.get(row.case.asset_id, 0)) for row in found]


def _other_cases(scope: Scope, assets: set[int]) -> dict[int | None, int]:
    """How many other cases of each asset a person sees, besides the one in their list."""
    if not assets:
        return {}
    rows = visible_cases(scope).filter(asset__in=assets).order_by().values("asset")
    counted = rows.annotate(many=Count("pk")).values_list("asset", "many")
    return {one: many - 1 for one, many in counted}


def tasks_for_application(
    who: ApplicationRecord, state: str, narrowed: Narrowed
) -> "QuerySet[Task]":
    """Running tasks another system reaches, by deadline."""
    if state not in ("open", *states.RUNNING_TASK):
        return Task.objects.none()
    tasks = _running_tasks() if state == "open" else _running_tasks().filter(state=state)
    if narrowed.place_path:
        tasks = tasks.filter(case__place_path__under=narrowed.place_path)
    if narrowed.unit_path:
        tasks = tasks.filter(unit_path__under=narrowed.unit_path)
    return reached_tasks(who, tasks)


def rows_of_tasks(tasks: Sequence[Task]) -> list[TaskRow]:
    """Tasks for another system: words as whoever is outside may read them, without where somebody
    said they live. Three queries and the keyring."""
    return _task_rows(list(tasks), whom=masks.OUTSIDE)


def _running_tasks() -> "QuerySet[Task]":
    tasks = Task.objects.filter(state__in=states.RUNNING_TASK, case__state=states.IN_HAND)
    tasks = tasks.select_related(
        "case__type", "case__place", "case__asset__kind", "case__asset__owner", "unit", "handler"
    )
    return tasks.defer("case__place__geometry").order_by("case__due_at", "pk")


def _task_rows(tasks: list[Task], *, where: bool = False, whom: str = masks.WORK) -> list[TaskRow]:
    at, words = now(), words_for_work([task.case for task in tasks], where=where, whom=whom)
    todo = unseal_many(task.todo_id for task in tasks)
    told = last_told([task.case_id for task in tasks])
    return [
        TaskRow(
            task=task,
            case=task.case,
            words=words.get(task.case_id, ""),
            overdue=task.case.due_at is not None and task.case.due_at <= at,
            state_name=str(wording.TASKS.get(task.state, task.state)),
            todo=_todo(todo.get(task.todo_id or 0, ""), task.case.type, whom),
            told=told.get(task.case_id, ""),
        )
        for task in tasks
    ]


def _todo(said: str, kind: CaseType | None, whom: str) -> str:
    """What a unit shall do. Colleagues read it as it was written; an officer may have quoted in
    it how to reach somebody, which is for nobody outside."""
    return masks.masked(said, kind, whom) if whom == masks.OUTSIDE else said
