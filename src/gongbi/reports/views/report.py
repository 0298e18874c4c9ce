"""The resident's page and the clerk's: say it once, get a number."""

import logging
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongbi.cases import public as cases
from gongbi.core.public import AssetRecord, city, no_nul, now, place, unit, ways_out
from gongbi.reports import (
    access,
    actions,
    photos,
    queries,
    questions,
    receipts,
    references,
    throttle,
)
from gongbi.reports.forms import ReportForm
from gongbi.reports.offices import offered as offered_offices
from gongbi.reports.private import private
from gongbi.reports.views import offering, same
from gongbi.reports.words import contact_words, map_words

log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The resident's page: no account, one sentence."""
    if request.method == "POST":
        if throttle.is_shut(throttle.REPORT, request):
            return render(request, "reports/shut.html", {"door": "report"}, status=429)
        throttle.knock(throttle.REPORT, request)
    return _take(request, source=actions.WEB, counter=False)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """The clerk's page: for somebody on the telephone or at the desk."""
    access.counter(request.user)
    return _take(request, source=actions.COUNTER, counter=True)


def _take(request: HttpRequest, *, source: str, counter: bool) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ReportForm(initial=_first(request)), counter)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        near, more = same.to_ask(form, source), _asks_more(form)
        if near or more:
            return _page(request, same.asked(form), counter, near, asks_more=more)
    receipt = _sent(request, form, source) if form.is_valid() else None
    if receipt is None:
        return _page(request, form, counter)
    if receipt.repeated:
        messages.info(request, _("You had sent this already; it was not reported twice."))
    return redirect("counter-receipt" if counter else "receipt", receipts.address_of(receipt))


def _asks_more(form: ReportForm) -> bool:
    """Whether the page comes once more, with what the chosen type asks. A photo would be dropped
    on the way, so a report that carries one is not held up."""
    said = form.cleaned_data
    if said["asked"] or said["photo"] or not references.is_ours(said["reference"]):
        return False
    return questions.to_ask(form.data, form.chosen_type(), said["words"])


def _first(request: HttpRequest) -> dict[str, Any]:
    """What an empty form holds; the code printed on an asset fills in where and what it is."""
    found = offering.linked(request)
    said: dict[str, Any] = {"reference": references.mint()}
    if found:
        said |= {"lon": found.lon, "lat": found.lat, "asset": found.ref}
    elif request.GET.get("asset"):
        messages.warning(
            request, _("The city's register does not know this code. Say in words where it is.")
        )
    return said


def _sent(request: HttpRequest, form: ReportForm, source: str) -> cases.ReceiptRecord | None:
    """The receipt, or None with the reason written on the form."""
    said = form.cleaned_data
    if not references.is_ours(said["reference"]):
        form.add_error(None, _("This form had expired. Your words are kept; send them again."))
        fresh = request.POST.copy()
        fresh["reference"] = references.mint()
        form.data = fresh
        return None
    if said["lon"] is not None and queries.lies_outside(said["lon"], said["lat"]):
        form.add_error(
            "place_words",
            _("The position lies outside this city. Remove it, or mark the place on the map."),
        )
        return None
    try:
        photo = said["photo"].read() if said["photo"] else None
        if photo:
            photos.check(photo)
        chosen = same.said(form, source)
        return actions.send(chosen, source=source, signed=said["reference"], photo=photo)
    except photos.PhotoRefused as refused:
        form.add_error("photo", str(refused))
    except cases.Refused as refused:
        field = getattr(refused, "field", "")
        form.wrong_answer = field.partition("answers.")[2]
        form.add_error(field if field in form.fields else None, str(refused))
    except (OperationalError, OSError):
        # Disk full, or the database busy beyond patience: the words must not be lost with it.
        log.exception("report not stored")
        form.add_error(
            None, _("It could not be stored just now. Your words are kept; send them again.")
        )
    return None


