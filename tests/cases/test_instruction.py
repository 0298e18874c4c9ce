"""A leader's instruction: it shows, keeps its type's urgency, and overtakes nothing in silence."""

import pytest
from tests.cases.conftest import CAST
from tests.cases.walking import case_of, do

from gongbi.cases.models import Case, Signal, Step
from gongbi.cases.public import run_due

PAPER = {
    "words": "请尽快清理笔架里的摊位",
    "type": "stall",
    "place": "xx-e-1",
    "office": "centre",
    "reference": "2026-17",
}


@pytest.fixture
def instructed(signed_in):
    """Enter an instruction as the officer would; gives the number of its case."""

    def enter(who="officer", **changes):
        answer = signed_in(who).post("/cases/instruction/", PAPER | changes)
        assert answer.status_code == 302, answer.content.decode()[-800:]
        return answer["Location"].strip("/").rpartition("/")[2]

    return enter


def test_it_is_a_case_that_shows(signed_in, instructed):
    number = instructed()
    case = case_of(number)
    assert (case.source, case.priority, case.suggested_unit_id) == ("instruction", 3, "order")
    browser = signed_in("dispatcher")
    assert "leader's instruction" in browser.get("/cases/").content.decode()
    page = browser.get(f"/cases/{number}/").content.decode()
    assert "what is of the first urgency comes before it" in page
    assert "entered as a leader&#x27;s instruction · Operation centre" in page
    chinese = signed_in("dispatcher", "zh-hans").get(f"/cases/{number}/").content.decode()
    assert "此案件附有领导批示" in chinese
    step = Step.objects.get(case=case, verb="instruct")
    assert step.actor.startswith("person:")
    assert Signal.objects.get(case=case).why == {"office": "centre"}


def test_the_same_paper_again_changes_nothing(instructed):
    assert instructed() == instructed(words="noch einmal")
    assert Case.objects.count() == 1
    assert Step.objects.filter(verb="instruct").count() == 1


def test_nobody_is_asked_whether_it_is_solved(instructed, signed_in, small_city):
    number = instructed(type="conduct")
    do(signed_in("dispatcher"), number, "dispatch", unit="lifts")
    do(signed_in("lifter"), number, "accept")
    answer = do(signed_in("lifter"), number, "declare", declared="done", words="x")
    assert answer.status_code == 302
    run_due(small_city.clock.now)
    case = case_of(number)
    assert case.state == "closed"
    assert not case.verdicts.exists(), "a leader's word is no resident's"


def test_danger_in_its_words_counts_as_in_anybody_s(instructed):
    number = instructed(words="有人被困在坑里,有生命危险", reference="2026-18")
    assert case_of(number).priority == 1


def test_it_stands_behind_what_is_more_urgent(instructed, reported, signed_in):
    number = instructed()
    urgent = reported().number
    page = signed_in("dispatcher").get("/cases/").content.decode()
    assert page.index(f"row-{urgent}") < page.index(f"row-{number}")


def test_overtaking_is_written_down_on_both_and_counted(
    instructed, reported, signed_in, small_city
):
    urgent = reported().number
    do(signed_in("dispatcher"), urgent, "accept_suggestion")
    waiting = reported(reference="second").number
    number = instructed()
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    sent = Step.objects.get(case__number=number, verb="went_before")
    assert (sent.why["of"], sent.why["many"]) == ([urgent, waiting], 2)
    do(signed_in("worker"), number, "accept")
    marked = Step.objects.filter(verb="overtaken")
    assert {(one.case.number, one.why["by"]) for one in marked} == {
        (urgent, number), (waiting, number),
    }  # fmt: skip
    assert marked.count() == 2, "said once for each, however often it happens"
    page = signed_in("dispatcher").get(f"/cases/{urgent}/").content.decode()
    assert "waited while its unit was given a leader&#x27;s instruction" in page
    assert f"case {number}" in page
    page = signed_in("supervisor").get("/evaluation/?period=2026-11").context["laid"]
    overtaken = next(one for one in page.watch if one.measure.code == "overtaken").share
    assert overtaken.withheld, "two are too few for a share"


def test_what_was_taken_up_before_is_not_overtaken(instructed, reported, signed_in):
    urgent = reported().number
    do(signed_in("dispatcher"), urgent, "accept_suggestion")
    do(signed_in("worker"), urgent, "accept")
    number = instructed()
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    do(signed_in("worker"), number, "accept")
    assert not Step.objects.filter(verb__in=("overtaken", "went_before")).exists()


def test_a_resident_s_case_of_the_same_unit_overtakes_without_a_mark(reported, signed_in):
    reported()
    stall = reported(type="stall", reference="stall").number
    do(signed_in("dispatcher"), stall, "dispatch", unit="water-e")
    assert not Step.objects.filter(verb="overtaken").exists()


def test_a_complaint_s_number_is_not_told(instructed, reported, signed_in):
    reported(about_unit="order", reference="complaint")
    number = instructed()
    do(signed_in("dispatcher"), number, "dispatch", unit="centre")
    assert not Step.objects.filter(verb="went_before").exists()


def test_an_instruction_about_a_known_case_marks_that_case(instructed, reported, signed_in):
    known = reported(type="stall").number
    assert instructed(joins=known) == known
    page = signed_in("dispatcher").get(f"/cases/{known}/").content.decode()
    assert "A leader's instruction hangs on this case" in page
    urgent = reported(reference="urgent").number
    do(signed_in("dispatcher"), known, "dispatch", unit="water-e")
    assert Step.objects.get(verb="overtaken").case.number == urgent


def test_what_cannot_be_taken_is_said(signed_in, small_city):
    answer = signed_in("officer").post("/cases/instruction/", PAPER | {"words": " "})
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_who_may(signed_in, small_city):
    for name in ["", *CAST]:
        expected = 302 if not name else (
            200 if name in {"officer", "dispatcher", "dispatcher-w", "supervisor"} else 403
        )  # fmt: skip
        assert signed_in(name).get("/cases/instruction/").status_code == expected, name
        if name not in {"officer", "dispatcher", "supervisor"}:
            signed_in(name).post("/cases/instruction/", PAPER)
            assert not Case.objects.exists(), name
