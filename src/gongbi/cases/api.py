"""HTTP for other systems: what those that work or dispatch do. JSON; reading: ``api_reading``.

``Authorization: Bearer <application key>``; scope ``work`` or ``dispatch``. A refusal is a
sentence: 401 without a key, 403 without the scope, 404 unknown, 409 overtaken or not possible in
that state, 422 something to fill in. With ``Gongbi-Action-Id`` an act is done once: the same id
gets the same answer again.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Annotated, Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongbi.cases import actions, actors
from gongbi.cases.access_outside import case_for_application, task_for_application
from gongbi.cases.actions.once import HEADER, once
from gongbi.cases.errors import Incomplete, Refused
from gongbi.cases.models import Case, Task
from gongbi.cases.states import RUNNING_TASK
from gongbi.core.public import application

MOST_BODY_BYTES = 18 * 2**20  # a photo of 12 MB in base64, and some words
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Code = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[^\x00]*$")]


class Work(msgspec.Struct, forbid_unknown_fields=True):
    """What a worker's system sends with a verb; the photo is base64 of a JPEG, PNG or WebP."""

    words: str = ""
    photo: str = ""
    reason: str = "other"
    declared: str = "done"
    stage: str = ""
    fields: dict[str, float | bool | str] = {}


class CallIn(msgspec.Struct, forbid_unknown_fields=True):
    """Which unit helps, with what, after which tasks; or in place of one given back."""

    unit: Code
    words: str
    after: list[Number] = []
    replaces: Number | None = None
    needed: bool = True


class CallOff(msgspec.Struct, forbid_unknown_fields=True):
    """Which helping task is not needed any more, and why."""

    task: Number
    words: str


class NameAsset(msgspec.Struct, forbid_unknown_fields=True):
    """Which asset a case is about, as KIND:CODE; empty: none. ``was``: only if it is this now."""

    asset: Annotated[str, msgspec.Meta(max_length=100)]
    words: str = ""
    was: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class Dispatch(msgspec.Struct, forbid_unknown_fields=True):
    """Where a case shall go; an empty unit takes the suggestion, a type sorts it first, and
    ``file`` says that it is the city's matter, where its type asks that."""

    unit: Code = ""
    words: str = ""
    type: Code = ""
    file: bool = False


class BadBody(Refused):
    """The body is not what this address reads."""


def answer(data: Any, status: int = 200) -> HttpResponse:
    """JSON as bytes; instants in ISO 8601."""
    return HttpResponse(msgspec.json.encode(data), status=status, content_type="application/json")


