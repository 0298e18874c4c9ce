"""Joint duty: a lead and helpers, in order; each sees its own; answered when all have ended."""

import pytest
from django.test import Client
from tests.cases.walking import case_of, do

from gongbi.cases.models import Task
from gongbi.core.models import JournalLine


@pytest.fixture
def led(signed_in, reported):
    """A burst pipe in the hands of East water."""
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    return number


def call_in(signed_in, number, unit, words="关路", **said):
    said.setdefault("needed", "on")
    answer = do(signed_in("dispatcher"), number, "call_in", unit=unit, words=words, **said)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return Task.objects.order_by("pk").last()


def test_a_helper_sees_its_task_with_its_own_words_and_the_case(signed_in, led):
    assert signed_in("lifter").get(f"/cases/{led}/").status_code == 404
    call_in(signed_in, led, "lifts", "请关停3号楼电梯")
    page = signed_in("lifter").get(f"/cases/{led}/").content.decode()
    assert "请关停3号楼电梯" in page
    assert "Who has a share" in page
    assert "East water" in page
    mine = signed_in("lifter").get("/cases/mine/").content.decode()
    assert "Your unit helps: 请关停3号楼电梯" in mine
    assert "13812345678" not in page + mine
    assert "请关停3号楼电梯" not in signed_in("worker").get("/cases/mine/").content.decode()


def test_the_lead_answers_when_its_helpers_have_ended(signed_in, led):
    call_in(signed_in, led, "lifts")
    page = signed_in("worker").get(f"/cases/{led}/").content.decode()
    assert "still at work: Lift care" in page
    assert "do/declare" not in page
    assert "do/declare" in signed_in("lifter").get(f"/cases/{led}/").content.decode()
    answer = do(signed_in("worker"), led, "declare", declared="done", words="换了管")
    assert answer.status_code == 409
    assert "still at work: Lift care" in answer.content.decode()
    assert case_of(led).state == "in_hand"
    do(signed_in("lifter"), led, "declare", declared="done", words="电梯已恢复")
    case = case_of(led)
    assert (case.state, case.outcomes.count()) == ("in_hand", 0)
    assert Task.objects.get(role="help").declared == "done"
    do(signed_in("worker"), led, "declare", declared="done", words="换了管")
    assert case_of(led).state == "answered"
    assert case_of(led).outcomes.get().unit_id == "water-e"


def test_one_that_is_not_needed_is_called_off_by_the_answer(signed_in, led):
    task = call_in(signed_in, led, "lifts", needed="")
    do(signed_in("worker"), led, "declare", declared="done", words="换了管")
    task.refresh_from_db()
    assert (case_of(led).state, task.state) == ("answered", "withdrawn")


def test_a_later_task_is_not_seen_before_its_turn_and_begins_when_the_earlier_is_done(
    signed_in, led
):
    first = call_in(signed_in, led, "lifts")
    second = call_in(signed_in, led, "order", "清扫路面", after=[first.pk])
    assert second.state == "planned"
    do(signed_in("lifter"), led, "declare", declared="done", words="好了")
    second.refresh_from_db()
    assert second.state == "offered"
    assert case_of(led).steps.get(verb="start").unit_id == "order"
    kinds = set(JournalLine.objects.values_list("kind", flat=True))
    assert {"cases.TaskAdded", "cases.TaskDone", "cases.TaskStarted"} <= kinds


def test_a_planned_unit_does_not_see_the_case(signed_in, led):
    first = call_in(signed_in, led, "order")
    call_in(signed_in, led, "lifts", after=[first.pk])
    assert signed_in("lifter").get(f"/cases/{led}/").status_code == 404
    assert do(signed_in("lifter"), led, "accept").status_code == 404


def test_given_back_the_next_waits_until_somebody_takes_its_place(signed_in, led, small_city):
    first = call_in(signed_in, led, "lifts")
    second = call_in(signed_in, led, "order", after=[first.pk])
    do(signed_in("lifter"), led, "return", reason="not_ours", words="不是电梯")
    case = case_of(led)
    assert (case.state, case.returned, case.unit_id) == ("in_hand", 0, "water-e")
    second.refresh_from_db()
    assert second.state == "planned"
    third = call_in(signed_in, led, "water", replaces=first.pk)
    do(signed_in("lead"), led, "declare", declared="done", words="好了", on_task=third.pk)
    second.refresh_from_db()
    assert second.state == "offered"


def test_what_is_impossible_holds_the_next_and_calling_off_lets_it_go(signed_in, led):
    first = call_in(signed_in, led, "lifts")
    second = call_in(signed_in, led, "order", after=[first.pk])
    do(signed_in("lifter"), led, "declare", declared="not_possible", words="没有钥匙")
    second.refresh_from_db()
    assert second.state == "planned"
    do(signed_in("dispatcher"), led, "call_off", task=second.pk, words="不必了")
    do(signed_in("worker"), led, "declare", declared="done", words="换了管")
    assert case_of(led).state == "answered"


