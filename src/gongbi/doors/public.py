"""The client of another system: bearer key, patience, and a sentence when it is refused."""

from gongbi.doors.knocking import Door, DoorShut, NotTaken, Stopped

__all__ = ["Door", "DoorShut", "NotTaken", "Stopped"]
