"""Following a report: by its link, or by the short number on the receipt. No account."""

import re
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongbi.cases import public as cases
from gongbi.core.public import once_a_form, ways_out
from gongbi.reports import photos, stages, throttle
from gongbi.reports.forms import AgainForm, FollowForm, NewsForm, VerdictForm, WordsForm
from gongbi.reports.private import private

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
OVER = frozenset({"closed", "merged", "cancelled"})
BY_NUMBER = "n."
BY_NUMBER_SECONDS = 3600
_SALT = "gongbi.reports.number"


@private
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Type the short number. Guesses are counted; what is said never tells a near miss."""
    if throttle.is_shut(throttle.GUESS, request):
        return render(request, "reports/shut.html", {"door": "follow"}, status=429)
    form = FollowForm(request.POST or None)
    if form.is_valid():
        number = re.sub(r"\D", "", form.cleaned_data["number"])
        if len(number) == 10 and cases.follow(number):
            return redirect("progress", BY_NUMBER + signing.dumps(number, salt=_SALT))
        throttle.knock(throttle.GUESS, request)
        form.add_error(
            "number",
            _(
                "No report is followed by this number. Look again at the "
                "receipt; a number stops working when its time is over."
            ),
        )
    return render(
        request, "reports/follow.html", {"form": form}, status=422 if form.errors else 200
    )


def secret_at(key: str) -> str | None:
    """The token or short number in an address; None when it was not made by this city.

    A bare short number in an address would pass by the counting of guesses, so it must carry
    the mark that `enter` put on it, which fades after an hour.
    """
    if key.startswith(BY_NUMBER):
        try:
            said = signing.loads(key[len(BY_NUMBER) :], salt=_SALT, max_age=BY_NUMBER_SECONDS)
        except signing.BadSignature:
            return None
        return str(said)
    return key if TOKEN.fullmatch(key) else None


@private
@require_safe
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """Where it is now, what was promised, what the unit says, and the question when it is due."""
    return _page(request, key)


def _page(
    request: HttpRequest,
    key: str,
    *,
    verdict: VerdictForm | None = None,
    words: WordsForm | None = None,
    again: AgainForm | None = None,
    news: NewsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    secret = secret_at(key)
    case = cases.follow(secret) if secret else None
    if case is None:
        return _gone(request)
    words = words or WordsForm()
    if case.question:
        words.fields["words"].label = _("Your answer")
    shown = {
        "case": case,
        "key": key,
        "by_number": key.startswith(BY_NUMBER),
        "stages": stages.stages(case),
        "outcome_name": stages.outcome_name(case.outcome),
        "photos": _addresses(key, [one for one in case.photos if one not in case.own_photos]),
        "own_photos": _addresses(key, [one for one in case.photos if one in case.own_photos]),
        "open": case.state not in OVER,
        "verdict": verdict or VerdictForm(),
        "words": words,
        "again": again or AgainForm(),
        "news": news or NewsForm(),
        "news_ways": ways_out(),
    }
    bad = any(form is not None and form.errors for form in (verdict, words, again, news))
    status = 422 if bad and status == 200 else status
    return render(request, "reports/progress.html", shown, status=status)


def _addresses(key: str, photos: Sequence[UUID]) -> list[str]:
    return [reverse("progress-photo", args=[key, one]) for one in photos]


@private
@require_safe
def photo(request: HttpRequest, key: str, photo: UUID) -> HttpResponse:
    """A picture of the case, for whoever holds the link."""
    secret = secret_at(key)
    jpeg = cases.photo_bytes(secret, photo) if secret else None
    if jpeg is None:
        return _gone(request)
    answer = HttpResponse(jpeg, content_type="image/jpeg")
    answer["Content-Disposition"] = "inline"
    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/gone.html", status=404)


@private
@require_POST
def give_verdict(request: HttpRequest, key: str) -> HttpResponse:
    """The resident's word: solved, or not, and why."""
    form, secret = VerdictForm(request.POST), secret_at(key)
    if secret is None:
        return _gone(request)
    if not form.is_valid():
        return _page(request, key, verdict=form)
    solved = form.cleaned_data["solved"] == "yes"
    try:
        said = form.cleaned_data
        cases.give_verdict(secret, solved, said["words"], prompted=said["prompted"])
    except cases.Refused as refused:
        # The question may no longer be on the page, so its form cannot carry the sentence.
        messages.error(request, str(refused))
        return _page(request, key, status=409)
    messages.success(request, _thanks(solved))
    return redirect("progress", key)


