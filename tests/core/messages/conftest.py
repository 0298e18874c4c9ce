"""A small city, a message to send, and who may look at the page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.core.conftest import city_folder, small_city  # noqa: F401 - fixtures
from tests.post import Gateway, Mailbox, mail_server, text_gateway

from gongbi.core.messages import owing
from gongbi.core.messages.letters import Letter, Owed
from gongbi.core.models import Message

KEY = "whsec_" + "A" * 32


class Writer:
    """Writes what a test wants."""

    to = "anna@example.org"
    gone: set[str] = set()
    turns: list[str] = []

    @staticmethod
    def write(kind: str, subject: str, about: str, said: dict[str, Any]) -> Letter | None:
        if subject in Writer.gone:
            return None
        if kind == "broken":
            raise RuntimeError("secret words")
        to = Writer.turns.pop(0) if Writer.turns else Writer.to
        return Letter(to, "zh-hans", f"水管：{subject} https://x.example/f/1", "标题",
                      "https://x.example/stop/1")  # fmt: skip


@pytest.fixture
def owe(small_city: int, settings: Any, monkeypatch: Any) -> Callable[..., Message]:  # noqa: F811
    """Owe a message: ``owe("a", "mail")``."""
    from gongbi.core.messages import sending

    settings.MESSAGE_WRITERS = {"test": "tests.core.messages.conftest"}
    monkeypatch.setattr(sending, "import_module", lambda _name: Writer)
    Writer.to, Writer.gone, Writer.turns = "anna@example.org", set(), []

    def one(subject: str, way: str = "mail", kind: str = "accept", **said: Any) -> Message:
        owing.owe_messages([Owed(f"test:{subject}", way, "test", kind, subject, **said)])
        return Message.objects.get(reference=f"test:{subject}")

    return one


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real SMTP server, named in the settings."""
    with mail_server() as box:
        settings.GONGBI_MAIL_URL, settings.GONGBI_MAIL_FROM = box.url, "城 <city@xx.example>"
        yield box


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """A gateway for text messages, named in the settings."""
    with text_gateway() as gate:
        settings.GONGBI_SMS_URL, settings.GONGBI_SMS_SECRET = gate.url, KEY
        settings.GONGBI_SMS_HOURS, settings.GONGBI_SMS_PRICE = "00:00-24:00", "0.045"
        Writer.to = "+8613812345678"
        yield gate
