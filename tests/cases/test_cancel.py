"""Cancelling, urging, notes."""

from tests.cases.walking import case_of, do

from gongbi.cases.public import follow


def test_cancelling_needs_a_reason_and_words_and_stays_counted(signed_in, reported):
    receipt = reported()
    dispatcher = signed_in("dispatcher")
    assert do(dispatcher, receipt.number, "cancel", reason="test", words="").status_code == 422
    assert do(dispatcher, receipt.number, "cancel", reason="test", words="演练").status_code == 302
    case = case_of(receipt.number)
    assert (case.state, case.ended_as, case.due_at) == ("cancelled", "test", None)
    assert follow(receipt.follow_token).state == "cancelled"
    assert do(dispatcher, receipt.number, "dispatch", unit="water").status_code == 409
    assert receipt.number in dispatcher.get("/cases/?state=over").content.decode()


def test_urging_is_seen_by_the_unit(signed_in, reported):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    assert do(signed_in("supervisor"), number, "urge", words="老人在家").status_code == 302
    assert case_of(number).urged == 1
    assert "老人在家" in signed_in("worker").get(f"/cases/{number}/").content.decode()


def test_a_note_for_the_reporter_is_how_a_unit_speaks_to_them(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    worker = signed_in("worker")
    do(worker, receipt.number, "note", words="只写给同事")
    do(worker, receipt.number, "note", words="下午三点到", for_reporter="on")
    said = [step.words for step in follow(receipt.follow_token).steps]
    assert "下午三点到" not in said[0]
    shown = " ".join(f"{step.what} {step.words}" for step in follow(receipt.follow_token).steps)
    assert "下午三点到" in shown
    assert "只写给同事" not in shown
    first = case_of(receipt.number).deadlines.get(kind="first_contact")
    assert first.ended_as == "met"


def test_an_empty_note_is_refused(signed_in, reported):
    number = reported().number
    assert do(signed_in("dispatcher"), number, "note", words="").status_code == 422


def test_what_is_cancelled_or_opened_again_waits_for_nothing(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "wait", reason="weather", words="台风")
    do(signed_in("dispatcher"), receipt.number, "cancel", reason="test", words="演练")
    case, page = case_of(receipt.number), f"/cases/{receipt.number}/"
    assert (case.waiting_for, follow(receipt.follow_token).waiting_for) == ("", "")
    assert "Waits for" not in signed_in("dispatcher").get(page).content.decode()
    # As a case stands that was cancelled before: what it waited for is left behind, too.
    type(case).objects.filter(pk=case.pk).update(waiting_for="weather")
    said = {"reason": "wrongly_ended", "words": "不是演练"}
    do(signed_in("supervisor"), receipt.number, "reopen", **said)
    assert case_of(receipt.number).waiting_for == ""
