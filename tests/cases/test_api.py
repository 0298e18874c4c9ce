"""HTTP for other systems: tasks, queue, dispatch."""

import base64
import json

import pytest
from django.test import Client
from tests.cases.walking import case_of, picture


def send(client: Client, address: str, **said):
    return client.post(address, json.dumps(said), content_type="application/json")


def test_the_whole_way_by_other_systems(system, reported):
    number = reported(type="stall").number
    desk = system("dispatch", "work")
    (row,) = desk.get("/api/queue").json()
    assert (row["number"], row["unit"], row["type"]) == (number, "order", "stall")
    assert row["why"]["route"] == "order"
    assert "13812345678" not in row["words"]
    assert send(desk, f"/api/cases/{number}/dispatch").json()["unit"] == "order"
    assert desk.get("/api/queue").json() == []
    (task,) = desk.get("/api/tasks?state=open").json()
    assert (task["case"], task["state"], task["photo_after"]) == (number, "offered", True)
    at = f"/api/tasks/{task['id']}"
    assert send(desk, f"{at}/accept").json()["task"] == "accepted"
    assert send(desk, f"{at}/arrive").json()["task"] == "on_site"
    refused = send(desk, f"{at}/done", words="清走了")
    assert (refused.status_code, refused.json()["field"]) == (422, "photo")
    photo = base64.b64encode(picture()).decode()
    assert send(desk, f"{at}/done", words="清走了", photo=photo).json()["state"] == "answered"
    assert desk.get("/api/tasks").json() == []
    assert case_of(number).steps.get(verb="declare").actor == "application:crew"


def test_returning(system, reported):
    number = reported().number
    crew = system("dispatch", "work")
    send(crew, f"/api/cases/{number}/dispatch", unit="lifts")
    (task,) = crew.get("/api/tasks").json()
    address = f"/api/tasks/{task['id']}/return"
    assert send(crew, address, words="").status_code == 422
    assert send(crew, address, words="不归我们").json()["state"] == "open"
    assert send(crew, address, words="不归我们").status_code == 409


def test_an_unsorted_case_is_sorted_and_sent(system, reported):
    number = reported(type=None, words="不知道该找谁").number
    desk = system("dispatch")
    assert send(desk, f"/api/cases/{number}/dispatch").status_code == 422
    answer = send(desk, f"/api/cases/{number}/dispatch", type="stall")
    assert answer.json()["unit"] == "order"


def test_complaints_are_for_people_s_ears(system, reported):
    number = reported(type="conduct", about_unit="water").number
    desk = system("dispatch", "work")
    assert desk.get("/api/queue").json() == []
    assert send(desk, f"/api/cases/{number}/dispatch", unit="lifts").status_code == 404


@pytest.mark.parametrize("address", ["/api/tasks", "/api/queue", "/api/types"])
def test_without_a_key_or_with_another_scope(system, address):
    assert Client().get(address).status_code == 401
    assert system("report").get(address).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '{"unit": 3}',
        '{"speed": "fast"}',
        "\ud800",
        "x" * 99,
        r'{"type": "\u0000"}',
        r'{"unit": "a\u0000b"}',
        r'{"words": "\u0000"}',
    ],
)
def test_a_bad_body_gets_a_sentence_and_changes_nothing(system, reported, body):
    number = reported(type=None, words="不知道该找谁").number
    answer = system("dispatch").generic(
        "POST", f"/api/cases/{number}/dispatch", body.encode("utf-8", "surrogatepass"),
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert case_of(number).state == "open"


def test_unknown_tasks_and_cases(system):
    crew = system("work", "dispatch")
    assert send(crew, "/api/tasks/999999999999999999/accept").status_code == 404
    assert send(crew, "/api/cases/XX-1/dispatch").status_code == 404
    assert send(crew, "/api/tasks/1/dance").status_code == 404


def test_types(system, reported):
    codes = [row["code"] for row in system("dispatch").get("/api/types").json()]
    assert codes == ["burst-pipe", "lift-trap", "stall", "advice", "conduct", "hole"]


def test_its_cost_does_not_grow_with_its_rows(system, reported, django_assert_max_num_queries):
    desk = system("dispatch")
    for _ in range(12):
        reported()
    with django_assert_max_num_queries(8):  # one writes down, for all rows, that they were read
        assert len(desk.get("/api/queue").json()) == 12


def test_a_nul_is_in_no_number(system, signed_in):
    assert signed_in("dispatcher").get("/cases/XX-000001%00/").status_code == 404
    path = "/api/cases/XX-000001%00/dispatch"
    answer = system("dispatch").post(path, "{}", content_type="application/json")
    assert answer.status_code == 404
