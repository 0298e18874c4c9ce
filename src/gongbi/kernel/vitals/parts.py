"""Which windows of which bands the clock has closed, and in what parts they are judged."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import UNBORN, find_open


class Part(NamedTuple):
    """Series ``begin`` to ``end`` of a band and the windows to which it is closed and final."""

    number: int
    begin: int
    end: int
    until: int
    final: int
    due: bool
    """Whether windows close; else only series that a late row has changed are looked at."""
    last: bool
    """Whether the band is done with it."""


def due_parts(bands: NDArray[np.void], clock: int, most: int) -> list[Part]:
    """What the clock (microseconds) has closed, in order of slots, ``most`` series at a time."""
    found = []
    for number, band in enumerate(bands):
        width, offset = int(band["width"]), int(band["offset"])
        until = (clock - offset) // width
        final = max(int(band["final"]), (clock - int(band["late"]) - offset) // width)
        due = until > band["closed"] or final > band["final"]
        if not due and band["marked"] != 1:
            continue
        begin, end = int(band["start"]), int(band["start"] + band["size"])
        step = most if due else max(end - begin, 1)
        for at in range(begin, end, step):
            to = min(at + step, end)
            found.append(Part(number, at, to, until, final, due, to == end))
    return found


def end_band(bands: NDArray[np.void], part: Part) -> None:
    """Every series of the band is judged: it goes on from here."""
    band = bands[part.number]
    band["final"], band["closed"] = part.final, max(int(band["closed"]), part.until)
    band["marked"] = 0
    find_open(bands[part.number : part.number + 1])


def begin_bands(bands: NDArray[np.void], clock: int, not_before: int) -> None:
    """Set unborn bands going at ``clock``; none reaches back beyond ``not_before``.

    All times are microseconds since 1970 UTC. Rows within the lateness bound before the clock are
    welcome, but windows before it are not missed when empty.
    """
    unborn = bands["final"] == UNBORN
    width, offset = bands["width"][unborn], bands["offset"][unborn]
    now = (clock - offset) // width
    earliest = -((offset - not_before) // width)
    final = np.maximum((clock - bands["late"][unborn] - offset) // width, earliest)
    bands["born"][unborn] = now
    bands["final"][unborn] = np.minimum(final, now)
    bands["closed"][unborn] = bands["final"][unborn]
    find_open(bands)
