"""The worker's turns: what is much goes on at once, what is little gathers, nothing is lost."""

import threading

import pytest

from gongbi.config import worker
from gongbi.config.worker import Duty, rest, run


@pytest.mark.parametrize(
    ("done", "every", "seconds"),
    [(0, 5.0, 5.0), (0, 0.5, 0.5), (1, 5.0, 0.3), (49, 0.5, 0.3), (1, 0.1, 0.1), (50, 5.0, 0.05),
     (2000, 0.5, 0.05)],
)  # fmt: skip
def test_how_long_a_duty_rests(done: int, every: float, seconds: float) -> None:
    assert rest(done, Duty("any", every, int)) == seconds


def test_a_duty_that_takes_few_a_turn_goes_on_at_once_when_it_took_them() -> None:
    few = Duty("few", 20.0, int, full=5)
    assert [rest(done, few) for done in (0, 4, 5)] == [20.0, 0.3, 0.05]


def test_a_duty_that_fails_holds_up_neither_the_others_nor_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # a test may open none
    stop, left, failed = threading.Event(), [120, 40, 3], []

    def fail() -> int:
        failed.append(1)
        if len(failed) > 100:
            stop.set()  # the other never had its turn
        raise RuntimeError("broken")

    def take() -> int:
        if not left:
            stop.set()
            return 0
        return left.pop(0)

    run(stop, (Duty("fail", 0.01, fail), Duty("take", 0.2, take)))
    assert left == []
    assert len(failed) > 1


def test_every_duty_has_its_name_once() -> None:
    beside = (worker.OUTSIDE, worker.CITIES, worker.LONG, worker.MAIL, worker.SMS, worker.FILES)
    names = [duty.name for duties in (worker.DUTIES, *beside) for duty in duties]
    assert len(names) == len(set(names))