def _thanks(solved: bool) -> str:
    if solved:
        return _("Thank you. The case is closed as solved, because you said so.")
    return _("Thank you. The case is open again and has a new deadline.")


@private
@require_POST
@once_a_form
def ask_again(request: HttpRequest, key: str) -> HttpResponse:
    """It was cancelled, and the resident asks for another look."""
    form, secret = AgainForm(request.POST), secret_at(key)
    if secret is None:
        return _gone(request)
    if not form.is_valid():
        return _page(request, key, again=form)
    try:
        cases.ask_again(secret, form.cleaned_data["words"])
    except cases.Refused as refused:
        messages.error(request, str(refused))
        return _page(request, key, status=409)
    messages.success(request, _("Thank you. The case is open again, with what you wrote."))
    return redirect("progress", key)


@private
@require_POST
@once_a_form
def add_words(request: HttpRequest, key: str) -> HttpResponse:
    """More words or a photo to what was said."""
    form, secret = WordsForm(request.POST, request.FILES), secret_at(key)
    if secret is None or cases.follow(secret) is None:
        return _gone(request)  # nobody's link is no knock: a stranger must not shut the door
    if throttle.is_shut(throttle.ADD, request, secret):
        form.add_error(None, _("So much was added just now; please send this in ten minutes."))
        return _page(request, key, words=form, status=429)
    throttle.knock(throttle.ADD, request, secret)
    if not form.is_valid() or not _added(form, secret):
        return _page(request, key, words=form)
    messages.success(request, _("Added to your report."))
    return redirect("progress", key)


def _added(form: WordsForm, secret: str) -> bool:
    photo = form.cleaned_data["photo"]
    try:
        content = photo.read() if photo else None
        if content:
            photos.check(content)
            cases.add_photo(secret, content, answers=True)
        if form.cleaned_data["words"]:
            cases.add_words(secret, form.cleaned_data["words"])
    except photos.PhotoRefused as refused:
        form.add_error("photo", str(refused))
    except cases.Incomplete as refused:
        form.add_error("photo" if refused.field == "photo" else "words", str(refused))
    except cases.Refused as refused:
        form.add_error(None, str(refused))
    return not form.errors


@private
@require_POST
def news(request: HttpRequest, key: str) -> HttpResponse:
    """Be told how it goes, or no more. By the link only: a short number sends nobody mail."""
    form, secret = NewsForm(request.POST), secret_at(key)
    if secret is None or key.startswith(BY_NUMBER) or cases.follow(secret) is None:
        return _gone(request)
    if request.POST.get("do") == "stop":
        try:
            cases.stop_news(secret)
        except cases.Refused:  # forgotten by another tap a moment ago
            return _gone(request)
        messages.success(request, _("You are told no more; the address was deleted."))
        return redirect("progress", key)
    if form.is_valid():
        try:
            said = cases.ask_news(secret, form.cleaned_data["address"], get_language() or "")
            messages.success(request, _("News goes to %(where)s.") % {"where": said.shadow})
            return redirect("progress", key)
        except cases.Incomplete as refused:
            form.add_error("address", str(refused))
        except cases.Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, key, news=form)


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link in each message that ends them. Mail programs press it without a form (RFC 8058):
    whoever holds the link can do no more with it than that."""
    if not TOKEN.fullmatch(token) or not cases.is_stop(token):
        return _gone(request)
    if request.method == "POST":
        cases.stop_by(token)
    return render(request, "reports/stop.html", {"stopped": request.method == "POST"})


@private
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Forget me: asked once more, then the key is destroyed."""
    secret = secret_at(key)
    case = cases.follow(secret) if secret else None
    if secret is None or case is None:
        return _gone(request)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        try:
            cases.forget_reporter(secret)
        except cases.Refused:  # by another tap a moment ago
            return _gone(request)
        return render(request, "reports/forgotten.html", {"case": case})
    return render(request, "reports/forget.html", {"case": case, "key": key})
