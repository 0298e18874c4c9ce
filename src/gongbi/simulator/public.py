"""The simulator's door: read a drawn city, play its day."""

from gongbi.simulator.city import CannotPlay, PlayedCity, read_city
from gongbi.simulator.doors import Doors, open_doors
from gongbi.simulator.playing import Plan, Play
from gongbi.simulator.truth import Truth

__all__ = ["CannotPlay", "Doors", "Plan", "Play", "PlayedCity", "Truth", "open_doors", "read_city"]
