"""Servers to send to: a real SMTP server that can refuse, and a gateway for text messages."""

import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Mailbox:
    """What an SMTP server took, and what it answers next to RCPT and DATA."""

    came: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refuse_rcpt: str = ""
    refuse_data: str = ""
    connections: int = 0
    url: str = ""
    controller: Any = None

    def stop(self) -> None:
        """Nobody answers any more."""
        if self.controller is not None:
            self.controller.stop(no_assert=True)
        self.controller = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse_rcpt:
            return self.refuse_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuse_data:
            return self.refuse_data
        said = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.came.append(said)
        self.to += envelope.rcpt_tos
        return "250 taken"


class _Server(Controller):
    """On a port the system gives; aiosmtpd itself wants to know it before."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**how: Any) -> Iterator[Mailbox]:
    """A server on this machine; ``how`` goes to it (TLS, sign-in)."""
    box = Mailbox()
    box.controller = _Server(box, hostname="127.0.0.1", port=0, **how)
    box.controller.start()
    box.url = f"smtp://127.0.0.1:{box.controller.port}"
    try:
        yield box
    finally:
        box.stop()


def only(user: str, password: str) -> dict[str, Any]:
    """Settings of a server that lets one user in."""

    def check(server: SMTP, session, envelope, mechanism, data) -> AuthResult:
        good = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=good, handled=False)

    return {"authenticator": check, "auth_require_tls": False}


@dataclass
class Gateway:
    """What a gateway was sent, and what it answers."""

    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    url: str = ""


@contextmanager
def text_gateway() -> Iterator[Gateway]:
    """A gateway for text messages on this machine."""
    gate = Gateway()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # its sender was killed in the middle: nobody takes half a message
            gate.came.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(gate.answers.pop(0) if gate.answers else 202)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    gate.url = f"http://127.0.0.1:{server.server_port}/send"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
