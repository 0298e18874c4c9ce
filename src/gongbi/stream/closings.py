"""Windows closed on several cores: parts are judged side by side and told one after the other.

A part is some series of one band. Threads judge parts, in compiled code that lets other threads
run, and pack their readings; whoever asks gets them in the order of slots, whatever order they
were done in, so what is written does not depend on the threads.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import Planes
from gongbi.kernel.vitals.ahead import Ahead
from gongbi.kernel.vitals.closing import VERDICT, close_part, keep_newest
from gongbi.kernel.vitals.parts import Part
from gongbi.kernel.vitals.readings import Columns, empty_columns, gather
from gongbi.stream.recent import pack_verdicts
from gongbi.stream.state import State

PART = 1 << 15
"""Series judged at once."""
MANY = 4
"""Parts that are worth threads."""
WAITING = 6
"""Parts that may be judged before they are told; each holds some six megabytes."""
THREADS = min(4, os.cpu_count() or 1)


@dataclass(slots=True)
class Desk:
    """Room for what is said of one part."""

    out: NDArray[np.void]
    loud: NDArray[np.int64]
    columns: Columns

    @classmethod
    def of(cls, room: int) -> "Desk":
        """For a part whose series hand out up to ``room`` verdicts each, most of them one."""
        size = PART + PART // 4 + 4 * room
        return cls(np.zeros(size, VERDICT), np.zeros(size, np.int64), empty_columns(size))


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts of series of a part up to slot ``reached``; those that are loud, blocks packed."""

    part: Part
    reached: int
    verdicts: NDArray[np.void]
    loud: NDArray[np.void]
    blocks: list[tuple[int, bytes]]

    @property
    def ends_band(self) -> bool:
        """Whether this is the last of a band."""
        return self.part.last and self.reached == self.part.end


@dataclass(slots=True)
class Desks:
    """Desks that are free; kept, because memory that is new costs more than memory known."""

    free: list[Desk] = field(default_factory=list)

    def take(self, room: int) -> Desk:
        """A desk with enough room."""
        try:
            desk = self.free.pop()
        except IndexError:  # asked by several threads: whoever looks first may still be late
            return Desk.of(room)
        return desk if len(desk.out) >= PART + 4 * room else Desk.of(room)

    def give(self, desk: Desk) -> None:
        """It is free again."""
        self.free.append(desk)


@dataclass(frozen=True, slots=True)
class Bench:
    """What all parts are judged with: the clock, some of the bands, and what is known ahead."""

    clock: int
    state: State
    planes: Planes
    ahead: Ahead


def warm_up(state: State) -> None:
    """Load the compiled code that the first windows will need, before people wait for them."""
    none = np.zeros(0, VERDICT)
    gather(none, state.series_ids, 0, empty_columns(0))
    keep_newest(state.court.newest, none)


def judge(bench: Bench, part: Part, begin: int, desk: Desk) -> Judged:
    """Judge the series of a part from slot ``begin`` on, as far as the desk has room."""
    state = bench.state
    reached, put, many = close_part(
        part.number, begin, part.end, part.until, part.final, part.due, bench.planes, state.court,
        state.usual, state.novel, bench.ahead, desk.out, desk.loud, state.room,
    )  # fmt: skip
    verdicts = desk.out[:put]
    blocks = pack_verdicts(verdicts, state.series_ids, bench.clock, desk.columns)
    return Judged(part, reached, verdicts, verdicts[desk.loud[:many]], blocks)


def judge_all(bench: Bench, parts: list[Part], desks: Desks) -> Iterator[Judged]:
    """What is said of each part, in order; the memory of one is used again for a later one."""
    room = bench.state.room

    def begin(part: Part) -> tuple[Desk, Judged]:
        desk = desks.take(room)
        return desk, judge(bench, part, part.begin, desk)

    for desk, said in _in_order(parts, begin):
        yield said
        reached = said.reached
        while reached < said.part.end:
            more = judge(bench, said.part, reached, desk)
            yield more
            reached = more.reached
        desks.give(desk)


def _in_order(
    parts: list[Part], begin: Callable[[Part], tuple[Desk, Judged]]
) -> Iterator[tuple[Desk, Judged]]:
    """Begin each part, on several threads where there is much; hand out in order."""
    if len(parts) < MANY or THREADS == 1:
        yield from map(begin, parts)
        return
    # A crew of its own for each move of the clock: a process is forked only between them, and
    # while other threads live that would be no longer safe.
    with ThreadPoolExecutor(THREADS) as crew:
        waiting: deque[Future[tuple[Desk, Judged]]] = deque()
        for part in parts:
            waiting.append(crew.submit(begin, part))
            if len(waiting) > WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
