"""Ringing people back: drawn by chance, heard, and their word goes to the case."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.forms import twice
from tests.reports.hotline.conftest import last

from gongbi.cases import public as cases
from gongbi.cases.models import Case, Outcome, Satisfaction, Signal, Verdict
from gongbi.core.models import JournalLine, Person
from gongbi.core.public import now
from gongbi.reports.hotline import ringing_back
from gongbi.reports.hotline.models import CallBack, CallBackAttempt

Ring = Callable[..., tuple[Client, str]]


def answered(
    clerk: Client,
    where: str,
    signed_in: Callable[..., Client],
    said: str = "There is a leak",
    aid: str = "",
) -> Case:
    """A case from a call, done by the water works a day ago."""
    words = {"words": said, "place_words": "East Lake", "contact": "13800138000"}
    clerk.post(where + "open/", {**words, "aid": aid})
    case = Case.objects.get()
    boss, crew = (
        signed_in("dispatcher", name="boss"),
        signed_in("worker", unit="water", name="crew"),
    )
    return done_by_water(boss, crew, case)


def done_by_water(boss: Client, crew: Client, case: Case) -> Case:
    """Sent to the water works, and done a day ago."""
    boss.post(f"/cases/{case.number}/do/dispatch", {"unit": "water", "seen": case.version})
    case.refresh_from_db()
    crew.post(
        f"/cases/{case.number}/do/declare",
        {"declared": "done", "words": "mended", "seen": case.version},
    )
    case.refresh_from_db()
    assert case.state == "answered"
    Outcome.objects.update(at=now() - timedelta(days=1))
    Verdict.objects.update(asked_at=now() - timedelta(days=1), due_at=now() + timedelta(days=5))
    return case


@pytest.fixture
def check(ring: Ring, signed_in: Callable[..., Client]) -> tuple[Client, Case, CallBack]:
    """A check drawn for an answered case, and the clerk who rings."""
    clerk, where = ring()
    case = answered(clerk, where, signed_in)
    assert ringing_back.draw_checks(now()) == 1
    assert ringing_back.draw_checks(now()) == 0  # once a day
    return clerk, case, CallBack.objects.get()


@pytest.mark.parametrize("said", ["There is a leak, please do not call", "漏水了,别打电话"])
def test_who_asked_not_to_be_called_is_not_drawn(
    ring: Ring, signed_in: Callable[..., Client], said: str
) -> None:
    clerk, where = ring()
    case = answered(clerk, where, signed_in, said)
    assert ringing_back.draw_checks(now()) == 0
    signal = Signal.objects.get()
    cases.receive_signal(
        cases.SignalIn(
            source="web", reference="r", words="Leak there, too", type=None, lon=None, lat=None,
            place=None, place_words="", at=now(), language="en", contact="13900139000",
        )
    )  # fmt: skip
    other = Signal.objects.latest("pk")
    Signal.objects.filter(pk=other.pk).update(case=case)
    assert ringing_back.draw_checks(now()) == 1, "another reporter of it may be rung"
    assert CallBack.objects.get().signal == other.uuid != signal.uuid


def test_whoever_rings_sees_the_wish_and_the_help_they_need(
    ring: Ring, signed_in: Callable[..., Client]
) -> None:
    clerk, where = ring()
    case = answered(clerk, where, signed_in, "There is a leak, please write to me", "sign")
    assert ringing_back.draw_checks(now()) == 1
    back = CallBack.objects.get()
    address = f"/hotline/callbacks/{back.pk}/"
    assert "Sign language" not in clerk.get(address).content.decode(), "sealed like the number"
    page = clerk.post(f"{address}reach/").content.decode()
    assert "How they want to be spoken with" in page
    assert "Write to me · Sign language by video" in page
    crew = signed_in("worker", unit="water", name="crew-2")
    assert "Sign language by video" in crew.get(f"/cases/{case.number}/").content.decode()
    from gongbi.cases.following import token_of

    cases.forget_reporter(token_of(Signal.objects.get().uuid))
    assert "Sign language" not in crew.get(f"/cases/{case.number}/").content.decode()


def test_a_promised_call_says_which_help_they_need(ring: Ring) -> None:
    clerk, where = ring()
    said = {"words": "x", "contact": "13800138000", "aid": "relay", "hours": "3"}
    clerk.post(where + "promise/", said)
    back = CallBack.objects.get()
    page = clerk.post(f"/hotline/callbacks/{back.pk}/reach/").content.decode()
    assert "Text relay service" in page


def test_not_solved_opens_the_case_again(check: tuple[Client, Case, CallBack]) -> None:
    clerk, case, back = check
    assert back.why["rank"] == 1
    page = clerk.get(f"/hotline/callbacks/{back.pk}/").content.decode()
    assert "13800138000" not in page
    page = clerk.post(f"/hotline/callbacks/{back.pk}/reach/").content.decode()
    assert "13800138000" in page
    assert JournalLine.objects.filter(kind__icontains="ReporterSeen").exists()
    said = {"check": "on", "result": "reached", "said": "not_solved", "words": "Still wet"}
    clerk.post(f"/hotline/callbacks/{back.pk}/", said)
    case.refresh_from_db()
    back.refresh_from_db()
    assert (case.state, case.reopened) == ("open", 1)
    assert (back.state, back.said) == ("reached", "not_solved")
    assert case.steps.latest("pk").actor.startswith("person:")


def test_solved_closes_it(check: tuple[Client, Case, CallBack]) -> None:
    clerk, case, back = check
    said = {"check": "on", "result": "reached", "said": "solved", "satisfied": "yes"}
    clerk.post(f"/hotline/callbacks/{back.pk}/", said)
    case.refresh_from_db()
    assert (case.state, case.ended_as) == ("closed", "solved")
    heard = Satisfaction.objects.get()
    assert (heard.said, heard.case_id) == ("yes", case.pk)
    assert heard.outcome == Outcome.objects.get()


def test_how_satisfied_they_are_counts_without_a_word_on_the_rest(
    check: tuple[Client, Case, CallBack],
) -> None:
    clerk, case, back = check
    said = {"check": "on", "result": "reached", "said": "no_word", "satisfied": "fairly"}
    clerk.post(f"/hotline/callbacks/{back.pk}/", said)
    case.refresh_from_db()
    assert (case.state, Satisfaction.objects.get().said) == ("answered", "fairly")
    clerk.post(f"/hotline/callbacks/{back.pk}/", said)
    assert Satisfaction.objects.count() == 1


def test_reached_without_a_word_is_sent_back(check: tuple[Client, Case, CallBack]) -> None:
    clerk, _case, back = check
    page = clerk.post(f"/hotline/callbacks/{back.pk}/", {"check": "on", "result": "reached"})
    assert page.status_code == 422
    assert not CallBackAttempt.objects.exists()


def test_three_tries_and_no_more(check: tuple[Client, Case, CallBack]) -> None:
    clerk, case, back = check
    for tries in range(1, 4):
        clerk.post(f"/hotline/callbacks/{back.pk}/", {"check": "on", "result": "no_answer"})
        back.refresh_from_db()
        assert back.attempts.count() == tries
    assert back.state == CallBack.GIVEN_UP
    clerk.post(f"/hotline/callbacks/{back.pk}/", {"check": "on", "result": "no_answer"})
    assert back.attempts.count() == 3
    case.refresh_from_db()
    assert case.state == "answered"


def test_a_forgotten_reporter_is_not_rung(check: tuple[Client, Case, CallBack]) -> None:
    clerk, _case, back = check
    token = Signal.objects.get()
    from gongbi.cases.following import token_of

    cases.forget_reporter(token_of(token.uuid))
    page = clerk.post(f"/hotline/callbacks/{back.pk}/reach/").content.decode()
    assert "13800138000" not in page
    assert "none is kept any more" in page


def test_a_promise_is_kept(ring: Ring) -> None:
    clerk, where = ring()
    clerk.post(
        where + "promise/", {"words": "x", "contact": "13800138000", "aid": "", "hours": "3"}
    )
    back = CallBack.objects.get()
    assert "13800138000" in clerk.post(f"/hotline/callbacks/{back.pk}/reach/").content.decode()
    clerk.post(f"/hotline/callbacks/{back.pk}/", {"result": "reached", "words": "told"})
    back.refresh_from_db()
    assert back.state == CallBack.REACHED
    assert last().ended_as == "promised"


@pytest.fixture
def promised(ring: Ring) -> tuple[Client, CallBack]:
    """A call-back that was promised, and the clerk who promised it."""
    clerk, where = ring()
    said = {"words": "the wall hums", "contact": "13800138000", "aid": "", "hours": "3"}
    clerk.post(where + "promise/", said)
    return clerk, CallBack.objects.get()


def test_opening_a_promised_call_back_is_a_line_of_the_journal(
    promised: tuple[Client, CallBack],
) -> None:
    clerk, back = promised
    clerk.get(f"/hotline/callbacks/{back.pk}/")
    assert not JournalLine.objects.filter(kind="reports.CallBackSeen").exists()
    assert "13800138000" in clerk.post(f"/hotline/callbacks/{back.pk}/reach/").content.decode()
    line = JournalLine.objects.get(kind="reports.CallBackSeen")
    assert line.actor.startswith("person:")
    assert (line.subject, line.place_path) == (f"callback:{back.pk}", back.place_path)
    assert line.body == {"callback": str(back.pk), "number": "", "call": str(last().pk)}


def test_words_are_not_shown_where_the_line_cannot_be_written(
    promised: tuple[Client, CallBack], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, back = promised
    monkeypatch.setattr("gongbi.reports.hotline.ringing_back.core.publish", _cannot)
    clerk.raise_request_exception = False
    page = clerk.post(f"/hotline/callbacks/{back.pk}/reach/")
    assert page.status_code == 500
    assert b"13800138000" not in page.content


def _cannot(*_said: object, **_more: object) -> None:
    raise RuntimeError("the journal cannot be written")


def test_what_is_over_is_not_opened_again(promised: tuple[Client, CallBack]) -> None:
    clerk, back = promised
    clerk.post(f"/hotline/callbacks/{back.pk}/", {"result": "reached", "words": "told"})
    page = clerk.post(f"/hotline/callbacks/{back.pk}/reach/").content.decode()
    assert "This is done." in page
    assert "left" not in page.split('id="attempt"')[0].split("<h1>")[1], "no deadline runs"
    assert not JournalLine.objects.filter(kind="reports.CallBackSeen").exists()


def form_of(clerk: Client, back: CallBack) -> dict[str, str]:
    """The hidden fields of the page as it stands."""
    page = clerk.get(f"/hotline/callbacks/{back.pk}/").content.decode()
    form = page[page.index('id="attempt"') :]
    return {
        name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("once", "tries")
    }


def test_one_press_twice_is_one_attempt(promised: tuple[Client, CallBack]) -> None:
    clerk, back = promised
    where = f"/hotline/callbacks/{back.pk}/"
    said = {"result": "no_answer"} | form_of(clerk, back)
    first, again = twice(clerk, where, said)
    assert (first["Location"], again["Location"]) == ("/hotline/callbacks/",) * 2
    assert CallBackAttempt.objects.count() == 1
    page = clerk.get("/hotline/callbacks/").content.decode()
    assert "nothing was done twice" in page


def test_the_second_of_two_officers_is_told(
    promised: tuple[Client, CallBack], signed_in: Callable[..., Client]
) -> None:
    clerk, back = promised
    other, where = signed_in("clerk", name="second"), f"/hotline/callbacks/{back.pk}/"
    mine, theirs = form_of(clerk, back), form_of(other, back)
    clerk.post(where, {"result": "no_answer"} | mine)
    page = other.post(where, {"result": "busy", "words": "x"} | theirs)
    assert page.status_code == 409
    text = page.content.decode()
    assert "Somebody wrote down a try a moment ago" in text
    assert "No answer" in text, "what they wrote stands below"
    assert CallBackAttempt.objects.count() == 1
    other.post(where, {"result": "busy"} | form_of(other, back))
    assert CallBackAttempt.objects.count() == 2, "having read it, they may write theirs"


def test_what_somebody_ended_stays_as_they_ended_it(
    promised: tuple[Client, CallBack], signed_in: Callable[..., Client]
) -> None:
    clerk, back = promised
    other, where = signed_in("clerk", name="second"), f"/hotline/callbacks/{back.pk}/"
    theirs = form_of(other, back)
    clerk.post(where, {"result": "reached", "words": "told"} | form_of(clerk, back))
    page = other.post(where, {"result": "no_answer"} | theirs)
    assert page.status_code == 409
    assert "This call-back is over" in page.content.decode()
    back.refresh_from_db()
    assert (back.state, CallBackAttempt.objects.count()) == (CallBack.REACHED, 1)


@pytest.mark.parametrize("_again", range(3))
def test_two_officers_at_the_same_moment(
    real_database: None, ring: Ring, signed_in: Callable[..., Client], _again: int
) -> None:
    clerk, where = ring()
    clerk.post(
        where + "promise/", {"words": "x", "contact": "13800138000", "aid": "", "hours": "3"}
    )
    back = CallBack.objects.get()
    other, where = signed_in("clerk", name="second"), f"/hotline/callbacks/{back.pk}/"
    said = [
        {"result": result} | form_of(browser, back)
        for browser, result in ((clerk, "wrong_number"), (other, "no_answer"))
    ]
    start, found = Barrier(2), []

    def run(browser: Client, entry: dict[str, str]) -> None:
        start.wait(10)
        try:
            found.append(browser.post(where, entry).status_code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in zip((clerk, other), said, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [302, 409]
    assert CallBackAttempt.objects.count() == 1
    back.refresh_from_db()
    gone = CallBackAttempt.objects.get().result == "wrong_number"
    assert back.state == (CallBack.GIVEN_UP if gone else CallBack.DUE)


def test_a_day_is_drawn_whole_or_not_at_all(
    ring: Ring, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, where = ring()
    answered(clerk, where, signed_in)
    boss, crew = Client(), Client()
    boss.force_login(Person.objects.get(username="boss"))
    crew.force_login(Person.objects.get(username="crew"))
    clerk_again = clerk.post("/hotline/", {"line": "phone"})["Location"]
    words = {"words": "A burst pipe", "place_words": "West Hill", "contact": "13700137000"}
    clerk.post(clerk_again + "open/", {**words, "aid": ""})
    case = Case.objects.exclude(state="answered").get()
    done_by_water(boss, crew, case)
    made = ringing_back._made

    def killed_at_the_second(*said: Any) -> int:
        if CallBack.objects.exists():
            raise KeyboardInterrupt
        return made(*said)

    monkeypatch.setattr(ringing_back, "_made", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        ringing_back.draw_checks(now())
    monkeypatch.setattr(ringing_back, "_made", made)
    assert not CallBack.objects.exists()
    assert ringing_back.draw_checks(now()) == 2


def test_figures_wait_for_ten(check: tuple[Client, Case, CallBack]) -> None:
    clerk, _case, back = check
    assert "shown from ten answers on" in clerk.get("/hotline/callbacks/").content.decode()
    at = now()
    for n in range(10):
        CallBack.objects.create(
            kind="check", state="reached", said="solved" if n < 8 else "not_solved",
            place_path=back.place_path, made_at=at, due_at=at,
        )  # fmt: skip
    page = clerk.get("/hotline/callbacks/").content.decode()
    assert "80 %" in page
    assert "49–94 %" in page  # Wilson, 8 of 10
