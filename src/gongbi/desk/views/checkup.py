"""The check-up as a page and as a PDF: one paper, laid out twice."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongbi.core.public import NotThere, now, scope_of
from gongbi.desk.access import Post, stand_for_checkup
from gongbi.desk.checkup import making
from gongbi.desk.checkup.judging import Checkup
from gongbi.desk.checkup.naming import KIND_WORDS, period_words
from gongbi.desk.checkup.periods import Period


def _asked(request: HttpRequest, code: str) -> tuple[Post, Period]:
    said = code or request.GET.get("place", "")
    post = stand_for_checkup(scope_of(request.user), said)
    try:
        return post, making.find_period(request.GET.get("period", "week"))
    except making.CannotExamine as error:
        raise NotThere(str(error)) from error


def _examined(request: HttpRequest, code: str) -> tuple[Post, Checkup]:
    post, period = _asked(request, code)
    return post, making.examine(post.place, period, post.scope)


@require_safe
@login_required
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """A place's check-up; without a place, the widest that the reader answers for."""
    post, checkup = _examined(request, code)
    period = checkup.facts.period
    said = {
        "post": post,
        "paper": making.on_paper(checkup),
        "period": period,
        "kinds": [(kind, words) for kind, words in KIND_WORDS.items()],
        "before": period_words(period.before),
        "after": period_words(period.after) if period.after.since <= now() else "",
    }
    return render(request, "desk/checkup.html", said)


@require_safe
@login_required
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a PDF to keep."""
    post, checkup = _examined(request, code)
    made = making.as_pdf(making.on_paper(checkup))
    name = f"checkup-{post.place.code}-{checkup.facts.period.code}.pdf"
    said = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=said)
