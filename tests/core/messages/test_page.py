"""The page of messages: who sees it, what it says, trying again and giving up."""

import pytest
from django.utils import timezone

from gongbi.core.messages.sending import send_due
from gongbi.core.models import Message

WHO = ("", "keeper", "keeper-w", "supervisor", "worker", "stranger")


@pytest.fixture
def aside(owe, mailbox) -> Message:
    """A message about a case of the east that a server refused for good."""
    mailbox.refuse_rcpt = "550 no"
    message = owe("a", place_path="/xx/xx-e/", about="XX-7")
    send_due("mail")
    mailbox.refuse_rcpt = ""
    return message


def test_it_says_how_each_way_does_and_never_to_whom(browser, aside, settings) -> None:
    page = browser("keeper").get("/messages/").content.decode()
    for said in ("XX-7", "550", "not set up", "a unit has it", "works"):
        assert said in page, said
    assert "anna" not in page
    assert "未设置" in browser("keeper", "zh-hans").get("/messages/").content.decode()


def test_who_sees_it_and_of_which_places(browser, aside) -> None:
    answers = {name: browser(name).get("/messages/") for name in WHO}
    assert {name: one.status_code for name, one in answers.items()} == {
        "": 302, "keeper": 200, "keeper-w": 200, "supervisor": 200, "worker": 403,
        "stranger": 403,
    }  # fmt: skip
    assert b"XX-7" not in answers["keeper-w"].content
    assert b"XX-7" in answers["supervisor"].content


def test_trying_again_and_giving_up_go_by_the_same_gate(browser, aside, mailbox) -> None:
    again, drop = (f"/messages/{aside.pk}/{verb}" for verb in ("again", "drop"))
    refused = {name: browser(name).post(again).status_code for name in WHO if "r" in name}
    assert refused == {
        "keeper": 302,
        "keeper-w": 404,
        "supervisor": 404,
        "worker": 403,
        "stranger": 403,
    }  # fmt: skip - the keeper was first
    assert send_due("mail") == 1
    assert len(mailbox.came) == 1
    assert browser("keeper").post(drop).status_code == 404, "it went; nothing is set aside"
    Message.objects.update(sent_at=None, set_aside_at=timezone.now())
    assert browser("keeper").post(drop).status_code == 302
    assert Message.objects.get().dropped_at is not None


def test_the_page_costs_few_queries(browser, aside, django_assert_max_num_queries) -> None:
    client = browser("keeper")
    client.get("/messages/")
    with django_assert_max_num_queries(14):
        client.get("/messages/")
