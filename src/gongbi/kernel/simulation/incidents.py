"""Incidents a city has: each kind with where it strikes, what it changes and who can end it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.simulation.chance import Floats, Ints
from gongbi.kernel.simulation.effects import ADD, DRIFT, SCALE, SILENCE, STUCK, Effect, Incident
from gongbi.kernel.simulation.world import World, metres

Rng = np.random.Generator
Recipe = Callable[[World, int, float, Rng], tuple[Effect, ...]]
MINUTE, HOUR = 60, 3600
SUBDISTRICT = 4
"""Parts of a path "/city/district/subdistrict/…" up to its subdistrict, with the empty first."""
SOMEBODY_INSIDE = 0.15
"""Share of the lifts of a dark building that stop with people in them."""
# What an hour of drift is worth, in the unit of the property.
DRIFTS = {"water_pressure": -0.03, "gas_leak": 3.0, "noise": 5.0, "river_level": 0.35, "pm25": 14}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of incident.

    Parameters
    ----------
    at
        Properties at whose sensors it can strike.
    a_day
        How many a city of 50,000 people has in a day on average.
    minutes
        Shortest and longest time it lasts when nobody ends it.
    """

    at: tuple[str, ...]
    a_day: float
    minutes: tuple[int, int]
    recipe: Recipe
    types: tuple[str, ...] = ()
    mended_by: tuple[str, ...] = ()


def _effect(form: str, rows: Ints, size: Floats | float, rise: float, fall: float,
            delay: float = 0.0) -> Effect:  # fmt: skip
    sizes = np.broadcast_to(np.asarray(size, dtype=np.float64), rows.shape).copy()
    return Effect(form, rows, sizes, rise, fall, delay)


def _near(world: World, row: int, name: str, within: float) -> tuple[Ints, Floats]:
    apart = world.metres_from(row)
    rows = np.flatnonzero((world.property == name) & (apart <= within))
    return rows, apart[rows]


def _around(
    world: World, row: int, name: str, within: float, size: float, rise: float, fall: float
) -> tuple[Effect, ...]:
    """The same addition to every sensor of a property near by; none where none stands."""
    rows, _ = _near(world, row, name, within)
    return (_effect(ADD, rows, size, rise, fall),) if len(rows) else ()


def _of_subdistrict(
    world: World, row: int, name: str, size: float, rise: float, fall: float
) -> tuple[Effect, ...]:
    """An addition to the sensors of a property in the subdistrict; none where it has none."""
    within = "/".join(str(world.path[row]).split("/")[:SUBDISTRICT]) + "/"
    rows = world.of(name)
    rows = rows[[str(path).startswith(within) for path in world.path[rows]]]
    return (_effect(ADD, rows, size, rise, fall),) if len(rows) else ()


