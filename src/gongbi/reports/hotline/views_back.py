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
from gongbi.reports.hotline import access, choices, queries, ringing_back, said
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
def callback(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """One person to ring. How to reach them shows when asked for, and that is written down."""
    back = access.callback(request.user, callback_id)
    form = AttemptForm(request.POST or None, initial={"check": back.kind == CallBack.CHECK})
    if request.method == "POST" and back.state == CallBack.DUE and form.is_valid():
        state = _written(request, back, form)
        if state == CallBack.DUE:
            messages.info(request, _("Noted. They will be tried again at another time."))
        else:
            messages.success(request, _("Noted."))
        return redirect("hotline-callbacks")
    return _page(request, back, form, None)


@login_required
@require_POST
def reach(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """Show how to reach them: a look that is written down."""
    back = access.callback(request.user, callback_id)
    form = AttemptForm(initial={"check": back.kind == CallBack.CHECK})
    return _page(request, back, form, _reached(request, back))


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
        spoken = said.heard(back.call)
        aid = dict(choices.AIDS).get(back.call.aid) if back.call.aid else None
        return {
            "contact": spoken.contact,
            "words": spoken.words,
            "wishes": [aid] if aid else [],
        }
    return {}


def _page(
    request: HttpRequest, back: CallBack, form: AttemptForm, reach: dict[str, object] | None
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
    }
    bad = request.method == "POST" and bool(form.is_bound and form.errors)
    return render(request, "reports/hotline/callback.html", shown, status=422 if bad else 200)


def _written(request: HttpRequest, back: CallBack, form: AttemptForm) -> str:
    given = form.cleaned_data
    return ringing_back.write_attempt(
        back,
        f"person:{request.user.pk}",
        result=given["result"],
        said_=given["said"],
        satisfied=given["satisfied"],
        words=given["words"],
    )
