"""Pages of what is known ahead, and the door for CAP messages."""

from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from gongbi.core.public import PlaceRecord, city, now, once_a_form, place, scope_of
from gongbi.stream import public as stream
from gongbi.vitals.access import access_known_event, known_events_of, may_enter_known
from gongbi.vitals.cap import BadCap, read_cap
from gongbi.vitals.cap_taking import Contradicted, Taken, take_message
from gongbi.vitals.event_forms import MOST_XML, BulletinForm, EventForm
from gongbi.vitals.known_events import enter_event, withdraw_event
from gongbi.vitals.views import where_of

MOST_EVENTS = 200
SHOWN_AFTER = timedelta(days=7)
NO_KEY = (
    "Send 'Authorization: Bearer KEY'; a keeper makes one with: gongbi key NAME --scope ingest."
)


@require_GET
@login_required
def known(request: HttpRequest) -> HttpResponse:
    """What is known ahead: in force, coming, and over for a week."""
    where = where_of(request, "vitals.see")
    begins = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    form = EventForm(initial={"begins_at": begins, "ends_at": begins + timedelta(hours=4)})
    return _page(request, where, form, BulletinForm())


def _page(
    request: HttpRequest,
    where: PlaceRecord,
    form: EventForm,
    bulletin: BulletinForm,
    status: int = 200,
) -> HttpResponse:
    scope = scope_of(request.user)
    above = [code for code in where.path.split("/") if code]
    rows = known_events_of(scope).filter(ends_at__gt=now() - SHOWN_AFTER)
    rows = rows.filter(Q(place_path__startswith=where.path) | Q(place__in=above))
    found = list(rows.order_by("begins_at", "pk")[: MOST_EVENTS + 1])
    context = {
        "where": where,
        "rows": [_row(one, scope) for one in found[:MOST_EVENTS]],
        "more": len(found) > MOST_EVENTS,
        "may_enter": scope.can("known.enter", place_path=where.path),
        "may_bring": scope.can("known.enter", place_path=f"/{city().code}/"),
        "form": form,
        "bulletin": bulletin,
    }
    return render(request, "vitals/known.html", context, status=status)


def _row(one: Any, scope: Any) -> dict[str, Any]:
    over = one.withdrawn_at is not None or one.ends_at <= now()
    return {
        "event": one,
        "over": over,
        "on": not over and one.begins_at <= now(),
        "may_withdraw": not over and scope.can("known.enter", place_path=one.place_path),
    }


@require_POST
@login_required
@once_a_form
def enter(request: HttpRequest, place_code: str) -> HttpResponse:
    """Write down what is known ahead at a place."""
    where = _where(request, place_code)
    may_enter_known(request.user, where.path)
    form = EventForm(request.POST)
    if not form.is_valid():
        return _page(request, where, form, BulletinForm(), 400)
    enter_event(form.event(), where, person=request.user)
    messages.success(request, _("Written down."))
    return redirect(_known_at(where))


def _where(request: HttpRequest, place_code: str) -> PlaceRecord:
    """The place, for a reader who may look there."""
    found = place(place_code)
    if found is None or not scope_of(request.user).can("vitals.see", place_path=found.path):
        raise Http404
    return found


def _known_at(where: PlaceRecord) -> str:
    return f"{reverse('vitals-known')}?place={where.code}"


@require_POST
@login_required
def withdraw(request: HttpRequest, event_id: int) -> HttpResponse:
    """Let it hold no more."""
    event = access_known_event(request.user, event_id)
    withdraw_event(event, why="by_person", person=request.user)
    messages.success(request, _("Withdrawn."))
    found = place(event.place_id)
    return redirect(_known_at(found) if found else "vitals-known")


@require_POST
@login_required
def bring(request: HttpRequest) -> HttpResponse:
    """An officer of the whole city brings a CAP message by hand."""
    may_enter_known(request.user, f"/{city().code}/")
    where, form = where_of(request, "vitals.see"), BulletinForm(request.POST)
    if not form.is_valid():
        return _page(request, where, EventForm(), form, 400)
    body = form.cleaned_data["xml"].strip().encode()
    try:
        taken = _take(body, f"person:{request.user.pk}", request.user)
    except (BadCap, Contradicted) as error:
        form.add_error("xml", str(error))
        return _page(request, where, EventForm(), form, 400)
    said = {"events": taken.events, "ended": taken.ended}
    done = _("Taken in: %(events)d events begun, %(ended)d ended.") % said
    messages.success(request, f"{done} {taken.note}".strip())
    return redirect("vitals-known")


def _take(body: bytes, brought_by: str, person: Any = None) -> Taken:
    return take_message(read_cap(body), body, brought_by=brought_by, person=person)


@csrf_exempt  # a bearer key is no cookie: no other page can make a browser send it
@require_POST
def cap(request: HttpRequest) -> HttpResponse:
    """POST /api/cap: one CAP 1.2 message; an ingest key brings it."""
    owner = stream.ingest_key_owner(settings.GONGBI_DATA, request.headers.get("Authorization", ""))
    if owner is None:
        return _answer({"error": NO_KEY}, 401)
    body = request.read(MOST_XML + 1)
    if len(body) > MOST_XML:
        return _answer({"error": f"The message is larger than {MOST_XML} bytes."}, 413)
    try:
        taken = _take(body, f"key:{owner}")
    except BadCap as error:
        return _answer({"error": "The message breaks CAP 1.2.", "faults": error.faults}, 422)
    except Contradicted as error:
        return _answer({"error": str(error)}, 409)
    row = taken.bulletin
    said_ = {
        "sender": row.sender,
        "identifier": row.identifier,
        "status": row.status,
        "type": row.msg_type,
        "repeated": taken.repeated,
        "events": taken.events,
        "ended": taken.ended,
        "note": taken.note,
    }
    return _answer(said_, 200 if taken.repeated else 201)


def _answer(said: dict[str, Any], status: int) -> HttpResponse:
    found = HttpResponse(orjson.dumps(said), content_type="application/json", status=status)
    if status == 401:
        found["WWW-Authenticate"] = "Bearer"
    return found
