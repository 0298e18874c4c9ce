"""The keepers' raw pages: what was set aside by place, and accounts for the whole city's only."""

import pytest
from django.utils import timezone
from tests.core.keepers import CAST

from gongbi.config.accounts import make_account
from gongbi.core.models import Delivery, JournalLine, Person, Place, Post, Unit


@pytest.fixture
def aside(small_city: int) -> dict[str, Delivery]:
    """Reactions that failed: to a fact of the east, and to one of no place."""
    at, made = timezone.now(), {}
    for name, path in (("east", "/xx/xx-e/"), ("nowhere", "")):
        line = JournalLine.objects.create(
            kind="cases.CaseOpened", subject=f"case:{name}", actor="system:x", at=at,
            recorded_at=at, body={}, place_path=path, salt=b"s", commitment=b"c",
        )  # fmt: skip
        made[name] = Delivery.objects.create(
            line=line, reaction="a.b", due_at=at, set_aside_at=at, tries=8, trouble="KeyError"
        )
    return made


def test_what_was_set_aside_is_seen_by_place(browser, aside) -> None:
    answers = {name: browser(name).get("/outbox/") for name in ("", *CAST)}
    assert {name: one.status_code for name, one in answers.items()} == {
        "": 302, "keeper": 200, "keeper-w": 200, "supervisor": 200, "worker": 403,
        "stranger": 403,
    }  # fmt: skip
    assert ">Upkeep</a>" in answers["keeper"].content.decode()
    for name, seen in (("keeper", True), ("supervisor", True), ("keeper-w", False)):
        page = answers[name].content.decode()
        assert ["case:east" in page, "case:nowhere" in page] == [seen, seen], name


def test_it_is_tried_again_by_the_same_gate(browser, aside) -> None:
    address = f"/outbox/{aside['east'].pk}/try-again"
    answers = {name: browser(name).post(address).status_code for name in ("", *CAST)}
    assert answers == {
        "": 302,
        "keeper": 302,
        "keeper-w": 404,
        "supervisor": 404,
        "worker": 403,
        "stranger": 403,
    }  # fmt: skip - the keeper was first
    aside["east"].refresh_from_db()
    assert (aside["east"].set_aside_at, aside["east"].tries) == (None, 0)


def test_a_password_for_somebody_of_the_pack_leaves_their_language_and_posts(small_city) -> None:
    water, city = Unit.objects.get(pk="water"), Place.objects.get(pk="xx")
    person = Person.objects.create_user("an", name="An", language="en")
    Post.objects.create(person=person, role="worker", unit=water, place=city)
    password = make_account("an", "An", "keeper", water, city)
    person.refresh_from_db()
    assert (person.language, person.check_password(password)) == ("en", True)
    assert set(person.posts.values_list("role", flat=True)) == {"worker", "keeper"}


def test_accounts_are_for_a_keeper_of_the_whole_city_by_a_post_that_holds(browser, aside) -> None:
    water = Unit.objects.get(pk="water")
    for name, place in (("city", "xx"), ("west", "xx-w")):
        make_account(f"made-{name}", name, "keeper", water, Place.objects.get(pk=place))
    make_account("made-city", "city", "worker", water, Place.objects.get(pk="xx"))

    def answer(username: str) -> int:
        client = browser("")
        person = Person.objects.get(username=username)
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return client.get("/admin/core/person/").status_code

    assert (answer("made-city"), answer("made-west")) == (200, 302)
    assert {answer(name) for name in CAST if name != "keeper"} == {302}
    Person.objects.update(is_staff=True, is_superuser=True)
    assert answer("made-west") == 302, "whoever gives posts anywhere must hold one everywhere"
    Post.objects.filter(person__username="made-city", role="keeper").update(valid_to="2020-01-01")
    assert answer("made-city") == 302