def test_calling_off_the_earlier_begins_the_later(signed_in, led):
    first = call_in(signed_in, led, "lifts")
    second = call_in(signed_in, led, "order", after=[first.pk])
    do(signed_in("dispatcher"), led, "call_off", task=first.pk, words="不必了")
    second.refresh_from_db()
    assert second.state == "offered"
    assert signed_in("lifter").get(f"/cases/{led}/").status_code == 404


def test_nothing_waits_for_the_lead_and_the_lead_needs_no_second_task(system, signed_in, led):
    lead = Task.objects.get()
    said = {"unit": "lifts", "words": "x", "after": [lead.pk]}
    answer = system("dispatch").post(
        f"/api/cases/{led}/call_in", said, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "after")
    browser = signed_in("dispatcher")
    answer = do(browser, led, "call_in", unit="water-e", words="x")
    assert answer.status_code == 422
    assert "works on this case already" in answer.content.decode()


def test_a_new_lead_keeps_the_helpers(signed_in, led):
    call_in(signed_in, led, "lifts")
    do(signed_in("dispatcher"), led, "dispatch", unit="order")
    assert set(Task.objects.values_list("unit_id", "role", "state")) == {
        ("water-e", "lead", "withdrawn"),
        ("lifts", "help", "offered"),
        ("order", "lead", "offered"),
    }


def test_a_helper_made_lead_has_one_task(signed_in, led):
    call_in(signed_in, led, "lifts")
    do(signed_in("dispatcher"), led, "dispatch", unit="lifts")
    assert Task.objects.filter(unit_id="lifts", ended_at=None).get().role == "lead"


def test_when_the_lead_gives_back_the_helpers_stand_still(signed_in, led):
    call_in(signed_in, led, "lifts")
    do(signed_in("worker"), led, "return", reason="not_ours", words="不是水务")
    assert case_of(led).state == "open"
    assert do(signed_in("lifter"), led, "accept").status_code == 409
    assert led not in signed_in("lifter").get("/cases/mine/").content.decode()
    do(signed_in("dispatcher"), led, "dispatch", unit="water")
    assert led in signed_in("lifter").get("/cases/mine/").content.decode()


def test_the_accused_unit_is_never_called_in(signed_in, reported, small_city):
    number = reported(type="conduct", about_unit="water").number
    do(signed_in("supervisor"), number, "dispatch", unit="lifts")
    answer = do(signed_in("supervisor"), number, "call_in", unit="water-e", words="x")
    assert answer.status_code == 422
    assert Task.objects.count() == 1


def test_one_head_of_two_units_acts_for_the_lead_unless_the_task_is_named(signed_in, led):
    task = call_in(signed_in, led, "water")
    do(signed_in("lead"), led, "accept")
    assert Task.objects.get(role="lead").state == "accepted"
    do(signed_in("lead"), led, "accept", on_task=task.pk)
    task.refresh_from_db()
    assert task.state == "accepted"


def test_by_other_systems(system, signed_in, led):
    desk: Client = system("dispatch", "work")
    path = f"/api/cases/{led}/call_in"
    said = {"unit": "lifts", "words": "关停电梯"}
    first = desk.post(path, said, content_type="application/json").json()
    later = desk.post(path, {"unit": "order", "words": "清扫", "after": [first["task"]]},
                      content_type="application/json").json()  # fmt: skip
    assert (first["state"], later["state"]) == ("offered", "planned")
    rows = {row["unit"]: row for row in desk.get("/api/tasks").json()}
    assert set(rows) == {"water-e", "lifts"}
    assert (rows["lifts"]["role"], rows["lifts"]["todo"]) == ("help", "关停电梯")
    desk.post(f"/api/cases/{led}/call_off", {"task": first["task"], "words": "不必"},
              content_type="application/json")  # fmt: skip
    assert {row["unit"] for row in desk.get("/api/tasks").json()} == {"water-e", "order"}
    assert system("work").post(path, said, content_type="application/json").status_code == 403


@pytest.mark.parametrize("said", [{"after": [2**63]}, {"after": [-(2**70)]}, {"replaces": 2**63}])
def test_a_number_that_no_task_can_have_is_refused(system, led, said):
    whole = {"unit": "lifts", "words": "x"} | said
    path, kind = f"/api/cases/{led}/call_in", "application/json"
    answer = system("dispatch").post(path, whole, content_type=kind)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_speaks_chinese(signed_in, led):
    call_in(signed_in, led, "lifts")
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{led}/").content.decode()
    assert "牵头" in page
    assert "协办" in page
