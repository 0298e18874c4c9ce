"""Units of the city's observed properties, and the linear ways into them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Linear:
    """figure x `factor` + `offset`."""

    factor: float = 1.0
    offset: float = 0.0

    def turn(self, figure: float) -> float:
        """A figure in the file's unit, in the city's."""
        return figure * self.factor + self.offset


# The unit each property is kept in everywhere in the city.
PROPERTY_UNITS = {
    "water_pressure": "MPa",
    "water_flow": "m3/h",
    "road_water_depth": "cm",
    "rainfall": "mm/h",
    "river_level": "m",
    "power_load": "kW",
    "lift_fault": "0/1",
    "metro_entries": "persons",
    "metro_exits": "persons",
    "crowd_count": "persons",
    "pm25": "ug/m3",
    "noise": "dB(A)",
    "smoke_alarm": "0/1",
    "gas_leak": "%LEL",
    "bin_fill": "%",
    "traffic_speed": "km/h",
}

_WAYS = {
    ("kPa", "MPa"): Linear(0.001),
    ("bar", "MPa"): Linear(0.1),
    ("kgf/cm2", "MPa"): Linear(0.0980665),
    ("mH2O", "MPa"): Linear(0.00980665),
    ("L/s", "m3/h"): Linear(3.6),
    ("m3/s", "m3/h"): Linear(3600.0),
    ("m", "cm"): Linear(100.0),
    ("mm", "cm"): Linear(0.1),
    ("mm", "m"): Linear(0.001),
    ("cm", "m"): Linear(0.01),
    ("W", "kW"): Linear(0.001),
    ("MW", "kW"): Linear(1000.0),
    ("mg/m3", "ug/m3"): Linear(1000.0),
    ("m/s", "km/h"): Linear(3.6),
    ("mph", "km/h"): Linear(1.609344),
    ("F", "C"): Linear(5 / 9, -160 / 9),
    ("K", "C"): Linear(1.0, -273.15),
    ("10k persons", "persons"): Linear(10_000.0),
    ("share", "%"): Linear(100.0),
}


def way_between(from_unit: str, unit: str) -> Linear | None:
    """The known conversion, or None when the mapping must state its factor."""
    return Linear() if from_unit == unit else _WAYS.get((from_unit, unit))


def units_into(unit: str) -> list[str]:
    """Units that can be turned into this one without stating a factor."""
    return sorted({unit, *(start for start, end in _WAYS if end == unit)})
