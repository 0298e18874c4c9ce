"""The desk's pages: the board, the call, and its verbs. Each verb keeps the notes first."""

import logging
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongbi.cases import public as cases
from gongbi.core import public as core
from gongbi.kernel.reports.chats import draft_of, read_chat
from gongbi.reports import offices, photos, questions, receipts
from gongbi.reports import queries as kinds
from gongbi.reports.hotline import access, actions, choices, pictures, queries, said
from gongbi.reports.hotline import assets as found_assets
from gongbi.reports.hotline.forms import (
    CallForm,
    ChatForm,
    NumberForm,
    PromiseForm,
    TransferForm,
)
from gongbi.reports.hotline.models import Call
from gongbi.reports.hotline.said import Spoken
from gongbi.reports.views import offering

log = logging.getLogger(__name__)
MOST_UNITS = 400


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@core.once_a_form
def board(request: HttpRequest) -> HttpResponse:
    """The desk: take a call, calls still open, who is to be rung, who is on duty."""
    scope = access.desk(request.user)
    if request.method == "POST":
        line = request.POST.get("line", "phone")
        known = dict(choices.LINES)
        call = actions.take_call(request.user, scope, line if line in known else "phone")
        return redirect("hotline-call", call.pk)
    path = access.desk_place(scope)
    may_ring = bool(scope.place_paths(access.RING))
    callbacks = access.callbacks(request.user) if may_ring else None
    shown = {
        "board": queries.board(request.user, scope, path, callbacks),
        "lines": queries.lines_now(path),
        "ways": choices.LINES,
        "may_ring": may_ring,
    }
    return render(request, "reports/hotline/board.html", shown)


@never_cache
@login_required
@require_safe
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The call: what is said on the left, what is known on the right."""
    found = access.call(request.user, call_id, running=False)
    if found.ended_at:
        return render(request, "reports/hotline/ended.html", _ended(found))
    return _page(request, found)


@login_required
@require_POST
def known(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """What is known of what was typed so far; the notes are kept with it."""
    found = access.call(request.user, call_id)
    form = CallForm(request.POST)
    keep = _can_be_kept(form)
    spoken = _spoken(form)
    if keep:
        actions.note(found, spoken, form.cleaned_data["aid"])
    shown = {"call": found, "known": queries.known(access.desk(request.user), spoken)}
    return render(request, "reports/hotline/_known.html", shown)


@login_required
@require_POST
def assets(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """What the code read out so far means, and the nearest assets of the place."""
    access.call(request.user, call_id)
    form = CallForm(request.POST)
    form.is_valid()
    shown = {"assets": found_assets.offered(_spoken(form))}
    return render(request, "reports/_assets.html", shown)


@login_required
@require_POST
def do(request: HttpRequest, call_id: UUID, verb: str) -> HttpResponse:
    """One verb of the desk. The notes are kept before anything else can go wrong."""
    if verb not in VERBS:
        raise Http404
    found = access.call(request.user, call_id, running=False)
    if found.ended_at and verb != "open":
        return _over(request, found)
    if found.ended_at and found.ended_as not in ("case", "joined"):
        raise Http404
    form = CallForm(request.POST, request.FILES)
    if found.ended_at is None and not _all_kept(request, found, form):
        return _page(request, found, form=form)
    try:
        return VERBS[verb](request, found, form)
    except actions.CallOver:
        return _over(request, found)
    except cases.Refused as refused:
        form.add_error(None, str(refused))
    return _page(request, found, form=form)


def _all_kept(request: HttpRequest, found: Call, form: CallForm) -> bool:
    """Keep what was typed and chosen; False where some cannot be, and the page says which."""
    if not _can_be_kept(form):
        return False
    if "words" in request.POST:
        actions.note(found, _spoken(form), form.cleaned_data["aid"])
    return _picture_kept(found, form)


def _can_be_kept(form: CallForm) -> bool:
    """Whether all that was typed can: an office that several are called by is no hindrance, words
    too long to keep are, or what was kept before would go with them."""
    return form.is_valid() or set(form.errors) <= {"office", "photo"}


def _picture_kept(found: Call, form: CallForm) -> bool:
    """Keep the picture of the form; False where it is none."""
    given = form.cleaned_data.get("photo")
    try:
        if given:
            pictures.keep(found, given.read())
    except photos.PhotoRefused as refused:
        form.add_error("photo", str(refused))
        return False
    return True


def _over(request: HttpRequest, found: Call) -> HttpResponse:
    """Pressed twice: the page of what came of it the first time."""
    messages.info(request, _("This call was over already; nothing was done twice."))
    return redirect("hotline-call", found.pk)


def _open(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        receipt = actions.open_case(
            found,
            found_assets.settled(said.heard(found)),
            language=get_language() or "",
            joins=request.POST.get("joins", "")[:48],
        )
    except cases.SignalRefused as refused:
        form.wrong_answer = refused.field.partition("answers.")[2]
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _page(request, found, form=form)
    where = reverse("counter-receipt", args=[receipts.address_of(receipt)])
    return redirect(f"{where}?from=hotline")


def _answer(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    code = request.POST.get("answer", "")
    text = next((one for one in queries.answers_in_force() if one.code == code), None)
    if text is None:
        form.add_error(None, _("This answer is no longer in force; search again."))
        return _page(request, found, form=form)
    actions.answer(found, text)
    return redirect("hotline-call", found.pk)


def _chat(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    pasted = ChatForm(request.POST)
    if not pasted.is_valid():
        return _page(request, found, form=form, chat_form=pasted)
    draft = draft_of(read_chat(pasted.cleaned_data["chat"]))
    before = said.heard(found)
    words = "\n".join(part for part in (before.words, draft) if part)[:4000]
    actions.note(found, replace(before, words=words))
    return redirect("hotline-call", found.pk)


def _add(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    asked = NumberForm(request.POST)
    if not asked.is_valid():
        return _page(request, found, form=form, number_form=asked)
    number, words = asked.cleaned_data["number"], said.heard(found).words
    if request.POST.get("solved") in ("yes", "no"):
        solved = request.POST["solved"] == "yes"
        actions.hear_verdict(found, number, solved=solved, words=words)
    elif not words.strip() and not pictures.kept(found):
        form.add_error("words", _("Write what the caller wants to add; it goes to their case."))
        return _page(request, found, form=form, number_form=asked)
    else:
        actions.add_to(found, number, words)
    return redirect("hotline-call", found.pk)


def _transfer(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    asked = TransferForm(request.POST)
    if not asked.is_valid():
        return _page(request, found, form=form, transfer_form=asked)
    to, taken = asked.cleaned_data["to"], asked.cleaned_data["taken"]
    unit = core.unit_named(to)
    actions.hand_over(found, to, unit.code if unit else None, taken)
    if taken == "not_reached":
        messages.info(request, _("Noted. The caller is still yours: open a case, or try another."))
    return redirect("hotline-call", found.pk)


def _promise(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    asked = PromiseForm(request.POST)
    if not said.heard(found).contact.strip():
        form.add_error("contact", _("Write down the number to ring, then promise to ring it."))
        return _page(request, found, form=form, promise_form=asked)
    hours = int(asked.cleaned_data["hours"]) if asked.is_valid() else 1
    actions.promise_call(found, hours)
    return redirect("hotline-call", found.pk)


def _ring(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    line = request.POST.get("line", "")
    if not queries.is_listed(line):
        form.add_error(None, _("This duty room is no longer listed; search again."))
        return _page(request, found, form=form)
    actions.ring(found, line, request.GET.get("answered") == "yes")
    messages.info(request, _("Noted."))
    return redirect("hotline-call", found.pk)


def _drop(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    pictures.drop(found, request.POST.get("picture", ""))
    return redirect("hotline-call", found.pk)


def _end(request: HttpRequest, found: Call, form: CallForm) -> HttpResponse:
    as_ = request.POST.get("as", "")
    if as_ not in dict(choices.ENDS):
        form.add_error(None, _("Say how the call ended."))
        return _page(request, found, form=form)
    actions.end(found, as_)
    return redirect("hotline-call", found.pk)


VERBS = {
    "open": _open,
    "answer": _answer,
    "chat": _chat,
    "add": _add,
    "transfer": _transfer,
    "promise": _promise,
    "ring": _ring,
    "drop": _drop,
    "end": _end,
}


@login_required
@require_safe
def progress(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Where a caller's matter stands, by the short number they read out."""
    found = access.call(request.user, call_id)
    number = request.GET.get("number", "")[:40]
    record = cases.follow(number) if number.strip() else None
    shown = {"call": found, "record": record, "asked": bool(number.strip())}
    return render(request, "reports/hotline/_progress.html", shown)