def for_application(
    *scopes: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for another system with one of some scopes; refusals become statuses with a
    sentence."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt  # a bearer key is no cookie: no other page can make a browser send it
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            who = application(request)
            if who is None:
                return answer({"error": _("Send a key: Authorization: Bearer …")}, 401)
            if who.scopes.isdisjoint(scopes):
                said = _("This key may not do this; it needs the scope %(scope)s.")
                return answer({"error": said % {"scope": " / ".join(scopes)}}, 403)
            try:
                return _once(request, str(who.name), lambda: view(request, who=who, **named))
            except (Incomplete, BadBody) as refused:
                field = getattr(refused, "field", "")
                return answer({"error": str(refused), "field": field}, 422)
            except Refused as refused:
                return answer({"error": str(refused)}, 409)
            except PermissionDenied:
                return answer({"error": _("This may not be done.")}, 403)

        return guarded

    return guard


def _once(request: HttpRequest, name: str, do: Callable[[], HttpResponse]) -> HttpResponse:
    """With an id of the client's own, an act is done once and its answer given again."""
    action_id = request.headers.get(HEADER, "")
    if request.method != "POST" or not action_id:
        return do()

    def told() -> tuple[int, Any]:
        response = do()
        return response.status_code, json.loads(response.content)

    asked = request.path.encode() + b"\n" + _body(request)
    (status, said), repeated = once(f"application:{name}", action_id, asked, told)
    response = answer(said, status)
    if repeated:
        response["Gongbi-Repeated"] = "true"
    return response


def _body(request: HttpRequest) -> bytes:
    kept: bytes | None = getattr(request, "_gongbi_body", None)
    if kept is None:
        kept = request.read(MOST_BODY_BYTES + 1)
        if len(kept) > MOST_BODY_BYTES:
            raise BadBody(_("The body is larger than 18 MB."))
        request._gongbi_body = kept  # type: ignore[attr-defined]  # a stream is read once
    return kept


def _read(request: HttpRequest, kind: type[Any]) -> Any:
    body = _body(request)
    try:
        said = msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBody(_("The body cannot be read: %(error)s") % {"error": error}) from error
    if any("\x00" in text for text in _texts(said)):
        # PostgreSQL has no such text: refused in either database, with the same sentence.
        raise BadBody(_("The body cannot be read: %(error)s") % {"error": "NUL (\\u0000)"})
    return said


def _texts(said: Any) -> Iterator[str]:
    for value in msgspec.structs.asdict(said).values():
        inner = (*value, *value.values()) if isinstance(value, dict) else (value,)
        yield from (one for one in inner if isinstance(one, str))


@require_POST
@for_application("work")
def work(request: HttpRequest, who: Any, task_id: int, verb: str) -> HttpResponse:
    """Accept, arrive, stage, done or return."""
    said = _read(request, Work)
    task = task_for_application(who, task_id)
    if task is None:
        return answer({"error": _("There is no such task.")}, 404)
    _do(task, actors.application(who.name), verb, said)
    case = Case.objects.get(pk=task.case_id)
    return answer({"id": task.pk, "task": task.state, "case": case.number, "state": case.state})


def _do(task: Task, actor: actors.Actor, verb: str, said: Work) -> None:
    if verb == "accept":
        actions.accept(task, actor)
    elif verb == "arrive":
        actions.arrive(task, actor)
    elif verb == "stage":
        actions.reach_stage(task, actor, stage=said.stage)
    elif verb == "return":
        actions.return_with_reason(task, actor, reason=said.reason, words=said.words)
    else:
        if said.photo and task.state in RUNNING_TASK:  # else what is refused would leave a picture
            actions.add_photo(task.case, actor, _photo(said.photo), kind="after")
        actions.declare(task, actor, declared=said.declared, words=said.words, fields=said.fields)


def _photo(said: str) -> bytes:
    try:
        return base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Incomplete("photo", _("The photo is not base64.")) from error


@require_POST
@for_application("dispatch")
def dispatch(request: HttpRequest, who: Any, number: str) -> HttpResponse:
    """Send a case to a unit."""
    said, actor = _read(request, Dispatch), actors.application(who.name)
    case = case_for_application(who, "dispatch", number)
    if case is None:
        return answer({"error": _("There is no such case.")}, 404)
    with transaction.atomic():  # what cannot be sent is not sorted either
        if said.type and (case.type is None or case.type.code != said.type):
            case = actions.sort(case, actor, type_code=said.type)
        if said.file and case.type and case.type.file_first and case.filed_at is None:
            case = actions.file(case, actor, send_on=False)
        task = actions.dispatch(case, actor, unit_code=said.unit, words=said.words)
    return answer(
        {"number": case.number, "state": case.state, "unit": task.unit_id, "task": task.pk}
    )


@require_POST
@for_application("dispatch")
def call_in(request: HttpRequest, who: Any, number: str) -> HttpResponse:
    """Ask one more unit for a share."""
    said, actor = _read(request, CallIn), actors.application(who.name)
    case = case_for_application(who, "dispatch", number)
    if case is None:
        return answer({"error": _("There is no such case.")}, 404)
    task = actions.call_in(
        case, actor, unit_code=said.unit, words=said.words, after=tuple(said.after),
        replaces=said.replaces, needed=said.needed,
    )  # fmt: skip
    return answer({"number": case.number, "unit": task.unit_id, "task": task.pk,
                   "state": task.state})  # fmt: skip


@require_POST
@for_application("dispatch")
def call_off(request: HttpRequest, who: Any, number: str) -> HttpResponse:
    """Withdraw a helping task; what came after it begins."""
    said, actor = _read(request, CallOff), actors.application(who.name)
    case = case_for_application(who, "dispatch", number)
    task = Task.objects.select_related("unit").filter(pk=said.task, case=case).first()
    if case is None or task is None:
        return answer({"error": _("There is no such case or task.")}, 404)
    actions.call_off(case, actor, task=task, words=said.words)
    return answer({"number": case.number, "task": task.pk, "state": task.state})


@require_POST
@for_application("dispatch")
def name_asset(request: HttpRequest, who: Any, number: str) -> HttpResponse:
    """Say which asset a case is about, or another, or none."""
    said, actor = _read(request, NameAsset), actors.application(who.name)
    case = case_for_application(who, "dispatch", number)
    if case is None:
        return answer({"error": _("There is no such case.")}, 404)
    actions.name_asset(case, actor, ref=said.asset, words=said.words, was=said.was)
    return answer({"number": case.number, "state": case.state, "asset": said.asset or None})
