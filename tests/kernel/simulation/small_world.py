"""A world small enough to reckon by hand: one pipe of three gauges, a lift, a rain gauge."""

import numpy as np

from gongbi.kernel.simulation.rhythms import COUNT, FLAG, LEVEL, Streams
from gongbi.kernel.simulation.world import World

MONDAY = 1_772_409_600  # 2026-03-02T00:00:00Z
PROPERTIES = ("water_pressure", "water_pressure", "water_pressure", "lift_fault", "rainfall")


def streams(noise: float = 0.0) -> Streams:
    """Gauges each minute at 0.3 MPa, +0.1 at 8 o'clock, half of that on a day of rest."""
    many = len(PROPERTIES)
    return Streams(
        id=np.arange(1, many + 1),
        step=np.array([60, 60, 60, 30, 300]),
        model=np.array([LEVEL, LEVEL, LEVEL, FLAG, COUNT]),
        base=np.array([0.3, 0.3, 0.3, 0.0, 0.4]),
        amplitude=np.array([0.1, 0.1, 0.1, 0.0, 0.0]),
        peak=np.array([8.0, 8.0, 8.0, np.nan, np.nan]),
        second=np.full(many, np.nan),
        weekend=np.full(many, 0.5),
        noise=np.full(many, noise),
        minimum=np.zeros(many),
        maximum=np.array([1.0, 1.0, 1.0, 1.0, 200.0]),
    )


def world(noise: float = 0.0) -> World:
    """Gauge 0 feeds 1, which feeds 2, a kilometre apart eastwards; the lift stands at gauge 0."""
    east = 1_000.0 / (111_320.0 * np.cos(np.radians(30.0)))
    return World(
        streams=streams(noise),
        property=np.array(PROPERTIES),
        path=np.array(["/t/a/", "/t/b/", "/t/c/", "/t/a/", "/t/"]),
        lonlat=np.array([[120.0, 30.0], [120.0 + east, 30.0], [120.0 + 2 * east, 30.0],
                         [120.0, 30.0], [120.0, 30.01]]),
        network=np.array(["z1", "z1", "z1", "", ""]),
        upstream=np.array([-1, 0, 1, -1, -1]),
    )  # fmt: skip
