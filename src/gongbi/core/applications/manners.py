"""What every call of an application meets, whichever part answers it."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

from gongbi.core.applications.counting import TooMany, note_error
from gongbi.core.records import ApplicationRecord

log = logging.getLogger(__name__)


@sync_and_async_middleware
def application_manners(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Spent quotas become 429 with Retry-After; calls that end in an error are counted."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponse:
            got: Awaitable[HttpResponse] = get_response(request)
            response = await got
            if failed_for(request, response) is not None:
                await sync_to_async(_note)(request, response)
            return response

        answer_later.process_exception = turn_away  # type: ignore[attr-defined]
        return answer_later

    def answer(request: HttpRequest) -> HttpResponse:
        response: HttpResponse = get_response(request)
        if failed_for(request, response) is not None:
            _note(request, response)
        return response

    answer.process_exception = turn_away  # type: ignore[attr-defined]
    return answer


def turn_away(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """429 with Retry-After for a spent quota; anything else is not ours."""
    if not isinstance(error, TooMany):
        return None
    body = orjson.dumps({"error": str(error)})
    response = HttpResponse(body, content_type="application/json", status=429)
    response["Retry-After"] = str(error.wait_seconds)
    return response


def failed_for(request: HttpRequest, response: HttpResponse) -> ApplicationRecord | None:
    """The application whose call ended in an error; a spent quota is counted apart."""
    held: ApplicationRecord | None = getattr(request, "gongbi_application", None)
    return held if response.status_code >= 400 and response.status_code != 429 else None


def _note(request: HttpRequest, response: HttpResponse) -> None:
    record = failed_for(request, response)
    try:
        if record:
            note_error(record.name, response.status_code, request.method or "", request.path)
    except DatabaseError as error:  # the answer is made; a count is not worth losing it
        log.warning("error not counted", extra={"error": type(error).__name__})
