"""The lead handed to another unit: offered, accepted or given back; never no one's."""

import pytest
from tests.cases.walking import case_of, do

from gongbi.cases.models import Task

SAID = {"reason": "needs_other_unit", "words": "是电梯井里的水管"}


@pytest.fixture
def offered(signed_in, reported):
    """A burst pipe in the east that its unit offers to the lift crew."""
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    answer = do(signed_in("lead"), number, "transfer", unit="lifts", **SAID)
    assert answer.status_code == 302
    return number


def test_until_it_is_accepted_the_first_unit_owes_it(signed_in, offered):
    assert case_of(offered).unit_id == "water-e"
    mine = signed_in("lifter").get("/cases/mine/").content.decode()
    assert "Another unit asks yours to take it over: 是电梯井里的水管" in mine
    answer = do(signed_in("lifter"), offered, "declare", declared="done", words="x")
    assert answer.status_code == 409
    assert do(signed_in("lifter"), offered, "arrive").status_code == 409


def test_accepted_the_other_unit_leads(signed_in, offered):
    do(signed_in("lifter"), offered, "accept")
    case = case_of(offered)
    assert (case.unit_id, case.unit_path, case.returned) == ("lifts", "/lifts/", 0)
    assert set(Task.objects.values_list("unit_id", "role", "state")) == {
        ("water-e", "lead", "handed_over"),
        ("lifts", "lead", "accepted"),
    }
    assert signed_in("worker").get(f"/cases/{offered}/").status_code == 404
    do(signed_in("lifter"), offered, "declare", declared="done", words="好了")
    assert case_of(offered).state == "answered"


def test_given_back_the_first_unit_keeps_it(signed_in, offered):
    do(signed_in("lifter"), offered, "return", reason="not_ours", words="不归我们")
    case = case_of(offered)
    assert (case.state, case.unit_id, case.returned) == ("in_hand", "water-e", 0)
    do(signed_in("worker"), offered, "accept")
    assert Task.objects.get(role="lead").state == "accepted"


def test_one_offer_at_a_time_and_none_to_who_is_on_it(signed_in, offered):
    lead = signed_in("lead")
    assert do(lead, offered, "transfer", unit="order", **SAID).status_code == 409
    do(signed_in("dispatcher"), offered, "call_off",
       task=Task.objects.get(role="takeover").pk, words="不必")  # fmt: skip
    assert do(lead, offered, "transfer", unit="water-e", **SAID).status_code == 422
    assert do(lead, offered, "transfer", unit="", **SAID).status_code == 422
    assert do(lead, offered, "transfer", unit="order", **SAID).status_code == 302


def test_between_districts(signed_in, reported):
    """A unit that works in the whole city takes over what lay with a district's."""
    number = reported(type="stall", place="xx-e-1-a").number
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    do(signed_in("lead"), number, "transfer", unit="centre-e", **SAID)
    assert Task.objects.get(role="takeover").unit_id == "centre-e"


def test_answered_by_the_first_the_offer_ends(signed_in, offered):
    do(signed_in("worker"), offered, "declare", declared="done", words="好了")
    assert Task.objects.get(role="takeover").state == "withdrawn"
