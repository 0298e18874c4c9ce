"""A line between a phone and the city that can be cut.

A browser told to be offline still lets a page that loads just then reach the city now and then;
through a line that is cut nothing goes, and what is on its way is lost.
"""

import select
import socket
import socketserver
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Line:
    """Passes bytes on to an address, as long as it is whole."""

    def __init__(self, address: str) -> None:
        said = urlsplit(address)
        self.city, self.whole = (said.hostname or "", said.port or 80), True
        self.open: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", 0), _Call)
        self._server.line = self
        self.url = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def cut(self) -> None:
        self.whole = False
        for one in list(self.open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.whole = True

    def end(self) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close, request_queue_size = True, False, 64
    line: Line

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes its end is no trouble."""


class _Call(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        line = self.server.line
        if not line.whole:
            return
        with socket.create_connection(line.city) as city:
            ends = {self.request: city, city: self.request}
            line.open |= set(ends)
            try:
                while line.whole and _passed_on(ends):
                    pass
            finally:
                line.open -= set(ends)


def _passed_on(ends: dict[socket.socket, socket.socket]) -> bool:
    """Whether both ends are still there."""
    for one in select.select(list(ends), [], [], 1.0)[0]:
        said = one.recv(65_536)
        if not said:
            return False
        ends[one].sendall(said)
    return True
