"""Django behind ASGI in one turn of a thread.

Django's own handler takes a new thread for each request, and with it a new connection to the
database, and goes back to its loop between any two pieces of middleware. Here a request is read
on the loop, answered whole in one of a few threads that keep their connections, and sent from the
loop. An answer that is sent piece by piece (news, files, a list taken out) holds no thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
THREADS = 8
"""Requests answered at the same time in one process; each thread has a connection of its own."""


class InOneTurn(ASGIHandler):
    """Django's handler with the chain of middleware as a WSGI server runs it."""

    def __init__(self, threads: int = THREADS) -> None:
        # Not ASGIHandler's: it would build the chain for its loop.
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, answer, send; whoever hangs up before their turn is not answered."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            response = await self._waited_for(scope, body, receive)
            if response is None:
                return
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    async def _waited_for(
        self, scope: Scope, body: IO[bytes], receive: Receive
    ) -> HttpResponseBase | None:
        """The answer; None when whoever asked left before a thread was free.

        Were those worked on too, a web that once fell behind would never catch up: all that it
        answered would be for people who have long pressed the button again.
        """
        gone = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            return cast(
                "HttpResponseBase | None", await self._turn(self._unless, gone, scope, body)
            )
        finally:
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)

    def _unless(
        self, gone: "asyncio.Task[None]", scope: Scope, body: IO[bytes]
    ) -> HttpResponseBase | None:
        return None if gone.done() else self._answer(scope, body)

    async def _turn(self, do: Callable[..., Any], *said: Any) -> Any:
        return await sync_to_async(do, thread_sensitive=False, executor=self._threads)(*said)

    def _answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """All of Django for one request; what is whole is also closed here, on the thread whose
        connection it used."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refused = self.create_request(scope, body)
        answered = refused if request is None else self.get_response(request)
        response = cast("HttpResponseBase", answered)
        response._handler_class = type(self)  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Send until the end, or until nobody listens any more."""
        sending = asyncio.create_task(self.send_response(response, send))
        gone = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait([sending, gone], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            ended, _ = await asyncio.gather(sending, gone, return_exceptions=True)
            await self._turn(response.close)
        if isinstance(ended, Exception):
            raise ended
