"""Two people act at once, in real threads on a real file or server: one wins, one is told."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.translation import override
from tests.cases.conftest import NOW, make_cast, signal
from tests.cases.test_permissions import register

from gongbi.cases import actions, merging, states
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused
from gongbi.cases.models import (
    Appeal,
    Case,
    Deadline,
    Extension,
    Signal,
    Step,
    Supervision,
    Task,
    Told,
)
from gongbi.cases.public import receive_signal, receive_signals, run_due
from gongbi.core.models import JournalLine

ONE, TWO = Actor("application", "one"), Actor("application", "two")


@pytest.fixture
def city(real_database: None, loaded: None, clock: SimpleNamespace) -> SimpleNamespace:
    """The small city in that database."""
    return SimpleNamespace(people=make_cast(), clock=clock)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment, each in a thread with a connection of its own."""
    start, found = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            with override("en"):
                found[place] = act()
        except Refused as told:
            found[place] = told
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def told(found: list[Any]) -> list[Exception]:
    return [one for one in found if isinstance(one, Refused)]


@pytest.mark.parametrize("_again", range(5))
def test_two_dispatchers(city, _again):
    number = receive_signal(signal()).number
    one, two = Case.objects.get(number=number), Case.objects.get(number=number)
    found = together(
        lambda: actions.dispatch(one, ONE, unit_code="water-e", seen=1),
        lambda: actions.dispatch(two, TWO, unit_code="lifts", seen=1),
    )
    loser = told(found)
    assert len(loser) == 1
    assert "Somebody was quicker" in str(loser[0])
    case = Case.objects.get(number=number)
    assert case.version == 2
    assert Task.objects.filter(case=case, state__in=states.RUNNING_TASK).count() == 1
    assert Task.objects.get(case=case).unit_id == case.unit_id
    assert case.unit.name_en in str(loser[0])
    assert Step.objects.filter(case=case, verb="dispatch").count() == 1
    assert JournalLine.objects.filter(kind="cases.CaseDispatched").count() == 1


def test_a_dispatcher_sends_while_another_cancels(city):
    number = receive_signal(signal()).number
    one, two = Case.objects.get(number=number), Case.objects.get(number=number)
    found = together(
        lambda: actions.dispatch(one, ONE, unit_code="water-e"),
        lambda: actions.cancel(two, TWO, reason="test", words="x"),
    )
    assert len(told(found)) == 1
    case = Case.objects.get(number=number)
    assert case.steps.exclude(verb="open").count() == 1
    running = Deadline.objects.filter(case=case, ended_at=None).count()
    assert (case.state, running) in (("in_hand", 2), ("cancelled", 0))


def test_two_workers_accept(city):
    number = receive_signal(signal()).number
    task = actions.dispatch(Case.objects.get(number=number), ONE)
    ready = [Task.objects.select_related("case__type", "unit").get(pk=task.pk) for _ in range(2)]
    found = together(lambda: actions.accept(ready[0], ONE), lambda: actions.accept(ready[1], TWO))
    assert len(told(found)) == 1
    assert Step.objects.filter(case__number=number, verb="accept").count() == 1


def _lead(case: Any) -> Task:
    """The leading task as the page was drawn; when the second acts it may have ended."""
    return case.drawn_lead


def _of(case: Case, role: str) -> Task:
    return Task.objects.select_related("case__type", "unit").get(case=case, role=role)


def _appealed(case: Case) -> None:
    actions.appeal(case, ONE, words="x")
    Appeal.objects.update(referee=None)  # anybody may decide: who is not what is tried here


