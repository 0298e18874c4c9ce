"""Ringing people back: drawn by chance, heard, and their word goes to the case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.reports.hotline.conftest import last

from gongbi.cases import public as cases
from gongbi.cases.models import Case, Outcome, Satisfaction, Signal, Verdict
from gongbi.core.models import JournalLine
from gongbi.core.public import now
from gongbi.reports.hotline import ringing_back
from gongbi.reports.hotline.models import CallBack, CallBackAttempt

Ring = Callable[..., tuple[Client, str]]


def answered(clerk: Client, where: str, signed_in: Callable[..., Client]) -> Case:
    """A case from a call, done by the water works a day ago."""
    words = {"words": "There is a leak", "place_words": "East Lake", "contact": "13800138000"}
    clerk.post(where + "open/", {**words, "aid": ""})
    case = Case.objects.get()
    boss, crew = (
        signed_in("dispatcher", name="boss"),
        signed_in("worker", unit="water", name="crew"),
    )
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
