"""HTTP for other systems: tasks, queue, dispatch."""

import base64
import json

import pytest
from django.test import Client
from tests.cases.walking import case_of, picture

from gongbi.cases.models import Route
from gongbi.core.public import unseal


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


INSIDE = "请联系王姐 13912345678,她住笔架里5号"


def test_an_application_gets_no_word_that_is_hidden_outside(system, reported, folder_masked):
    """Neither the person's words, nor what was said of where, nor what an officer wrote."""
    number = reported(
        words="沪A12345 堵住了消防通道,电话13812345678", place_words="3号楼2单元501,我家"
    ).number
    desk = system("dispatch", "work")
    send(desk, f"/api/cases/{number}/dispatch")
    send(desk, f"/api/cases/{number}/call_in", unit="lifts", words=INSIDE)
    rows = desk.get("/api/tasks").json()
    assert {row["role"] for row in rows} == {"lead", "help"}
    for row in rows:
        assert "堵住了消防通道" in row["words"]
        told = row["words"] + row["todo"]
        for hidden in ("沪A12345", "13812345678", "13912345678", "501", "我家"):
            assert hidden not in told, (row["role"], hidden)
    (helper,) = [row for row in rows if row["role"] == "help"]
    assert "请联系王姐" in helper["todo"]


def test_the_unit_s_own_people_still_read_what_they_need(
    system, reported, signed_in, folder_masked
):
    number = reported(words="沪A12345 堵住了消防通道", place_words="3号楼2单元").number
    send(system("dispatch"), f"/api/cases/{number}/dispatch")
    page = signed_in("worker").get("/cases/mine/").content.decode()
    assert "沪A12345" in page
    assert "3号楼2单元" in page


@pytest.fixture
def folder_masked(pack_folder, small_city, settings):
    """A number plate on a burst pipe is hidden from whoever is outside, and from nobody inside."""
    from gongbi.core.packs import load_pack

    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    file = pack_folder / "case_types.toml"
    said = 'solve = "4 hours"\nmask = {work = ["phone"], outside = ["phone", "plate"]}'
    file.write_text(file.read_text("utf-8").replace('solve = "4 hours"', said, 1), "utf-8")
    load_pack(pack_folder, by="test")


def test_what_is_refused_leaves_no_picture(system, reported):
    number = reported().number
    crew = system("dispatch", "work")
    task = send(crew, f"/api/cases/{number}/dispatch").json()["task"]
    assert send(crew, f"/api/tasks/{task}/return", words="x").json()["state"] == "open"
    photo = base64.b64encode(picture()).decode()
    answer = send(crew, f"/api/tasks/{task}/done", words="x", photo=photo)
    assert answer.status_code == 409
    assert not case_of(number).photos.exists()


def test_what_cannot_be_sent_is_not_sorted_either(system, reported):
    number = reported(type=None, words="不知道该找谁").number
    answer = send(system("dispatch"), f"/api/cases/{number}/dispatch", type="stall", unit="nobody")
    assert answer.status_code == 409
    assert case_of(number).type is None


def test_a_type_that_is_filed_first_is_filed_and_sent_by_whoever_may_dispatch(system, reported):
    number = reported(type="hole").number
    desk = system("dispatch")
    asked = {one["number"]: one for one in desk.get("/api/queue").json()}[number]
    assert asked["to_file"] is True
    where = f"/api/cases/{number}/dispatch"
    refused = send(desk, where, unit="water-e")
    assert (refused.status_code, "filed before" in refused.json()["error"]) == (409, True)
    assert send(desk, where, unit="water-e", file=True).json()["state"] == "in_hand"
    verbs = list(case_of(number).steps.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["open", "file", "dispatch"]
    assert send(system("work"), where, unit="water-e", file=True).status_code == 403


def test_what_is_said_of_the_work_stays_where_its_route_sends_at_once(system, reported):
    case = case_of(reported(type="hole").number)
    Route.objects.filter(pk=case.route_id).update(at_once=True)
    where = f"/api/cases/{case.number}/dispatch"
    said = send(system("dispatch"), where, file=True, words="带冷补料").json()
    assert (said["unit"], said["state"]) == (case.suggested_unit_id, "in_hand")
    verbs = list(case.steps.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["open", "file", "dispatch"]
    assert unseal(case.steps.get(verb="dispatch").words_id) == "带冷补料"


def test_filing_what_needs_none_is_no_step_of_its_own(system, reported):
    number = reported().number
    assert send(system("dispatch"), f"/api/cases/{number}/dispatch", file=True).status_code == 200
    verbs = list(case_of(number).steps.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["open", "dispatch"]


HUGE = 10**30


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("dispatch", {"unit": "a\x00b"}),
        ("dispatch", {"type": "a\x00b"}),
        ("dispatch", {"words": "\x00"}),
        ("call_in", {"unit": "a\x00b", "words": "x"}),
        ("call_in", {"unit": "lifts", "words": "x", "after": [HUGE]}),
        ("call_in", {"unit": "lifts", "words": "x", "after": [-HUGE]}),
        ("call_in", {"unit": "lifts", "words": "x", "replaces": HUGE}),
        ("call_off", {"task": HUGE, "words": "x"}),
    ],
)
def test_what_no_database_holds_gets_a_sentence(system, reported, verb, said):
    number = reported().number
    desk = system("dispatch")
    if verb != "dispatch":
        send(desk, f"/api/cases/{number}/dispatch")
    answer = send(desk, f"/api/cases/{number}/{verb}", **said)
    assert answer.status_code in (200, 404, 409, 422), answer.content
    assert answer.status_code != 200 or said == {"words": "\x00"}


@pytest.mark.parametrize("query", ["state=%00", "state=done", "limit=" + "9" * 5000, "limit=0"])
def test_a_query_that_means_nothing_is_no_fault(system, reported, query):
    number = reported().number
    crew = system("dispatch", "work")
    send(crew, f"/api/cases/{number}/dispatch")
    for address in ("/api/tasks", "/api/queue"):
        assert crew.get(f"{address}?{query}").status_code == 200


def test_its_cost_does_not_grow_with_its_tasks(system, reported, django_assert_max_num_queries):
    crew = system("dispatch", "work")
    for _ in range(12):
        send(crew, f"/api/cases/{reported().number}/dispatch")
    with django_assert_max_num_queries(9):
        assert len(crew.get("/api/tasks").json()) == 12
