"""A leader's instruction: it shows, keeps its type's urgency, and overtakes nothing in silence."""

from importlib import import_module

import pytest
from django.apps import apps
from tests.cases.conftest import CAST
from tests.cases.walking import case_of, do
from tests.forms import once, twice

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


def test_two_offices_with_the_same_number_are_two_papers(instructed):
    one, two = instructed(), instructed(office="centre-e", words="另一件事")
    assert one != two
    assert instructed() == one
    assert instructed(office="centre-e") == two
    assert Case.objects.count() == 2


def test_a_long_number_of_a_paper_fits_and_a_longer_one_is_said(instructed, signed_in):
    number = instructed(reference="x" * 90)
    assert Signal.objects.get(case__number=number).reference == "centre:" + "x" * 90
    answer = signed_in("officer").post("/cases/instruction/", PAPER | {"reference": "x" * 91})
    assert answer.status_code == 422
    assert "reference" in answer.context["form"].errors


def test_a_paper_known_on_a_case_one_does_not_see_is_said(instructed, signed_in, small_city):
    from gongbi.core.models import Post

    Post.objects.filter(person=small_city.people["dispatcher-w"]).update(place_id="xx-e")
    instructed(office="centre-e", place="xx-w")
    for language, told in (("en", "was entered before"), ("zh-hans", "此前已登记")):
        answer = signed_in("dispatcher-w", language).post(
            "/cases/instruction/", PAPER | {"office": "centre-e"}
        )
        assert answer.status_code == 422
        assert told in str(answer.context["form"].errors["reference"])
    assert Case.objects.count() == 1


def test_every_line_of_an_instruction_is_shown(instructed, signed_in):
    number = instructed(words="第一条：立即清理\nSecond: report back")
    for language in ("en", "zh-hans"):
        browser = signed_in("dispatcher", language)
        for address in ("/cases/", f"/cases/{number}/"):
            page = browser.get(address).content.decode()
            assert "第一条：立即清理" in page, (language, address)
            assert "Second: report back" in page, (language, address)


def test_one_merged_into_a_case_counts_there(instructed, reported, signed_in):
    number, known = instructed(), reported(type="stall").number
    urgent = reported(reference="urgent").number
    dispatcher = signed_in("dispatcher")
    do(dispatcher, number, "merge", into=known)
    page = dispatcher.get(f"/cases/{known}/").content.decode()
    assert "A leader's instruction hangs on this case" in page
    do(dispatcher, known, "dispatch", unit="water-e")
    assert Step.objects.get(verb="overtaken").case.number == urgent
    do(dispatcher, number, "unmerge")
    page = dispatcher.get(f"/cases/{known}/").content.decode()
    assert "A leader's instruction hangs on this case" not in page


@pytest.fixture
def at_work(reported, signed_in):
    """A stall that East water has taken up, and a burst pipe that waits at East water."""
    known, urgent = reported(type="stall").number, reported(reference="urgent").number
    do(signed_in("dispatcher"), known, "dispatch", unit="water-e")
    do(signed_in("worker"), known, "accept")
    assert not Step.objects.filter(verb="overtaken").exists()
    return known, urgent


def overtaken(signed_in, known, urgent):
    """Both histories say that the one went before the other, once each."""
    assert Step.objects.get(verb="overtaken").case.number == urgent
    assert Step.objects.get(verb="went_before").why == {"of": [urgent], "many": 1}
    page = signed_in("dispatcher").get(f"/cases/{known}/").content.decode()
    assert "went before what is more urgent · East water" in page
    assert urgent in page
    page = signed_in("dispatcher").get(f"/cases/{urgent}/").content.decode()
    assert f"case {known}" in page
    return True


def test_joining_a_case_at_work_overtakes_what_waits_there(instructed, signed_in, at_work):
    assert instructed(joins=at_work[0]) == at_work[0]
    assert overtaken(signed_in, *at_work)


def test_merged_into_a_case_at_work_it_overtakes_what_waits_there(instructed, signed_in, at_work):
    do(signed_in("dispatcher"), instructed(), "merge", into=at_work[0])
    assert overtaken(signed_in, *at_work)


def test_on_a_paused_case_it_overtakes_when_work_goes_on(instructed, signed_in, at_work):
    do(signed_in("dispatcher"), at_work[0], "wait", reason="works", words="x")
    instructed(joins=at_work[0])
    assert not Step.objects.filter(verb="overtaken").exists()
    do(signed_in("dispatcher"), at_work[0], "resume")
    assert overtaken(signed_in, *at_work)


def test_taken_out_again_it_no_longer_shows(instructed, reported, signed_in):
    number = instructed()
    reported(type="stall", words="这里也有一个摊", joins=number)
    paper = case_of(number).signals.get(source="instruction")
    assert do(signed_in("dispatcher"), number, "split", signals=[paper.pk]).status_code == 302
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "A leader's instruction hangs on this case" not in page
    fresh = Case.objects.order_by("-pk").first()
    page = signed_in("dispatcher").get(f"/cases/{fresh.number}/").content.decode()
    assert "A leader's instruction hangs on this case" in page


def refused(signed_in, joins, who="officer", **changes):
    """What the field says in both languages; nothing is taken."""
    before, told = Signal.objects.count(), []
    for language in ("en", "zh-hans"):
        answer = signed_in(who, language).post(
            "/cases/instruction/", PAPER | {"joins": joins} | changes
        )
        assert answer.status_code == 422
        told.append(str(answer.context["form"].errors["joins"]))
    assert Signal.objects.count() == before
    return told


