"""The watching of reading's drift as a page: for supervisors and the keeper of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gongbi.cases.reading import CannotRead
from gongbi.cases.reading.drifting import Seen, seen
from gongbi.cases.reading.showing import type_names
from gongbi.core.public import now, scope_of
from gongbi.kernel.reading.drift import LEAST, Share

VERB = "reading.see"
DAYS = (7, 28, 91)
WATCHED = {
    "agreement": (
        gettext_lazy("People settle on the type named first"),
        gettext_lazy("Of reports whose type was set by a person or whose case is closed."),
    ),
    "person": (
        gettext_lazy("Sent to a person, because it is not sure enough"),
        gettext_lazy("Of all reports that came without a type."),
    ),
    "types": (
        gettext_lazy("Types named that have moved"),
        gettext_lazy("Half the sum of the differences of their shares; 0 is none."),
    ),
}
TO_DO = {
    "agreement": gettext_lazy(
        "People settle on another type more often than when it was judged: train anew "
        "(gongbi reports train), compare, and switch if the new one is better."
    ),
    "person": gettext_lazy(
        "More is sent to people than when it was judged: look at what is new among the reports "
        "sent to them, then train anew (gongbi reports train)."
    ),
    "types": gettext_lazy(
        "Other types are named than before: the city's troubles have changed, or its words. See "
        "the types below; where the troubles are real, nothing is to be done."
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing watched: what is expected, what was seen, since when, and what to do."""

    name: str
    meaning: str
    expected: str
    seen: str
    interval: str
    of: int
    is_off: bool
    is_enough: bool
    since: datetime | None
    to_do: str


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """What is watched, expected, seen and since when; how each week went; which types moved."""
    if not scope_of(request.user).can(VERB):
        raise PermissionDenied
    days = request.GET.get("days", "28")
    if days not in map(str, DAYS):
        raise Http404
    said: dict[str, Any] = {"days": int(days), "choices": DAYS, "now": now()}
    try:
        found = seen(int(days))
    except CannotRead as error:
        return render(request, "cases/drift.html", said | {"trouble": str(error)})
    if found is None:
        return render(request, "cases/drift.html", said)
    names = type_names()
    shown = {
        "found": found,
        "lines": lines(found),
        "weeks": [(week, _percent(week.drift.agreed), _percent(week.drift.to_person))
                  for week in found.weeks],
        "moved": [(names.get(one.code, one.code), _whole(one.then), _whole(one.lately))
                  for one in found.moved],
        "least": LEAST,
    }  # fmt: skip
    return render(request, "cases/drift.html", said | shown)


def lines(found: Seen) -> list[Line]:
    """The three things watched, in words."""
    one = found.drift
    rows = (
        ("agreement", _whole(one.agreed_told), one.agreed),
        ("person", _whole(one.to_person_told), one.to_person),
    )
    told = [
        _line(found, code, expected, _percent(share), _between(share), share.of)
        for code, expected, share in rows
    ]
    return [*told, _line(found, "types", "< 25 %", _whole(one.moved), "", one.to_person.of)]


def _line(found: Seen, code: str, expected: str, seen_: str, interval: str, of: int) -> Line:
    off = code in found.drift.reasons
    name, meaning = WATCHED[code]
    return Line(
        name=str(name),
        meaning=str(meaning),
        expected=expected,
        seen=seen_,
        interval=interval,
        of=of,
        is_off=off,
        is_enough=of >= LEAST,
        since=found.since.get(code),
        to_do=str(TO_DO[code]) if off else "",
    )


def _whole(value: float) -> str:
    return f"{round(100 * value)} %"


def _percent(share: Share) -> str:
    return _whole(share.value) if share.of else "–"


def _between(share: Share) -> str:
    return f"{round(100 * share.low)}–{round(100 * share.high)}" if share.of else ""
