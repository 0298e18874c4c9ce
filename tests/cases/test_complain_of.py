"""An official says that a case complains of a unit: it leaves that unit's hands and sight."""

import pytest
from tests.cases.conftest import signal
from tests.cases.walking import case_of, do

from gongbi.cases import actions
from gongbi.cases.actors import Actor
from gongbi.cases.models import Likely
from gongbi.cases.public import follow, give_verdict, receive_signal, run_due
from gongbi.core.models import JournalLine, Person, Post

SAID = {"unit": "water-e", "words": "投诉抢修队态度"}


@pytest.fixture
def outside(signed_in, small_city):
    """A supervisor who stands outside the centre and the water works."""
    person = Person.objects.create_user(username="hears", name="hears")
    Post.objects.create(person=person, role="supervisor", unit_id="order", place_id="xx")
    small_city.people["hears"] = person
    return signed_in("hears")


def sees(browser, number) -> bool:
    return browser.get(f"/cases/{number}/").status_code == 200


def test_it_leaves_the_unit_complained_of_and_its_sight(signed_in, reported, outside):
    receipt = reported()
    number = receipt.number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    assert sees(signed_in("worker"), number)
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "/do/complain_of" in page
    answer = do(signed_in("dispatcher"), number, "complain_of", **SAID)
    assert answer["Location"] == "/cases/", "the dispatcher hears no complaints"
    case = case_of(number)
    assert (case.state, case.unit_id, case.about_unit_id) == ("open", None, "water-e")
    assert case.suggested_unit_id is None, "the rule that names it is passed over"
    assert case.tasks.get().state == "withdrawn"
    for name in ("worker", "dispatcher", "officer", "clerk", "stranger"):
        assert not sees(signed_in(name), number), name
    page = outside.get(f"/cases/{number}/").content.decode()
    assert "Complains of" in page
    assert "投诉抢修队态度" in page
    assert "complaint about a unit" in page
    fact = JournalLine.objects.get(kind="cases.CaseComplaint")
    assert (fact.body["stands"], fact.unit_path) == (True, "")
    assert "water" not in str(fact.body), "whoever keeps the journal may stand in that unit"
    record = follow(receipt.follow_token)
    assert record.about == "East water"
    assert "态度" not in str(record.steps)


def test_a_complaint_about_the_works_goes_to_neither_them_nor_below(signed_in, reported, outside):
    number = reported().number
    do(outside, number, "complain_of", unit="water", words="x")
    case = case_of(number)
    assert (case.about_path, case.suggested_unit_id) == ("/water/", None)
    assert {row["why"] for row in case.route_why["passed_over"]} == {"accused"}
    assert do(outside, number, "dispatch", unit="water-e").status_code == 422


def test_who_leads_and_is_not_accused_goes_on_and_an_accused_helper_ends(
    signed_in, reported, outside
):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("dispatcher"), number, "call_in", unit="lifts", words="x")
    assert sees(signed_in("lifter"), number)
    do(outside, number, "complain_of", unit="lifts", words="x")
    case = case_of(number)
    assert (case.state, case.unit_id) == ("in_hand", "water-e")
    assert sees(signed_in("worker"), number), "it has a task in it"
    assert not sees(signed_in("lifter"), number)
    assert set(case.tasks.values_list("unit", "state")) == {
        ("water-e", "offered"), ("lifts", "withdrawn")}  # fmt: skip


def test_what_the_unit_had_appealed_for_is_decided_for_it_no_more(
    signed_in, reported, outside, small_city
):
    receipt = reported()
    number = receipt.number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("worker"), number, "declare", declared="done", words="x")
    run_due(small_city.clock.now)
    give_verdict(receipt.follow_token, solved=False)
    do(signed_in("lead"), number, "appeal", about="verdict", words="已修好")
    assert case_of(number).appeals.get().decided == ""
    do(outside, number, "complain_of", **SAID)
    assert case_of(number).appeals.get().decided == "lapsed"
    assert not case_of(number).deadlines.filter(kind="decision", ended_at=None).exists()


def test_taken_back_with_a_reason(signed_in, reported, outside):
    number = reported(about_unit="water").number
    assert not sees(signed_in("dispatcher"), number)
    assert do(outside, number, "complain_of", unit="", words="").status_code == 422
    assert do(outside, number, "complain_of", unit="", words="水管漏水").status_code == 302
    case = case_of(number)
    assert (case.about_unit_id, case.about_path) == (None, "")
    assert case.suggested_unit_id == "water-e"
    assert sees(signed_in("dispatcher"), number)
    answer = do(outside, number, "complain_of", unit="", words="x")
    assert answer.status_code == 409
    assert "is so already" in answer.content.decode()


def test_nobody_left_to_hear_it_is_said(signed_in, reported):
    number = reported().number
    answer = do(signed_in("supervisor"), number, "complain_of", unit="centre", words="x")
    assert answer.status_code == 422
    assert "Nobody outside" in answer.content.decode()
    assert case_of(number).about_path == ""


@pytest.mark.parametrize(
    ("stands_in", "accused", "status"),
    [("water", "water-e", 302), ("water", "water", 422), ("water-e", "water", 422)],
)
def test_who_stands_above_the_unit_hears_it_and_who_stands_in_or_below_it_does_not(
    signed_in, reported, stands_in, accused, status
):
    Post.objects.filter(role="supervisor").update(unit_id=stands_in)
    number = reported().number
    supervisor = signed_in("supervisor")
    assert do(supervisor, number, "complain_of", unit=accused, words="x").status_code == status
    assert sees(supervisor, number)
    assert bool(case_of(number).about_path) == (status == 302)


def test_what_is_merged_into_it_is_taken_apart_first(signed_in, reported, outside):
    host, other = reported(), reported()
    do(outside, other.number, "merge", into=host.number, words="")
    answer = do(outside, host.number, "complain_of", **SAID)
    assert answer.status_code == 422
    assert "merged into" in answer.content.decode()


def test_it_is_proposed_as_the_same_matter_no_more(signed_in, reported, outside):
    case, other = (case_of(reported().number) for _ in range(2))
    Likely.objects.create(case=case, other=other, chance=0.9, at=case.opened_at)
    do(outside, case.number, "complain_of", **SAID)
    assert not Likely.objects.exists()


def test_unknown_unit_and_other_states_are_refused(signed_in, reported, outside):
    number = reported().number
    answer = do(outside, number, "complain_of", unit="nobody", words="x")
    assert answer.status_code == 422
    do(outside, number, "cancel", reason="test", words="x")
    assert do(outside, number, "complain_of", **SAID).status_code == 409


def test_by_the_door_it_is_never_routed_to_whom_it_complains_of(small_city):
    receipt = receive_signal(signal(about_unit="water-e"))
    case = case_of(receipt.number)
    assert case.suggested_unit_id is None
    actions.complain_of(case, Actor("person", "x"), unit_code="order", words="y")
    assert case_of(receipt.number).suggested_unit_id == "water-e"