def test_a_case_that_is_not_there_or_not_seen_is_said_at_the_field(
    signed_in, reported, small_city
):
    from gongbi.core.models import Post

    known = reported(type="stall", place="xx-w", lon=None, lat=None).number
    Post.objects.filter(person=small_city.people["officer"]).update(place_id="xx-e")
    for joins in ("XX-999999", known, known.lower()):
        english, chinese = refused(signed_in, joins, office="centre-e")
        assert "no such case among those you see" in english
        assert "您能看到的案件中没有这一个" in chinese
    assert case_of(known).signals_count == 1


def test_a_case_that_is_over_is_said_at_the_field(signed_in, reported):
    known = reported(type="stall").number
    do(signed_in("dispatcher"), known, "cancel", reason="test", words="x")
    english, chinese = refused(signed_in, known)
    assert "is over or awaits a verdict" in english
    assert "已结束或在等市民答复" in chinese


def test_a_complaint_is_said_at_the_field(signed_in, reported):
    complaint = reported(type="conduct", about_unit="order").number
    english, _chinese = refused(signed_in, complaint, "officer")
    assert "no such case among those you see" in english
    english, chinese = refused(signed_in, complaint, "supervisor")
    assert "complaint" in english
    assert "投诉" in chinese


def test_it_joins_the_case_that_another_was_merged_into(instructed, reported, signed_in):
    gone, kept = reported(type="stall").number, reported(type="stall").number
    do(signed_in("dispatcher"), gone, "merge", into=kept)
    assert instructed(joins=f" {gone.lower()} ") == kept


def test_danger_in_its_words_has_a_case_of_its_own_and_that_is_said(signed_in, reported):
    known = reported(type="stall").number
    said = PAPER | {"joins": known, "words": "有人被困在坑里,有生命危险"}
    for language, told in (("en", "has a case of its own"), ("zh-hans", "单独立案")):
        answer = signed_in("officer", language).post(
            "/cases/instruction/", said | {"reference": language}, follow=True
        )
        assert told in answer.content.decode()
    assert case_of(known).signals_count == 1


def test_no_application_can_pretend_to_be_a_leader(system, small_city):
    said = {"source": "instruction", "reference": "1", "words": "请先办这件事", "type": "stall"}
    answer = system("report").post("/api/reports", said, content_type="application/json")
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert "on a page of its own" in answer.json()["error"]


def test_an_officer_of_two_places_has_the_offices_of_both(signed_in, small_city):
    from gongbi.core.models import Post

    Post.objects.filter(person=small_city.people["officer"]).update(place_id="xx-e")
    Post.objects.create(
        person=small_city.people["officer"], role="duty_officer", unit_id="centre", place_id="xx-w"
    )
    page = signed_in("officer").get("/cases/instruction/")
    places = {code for code, _name in page.context["form"].fields["place"].choices}
    assert {"xx-e", "xx-e-1", "xx-w"} <= places
    offices = {code for code, _name in page.context["form"].fields["office"].choices}
    assert {"centre-e", "water-e"} <= offices


def test_papers_entered_before_they_were_named_by_office_are_known_again(instructed):
    number = instructed()
    Signal.objects.update(reference=PAPER["reference"])
    change = import_module("gongbi.cases.migrations.0014_papers_by_office")
    for _ in range(2):  # done again, it changes nothing
        change.name_the_office(apps, None)
    assert Signal.objects.get().reference == "centre:2026-17"
    assert instructed() == number
    assert Case.objects.count() == 1


def test_a_district_enters_what_an_office_above_it_instructed(instructed, signed_in):
    number = instructed("dispatcher-w", place="xx-w", office="centre")
    assert (case_of(number).place_id, case_of(number).source) == ("xx-w", "instruction")
    form = signed_in("dispatcher-w").get("/cases/instruction/").context["form"]
    offices = [code for code, _name in form.fields["office"].choices if code]
    assert offices == ["centre", "lifts", "order", "water"], "those above; its own has none"
    places = {code for code, _name in form.fields["place"].choices}
    assert places == {"", "xx-w"}, "where it acts is its own place all the same"


def test_a_district_names_no_office_of_its_neighbour_and_no_place_above(signed_in):
    for wrong in ({"office": "centre-e", "place": "xx-w"}, {"office": "centre", "place": "xx"}):
        answer = signed_in("dispatcher-w").post("/cases/instruction/", PAPER | wrong)
        assert answer.status_code == 422, wrong
    assert not Case.objects.exists()


def test_pressed_twice_without_a_number_it_is_one_case(signed_in):
    browser = signed_in("officer")
    said = PAPER | {"reference": ""} | once(browser, "/cases/instruction/")
    first, again = twice(browser, "/cases/instruction/", said)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert Case.objects.count() == 1
    page = browser.get(again["Location"]).content.decode()
    assert "You had sent this already" in page


def test_other_words_on_the_same_form_are_another_instruction(signed_in):
    browser = signed_in("officer")
    said = PAPER | {"reference": ""} | once(browser, "/cases/instruction/")
    browser.post("/cases/instruction/", said)
    browser.post("/cases/instruction/", said | {"words": "另一件事"})
    assert Case.objects.count() == 2


def test_what_was_refused_is_mended_and_sent_on_the_same_form(signed_in):
    browser = signed_in("officer")
    said = PAPER | {"reference": ""} | once(browser, "/cases/instruction/")
    assert browser.post("/cases/instruction/", said | {"type": ""}).status_code == 422
    assert browser.post("/cases/instruction/", said).status_code == 302
    assert Case.objects.count() == 1