def _spoken(form: CallForm) -> Spoken:
    said_ = form.cleaned_data
    kind = form.chosen_type() if "type" in said_ and "other_type" in said_ else ""
    return Spoken(
        said_.get("words", ""),
        said_.get("place_words", ""),
        said_.get("contact", ""),
        kind,
        said_.get("code", ""),
        offering.standing(form.data),
        form.data.get("office", "")[: offices.MOST_NAME],
        said_.get("about_unit", ""),
        questions.answers(form.data, kind),
    )


def _page(request: HttpRequest, found: Call, **forms: Any) -> HttpResponse:
    spoken = said.heard(found)
    fresh = CallForm(initial={
        "words": spoken.words, "place_words": spoken.place_words,
        "contact": spoken.contact, "aid": found.aid, "code": spoken.code,
        "office": spoken.office,
    })  # fmt: skip
    form = forms.pop("form", None) or fresh
    posted = forms.pop("chat_form", None), forms.pop("number_form", None)
    said_kinds = kinds.kinds(spoken.words, chosen=spoken.type, by_hand=bool(spoken.type))
    shown = {
        "call": found,
        "form": form,
        "kinds": said_kinds,
        "wrong_answer": form.wrong_answer,
        "questions": questions.noted(said_kinds.code, spoken.type, spoken.answers),
        "assets": found_assets.offered(spoken),
        "offices": offices.offered(form.data or asdict(spoken)),
        "known": queries.known(access.desk(request.user), spoken),
        "steps": queries.steps_of(found),
        "chat_form": posted[0] or ChatForm(),
        "number_form": posted[1] or NumberForm(),
        "transfer_form": forms.get("transfer_form") or TransferForm(),
        "promise_form": forms.get("promise_form") or PromiseForm(),
        "ends": choices.ENDS,
        "units": [one.name for one in core.widest_units(found.place_path, MOST_UNITS)],
        "pictures": pictures.kept(found),
        "most_photo_bytes": photos.MOST_BYTES,
    }
    bad = any(one is not None and one.errors for one in (form, *posted, *forms.values()))
    return render(request, "reports/hotline/call.html", shown, status=422 if bad else 200)


def _ended(found: Call) -> dict[str, Any]:
    return {
        "call": found,
        "ended": choices.ENDED.get(found.ended_as, found.ended_as),
        "answer": queries.shown(found.answer) if found.answer else None,
        "backs": list(found.callbacks.all()),
        "ways": choices.LINES,
    }
