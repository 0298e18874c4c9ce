"""The register: the list, one application, and what a keeper does with it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongbi.core.applications import access, keys, queries, registering
from gongbi.core.applications.forms import (
    SCOPES,
    EntryForm,
    KeyForm,
    RegisterForm,
    SinceForm,
    WebhookForm,
    WhyForm,
    entry_of,
    stands,
)
from gongbi.core.applications.keys import KeyRefused
from gongbi.core.applications.queries import STATES, Wanted
from gongbi.core.applications.registering import NotNow
from gongbi.core.applications.wording import STATE_WORDS, happened
from gongbi.core.models import Application
from gongbi.core.once import leads_to, once_a_form
from gongbi.core.scope import Scope, scope_of
from gongbi.core.webhooks import keeping
from gongbi.core.webhooks.keeping import WebhookRefused

PER_PAGE = 50
REFUSALS = (KeyRefused, NotNow, WebhookRefused, access.Beyond)


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """All applications one may see: searched, narrowed, page by page."""
    scope, wanted = scope_of(request.user), _wanted(request)
    page = Paginator(queries.listed(scope, wanted), PER_PAGE).get_page(request.GET.get("page"))
    many, said = queries.counts(scope), _said(wanted)
    tabs = [
        (state, STATE_WORDS[state], many[state], f"?{urlencode(said | {'state': state})}")
        for state in STATES
    ]
    context = {"page": page, "tabs": tabs, "wanted": wanted, "scopes": SCOPES}
    context |= {"query": urlencode(said), "may_register": access.may_register(scope)}
    context["today"] = registering.today_of_contracts()
    return render(request, "core/applications/board.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    state, scope = request.GET.get("state", ""), request.GET.get("scope", "")
    return Wanted(
        words=request.GET.get("q", "").replace("\x00", "")[:100].strip(),
        state=state if state in STATES else "live",
        scope=scope if scope in SCOPES else "",
    )


def _said(wanted: Wanted) -> dict[str, str]:
    said = {"q": wanted.words, "state": wanted.state, "scope": wanted.scope}
    return {key: value for key, value in said.items() if value}


@require_safe
@login_required
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One application: its entry, keys, health, webhooks and history."""
    scope = scope_of(request.user)
    return _shown(request, access.access_application(scope, name))


def _shown(request: HttpRequest, row: Application, **more: Any) -> HttpResponse:
    keeps = access.may_keep(scope_of(request.user), row)
    context = {
        "row": row,
        "use": getattr(row, "applicationuse", None),
        "health": queries.health(row),
        "keys": queries.keys_of(row),
        "webhooks": queries.webhooks_of(row),
        "aside": queries.set_aside(row),
        "history": [happened(one) for one in queries.history(row)],
        "over": row.contract_over(registering.today_of_contracts()),
        "may_keep": keeps and row.retired_at is None,
        "scope_words": [SCOPES.get(one, one) for one in row.scopes],
        "key_form": KeyForm(prefix="key"),
        "why_form": WhyForm(prefix="why"),
        "webhook_form": WebhookForm(prefix="hook"),
        "since_form": SinceForm(prefix="since"),
    }
    return render(request, "core/applications/show.html", context | more)


@login_required
@once_a_form
def register(request: HttpRequest) -> HttpResponse:
    """Enter a system."""
    scope = scope_of(request.user)
    if not access.may_register(scope):
        raise PermissionDenied
    form = RegisterForm(request.POST or None, initial={"per_minute": 600, "per_day": 0})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        if _within(scope, form):
            try:
                row = registering.register(said.pop("name"), by=_by(request), **said)
                return redirect("application", row.name)
            except NotNow as refused:
                form.add_error("name", str(refused))
    return _form(request, {"form": form})


def _within(scope: Scope, form: EntryForm, row: Application | None = None) -> bool:
    """Whether the entry reaches no farther than its keeper; what does is written on the form."""
    owner = form.cleaned_data["owner"]
    if not any(owner.place.path.startswith(path) for path in scope.place_paths(access.KEEP)):
        raise PermissionDenied
    for field, why in access.beyond(scope, form.cleaned_data, row).items():
        form.add_error(field, why)
    return not form.errors


def _form(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "core/applications/form.html", context, status=status)


