"""What is measured and how it swings in a day; see docs/city-pack.md for the formula."""

from __future__ import annotations

from dataclasses import dataclass

NONE = float("nan")


@dataclass(frozen=True)
class Sense:
    """One property: unit, seconds between rows, and how the simulator moves it.

    peaks are hours of the day (the second may be NaN); noise is a standard deviation in the
    property's unit; weekend multiplies the day's swing.
    """

    unit: str
    step: int
    model: str  # level, count, flag
    peaks: tuple[float, float]
    weekend: float
    noise: float
    least: float
    most: float
    owner: str  # kind of unit


SENSES: dict[str, Sense] = {
    "water_pressure": Sense("MPa", 60, "level", (7.5, 19.5), 0.9, 0.004, 0, 1.0, "water"),
    "water_flow": Sense("m3/h", 300, "level", (7.5, 19.5), 0.95, 1.0, 0, 9_000, "water"),
    "road_water_depth": Sense("cm", 300, "level", (0, NONE), 1.0, 0.05, 0, 150, "roads"),
    "rainfall": Sense("mm/h", 300, "level", (0, NONE), 1.0, 0.0, 0, 200, "roads"),
    "river_level": Sense("m", 300, "level", (4.0, 16.4), 1.0, 0.02, 0, 7, "roads"),
    "power_load": Sense("kW", 900, "level", (8.0, 20.0), 1.08, 5.0, 0, 1_000, "power"),
    "lift_fault": Sense("0/1", 300, "flag", (8.0, 18.0), 0.8, 0.0, 0, 1, "lifts"),
    "metro_entries": Sense("persons", 300, "count", (8.2, 18.1), 0.55, 3.0, 0, 4_000, "metro"),
    "metro_exits": Sense("persons", 300, "count", (8.5, 18.4), 0.55, 3.0, 0, 4_000, "metro"),
    "crowd_count": Sense("persons", 60, "count", (12.5, 19.0), 1.35, 12.0, 0, 9_000, "police"),
    "pm25": Sense("ug/m3", 900, "level", (8.0, 20.0), 0.9, 2.0, 0, 600, "sanitation"),
    "noise": Sense("dB(A)", 300, "level", (8.5, 18.5), 0.9, 0.8, 25, 120, "centre"),
    "smoke_alarm": Sense("0/1", 600, "flag", (11.5, 18.0), 1.0, 0.0, 0, 1, "fire"),
    "gas_leak": Sense("%LEL", 300, "level", (11.5, 18.2), 1.0, 0.2, 0, 100, "fire"),
    "bin_fill": Sense("%", 900, "level", (9.0, 20.0), 1.05, 2.0, 0, 120, "sanitation"),
    "traffic_speed": Sense("km/h", 300, "level", (8.0, 18.0), 0.7, 1.0, 0, 120, "police"),
}
