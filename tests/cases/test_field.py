"""What was done without a signal is sent later: once each, in order, told when too late."""

import socket
from datetime import timedelta

import pytest
from tests.cases.conftest import CAST, NOW
from tests.cases.walking import case_of, do, picture

from gongbi.cases.models import DoneOnce, Note, Photo, Step

SYNC = "/cases/mine/sync"


@pytest.fixture
def task(signed_in, reported):
    """A burst pipe in the hands of East water."""
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    return case_of(number).tasks.get()


@pytest.fixture
def send(signed_in, task):
    """Send one thing done as the worker's phone does."""
    phone = signed_in("worker")

    def sent(verb, id_, photo=None, **said):
        form = {"verb": verb, "action_id": f"phone-{id_:06d}", "on_task": task.pk, **said}
        if photo:
            from django.core.files.uploadedfile import SimpleUploadedFile

            form["photo"] = SimpleUploadedFile("x.jpg", photo, content_type="image/jpeg")
        return phone.post(SYNC, form)

    return sent


def test_a_day_without_a_signal_is_sent_in_order(send, task):
    assert send("accept", 1).json()["state"] == "accepted"
    assert send("arrive", 2).json()["state"] == "on_site"
    assert send("note", 3, picture("blue"), words="旧管锈蚀").status_code == 200
    done = send("declare", 4, picture("green"), declared="done", words="换了新管")
    assert done.json()["state"] == "done"
    case = case_of(task.case.number)
    assert case.state == "answered"
    kinds = sorted(Photo.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds == ["after", "before"]


def test_sent_twice_is_done_once(send, task):
    first, again = send("accept", 1), send("accept", 1)
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert Step.objects.filter(case=task.case, verb="accept").count() == 1
    send("note", 2, words="一句")
    send("note", 2, words="一句")
    assert Note.objects.count() == 1


def test_an_id_means_one_act(send):
    send("accept", 1)
    answer = send("arrive", 1)
    assert (answer.status_code, answer.json()["field"]) == (422, "Gongbi-Action-Id")


def test_too_late_is_told_and_nothing_is_changed(send, task, signed_in):
    do(signed_in("dispatcher"), task.case.number, "dispatch", unit="lifts", words="x")
    answer = send("declare", 1, declared="done", words="换了新管")
    assert answer.status_code == 404
    assert "still in this phone" in answer.json()["error"]
    assert case_of(task.case.number).unit_id == "lifts"
    assert not DoneOnce.objects.exists()


def test_two_of_a_unit_did_the_same(send, task, signed_in):
    do(signed_in("lead"), task.case.number, "accept")
    answer = send("accept", 1)
    assert answer.status_code == 409
    assert "accepted" in answer.json()["error"]
    assert send("note", 2, words="我也在现场").status_code == 200  # kept as a note instead


def test_what_lacks_is_said_and_can_be_sent_again(send):
    send("accept", 1)
    lacking = send("declare", 2, declared="done", words="")
    assert (lacking.status_code, lacking.json()["field"]) == (422, "words")
    assert send("declare", 2, declared="done", words="修好").status_code == 200


def test_the_phones_time_stands_beside_the_citys(send, task, small_city, signed_in):
    small_city.clock.now = NOW + timedelta(hours=8)
    send("accept", 1, did_at=(NOW + timedelta(minutes=10)).isoformat())
    step = Step.objects.get(case=task.case, verb="accept")
    assert step.at == NOW + timedelta(hours=8)
    assert step.why["did_at"] == "2026-11-24T02:10+00:00"
    page = signed_in("dispatcher").get(f"/cases/{task.case.number}/").content.decode()
    assert "done without a signal at" in page
    assert "10:10" in page


@pytest.mark.parametrize("did_at", ["", "yesterday", "2026-11-24T02:10", "2031-01-01T00:00+00:00",
                                    "2020-01-01T00:00+00:00"])  # fmt: skip
def test_a_clock_that_cannot_be_is_not_believed(send, task, did_at):
    send("accept", 1, did_at=did_at)
    assert "did_at" not in Step.objects.get(case=task.case, verb="accept").why


@pytest.mark.parametrize("said", [{"verb": "cancel"}, {"on_task": "x"}, {"on_task": "9" * 30}])
def test_nonsense_is_refused(signed_in, task, said):
    form = {"verb": "accept", "action_id": "phone-000001", "on_task": task.pk} | said
    assert signed_in("worker").post(SYNC, form).status_code == 422


MAY = {"worker": 200, "lead": 200, "lifter": 404}


@pytest.mark.parametrize("name", ["", *CAST])
def test_who_may(signed_in, task, name):
    form = {"verb": "accept", "action_id": "phone-000001", "on_task": task.pk}
    answer = signed_in(name).post(SYNC, form)
    assert answer.status_code == (MAY.get(name, 403) if name else 302)
    assert case_of(task.case.number).tasks.get().state == (
        "accepted" if MAY.get(name) == 200 else "offered"
    )


def test_the_helper_of_the_page_is_no_secret_and_never_kept_stale(signed_in):
    answer = signed_in("").get("/cases/mine/worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"


@pytest.mark.django_db(transaction=True)
def test_a_line_cut_amid_a_photo_changes_nothing(live_server, loaded, clock):
    """The body never ends: the act is not done, and sent again under its id it is."""
    from django.test import Client
    from tests.cases.conftest import make_cast, signal

    from gongbi.cases import public

    people = make_cast()
    number = public.receive_signal(signal()).number
    boss, phone = Client(), Client()
    boss.force_login(people["dispatcher"], "django.contrib.auth.backends.ModelBackend")
    phone.force_login(people["worker"], "django.contrib.auth.backends.ModelBackend")
    do(boss, number, "accept_suggestion")
    task = case_of(number).tasks.get()
    form = {"verb": "note", "action_id": "phone-000001", "on_task": str(task.pk), "words": "一句"}
    host, port = live_server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        head = (
            f"POST {SYNC} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 100000\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n"
            f"Cookie: sessionid={phone.cookies['sessionid'].value}\r\n\r\n"
        )
        line.sendall(head.encode() + b'--b\r\nContent-Disposition: form-data; name="verb"\r\n\r\n')
    assert not Note.objects.exists()
    assert phone.post(SYNC, form).status_code == 200
    assert phone.post(SYNC, form).json()["repeated"] is True
    assert Note.objects.count() == 1


def test_a_stage_reached_earlier_is_not_written_over_a_later_one(
    send, task, small_city, signed_in
):
    send("accept", 1)
    small_city.clock.now = NOW + timedelta(hours=2)
    do(signed_in("lead"), task.case.number, "stage", stage="mended")
    small_city.clock.now = NOW + timedelta(hours=3)
    answer = send("stage", 2, stage="found", did_at=(NOW + timedelta(minutes=30)).isoformat())
    assert answer.status_code == 409
    assert "mended" in answer.json()["error"]
    assert case_of(task.case.number).stage == "mended"


def test_two_stages_reached_without_a_signal_come_in_their_order(send, task, small_city):
    send("accept", 1)
    small_city.clock.now = NOW + timedelta(hours=3)
    for number, stage in enumerate(("found", "mended"), start=2):
        did_at = (NOW + timedelta(minutes=10 * number)).isoformat()
        assert send("stage", number, stage=stage, did_at=did_at).status_code == 200
    assert case_of(task.case.number).stage == "mended"
