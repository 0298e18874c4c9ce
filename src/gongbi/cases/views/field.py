"""What a worker did where there was no signal: sent later, once each, in the order it was done.

Nothing is judged by the version somebody saw hours ago: what counts is whether the unit still has
the task. If not, the worker is told what happened, and their words and picture stay in the phone
until they say what becomes of them.
"""

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongbi.cases import actions, questions
from gongbi.cases.access import access_task
from gongbi.cases.actions.fields import PREFIX
from gongbi.cases.actions.moving import overtaken
from gongbi.cases.actions.once import once
from gongbi.cases.actors import Actor, person
from gongbi.cases.errors import Incomplete, Refused, SignalRefused
from gongbi.cases.forms_asset import NONE
from gongbi.cases.found import FOUND
from gongbi.cases.intake import type_in_force
from gongbi.cases.models import Step, Task
from gongbi.core.public import AssetRecord, Scope, assets_said, no_nul, now, scope_of

WORKER = Path(__file__).resolve().parents[1] / "static" / "cases" / "field-worker.js"
WORTH_SAYING = timedelta(minutes=2)
LONGEST_AWAY = timedelta(days=7)
CLOCK_MAY_BE_AHEAD = timedelta(minutes=5)
NOT_ASKED = ("csrfmiddlewaretoken", "seen", "next", "once")
Said = dict[str, Any]


def _accept(task: Task, actor: Actor, said: Said) -> None:
    actions.accept(task, actor)


def _arrive(task: Task, actor: Actor, said: Said) -> None:
    actions.arrive(task, actor)


def _stage(task: Task, actor: Actor, said: Said) -> None:
    _check_newer(task, said.get("did_at", ""))
    actions.reach_stage(task, actor, stage=said.get("stage", ""))


def _check_newer(task: Task, did_at: str) -> None:
    """A stage that was reached without a signal is not written over one reached since."""
    last = Step.objects.filter(case=task.case_id, verb="stage").order_by("-pk").first()
    try:
        did = datetime.fromisoformat(did_at)
    except ValueError:
        return
    if last is None or did.tzinfo is None or did < task.offered_at:  # a clock that cannot be
        return
    reached = datetime.fromisoformat(last.why["did_at"]) if "did_at" in last.why else last.at
    if reached - did > WORTH_SAYING:
        raise overtaken(task.case)


def _return(task: Task, actor: Actor, said: Said) -> None:
    actions.return_with_reason(
        task, actor, reason=said.get("reason", ""), words=said.get("words", "")
    )


def _declare(task: Task, actor: Actor, said: Said) -> None:
    if said["photo"]:
        actions.add_photo(task.case, actor, said["photo"], kind="after")
    fields = {
        name.removeprefix(PREFIX): value
        for name, value in said.items()
        if name.startswith(PREFIX) and value
    }
    actions.declare(
        task, actor, declared=said.get("declared", ""), words=said.get("words", ""), fields=fields
    )


def _name_asset(task: Task, actor: Actor, said: Said) -> None:
    """By its code as it was typed; what the phone showed before must still be so."""
    kinds = task.case.type.assets if task.case.type else ()
    code = said.get("code", "").strip()
    none = said.get("asset") == NONE and not code  # what was typed goes before
    ref = "" if none else one_said(code, kinds).ref
    actions.name_asset(task.case, actor, ref=ref, words=said.get("words", ""), was=said.get("was"))


def one_said(code: str, kinds: Collection[str]) -> AssetRecord:
    """The asset a code names; Incomplete where it names none, or several."""
    found = assets_said(code, kinds)
    if not found:
        raise Incomplete("code", _("The register knows no such code. Look at it again."))
    if len(found) > 1:
        names = _(", ").join(f"{one.kind_name} {one.ref}" for one in found)
        raise Incomplete("code", _("Several bear this code; write one of: %(names)s.")
                         % {"names": names})  # fmt: skip
    return found[0]


def _note(task: Task, actor: Actor, said: Said) -> None:
    words = said.get("words", "").strip()
    if not words and not said["photo"]:
        raise Incomplete("words", _("Please write a note or choose a photo."))
    if said["photo"]:
        actions.add_photo(task.case, actor, said["photo"], kind="before")
    if words:
        actions.add_note(task.case, actor, words=words)


VERBS: dict[str, tuple[str, Callable[[Task, Actor, Said], None]]] = {
    "accept": ("cases.work", _accept),
    "arrive": ("cases.work", _arrive),
    "stage": ("cases.work", _stage),
    "declare": ("cases.work", _declare),
    "return": ("cases.return", _return),
    "name_asset": ("cases.name_asset", _name_asset),
    "note": ("cases.note", _note),
}