@login_required
@once_a_form
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Change an entry as the page showed it."""
    scope = scope_of(request.user)
    row = access.access_application(scope, name, access.KEEP)
    seen = request.POST.get("seen", registering.stand_of(row))
    form = EntryForm(request.POST or None, initial=entry_of(row))
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        if _within(scope, form, row):
            try:
                registering.change(row, by=_by(request), seen=seen, **said)
            except registering.Changed as quicker:
                return _changed(request, form, row, str(quicker))
            except NotNow as refused:
                messages.error(request, str(refused))
                return leads_to(redirect("application", row.name), "")
            return redirect("application", row.name)
    return _form(request, {"form": form, "row": row, "seen": seen})


def _changed(request: HttpRequest, form: EntryForm, row: Application, why: str) -> HttpResponse:
    """What they typed stays; beside each field that differs stands what the entry says now."""
    row.refresh_from_db()
    form.add_error(None, why)
    for field, words in stands(row).items():
        if form.cleaned_data[field] != getattr(row, field):
            form.add_error(field, _("It now says: %(words)s") % {"words": words})
    context = {"form": form, "row": row, "seen": registering.stand_of(row)}
    return render(request, "core/applications/form.html", context, status=409)


Act = Callable[[HttpRequest, Application, Any, dict[str, Any]], HttpResponse | None]


def acting(
    form: type[forms.Form] | None = None, prefix: str = ""
) -> Callable[[Act], Callable[..., HttpResponse]]:
    """A keeper's deed on one application: gate, form, deed; a refusal becomes a message."""

    def made(act: Act) -> Callable[..., HttpResponse]:
        @require_POST
        @login_required
        @once_a_form
        def view(request: HttpRequest, name: str, **named: Any) -> HttpResponse:
            row = access.access_application(scope_of(request.user), name, access.KEEP)
            filled = form(request.POST, prefix=prefix) if form else None
            if filled is not None and not filled.is_valid():
                return _shown(
                    request, row, **{f"{prefix.replace('hook', 'webhook')}_form": filled}
                )
            try:
                said = filled.cleaned_data if filled is not None else {}
                answer = act(request, row, said, named)
            except REFUSALS as refused:
                messages.error(request, str(refused))
                return leads_to(redirect("application", row.name), "")
            return answer or redirect("application", row.name)

        return view

    return made


@acting(KeyForm, "key")
def make_key(
    request: HttpRequest, row: Application, said: Any, named: dict[str, Any]
) -> HttpResponse:
    """One more key, shown on this answer and never again."""
    access.need_reach(scope_of(request.user), row)
    key = keys.add_key(row, by=_by(request), label=said["label"])
    return _once(request, row, key, _("A new key"))


@acting(WhyForm, "why")
def end_key(request: HttpRequest, row: Application, said: Any, named: dict[str, Any]) -> None:
    """End one key."""
    keys.end_key(access.access_key(row, named["key"]), by=_by(request), why=said["why"])
    messages.success(request, _("The key opens nothing any more."))


@acting(WhyForm, "why")
def retire(request: HttpRequest, row: Application, said: Any, named: dict[str, Any]) -> None:
    """Retire the application in one step."""
    registering.retire(row, by=_by(request), why=said["why"])
    messages.success(request, _("Retired: its keys open nothing, and it is told nothing."))


@acting(WebhookForm, "hook")
def make_webhook(
    request: HttpRequest, row: Application, said: Any, named: dict[str, Any]
) -> HttpResponse:
    """An address that is told; its secret is shown on this answer and never again."""
    access.need_reach(scope_of(request.user), row)
    _hook, secret = keeping.make_webhook(row, by=_by(request), **said)
    return _once(request, row, secret, _("The webhook’s secret"))


@acting()
def act_on_webhook(
    request: HttpRequest, row: Application, said: Any, named: dict[str, Any]
) -> HttpResponse | None:
    """Pause, resume, end, or change the secret."""
    hook, verb = access.access_webhook(row, named["hook"]), named["verb"]
    if verb == "secret":
        access.need_reach(scope_of(request.user), row)
        secret = keeping.change_secret(hook, by=_by(request))
        return _once(request, row, secret, _("The webhook’s new secret"))
    {"pause": keeping.pause, "resume": keeping.resume, "end": keeping.end}[verb](
        hook, by=_by(request)
    )
    return None


@acting(SinceForm, "since")
def replay(request: HttpRequest, row: Application, said: Any, named: dict[str, Any]) -> None:
    """Tell again."""
    hook = access.access_webhook(row, named["hook"])
    many = keeping.replay(hook, since=said["since"], by=_by(request))
    messages.success(request, _("%(many)d facts are told again.") % {"many": many})


@acting()
def try_again(request: HttpRequest, row: Application, said: Any, named: dict[str, Any]) -> None:
    """Bring one that was set aside back."""
    keeping.try_again(access.access_notice(row, named["notice"]))


def _once(request: HttpRequest, row: Application, secret: str, title: str) -> HttpResponse:
    context = {"row": row, "secret": secret, "title": title}
    answer = render(request, "core/applications/once.html", context)
    return leads_to(answer, reverse("application", args=[row.name]))


def _by(request: HttpRequest) -> str:
    return f"person:{request.user.pk}"
