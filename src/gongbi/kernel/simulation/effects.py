"""What an incident does to the readings of the sensors it reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.simulation.chance import Floats, Ints
from gongbi.kernel.simulation.rhythms import Streams, ordinary, sample_times, settle

ADD, SCALE, DRIFT, STUCK, SILENCE = "add", "scale", "drift", "stuck", "silence"
FORMS = (ADD, SCALE, DRIFT, STUCK, SILENCE)


@dataclass(frozen=True, slots=True)
class Effect:
    """One way in which some sensors speak differently.

    Parameters
    ----------
    form
        add (size in the property's unit), scale (× (1 + size)), drift (size an hour),
        stuck (repeats what it said at the start), silence (no rows).
    rows, size
        Rows of the sensors, ascending, and the size at each; shape (m,).
    rise, fall
        Seconds to the full size after the start, and back to nothing after the end.
    delay
        Seconds after the incident's start.
    """

    form: str
    rows: Ints
    size: Floats
    rise: float = 1.0
    fall: float = 1.0
    delay: float = 0.0

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"Expected a form of {', '.join(FORMS)}, not {self.form!r}.")
        if self.rise <= 0 or self.fall <= 0 or self.delay < 0:
            raise ValueError("Expected rise > 0, fall > 0 and delay >= 0.")
        if len(self.rows) != len(self.size) or np.any(np.diff(self.rows) <= 0):
            raise ValueError("Expected rows in rising order and one size for each.")


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happens: kind, seconds since 1970, where, how strong, and what it changes.

    Parameters
    ----------
    end
        When it ends of itself; a crew may end it earlier (see ``ends`` of ``readings``).
    types
        Codes of case types that alerts and reports of it come under.
    mended_by
        Those of them whose true completion ends it; empty: nobody can end it.
    """

    id: str
    kind: str
    start: int
    end: int
    place: str
    lon: float
    lat: float
    magnitude: float
    effects: tuple[Effect, ...]
    types: tuple[str, ...] = ()
    mended_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"Expected {self.id} to end after it starts.")

    def rows(self) -> Ints:
        """Rows of all sensors it reaches, ascending, once each."""
        parts = [effect.rows for effect in self.effects] or [np.empty(0, np.int64)]
        reached: Ints = np.unique(np.concatenate(parts))
        return reached

    def touches(self, since: int, until: int, end: int) -> bool:
        """Whether any reading in [since, until) can differ because of it."""
        tail = max((effect.delay + effect.fall for effect in self.effects), default=0.0)
        return self.start < until and since < end + tail


def strength(effect: Effect, seconds: Ints, start: int, end: int) -> Floats:
    """0 to 1: rises after the start, falls after the end, a trapezoid."""
    begun = seconds - (start + effect.delay)
    over = seconds - max(end, start + effect.delay)
    up = np.clip(begun / effect.rise, 0.0, 1.0)
    grown = min(1.0, max(0.0, (end - start - effect.delay) / effect.rise))
    down = np.clip(1.0 - over / effect.fall, 0.0, 1.0)
    shape: Floats = np.where(over > 0, grown * down, up)
    return shape


@dataclass(frozen=True, slots=True)
class Readings:
    """Rows of a time span: row of the sensor, seconds since 1970, value; by time and row."""

    rows: Ints
    seconds: Ints
    values: Floats


def readings(
    streams: Streams,
    incidents: Sequence[Incident],
    since: int,
    until: int,
    *,
    offset: int,
    seed: int,
    ends: Mapping[str, int] | None = None,
) -> Readings:
    """All readings in [since, until): the same arguments give the same rows, in any order asked.

    ``ends`` holds when an incident was ended by someone before its own end.
    """
    rows, seconds = sample_times(streams, since, until, seed)
    values = ordinary(streams, rows, seconds, offset=offset, seed=seed)
    kept = np.ones(len(rows), dtype=np.bool_)
    for incident in incidents:
        end = min(incident.end, (ends or {}).get(incident.id, incident.end))
        if incident.touches(since, until, end):
            for effect in incident.effects:
                _bend(streams, effect, (incident.start, end), (rows, seconds), values, kept,
                      offset=offset, seed=seed)  # fmt: skip
    values = settle(streams, rows, seconds, values, seed=seed)
    return Readings(rows[kept], seconds[kept], values[kept])


def _bend(
    streams: Streams,
    effect: Effect,
    span: tuple[int, int],
    drawn: tuple[Ints, Ints],
    values: Floats,
    kept: NDArray[np.bool_],
    *,
    offset: int,
    seed: int,
) -> None:
    """Change values and kept in place where the effect reaches."""
    rows, seconds = drawn
    at = np.searchsorted(effect.rows, rows).clip(max=max(len(effect.rows) - 1, 0))
    hit = np.flatnonzero(effect.rows[at] == rows) if len(effect.rows) else at[:0]
    if not len(hit):
        return
    shape = strength(effect, seconds[hit], *span)
    size, on = effect.size[at[hit]], shape > 0
    if effect.form == ADD:
        values[hit] += size * shape
    elif effect.form == SCALE:
        values[hit] *= 1.0 + size * shape
    elif effect.form == DRIFT:
        values[hit] += np.where(on, size * (seconds[hit] - span[0]) / 3600.0, 0.0)
    elif effect.form == SILENCE:
        kept[hit[on]] = False
    elif on.any():
        before = np.full(int(on.sum()), span[0], dtype=np.int64)
        values[hit[on]] = ordinary(streams, rows[hit[on]], before, offset=offset, seed=seed)
