"""Which facts of cases other systems may be told, and what each is about.

A complaint is for people's ears only: nothing of it is told. A case without a type is not public
until somebody has said what it is.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from gongbi.cases.models import Case
from gongbi.cases.wording import STATES, STEPS
from gongbi.core.public import About

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
    "cases.CaseCancelled": STEPS["cancel"],
    "cases.DeadlineMissed": gettext_lazy("a promise was missed"),
    "cases.ReporterForgotten": STEPS["forget"],
}


def about(bodies: Sequence[dict[str, Any]]) -> list[About | None]:
    """What facts are about, by the case each names; None for complaints. One query."""
    wanted = {body["case"] for body in bodies}
    rows = Case.objects.filter(uuid__in=wanted, about_path="").select_related("type")
    found = {
        str(row.uuid): About(
            public=row.type is not None and row.type.public,
            type=row.type.code if row.type else "",
            place_path=row.place_path,
            unit_path=row.unit_path,
        )
        for row in rows
    }
    return [found.get(body["case"]) for body in bodies]
