"""The one character that no word and no code holds, and that PostgreSQL takes in none."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.decorators import sync_and_async_middleware

NUL, INSTEAD = "\x00", "\N{REPLACEMENT CHARACTER}"
Answer = Callable[[HttpRequest], HttpResponse]


def no_nul(said: str) -> str:
    """The text with a mark where a NUL stood: it means nothing, and nothing else is lost.

    For what a view reads of a form by itself; a form's own fields say that they take none.
    """
    return said.replace(NUL, INSTEAD)


@sync_and_async_middleware
def no_nul_in_addresses(get_response: Answer) -> Callable[[HttpRequest], object]:
    """No view sees a NUL in the address it is asked by: such a code is known to nobody."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponse:
            _clean(request)
            response: Awaitable[HttpResponse] = get_response(request)
            return await response

        return answer_later

    def answer(request: HttpRequest) -> HttpResponse:
        _clean(request)
        return get_response(request)

    return answer


def _clean(request: HttpRequest) -> None:
    if NUL in request.path_info:
        request.path_info, request.path = no_nul(request.path_info), no_nul(request.path)
    asked = request.META.get("QUERY_STRING", "")
    if "%00" in asked or NUL in asked:
        request.GET = _cleaned(request.GET)  # type: ignore[assignment]  # kept from here on


def _cleaned(said: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, values in said.lists():
        clean.setlist(no_nul(name), [no_nul(value) for value in values])
    clean._mutable = False
    return clean
