"""What vitals does by the clock."""

from gongbi.vitals.levels import read_levels

__all__ = ["read_levels"]
