"""Calling back: the list, one person to ring, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongbi.cases import public as cases
from gongbi.core import public as core
from gongbi.reports.hotline import access, choices, queries, ringing_back
from gongbi.reports.hotline.forms import AttemptForm
from gongbi.reports.hotline.models import CallBack

SHOWN = 100


@never_cache
@login_required
@require_safe
def callbacks(request: HttpRequest) -> HttpResponse:
    """Who is to be rung, soonest first, and what independent calls have heard so far."""
    mine = access.callbacks(request.user)
    due = mine.filter(state=CallBack.DUE).order_by("due_at", "pk")
    shown = {
        "due": list(due[:SHOWN]),
        "due_count": due.count(),
        "checked": queries.checked(mine),
        "most_attempts": ringing_back.MOST_ATTEMPTS,
        "may_answer": access.may_answer(request.user),
    }
    return render(request, "reports/hotline/callbacks.html", shown)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@core.once_a_form
def callback(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """One person to ring. How to reach them shows when asked for, and that is written down."""
    back = access.callback(request.user, callback_id)
    form = AttemptForm(request.POST or None, initial={"check": back.kind == CallBack.CHECK})
    if request.method == "POST" and back.state == CallBack.DUE and form.is_valid():
        try:
            state = _written(request, back, form)
        except ringing_back.RungMeanwhile:
            back.refresh_from_db()
            return _page(request, back, form, None, meanwhile=True)
        if state == CallBack.DUE:
            messages.info(request, _("Noted. They will be tried again at another time."))
        else:
            messages.success(request, _("Noted."))
        return redirect("hotline-callbacks")
    over = request.method == "POST" and back.state != CallBack.DUE
    return _page(request, back, form, None, meanwhile=over)


@login_required
@require_POST
def reach(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """Show how to reach them: a look that is written down."""
    back = access.callback(request.user, callback_id)
    form = AttemptForm(initial={"check": back.kind == CallBack.CHECK})
    reach = _reached(request, back) if back.state == CallBack.DUE else None
    return _page(request, back, form, reach)


def _reached(request: HttpRequest, back: CallBack) -> dict[str, object] | None:
    actor = f"person:{request.user.pk}"
    if back.signal:
        record = cases.reach_reporter(back.signal, actor)
        return (
            {
                "contact": record.contact,
                "words": record.words,
                "wishes": record.wishes,
                "record": record,
            }
            if record
            else {}
        )
    if back.call:
        spoken = ringing_back.look(back, actor)
        aid = dict(choices.AIDS).get(back.call.aid) if back.call.aid else None
        return {
            "contact": spoken.contact,
            "words": spoken.words,
            "wishes": [aid] if aid else [],
        }
    return {}


def _page(
    request: HttpRequest,
    back: CallBack,
    form: AttemptForm,
    reach: dict[str, object] | None,
    *,
    meanwhile: bool = False,
) -> HttpResponse:
    shown = {
        "back": back,
        "form": form,
        "reach": reach,
        "attempts": [
            (row.at, dict(choices.RESULTS).get(row.result, row.result))
            for row in back.attempts.order_by("at", "pk")
        ],
        "is_check": back.kind == CallBack.CHECK,
        "over": back.state != CallBack.DUE,
        "meanwhile": meanwhile,
    }
    bad = request.method == "POST" and bool(form.is_bound and form.errors)
    status = 409 if meanwhile else 422 if bad else 200
    return render(request, "reports/hotline/callback.html", shown, status=status)


def _written(request: HttpRequest, back: CallBack, form: AttemptForm) -> str:
    given = form.cleaned_data
    return ringing_back.write_attempt(
        back,
        f"person:{request.user.pk}",
        result=given["result"],
        said_=given["said"],
        satisfied=given["satisfied"],
        words=given["words"],
        tries=given["tries"],
    )
