"""Forms as a browser holds them: the one-time token of a page that makes something."""

from typing import Any

from django.test import Client

MARK = 'name="once" value="'


def once(browser: Client, page: str, form: str = "") -> dict[str, str]:
    """The token in a page as it was opened, of the form that posts to an address."""
    html = browser.get(page).content.decode()
    return {"once": html[html.index(form) :].split(MARK)[1].split('"')[0]}


def twice(browser: Client, address: str, said: dict[str, Any]) -> list[Any]:
    """Pressed twice: both answers."""
    return [browser.post(address, said) for _ in range(2)]
