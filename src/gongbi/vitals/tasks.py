"""What vitals does by the clock."""

from gongbi.vitals.levels import read_levels
from gongbi.vitals.sensors import read_troubles

__all__ = ["read_levels", "read_troubles"]
