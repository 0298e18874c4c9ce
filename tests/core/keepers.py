"""Who may look at the keepers' pages, and a browser for each of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from gongbi.core.models import Person, Post

CAST = {
    "keeper": ("keeper", "centre", "xx"),
    "keeper-w": ("keeper", "centre", "xx-w"),
    "supervisor": ("supervisor", "centre", "xx"),
    "worker": ("worker", "water", "xx"),
    "stranger": None,
}


@pytest.fixture
def browser(small_city: int) -> Callable[..., Client]:
    """A browser of somebody of the cast; "" for nobody."""
    people = {}
    for name, held in CAST.items():
        people[name] = Person.objects.create(username=name, name=name)
        if held:
            role, unit, place = held
            Post.objects.create(person=people[name], role=role, unit_id=unit, place_id=place)

    def enter(name: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.cookies["django_language"] = language
        if name:
            client.force_login(people[name], "django.contrib.auth.backends.ModelBackend")
        return client

    return enter
