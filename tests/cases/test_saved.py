"""Lists that somebody keeps, and a list taken out as a file."""

import csv
import io
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import CAST, signal
from tests.cases.test_permissions import register as lamp
from tests.cases.walking import do

from gongbi.cases import exporting
from gongbi.cases.following import token_of
from gongbi.cases.models import Case, SavedView
from gongbi.cases.public import give_verdict, receive_signals, run_due
from gongbi.core.models import JournalLine


def keep(browser, name="Late in the east", query="state=live&place=xx-e&overdue=1", **said):
    return browser.post("/cases/views/save", {"name": name, "query": query, **said})


@pytest.fixture
def take_out(small_city):
    """The file as somebody of the cast gets it: (status, rows)."""

    def take(name: str, query: str = "", language: str = "en"):
        client = AsyncClient(headers={"accept-language": language})
        client.cookies["django_language"] = language

        async def whole():
            if name:
                await client.aforce_login(
                    small_city.people[name], "django.contrib.auth.backends.ModelBackend"
                )
            answer = await client.get(f"/cases/export.csv{query}")
            if not answer.streaming:
                return answer.status_code, []
            body = b"".join([part async for part in answer.streaming_content])
            return answer.status_code, list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))

        return async_to_sync(whole)()

    return take


def test_a_list_is_kept_with_what_it_holds_now(signed_in, reported, small_city):
    reported()
    browser = signed_in("dispatcher")
    assert keep(browser).url == "/cases/?state=live&place=xx-e&overdue=1"
    [view] = browser.get("/cases/").context["kept_views"]
    assert (view.name, view.count, view.mine) == ("Late in the east", 0, True)
    small_city.clock.now += timedelta(hours=1)
    [view] = browser.get("/cases/").context["kept_views"]
    assert view.count == 1
    keep(browser, query="state=open&nonsense=1&page=7")
    assert SavedView.objects.get().query == "state=open"
    whole = "state=live&type=stall&unit=water&source=hotline&priority=3"
    keep(browser, query=f"{whole}&priority=9")
    assert SavedView.objects.get().query == whole.removesuffix("&priority=3")
    keep(browser, query=whole)
    assert SavedView.objects.get().query == whole


def test_who_sees_and_removes_a_kept_list(signed_in, reported):
    keep(signed_in("dispatcher"), name="mine")
    keep(signed_in("dispatcher"), name="ours", unit="1")
    for name in CAST:
        if name == "stranger":
            assert keep(signed_in(name)).status_code == 403
            continue
        seen = {view.name for view in signed_in(name).get("/cases/").context["kept_views"]}
        ours = CAST[name][1] == "centre"
        own = {"mine"} if name == "dispatcher" else set()
        assert seen == own | ({"ours"} if ours else set()), name
    view = SavedView.objects.get(name="ours")
    assert signed_in("supervisor").post(f"/cases/views/{view.pk}/remove").status_code == 404
    assert signed_in("").post(f"/cases/views/{view.pk}/remove").status_code == 302
    assert signed_in("dispatcher").post(f"/cases/views/{view.pk}/remove").status_code == 302
    assert not SavedView.objects.filter(name="ours").exists()


def test_counts_stop_at_a_thousand(signed_in, small_city, monkeypatch):
    monkeypatch.setattr("gongbi.cases.views.worklist.MOST_COUNTED", 3)
    receive_signals([signal(reference=f"k-{n}") for n in range(5)])
    page = signed_in("dispatcher").get("/cases/")
    assert page.context["page"].count == 3
    assert "3+ here" in page.content.decode()


def test_the_file_is_the_list_whole_and_nobody_s_words(
    take_out, signed_in, small_city, monkeypatch
):
    monkeypatch.setattr(exporting, "ROWS_A_CHUNK", 3)
    taken = receive_signals([signal(reference=f"e-{n}") for n in range(8)])
    do(signed_in("dispatcher"), taken[2].number, "accept_suggestion")
    status, rows = take_out("dispatcher", "?state=live")
    assert (status, len(rows)) == (200, 9)
    assert {row[0] for row in rows[1:]} == {one.number for one in taken}
    assert rows[0][:3] == ["Number", "Type", "Type, code"]
    assert "水管" not in str(rows)
    assert "1381234" not in str(rows)
    assert [row[0] for row in take_out("dispatcher", "?state=in_hand")[1][1:]] == [taken[2].number]
    assert take_out("dispatcher", language="zh-hans")[1][1][1] == "水管爆裂"
    lines = JournalLine.objects.filter(kind="cases.CasesExported").order_by("pk")
    assert [line.body["filter"] for line in lines] == ["state=live", "state=in_hand", ""]


def test_the_file_follows_the_filters_and_says_what_became_of_each(
    take_out, signed_in, reported, small_city
):
    lamp()
    hole = reported(type="hole", words="路面坑洞", lon=122.941, lat=30.201).number
    done = reported(asset="lamp:1").number
    do(signed_in("dispatcher"), done, "accept_suggestion")
    do(signed_in("worker"), done, "declare", declared="done", words="好了")
    run_due(small_city.clock.now)
    follow = Case.objects.get(number=done).signals.get()
    give_verdict(token_of(follow.uuid), solved=False)
    head, *rows = take_out("dispatcher", "?state=live")[1]
    by_number = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(by_number) == {hole, done}
    assert by_number[hole]["National codes"] == "national X-17"
    assert (by_number[hole]["Longitude"], by_number[hole]["Latitude"]) == ("122.941", "30.201")
    assert (by_number[hole]["Declared"], by_number[hole]["Verdict"]) == ("", "")
    assert by_number[done]["Asset"] == "lamp:1"
    assert (by_number[done]["Declared"], by_number[done]["Verdict"]) == ("done", "not solved")
    assert "Sub-type" in head
    for query, left in (("type=hole", hole), ("priority=1", done), ("source=hotline", None)):
        rows = take_out("dispatcher", f"?state=live&{query}")[1][1:]
        assert [row[0] for row in rows] == ([left] if left else []), query


def test_the_file_s_cost_is_by_chunk_and_not_by_row(reported, small_city):
    from gongbi.cases.records_listed import CaseFilter

    costs = []
    for _ in range(2):
        for _ in range(3):
            reported()
        with CaptureQueriesContext(connection) as caught:
            exporting.chunk(None, CaseFilter(), "")
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 3


def test_who_may_take_a_list_out(take_out, reported):
    reported()
    for name in ["", *CAST]:
        status, rows = take_out(name)
        if name in ("dispatcher", "dispatcher-w", "supervisor", "officer"):
            assert (status, len(rows)) == (200, 1 if name == "dispatcher-w" else 2), name
        else:
            assert status == (302 if not name else 403), name
