"""Supervision: an answer asked by a deadline, of one case or of many at once."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases import actions
from gongbi.cases.actors import Actor
from gongbi.cases.models import Supervision
from gongbi.cases.public import run_due

SAID = {"within": "4 hours", "words": "为何还没有人到场?"}


@pytest.fixture
def supervised(signed_in, reported):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    assert do(signed_in("supervisor"), number, "supervise", **SAID).status_code == 302
    return number


def test_answered_in_time(signed_in, supervised, small_city):
    row = case_of(supervised).deadlines.get(kind="answer")
    assert row.due_at == NOW + timedelta(hours=4)
    small_city.clock.now = NOW + timedelta(hours=3)
    do(signed_in("lead"), supervised, "answer", words="正在等阀门钥匙")
    row.refresh_from_db()
    assert (row.ended_as, case_of(supervised).state) == ("met", "in_hand")
    assert Supervision.objects.get().answered == "answered"
    page = signed_in("supervisor").get(f"/cases/{supervised}/").content.decode()
    assert "正在等阀门钥匙" in page
    assert do(signed_in("lead"), supervised, "answer", words="x").status_code == 409


def test_unanswered_it_is_missed_and_told(signed_in, supervised, small_city):
    small_city.clock.now = NOW + timedelta(hours=5)
    run_due(small_city.clock.now)
    row = case_of(supervised).deadlines.get(kind="answer")
    assert row.missed_at == row.due_at
    assert [one.step for one in row.told.order_by("at")] == ["80%", "due"]


def test_what_the_city_owes_itself_is_not_promised_to_the_reporter(
    signed_in, supervised, small_city
):
    from tests.cases.conftest import signal

    from gongbi.cases.public import receive_signal

    small_city.clock.now = NOW + timedelta(minutes=10)
    do(signed_in("lead"), supervised, "appeal", words="x")
    do(signed_in("worker"), supervised, "accept")
    case = case_of(supervised)
    assert case.due_at == NOW + timedelta(minutes=70)  # the referee's hour
    again = receive_signal(signal(reference="w-1"))
    assert again.repeated
    assert again.deadline == NOW + timedelta(hours=4)


def test_the_outcome_answers_too(signed_in, supervised):
    do(signed_in("worker"), supervised, "declare", declared="done", words="好了")
    assert Supervision.objects.get().answered == "declared"
    assert case_of(supervised).deadlines.get(kind="answer").ended_as == "met"


def test_a_return_leaves_it_to_the_next(signed_in, supervised):
    do(signed_in("worker"), supervised, "return", reason="not_ours", words="不是")
    assert Supervision.objects.get().answered == ""
    do(signed_in("dispatcher"), supervised, "dispatch", unit="water")
    assert do(signed_in("lead"), supervised, "answer", words="接手了").status_code == 302


def test_asked_of_many_at_once(signed_in, reported, small_city):
    numbers = [reported().number for _ in range(3)]
    for number in numbers:
        do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("dispatcher"), numbers[2], "cancel", reason="test", words="x")
    cases = [case_of(number) for number in numbers]
    who = Actor("person", str(small_city.people["supervisor"].pk))
    campaign, asked, moved = actions.supervise_many(cases, who, **SAID)
    assert (asked, moved) == (2, 1)
    assert Supervision.objects.filter(campaign=campaign).count() == 2


def test_answered_while_the_case_waits(signed_in, supervised):
    do(signed_in("dispatcher"), supervised, "wait", reason="works", words="等配件")
    page = signed_in("lead").get(f"/cases/{supervised}/").content.decode()
    assert f"/cases/{supervised}/do/answer" in page
    answer = do(signed_in("lead"), supervised, "answer", words="配件明天到")
    assert answer.status_code == 302
    case = case_of(supervised)
    assert (case.state, case.waiting_for) == ("waiting", "works")
    assert case.deadlines.get(kind="answer").ended_as == "met"
    assert case.deadlines.get(kind="waiting").ended_at is None
