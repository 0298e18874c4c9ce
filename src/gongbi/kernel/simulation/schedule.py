"""When incidents strike: a day drawn from the seed, and an opening that shows a city quickly."""

from collections.abc import Iterator

import numpy as np

from gongbi.kernel.simulation.effects import Incident
from gongbi.kernel.simulation.incidents import KINDS, MINUTE, NoSuchPlace, strike
from gongbi.kernel.simulation.world import World

DAY = 86_400
PEOPLE_OF_RATES = 50_000
MOST_OF_A_KIND = 20
ONCE = frozenset({"storm"})
# Minutes after the opening, minutes it lasts (None: as the kind has it).
OPENING: tuple[tuple[str, int, int | None], ...] = (
    ("burst_pipe", 0, None),
    ("sensor_drift", 20, None),
    ("lift_trap", 45, None),
    ("sensor_silence", 75, 120),
    ("power_cut", 130, None),
    ("storm", 240, 120),
    ("crowd", 420, 150),
)


def draw_day(world: World, midnight: int, *, people: int, seed: int) -> list[Incident]:
    """The incidents that begin in the day after ``midnight`` (seconds since 1970), by start."""
    day = midnight // DAY
    rng = np.random.default_rng([seed, day, 1])
    found: list[Incident] = []
    for kind, said in KINDS.items():
        mean = said.a_day if kind in ONCE else said.a_day * people / PEOPLE_OF_RATES
        for number in range(min(int(rng.poisson(mean)), MOST_OF_A_KIND)):
            start = midnight + int(rng.integers(DAY))
            name = f"{kind}-{day}-{number}"
            found += _tried(world, kind, start, rng, name, None)
    return sorted(found, key=lambda one: (one.start, one.id))


def draw_opening(world: World, start: int, *, seed: int) -> list[Incident]:
    """One of most kinds within some hours, the burst pipe first: for somebody who looks on."""
    rng = np.random.default_rng([seed, start, 2])
    found: list[Incident] = []
    for number, (kind, after, minutes) in enumerate(OPENING):
        name = f"{kind}-opening-{start}-{number}"
        found += _tried(world, kind, start + after * MINUTE, rng, name, minutes)
    return found


def _tried(
    world: World, kind: str, start: int, rng: np.random.Generator, name: str, minutes: int | None
) -> Iterator[Incident]:
    """The incident, or nothing where the city has no sensor for it."""
    try:
        yield strike(world, kind, start, rng, name=name, minutes=minutes)
    except NoSuchPlace:
        return
