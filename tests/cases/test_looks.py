"""Who read masked words is written down, cheaply, shown to those who may know, and forgotten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import CAST, NOW
from tests.cases.walking import case_of, do

from gongbi.cases import looks
from gongbi.cases.models import Look
from gongbi.cases.public import held, run_due


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test as a process that has just begun."""
    looks._known.clear()


def told():
    return {(one.reader.partition(":")[0], one.page, one.unit) for one in Look.objects.all()}


def writes(call):
    with CaptureQueriesContext(connection) as seen:
        call()
    return [one["sql"] for one in seen if "cases_look" in one["sql"] and "INSERT" in one["sql"]]


def test_each_page_with_words_is_one_row_an_hour(signed_in, reported, small_city):
    number = reported().number
    browser = signed_in("dispatcher")
    browser.get(f"/cases/{number}/")
    browser.get(f"/cases/{number}/")
    browser.get("/cases/")
    assert told() == {("person", "case", "centre"), ("person", "list", "centre")}
    assert Look.objects.count() == 2
    assert Look.objects.get(page="case").hour == NOW.replace(minute=0)
    small_city.clock.now = NOW + timedelta(hours=1)
    browser.get(f"/cases/{number}/")
    assert Look.objects.filter(page="case").count() == 2


def test_a_list_that_fetches_itself_writes_nothing_more(
    signed_in, reported, django_capture_on_commit_callbacks
):
    for n in range(5):
        reported(reference=f"r-{n}")
    browser = signed_in("dispatcher")
    browser.get("/cases/")  # whatever is asked once a process
    Look.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        first = writes(lambda: browser.get("/cases/"))
    assert len(first) == 1, "one statement for the whole list"
    assert Look.objects.count() == 5
    assert writes(lambda: browser.get("/cases/", headers={"HX-Target": "queue"})) == []
    new = reported(reference="new").number
    assert len(writes(lambda: browser.get("/cases/"))) == 1
    assert Look.objects.filter(case=case_of(new).uuid).count() == 1


def test_another_process_writes_the_same_row_and_nothing_changes(signed_in, reported):
    number = reported().number
    signed_in("dispatcher").get(f"/cases/{number}/")
    looks._known.clear()
    signed_in("dispatcher").get(f"/cases/{number}/")
    assert Look.objects.count() == 1


def test_what_was_taken_back_is_not_remembered(signed_in, reported):
    from django.db import transaction

    case = case_of(reported().number)
    reader = looks.Actor("person", "7")
    with pytest.raises(RuntimeError), transaction.atomic():
        looks.note_looks(reader, "case", [case])
        raise RuntimeError
    assert not Look.objects.exists()
    looks.note_looks(reader, "case", [case])
    assert Look.objects.count() == 1


def test_the_hour_s_memory_ends_with_the_hour(reported, small_city):
    hour = NOW.replace(minute=0)
    case = case_of(reported().number).uuid
    looks._remember({(case, hour, "person:1", "case")}, hour)
    looks._remember(
        {(case, hour + timedelta(hours=1), "person:1", "case")}, hour + timedelta(hours=1)
    )
    assert {at for _case, at, _reader, _page in looks._known} == {hour + timedelta(hours=1)}


def test_every_way_words_are_shown_is_noted(signed_in, reported, system):
    number = reported().number
    system("dispatch").get("/api/queue")
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("worker"), number, "accept")
    signed_in("worker").get("/cases/mine/")
    system("work").get("/api/tasks")
    signed_in("dispatcher").post("/search/", {"q": "水管爆"})
    Look.objects.filter(page="case").delete()
    assert {("application", "api", ""), ("person", "mine", "water-e"),
            ("person", "search", "centre")} <= told()  # fmt: skip


def test_a_machine_s_words_are_nobody_s(signed_in, small_city):
    from tests.cases.conftest import signal

    from gongbi.cases.public import receive_signal

    number = receive_signal(signal(source="alert", reference="a-1", level=3)).number
    signed_in("dispatcher").get(f"/cases/{number}/")
    assert not Look.objects.exists()


def test_who_may_not_see_leaves_no_trace_and_reads_nothing(signed_in, reported):
    number = reported().number
    assert signed_in("lifter").get(f"/cases/{number}/").status_code == 404
    assert not Look.objects.exists()


def test_the_resident_is_told_by_unit_and_never_by_name(signed_in, reported):
    receipt = reported()
    signed_in("dispatcher").get(f"/cases/{receipt.number}/")
    said = held(receipt.follow_token, "command:test")["read_by"]
    assert {"at": NOW.isoformat(), "what": "masked:case", "by": "person", "unit": "centre"} in said
    assert "某" not in str(said)
    assert any(one["what"] == "cases.ReporterSeen" for one in said)


def test_the_resident_is_told_of_the_case_theirs_was_merged_into(signed_in, reported):
    kept, gone = reported(), reported(reference="other")
    do(signed_in("dispatcher"), gone.number, "merge", into=kept.number)
    Look.objects.all().delete()
    looks._known.clear()
    signed_in("officer").get(f"/cases/{kept.number}/")
    said = held(gone.follow_token, "command:test")["read_by"]
    assert [one["what"] for one in said if one["what"].startswith("masked")] == ["masked:case"]


def test_supervisors_see_who_has_read(signed_in, reported):
    number = reported().number
    signed_in("dispatcher").get(f"/cases/{number}/")
    signed_in("dispatcher").post(f"/cases/{number}/reporter")
    page = signed_in("supervisor").get(f"/cases/{number}/").content.decode()
    assert f"/cases/{number}/readers" in page
    readers = signed_in("supervisor").get(f"/cases/{number}/readers").content.decode()
    assert "dispatcher 某" in readers
    assert "on the case, masked" in readers
    assert "unmasked, with the contact" in readers
    assert "184 days" in readers
    chinese = signed_in("supervisor", "zh-hans").get(f"/cases/{number}/readers").content.decode()
    assert "未遮盖，含联系方式" in chinese


def test_who_may_see_the_readers(signed_in, reported):
    number = reported().number
    sees = {"dispatcher", "supervisor", "officer", "clerk", "referee"}
    for name in ["", *CAST]:
        answer = signed_in(name).get(f"/cases/{number}/readers").status_code
        wanted = 200 if name == "supervisor" else 403 if name in sees else 404
        assert answer == (wanted if name else 302), name


def test_the_readers_cost_is_fixed(signed_in, reported, django_assert_max_num_queries):
    number = reported().number
    case = case_of(number)
    browser = signed_in("supervisor")
    for n in range(60):
        Look.objects.create(
            case=case.uuid, reader=f"application:crew-{n}", unit="centre", page="case",
            hour=NOW - timedelta(hours=n),
        )  # fmt: skip
    browser.get(f"/cases/{number}/readers")
    with django_assert_max_num_queries(12):
        browser.get(f"/cases/{number}/readers")


def test_after_half_a_year_they_are_forgotten(signed_in, reported):
    number = reported().number
    signed_in("dispatcher").get(f"/cases/{number}/")
    run_due(NOW + timedelta(days=183))
    assert Look.objects.exists()
    run_due(NOW + timedelta(days=185))
    assert not Look.objects.exists()
