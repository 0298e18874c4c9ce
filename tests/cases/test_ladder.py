"""Telling step by step: who is told, each step once, a fact, seen on the case."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import do

from gongbi.cases.models import Told
from gongbi.cases.public import run_due
from gongbi.core.models import JournalLine

HOUR = timedelta(hours=1)


def told(number: str, kind: str) -> list[tuple[str, list[str]]]:
    rows = Told.objects.filter(case__number=number, deadline__kind=kind).order_by("at", "pk")
    return [(row.step, row.to) for row in rows]


def test_the_usual_ladder_climbs_once(signed_in, reported):
    number = reported().number  # solve in four hours, by the clock
    do(signed_in("dispatcher"), number, "accept_suggestion")
    run_due(NOW + HOUR)
    assert told(number, "solve") == []
    run_due(NOW + 2 * HOUR)
    run_due(NOW + 2 * HOUR)
    assert told(number, "solve") == [("50%", ["handler"])]
    run_due(NOW + timedelta(hours=3, minutes=12))
    run_due(NOW + 4 * HOUR)
    assert [step for step, _who in told(number, "solve")] == ["50%", "80%", "due"]
    run_due(NOW + timedelta(days=9))
    assert told(number, "solve")[3:] == [
        ("+1 working_days", ["supervisor"]), ("+3 working_days", ["supervisor"]),
    ]  # fmt: skip
    lines = JournalLine.objects.filter(kind="cases.PromiseEscalated", body__kind="solve")
    assert lines.count() == 5
    assert lines.order_by("id").first().body["to"] == ["handler"]


def test_a_type_has_a_ladder_of_its_own(signed_in, reported):
    number = reported(type="hole", words="路面坑洞").number
    run_due(NOW + timedelta(days=20))
    assert told(number, "solve") == [("50%", ["unit"]), ("+1 working_days", ["supervisor"])]


def test_what_is_kept_is_told_no_more(signed_in, reported, small_city):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("worker"), number, "declare", declared="done", words="好了")
    run_due(NOW + timedelta(days=9))
    assert told(number, "solve") == []


def test_seen_on_the_case_and_on_the_phone(signed_in, reported, small_city):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    small_city.clock.now = NOW + 2 * HOUR
    run_due(small_city.clock.now)
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "50 % of the time is gone: the person who has the task" in page
    mine = signed_in("worker", "zh-hans").get("/cases/mine/").content.decode()
    assert "时限已用去 50%" in mine


def test_after_a_pause_what_was_told_is_not_told_again(signed_in, reported, small_city):
    number = reported().number
    dispatcher = signed_in("dispatcher")
    clock = small_city.clock
    clock.now = NOW + 2.5 * HOUR
    run_due(clock.now)
    do(dispatcher, number, "wait", reason="works", words="x")
    clock.now = NOW + 10 * HOUR
    do(dispatcher, number, "resume")
    run_due(clock.now)
    assert told(number, "solve") == [("50%", ["handler"])]
    # 150 of 240 minutes were gone; 80 % is at 192, which is 42 minutes after it went on.
    run_due(clock.now + timedelta(minutes=41))
    assert len(told(number, "solve")) == 1
    run_due(clock.now + timedelta(minutes=42))
    assert told(number, "solve")[1:] == [("80%", ["unit", "lead"])]


def test_more_time_begins_the_ladder_anew(signed_in, reported, small_city):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    small_city.clock.now = NOW + 2 * HOUR
    run_due(small_city.clock.now)
    do(signed_in("lead"), number, "extend", more="4 hours", reason="works", words="x")
    do(signed_in("supervisor"), number, "grant")
    # Eight hours are given now; half of them is gone at four.
    run_due(NOW + 3.9 * HOUR)
    assert len(told(number, "solve")) == 1
    run_due(NOW + 4 * HOUR)
    assert [step for step, _who in told(number, "solve")] == ["50%", "50%"]


@pytest.mark.parametrize("many", [1, 6])
def test_the_clock_s_cost_is_bounded_by_what_is_due(reported, many, django_assert_max_num_queries):
    for _ in range(many):
        reported()
    run_due(NOW)
    with django_assert_max_num_queries(15):
        run_due(NOW + timedelta(minutes=1))
