"""Sending a case to a unit."""

from tests.cases.walking import case_of, do

from gongbi.core.models import JournalLine


def test_sends_to_the_chosen_unit_and_says_so(signed_in, reported):
    number = reported().number
    browser = signed_in("dispatcher")
    answer = do(browser, number, "dispatch", unit="water", words="钥匙在门卫")
    assert answer.status_code == 302
    case = case_of(number)
    assert (case.state, case.unit_id, case.version) == ("in_hand", "water", 2)
    assert case.tasks.get().unit_id == "water"
    page = browser.get(f"/cases/{number}/").content.decode()
    assert "sent to a unit · Water" in page
    assert "chosen by hand" in page
    assert "钥匙在门卫" in page
    line = JournalLine.objects.get(kind="cases.CaseDispatched")
    assert (line.body["unit"], line.body["suggested"]) == ("water", False)
    assert line.actor.startswith("person:")


def test_sending_again_withdraws_it_from_the_first_unit(signed_in, reported):
    number = reported().number
    browser = signed_in("dispatcher")
    do(browser, number, "dispatch", unit="water-e")
    do(browser, number, "dispatch", unit="lifts")
    states = dict(case_of(number).tasks.values_list("unit_id", "state"))
    assert states == {"water-e": "withdrawn", "lifts": "offered"}


def test_refuses_the_unit_complained_of_and_those_below(signed_in, reported):
    number = reported(type="conduct", about_unit="water").number
    browser = signed_in("supervisor")
    for accused in ("water", "water-e"):
        assert do(browser, number, "dispatch", unit=accused).status_code == 422
    assert case_of(number).state == "open"
    assert do(browser, number, "dispatch", unit="centre").status_code == 302


def test_asks_for_a_unit_where_none_is_suggested(signed_in, reported):
    number = reported(type=None, words="不知道该找谁").number
    answer = do(signed_in("dispatcher"), number, "accept_suggestion")
    assert answer.status_code == 422
    assert "Please choose the unit" in answer.content.decode()


def test_sorting_sets_route_and_promises(signed_in, reported):
    number = reported(type=None, words="不知道该找谁").number
    assert do(signed_in("dispatcher"), number, "sort", type="stall").status_code == 302
    case = case_of(number)
    assert (case.type.code, case.suggested_unit_id, case.priority) == ("stall", "order", 3)
    assert case.deadlines.count() == 2
    do(signed_in("dispatcher"), number, "sort", type="burst-pipe")
    case = case_of(number)
    assert case.suggested_unit_id == "water-e"
    ended = case.deadlines.exclude(ended_as="").values_list("ended_as", flat=True)
    assert list(ended) == ["moved", "moved"]


def test_who_saw_an_older_version_is_told_what_happened(signed_in, reported):
    number = reported().number
    first, second = signed_in("dispatcher"), signed_in("supervisor")
    do(first, number, "dispatch", unit="water-e", seen=1)
    answer = do(second, number, "dispatch", unit="lifts", words="my words", seen=1)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody was quicker" in page
    assert "sent to a unit · East water" in page
    assert "my words" in page
    assert case_of(number).unit_id == "water-e"
