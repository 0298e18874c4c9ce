"""Which facts of the front doors other systems may be told: what could not be sent on."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from gongbi.cases import public as cases
from gongbi.core.public import About

KINDS: dict[str, Any] = {
    "reports.ForwardSetAside": gettext_lazy("a case could not be sent on to its unit's system"),
    "reports.ForwardDecided": gettext_lazy("somebody decided about a case that was not sent on"),
}


def about(bodies: Sequence[dict[str, Any]]) -> list[About | None]:
    """What facts are about, by the task each names; complaints are never sent on. One query."""
    tasks = cases.tasks_seen(None, {body["task"] for body in bodies}, "forwards.decide")
    return [
        About(public=False, type="", place_path=task.place_path, unit_path=task.unit_path)
        if (task := tasks.get(body["task"]))
        else None
        for body in bodies
    ]