def burst_pipe(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """Pressure falls at the break and behind it, flow into the zone rises, water on the road."""
    zone = np.flatnonzero(
        (world.property == "water_pressure") & (world.network == world.network[row])
    )
    fall = 0.9 * np.exp(-world.metres_from(row)[zone] / 500.0)
    fall[np.isin(zone, world.downstream(row))] = np.maximum(
        fall[np.isin(zone, world.downstream(row))], 0.85
    )
    flow = np.flatnonzero((world.property == "water_flow") & (world.network == world.network[row]))
    road, apart = _near(world, row, "road_water_depth", 500.0)
    depth = 38.0 * magnitude * np.exp(-apart / 400.0)
    return (
        _effect(ADD, zone, -0.25 * magnitude * fall, 2 * MINUTE, 15 * MINUTE),
        _effect(SCALE, flow, 0.45 * magnitude, 2 * MINUTE, 15 * MINUTE),
        _effect(ADD, road, depth, 25 * MINUTE, 50 * MINUTE, 5 * MINUTE),
        *_around(world, row, "turbidity", 700.0, 2.5 * magnitude, 20 * MINUTE, 2 * HOUR),
        *_of_subdistrict(world, row, "water_calls", 10.0 * magnitude, 10 * MINUTE, HOUR),
    )


def power_cut(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """The transformers of a feeder near the fault carry nothing; their lifts stand still."""
    near, _ = _near(world, row, "power_load", 450.0 * magnitude)
    rows = near[world.network[near] == world.network[row]]
    lifts = world.of("lift_fault")
    dark = lifts[np.isin(world.path[lifts], world.path[rows])]
    bells = _bells(world, dark)
    pressed = bells[rng.random(len(bells)) < SOMEBODY_INSIDE]
    return (
        _effect(SCALE, rows, -1.0, 1.0, 2 * MINUTE),
        _effect(ADD, dark, 1.0, 1.0, 1.0),
        *((_effect(ADD, pressed, 1.0, 1.0, 1.0, MINUTE),) if len(pressed) else ()),
        *_around(world, row, "homes_dark", 450.0, 160.0 * magnitude, 1.0, 2 * MINUTE),
    )


def lift_trap(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """One lift stands between two floors, and whoever is inside presses the bell."""
    bells = _bells(world, np.array([row]))[:1]
    return (
        _effect(ADD, np.array([row]), 1.0, 1.0, 1.0),
        *((_effect(ADD, bells, 1.0, 1.0, 1.0, MINUTE),) if len(bells) else ()),
    )


def _bells(world: World, lifts: Ints) -> Ints:
    """The alarm bells in the buildings of some lifts."""
    bells = world.of("lift_call")
    return bells[np.isin(world.path[bells], world.path[lifts])]


def storm(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """Rain over the whole city, water on its low roads, the river up, wind, slow traffic."""
    rain, roads = world.of("rainfall"), world.of("road_water_depth")
    low = roads[rng.random(len(roads)) < 0.35]
    return (
        _effect(ADD, rain, rng.uniform(22, 45, len(rain)) * magnitude, 20 * MINUTE, 40 * MINUTE),
        _effect(ADD, low, rng.uniform(10, 34, len(low)) * magnitude, 60 * MINUTE, 80 * MINUTE,
                20 * MINUTE),
        _effect(ADD, world.of("river_level"), 1.1 * magnitude, 2 * HOUR, 5 * HOUR, 30 * MINUTE),
        _effect(ADD, world.of("noise"), 7.0 * magnitude, 15 * MINUTE, 30 * MINUTE),
        _effect(SCALE, world.of("traffic_speed"), -0.3 * magnitude, 30 * MINUTE, 60 * MINUTE),
        _effect(SCALE, world.of("pm25"), -0.4, 40 * MINUTE, 2 * HOUR),
        _effect(ADD, world.of("wind_gust"), 11.0 * magnitude, 15 * MINUTE, 40 * MINUTE),
        _effect(ADD, world.of("sewer_level"), 38.0 * magnitude, 50 * MINUTE, 2 * HOUR,
                15 * MINUTE),
        _effect(SCALE, world.of("visibility"), -0.8, 15 * MINUTE, 40 * MINUTE),
        _effect(ADD, world.of("congestion"), 2.5 * magnitude, 30 * MINUTE, 60 * MINUTE),
    )  # fmt: skip


def crowd(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """Far more people than usual in one place, and out of the stations beside it."""
    exits, _ = _near(world, row, "metro_exits", 900.0)
    return (
        _effect(ADD, np.array([row]), 1700.0 * magnitude, 50 * MINUTE, 40 * MINUTE),
        _effect(SCALE, exits, 1.6 * magnitude, 40 * MINUTE, 30 * MINUTE),
        _effect(ADD, exits, 120.0 * magnitude, 40 * MINUTE, 30 * MINUTE),
        *_around(world, row, "crowd_density", 900.0, 1.9 * magnitude, 40 * MINUTE, 30 * MINUTE),
        *_around(world, row, "crowd_inflow", 900.0, 170.0 * magnitude, 30 * MINUTE, 20 * MINUTE),
    )


def sensor_drift(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """A sensor goes slowly wrong while the city is well."""
    rate = DRIFTS.get(str(world.property[row]), 0.0) * magnitude
    return (_effect(DRIFT, np.array([row]), rate, 1.0, 1.0),)


def sensor_silence(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """A gateway fails: the sensors of one property at that place say nothing."""
    same = (world.property == world.property[row]) & (world.path == world.path[row])
    return (_effect(SILENCE, np.flatnonzero(same), 1.0, 1.0, 1.0),)


def sensor_stuck(world: World, row: int, magnitude: float, rng: Rng) -> tuple[Effect, ...]:
    """A sensor repeats one value."""
    return (_effect(STUCK, np.array([row]), 1.0, 1.0, 1.0),)


_WATER = ("burst-pipe", "low-pressure", "no-water", "dirty-water")
_STORM = ("road-flood", "river-high", "fallen-tree", "blocked-drain", "leak-roof", "wire-down")
_CROWD = ("crowding", "metro-crowding")
_LIFT = ("lift-trapped", "lift-fault")
_SENSED = ("water_pressure", "water_flow", "noise", "pm25", "traffic_speed", "river_level")

KINDS: dict[str, Kind] = {
    "burst_pipe": Kind(
        ("water_pressure",), 0.9, (300, 600), burst_pipe, (*_WATER, "road-flood"), _WATER[:3]
    ),
    "power_cut": Kind(
        ("power_load",), 0.6, (120, 360), power_cut, ("power-cut", "lift-fault"), ("power-cut",)
    ),
    "lift_trap": Kind(("lift_fault",), 1.2, (60, 150), lift_trap, _LIFT, _LIFT),
    "storm": Kind(("rainfall",), 0.15, (60, 150), storm, _STORM),
    "crowd": Kind(("crowd_count",), 0.5, (100, 180), crowd, _CROWD, ("crowding",)),
    "sensor_drift": Kind(
        tuple(DRIFTS), 0.8, (300, 600), sensor_drift,
        ("sensor-silent", "burst-pipe", "gas-leak", "noise-day", "river-high", "dust"),
        ("sensor-silent", "burst-pipe", "gas-leak", "noise-day", "river-high", "dust"),
    ),
    "sensor_silence": Kind(
        _SENSED, 1.5, (90, 300), sensor_silence, ("sensor-silent",), ("sensor-silent",)
    ),
    "sensor_stuck": Kind(_SENSED, 1.0, (180, 480), sensor_stuck, ("sensor-silent",), ()),
}  # fmt: skip


class NoSuchPlace(Exception):
    """No sensor stands where the incident should strike; the sentence says what is missing."""


def strike(
    world: World,
    kind: str,
    start: int,
    rng: Rng,
    *,
    name: str,
    minutes: int | None = None,
    magnitude: float | None = None,
    within: str = "",
) -> Incident:
    """An incident of that kind at a sensor drawn among those below the place ``within``."""
    said = KINDS[kind]
    row = _choose(world, kind, within, rng)
    size = float(rng.uniform(0.85, 1.15)) if magnitude is None else magnitude
    lasts = int(rng.integers(said.minutes[0], said.minutes[1] + 1)) if minutes is None else minutes
    lon, lat = world.lonlat[row]
    return Incident(
        id=name,
        kind=kind,
        start=start,
        end=start + lasts * MINUTE,
        place=world.place(row),
        lon=float(lon),
        lat=float(lat),
        magnitude=round(size, 3),
        effects=said.recipe(world, row, size, rng),
        types=said.types,
        mended_by=said.mended_by,
    )


def _choose(world: World, kind: str, within: str, rng: Rng) -> int:
    fits: NDArray[np.bool_] = np.isin(world.property, KINDS[kind].at)
    if within:
        fits &= np.char.find(world.path, f"/{within}/") >= 0
    rows = np.flatnonzero(fits)
    if not len(rows):
        where = f" below the place {within!r}" if within else " in this city"
        raise NoSuchPlace(
            f"A {kind} needs a sensor of {' or '.join(KINDS[kind].at)}, and there is none{where}."
        )
    if kind == "burst_pipe":  # a break in a main that feeds others is the one people notice
        above = rows[np.isin(rows, world.upstream)]
        rows = above if len(above) else rows
    return int(rng.choice(rows))


def reaches(world: World, incident: Incident, path: str) -> bool:
    """Whether a case at that path can come of it: its sensors stand there, above or below."""
    paths = world.path[incident.rows()]
    return any(str(one).startswith(path) or path.startswith(str(one)) for one in paths)


def is_near(world: World, incident: Incident, lon: float, lat: float, within: float) -> bool:
    """Whether a point lies so many metres from a sensor that the incident changes."""
    apart = metres(world.lonlat[incident.rows()], np.array([lon, lat]))
    return bool(len(apart)) and float(apart.min()) <= within
