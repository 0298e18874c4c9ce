"""Answers asked of many cases at once, by page; who may, and who has answered."""

from datetime import timedelta

import pytest
from tests.cases.conftest import CAST, NOW
from tests.cases.walking import do
from tests.forms import once, twice

from gongbi.cases.models import Supervision

ASK = {"within": "1 working_days", "words": "为何逾期?"}


@pytest.fixture
def late(signed_in, reported, small_city):
    """Two cases overdue, one not."""
    numbers = [reported().number, reported().number, reported(type="stall").number]
    for number in numbers:
        do(signed_in("dispatcher"), number, "accept_suggestion")
    small_city.clock.now = NOW + timedelta(hours=6)
    return numbers


def test_asked_of_those_ticked_and_answered_one_by_one(signed_in, late):
    supervisor = signed_in("supervisor")
    page = supervisor.get("/cases/supervise/?overdue=1").content.decode()
    assert [number in page for number in late] == [True, True, False]
    answer = supervisor.post("/cases/supervise/", {"case": late[:2], **ASK}, follow=True)
    shown = answer.content.decode()
    assert "Asked of 2 cases." in shown
    assert "2 asked, 2 not answered" in shown
    do(signed_in("lead"), late[0], "answer", words="等零件")
    address = f"/cases/supervise/{Supervision.objects.first().campaign}/"
    assert "2 asked, 1 not answered" in supervisor.get(address).content.decode()
    again = supervisor.get("/cases/supervise/?overdue=1").content.decode()
    assert f'value="{late[1]}"' not in again
    assert f'value="{late[0]}"' in again
    assert "1 not answered" in again


def test_something_must_be_ticked_and_said(signed_in, late):
    supervisor = signed_in("supervisor")
    assert supervisor.post("/cases/supervise/", ASK).status_code == 422
    said = {"case": late, **ASK, "words": " "}
    assert supervisor.post("/cases/supervise/", said).status_code == 422
    assert not Supervision.objects.exists()


def test_twin(signed_in, late):
    signed_in("supervisor").post("/cases/supervise/", {"case": late[:1], **ASK})
    address = f"/cases/supervise/{Supervision.objects.get().campaign}/"
    for name in CAST:
        may = name == "supervisor"
        for path in ("/cases/supervise/", address):
            assert signed_in(name).get(path).status_code == (200 if may else 403), (name, path)
        answer = signed_in(name).post("/cases/supervise/", {"case": late[1:2], **ASK})
        assert answer.status_code == (302 if may else 403)
    assert signed_in("").get("/cases/supervise/").status_code == 302


def test_its_cost_does_not_grow_with_its_rows(
    signed_in, late, reported, django_assert_max_num_queries
):
    supervisor = signed_in("supervisor")
    supervisor.get("/cases/supervise/")
    for _ in range(6):
        reported()
    with django_assert_max_num_queries(12):
        supervisor.get("/cases/supervise/")


def test_pressed_twice_it_leads_to_the_same_campaign(late, signed_in):
    browser = signed_in("supervisor")
    said = {"case": late[:2], **ASK, **once(browser, "/cases/supervise/")}
    first, again = twice(browser, "/cases/supervise/", said)
    assert first["Location"] == again["Location"] != "/cases/supervise/"
    assert Supervision.objects.values("campaign").distinct().count() == 1
