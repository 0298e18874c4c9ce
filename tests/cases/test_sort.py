"""Sorting anew: promises run from the round that is on, without the time the case waited."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.public import give_verdict, run_due


@pytest.fixture
def dispatch(signed_in):
    """Do something as the dispatcher, who signs in each day anew."""

    def doing(number, verb, **said):
        answer = do(signed_in("dispatcher"), number, verb, **said)
        assert answer["Location"] == f"/cases/{number}/"
        return answer

    return doing


def running(number: str) -> dict:
    """What is promised now."""
    return {row.kind: row for row in case_of(number).deadlines.filter(ended_at=None)}


def test_a_case_opened_again_is_promised_from_then_on(signed_in, reported, dispatch, small_city):
    receipt = reported()
    dispatch(receipt.number, "dispatch", unit="water-e")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="好了")
    run_due(NOW)
    small_city.clock.now = again = NOW + timedelta(days=3)  # a Friday
    give_verdict(receipt.follow_token, solved=False)
    small_city.clock.now = again + timedelta(minutes=10)
    dispatch(receipt.number, "sort", type="stall")
    found = running(receipt.number)
    assert set(found) == {"solve"}, "first contact was made in the first round"
    assert found["solve"].due_at.isoformat() == "2026-12-04T09:30:00+00:00"
    assert case_of(receipt.number).due_at > small_city.clock.now


@pytest.mark.parametrize("by", ["supervisor", "reporter"])
def test_what_was_cancelled_by_mistake_is_promised_from_then_on(
    signed_in, reported, dispatch, small_city, by
):
    receipt = reported(type=None, words="不知道")
    number = receipt.number
    dispatch(number, "cancel", reason="test", words="x")
    small_city.clock.now = again = NOW + timedelta(days=3)
    if by == "reporter":
        signed_in("").post(f"/f/{receipt.follow_token}/again/", {"words": "请再看看"})
    else:
        do(signed_in("supervisor"), number, "reopen", reason="wrongly_ended", words="不是演练")
    dispatch(number, "sort", type="burst-pipe")
    due = {kind: row.due_at for kind, row in running(number).items()}
    assert due == {
        "first_contact": again + timedelta(minutes=30), "solve": again + timedelta(hours=4),
    }  # fmt: skip


def test_time_it_waited_is_left_out(reported, dispatch, small_city):
    number = reported(type=None, words="不知道").number
    small_city.clock.now = NOW + timedelta(minutes=20)
    dispatch(number, "wait", reason="works", words="等挖开")
    small_city.clock.now = NOW + timedelta(days=2)
    dispatch(number, "resume")
    assert dispatch(number, "sort", type="burst-pipe").status_code == 302
    found = running(number)
    assert found["solve"].due_at == NOW + timedelta(days=2, minutes=220)
    assert found["first_contact"].due_at == NOW + timedelta(days=2, minutes=10)
    assert found["solve"].spent == 20


def test_what_was_late_before_it_waited_stays_late(reported, dispatch, small_city):
    number = reported(type=None, words="不知道").number
    small_city.clock.now = NOW + timedelta(minutes=40)
    dispatch(number, "park", reason="law", until="2026-11-30", words="等批文")
    small_city.clock.now = NOW + timedelta(days=2)
    dispatch(number, "resume")
    dispatch(number, "sort", type="burst-pipe")
    assert running(number)["first_contact"].due_at == NOW + timedelta(minutes=30)
    assert running(number)["solve"].due_at == NOW + timedelta(days=2, minutes=200)


def test_first_contact_that_was_made_is_not_owed_again(signed_in, reported, dispatch, small_city):
    number = reported().number
    dispatch(number, "dispatch", unit="water-e")
    small_city.clock.now = NOW + timedelta(minutes=5)
    do(signed_in("worker"), number, "accept")
    do(signed_in("worker"), number, "return", reason="not_ours", words="是占道")
    dispatch(number, "sort", type="stall")
    assert set(running(number)) == {"solve"}
