"""A city whose mail goes to a real server."""

from collections.abc import Iterator

import pytest
from tests.post import Mailbox, mail_server


@pytest.fixture
def mailbox(small_city, settings) -> Iterator[Mailbox]:
    """A real SMTP server, named in the settings."""
    with mail_server() as box:
        settings.GONGBI_MAIL_URL, settings.GONGBI_MAIL_FROM = box.url, "city@xx.example"
        settings.GONGBI_PUBLIC_URL = "https://city.example"
        yield box