W = {"words": "x"}
DAY = (NOW + timedelta(days=9)).date()
# verb: what comes first, and what two do at the same moment
TOGETHER: dict[str, tuple[Callable[[Case], Any] | None, Callable[[Case, Actor], Any]]] = {
    "file": (None, actions.file),
    "name_asset": (
        lambda case: register(),
        lambda case, who: actions.name_asset(case, who, ref="lamp:1", was=""),
    ),
    "arrive": (None, lambda case, who: actions.arrive(_lead(case), who)),
    "stage": (
        None,
        lambda case, who: actions.reach_stage(_lead(case), who, stage="found", seen=case.version),
    ),
    "return": (
        None,
        lambda case, who: actions.return_with_reason(_lead(case), who, reason="not_ours", **W),
    ),
    "declare": (None, lambda case, who: actions.declare(_lead(case), who, declared="done", **W)),
    "call_in": (None, lambda case, who: actions.call_in(case, who, unit_code="lifts", **W)),
    "call_off": (
        lambda case: actions.call_in(case, ONE, unit_code="lifts", **W),
        lambda case, who: actions.call_off(case, who, task=_of(case, "help"), **W),
    ),
    "transfer": (
        None,
        lambda case, who: actions.transfer(case, who, unit_code="lifts", reason="agreed", **W),
    ),
    "extend": (
        None,
        lambda case, who: actions.extend(case, who, more="4 hours", reason="works", **W),
    ),
    "grant": (
        lambda case: actions.extend(case, ONE, more="4 hours", reason="works", **W),
        actions.grant,
    ),
    "refuse": (
        lambda case: actions.extend(case, ONE, more="4 hours", reason="works", **W),
        lambda case, who: actions.refuse(case, who, **W),
    ),
    "urge": (None, lambda case, who: actions.urge(case, who, seen=case.version, **W)),
    "weigh": (None, lambda case, who: actions.weigh(case, who, priority=2, **W)),
    "supervise": (None, lambda case, who: actions.supervise(case, who, within="4 hours", **W)),
    "answer": (
        lambda case: actions.supervise(case, ONE, within="4 hours", **W),
        lambda case, who: actions.answer(case, who, **W),
    ),
    "appeal": (None, lambda case, who: actions.appeal(case, who, **W)),
    "decide": (_appealed, lambda case, who: actions.decide(case, who, decided="kept", **W)),
    "wait": (None, lambda case, who: actions.wait(case, who, reason="works", **W)),
    "park": (None, lambda case, who: actions.park(case, who, reason="law", until=DAY, **W)),
    "resume": (
        lambda case: actions.park(case, ONE, reason="law", until=DAY, **W),
        actions.resume,
    ),
    "reopen": (
        lambda case: actions.cancel(case, ONE, reason="test", **W),
        lambda case, who: actions.reopen(case, who, reason="came_back", **W),
    ),
}


@pytest.mark.parametrize("verb", TOGETHER)
def test_whatever_two_do_one_wins_and_one_is_told(city, verb):
    number = receive_signal(signal()).number
    before, act = TOGETHER[verb]
    if verb != "file":
        actions.dispatch(Case.objects.get(number=number), ONE, unit_code="water-e")
    if before:
        before(Case.objects.get(number=number))
    ready = [Case.objects.select_related("type", "unit").get(number=number) for _ in range(2)]
    leads = Task.objects.select_related("case__type", "unit")
    for drawn in ready:
        drawn.drawn_lead = leads.filter(case=drawn, role="lead").last()
    stood = ready[0].version
    found = together(lambda: act(ready[0], ONE), lambda: act(ready[1], TWO))
    (loser,) = told(found)
    assert str(loser)
    case = Case.objects.get(number=number)
    assert case.version == stood + 1
    assert Step.objects.filter(case=case, verb=verb).count() == 1
    for row in (Extension, Appeal, Supervision):
        assert row.objects.filter(case=case).count() <= 1


def test_two_send_the_same_act_under_one_id(city):
    from gongbi.cases.actions.once import once

    number = receive_signal(signal()).number
    task = actions.dispatch(Case.objects.get(number=number), ONE)
    ready = [Task.objects.select_related("case__type", "unit").get(pk=task.pk) for _ in range(2)]

    def act(mine: Task) -> tuple[int, Any]:
        actions.accept(mine, ONE)
        return 200, {"task": mine.state}

    found = together(*[
        lambda mine=mine: once("application:one", "the-same-id", b"x", lambda: act(mine))
        for mine in ready
    ])  # fmt: skip
    assert sorted(repeated for _answer, repeated in found) == [False, True]
    assert {str(answer) for answer, _repeated in found} == {"(200, {'task': 'accepted'})"}
    assert Step.objects.filter(case__number=number, verb="accept").count() == 1


def test_the_clock_s_two_workers_tell_each_step_once(city):
    number = receive_signal(signal()).number
    late = NOW + timedelta(days=9)
    together(lambda: run_due(late), lambda: run_due(late))
    assert Told.objects.filter(case__number=number, deadline__kind="solve").count() == 5
    lines = JournalLine.objects.filter(kind="cases.PromiseEscalated", body__kind="solve")
    assert lines.count() == 5


def test_the_same_report_sent_twice_at_once(city):
    found = together(*[lambda: receive_signal(signal())] * 4)
    assert len({receipt.number for receipt in found}) == 1
    assert len({receipt.follow_token for receipt in found}) == 1
    assert (Case.objects.count(), Signal.objects.count()) == (1, 1)


def test_many_reports_at_once_are_all_kept_with_numbers_of_their_own(city):
    found = together(*[
        lambda n=n: receive_signal(signal(reference=f"r-{n}")) for n in range(8)
    ])  # fmt: skip
    assert len({receipt.number for receipt in found}) == 8
    assert Case.objects.count() == 8


def test_two_workers_of_the_clock_ask_once(city):
    number = receive_signal(signal()).number
    task = actions.dispatch(Case.objects.get(number=number), ONE)
    task = Task.objects.select_related("case__type", "unit").get(pk=task.pk)
    actions.declare(task, ONE, declared="done", words="x")
    together(lambda: run_due(NOW), lambda: run_due(NOW))
    assert Step.objects.filter(verb="ask").count() == 1
    assert JournalLine.objects.filter(kind="cases.VerdictAsked").count() == 1