def _page(
    request: HttpRequest,
    form: ReportForm,
    counter: bool,
    near: Sequence[cases.LikelyRecord] = (),
    *,
    asks_more: bool = False,
) -> HttpResponse:
    about = offering.linked(request)
    kinds = _kinds(request, about, sent=request.method == "POST")
    shown: dict[str, Any] = {
        "form": form,
        "kinds": kinds,
        "questions": questions.asked(kinds.code, form.data),
        "asks_more": asks_more,
        "wrong_answer": getattr(form, "wrong_answer", ""),
        "assets": offering.offered(form, kinds, about, spoken=counter),
        "offices": offered_offices(form.data),
        "counter": counter,
        "near": near,
        "now": now(),
        "action": request.path,
        "contact_words": contact_words(),
        "map_words": map_words(),
        "map_bounds": queries.map_bounds(),
        "news_ways": ways_out(),
        "most_photo_bytes": photos.MOST_BYTES,
    }
    return render(request, "reports/report.html", shown, status=422 if form.errors else 200)


def _kinds(
    request: HttpRequest, about: AssetRecord | None, *, sent: bool = False
) -> queries.Kinds:
    posted = {name: no_nul(str(value)) for name, value in request.POST.items()}
    chosen, other = posted.get("type", "")[:40], posted.get("other_type", "")[:40]
    # Without JavaScript nothing says by_hand: whatever stood on a form that was sent was meant.
    by_hand = bool(posted.get("by_hand")) or chosen == queries.OTHER or (sent and bool(chosen))
    return queries.kinds(
        posted.get("words", "")[:4000],
        chosen=chosen,
        other=other,
        by_hand=by_hand,
        about=about,
    )


@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """The kinds that the words so far suggest, while somebody types."""
    kinds = _kinds(request, offering.linked(request))
    return render(request, "reports/_kind.html", {"kinds": kinds})


@require_POST
def asked_of(request: HttpRequest) -> HttpResponse:
    """What the chosen type asks, with what was answered for it; 204 where it is asked already, so
    that nothing is drawn over what somebody answers meanwhile."""
    chosen = request.POST.get("type", "")
    code = no_nul(request.POST.get("other_type", "") if chosen == queries.OTHER else chosen)[:40]
    found = questions.asked(code, request.POST)
    if found.rows and request.POST.get(questions.FOR) == code:
        return HttpResponse(status=204)
    return render(request, "reports/_questions.html", {"questions": found})


@require_POST
def near_assets(request: HttpRequest) -> HttpResponse:
    """The assets near the position on the form, of the kinds its type is about."""
    form = ReportForm(request.POST)
    form.is_valid()
    about = offering.linked(request)
    kinds, spoken = _kinds(request, about), "code" in request.POST
    shown = {"assets": offering.offered(form, kinds, about, spoken=spoken)}
    return render(request, "reports/_assets.html", shown)


@require_POST
def near_offices(request: HttpRequest) -> HttpResponse:
    """The offices that are called as somebody types."""
    return render(request, "reports/_offices.html", {"offices": offered_offices(request.POST)})


@require_safe
@private
def receipt(request: HttpRequest, address: str) -> HttpResponse:
    """What was taken, who has it, by when, why that unit; to keep, to print."""
    return _receipt(request, address, counter=False)


@require_safe
@login_required
@private
def counter_receipt(request: HttpRequest, address: str) -> HttpResponse:
    """The same receipt, for a clerk to print."""
    access.counter(request.user)
    return _receipt(request, address, counter=True)


def _receipt(request: HttpRequest, address: str, *, counter: bool) -> HttpResponse:
    slip = receipts.slip_at(address)
    found = cases.follow(slip.token) if slip else None
    if slip is None or found is None:
        return render(request, "reports/gone.html", status=404)
    shown = {
        "slip": slip,
        "case": found,
        "unit": unit(slip.unit) if slip.unit else None,
        "qr": receipts.qr(slip.link),
        "nowhere": _is_nowhere(found),
        "counter": counter,
        "on_call": counter and request.GET.get("from") == "hotline",
        "paper": "slip" if request.GET.get("paper") == "slip" else "a4",
    }
    return render(request, "reports/receipt.html", shown)


def _is_nowhere(found: cases.FollowRecord) -> bool:
    """Whether nothing smaller than the whole city is known as its place: no crew finds that."""
    whole = place(city().code)
    return not found.place_name or (whole is not None and found.place_name == whole.name)
