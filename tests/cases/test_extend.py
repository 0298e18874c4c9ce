"""More time: asked, its cost shown, granted or refused; each promise a row of its own."""

from datetime import timedelta

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.public import follow

ASKED = {"more": "1 working_days", "reason": "works", "words": "等沥青"}


@pytest.fixture
def hole(signed_in, reported):
    """A hole in the road, filed, in the hands of East water; due in five working days."""
    receipt = reported(type="hole", words="路面坑洞")
    do(signed_in("dispatcher"), receipt.number, "file")
    do(signed_in("dispatcher"), receipt.number, "dispatch", unit="water-e")
    return receipt


@pytest.fixture
def lead(signed_in):
    return signed_in("lead")


def test_granted_the_old_promise_ends_as_moved_and_a_later_one_follows(signed_in, hole, lead):
    old = case_of(hole.number).deadlines.get(kind="solve")
    assert do(lead, hole.number, "extend", **ASKED).status_code == 302
    page = signed_in("supervisor").get(f"/cases/{hole.number}/").content.decode()
    assert "1 working day more, asked by East water" in page
    assert "asked, not yet decided" in page
    assert case_of(hole.number).deadlines.get(kind="solve") == old
    assert do(signed_in("supervisor"), hole.number, "grant").status_code == 302
    old.refresh_from_db()
    new = case_of(hole.number).deadlines.get(kind="solve", ended_at=None)
    # Tuesday 24 November + 5 working days is Tuesday 1 December; one more is Wednesday.
    assert (old.ended_as, old.missed_at) == ("moved", None)
    assert old.due_at.isoformat() == "2026-12-01T09:30:00+00:00"
    assert new.due_at.isoformat() == "2026-12-02T09:30:00+00:00"
    assert new.rule.startswith("extension:")
    assert follow(hole.follow_token).due_at is not None
    assert case_of(hole.number).extended == 1
    told = [step.what for step in follow(hole.follow_token).steps]
    assert any("more time granted" in what or "同意延期" in what for what in told)


def test_refused_with_a_sentence_the_promise_stays(signed_in, hole, lead):
    do(lead, hole.number, "extend", **ASKED)
    supervisor = signed_in("supervisor")
    assert do(supervisor, hole.number, "refuse", words=" ").status_code == 422
    assert do(supervisor, hole.number, "refuse", words="材料已到").status_code == 302
    case = case_of(hole.number)
    assert case.deadlines.filter(kind="solve").count() == 1
    assert (case.extensions.get().decided, case.extended) == ("refused", 0)


def test_asked_twice_or_too_often_is_told(signed_in, hole, lead):
    do(lead, hole.number, "extend", **ASKED)
    answer = do(lead, hole.number, "extend", **ASKED)
    assert answer.status_code == 409
    do(signed_in("supervisor"), hole.number, "grant")
    answer = do(lead, hole.number, "extend", **ASKED)
    assert answer.status_code == 422
    assert "had more time 1 times" in answer.content.decode()


def test_what_was_missed_stays_missed_and_more_time_counts_from_now(signed_in, hole, small_city):
    small_city.clock.now = NOW + timedelta(days=10)  # Friday 4 December, three days late
    do(signed_in("lead"), hole.number, "extend", **ASKED)
    do(signed_in("supervisor"), hole.number, "grant")
    old, new = case_of(hole.number).deadlines.filter(kind="solve").order_by("pk")
    assert (old.ended_as, old.missed_at) == ("moved", old.due_at)
    assert new.due_at.isoformat() == "2026-12-07T09:30:00+00:00"


def test_what_nobody_decided_lapses_with_the_case(signed_in, hole, lead):
    do(lead, hole.number, "extend", **ASKED)
    do(signed_in("dispatcher"), hole.number, "cancel", reason="test", words="x")
    assert case_of(hole.number).extensions.get().decided == "lapsed"


def test_granting_what_nobody_asked_is_told(signed_in, hole):
    assert do(signed_in("supervisor"), hole.number, "grant").status_code == 409


def test_granted_after_the_case_had_waited(signed_in, hole, lead, small_city):
    do(lead, hole.number, "extend", **ASKED)
    do(signed_in("dispatcher"), hole.number, "wait", reason="weather", words="台风")
    small_city.clock.now = NOW + timedelta(days=1)
    do(signed_in("dispatcher"), hole.number, "resume")
    runs = case_of(hole.number).deadlines.get(kind="solve", ended_at=None)
    answer = do(signed_in("supervisor"), hole.number, "grant")
    assert answer.status_code == 302, answer.content.decode()
    runs.refresh_from_db()
    new = case_of(hole.number).deadlines.get(kind="solve", ended_at=None)
    assert (runs.ended_as, runs.missed_at) == ("moved", None)
    # One working day after Wednesday 2 December.
    assert runs.due_at.isoformat() == "2026-12-02T09:30:00+00:00"
    assert new.due_at.isoformat() == "2026-12-03T09:30:00+00:00"
    assert case_of(hole.number).extensions.get().decided == "granted"
