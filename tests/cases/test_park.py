"""The pending pool: parked until a day, and brought back by the clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.public import follow, run_due

SAID = {"reason": "no_budget", "words": "列入明年计划"}


def test_parked_and_woken_on_its_day_with_what_was_left(signed_in, reported, small_city):
    receipt = reported(type="stall")
    number = receipt.number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("dispatcher"), number, "park", until="2026-12-24", **SAID)
    case = case_of(number)
    assert (case.state, case.waiting_for) == ("waiting", "parked")
    review = case.deadlines.get(kind="review")
    day = datetime(2026, 12, 24, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert review.due_at == day == case.due_at
    assert follow(receipt.follow_token).due_at is None
    run_due(day - timedelta(minutes=1))
    assert case_of(number).state == "waiting"
    small_city.clock.now = day
    run_due(day)
    case = case_of(number)
    assert (case.state, case.unit_id) == ("in_hand", "order")
    assert case.steps.filter(verb="resume").get().actor == "system:clock"
    assert case.deadlines.get(kind="review").ended_as == "met"
    # Of five working days given on Tuesday at ten, 4 days and 6 hours were left.
    solve = case.deadlines.get(kind="solve", ended_at=None)
    assert solve.due_at > day
    assert solve.rule.startswith("pause:")


def test_a_day_that_cannot_be_is_told(signed_in, reported):
    number = reported().number
    for until in ("2026-11-24", "2026-11-01", "2027-11-24", "", "soon"):
        answer = do(signed_in("dispatcher"), number, "park", until=until, **SAID)
        assert answer.status_code == 422, until
    assert case_of(number).state == "open"


def test_somebody_may_take_it_up_earlier(signed_in, reported, small_city):
    number = reported().number
    do(signed_in("dispatcher"), number, "park", until=str(date(2026, 12, 1)), **SAID)
    small_city.clock.now = NOW + timedelta(days=2)
    do(signed_in("dispatcher"), number, "resume")
    case = case_of(number)
    assert (case.state, case.waiting_for) == ("open", "")
    run_due(NOW + timedelta(days=9))
    assert case_of(number).steps.filter(verb="resume").count() == 1
