"""My daily list: an officer asks for what is due, by mail, and stops it again."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongbi.cases.news import daily
from gongbi.cases.news.asking import stop_daily
from gongbi.core.public import MAIL, scope_of, ways_out


class DailyForm(forms.Form):
    """Where to, and at which hour."""

    address = forms.EmailField(
        label=gettext_lazy("Your address at work"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Write an e-mail address."),
            "invalid": gettext_lazy("Write an e-mail address such as name@example.org."),
        },
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("At"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in daily.HOURS],
        initial=7,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The page; whoever sees cases may ask for the list of them."""
    if not scope_of(request.user).can("cases.see"):
        raise PermissionDenied
    known = daily.daily_of(request.user)
    if request.method == "POST" and request.POST.get("do") == "stop":
        stop_daily(request.user)
        messages.success(request, _("The list comes no more."))
        return redirect("daily")
    first = {"address": known[0], "hour": known[1]} if known else None
    form = DailyForm(request.POST or None, initial=first)
    if request.method == "POST" and MAIL in ways_out() and form.is_valid():
        language = get_language() or "zh-hans"
        daily.ask_daily(request.user, language=language, **form.cleaned_data)
        messages.success(request, _("The list comes every day from now on."))
        return redirect("daily")
    shown = {"form": form, "known": known, "mail": MAIL in ways_out()}
    return render(request, "cases/daily.html", shown, status=422 if form.errors else 200)
