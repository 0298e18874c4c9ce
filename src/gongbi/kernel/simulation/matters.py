"""Who speaks up, when and where: on an ordinary day, and when something has happened.

Both are pure in the seed and the minute, so that a play stopped and started again says the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gongbi.kernel.simulation.chance import Floats, name_number
from gongbi.kernel.simulation.effects import Incident
from gongbi.kernel.simulation.kinds import HOURS, INCIDENT_VOICES, KINDS
from gongbi.kernel.simulation.world import metres, moved

# Shanghai's hotline took 24,700 tickets a day in 2023 from 25 million people; those on their
# rounds report about as many again.
REPORTS_A_DAY_A_PERSON = 0.002
ECHO_SECONDS = 3 * 3600
NEAR_METRES = 40.0


@dataclass(frozen=True, slots=True)
class Homes:
    """Buildings that people speak from: lon, lat in degrees and weight > 0, all of shape (n,)."""

    lon: Floats
    lat: Floats
    weight: Floats

    def draw(self, rng: np.random.Generator) -> int:
        """A building, by weight."""
        edges = np.cumsum(self.weight)
        return int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))

    def around(self, lon: float, lat: float, within: float, rng: np.random.Generator) -> int:
        """A building within so many metres, the nearest where there is none."""
        apart = metres(np.column_stack([self.lon, self.lat]), np.array([lon, lat]))
        near = np.flatnonzero(apart <= within)
        return int(rng.choice(near)) if len(near) else int(np.argmin(apart))


@dataclass(frozen=True, slots=True)
class Matter:
    """One person's wish to say something: when (seconds since 1970), what, and from which home.

    ``name`` is its own for ever; ``again``: somebody has spoken of it before.
    """

    name: str
    at: int
    kind: str
    home: int
    lon: float
    lat: float
    incident: str = ""
    again: bool = False


def rates(hour: int) -> Floats:
    """Share of a day's reports that one minute of that hour brings, by kind; shape (kinds,)."""
    weights = np.array([kind.weight for kind in KINDS.values()])
    hours = np.array([HOURS[kind.when][hour] / sum(HOURS[kind.when]) for kind in KINDS.values()])
    shares: Floats = weights / weights.sum() * hours / 60.0
    return shares


def ordinary_matters(
    homes: Homes, minute: int, *, people: int, offset: int, seed: int
) -> Iterator[Matter]:
    """What is first said in a minute (minutes since 1970), with all who say the same later."""
    hour = (minute * 60 + offset) // 3600 % 24
    means = rates(hour) * people * REPORTS_A_DAY_A_PERSON
    rng = np.random.default_rng([seed, minute, 3])
    for number, kind in enumerate(rng.choice(list(KINDS), rng.poisson(means.sum()),
                                             p=means / means.sum())):  # fmt: skip
        home = homes.draw(rng)
        first = minute * 60 + int(rng.integers(60))
        times = [0, *sorted(rng.integers(60, ECHO_SECONDS, rng.poisson(KINDS[kind].echo)))]
        for turn, later in enumerate(times):
            lon, lat = _beside(homes, home, rng)
            name = f"s{seed}-m{minute}-{number}-{turn}"
            yield Matter(name, first + int(later), str(kind), home, lon, lat, again=turn > 0)


def matters_of(homes: Homes, incident: Incident, *, seed: int) -> list[Matter]:
    """Everyone who would speak of an incident if it lasted as drawn, by time."""
    voices = INCIDENT_VOICES.get(incident.kind)
    if voices is None:
        return []
    rng = np.random.default_rng([seed, name_number(incident.id), 4])
    found = [
        _voice(homes, incident, kind, voices.metres, voices.minutes, rng)
        for kind, mean in voices.said
        for _ in range(int(rng.poisson(mean * incident.magnitude)))
    ]
    found = sorted((one for one in found if one[0] < incident.end), key=lambda one: one[0])
    return [
        Matter(f"s{seed}-{incident.id}-{number}", at, kind, home, *point,
               incident=incident.id, again=number > 0)
        for number, (at, kind, home, point) in enumerate(found)
    ]  # fmt: skip


def _voice(
    homes: Homes,
    incident: Incident,
    kind: str,
    within: float,
    minutes: float,
    rng: np.random.Generator,
) -> tuple[int, str, int, tuple[float, float]]:
    home = homes.around(incident.lon, incident.lat, within, rng)
    at = incident.start + 60 + int(rng.exponential(minutes * 60.0))
    return at, kind, home, _beside(homes, home, rng)


def _beside(homes: Homes, home: int, rng: np.random.Generator) -> tuple[float, float]:
    east, north = rng.normal(0.0, NEAR_METRES / 2.0, 2)
    return moved(float(homes.lon[home]), float(homes.lat[home]), float(east), float(north))
