"""Two people act at once, in real threads on a real file or server: one wins, one is told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils.translation import override
from tests.cases.conftest import NOW, make_cast, signal

from gongbi.cases import actions, states
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Overtaken
from gongbi.cases.models import Case, Deadline, Signal, Step, Task
from gongbi.cases.public import receive_signal, run_due
from gongbi.core.models import JournalLine

ONE, TWO = Actor("application", "one"), Actor("application", "two")


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A file of its own for SQLite: a database in memory locks otherwise than one on disk."""
    if connection.vendor != "sqlite":
        yield
        return
    kept, entry = connections["default"], connections.databases["default"]
    name, entry["NAME"] = entry["NAME"], str(tmp_path / "real.sqlite3")
    del connections["default"]
    call_command("migrate", verbosity=0)
    yield
    connections["default"].close()
    entry["NAME"] = name
    connections["default"] = kept


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
        except (Overtaken, CannotMove) as told:
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
    return [one for one in found if isinstance(one, Overtaken | CannotMove)]


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
