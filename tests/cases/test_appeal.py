"""No one's case: after two returns a named referee decides within the hour, and that binds."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.models import Appeal, Task, Verdict
from gongbi.cases.public import give_verdict, run_due
from gongbi.core.models import JournalLine

BACK = {"reason": "not_ours", "words": "不归我们"}


@pytest.fixture
def twice_returned(signed_in, reported):
    """Two units gave it back; the third is East water."""
    receipt = reported()
    number = receipt.number
    for unit, who in (("lifts", "lifter"), ("water", "lead")):
        do(signed_in("dispatcher"), number, "dispatch", unit=unit)
        assert do(signed_in(who), number, "return", **BACK).status_code == 302
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    return receipt


def named(small_city) -> str:
    """Who of the cast was named."""
    chosen = Appeal.objects.get().referee_id
    return next(name for name, one in small_city.people.items() if one.pk == chosen)


def other(small_city) -> str:
    return {"referee": "supervisor", "supervisor": "referee"}[named(small_city)]


def test_a_third_return_is_not_possible_and_the_page_says_what_is(signed_in, twice_returned):
    number = twice_returned.number
    answer = do(signed_in("worker"), number, "return", **BACK)
    assert answer.status_code == 409
    assert "A referee decides now: please appeal." in answer.content.decode()
    assert case_of(number).state == "in_hand"
    mine = signed_in("worker").get("/cases/mine/").content.decode()
    assert "do/return" not in mine
    assert "Two units gave it back already." in mine


def test_the_referee_is_named_with_the_reason_and_has_an_hour(
    signed_in, twice_returned, small_city
):
    number = twice_returned.number
    assert do(signed_in("lead"), number, "appeal", words="管线归燃气").status_code == 302
    appeal = Appeal.objects.get()
    assert (appeal.about, appeal.unit_id) == ("assignment", "water-e")
    assert appeal.why == {"able": 2, "waiting": 0}
    row = case_of(number).deadlines.get(kind="decision")
    assert row.due_at == appeal.due_at == NOW + timedelta(hours=1)
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "of 2 who may, the one with the fewest to decide" in page
    assert JournalLine.objects.get(kind="cases.AppealMade").body["unit"] == "water-e"
    assert do(signed_in("lead"), number, "appeal", words="x").status_code == 409


def test_it_stays_and_that_binds(signed_in, twice_returned, small_city):
    number = twice_returned.number
    do(signed_in("lead"), number, "appeal", words="x")
    said = {"decided": "kept", "words": "管线在水务名下"}
    assert do(signed_in(other(small_city)), number, "decide", **said).status_code == 422
    assert do(signed_in(named(small_city)), number, "decide", **said).status_code == 302
    assert case_of(number).deadlines.get(kind="decision").ended_as == "met"
    for verb, words in (("return", BACK), ("appeal", {"words": "x"})):
        answer = do(signed_in("lead"), number, verb, **words)
        assert answer.status_code == 409
        assert "that binds" in answer.content.decode()
    said = {"unit": "lifts", "reason": "agreed", "words": "x"}
    assert do(signed_in("lead"), number, "transfer", **said).status_code == 409
    assert "A referee decided that your unit does it." in (
        signed_in("worker").get("/cases/mine/").content.decode()
    )


def test_it_goes_to_another_unit_which_may_not_give_it_back(signed_in, twice_returned, small_city):
    number = twice_returned.number
    do(signed_in("lead"), number, "appeal", words="x")
    referee = signed_in(named(small_city))
    said = {"decided": "given", "words": "在轿厢内"}
    assert do(referee, number, "decide", unit="", **said).status_code == 422
    assert do(referee, number, "decide", unit="water-e", **said).status_code == 422
    assert do(referee, number, "decide", unit="lifts", **said).status_code == 302
    case = case_of(number)
    assert (case.state, case.unit_id) == ("in_hand", "lifts")
    assert Task.objects.get(ended_at=None).bound
    assert do(signed_in("lifter"), number, "return", **BACK).status_code == 409
    assert Appeal.objects.get().to_unit_id == "lifts"


def test_when_the_hour_has_passed_others_may_decide_and_it_was_told(
    signed_in, twice_returned, small_city
):
    number = twice_returned.number
    do(signed_in("lead"), number, "appeal", words="x")
    small_city.clock.now = NOW + timedelta(minutes=61)
    run_due(small_city.clock.now)
    row = case_of(number).deadlines.get(kind="decision")
    assert row.missed_at == row.due_at
    assert [one.to for one in row.told.order_by("at")] == [["referee"], ["referee", "supervisor"]]
    said = {"decided": "kept", "words": "x"}
    assert do(signed_in(other(small_city)), number, "decide", **said).status_code == 302
    row.refresh_from_db()
    assert row.ended_as == "late"


def test_the_one_with_fewer_to_decide_is_named(signed_in, reported):
    chosen = set()
    for _ in range(2):
        number = reported().number
        do(signed_in("dispatcher"), number, "accept_suggestion")
        do(signed_in("lead"), number, "appeal", words="x")
        chosen.add(Appeal.objects.order_by("pk").last().referee_id)
    assert len(chosen) == 2


def test_nobody_decides_about_their_own_unit(signed_in, reported, small_city):
    from gongbi.core.models import Post

    Post.objects.filter(role="supervisor").update(unit="water-e")
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("lead"), number, "appeal", words="x")
    assert named(small_city) == "referee"
    Post.objects.filter(role="referee").delete()
    again = reported().number
    do(signed_in("dispatcher"), again, "accept_suggestion")
    answer = do(signed_in("lead"), again, "appeal", words="x")
    assert answer.status_code == 422
    assert "must name a referee" in answer.content.decode()


@pytest.fixture
def judged(signed_in, reported):
    """The resident says: not solved."""
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="好了")
    run_due(NOW)
    give_verdict(receipt.follow_token, solved=False)
    return receipt.number


def test_a_verdict_is_appealed_and_stands(signed_in, judged, small_city):
    assert do(signed_in("lead"), judged, "appeal", words="另一处漏水").status_code == 302
    assert Appeal.objects.get().about == "verdict"
    do(signed_in(named(small_city)), judged, "decide", decided="refused", words="同一处")
    case = case_of(judged)
    assert (case.state, Verdict.objects.get().said) == ("open", "not_solved")
    assert do(signed_in("lead"), judged, "appeal", words="x").status_code == 409


def test_settled_the_resident_s_word_stays_as_it_is(signed_in, judged, small_city):
    do(signed_in("lead"), judged, "appeal", words="另一处漏水")
    do(signed_in(named(small_city)), judged, "decide", decided="settled", words="属另一事项")
    case = case_of(judged)
    assert (case.state, case.ended_as) == ("closed", "settled")
    assert Verdict.objects.get().said == "not_solved"
    assert not case.deadlines.filter(ended_at=None).exists()
    page = signed_in("supervisor").get(f"/cases/{judged}/").content.decode()
    assert "settled by a referee; the resident&#x27;s word stays as it is" in page


def test_sent_anew_the_appeal_lapses(signed_in, judged):
    do(signed_in("lead"), judged, "appeal", words="x")
    do(signed_in("dispatcher"), judged, "dispatch", unit="lifts")
    assert Appeal.objects.get().decided == "lapsed"
    assert case_of(judged).deadlines.get(kind="decision").ended_as == "dropped"


def test_decided_while_the_case_waits_moving_nothing(signed_in, twice_returned, small_city):
    number = twice_returned.number
    do(signed_in("lead"), number, "appeal", words="管线归燃气")
    do(signed_in("dispatcher"), number, "wait", reason="works", words="等开挖")
    referee = signed_in(named(small_city))
    page = referee.get(f"/cases/{number}/").content.decode()
    form = page.split(f"/cases/{number}/do/decide")[1].split("</form>")[0]
    assert 'value="kept"' in form
    assert 'value="given"' not in form
    given = {"decided": "given", "unit": "lifts", "words": "x"}
    assert do(referee, number, "decide", **given).status_code == 422
    kept = {"decided": "kept", "words": "管线在水务名下"}
    assert do(referee, number, "decide", **kept).status_code == 302
    case = case_of(number)
    assert (case.state, case.waiting_for, case.unit_id) == ("waiting", "works", "water-e")
    assert case.deadlines.get(kind="decision").ended_as == "met"
    assert Task.objects.get(state="offered").bound


def test_a_verdict_stands_or_waits_for_the_case(signed_in, reported, small_city):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "dispatch", unit="water-e")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="好了")
    run_due(NOW)
    give_verdict(receipt.follow_token, solved=False)
    do(signed_in("lead"), receipt.number, "appeal", words="已修好")
    do(signed_in("dispatcher"), receipt.number, "wait", reason="works", words="等开挖")
    referee = signed_in(named(small_city))
    settled = do(referee, receipt.number, "decide", decided="settled", words="x")
    assert (settled.status_code, case_of(receipt.number).state) == (422, "waiting")
    refused = do(referee, receipt.number, "decide", decided="refused", words="还在漏")
    assert (refused.status_code, case_of(receipt.number).state) == (302, "waiting")
    assert Appeal.objects.get().decided == "refused"
