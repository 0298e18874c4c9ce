"""What people report: each kind with the case types it may come under and when it is said."""

from dataclasses import dataclass

DAY, NIGHT, ALWAYS = "day", "night", "always"


@dataclass(frozen=True, slots=True)
class Kind:
    """A matter people speak of.

    Parameters
    ----------
    types
        Codes of case types it comes under, best first; a pack has some of them.
    weight
        How often it is said compared with the others; 0: only when an incident makes them.
    when
        day, night or always: the hours in which it is said.
    echo
        How many more people speak of the same matter on average.
    ours
        False: not the city's business.
    """

    types: tuple[str, ...]
    weight: float
    when: str = ALWAYS
    echo: float = 0.3
    ours: bool = True


KINDS: dict[str, Kind] = {
    "burst_pipe": Kind(("burst-pipe",), 0.4, echo=1.5),
    "no_water": Kind(("no-water", "low-pressure"), 1.0, echo=0.8),
    "no_power": Kind(("power-cut",), 1.0, echo=0.8),
    "lift_trap": Kind(("lift-trapped", "lift-fault"), 0.15, echo=0.5),
    "lift_fault": Kind(("lift-fault",), 2.0, echo=0.9),
    "manhole": Kind(("manhole", "road-damage"), 1.0),
    "road_flooding": Kind(("road-flood", "blocked-drain"), 0.5, echo=0.8),
    "blocked_drain": Kind(("blocked-drain",), 1.2),
    "street_light": Kind(("street-light",), 2.0, NIGHT),
    "garbage": Kind(("bin-full", "litter"), 4.0, DAY),
    "night_noise": Kind(("noise-night", "noise-day"), 4.5, NIGHT, 0.7),
    "parking": Kind(("parking",), 5.0),
    "shop_pavement": Kind(("shop-overflow", "stall"), 2.2, DAY),
    "tree_down": Kind(("fallen-tree", "tree-trim"), 0.6),
    "gas_smell": Kind(("gas-leak",), 0.5),
    "dirty_water": Kind(("dirty-water",), 0.8, DAY, 0.6),
    "dust": Kind(("dust",), 2.0, DAY),
    "stray_dog": Kind(("stray-animal", "other"), 1.2),
    "broken_bench": Kind(("green-damage", "other"), 0.8, DAY, 0.0),
    "ebike": Kind(("ebike-indoors", "blocked-fire-way"), 2.5),
    "corridor_leak": Kind(("leak-roof", "estate-service"), 1.8),
    "traffic_light": Kind(("traffic-light",), 0.7, ALWAYS, 0.5),
    "pothole": Kind(("road-damage",), 1.5, DAY),
    "crowd": Kind(("crowding", "metro-crowding"), 0.3, DAY),
    "heating": Kind(("estate-service", "other"), 1.2),
    "rude_staff": Kind(("other", "estate-service"), 1.0, DAY, 0.0),
    "fire_way": Kind(("blocked-fire-way",), 1.0),
    "falling_wire": Kind(("wire-down",), 0.3),
    "not_city": Kind(("other",), 2.2, ALWAYS, 0.0, False),
}

# Share of a day's reports that fall in each hour, from 0 to 23; people sleep.
HOURS = {
    ALWAYS: (1, 1, 1, 1, 1, 2, 4, 6, 7, 8, 8, 7, 6, 6, 6, 6, 6, 6, 7, 8, 7, 5, 3, 2),
    DAY: (0, 0, 0, 0, 0, 1, 4, 8, 10, 11, 10, 8, 6, 7, 8, 8, 8, 7, 5, 3, 1, 1, 0, 0),
    NIGHT: (9, 6, 4, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 8, 12, 16, 18, 16),
}


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks of an incident: kinds of matters with how many people, and how far around it.

    ``minutes`` is the mean time after its start; near ones speak first.
    """

    said: tuple[tuple[str, float], ...]
    metres: float
    minutes: float


# By kind of incident; what nobody notices has no voices.
INCIDENT_VOICES: dict[str, Voices] = {
    "burst_pipe": Voices(
        (("burst_pipe", 4.0), ("no_water", 5.0), ("road_flooding", 1.5)), 350, 45
    ),
    "power_cut": Voices((("no_power", 7.0),), 400, 25),
    "lift_trap": Voices((("lift_trap", 2.0),), 15, 12),
    "storm": Voices(
        (("road_flooding", 7.0), ("tree_down", 4.0), ("blocked_drain", 3.0),
         ("corridor_leak", 4.0), ("falling_wire", 1.0), ("traffic_light", 1.0)),
        2500, 60,
    ),
    "crowd": Voices((("crowd", 3.0),), 120, 60),
}  # fmt: skip
