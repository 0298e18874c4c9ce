"""A changed pack, tried on recorded cases: asked for, shown, and put in force or not."""

import io
import zipfile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongbi.cases import access
from gongbi.cases.actors import person
from gongbi.cases.errors import Refused
from gongbi.cases.forms_packs import TEXTS, PackForm, SwitchForm
from gongbi.cases.models import Rehearsal
from gongbi.cases.rehearsing import drafting, going, showing
from gongbi.core.public import Scope, done_once, pack_version, scope_of

SHOWN, CASES_A_PAGE = 50, 20
STATES = {
    "waiting": gettext_lazy("waits for its turn"),
    "running": gettext_lazy("goes on"),
    "done": gettext_lazy("tried; nothing is switched"),
    "failed": gettext_lazy("could not be tried to the end"),
    "switching": gettext_lazy("is being put in force"),
    "switched": gettext_lazy("is in force"),
    "given_up": gettext_lazy("given up"),
}


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """What was tried so far."""
    scope = scope_of(request.user)
    rows = access.visible_rehearsals(scope).select_related("by")[:SHOWN]
    shown = [{"row": row, "state": _state(row), "moved": showing.moved(row)} for row in rows]
    return render(request, "cases/packs.html", {"rows": shown, "number": pack_version()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest) -> HttpResponse:
    """The rules in force as text to be changed, or files instead; then the trial is asked for."""
    scope = scope_of(request.user)
    access.rehearsing_place(scope)
    known = {name.removesuffix(".toml"): text for name, text in drafting.rules_in_force().items()}
    form = PackForm(request.POST or None, request.FILES or None, initial=known)
    faults: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, scope, form)
        except going.Faulty as faulty:
            faults = faulty.faults
        except Refused as refused:
            form.add_error(None, str(refused))
    shown = {
        "form": form,
        "texts": [form[name] for name in TEXTS],
        "faults": faults[:200],
        "number": pack_version(),
        "any_file": access.may_switch(scope),
    }
    bad = form.errors or faults
    return render(request, "cases/pack_change.html", shown, status=422 if bad else 200)


def _asked(request: HttpRequest, scope: Scope, form: PackForm) -> HttpResponse:
    """Ask for the trial, once; drafted and checked before, so that nobody else waits meanwhile."""
    row, kept = _drafted(request, scope, form), list[Rehearsal]()

    def ask() -> HttpResponse:
        going.ask(row, person(request.user, scope))
        kept.append(row)
        return redirect("pack-trial", row.uuid)

    try:
        return done_once(request, ask)
    finally:
        if not kept:
            going.throw_away(row)


def _drafted(request: HttpRequest, scope: Scope, form: PackForm) -> Rehearsal:
    said = form.cleaned_data
    brought = {file.name: file.read() for file in said["brought"]}
    whole = len(brought) == 1 and next(iter(brought)).lower().endswith(".zip")
    if whole:
        files = drafting.unpacked(next(iter(brought.values())))
    else:
        files = drafting.changed(form.texts()) | brought
    drafting.check_names(files, any_file=access.may_switch(scope))
    return going.draft_trial(
        request.user,
        files=files,
        whole=whole,
        days=said["days"],
        place_path=access.rehearsing_place(scope),
        title=said["title"],
    )


@require_safe
@login_required
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One trial: what changes, what it would have changed, and the way to put it in force."""
    scope = scope_of(request.user)
    return _page(request, scope, access.access_rehearsal(scope, uuid), SwitchForm())


def _page(request: HttpRequest, scope: Scope, row: Rehearsal, form: SwitchForm) -> HttpResponse:
    visible = row.cases.filter(case__in=access.visible_cases(scope).values("pk")).order_by("pk")
    pages = Paginator(
        visible.select_related("case__route", "case__type", "case__place"), CASES_A_PAGE
    )
    here = pages.get_page(request.GET.get("page"))
    switches = access.may_switch(scope)
    shown = {
        **_progress(row),
        **showing.trial(row),
        **showing.changes(row, all_of_it=switches),
        "page": here,
        "cases": showing.cases(row, list(here.object_list)),
        "may_switch": switches,
        "form": form,
        "number": pack_version(),
    }
    return render(request, "cases/pack_trial.html", shown, status=422 if form.errors else 200)


@require_safe
@login_required
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far it is; when it is over the page is loaded anew."""
    row = access.access_rehearsal(scope_of(request.user), uuid)
    answer = render(request, "cases/_pack_progress.html", _progress(row))
    if not row.waits:
        answer["HX-Refresh"] = "true"
    return answer


def _progress(row: Rehearsal) -> dict[str, Any]:
    return {"row": row, "state": _state(row), "trouble": showing.trouble(row)}


def _state(row: Rehearsal) -> str:
    return str(STATES.get(row.state, row.state))


@require_POST
@login_required
def switch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owe the city the tried pack; it is put in force whole or not at all."""
    scope = scope_of(request.user)
    row = access.access_rehearsal(scope, uuid, switch=True)
    form = SwitchForm(request.POST)
    if form.is_valid():
        try:
            going.ask_switch(row, person(request.user, scope))
            return redirect("pack-trial", row.uuid)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, scope, row, form)


@require_POST
@login_required
def give_up(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop it, and delete its files."""
    row = access.access_rehearsal(scope_of(request.user), uuid)
    if going.give_up(row):
        messages.success(request, _("Given up: its files and its list of cases are deleted."))
    return redirect("packs")


@require_safe
@login_required
def files(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The tried rules as a ZIP; the whole pack for who may put it in force."""
    scope = scope_of(request.user)
    folder = drafting.folder_of(access.access_rehearsal(scope, uuid).uuid)
    if not folder.is_dir():
        raise Http404
    every, out = access.may_switch(scope), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            name = file.relative_to(folder).as_posix()
            if every or name in drafting.RULES:
                archive.write(file, name)
    answer = HttpResponse(out.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="pack-{str(uuid)[:8]}.zip"'
    return answer
