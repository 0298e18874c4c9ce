"""The door's addresses: parse, authorise, call, answer in JSON or XML."""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from gongbi.cases import public as cases
from gongbi.cases.public import PublicFilter
from gongbi.core.public import TooMany
from gongbi.reports.open311 import access, asking, feed, forms, posting, questions, updates
from gongbi.reports.open311.house import house
from gongbi.reports.open311.wire import OpenError, Row, answer, refusal
from gongbi.reports.private import private

CHANGESET = "2026-11-25T00:00:00Z"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_TOKEN = re.compile(r"[\w-]{32}")
View = Callable[..., tuple[Row | Sequence[Row], str, str]]
"""What an address does: (rows, name of the whole in XML, name of one)."""


def door(*methods: str, free: bool = False) -> Callable[[View], Callable[..., HttpResponse]]:
    """A view in the standard's own manners: its errors, its formats, its jurisdiction."""

    def made(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt  # an api_key is no cookie: no other page can make a browser send it
        @wraps(view)
        def guarded(request: HttpRequest, form: str = "json", **named: Any) -> HttpResponse:
            try:
                _check_method(request, methods)
                if not free:
                    _check_jurisdiction(request)
                said, root, child = view(request, **named)
                response = answer(form, said, root=root, child=child)
            except OpenError as error:
                response = refusal(form, error)
            except TooMany as spent:
                response = refusal(
                    form, OpenError(429, str(spent), wait_seconds=spent.wait_seconds)
                )
            if request.method in ("GET", "HEAD"):
                # What is open to anybody is open to anybody's page.
                response["Access-Control-Allow-Origin"] = "*"
            return response

        return guarded

    return made


def _check_method(request: HttpRequest, methods: Sequence[str]) -> None:
    if request.method not in (*methods, *(("HEAD",) if "GET" in methods else ())):
        raise OpenError(405, f"This address takes {' and '.join(methods)} only.")


def _check_jurisdiction(request: HttpRequest) -> None:
    """The standard asks for it where several cities share a server; here a wrong one is named."""
    said = request.GET.get("jurisdiction_id", "")
    if request.method == "POST" and not said:
        said = forms.fields_of(request).get("jurisdiction_id", "")
    known = house().jurisdiction
    if said and known and said.strip().lower() != known.lower():
        raise OpenError(404, f"The jurisdiction_id {said[:80]!r} was not found.")


@door("GET", free=True)
def discovery(request: HttpRequest) -> tuple[Row, str, str]:
    """Where the door is and what it speaks."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.GONGBI_PUBLIC_URL}/open311/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    said = {
        "changeset": CHANGESET,
        "contact": house().contact,
        "key_service": house().contact,
        "endpoints": [endpoint],
    }
    return said, "discovery", ""


@door("GET")
def services(request: HttpRequest) -> tuple[Sequence[Row], str, str]:
    """What can be reported."""
    access.reader(request)
    known = house()
    rows = [
        {
            "service_code": one.code,
            "service_name": one.name,
            "description": known.service(one.code).description,
            "metadata": bool(questions.attributes_of(one, known.service(one.code))),
            "type": "realtime" if one.public else "blackbox",
            "keywords": ", ".join(one.words),
            "group": one.group,
        }
        for one in access.services()
    ]
    return rows, "services", "service"


@door("GET")
def definition(request: HttpRequest, code: str) -> tuple[Row, str, str]:
    """What a service asks beyond words and place."""
    access.reader(request)
    kind = access.service(code)
    attributes = [
        {
            "variable": one.variable,
            "code": one.code,
            "datatype": one.datatype,
            "required": one.required,
            "datatype_description": one.hint or None,
            "order": one.order,
            "description": one.description,
            **(
                {"values": [{"key": v.key, "name": v.name or v.key} for v in one.values]}
                if one.values
                else {}
            ),
        }
        for one in questions.attributes_of(kind, house().service(kind.code))
    ]
    said = {"service_code": kind.code, "attributes": attributes}
    return said, "service_definition", ""


@door("GET", "POST")
def requests(request: HttpRequest) -> tuple[Sequence[Row], str, str]:
    """Read what was reported, or report."""
    if request.method != "POST":
        access.reader(request)
        found = cases.open_cases(asking.wanted(request.GET), with_words=house().spoken())
        return access.shown(found), "service_requests", "request"
    said = forms.fields_of(request)
    who = access.sender(request, said.get("api_key", "") or request.GET.get("api_key", ""))
    receipt = posting.take(who, forms.posted(said, request))
    return [posting.told(receipt)], "service_requests", "request"


@door("GET")
def one(request: HttpRequest, number: str) -> tuple[Sequence[Row], str, str]:
    """One request."""
    access.reader(request)
    wanted = PublicFilter(numbers=(forms.clean(number).upper()[:48],), limit=1)
    found = cases.open_cases(wanted, with_words=house().spoken())
    if not found:
        raise OpenError(404, f"The service_request_id {number[:48]!r} was not found.")
    return access.shown(found), "service_requests", "request"


@private
@door("GET")
def token(request: HttpRequest, secret: str) -> tuple[Sequence[Row], str, str]:
    """The request a reporter's secret belongs to by now: after a merge, the other case's."""
    access.reader(request)
    # A short number is refused here: its guesses are counted at the page, not at this door.
    found = cases.follow(secret) if _TOKEN.fullmatch(secret) else None
    if found is None:
        raise OpenError(404, "The token was not found.")
    return [{"service_request_id": found.number, "token": secret}], "service_requests", "request"


@door("GET", "POST")
def request_updates(request: HttpRequest) -> tuple[Sequence[Row], str, str]:
    """What happened to requests, or what a reporter adds."""
    if request.method != "POST":
        access.reader(request)
        return updates.listed(request.GET), "service_request_updates", "request_update"
    said = forms.fields_of(request)
    who = access.sender(request, said.get("api_key", "") or request.GET.get("api_key", ""))
    taken = {"update_id": updates.take(who, said)}
    return [taken], "service_request_updates", "request_update"


@require_safe
def cases_feed(request: HttpRequest) -> HttpResponse:
    """Public cases as RSS with points; nothing is sent again to whoever has it already."""
    try:
        access.reader(request)
        said = request.GET.urlencode()
        address = f"{settings.GONGBI_PUBLIC_URL}{request.path}{f'?{said}' if said else ''}"
        found = feed.feed(request.GET, address)
    except OpenError as error:
        return refusal("xml", error)
    except TooMany as spent:
        return refusal("xml", OpenError(429, str(spent), wait_seconds=spent.wait_seconds))
    changed = int(found.changed_at.timestamp()) if found.changed_at else None
    answer_ = HttpResponse(found.body, content_type=feed.KIND)
    answer_["Access-Control-Allow-Origin"] = "*"
    answer_["ETag"] = found.etag
    if changed is not None:
        answer_["Last-Modified"] = http_date(changed)
    known = get_conditional_response(
        request, etag=found.etag, last_modified=changed, response=answer_
    )
    return known or answer_


@door("GET", "POST", free=True)
def nowhere(request: HttpRequest, rest: str = "") -> tuple[Row, str, str]:
    """Anything else below the door's address."""
    raise OpenError(404, "There is no such address; look at discovery.json.")
