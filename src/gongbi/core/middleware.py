"""Manners of every page: the city's zone, and no trace of an address in a referrer or a cache."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from gongbi.core.city import hold_city, let_city_go

Answer = Callable[[HttpRequest], HttpResponse]
PLAIN = ("/static/", "/live", "/healthz", "/readyz", "/metrics")


@sync_and_async_middleware
def city_manners(get_response: Answer) -> Callable[[HttpRequest], object]:
    """Show times in the city's zone, and keep signed-in pages out of shared caches."""

    def before(request: HttpRequest) -> None:
        if not request.path.startswith(PLAIN):
            timezone.activate(hold_city().zone)

    def after(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        let_city_go()
        if not request.path.startswith(PLAIN) and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponse:
            await sync_to_async(before)(request)
            response: Awaitable[HttpResponse] = get_response(request)
            return after(request, await response)

        return answer_later

    def answer(request: HttpRequest) -> HttpResponse:
        before(request)
        return after(request, get_response(request))

    return answer
