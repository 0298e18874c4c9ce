"""The main address hands sensing on to the ingest door, with the headers both sides need."""

import asyncio
from typing import Any

import httpx
import pytest

from gongbi.config import asgi


def ask(path: str, headers: dict[bytes, bytes], door: Any) -> list[dict[str, Any]]:
    """Messages the web sends back for a POST."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"rows", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def run() -> None:
        transport = httpx.MockTransport(door)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            asgi._client = client
            scope = {
                "type": "http", "method": "POST", "path": path, "query_string": b"precision=s",
                "headers": list(headers.items()),
            }  # fmt: skip
            await asgi.application(scope, receive, send)

    try:
        asyncio.run(run())
    finally:
        asgi._client = None
    return sent


@pytest.mark.parametrize("path", ["/ingest/observations", "/write", "/api/v2/write"])
def test_headers_go_both_ways(path: str) -> None:
    seen: list[httpx.Request] = []

    def door(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(429, json={"error": "slow"}, headers={"Retry-After": "7"})

    headers = {b"content-encoding": b"gzip", b"authorization": b"Token k", b"cookie": b"secret"}
    start, body = ask(path, headers, door)
    assert seen[0].url.path == path
    assert seen[0].url.query == b"precision=s"
    assert seen[0].headers["content-encoding"] == "gzip"
    assert "cookie" not in seen[0].headers
    assert start["status"] == 429
    assert dict(start["headers"])[b"retry-after"] == b"7"
    assert b"slow" in body["body"]
