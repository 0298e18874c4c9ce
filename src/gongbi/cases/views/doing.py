"""Doing something with a case: one address, one table of verbs, each with its form and action."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongbi.cases import actions, merging, states, wording
from gongbi.cases.access import access_case, access_task, visible_cases
from gongbi.cases.actions.fields import PREFIX
from gongbi.cases.actors import Actor, person
from gongbi.cases.errors import CannotMove, Incomplete, Overtaken, Refused
from gongbi.cases.models import Case, Task
from gongbi.cases.views import case as case_page
from gongbi.cases.views.offering import Offer, form_for
from gongbi.core.public import Scope, in_language, once_a_form, scope_of

Said = dict[str, Any]


def _do_note(case: Case, actor: Actor, said: Said) -> None:
    photo, words = said.get("photo"), said.get("words", "")
    if not photo and not words.strip():
        raise Incomplete("words", _("Please write a note or choose a photo."))
    if photo:
        actions.add_photo(case, actor, photo.read(), kind="before")
    if words.strip():
        actions.add_note(case, actor, words=words, for_reporter=said["for_reporter"])


def _do_declare(task: Task, actor: Actor, said: Said) -> None:
    if said.get("photo"):
        actions.add_photo(task.case, actor, said["photo"].read(), kind="after")
    fields = {
        name.removeprefix(PREFIX): value
        for name, value in said.items()
        if name.startswith(PREFIX) and value not in (None, "")
    }
    actions.declare(
        task, actor, declared=said["declared"], words=said["words"], fields=fields,
        seen=said["seen"],
    )  # fmt: skip


def _do_dispatch(case: Case, actor: Actor, said: Said) -> None:
    actions.dispatch(case, actor, unit_code=said["unit"], words=said["words"], seen=said["seen"])


def _do_call_in(case: Case, actor: Actor, said: Said) -> None:
    actions.call_in(
        case, actor, unit_code=said["unit"], words=said["words"], needed=said["needed"],
        after=tuple(map(int, said.get("after") or ())),
        replaces=int(said["replaces"]) if said.get("replaces") else None, seen=said["seen"],
    )  # fmt: skip


def _do_call_off(case: Case, actor: Actor, said: Said) -> None:
    task = case.tasks.select_related("unit").get(pk=said["task"])
    actions.call_off(case, actor, task=task, **_only(said, "words"))


def _do_transfer(case: Case, actor: Actor, said: Said) -> None:
    actions.transfer(case, actor, unit_code=said["unit"], **_only(said, "reason", "words"))


def _do_decide(case: Case, actor: Actor, said: Said) -> None:
    actions.decide(case, actor, unit_code=said.get("unit", ""), **_only(said, "decided", "words"))


def _plainly(act: Callable[..., object], *names: str) -> Callable[[Case, Actor, Said], object]:
    """An action on the case that takes what its form asks under the same names."""
    return lambda case, actor, said: act(case, actor, **_only(said, *names))


ON_CASE: dict[str, Callable[[Case, Actor, Said], object]] = {
    "dispatch": _do_dispatch,
    "sort": lambda case, actor, said: actions.sort(
        case, actor, type_code=said["type"], sub_type=said.get("sub_type", ""), seen=said["seen"]
    ),
    "file": _plainly(actions.file),
    "name_asset": lambda case, actor, said: actions.name_asset(
        case, actor, ref=said["ref"], words=said.get("words", ""), seen=said["seen"]
    ),
    "complain_of": lambda case, actor, said: actions.complain_of(
        case, actor, unit_code=said["unit"], **_only(said, "words")
    ),
    "wait": _plainly(actions.wait, "reason", "words"),
    "park": _plainly(actions.park, "reason", "until", "words"),
    "resume": _plainly(actions.resume),
    "urge": _plainly(actions.urge, "words"),
    "weigh": _plainly(actions.weigh, "priority", "words"),
    "cancel": _plainly(actions.cancel, "reason", "words"),
    "reopen": _plainly(actions.reopen, "reason", "words"),
    "call_in": _do_call_in,
    "call_off": _do_call_off,
    "transfer": _do_transfer,
    "extend": _plainly(actions.extend, "more", "reason", "words"),
    "grant": _plainly(actions.grant, "words"),
    "refuse": _plainly(actions.refuse, "words"),
    "supervise": _plainly(actions.supervise, "within", "words"),
    "answer": _plainly(actions.answer, "words"),
    "appeal": _plainly(actions.appeal, "words"),
    "decide": _do_decide,
    "unmerge": lambda case, actor, said: merging.unmerge(case, actor, seen=said["seen"]),
    "split": lambda case, actor, said: merging.split(
        case, actor, **_only(said, "signals", "words")
    ),
    "solved": lambda case, actor, said: actions.hear_verdict(
        case, actor, solved=True, **_only(said, "words")
    ),
    "not_solved": lambda case, actor, said: actions.hear_verdict(
        case, actor, solved=False, **_only(said, "words")
    ),
}
ON_TASK: dict[str, Callable[[Task, Actor, Said], object]] = {
    "accept": lambda task, actor, said: actions.accept(task, actor, seen=said["seen"]),
    "arrive": lambda task, actor, said: actions.arrive(task, actor, seen=said["seen"]),
    "stage": lambda task, actor, said: actions.reach_stage(
        task, actor, stage=said["stage"], seen=said["seen"]
    ),
    "return": lambda task, actor, said: actions.return_with_reason(
        task, actor, **_only(said, "reason", "words")
    ),
    "declare": _do_declare,
    "assign": lambda task, actor, said: actions.assign(
        task.case, actor, task=task, handler_id=said["handler"], seen=said["seen"]
    ),
}


def _only(said: Said, *names: str) -> Said:
    return {name: said[name] for name in (*names, "seen")}


@require_POST
@login_required
@once_a_form
def do(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do a verb. When it cannot be done, the page says why and keeps what was written."""
    scope = scope_of(request.user)
    case = access_case(scope, number, _needs(verb))
    form = form_for(verb, Offer(case, scope), request.POST, request.FILES)
    try:
        if not form.is_valid():
            return _again(request, case, scope, verb, form, 422)
        _act(case, scope, verb, person(request.user, scope), form.cleaned_data)
    except Incomplete as incomplete:
        form.add_error(incomplete.field if incomplete.field in form.fields else None,
                       str(incomplete))  # fmt: skip
        return _again(request, case, scope, verb, form, 422)
    except Refused as refused:
        form.add_error(None, str(refused))
        overtaken = isinstance(refused, Overtaken | CannotMove)
        return _again(request, case, scope, verb, form, 409 if overtaken else 422)
    messages.success(request, _done(verb, case))
    return redirect(_next(request, case, scope))


