"""What vitals does by the clock."""

from gongbi.vitals.escalation import escalate_unseen
from gongbi.vitals.levels import read_levels

__all__ = ["escalate_unseen", "read_levels"]
