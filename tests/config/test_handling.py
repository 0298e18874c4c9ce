"""Requests are answered in one turn of a few threads; streams hold none of them."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path

from gongbi.config.handling import InOneTurn

TOLD: list[str] = []
GATE = threading.Event()


def count(request: HttpRequest) -> HttpResponse:
    TOLD.append("counted")
    return HttpResponse("counted")


def where(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{threading.current_thread().name} {request.body.decode()}")


def slow(request: HttpRequest) -> HttpResponse:
    GATE.wait(10)
    return HttpResponse("at last")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("by mistake")


async def news(request: HttpRequest) -> HttpResponseBase:
    name = await sync_to_async(lambda: threading.current_thread().name)()

    async def lines() -> AsyncIterator[str]:
        try:
            yield f"asked in {name}\n"
            await asyncio.sleep(60)
        finally:
            TOLD.append("nobody listens")

    return StreamingHttpResponse(lines())


urlpatterns = [
    path("where", where), path("count", count), path("slow", slow), path("broken", broken),
    path("news", news),
]  # fmt: skip


@pytest.fixture
def handler(settings: Any) -> InOneTurn:
    """Two threads, no middleware, the pages above."""
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    settings.ALLOWED_HOSTS = ["*"]
    TOLD.clear()
    GATE.clear()
    return InOneTurn(threads=2)


async def ask(
    handler: InOneTurn,
    page: str,
    parts: list[bytes | None],
    *,
    stay: bool = True,
    leaves: bool = False,
) -> list[dict[str, Any]]:
    """What is sent back; a body in parts, where None hangs up."""
    sent: list[dict[str, Any]] = []
    coming = list(parts)

    async def receive() -> dict[str, Any]:
        if coming:
            part = coming.pop(0)
            if part is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": part, "more_body": bool(coming)}
        while not leaves and (stay or not sent):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http", "method": "POST", "path": f"/{page}", "query_string": b"",
        "headers": [(b"host", b"here")], "server": ("here", 80),
    }  # fmt: skip
    await handler(scope, receive, send)
    return sent


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 30))


def body_of(sent: list[dict[str, Any]]) -> str:
    return b"".join(message.get("body", b"") for message in sent).decode()


def test_the_same_thread_answers_one_after_the_other(handler: InOneTurn) -> None:
    async def two() -> list[str]:
        return [body_of(await ask(handler, "where", [b"by ", b"parts"])) for _ in range(2)]

    assert run(two()) == ["page_0 by parts", "page_0 by parts"]


def test_a_slow_page_does_not_hold_up_another(handler: InOneTurn) -> None:
    async def beside() -> tuple[str, float, str]:
        first = asyncio.create_task(ask(handler, "slow", [b""]))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        other = body_of(await ask(handler, "where", [b"quick"]))
        waited = time.monotonic() - began
        GATE.set()
        return other, waited, body_of(await first)

    other, waited, late = run(beside())
    assert other.endswith("quick")
    assert waited < 5
    assert late == "at last"


def test_a_fault_is_an_answer(handler: InOneTurn) -> None:
    handler_raises = run(ask(handler, "broken", [b""]))
    assert handler_raises[0]["status"] == 500


def test_who_hangs_up_in_the_middle_of_a_body_is_not_answered(handler: InOneTurn) -> None:
    assert run(ask(handler, "where", [b"half", None])) == []


def test_who_left_before_their_turn_costs_no_work(handler: InOneTurn) -> None:
    async def too_long() -> tuple[Any, str]:
        busy = [asyncio.create_task(ask(handler, "slow", [b""])) for _ in range(2)]
        await asyncio.sleep(0.05)
        left = asyncio.create_task(ask(handler, "count", [b""], leaves=True))
        await asyncio.sleep(0.1)
        GATE.set()
        await asyncio.gather(*busy)
        return await left, body_of(await ask(handler, "where", [b"after"]))

    left, after = run(too_long())
    assert (left, TOLD) == ([], [])
    assert after.endswith("after")


def test_news_end_when_nobody_listens_and_hold_no_thread(handler: InOneTurn) -> None:
    async def listen() -> tuple[str, str]:
        streams = [asyncio.create_task(ask(handler, "news", [b""], stay=False)) for _ in range(5)]
        page = body_of(await ask(handler, "where", [b"beside"]))
        return page, body_of((await asyncio.gather(*streams))[0])

    page, told = run(listen())
    assert page.endswith("beside")
    assert told.startswith("asked in page_"), "an async view asks in the thread of its request"
    assert TOLD == ["nobody listens"] * 5
