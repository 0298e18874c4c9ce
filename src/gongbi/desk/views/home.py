"""The resident's home: report, follow, and what the city owes just now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongbi.cases import public as cases
from gongbi.core.public import city, place, unit_for
from gongbi.vitals import public as vitals

LEAST_SHOWN = 10  # smaller groups could point at a person


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Public figures only, and none that counts fewer than ten."""
    root = place(city().code)
    hotline = unit_for("hotline", root.path) if root else None
    counts = cases.counts(None)
    shown = {
        name: value if (value := getattr(counts, name)) >= LEAST_SHOWN else None
        for name in ("open", "waiting_verdict", "confirmed_solved", "confirmed_not_solved")
    }
    said = {"counts": shown, "least": LEAST_SHOWN, "few": f"< {LEAST_SHOWN}", "hotline": hotline}
    said["signs"] = (
        [one for one in vitals.summary(root.path) if one.here and one.value is not None]
        if root
        else []
    )
    return render(request, "desk/home.html", said)
