"""Parent matters: those that run, one with its cases, and what people do with it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from gongbi.cases import actors, bursts, bursts_doing, queries, states, wording
from gongbi.cases.access import access_burst, access_case, visible_bursts, visible_cases
from gongbi.cases.errors import Refused
from gongbi.cases.forms import choices, words_field
from gongbi.cases.models import Burst, CaseType
from gongbi.core.public import Scope, now, once_a_form, place, scope_of, unseal_many

MOST_SAID = 9
MOST_NAMED = 3
MOST_OVER = 30
MOST_CHILDREN = 500


class TellForm(forms.Form):
    """One message to all reporters."""

    words = words_field(gettext_lazy("Message to all reporters"))


class FinishForm(forms.Form):
    """How it ended, as an answer that is proposed to each case."""

    declared = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=choices(states.DECLARED, wording.DECLARED)
    )
    words = words_field(gettext_lazy("Answer proposed to its cases"))


@require_GET
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Those that run and those that are over; htmx gets the running ones as a strip."""
    scope = scope_of(request.user)
    if not scope.can("cases.see"):
        raise PermissionDenied
    rows = visible_bursts(scope).order_by("-opened_at", "-pk")
    running = [said_of(burst) for burst in rows.filter(ended_at=None)]
    if request.headers.get("HX-Request"):
        return render(request, "cases/_bursts.html", {"running": running, "now": now()})
    over = [said_of(burst) for burst in rows.exclude(ended_at=None)[:MOST_OVER]]
    shown = {"running": running, "over": over, "now": now(), "dead": bursts.feed_is_dead(now())}
    return render(request, "cases/bursts.html", shown)


def said_of(burst: Burst) -> dict[str, Any]:
    """A parent matter in words: what rose, against what, where, and which words stand out."""
    return {
        "burst": burst,
        "name": _name(burst),
        "seen": burst.seen,
        "expected": f"{burst.expected:.1f}",
        "chance": _chance(burst.surprise),
        "words": _(", ").join(f"{word} ({many})" for word, many in burst.words),
        "areas": [(found.name, many) for code, many in burst.areas if (found := place(code))],
        "children": burst.children.filter(off_at=None).count(),
    }


def _name(burst: Burst) -> str:
    """The types most of its cases are of, by name."""
    if burst.group == bursts.WHOLE and not burst.kinds:
        return _("reports of every kind")
    cases = burst.children.filter(off_at=None, case__type__isnull=False)
    many = cases.order_by().values_list("case__type").annotate(many=Count("pk"))
    ranked = [pk for pk, _many in sorted(many, key=lambda row: (-row[1], row[0]))[:MOST_NAMED]]
    held = CaseType.objects.in_bulk(ranked)
    return _(", ").join(held[pk].name for pk in ranked) or burst.group


def _chance(surprise: float) -> str:
    """How rarely chance alone brings as many, in words that need no logarithm."""
    if surprise >= MOST_SAID:
        return _("less than one in a billion")
    return _("one in %(many)s") % {"many": f"{10 ** int(surprise):,}"}


@require_GET
@login_required
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One parent matter with its cases."""
    scope = scope_of(request.user)
    return render(request, "cases/burst.html", shown(access_burst(scope, uuid), scope))


def shown(burst: Burst, scope: Scope, **forms_: forms.Form) -> dict[str, Any]:
    """All of the page."""
    cases = visible_cases(scope).filter(bursts__burst=burst, bursts__off_at=None)
    cases = cases.select_related(*queries.LIST_FIELDS).defer("place__geometry")
    opened = unseal_many([burst.message_id, burst.answer_id])
    at = now()
    acts = scope.can("cases.merge", place_path=burst.place_path)
    return {
        **said_of(burst),
        "rows": [queries.case_row(case, at) for case in cases.order_by("pk")[:MOST_CHILDREN]],
        "message": opened.get(burst.message_id or 0, ""),
        "answer": opened.get(burst.answer_id or 0, ""),
        "tell_form": forms_.get("tell") or TellForm(auto_id="id_tell_%s"),
        "finish_form": forms_.get("finish") or FinishForm(auto_id="id_finish_%s"),
        "may_act": acts,
        "now": at,
    }


@require_POST
@login_required
@once_a_form
def do(request: HttpRequest, uuid: UUID, verb: str) -> HttpResponse:
    """Tell all reporters, end it with a proposed answer, or take a case off."""
    scope = scope_of(request.user)
    burst = access_burst(scope, uuid, "cases.merge")
    actor = actors.person(request.user, scope)
    if verb == "off":
        case = access_case(scope, request.POST.get("case", ""))
        child = burst.children.filter(case=case, off_at=None).first()
        if child:
            bursts_doing.take_off(child, actor)
        return redirect(f"/cases/bursts/{burst.uuid}/")
    kinds: dict[str, type[forms.Form]] = {"tell": TellForm, "finish": FinishForm}
    if verb not in kinds:
        raise Http404
    form = kinds[verb](request.POST, auto_id=f"id_{verb}_%s")
    if form.is_valid():
        try:
            _done(request, verb, burst, actor, form.cleaned_data)
            return redirect(f"/cases/bursts/{burst.uuid}/")
        except Refused as refused:
            form.add_error(None, str(refused))
    return render(request, "cases/burst.html", shown(burst, scope, **{verb: form}), status=422)


def _done(
    request: HttpRequest, verb: str, burst: Burst, actor: actors.Actor, said: dict[str, Any]
) -> None:
    if verb == "tell":
        many = bursts_doing.tell(burst, actor, words=said["words"])
        words = ngettext(
            "The reporters of %(n)d case were told.",
            "The reporters of %(n)d cases were told.",
            many,
        )
        messages.success(request, words % {"n": many})
        return
    bursts_doing.finish(burst, actor, **said)
    messages.success(request, _("It is over; the answer is proposed to each of its cases."))
