"""How a sensor's day goes: times at which it speaks, and its value on an ordinary day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.simulation.chance import Floats, Ints, mix, normals, uniforms

LEVEL, COUNT, FLAG = 0, 1, 2
PEAK_WIDTH_HOURS = 2.0
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Streams:
    """Datastreams as columns, all of shape (n,).

    Parameters
    ----------
    id, step
        Number of the datastream; seconds between its rows, at least 1.
    model
        LEVEL (real), COUNT (rounded, never negative) or FLAG (1 with the chance of its value).
    base, amplitude, noise, minimum, maximum
        In the property's own unit; noise is a standard deviation.
    peak, second
        Hours of the city's clock at which the amplitude is added whole; NaN: none.
    weekend
        Multiplies the amplitude on Saturday and Sunday.
    """

    id: Ints
    step: Ints
    model: Ints
    base: Floats
    amplitude: Floats
    peak: Floats
    second: Floats
    weekend: Floats
    noise: Floats
    minimum: Floats
    maximum: Floats

    def __post_init__(self) -> None:
        if len(self.step) and int(self.step.min()) < 1:
            raise ValueError("Expected steps of at least one second.")
        if not np.all(self.minimum <= self.maximum):
            raise ValueError("Expected minimum <= maximum for every datastream.")


def rhythm(hours: Floats, peak: Floats, second: Floats) -> Floats:
    """0 far from the peaks, 1 at them: max of exp(−½ (Δh / 2)²), Δh around the clock."""

    def hill(at: Floats) -> Floats:
        apart = np.abs(hours - at) % 24.0
        apart = np.minimum(apart, 24.0 - apart)
        risen: Floats = np.exp(-0.5 * (apart / PEAK_WIDTH_HOURS) ** 2)
        return risen

    return np.fmax(np.nan_to_num(hill(peak)), np.nan_to_num(hill(second)))


def sample_times(streams: Streams, since: int, until: int, seed: int) -> tuple[Ints, Ints]:
    """(rows, seconds since 1970) at which sensors speak in [since, until), by time and row.

    Each sensor has its own second within its step: real ones do not speak in chorus.
    """
    phase = (mix(seed, streams.id, 77) % streams.step.astype(np.uint64)).astype(np.int64)
    first = -((phase - since) // streams.step)  # the first k with phase + k·step ≥ since
    count = np.maximum(0, -((phase - until) // streams.step) - first)
    rows = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    seconds = phase[rows] + (first[rows] + nth) * streams.step[rows]
    order = np.lexsort((rows, seconds))
    return rows[order], seconds[order]


def ordinary(streams: Streams, rows: Ints, seconds: Ints, *, offset: int, seed: int) -> Floats:
    """Values before bounds and rounding; ``offset`` is the zone's distance from UTC in seconds.

    base + amplitude × rhythm(hour) × (weekend factor) + noise × N(0, 1)
    """
    local = seconds + offset
    hours = (local % DAY_SECONDS) / 3600.0
    resting = (local // DAY_SECONDS + 3) % 7 >= 5  # day 0 of 1970 was a Thursday
    swing = streams.amplitude[rows] * rhythm(hours, streams.peak[rows], streams.second[rows])
    swing *= np.where(resting, streams.weekend[rows], 1.0)
    noise = streams.noise[rows] * normals(seed, streams.id[rows], seconds)
    drawn: Floats = streams.base[rows] + swing + noise
    return drawn


def settle(streams: Streams, rows: Ints, seconds: Ints, values: Floats, *, seed: int) -> Floats:
    """Values as a sensor would say them: flags drawn, counts rounded, all within their bounds."""
    model = streams.model[rows]
    flags: NDArray[np.bool_] = uniforms(seed, streams.id[rows], seconds, 9) < values
    said = np.where(model == FLAG, flags.astype(np.float64), values)
    said = np.where(model == COUNT, np.round(said), said)
    kept: Floats = np.clip(said, streams.minimum[rows], streams.maximum[rows])
    return np.round(kept, 4)