def test_a_report_does_not_join_a_case_that_ends_at_that_moment(city):
    """It would hang on a case that nobody works on any more."""
    number = receive_signal(signal()).number
    moved = Event()

    def end() -> None:
        with transaction.atomic():
            actions.cancel(Case.objects.get(number=number), ONE, reason="test", **W)
            moved.set()
            time.sleep(1)  # the report comes in while this is not committed

    def report() -> Any:
        moved.wait(10)
        return receive_signal(signal(reference="w-2", joins=number))

    _none, receipt = together(end, report)
    assert receipt.number != number
    assert Case.objects.get(number=receipt.number).state == "open"
    assert Case.objects.get(number=number).signals_count == 1


def test_a_report_joins_what_its_case_is_merged_into_at_that_moment(city):
    first, second = (receive_signal(signal(reference=f"r-{n}")).number for n in range(2))
    moved = Event()

    def merge() -> None:
        with transaction.atomic():
            into = Case.objects.get(number=first)
            merging.merge(Case.objects.get(number=second), ONE, into=into)
            moved.set()
            time.sleep(1)

    def report() -> Any:
        moved.wait(10)
        return receive_signal(signal(reference="w-2", joins=second))

    _none, receipt = together(merge, report)
    assert receipt.number == first
    assert Case.objects.get(number=first).signals_count == 3


def test_a_merge_is_undone_while_what_it_went_into_is_merged(city):
    a, b, c = (receive_signal(signal(reference=f"r-{n}")).number for n in range(3))
    merging.merge(Case.objects.get(number=a), ONE, into=Case.objects.get(number=b))
    stale = Case.objects.select_related("merged_into", "type").get(number=a)
    merging.merge(Case.objects.get(number=b), ONE, into=Case.objects.get(number=c))
    found = together(lambda: merging.unmerge(stale, TWO))
    assert len(told(found)) == 1, "it belongs to another by now: look again"
    counts = [Case.objects.get(number=one).signals_count for one in (a, b, c)]
    assert counts == [1, 2, 3]


def test_two_officers_enter_the_same_paper(city):
    said = {"words": "x", "type_code": "stall", "place": "xx-e-1", "office": "centre",
            "reference": "2026-17", "joins": ""}  # fmt: skip
    found = together(*[lambda: actions.instruct(ONE, **said)] * 2)
    assert len({receipt.number for receipt in found}) == 1
    assert sorted(receipt.repeated for receipt in found) == [False, True]
    assert Step.objects.filter(verb="instruct").count() == 1


@pytest.mark.parametrize("_again", range(3))
def test_two_files_about_the_same_cases_the_other_way_round(city, _again):
    hosts = [receive_signal(signal(reference=f"host-{n}")).number for n in range(6)]

    def send(name: str, numbers: list[str]) -> list[Any]:
        rows = [signal(reference=f"{name}-{n}", joins=one) for n, one in enumerate(numbers)]
        return receive_signals(rows)

    found = together(lambda: send("a", hosts), lambda: send("b", hosts[::-1]))
    assert [[one.number for one in some] for some in found] == [hosts, hosts[::-1]]
    assert {Case.objects.get(number=one).signals_count for one in hosts} == {3}


def test_a_report_joins_while_its_case_is_merged(city):
    """Whoever merges holds the rows; a note written on one of them meanwhile does not wait."""
    first, second = (receive_signal(signal(reference=f"w-{n}")) for n in range(2))
    case, other = (Case.objects.get(number=one.number) for one in (first, second))
    together(
        lambda: merging.merge(case, ONE, into=other),
        lambda: actions.add_note(Case.objects.get(pk=other.pk), TWO, words="x"),
    )
    assert Case.objects.get(pk=case.pk).state == states.MERGED
    assert other.notes.count() == 1


@pytest.mark.parametrize("_again", range(4))
def test_not_solved_by_call_is_not_lost_while_another_says_solved(city, _again):
    from uuid import uuid4

    from gongbi.cases.public import give_verdict, hear_by_call

    first = receive_signal(signal(reference="w-1"))
    receive_signal(signal(reference="w-2", joins=first.number))
    case = Case.objects.get(number=first.number)
    task = actions.dispatch(case, ONE)
    task = Task.objects.select_related("case__type", "unit").get(pk=task.pk)
    actions.declare(task, ONE, declared="done", words="好了")
    run_due(NOW)
    rung = Signal.objects.get(reference="w-2").uuid
    found = together(
        lambda: give_verdict(first.follow_token, solved=True),
        lambda: hear_by_call(rung, solved=False, words="还在漏", actor=f"person:{uuid4()}"),
    )
    assert found[1] == "open"
    assert Case.objects.get(pk=case.pk).state == "open"
