"""Which facts of cases other systems may be told, and what each is about.

A complaint is for people's ears only: nothing of it is told. A case without a type is not public
until somebody has said what it is. A system of one unit hears what its unit is named in or works
on: whom a case leaves is told that it goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from gongbi.cases.access import OFF_THEIR_HANDS
from gongbi.cases.models import Burst, Case, Task
from gongbi.cases.wording import STATES, STEPS
from gongbi.core.public import About

HELP_FOR = ("help", "lead")
KINDS: dict[str, Any] = {
    "cases.CaseOpened": STEPS["open"],
    "cases.SignalJoined": STEPS["join"],
    "cases.CaseSorted": STEPS["sort"],
    "cases.CaseDispatched": STEPS["dispatch"],
    "cases.TaskAccepted": STEPS["accept"],
    "cases.TaskArrived": STEPS["arrive"],
    "cases.CaseReturned": STEPS["return"],
    "cases.CaseWaiting": STEPS["wait"],
    "cases.CaseResumed": STEPS["resume"],
    "cases.CaseUrged": STEPS["urge"],
    "cases.CaseWeighed": STEPS["weigh"],
    "cases.CaseAssetNamed": STEPS["name_asset"],
    "cases.OutcomeDeclared": STEPS["declare"],
    "cases.VerdictAsked": STEPS["ask"],
    "cases.VerdictGiven": gettext_lazy("the resident said whether it is solved"),
    "cases.CaseReopened": STEPS["not_solved"],
    "cases.CaseClosed": STATES["closed"],
    "cases.CaseMerged": STEPS["merge"],
    "cases.CaseUnmerged": STEPS["unmerge"],
    "cases.CaseSplit": STEPS["split"],
    "cases.CaseCancelled": STEPS["cancel"],
    "cases.CaseFiled": STEPS["file"],
    "cases.StageReached": STEPS["stage"],
    "cases.TransferOffered": STEPS["transfer"],
    "cases.CaseTransferred": gettext_lazy("another unit leads now"),
    "cases.TaskAdded": STEPS["call_in"],
    "cases.TaskStarted": STEPS["start"],
    "cases.TaskDone": gettext_lazy("a helping unit ended its share"),
    "cases.TaskReturned": gettext_lazy("a unit gave its share back"),
    "cases.TaskWithdrawn": STEPS["call_off"],
    "cases.ExtensionAsked": STEPS["extend"],
    "cases.ExtensionDecided": gettext_lazy("more time granted or refused"),
    "cases.CaseSupervised": STEPS["supervise"],
    "cases.SupervisionAnswered": STEPS["answer"],
    "cases.AppealDecided": STEPS["decide"],
    "cases.BurstOpened": gettext_lazy("many report at once: a parent matter began"),
    "cases.BurstEnded": gettext_lazy("a parent matter is over"),
    "cases.DeadlineMissed": gettext_lazy("a promise was missed"),
    "cases.ReporterForgotten": STEPS["forget"],
}


def about(bodies: Sequence[dict[str, Any]]) -> list[About | None]:
    """What facts are about, by the case or the parent matter each names; None for complaints.
    Two queries for cases, one for parent matters."""
    cases = _cases({body["case"] for body in bodies if "case" in body})
    tasks = _tasks(cases)
    bursts = _bursts({body["burst"] for body in bodies if "burst" in body})
    return [
        _of_case(body, cases[body["case"]], tasks[body["case"]])
        if body.get("case") in cases
        else bursts.get(body.get("burst", ""))
        for body in bodies
    ]


def _cases(wanted: Iterable[str]) -> dict[str, Case]:
    if not (ids := set(wanted)):
        return {}
    rows = Case.objects.filter(uuid__in=ids, about_path="").select_related("type")
    return {str(row.uuid): row for row in rows}


def _tasks(cases: dict[str, Case]) -> dict[str, list[Task]]:
    found: dict[str, list[Task]] = defaultdict(list)
    by_id = {case.pk: uuid for uuid, case in cases.items()}
    for task in Task.objects.filter(case__in=by_id) if by_id else ():
        found[by_id[task.case_id]].append(task)
    return found


def _of_case(body: dict[str, Any], case: Case, tasks: list[Task]) -> About:
    return About(
        public=case.type is not None and case.type.public,
        type=case.type.code if case.type else "",
        place_path=case.place_path,
        unit_path=case.unit_path,
        also=tuple(task.unit_path for task in tasks if _concerns(body, case, task, tasks)),
        ever=tuple({task.unit_path for task in tasks}),
    )


def _concerns(body: dict[str, Any], case: Case, task: Task, tasks: list[Task]) -> bool:
    """Whether the unit of a task hears a fact besides the one its line is kept under: a unit the
    fact names or takes it from; of a share, the one that leads; of the whole, all that work on it.
    """
    handed = body.get("was") if "unit" in body else None  # elsewhere it is a type, or an asset
    if task.unit_id in (body.get("unit"), body.get("to_unit"), handed):
        return True
    meant = next((one for one in tasks if one.pk == body.get("task")), None)
    began = meant.offered_at if meant else case.closed_at
    if task.state == "withdrawn":  # by this very fact; what was called off before is over for it
        return task.ended_at == began
    if task.state in OFF_THEIR_HANDS:
        return False
    return not body.get("unit") or (meant is not None and (meant.role, task.role) == HELP_FOR)


def _bursts(wanted: Iterable[str]) -> dict[str, About]:
    """The city's own, like an alert: for who works or sorts there."""
    if not (ids := {UUID(one) for one in wanted}):
        return {}
    rows = Burst.objects.filter(uuid__in=ids).values_list("uuid", "place_path")
    return {
        str(uuid): About(public=False, type="", place_path=path, unit_path="")
        for uuid, path in rows
    }
