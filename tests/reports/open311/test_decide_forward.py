"""What could not be sent on: a page with the reason and the attempts, and a person decides."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reports.open311.forwarded import CLERK, Other, go_round

from gongbi.cases import actions
from gongbi.cases.models import Case
from gongbi.core.models import JournalLine, Person, Post
from gongbi.reports.open311 import forwarding
from gongbi.reports.open311.models import OpenForward, OpenReceiver

ROLES = ("dispatcher", "supervisor", "duty_officer", "clerk", "unit_lead", "worker", "keeper")
MAY = {"dispatcher", "supervisor", "duty_officer"}


def enter_as(
    role: str, *, place: str = "xx", unit: str = "centre", language: str = "en"
) -> Client:
    """A browser in which somebody with that role is signed in."""
    person, new = Person.objects.get_or_create(username=f"{role}-{place}", name=f"{role} 某")
    if new and role:
        Post.objects.create(person=person, role=role, unit_id=unit, place_id=place)
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def refused(sent: Callable[..., Case], other: Other) -> OpenForward:
    """A task that the other system refused."""
    other.behave = ["400"]
    sent()
    return OpenForward.objects.get()


@pytest.fixture
def lost(sent: Callable[..., Case], other: Other) -> OpenForward:
    """A task that went out, may be there, and cannot be found by its words."""
    other.shows_words, other.behave = False, ["take and die"]
    sent()
    go_round()
    row = OpenForward.objects.get()
    assert row.set_aside_at is not None
    return row


def decide(row: OpenForward, verb: str, browser: Client | None = None, **said: str) -> Any:
    return (browser or enter_as("supervisor")).post(f"/forwards/{row.pk}/{verb}", said)


def test_the_page_says_why_and_what_was_tried(refused: OpenForward) -> None:
    text = enter_as("supervisor").get("/forwards/").content.decode()
    assert refused.number in text
    assert "400 not so" in text
    assert "1 attempt<" in text
    assert "Water works" in text
    assert "Take it back" in text
    assert "Follow it there" not in text
    line = JournalLine.objects.get(kind="reports.ForwardSetAside")
    assert (line.body["number"], line.body["unit"]) == (refused.number, "water")


def test_it_is_said_in_chinese_too(lost: OpenForward) -> None:
    text = enter_as("supervisor", language="zh-hans").get("/forwards/").content.decode()
    for words in ("未能转送", "对方系统中可能已有；请查看后决定", "已尝试 1 次", "按此跟踪"):
        assert words in text


def test_the_operation_centre_tells_who_decides(refused: OpenForward) -> None:
    notice = "1 case could not be sent on to its unit’s own system"
    assert notice in enter_as("supervisor").get("/centre/").content.decode()
    assert notice not in enter_as("keeper").get("/centre/").content.decode()
    decide(refused, "back")
    assert notice not in enter_as("supervisor").get("/centre/").content.decode()


def test_sent_again_it_is_taken(refused: OpenForward, other: Other) -> None:
    assert decide(refused, "again").status_code == 302
    go_round()
    assert len(other.posts) == 1
    refused.refresh_from_db()
    assert (refused.remote_id, refused.set_aside_at) == ("W-0", None)
    line = JournalLine.objects.get(kind="reports.ForwardDecided")
    assert line.body["decided"] == "again"
    assert line.actor.startswith("person:")


def test_refused_again_it_is_set_aside_again_with_every_attempt(
    refused: OpenForward,
    other: Other,
) -> None:
    other.behave = ["403"]
    decide(refused, "again")
    go_round()
    refused.refresh_from_db()
    assert refused.set_aside_at is not None
    assert [said for _at, said in refused.attempts] == ["400 not so", "403 not so"]
    assert "2 attempts" in enter_as("supervisor").get("/forwards/").content.decode()


def test_found_there_it_is_followed_and_not_doubled(
    lost: OpenForward,
    other: Other,
) -> None:
    answer = decide(lost, "there")
    assert answer.status_code == 422
    assert "Please give the number" in answer.content.decode()
    assert decide(lost, "there", remote_id="W-0").status_code == 302
    assert Case.objects.get().tasks.get().state == "accepted"
    other.status = "closed"
    go_round()
    assert len(other.posts) == 1
    assert Case.objects.get().state == "answered"


def test_not_there_it_is_sent_once_more(lost: OpenForward, other: Other) -> None:
    other.posts.clear()
    text = enter_as("supervisor").get("/forwards/").content.decode()
    assert "It is not there: send it" in text
    decide(lost, "again")
    go_round()
    assert len(other.posts) == 1


def test_taken_back_it_is_sent_no_more_and_the_unit_keeps_its_task(
    refused: OpenForward,
    other: Other,
) -> None:
    decide(refused, "back")
    go_round()
    assert not other.posts
    assert Case.objects.get().tasks.get().state == "offered"
    assert (
        "Nothing waits for a decision" in enter_as("supervisor").get("/forwards/").content.decode()
    )
    assert decide(refused, "again").status_code == 404


def test_what_went_elsewhere_meanwhile_can_only_be_put_away(refused: OpenForward) -> None:
    actions.dispatch(Case.objects.get(), CLERK, unit_code="roads")
    text = enter_as("supervisor").get("/forwards/").content.decode()
    assert "The unit has it no more" in text
    assert "Send it again" not in text
    assert decide(refused, "back").status_code == 302


def test_nobody_there_it_is_on_the_way_until_it_was_tried_often(
    sent: Callable[..., Case],
    other: Other,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    OpenReceiver.objects.update(url="http://127.0.0.1:1")
    sent()
    text = enter_as("supervisor").get("/forwards/").content.decode()
    assert "On the way" in text
    assert "nobody answers there" in text
    monkeypatch.setattr(forwarding, "MOST_TRIES", 2)
    go_round()
    text = enter_as("supervisor").get("/forwards/").content.decode()
    assert "On the way" not in text
    assert "2 attempts" in text


@pytest.mark.parametrize("role", ROLES)
def test_who_may_decide(refused: OpenForward, role: str) -> None:
    browser = enter_as(role, unit="water" if role in ("worker", "unit_lead") else "centre")
    expected = (200, 302) if role in MAY else (403, 403)
    found = browser.get("/forwards/").status_code, decide(refused, "again", browser).status_code
    assert found == expected


def test_strangers_and_other_districts(refused: OpenForward) -> None:
    assert Client().get("/forwards/")["Location"].startswith("/sign-in/")
    assert decide(refused, "again", enter_as("")).status_code == 403
    west = enter_as("supervisor", place="xx-w")
    assert refused.number not in west.get("/forwards/").content.decode()
    assert decide(refused, "again", west).status_code == 404
    assert decide(refused, "steal").status_code == 404


def test_two_at_once_decide_once(refused: OpenForward) -> None:
    from gongbi.core.public import scope_of
    from gongbi.reports.open311 import deciding

    enter_as("supervisor")
    scope = scope_of(Person.objects.get(username="supervisor-xx"))
    found = deciding.forward(scope, refused.pk)
    assert found is not None
    assert deciding.decide(found, "back", actor="person:1")
    assert not deciding.decide(found, "again", actor="person:2")


def test_the_page_costs_the_same_for_many(
    sent: Callable[..., Case],
    other: Other,
    django_assert_max_num_queries: Any,
) -> None:
    other.behave = ["400"] * 6
    for _ in range(6):
        sent()
    browser = enter_as("supervisor")
    with django_assert_max_num_queries(10):
        assert browser.get("/forwards/").content.decode().count("400 not so") >= 6
