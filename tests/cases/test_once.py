"""An act under an id of the client's own is done once, and its answer given again."""

import json

import pytest
from tests.cases.walking import case_of
from tests.forms import once, twice

from gongbi.cases.models import DoneOnce, Note, Step
from gongbi.cases.public import run_due

ID = "0197-phone-0001"


@pytest.fixture
def task(system, reported):
    """A task, and how another system sends a verb with an id."""
    number = reported().number
    desk = system("dispatch", "work")
    desk.post(f"/api/cases/{number}/dispatch", "{}", content_type="application/json")
    (row,) = desk.get("/api/tasks").json()

    def send(verb: str, id_: str = ID, **said):
        return desk.post(
            f"/api/tasks/{row['id']}/{verb}", json.dumps(said), content_type="application/json",
            headers={"gongbi-action-id": id_},
        )  # fmt: skip

    send.number = number
    return send


def test_the_same_id_gets_the_same_answer_and_nothing_is_done_twice(task):
    first, again = task("accept"), task("accept")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again["Gongbi-Repeated"] == "true"
    assert "Gongbi-Repeated" not in first
    assert Step.objects.filter(verb="accept").count() == 1


def test_without_an_id_the_second_is_told(task):
    task("accept")
    assert task("accept", id_="").status_code == 409


def test_what_was_refused_can_be_mended_and_sent_again(task):
    assert task("return", reason="not_ours", words="").status_code == 422
    assert not DoneOnce.objects.exists()
    assert task("return", reason="not_ours", words="不归我们").status_code == 200
    assert task("return", reason="not_ours", words="不归我们").json()["state"] == "open"
    assert case_of(task.number).returned == 1


def test_an_id_means_one_act(task):
    task("accept")
    other = task("arrive")
    assert (other.status_code, other.json()["field"]) == (422, "Gongbi-Action-Id")
    assert task("accept", id_="short").status_code == 422


def test_another_application_s_ids_are_its_own(task):
    from django.test import Client

    from gongbi.core.public import make_application_key

    task("accept")
    key = make_application_key("other", ["work"])
    client = Client(headers={"authorization": f"Bearer {key}", "gongbi-action-id": ID})
    row = DoneOnce.objects.get()
    answer = client.post("/api/tasks/1/arrive", "{}", content_type="application/json")
    assert answer.status_code in (200, 404)
    assert row.actor == "application:crew"


def test_they_are_forgotten_after_a_month(task, small_city):
    from datetime import timedelta

    task("accept")
    run_due(small_city.clock.now + timedelta(days=29))
    assert DoneOnce.objects.exists()
    run_due(small_city.clock.now + timedelta(days=31))
    assert not DoneOnce.objects.exists()


def test_a_note_pressed_twice_on_the_page_is_one_note(signed_in, reported):
    number = reported().number
    browser = signed_in("dispatcher")
    said = {"words": "看过了"} | once(browser, f"/cases/{number}/", f"/cases/{number}/do/note")
    for answer in twice(browser, f"/cases/{number}/do/note", said):
        assert answer["Location"] == f"/cases/{number}/"
    assert Note.objects.count() == 1
    browser.post(f"/cases/{number}/do/note", said | {"words": "再看一次"})
    assert Note.objects.count() == 2
