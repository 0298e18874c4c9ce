"""A unit whose own system speaks Open311: sent on once, never doubled, its status comes back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.reports.open311.forwarded import CLERK, Other, go_round, report
from typer.testing import CliRunner

from gongbi.cases import actions, merging
from gongbi.cases.models import Case, Outcome
from gongbi.config.cli import app
from gongbi.core.models import JournalLine
from gongbi.core.public import make_application_key, unseal
from gongbi.reports.open311 import forwarding
from gongbi.reports.open311.models import OpenForward, OpenReceiver
from gongbi.reports.open311.receivers import ReceiverRefused, enter


def test_sent_on_masked_and_accepted(sent: Callable[..., Case], other: Other) -> None:
    case = sent()
    (said,) = other.posts
    assert said["service_code"] == "017"
    assert (said["api_key"], said["jurisdiction_id"]) == ("K", "water")
    assert "漏水" in said["description"]
    assert case.number in said["description"]
    assert "139" not in said["description"]
    assert case.tasks.get().state == "accepted"
    assert case.steps.filter(verb="accept", actor="application:open311-water").exists()
    for _ in range(3):
        go_round()
    assert len(other.posts) == 1


def test_closed_there_is_declared_here(sent: Callable[..., Case], other: Other) -> None:
    case = sent()
    other.status = "closed"
    go_round()
    outcome = Outcome.objects.get()
    assert (outcome.declared, unseal(outcome.words_id)) == ("done", "Mended")
    assert OpenForward.objects.get().over_at is not None
    case.refresh_from_db()
    assert case.state == "answered"


@pytest.mark.parametrize(
    "said", ["unable_to_fix", "Not councils responsibility", "duplicate", "REJECTED"]
)
def test_over_there_and_not_done_is_not_done_here(
    sent: Callable[..., Case], other: Other, said: str
) -> None:
    sent()
    other.status = said
    go_round()
    outcome = Outcome.objects.get()
    assert (outcome.declared, unseal(outcome.words_id)) == ("not_possible", "Mended")


def _merge(case: Case) -> None:
    from gongbi.cases.merging import merge

    merge(case, CLERK, into=report())


ENDS_HERE: dict[str, Callable[[Case], Any]] = {
    "cancelled": lambda case: actions.cancel(case, CLERK, reason="test", words="x"),
    "sent elsewhere": lambda case: actions.dispatch(case, CLERK, unit_code="roads"),
    "merged": _merge,
    "done by hand": lambda case: actions.declare(
        case.tasks.get(), CLERK, declared="done", words="x"
    ),
}


@pytest.mark.parametrize("how", ENDS_HERE)
def test_what_is_over_here_and_open_there_is_told_by_a_person(
    sent: Callable[..., Case], other: Other, how: str
) -> None:
    case = sent()
    case.refresh_from_db()
    ENDS_HERE[how](case)
    go_round()
    row = OpenForward.objects.get()
    assert row.set_aside_at is not None
    assert row.over_at is None
    assert "tell them" in row.trouble
    assert JournalLine.objects.filter(kind="reports.ForwardSetAside").count() == 1
    for _ in range(2):
        go_round()
    assert JournalLine.objects.filter(kind="reports.ForwardSetAside").count() == 1
    assert len(other.posts) == 1


def test_what_is_over_in_both_needs_nobody(sent: Callable[..., Case], other: Other) -> None:
    case = sent()
    case.refresh_from_db()
    actions.cancel(case, CLERK, reason="test", words="x")
    other.status = "closed"
    go_round()
    row = OpenForward.objects.get()
    assert (row.set_aside_at, row.over_at is None) == (None, False)


def test_sent_without_an_answer_and_over_here_meanwhile(
    sent: Callable[..., Case], other: Other
) -> None:
    other.behave = ["take and die"]
    case = sent()
    actions.cancel(case, CLERK, reason="test", words="x")
    go_round()
    assert "tell them" in OpenForward.objects.get().trouble


def test_refused_there_is_set_aside_with_the_reason(
    sent: Callable[..., Case], other: Other
) -> None:
    other.behave = ["400"]
    sent()
    row = OpenForward.objects.get()
    assert row.trouble == "400 not so"
    assert row.set_aside_at is not None
    assert not other.posts


def test_too_busy_or_nobody_there_is_tried_again(sent: Callable[..., Case], other: Other) -> None:
    url = other.url
    OpenReceiver.objects.update(url="http://127.0.0.1:1")
    case = sent()
    assert OpenForward.objects.get().trouble == "ConnectError"
    OpenReceiver.objects.update(url=url)
    other.behave = ["429"]
    go_round()
    go_round()
    assert len(other.posts) == 1
    assert case.tasks.get().state == "accepted"


def test_an_answer_that_was_lost_is_found_again(sent: Callable[..., Case], other: Other) -> None:
    other.behave = ["take and die"]
    sent()
    assert "may be there" in OpenForward.objects.get().trouble
    go_round()
    assert OpenForward.objects.get().remote_id == "W-0"
    assert len(other.posts) == 1


def test_what_was_not_there_is_sent_again(sent: Callable[..., Case], other: Other) -> None:
    sent()
    other.behave = ["die"]
    sent()
    for _ in range(2):
        go_round()
    assert len(other.posts) == 2
    assert not OpenForward.objects.filter(remote_id="").exists()


def test_where_it_cannot_tell_a_person_decides(sent: Callable[..., Case], other: Other) -> None:
    other.shows_words, other.behave = False, ["500"]
    sent()
    go_round()
    row = OpenForward.objects.get()
    assert row.set_aside_at is not None
    assert "please look" in row.trouble
    assert not other.posts


def test_killed_after_sending_it_is_not_sent_twice(
    sent: Callable[..., Case], other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(forwarding, "_taken", dies)
        with pytest.raises(SystemExit):
            sent()
    go_round()
    assert len(other.posts) == 1
    assert OpenForward.objects.get().remote_id == "W-0"


def test_times_without_a_zone_are_the_citys(sent: Callable[..., Case], other: Other) -> None:
    other.says_zone = False
    case = sent()
    other.status = "closed"
    go_round()
    case.refresh_from_db()
    assert case.state == "answered"


def test_killed_before_it_was_accepted_it_is_accepted_at_the_next_look(
    sent: Callable[..., Case], other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **_said: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(forwarding.cases, "work_outside", dies)
        with pytest.raises(SystemExit):
            sent()
    case = Case.objects.get()
    assert OpenForward.objects.get().remote_id == "W-0"
    assert case.tasks.get().state == "offered"
    go_round()
    assert case.tasks.get().state == "accepted"
    go_round()
    assert case.steps.filter(verb="accept").count() == 1


@pytest.mark.parametrize("looked", [True, False])
def test_followed_again_once_its_merge_is_undone(
    sent: Callable[..., Case], other: Other, looked: bool
) -> None:
    case, into = sent(), report(lat=30.25)
    case.refresh_from_db()
    merging.merge(case, CLERK, into=into)
    if looked:
        go_round()
        assert OpenForward.objects.get().set_aside_at is not None, "a person tells them"
    case.refresh_from_db()
    merging.unmerge(case, CLERK)
    other.status = "closed"
    for _ in range(2):
        go_round()
    case.refresh_from_db()
    assert case.state == "answered"
    assert OpenForward.objects.get().over_at is not None


def test_merged_before_it_was_sent_it_is_sent_once_they_part(town: Path, other: Other) -> None:
    enter("water", other.url, key="", jurisdiction="", codes={})
    case, into = report(), report(lat=30.25)
    actions.dispatch(case, CLERK, unit_code="water")
    merging.merge(case, CLERK, into=into)
    go_round()
    assert OpenForward.objects.get().over_at is not None
    case.refresh_from_db()
    merging.unmerge(case, CLERK)
    for _ in range(2):
        go_round()
    assert len(other.posts) == 1
    assert case.tasks.get().state == "accepted"


def test_it_is_looked_for_on_every_page(sent: Callable[..., Case], other: Other) -> None:
    for _ in range(4):
        sent()
    other.most, other.behave = 2, ["take and die"]
    sent()
    go_round()
    assert OpenForward.objects.latest("pk").remote_id == "W-4"
    assert len(other.posts) == 5


def test_an_answer_that_may_be_cut_off_is_for_a_person(
    sent: Callable[..., Case], other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "LIKELY_CUT", 2)
    for _ in range(2):
        sent()
    other.most, other.knows_pages, other.behave = 2, False, ["take and die"]
    sent()
    for _ in range(2):
        go_round()
    row = OpenForward.objects.latest("pk")
    assert row.set_aside_at is not None
    assert "please look" in row.trouble
    assert len(other.posts) == 3


def test_a_complaint_is_never_sent_on(town: Path, other: Other) -> None:
    enter("roads", other.url, key="", jurisdiction="", codes={})
    case = report(about_unit="water")
    actions.dispatch(case, CLERK, unit_code="roads")
    go_round()
    assert not other.posts


def test_withdrawn_before_it_was_sent_is_not_sent(town: Path, other: Other) -> None:
    enter("water", other.url, key="", jurisdiction="", codes={})
    case = report()
    actions.dispatch(case, CLERK, unit_code="water")
    actions.dispatch(case, CLERK, unit_code="roads")
    go_round()
    assert not other.posts
    assert OpenForward.objects.get().over_at is not None


def test_another_city_of_ours_takes_it(
    live_server: Any, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our sender at our own door: the case there is followed until it is closed."""
    monkeypatch.setattr(forwarding, "TIMEOUT_SECONDS", 60.0)  # both share one busy process
    key = make_application_key("neighbour", ["report"])
    url = f"{live_server.url}/open311/v2"
    enter("water", url, key=key, jurisdiction="", codes={}, safe_again=True)
    case = report()
    actions.dispatch(case, CLERK, unit_code="water")
    go_round()
    there = Case.objects.exclude(pk=case.pk).get()
    assert there.signals.get().source == "open311"
    actions.dispatch(there, CLERK, unit_code="roads")
    actions.cancel(there, CLERK, reason="test", words="A test")
    go_round()
    case.refresh_from_db()
    assert case.state == "answered"


def test_by_command(town: Path, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("SECRET\n", "utf-8")

    def run(*words: str) -> int:
        return CliRunner().invoke(app, ["open311", "send-to", *words]).exit_code

    good = ("water", "https://water.example/open311/v2", "--key-file", str(file))
    assert run(*good, "--type", "burst-pipe=017") == 0
    row = OpenReceiver.objects.get()
    assert row.codes == {"burst-pipe": "017"}
    assert unseal(row.key_id) == "SECRET"
    assert run("nobody", good[1]) == 1
    assert run("water", "ftp://x") == 1
    assert run(*good, "--type", "nothing=017") == 1
    for address in ("https://u:p@x/", "https://[half"):
        with pytest.raises(ReceiverRefused):
            enter("water", address, key="", jurisdiction="", codes={})
