"""A sender against a real server that is slow to take, refuses, or is not there."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gongbi.doors.public import Door, DoorShut, NotTaken, Stopped

Said = list[tuple[int, str]]
Open = Callable[..., tuple[Door, list[dict[str, Any]]]]


@pytest.fixture
def door_that_says() -> Iterator[Open]:
    """Make a door whose server gives these answers in turn, the last one for ever."""
    servers: list[ThreadingHTTPServer] = []
    doors: list[Door] = []

    def make(*answers: tuple[int, str], key: str = "k", **how: Any) -> Any:
        heard: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, body = answers[min(len(heard), len(answers) - 1)]
                length = int(self.headers.get("Content-Length", 0))
                said = {"path": self.path, "body": self.rfile.read(length)}
                heard.append(said | {"headers": dict(self.headers)})
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                """Say nothing on stderr."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        doors.append(Door(f"http://127.0.0.1:{servers[-1].server_port}/", key, **how))
        return doors[-1], heard

    yield make
    for door in doors:
        door.close()
    for server in servers:
        server.shutdown()
        server.server_close()


def test_what_is_not_taken_now_is_sent_again_whole(door_that_says: Open) -> None:
    told: list[str] = []
    door, heard = door_that_says(
        (503, "later"), (429, "slowly"), (200, '{"stored": 2}'), told=told.append
    )
    assert door.send("/rows", b"two rows", {"Gongbi-Sequence": "7"}) == {"stored": 2}
    assert [one["body"] for one in heard] == [b"two rows"] * 3
    assert {one["headers"]["Gongbi-Sequence"] for one in heard} == {"7"}
    assert {one["headers"]["Authorization"] for one in heard} == {"Bearer k"}
    assert len(told) == 2
    assert "503" in told[0]


def test_a_refusal_is_told_once_in_the_door_s_own_words(door_that_says: Open) -> None:
    door, heard = door_that_says((422, '{"error": "No such place."}'))
    with pytest.raises(NotTaken) as refused:
        door.send("/rows", b"")
    assert (refused.value.status, refused.value.said) == (422, "No such place.")
    assert len(heard) == 1


def test_a_status_that_counts_as_taken(door_that_says: Open) -> None:
    door, _ = door_that_says((409, '{"error": "passed already"}'))
    assert door.send("/tick", b"", passed=(409,)) == {"error": "passed already"}


def test_without_a_key_no_header_is_sent(door_that_says: Open) -> None:
    door, heard = door_that_says((200, "[1]"), key="")
    assert door.ask("/queue") == [1]
    assert "Authorization" not in heard[0]["headers"]


def test_patience_ends(door_that_says: Open) -> None:
    door, heard = door_that_says((500, "ill"), patience_seconds=0.5)
    with pytest.raises(DoorShut, match="500"):
        door.send("/rows", b"")
    assert len(heard) == 2


def test_nobody_there_and_asked_to_end() -> None:
    stop = threading.Event()
    door = Door("http://127.0.0.1:1", "k", stop=stop, told=lambda _: stop.set())
    with pytest.raises(Stopped):
        door.ask("/healthz")
    door.close()
