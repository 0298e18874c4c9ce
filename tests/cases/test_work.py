"""A unit's work: accept, arrive, return, declare."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do, picture

from gongbi.cases.models import Outcome, Task


@pytest.fixture
def in_hand(signed_in, reported):
    """A case that waits for East water."""

    def send(**changes):
        number = reported(**changes).number
        do(signed_in("dispatcher"), number, "accept_suggestion")
        return number

    return send


def test_accept_keeps_the_first_promise_and_names_the_handler(signed_in, in_hand, small_city):
    number = in_hand()
    small_city.clock.now = NOW + timedelta(minutes=10)
    do(signed_in("worker"), number, "accept")
    case, task = case_of(number), Task.objects.get()
    assert (task.state, task.handler.username) == ("accepted", "worker")
    first = case.deadlines.get(kind="first_contact")
    assert (first.ended_as, first.ended_at) == ("met", small_city.clock.now)
    assert case.due_at == NOW + timedelta(hours=4)


def test_a_late_acceptance_is_late(signed_in, in_hand, small_city):
    number = in_hand()
    small_city.clock.now = NOW + timedelta(hours=1)
    do(signed_in("worker"), number, "accept")
    first = case_of(number).deadlines.get(kind="first_contact")
    assert (first.ended_as, first.missed_at) == ("late", NOW + timedelta(minutes=30))


def test_accepting_twice_is_told(signed_in, in_hand):
    number, worker = in_hand(), signed_in("worker")
    do(worker, number, "accept")
    answer = do(worker, number, "accept")
    assert answer.status_code == 409
    assert "already “accepted”" in answer.content.decode()


def test_arriving_accepts(signed_in, in_hand):
    number = in_hand()
    do(signed_in("worker"), number, "arrive")
    task = Task.objects.get()
    assert (task.state, task.accepted_at, task.arrived_at) == ("on_site", NOW, NOW)
    assert case_of(number).state == "in_hand"


def test_returning_needs_a_reason_and_a_sentence(signed_in, in_hand):
    number, worker = in_hand(), signed_in("worker")
    assert do(worker, number, "return", reason="not_ours", words=" ").status_code == 422
    assert do(worker, number, "return", reason="tired", words="no").status_code == 422
    sent = do(worker, number, "return", reason="not_ours", words="是燃气")
    assert (sent.status_code, sent["Location"]) == (302, "/cases/mine/")
    case = case_of(number)
    assert (case.state, case.unit_id, case.suggested_unit_id, case.returned) == (
        "open", None, None, 1,
    )  # fmt: skip
    assert Task.objects.get().state == "returned"
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "returned with a reason · East water · not ours to do" in page
    assert "是燃气" in page
    assert worker.get(f"/cases/{number}/").status_code == 404


def test_done_goes_to_the_resident_not_to_closed(signed_in, in_hand):
    number = in_hand()
    do(signed_in("worker"), number, "declare", declared="done", words="换了阀门")
    case = case_of(number)
    assert (case.state, case.closed_at) == ("answered", None)
    assert set(case.deadlines.values_list("ended_as", flat=True)) == {"met"}
    outcome = Outcome.objects.get()
    assert (outcome.declared, outcome.verdict.said) == ("done", "")
    assert "换了阀门" in signed_in("supervisor").get(f"/cases/{number}/").content.decode()


def test_an_alert_has_nobody_to_ask_and_closes_as_declared(signed_in, in_hand):
    number = in_hand(source="alert", words="", contact="")
    do(signed_in("worker"), number, "declare", declared="not_possible", words="sensor broken")
    case = case_of(number)
    assert (case.state, case.ended_as) == ("closed", "not_possible")


def test_a_type_that_does_not_ask_closes_as_declared(signed_in, in_hand):
    number = in_hand(type="advice")
    do(signed_in("dispatcher"), number, "dispatch", unit="lifts")
    do(signed_in("lifter"), number, "declare", declared="done", words="answered")
    assert (case_of(number).state, case_of(number).ended_as) == ("closed", "done")


def test_a_photo_is_needed_where_the_type_says_so(signed_in, in_hand):
    number = in_hand(type="stall")
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    worker = signed_in("worker")
    answer = do(worker, number, "declare", declared="done", words="gone")
    assert answer.status_code == 422
    assert "needs a photo" in answer.content.decode()
    photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    assert (
        do(worker, number, "declare", declared="done", words="gone", photo=photo).status_code
        == 302
    )
    assert case_of(number).photos.get().kind == "after"
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert ">Photo taken afterwards</span>" in page


def test_the_lead_gives_the_task_to_one_of_the_unit(signed_in, reported, small_city):
    number = reported(place="xx-w", lon=None, lat=None).number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    lead = small_city.people["lead"]
    assert do(signed_in("lead"), number, "assign", handler=str(lead.pk)).status_code == 302
    assert Task.objects.get().handler == lead
    stranger = small_city.people["lifter"]
    assert do(signed_in("lead"), number, "assign", handler=str(stranger.pk)).status_code == 422


def test_my_tasks_shows_what_the_unit_owes_and_the_fragment_equals_a_reload(signed_in, in_hand):
    from tests.cases.walking import same

    number = in_hand()
    worker = signed_in("worker")
    whole = worker.get("/cases/mine/").content.decode()
    part = worker.get("/cases/mine/", headers={"HX-Target": "tasks"}).content.decode()
    assert same(part) in same(whole)
    assert number in whole
    assert "笔架里3号门口水管爆了" in whole
    assert "13812345678" not in whole
    assert "李娜" not in whole
    assert number not in signed_in("lifter").get("/cases/mine/").content.decode()


def test_from_the_phone_and_back_to_the_phone(signed_in, in_hand):
    number = in_hand()
    answer = do(signed_in("worker"), number, "accept", next="/cases/mine/")
    assert answer["Location"] == "/cases/mine/"
    answer = do(signed_in("worker"), number, "arrive", next="https://evil.example/")
    assert answer["Location"] == f"/cases/{number}/"
