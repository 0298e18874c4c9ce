"""An official opens an ended case again, with a reason; no verdict is changed by it."""

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.public import follow, give_verdict, run_due

SAID = {"reason": "came_back", "words": "同一处又漏了"}


@pytest.fixture
def closed(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="好了")
    run_due(NOW)
    give_verdict(receipt.follow_token, solved=True)
    return receipt


def test_opened_again_with_new_promises(signed_in, closed):
    number = closed.number
    assert case_of(number).state == "closed"
    supervisor = signed_in("supervisor")
    assert do(supervisor, number, "reopen", reason="tired", words="x").status_code == 422
    assert do(supervisor, number, "reopen", **SAID).status_code == 302
    case = case_of(number)
    assert (case.state, case.reopened, case.closed_at, case.ended_as) == ("open", 1, None, "")
    assert case.suggested_unit_id == "water-e"
    assert case.deadlines.get(ended_at=None).rule.startswith("reopened:")
    record = follow(closed.follow_token)
    assert (record.state, record.verdict) == ("open", "solved")


def test_what_was_cancelled_by_mistake(signed_in, reported):
    number = reported().number
    do(signed_in("dispatcher"), number, "cancel", reason="test", words="x")
    do(signed_in("supervisor"), number, "reopen", reason="wrongly_ended", words="不是演练")
    assert case_of(number).state == "open"
    assert case_of(number).due_at is not None


def test_not_what_is_still_open(signed_in, reported):
    assert do(signed_in("supervisor"), reported().number, "reopen", **SAID).status_code == 409
