"""The resident's word: asked by the system, kept apart from the handler's."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.models import Verdict
from gongbi.cases.public import Refused, counts, follow, give_verdict, run_due
from gongbi.core.models import JournalLine


@pytest.fixture
def declared(signed_in, reported, small_city):
    """A case whose unit has said: done."""

    def walk(**changes):
        receipt = reported(**changes)
        do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
        do(signed_in("worker"), receipt.number, "declare", declared="done", words="修好了")
        return receipt

    return walk


def test_nobody_is_asked_by_the_handler(declared):
    receipt = declared()
    assert not follow(receipt.follow_token).asked
    with pytest.raises(Refused, match="not been asked"):
        give_verdict(receipt.follow_token, True, "")


def test_the_system_asks_and_solved_closes(declared):
    receipt = declared()
    assert run_due(NOW) == 1
    asked = follow(receipt.follow_token)
    assert (asked.asked, asked.asked_until) == (True, NOW + timedelta(days=7))
    assert asked.outcome_words == "修好了"
    after = give_verdict(receipt.follow_token, True, "谢谢")
    assert (after.state, after.verdict) == ("closed", "solved")
    case = case_of(receipt.number)
    assert (case.ended_as, case.closed_at) == ("solved", NOW)
    assert JournalLine.objects.filter(kind="cases.VerdictAsked", actor="system:clock").exists()


def test_not_solved_reopens_to_the_same_queue_with_a_new_promise(declared, signed_in):
    receipt = declared()
    run_due(NOW)
    after = give_verdict(receipt.short_number, False, "还在漏")
    assert after.state == "open"
    case = case_of(receipt.number)
    assert (case.reopened, case.unit_id, case.suggested_unit_id) == (1, None, "water-e")
    running = case.deadlines.get(ended_at=None)
    assert (running.kind, running.rule) == ("solve", "reopened:burst-pipe@1")
    page = signed_in("dispatcher").get("/cases/").content.decode()
    assert receipt.number in page
    assert "reopened" in page
    assert JournalLine.objects.filter(kind="cases.CaseReopened").count() == 1
    assert Verdict.objects.get().channel == "number"


def test_the_whole_way_round_twice(declared, signed_in):
    receipt = declared()
    run_due(NOW)
    give_verdict(receipt.follow_token, False, "还在漏")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="又修了")
    run_due(NOW)
    give_verdict(receipt.follow_token, True, "")
    case = case_of(receipt.number)
    assert [row.said for row in case.verdicts.order_by("pk")] == ["not_solved", "solved"]
    assert (case.state, case.outcomes.count()) == ("closed", 2)


def test_silence_is_unanswered_never_solved(declared):
    receipt = declared()
    run_due(NOW)
    assert run_due(NOW + timedelta(days=6, hours=23)) == 0
    assert run_due(NOW + timedelta(days=7)) == 1
    case = case_of(receipt.number)
    assert (case.state, case.ended_as) == ("closed", "unanswered")
    figures = counts(None)
    assert (figures.declared_done, figures.confirmed_solved, figures.unanswered) == (1, 0, 1)


def test_a_closed_case_can_be_said_not_solved_while_the_days_run(declared, small_city):
    receipt = declared()
    run_due(NOW)
    give_verdict(receipt.follow_token, True, "")
    small_city.clock.now = NOW + timedelta(days=3)
    assert follow(receipt.follow_token).may_reopen
    assert give_verdict(receipt.follow_token, False, "又漏了").state == "open"


def test_after_its_days_it_must_be_reported_anew(declared, small_city):
    receipt = declared()
    run_due(NOW)
    give_verdict(receipt.follow_token, True, "")
    small_city.clock.now = NOW + timedelta(days=8)
    assert not follow(receipt.follow_token).may_reopen
    with pytest.raises(Refused, match="report again"):
        give_verdict(receipt.follow_token, False, "")


def test_a_verdict_is_given_once(declared):
    receipt = declared()
    run_due(NOW)
    give_verdict(receipt.follow_token, True, "")
    with pytest.raises(Refused):
        give_verdict(receipt.follow_token, True, "")


def test_a_supervisor_may_write_down_what_was_heard_by_call_back(declared, signed_in):
    receipt = declared()
    run_due(NOW)
    assert do(signed_in("worker"), receipt.number, "solved", words="他说好了").status_code == 403
    answer = do(signed_in("supervisor"), receipt.number, "solved", words="她说好了")
    assert answer.status_code == 302
    assert Verdict.objects.get().channel == "call_back"


def test_handler_s_word_and_resident_s_word_stand_side_by_side(declared, signed_in):
    receipt = declared()
    run_due(NOW)
    give_verdict(receipt.follow_token, False, "")
    page = signed_in("supervisor").get(f"/cases/{receipt.number}/").content.decode()
    assert "The unit says" in page
    assert "<strong>not solved</strong>" in page


def test_running_the_clock_twice_does_nothing_twice(declared):
    declared()
    assert run_due(NOW) == 1
    assert run_due(NOW) == 0


def test_missed_promises_are_marked_once_and_told(reported):
    number = reported().number
    assert run_due(NOW + timedelta(hours=5)) >= 2
    assert run_due(NOW + timedelta(hours=5)) == 0
    assert case_of(number).deadlines.exclude(missed_at=None).count() == 2
    assert JournalLine.objects.filter(kind="cases.DeadlineMissed").count() == 2
