"""Types as data: filing, stages, fields, words for the reporter; a case keeps its version."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do, picture

from gongbi.cases.following import token_of
from gongbi.cases.public import follow, give_verdict, run_due
from gongbi.core.packs import load_pack


@pytest.fixture
def hole(signed_in, reported):
    number = reported(type="hole", words="路面坑洞").number
    do(signed_in("dispatcher"), number, "file")
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    return number


def test_some_kinds_are_filed_before_they_are_sent(signed_in, reported):
    number = reported(type="hole", words="路面坑洞").number
    dispatcher = signed_in("dispatcher")
    answer = do(dispatcher, number, "dispatch", unit="water-e")
    assert answer.status_code == 409
    assert "please file it" in answer.content.decode()
    page = dispatcher.get(f"/cases/{number}/").content.decode()
    assert f"/cases/{number}/do/file" in page
    assert f"/cases/{number}/do/dispatch" not in page
    do(dispatcher, number, "file")
    assert do(dispatcher, number, "dispatch", unit="water-e").status_code == 302
    assert do(dispatcher, number, "file").status_code == 409


def test_three_promises_with_the_rule_that_set_each(reported):
    case = case_of(reported(type="hole", words="路面坑洞").number)
    due = {row.kind: (row.due_at.isoformat(), row.rule) for row in case.deadlines.all()}
    assert due == {
        "first_contact": ("2026-11-24T09:30:00+00:00", "type:hole@1"),
        "on_site": ("2026-11-25T09:30:00+00:00", "type:hole@1"),
        "solve": ("2026-12-01T09:30:00+00:00", "type:hole@1"),
    }


def test_being_there_keeps_the_promise_to_come(signed_in, hole):
    do(signed_in("worker"), hole, "accept")
    assert case_of(hole).deadlines.get(kind="on_site").ended_at is None
    do(signed_in("worker"), hole, "arrive")
    assert case_of(hole).deadlines.get(kind="on_site").ended_as == "met"


def test_done_from_the_desk_is_no_visit(signed_in, hole):
    said = {"declared": "not_possible", "words": "属铁路用地"}
    do(signed_in("worker"), hole, "declare", **said)
    assert case_of(hole).deadlines.get(kind="on_site").ended_as == "dropped"


def test_stages_show_as_progress_to_the_city_and_to_the_reporter(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    worker = signed_in("worker")
    assert do(worker, receipt.number, "stage", stage="flown").status_code == 422
    do(worker, receipt.number, "accept")
    assert do(worker, receipt.number, "stage", stage="found").status_code == 302
    page = worker.get(f"/cases/{receipt.number}/").content.decode()
    assert '<li class="stage-now" aria-current="step">Leak found</li>' in page
    assert '<li class="stage-later">Pipe mended</li>' in page
    assert "progress: Leak found" in page
    steps = follow(receipt.follow_token).steps
    assert any("Leak found" in step.what or "找到漏点" in step.what for step in steps)
    said = next(step.words for step in steps if "accepted" in step.what or "接单" in step.what)
    assert said in ("The crew is on its way.", "抢修队已出发。")


def test_fields_are_asked_when_it_is_done_and_kept_by_code(signed_in, hole):
    worker = signed_in("worker")
    photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    said = {"declared": "done", "words": "补好了"}
    assert 'name="field_holes"' in worker.get(f"/cases/{hole}/").content.decode()
    answer = do(worker, hole, "declare", photo=photo, **said)
    assert answer.status_code == 422
    assert "Please fill in: Holes." in answer.content.decode()
    answer = do(worker, hole, "declare", field_holes=900, field_how="asked", **said)
    assert answer.status_code == 422
    do(worker, hole, "declare", field_holes=3, field_how="fined", **said)
    assert case_of(hole).values == {"holes": 3, "how": "fined"}
    page = signed_in("dispatcher").get(f"/cases/{hole}/").content.decode()
    assert "<dt>Holes</dt><dd>3</dd>" in page
    assert "<dt>How</dt><dd>fined</dd>" in page


def test_what_was_filled_in_survives_another_type_and_stands_on_the_page(signed_in, hole):
    said = {"declared": "done", "words": "补好了", "field_holes": 3, "field_how": "fined"}
    do(signed_in("worker"), hole, "declare", **said)
    case = case_of(hole)
    run_due(NOW)
    give_verdict(token_of(case.signals.get().uuid), False, "")
    dispatcher = signed_in("dispatcher")
    assert do(dispatcher, hole, "sort", type="stall").status_code == 302
    assert case_of(hole).values == {"holes": 3, "how": "fined"}
    page = dispatcher.get(f"/cases/{hole}/").content.decode()
    assert "<dt>Holes</dt><dd>3</dd>" in page
    assert "<dt>How</dt><dd>fined</dd>" in page
    assert do(dispatcher, hole, "sort", type="hole").status_code == 302
    do(dispatcher, hole, "dispatch", unit="water-e")
    form = signed_in("worker").get(f"/cases/{hole}/").content.decode()
    (field,) = re.findall(r'<input[^>]*name="field_holes"[^>]*>', form)
    assert 'value="3' in field


def test_the_code_of_a_standard_stands_on_the_page(signed_in, hole, reported):
    for language, label in (("en", "Code of a standard"), ("zh-hans", "标准代码")):
        page = signed_in("dispatcher", language).get(f"/cases/{hole}/").content.decode()
        assert label in page
        assert "X-17" in page
    page = signed_in("dispatcher").get(f"/cases/{reported().number}/").content.decode()
    assert "Code of a standard" not in page


def test_what_is_not_possible_asks_no_fields(signed_in, hole):
    do(signed_in("worker"), hole, "declare", declared="not_possible", words="x")
    assert case_of(hole).state == "answered"


def test_fields_and_stages_on_the_phone(signed_in, hole, reported):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    for one in (hole, number):
        do(signed_in("worker"), one, "accept")
    page = signed_in("worker", "zh-hans").get("/cases/mine/").content.decode()
    assert "坑洞数" in page
    assert "找到漏点" in page


def test_by_other_systems(system, signed_in, hole):
    desk = system("work")
    (task,) = desk.get("/api/tasks").json()
    assert [one["code"] for one in task["fields"]] == ["holes", "how"]
    path = f"/api/tasks/{task['id']}"
    said = {"declared": "done", "words": "x", "fields": {"holes": "many"}}
    signed_in("worker").post(f"/cases/{hole}/do/note", {
        "photo": SimpleUploadedFile("a.jpg", picture(), "image/jpeg"),
    })  # fmt: skip
    refused = desk.post(f"{path}/done", said, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) in ((422, "field_holes"), (422, "photo"))
    assert (
        desk.post(f"{path}/stage", {"stage": "x"}, content_type="application/json").status_code
        == 422
    )


def test_a_case_keeps_the_fields_it_was_opened_under(signed_in, hole, pack_folder):
    file = pack_folder / "case_types.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('{code = "holes"', '{code = "pits"', 1), "utf-8")
    load_pack(pack_folder, by="test")
    case = case_of(hole)
    assert [one["code"] for one in case.type.fields] == ["holes", "how"]
    assert not case.type.in_force
    assert case.type.codes == {"national": "X-17"}