@require_POST
@login_required
def sync(request: HttpRequest) -> HttpResponse:
    """One thing done in the field. The same ``action_id`` again gets the same answer."""
    scope = scope_of(request.user)
    if not scope.can("cases.work"):
        raise PermissionDenied
    return sent(request, scope)


def sent(request: HttpRequest, scope: Scope, more: Said | None = None) -> HttpResponse:
    """Do what a form says, once; ``more`` is said besides what stands in it."""
    actor = person(request.user, scope)
    posted = ((name, str(value)) for name, value in request.POST.items() if name not in NOT_ASKED)
    said: Said = {no_nul(name): no_nul(value) for name, value in posted} | (more or {})
    photo = request.FILES.get("photo")
    said["photo"] = photo.read() if isinstance(photo, UploadedFile) else b""
    try:
        (status, told), repeated = once(
            str(actor), said.get("action_id", ""), _asked(said), lambda: _do(scope, actor, said)
        )
    except (Incomplete, SignalRefused) as refused:
        return JsonResponse({"error": str(refused), "field": refused.field}, status=422)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except Http404:
        sentence = _("Your unit has this task no longer. What you wrote is still in this phone.")
        return JsonResponse({"error": sentence}, status=404)
    return JsonResponse({**told, "repeated": repeated}, status=status)


def _asked(said: Said) -> bytes:
    """What the id stands for: another act under the same id is refused."""
    photo = hashlib.sha256(said["photo"]).hexdigest()
    return json.dumps({**said, "photo": photo}, sort_keys=True).encode()


def _do(scope: Scope, actor: Actor, said: Said) -> tuple[int, Said]:
    if said.get("verb") == FOUND:
        return 200, _found(scope, actor, said)
    permission, act = VERBS.get(said.get("verb", ""), ("", None))
    number = said.get("on_task", "")
    if act is None or not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Incomplete("verb", _("This cannot be done from the field."))
    task = access_task(scope, int(number), permission)
    before = Step.objects.filter(case=task.case_id).order_by("-pk").first()
    act(task, actor, said)
    _say_when(task, before, said.get("did_at", ""))
    return 200, {"task": task.pk, "state": task.state, "case": task.case.number}


def _found(scope: Scope, actor: Actor, said: Said) -> Said:
    """Something the worker found: a report of theirs, not an act on a task."""
    if not scope.can("cases.patrol"):
        raise PermissionDenied
    receipt = actions.report_found(
        actor,
        action_id=said["action_id"],
        words=said.get("words", ""),
        type_code=said.get("type", ""),
        asset=one_said(said.get("code", ""), ()).ref if said.get("code", "").strip() else "",
        point=_point(said),
        where=said.get("where", ""),
        photo=said["photo"],
        did_at=_when(said.get("did_at", "")),
        answers=_answers(said),
    )
    return {FOUND: receipt.number, "case": receipt.number, "joined": receipt.joined}


def _answers(said: Said) -> Said:
    """Answers to the questions that the chosen type asks by now: a phone may hold older ones."""
    kind = said.get("type", "")
    asked = [one["code"] for one in questions.asked_by(type_in_force(kind) if kind else None)]
    return {code: said.get(f"answer_{kind}.{code}", "").strip() for code in asked}


def _point(said: Said) -> tuple[float, float] | None:
    if not said.get("lon") and not said.get("lat"):
        return None
    try:
        return float(said["lon"]), float(said["lat"])
    except (KeyError, ValueError) as error:
        raise Incomplete("where", _("A point needs both lon and lat, in degrees.")) from error


def _when(did_at: str) -> str:
    """The phone's time, where it differs from the city's and can be."""
    try:
        did, at = datetime.fromisoformat(did_at), now()
    except ValueError:
        return ""
    if did.tzinfo is None or not WORTH_SAYING <= at - did <= LONGEST_AWAY:
        return ""
    return did.isoformat(timespec="minutes")


def _say_when(task: Task, before: Step | None, did_at: str) -> None:
    """Keep the phone's time beside the city's, where they differ and the phone's can be.

    A step is never changed afterwards; this is its own transaction, before anybody has seen it.
    """
    try:
        did, at = datetime.fromisoformat(did_at), now()
    except ValueError:
        return
    if did.tzinfo is None or at - did < WORTH_SAYING or did > at + CLOCK_MAY_BE_AHEAD:
        return
    if did < task.offered_at:
        return
    fresh = Step.objects.filter(case=task.case_id, pk__gt=before.pk if before else 0)
    for step in fresh:
        step.why = {**step.why, "did_at": did.isoformat(timespec="minutes")}
        step.save(update_fields=["why"])


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The page's helper in the browser: it keeps the list for when there is no signal."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer
