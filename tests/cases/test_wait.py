"""Waiting and going on: the clock stands still, and that is counted."""

from datetime import timedelta

from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.public import add_words, follow, run_due


def test_the_clock_stands_still_and_runs_on_with_what_was_left(signed_in, reported, small_city):
    number = reported().number
    dispatcher = signed_in("dispatcher")
    small_city.clock.now = NOW + timedelta(minutes=20)
    assert (
        do(dispatcher, number, "wait", reason="third_party", words="煤气公司先关阀").status_code
        == 302
    )
    case = case_of(number)
    assert (case.state, case.waiting_for) == ("waiting", "third_party")
    (running,) = case.deadlines.filter(ended_at=None)
    assert (running.kind, running.due_at) == ("waiting", case.due_at)
    small_city.clock.now = NOW + timedelta(hours=5)
    do(dispatcher, number, "resume")
    case = case_of(number)
    assert (case.state, case.due_at) == ("open", small_city.clock.now + timedelta(minutes=10))
    solve = case.deadlines.get(kind="solve", ended_at=None)
    assert solve.due_at == small_city.clock.now + timedelta(minutes=220)
    assert solve.rule == "pause:220min"
    promised = dispatcher.get(f"/cases/{number}/").content.decode().split('id="promised"')[1]
    assert promised.count("paused, then promised anew") == 2, "no promise stands still any more"


def test_what_is_missed_stays_missed(signed_in, reported, small_city):
    number = reported().number
    small_city.clock.now = NOW + timedelta(minutes=40)
    do(signed_in("dispatcher"), number, "wait", reason="works", words="等配件")
    first = case_of(number).deadlines.get(kind="first_contact")
    assert first.ended_at is None
    assert case_of(number).due_at == NOW + timedelta(minutes=30)


def test_waiting_too_long_is_missed_told_and_not_shown_to_the_reporter(
    signed_in, reported, small_city
):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "wait", reason="works", words="等配件")
    assert follow(receipt.follow_token).due_at is None
    small_city.clock.now = NOW + timedelta(days=30)
    run_due(small_city.clock.now)
    case = case_of(receipt.number)
    row = case.deadlines.get(kind="waiting")
    assert row.missed_at == row.due_at
    assert case.told.get(deadline=row, step="due").to == ["dispatcher", "supervisor"]
    late = signed_in("dispatcher").get("/cases/?state=waiting&overdue=1").content.decode()
    assert receipt.number in late
    do(signed_in("dispatcher"), receipt.number, "resume")
    row.refresh_from_db()
    assert row.ended_as == "late"


def test_a_case_in_a_unit_s_hands_goes_back_there(signed_in, reported):
    number = reported().number
    dispatcher = signed_in("dispatcher")
    do(dispatcher, number, "accept_suggestion")
    do(dispatcher, number, "wait", reason="weather", words="台风")
    do(dispatcher, number, "resume")
    assert (case_of(number).state, case_of(number).unit_id) == ("in_hand", "water-e")


def test_the_reporter_s_answer_takes_it_up_again(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "wait", reason="resident", words="哪个单元?")
    followed = add_words(receipt.follow_token, "2单元501")
    assert followed.state == "open"
    page = signed_in("dispatcher").get(f"/cases/{receipt.number}/").content.decode()
    assert "2单元501" in page


def test_another_wait_is_not_ended_by_words(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "wait", reason="weather", words="台风")
    assert add_words(receipt.follow_token, "快点").state == "waiting"