def _needs(verb: str) -> str:
    if verb == "note":
        return "cases.note"
    needs = next((edge.needs for edge in states.TABLE if edge.verb == verb and edge.needs), None)
    if needs is None and verb != "accept_suggestion":
        raise Http404
    return needs or "cases.dispatch"


def _act(case: Case, scope: Scope, verb: str, actor: Actor, said: Said) -> None:
    if verb == "note":
        _do_note(case, actor, said)
    elif verb == "merge":
        into = _other_case(scope, said["into"])
        merging.merge(case, actor, into=into, words=said["words"], seen=said["seen"])
    elif verb in ON_TASK:
        ON_TASK[verb](running_task(case, scope, verb, said.get("on_task")), actor, said)
    elif verb == "accept_suggestion":
        accept_suggestion(case, actor, said)
    else:
        ON_CASE[verb](case, actor, said)


def _other_case(scope: Scope, number: str) -> Case:
    try:
        return access_case(scope, number.strip(), "cases.merge")
    except Http404 as error:
        raise Incomplete("into", _("There is no such case among those you see.")) from error


def accept_suggestion(case: Case, actor: Actor, said: Said) -> None:
    """One key: sort an unsorted case as its words suggest, and send it where the routes say."""
    seen = said["seen"]
    with transaction.atomic():  # what cannot be sent is not sorted either
        if case.type is None and case.guesses:
            case = actions.sort(case, actor, type_code=case.guesses[0][0], seen=seen)
            seen = case.version
        actions.dispatch(case, actor, seen=seen)


def running_task(case: Case, scope: Scope, verb: str, named: int | None = None) -> Task:
    """The running task this person works on: the one named, else the lead's before a helper's."""
    needs = _needs(verb)
    running = case.tasks.filter(state__in=states.RUNNING_TASK)
    order = sorted(running, key=lambda one: (one.pk != named, one.role != "lead", one.pk))
    own = [one for one in order if scope.can(needs, unit_path=one.unit_path)]
    if own:
        return access_task(scope, own[0].pk, needs)
    if order:
        raise PermissionDenied
    raise CannotMove(_("No unit has this case in hand; load the page anew."))


def _again(
    request: HttpRequest, case: Case, scope: Scope, verb: str, form: Any, status: int
) -> HttpResponse:
    """The page once more with what is wrong; the version is fresh, the words are kept."""
    if request.headers.get("HX-Request"):
        for words in _sentences(form):
            messages.error(request, words)
        return redirect(_next(request, case, scope))
    fresh = access_case(scope, case.number)
    if "seen" in form.fields:
        form.data = form.data.copy()
        form.data["seen"] = fresh.version
    trouble = {"verb": verb, "form": form}
    for words in form.non_field_errors():
        messages.error(request, words)
    shown = case_page.shown(request, fresh, scope, trouble=trouble)
    return render(request, "cases/case.html", shown, status=status)


def _sentences(form: django_forms.Form) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def _done(verb: str, case: Case) -> str:
    said = wording.STEPS.get("dispatch" if verb == "accept_suggestion" else verb)
    what = str(said) if said else _("noted")
    if verb in ("dispatch", "accept_suggestion"):
        unit = Case.objects.filter(pk=case.pk).values_list("unit__name_en", "unit__name_zh").get()
        what = f"{what} · {in_language(*unit)}"
    return _("Case %(number)s: %(what)s.") % {"number": case.number, "what": what}


def _next(request: HttpRequest, case: Case, scope: Scope) -> str:
    asked = request.POST.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}):
        return asked
    if not visible_cases(scope).filter(pk=case.pk).exists():
        # Given back, it is no longer theirs to see: *there is no such page* would be no answer.
        return "/cases/mine/" if scope.can("cases.work") else "/cases/"
    return f"/cases/{case.number}/"
