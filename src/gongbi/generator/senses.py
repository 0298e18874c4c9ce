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
    "police_calls": Sense("calls", 3600, "count", (15.0, 21.5), 1.05, 0.4, 0, 9_000, "police"),
    "fire_calls": Sense("calls", 3600, "count", (12.0, 19.0), 1.0, 0.1, 0, 2_000, "fire"),
    "ambulance_runs": Sense("runs", 3600, "count", (9.0, 20.0), 1.0, 0.3, 0, 2_000, "centre"),
    "hotline_calls": Sense("calls", 3600, "count", (10.0, 15.0), 0.5, 0.4, 0, 9_000, "hotline"),
    "fever_visits": Sense("visits", 3600, "count", (10.0, 20.0), 1.1, 0.3, 0, 5_000, "centre"),
    "hall_wait": Sense("min", 300, "level", (10.0, 14.5), 0.2, 0.6, 0, 240, "centre"),
    "hydrant_pressure": Sense("MPa", 900, "level", (7.5, 19.5), 0.9, 0.004, 0, 1.0, "fire"),
    "chlorine": Sense("mg/L", 900, "level", (7.5, 19.5), 0.9, 0.01, 0, 4, "water"),
    "turbidity": Sense("NTU", 900, "level", (7.5, 19.5), 0.9, 0.015, 0, 50, "water"),
    "sewer_level": Sense("%", 300, "level", (8.0, 20.5), 1.05, 1.0, 0, 120, "roads"),
    "pump_fault": Sense("0/1", 300, "flag", (0, NONE), 1.0, 0.0, 0, 1, "roads"),
    "dissolved_oxygen": Sense("mg/L", 3600, "level", (5.0, NONE), 1.0, 0.08, 0, 20, "roads"),
    "manhole_moved": Sense("0/1", 600, "flag", (0, NONE), 1.0, 0.0, 0, 1, "roads"),
    "wind_gust": Sense("m/s", 300, "level", (14.0, NONE), 1.0, 0.4, 0, 70, "centre"),
    "air_temperature": Sense("degC", 900, "level", (14.5, NONE), 1.0, 0.3, -30, 50, "centre"),
    "visibility": Sense("m", 900, "level", (6.5, NONE), 1.0, 150, 0, 10_000, "centre"),
    "ozone": Sense("ug/m3", 3600, "level", (14.5, NONE), 1.1, 4.0, 0, 600, "sanitation"),
    "site_dust": Sense("mg/m3", 300, "level", (10.0, 16.0), 0.6, 0.02, 0, 10, "sanitation"),
    "building_tilt": Sense("mm/m", 3600, "level", (15.0, NONE), 1.0, 0.02, 0, 50, "housing"),
    "vibration": Sense("mm/s", 300, "level", (8.5, 18.0), 0.8, 0.08, 0, 50, "housing"),
    "settlement": Sense("mm/d", 21_600, "level", (0, NONE), 1.0, 0.006, -5, 20, "housing"),
    "window_open": Sense("0/1", 300, "flag", (14.0, NONE), 1.0, 0.0, 0, 1, "housing"),
    "falling_object": Sense("0/1", 300, "flag", (18.0, NONE), 1.0, 0.0, 0, 1, "police"),
    "ebike_in_lift": Sense("0/1", 300, "flag", (8.0, 18.5), 1.0, 0.0, 0, 1, "fire"),
    "fire_way_blocked": Sense("0/1", 300, "flag", (20.0, NONE), 1.0, 0.0, 0, 1, "fire"),
    "gas_flow": Sense("m3/h", 300, "level", (11.5, 18.2), 1.05, 2.0, 0, 50_000, "housing"),
    "gas_pressure": Sense("kPa", 300, "level", (11.5, 18.2), 1.05, 0.02, 0, 10, "housing"),
    "homes_dark": Sense("households", 900, "count", (0, NONE), 1.0, 0.0, 0, 50_000, "power"),
    "charging_load": Sense("kW", 900, "level", (13.0, 22.0), 1.1, 6.0, 0, 2_000, "power"),
    "cell_sites_out": Sense("%", 300, "level", (0, NONE), 1.0, 0.03, 0, 100, "centre"),
    "street_lights_out": Sense("%", 900, "level", (0, NONE), 1.0, 0.1, 0, 100, "roads"),
    "crowd_density": Sense("persons/m2", 60, "level", (12.5, 19.0), 1.35, 0.04, 0, 9, "police"),
    "crowd_inflow": Sense("persons/min", 60, "level", (8.2, 18.2), 0.6, 3.0, -900, 900, "metro"),
    "train_load": Sense("%", 300, "level", (8.2, 18.1), 0.6, 2.0, 0, 160, "metro"),
    "congestion": Sense("index", 300, "level", (8.0, 18.0), 0.7, 0.08, 0, 10, "police"),
    "expressway_speed": Sense("km/h", 300, "level", (8.0, 18.0), 0.7, 1.0, 0, 120, "police"),
    "bus_speed": Sense("km/h", 300, "level", (8.0, 18.0), 0.7, 0.4, 0, 80, "police"),
    "parking_full": Sense("%", 300, "level", (11.0, 15.5), 1.1, 1.5, 0, 100, "police"),
    "signal_fault": Sense("0/1", 300, "flag", (0, NONE), 1.0, 0.0, 0, 1, "police"),
    "bikes_parked": Sense("bikes", 300, "count", (9.0, 18.5), 0.6, 6.0, 0, 3_000, "police"),
    "truck_violation": Sense("0/1", 3600, "flag", (23.0, NONE), 1.0, 0.0, 0, 1, "police"),
    "transfer_fill": Sense("%", 900, "level", (9.0, 19.0), 1.0, 1.5, 0, 120, "sanitation"),
    "loose_garbage": Sense("0/1", 600, "flag", (9.0, 19.0), 1.0, 0.0, 0, 1, "sanitation"),
    "shop_overflow": Sense("0/1", 600, "flag", (11.0, 18.0), 1.0, 0.0, 0, 1, "police"),
    "days_of_cover": Sense("days", 3600, "level", (20.0, NONE), 1.0, 0.04, 0, 60, "centre"),
    "vegetable_price": Sense("yuan/kg", 3600, "level", (9.0, NONE), 1.0, 0.1, 0, 90, "centre"),
    "lift_call": Sense("0/1", 300, "flag", (0, NONE), 1.0, 0.0, 0, 1, "lifts"),
    "water_calls": Sense("calls", 300, "count", (8.0, 19.5), 1.0, 0.2, 0, 9_000, "water"),
    "building_water": Sense("m3/h", 900, "level", (7.5, 19.5), 1.1, 0.15, 0, 400, "water"),
    "building_power": Sense("kW", 900, "level", (9.0, 20.0), 0.9, 3.0, 0, 3_000, "power"),
}
