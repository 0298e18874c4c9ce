"""How people behave: how soon a dispatcher sends, a crew comes, and who tells the truth.

Each is drawn from the seed and the name of the matter, never from the order of events.
"""

from dataclasses import dataclass

import numpy as np

from gongbi.kernel.simulation.chance import name_number

MINUTE = 60
# Of a hundred first visits, how many are sent back and how many are told done though they are not.
RETURNED_SHARE, UNTRUE_SHARE = 0.05, 0.12
DAY_SHIFT = (8, 18)
URGENT = 2
WORK_MINUTES = {1: (20, 60), 2: (30, 120), 3: (40, 240), 4: (60, 360)}
ANSWERING_SHARE, MISTAKEN_SHARE = 0.75, 0.04
WITH_PLACE_SHARE, WITH_TYPE_SHARE = 0.8, 0.4


@dataclass(frozen=True, slots=True)
class Visit:
    """What a crew will do with one task, in seconds from one step to the next.

    ``returned``: sends it back instead of accepting. ``untrue``: says done without having done.
    """

    accept: int
    travel: int
    work: int
    returned: bool
    untrue: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resident will do when asked: whether, how long after, and whether by mistake."""

    answers: bool
    after: int
    mistaken: bool


def _rng(seed: int, *names: str) -> np.random.Generator:
    return np.random.default_rng([seed, name_number(*names)])


def draw_visit(case: str, turn: int, priority: int, *, seed: int) -> Visit:
    """A crew's conduct on the ``turn``-th task of a case (0 first); only first ones go wrong."""
    rng = _rng(seed, "visit", case, str(turn))
    fast = 0.5 if priority <= URGENT else 1.0
    low, high = WORK_MINUTES.get(priority, WORK_MINUTES[4])
    return Visit(
        accept=int(rng.uniform(2, 20) * MINUTE * fast),
        travel=int(rng.uniform(8, 35) * MINUTE * fast),
        work=int(rng.uniform(low, high) * MINUTE),
        returned=turn == 0 and bool(rng.random() < RETURNED_SHARE),
        untrue=turn == 0 and bool(rng.random() < UNTRUE_SHARE),
    )


def draw_wait(case: str, turn: int, *, seed: int) -> int:
    """Seconds until a dispatcher sends the case."""
    return int(_rng(seed, "wait", case, str(turn)).uniform(3, 25) * MINUTE)


def draw_answer(reference: str, turn: int, *, seed: int) -> Answer:
    """What the sender of that report does when asked for the ``turn``-th time."""
    rng = _rng(seed, "answer", reference, str(turn))
    return Answer(
        answers=bool(rng.random() < ANSWERING_SHARE),
        after=int(rng.uniform(10, 180) * MINUTE),
        mistaken=bool(rng.random() < MISTAKEN_SHARE),
    )


def on_shift(seconds: int, priority: int, *, offset: int) -> bool:
    """Whether a crew moves at that moment: by day, and at any hour for what is urgent."""
    hour = (seconds + offset) // 3600 % 24
    return priority <= URGENT or DAY_SHIFT[0] <= hour < DAY_SHIFT[1]
