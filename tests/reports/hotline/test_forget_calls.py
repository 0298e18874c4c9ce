"""What was said by telephone goes with the reporter, and whoever asks for their own sees it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.reports.hotline.conftest import last
from tests.reports.hotline.test_callbacks import answered
from typer.testing import CliRunner

from gongbi.cases.following import token_of
from gongbi.cases.models import Case, Note, Signal
from gongbi.config.cli import app
from gongbi.core import keyring
from gongbi.core.models import JournalLine
from gongbi.core.outbox import deliver_due
from gongbi.core.public import now, seal_bytes, unseal
from gongbi.reports.hotline import ringing_back
from gongbi.reports.hotline.models import Call, CallBack, CallBackAttempt
from gongbi.reports.public import draw_call_backs

Ring = Callable[..., tuple[Client, str]]
SAID = {"words": "There is a leak", "place_words": "East Lake", "contact": "13800138000"}
CHECK = {"check": "on", "result": "reached"}


def run(*words: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["resident", *words])
    return done.exit_code, done.output


def link() -> str:
    return token_of(Signal.objects.get().uuid)


def held() -> dict[str, Any]:
    code, said = run("show", link())
    assert code == 0, said
    found: dict[str, Any] = json.loads(said)
    return found


def keys_left(*kinds: str) -> list[str]:
    with keyring._ring() as ring:
        owners = [owner for (owner,) in ring.execute("SELECT owner FROM key")]
    return [owner for owner in owners if owner.startswith(kinds)]


@pytest.fixture
def rung(ring: Ring, signed_in: Callable[..., Client]) -> tuple[Client, Case, CallBack]:
    """A case out of a call, answered by its unit, whose caller was drawn for a check."""
    clerk, where = ring()
    case = answered(clerk, where, signed_in)
    assert ringing_back.draw_checks(now()) == 1
    return clerk, case, CallBack.objects.get()


def hear(clerk: Client, back: CallBack, **said: str) -> None:
    answer = clerk.post(f"/hotline/callbacks/{back.pk}/", {**CHECK, **said})
    assert answer.status_code == 302


def test_forgetting_by_command_reaches_the_call_and_what_was_said_when_they_were_rung(
    rung: tuple[Client, Case, CallBack],
) -> None:
    clerk, _case, back = rung
    hear(clerk, back, said="not_solved", words="Still wet at number 3")
    assert keys_left("call:")
    code, said = run("forget", link(), "--yes")
    assert code == 0, said
    deliver_due()
    assert keys_left("call:", "callback:", "signal:") == []
    call = last()
    assert (call.sealed, call.caller_digest) == (None, "")
    assert call.forgotten_at is not None
    told = JournalLine.objects.filter(kind="core.KeyDestroyed", subject=call.key_owner)
    assert told.count() == 1


def test_told_twice_it_is_forgotten_once(rung: tuple[Client, Case, CallBack]) -> None:
    run("forget", link(), "--yes")
    deliver_due()
    at = last().forgotten_at
    from gongbi.cases.events import ReporterForgotten
    from gongbi.reports.hotline.reactions import forget

    signal = Signal.objects.get()
    forget(ReporterForgotten(case=signal.case.uuid, number="x", signal=signal.uuid))
    assert last().forgotten_at == at


def test_another_reporter_s_call_of_the_same_case_stays(
    rung: tuple[Client, Case, CallBack], ring: Ring
) -> None:
    first = last()
    second, where = ring(name="second")
    second.post(where + "open/", {**SAID, "contact": "13900139000", "aid": "",
                                  "joins": Case.objects.get().number})  # fmt: skip
    one = Signal.objects.order_by("pk").first()
    assert one is not None
    assert run("forget", token_of(one.uuid), "--yes")[0] == 0
    deliver_due()
    first.refresh_from_db()
    assert first.sealed is None
    other = last()
    assert other.pk != first.pk
    assert other.sealed is not None
    assert keys_left("call:") == [other.key_owner]


def test_a_call_that_was_added_by_short_number_is_theirs_too(
    ring: Ring, signed_in: Callable[..., Client]
) -> None:
    from gongbi.cases.following import short_number_of

    clerk, where = ring()
    clerk.post(where + "open/", {**SAID, "aid": ""})
    number = short_number_of(Signal.objects.get().uuid)
    where = clerk.post("/hotline/", {"line": "phone"})["Location"]
    clerk.post(where + "add/", {**SAID, "words": "It is worse", "aid": "", "number": number})
    assert last().ended_as == "added"
    assert run("forget", link(), "--yes")[0] == 0
    deliver_due()
    assert not Call.objects.exclude(sealed=None).exists()
    assert keys_left("call:") == []


def test_words_of_a_check_are_kept_once_with_the_case(
    rung: tuple[Client, Case, CallBack],
) -> None:
    clerk, _case, back = rung
    hear(clerk, back, said="not_solved", words="Still wet")
    assert CallBackAttempt.objects.get().sealed_words is None
    assert keys_left("callback:") == []
    assert held()["answers"][0]["words"] == "Still wet"


@pytest.mark.parametrize("said", ["no_word", "solved"])
def test_words_that_are_no_verdict_are_kept_with_the_case_all_the_same(
    rung: tuple[Client, Case, CallBack], said: str
) -> None:
    clerk, case, back = rung
    from gongbi.cases.public import give_verdict

    give_verdict(link(), True)  # they had said it by their link meanwhile
    hear(clerk, back, said=said, words="The crew was kind")
    note = Note.objects.get()
    assert unseal(note.words_id) == "The crew was kind"
    assert note.actor.startswith("person:")
    assert held()["added"][0]["words"] == "The crew was kind"
    page = signed_page(clerk, case)
    assert "heard when the reporter was rung" in page
    assert run("forget", link(), "--yes")[0] == 0
    assert unseal(note.words_id) is None


def signed_page(clerk: Client, case: Case) -> str:
    return clerk.get(f"/cases/{case.number}/").content.decode()


def test_whoever_was_forgotten_before_leaves_no_words_by_being_rung(
    rung: tuple[Client, Case, CallBack],
) -> None:
    clerk, _case, back = rung
    assert run("forget", link(), "--yes")[0] == 0
    hear(clerk, back, said="not_solved", words="Still wet")
    assert CallBackAttempt.objects.get().sealed_words is None
    assert not Note.objects.exists()
    assert keys_left("callback:") == []


def test_whoever_asks_sees_the_call_and_the_call_back(
    rung: tuple[Client, Case, CallBack],
) -> None:
    clerk, _case, back = rung
    hear(clerk, back, said="not_solved", words="Still wet")
    found = held()
    (call,) = found["calls"]
    assert (call["words"], call["contact"], call["ended"]) == (
        "There is a leak", "13800138000", "case",
    )  # fmt: skip
    assert call["kept_until"][:10] == (now() + timedelta(days=30)).isoformat()[:10]
    (check,) = found["call_backs"]
    assert (check["kind"], check["said"], check["rung"][0]["result"]) == (
        "check", "not_solved", "reached",
    )  # fmt: skip


def test_a_contact_that_is_forgotten_at_its_term_is_not_kept_in_the_call(
    rung: tuple[Client, Case, CallBack],
) -> None:
    from gongbi.cases.actions.reporter import forget_contact
    from gongbi.cases.actors import Actor

    forget_contact(Signal.objects.get(), Actor("system", "keeping"))
    deliver_due()
    assert last().sealed is None
    assert keys_left("call:") == []
    assert held()["report"]["words"] == "There is a leak"


def test_words_of_a_promised_call_go_a_month_after_they_were_said(ring: Ring) -> None:
    clerk, where = ring()
    clerk.post(where + "promise/", {**SAID, "aid": "", "hours": "1"})
    back = CallBack.objects.get()
    answer = clerk.post(f"/hotline/callbacks/{back.pk}/", {"result": "reached", "words": "told"})
    assert answer.status_code == 302
    assert keys_left("callback:") == [back.key_owner]
    assert draw_call_backs() == 0
    CallBackAttempt.objects.update(at=now() - timedelta(days=31))
    Call.objects.update(ended_at=now() - timedelta(days=31))
    assert draw_call_backs() == 2
    assert keys_left("call:", "callback:") == []
    assert CallBackAttempt.objects.get().sealed_words is None
    assert draw_call_backs() == 0


def test_what_was_kept_under_a_key_of_the_call_back_once_goes_by_the_clock_and_with_the_reporter(
    rung: tuple[Client, Case, CallBack],
) -> None:
    """Call-backs of an earlier version held a second copy under a key of their own."""
    _clerk, _case, back = rung
    words = {"actor": "person:1", "result": "reached"}
    old = CallBack.objects.create(
        kind="check", state="reached", place_path=back.place_path, made_at=now(), due_at=now()
    )
    for one, days in ((old, 31), (back, 1)):
        sealed = seal_bytes(f"callback:{one.pk}", b"Still wet")
        at = now() - timedelta(days=days)
        CallBackAttempt.objects.create(callback=one, at=at, sealed_words=sealed, **words)
    draw_call_backs()
    assert keys_left("callback:") == [f"callback:{back.pk}"]
    run("forget", link(), "--yes")
    deliver_due()
    assert keys_left("callback:") == []
    assert not CallBackAttempt.objects.exclude(sealed_words=None).exists()
