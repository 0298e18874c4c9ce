"""Rows on their way in: what is understood in columns, each row refused with place and reason."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gongbi.stream.created import Datastream
from gongbi.stream.known import NOT_IN_PLAN, Known, RowRefused, shown

EARLIEST = 631_152_000_000_000
"""1990-01-01 UTC in microseconds. Older times are nearly always seconds taken for milliseconds."""
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = 1 << 62
Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]
"""Ids, times in microseconds, values, and the line or row each came from."""


class BodyRefused(Exception):
    """A body of which nothing can be understood."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not stored: its line (from 1) and the reason."""

    line: int
    reason: str


@dataclass(slots=True)
class Decoded:
    """Rows in the order they came, and those refused."""

    ids: NDArray[np.int64]
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    refused: list[Refusal] = field(default_factory=list)
    unknown: bool = False
    """A datastream was refused because the plan does not know it."""
    made: list[Datastream] = field(default_factory=list)
    """Datastreams to create before the rows are kept."""
    ahead: int = 0
    """Rows of datastreams that no plan holds yet."""


@dataclass(slots=True)
class Rows:
    """Rows read one by one, with their lines."""

    known: Known
    ids: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def add(
        self, line: int, datastream: object, time: object, value: object, unit: object = None
    ) -> None:
        """Keep a row, or its refusal."""
        try:
            # The name last: a row that is refused for its time must not create a datastream.
            moment, number = micros_of(time), number_of(value)
            self.need_time(moment)
            identity = self.identity(datastream)
            self.check_unit(identity, unit)
        except RowRefused as refusal:
            self.refuse(line, str(refusal))
            return
        self.keep(line, identity, moment, number)

    def keep(self, line: int, identity: int, moment: int, number: float) -> None:
        """Keep a row that is understood."""
        self.ids.append(identity)
        self.times.append(moment)
        self.values.append(number)
        self.lines.append(line)

    def refuse(self, line: int, reason: str) -> None:
        """Say why a row is not kept."""
        self.refused.append(Refusal(line, reason))

    def identity(self, given: object) -> int:
        """The id of a datastream given by id or name; RowRefused otherwise."""
        if isinstance(given, int) and not isinstance(given, bool) and abs(given) < _LAST:
            return given
        if not isinstance(given, str):
            raise RowRefused(f"datastream is {shown(given)}; give its id or its name")
        return self.known.identify(given)

    def need_time(self, moment: int) -> None:
        """RowRefused when a time, in microseconds, is none that may be."""
        early, late = moment < EARLIEST, moment > self.known.latest
        if early or late:
            raise RowRefused(why_untimely(moment, early=early, latest=self.known.latest))

    def check_unit(self, identity: int, said: object) -> None:
        """A row need not say its unit; one that does must mean the pack's."""
        usual = self.known.unit_of(identity) if said is not None else None
        if usual is not None and said != usual:
            raise RowRefused(
                f"unit is {shown(said)}, but datastream {identity} is measured in {usual}; "
                "convert the value, or correct the unit in the city pack"
            )

    def columns(self) -> Columns:
        """The rows kept."""
        return (
            np.array(self.ids, np.int64),
            np.array(self.times, np.int64),
            np.array(self.values, np.float64),
            np.array(self.lines, np.int64),
        )


def merged(columns: Columns, rows: Rows) -> Columns:
    """Rows read at speed and rows read one by one, in the order of their lines."""
    if not rows.lines:
        return columns
    ids, times, values, lines = (
        np.concatenate([one, other]) for one, other in zip(columns, rows.columns(), strict=True)
    )
    order = np.argsort(lines, kind="stable")
    return ids[order], times[order], values[order], lines[order]


def checked(columns: Columns, rows: Rows) -> Decoded:
    """The rows that may be stored, and the rest refused with reasons."""
    ids, times, values, lines = columns
    known, refused = rows.known, rows.refused
    strange, foreign = known.strangers(ids)
    early, late = times < EARLIEST, times > known.latest
    bad = strange | foreign | early | late | ~np.isfinite(values)
    if bad.any():
        why = _Why(known, ids, times, values, strange, foreign, early, late)
        refused += [Refusal(int(lines[at]), why.of(at)) for at in np.flatnonzero(bad).tolist()]
        good = ~bad
        ids, times, values = ids[good], times[good], values[good]
    refused.sort(key=lambda refusal: refusal.line)
    made = list(known.making.values())
    return Decoded(ids, times, values, refused, known.unknown, made, known.ahead)


@dataclass(frozen=True, slots=True)
class _Why:
    """What is wrong with each row of a batch, by the first fault found."""

    known: Known
    ids: NDArray[np.int64]
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    strange: NDArray[np.bool_]
    foreign: NDArray[np.bool_]
    early: NDArray[np.bool_]
    late: NDArray[np.bool_]

    def of(self, at: int) -> str:
        if self.early[at] or self.late[at]:
            early, latest = bool(self.early[at]), self.known.latest
            return why_untimely(int(self.times[at]), early=early, latest=latest)
        if self.strange[at]:
            return f"datastream {int(self.ids[at])} {NOT_IN_PLAN}"
        if self.foreign[at]:
            return self.known.why_foreign(int(self.ids[at]))
        return f"value {float(self.values[at])} is not a finite number"


def why_untimely(micros: int, *, early: bool, latest: int) -> str:
    """Why a time is refused."""
    time = in_words(micros)
    if early:
        return f"time {time} is before 1990: whole numbers are milliseconds since 1970"
    return f"time {time} is too far in the future: the latest accepted now is {in_words(latest)}"


def in_words(micros: int) -> str:
    """A time as people read it."""
    try:
        return (_1970 + timedelta(microseconds=micros)).isoformat()
    except OverflowError:
        return f"{micros // 1000} ms"


def micros_of(given: object) -> int:
    """Microseconds since 1970 UTC of a time as senders write it; RowRefused otherwise."""
    if isinstance(given, int) and not isinstance(given, bool):
        if abs(given) >= 1 << 50:
            raise RowRefused(f"time {given} is no time: whole numbers are milliseconds since 1970")
        return given * 1000
    if not isinstance(given, str):
        raise RowRefused(f"time is {shown(given)}; write ISO 8601 with a zone, or milliseconds")
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise RowRefused(
            f"time {shown(given)} is not understood; write for example 2026-11-24T08:00:00+08:00"
        ) from None
    if moment.tzinfo is None:
        raise RowRefused(f"time {shown(given)} names no zone; add Z or an offset such as +08:00")
    return (moment - _1970) // _MICROSECOND


def number_of(given: object) -> float:
    """A finite number; RowRefused otherwise. Text is not a number, even when it looks like one."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise RowRefused(f"value is {shown(given)}; write a number")
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise RowRefused(f"value {shown(given)} is not a finite number")
    return value
