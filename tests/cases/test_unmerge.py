"""Undoing a merge: everything stands as if it had never been, and what came meanwhile is kept."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do, picture

from gongbi.cases import actions, merging, wording
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Refused
from gongbi.cases.models import Case, Merge, Note, Photo
from gongbi.cases.public import add_photo, add_words, follow, run_due

OFFICER = Actor("application", "test")


def test_task_promises_and_reporters_come_back(signed_in, reported, small_city):
    kept, gone = reported(), reported(words="同一根管子")
    dispatcher, worker = signed_in("dispatcher"), signed_in("worker")
    do(dispatcher, gone.number, "accept_suggestion")
    do(worker, gone.number, "accept")
    before = case_of(gone.number)
    small_city.clock.now = NOW + timedelta(minutes=10)
    do(dispatcher, gone.number, "merge", into=kept.number)
    assert case_of(kept.number).signals_count == 2
    assert f'href="/cases/{gone.number}/' not in worker.get("/cases/mine/").content.decode()
    small_city.clock.now = NOW + timedelta(minutes=20)
    assert do(dispatcher, gone.number, "unmerge").status_code == 302
    after = case_of(gone.number)
    assert (after.state, after.merged_into, after.closed_at) == ("in_hand", None, None)
    assert (after.due_at, after.unit_id) == (before.due_at, before.unit_id)
    assert after.tasks.get().state == "accepted"
    assert (case_of(kept.number).signals_count, after.signals_count) == (1, 1)
    assert f'href="/cases/{gone.number}/' in worker.get("/cases/mine/").content.decode()
    assert follow(gone.follow_token).number == gone.number
    said = [step.what for step in follow(gone.follow_token).steps]
    assert str(wording.STEPS["unmerge"]) in said


def test_a_promise_that_passed_meanwhile_is_missed_not_moved(reported, small_city):
    kept, gone = reported(), reported()
    merging.merge(case_of(gone.number), OFFICER, into=case_of(kept.number))
    small_city.clock.now = NOW + timedelta(hours=6)
    merging.unmerge(case_of(gone.number), OFFICER)
    run_due(small_city.clock.now)
    assert {row.missed_at for row in case_of(gone.number).deadlines.all()} == {
        NOW + timedelta(minutes=30),
        NOW + timedelta(hours=4),
    }


def test_what_a_reporter_added_meanwhile_comes_along(reported):
    kept, gone = reported(), reported()
    merging.merge(case_of(gone.number), OFFICER, into=case_of(kept.number))
    add_words(gone.follow_token, "还在漏")
    add_photo(gone.follow_token, picture())
    actions.add_note(case_of(kept.number), OFFICER, words="已派人", for_reporter=True)
    merging.unmerge(case_of(gone.number), OFFICER)
    own, other = case_of(gone.number), case_of(kept.number)
    assert list(Note.objects.filter(case=own).values_list("signal", flat=True)) == [
        own.signals.get().pk
    ]
    assert Photo.objects.get().case_id == own.pk
    assert Note.objects.get(case=other).for_reporter


def test_a_chain_is_taken_apart_in_any_order(reported):
    a, b, c = reported(), reported(), reported()
    merging.merge(case_of(a.number), OFFICER, into=case_of(b.number))
    merging.merge(case_of(b.number), OFFICER, into=case_of(c.number))
    assert case_of(a.number).merged_into == case_of(c.number)
    merging.unmerge(case_of(b.number), OFFICER)
    assert case_of(a.number).merged_into == case_of(b.number)
    assert (case_of(b.number).signals_count, case_of(c.number).signals_count) == (2, 1)
    merging.unmerge(case_of(a.number), OFFICER)
    assert [case_of(one.number).signals_count for one in (a, b, c)] == [1, 1, 1]
    assert Merge.objects.filter(undone_at=None).count() == 0


def test_a_case_merged_elsewhere_since_is_not_dragged_home(reported):
    a, b, c = reported(), reported(), reported()
    merging.merge(case_of(a.number), OFFICER, into=case_of(b.number))
    merging.merge(case_of(b.number), OFFICER, into=case_of(c.number))
    merging.unmerge(case_of(a.number), OFFICER)
    merging.merge(case_of(a.number), OFFICER, into=case_of(c.number))
    merging.unmerge(case_of(b.number), OFFICER)
    assert case_of(a.number).merged_into == case_of(c.number)
    assert case_of(c.number).signals_count == 2


def test_what_was_not_merged_cannot_be_undone(reported):
    only = reported()
    with pytest.raises(Refused):
        merging.unmerge(case_of(only.number), OFFICER)


@pytest.mark.parametrize(
    ("who", "status"),
    [("", 302), ("stranger", 404), ("dispatcher-w", 404), ("worker", 404), ("clerk", 403),
     ("dispatcher", 302), ("supervisor", 302)],
)  # fmt: skip
def test_who_may_undo(signed_in, reported, who, status):
    kept, gone = reported(), reported()
    merging.merge(case_of(gone.number), OFFICER, into=case_of(kept.number))
    assert do(signed_in(who), gone.number, "unmerge").status_code == status
    undone = bool(who) and status == 302
    assert (case_of(gone.number).state == "open") == undone


def _act(verb, number):
    case = case_of(number)
    task = case.tasks.filter(ended_at=None).order_by("-pk").first()
    try:
        if verb in ("accept", "arrive"):
            if task:
                getattr(actions, verb)(task, OFFICER)
        elif verb == "return":
            if task:
                actions.return_with_reason(task, OFFICER, reason="not_ours", words="x")
        elif verb == "wait":
            actions.wait(case, OFFICER, reason="works", words="x")
        elif verb == "note":
            actions.add_note(case, OFFICER, words="x", for_reporter=True)
        else:
            getattr(actions, verb)(case, OFFICER)
    except (CannotMove, Refused):
        pass


VERBS = st.sampled_from(["dispatch", "accept", "arrive", "return", "wait", "resume", "note"])
ABOUT_MERGING = ("merge", "unmerge", "join", "unjoin")


def _seen(token, number):
    """What a reporter sees and what the city owes them, without the lines about the merge."""
    record, case = follow(token), case_of(number)
    hidden = {str(wording.STEPS[verb]) for verb in ABOUT_MERGING}
    steps = tuple(step for step in record.steps if step.what not in hidden)
    tasks = list(case.tasks.order_by("pk").values_list("unit", "state", "accepted_at", "ended_at"))
    promises = list(case.deadlines.order_by("pk").values_list("kind", "due_at", "ended_as"))
    return replace(record, steps=steps), tasks, promises, case.signals_count, case.waiting_for


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    before=st.lists(st.tuples(VERBS, st.booleans()), max_size=6),
    between=st.lists(VERBS, max_size=4),
)
def test_merged_and_taken_back_is_as_if_never_merged(reported, small_city, before, between):
    """Random days: with the merge and its undoing, and without, every reporter sees the same."""
    small_city.clock.now = NOW
    with transaction.atomic():
        first = reported(reference="p-1")
        second = reported(reference="p-2")
        numbers = (first.number, second.number)
        seen = [
            _day(numbers, (first.follow_token, second.follow_token), before, between, merged,
                 small_city.clock)
            for merged in (False, True)
        ]  # fmt: skip
        transaction.set_rollback(True)
    assert seen[0] == seen[1]


def _day(numbers, tokens, before, between, merged, clock):
    clock.now = NOW
    with transaction.atomic():
        for verb, on_first in before:
            clock.now += timedelta(minutes=7)
            _act(verb, numbers[0 if on_first else 1])
        if merged:
            try:
                merging.merge(case_of(numbers[0]), OFFICER, into=case_of(numbers[1]))
            except (CannotMove, Refused):
                merged = False
        for verb in between:
            clock.now += timedelta(minutes=7)
            _act(verb, numbers[1])
        if merged:
            merging.unmerge(case_of(numbers[0]), OFFICER)
        seen = [_seen(*pair) for pair in zip(tokens, numbers, strict=True)]
        transaction.set_rollback(True)
    return seen


CASES = 4
ACTS = st.tuples(st.just("act"), VERBS, st.integers(0, CASES - 1))
MERGES = st.tuples(st.just("merge"), st.integers(0, CASES - 1), st.integers(0, CASES - 1))
UNMERGES = st.tuples(st.just("unmerge"), st.integers(0, CASES - 1), st.just(0))
SPLITS = st.tuples(st.just("split"), st.integers(0, CASES - 1), st.just(0))


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    days=st.lists(st.one_of(ACTS, MERGES, MERGES, UNMERGES, SPLITS), min_size=4, max_size=12),
    order=st.permutations(range(CASES)),
)
def test_any_tree_of_merges_taken_apart_gives_every_history_back(
    reported, small_city, days, order
):
    """Four cases of two reports, merged, split, worked on and taken apart in any order: every
    reporter sees, and is owed, what they would without a single merge."""
    small_city.clock.now = NOW
    with transaction.atomic():
        firsts = [reported(reference=f"t-{n}") for n in range(CASES)]
        joined = [
            reported(reference=f"j-{n}", joins=first.number, words="我家也是")
            for n, first in enumerate(firsts)
        ]
        numbers = [one.number for one in firsts]
        tokens = [one.follow_token for one in (*firsts, *joined)]
        for verb, some in (("dispatch", numbers[:3]), ("accept", numbers[:2])):
            for number in some:  # so that a merge has tasks and promises to take away
                _act(verb, number)
        done, with_merges = _with_merges(numbers, tokens, days, order, small_city.clock)
        without = _without(numbers, tokens, done, small_city.clock)
        transaction.set_rollback(True)
    assert with_merges == without


def _with_merges(numbers, tokens, days, order, clock):
    """The days as drawn, all merges taken back at the end; and what was done besides merging."""
    done = []
    with transaction.atomic():
        for turn, (what, one, other) in enumerate(days, start=1):
            clock.now = NOW + turn * timedelta(minutes=7)
            if what == "merge":
                _tried(merging.merge, numbers[one], into=case_of(numbers[other]))
            elif what == "unmerge":
                _tried(merging.unmerge, numbers[one])
            elif what == "split":
                root = case_of(numbers[one]).merged_into or case_of(numbers[one])
                if _split(root.number, numbers[one]):
                    done.append((clock.now, what, one))
            elif case_of(numbers[other]).merged_into is None:
                _act(one, numbers[other])
                done.append((clock.now, one, other))
        for one in order:
            _tried(merging.unmerge, numbers[one])
        assert not Merge.objects.filter(undone_at=None).exists()
        seen = _all_seen(tokens, numbers)
        transaction.set_rollback(True)
    return done, seen


def _without(numbers, tokens, done, clock):
    with transaction.atomic():
        for at, verb, one in done:
            clock.now = at
            if verb == "split":
                assert _split(numbers[one], numbers[one])
            else:
                _act(verb, numbers[one])
        seen = _all_seen(tokens, numbers)
        transaction.set_rollback(True)
    return seen


def _tried(act, number, **said):
    with suppress(CannotMove, Refused):
        act(case_of(number), OFFICER, **said)


def _split(root, home):
    """Take the joined report of a case out of the case that stands for it now."""
    row = case_of(home).signals.filter(joined_why="said_by_reporter").first()
    if row is None:
        return False
    try:
        merging.split(case_of(root), OFFICER, signals=[row.pk])
    except (CannotMove, Refused):
        return False
    return True


def _all_seen(tokens, numbers):
    """By reporter; a case split off has the next number of its day, which nothing gives back."""
    hidden = {str(wording.STEPS[verb]) for verb in (*ABOUT_MERGING, "split")}
    seen = []
    for token in tokens:
        record = follow(token)
        steps = tuple(step for step in record.steps if step.what not in hidden)
        number = record.number if record.number in numbers else "split off"
        shown = replace(record, steps=steps, number=number)
        seen.append((shown, *_seen(token, record.number)[1:]))
    return seen


def test_both_at_once_end_in_one_merge(reported):
    one, other = case_of(reported().number), case_of(reported().number)
    merging.merge(one, OFFICER, into=other)
    stale = Case.objects.get(pk=other.pk)
    stale.state = "open"
    with pytest.raises(Refused):
        merging.merge(stale, OFFICER, into=one)
