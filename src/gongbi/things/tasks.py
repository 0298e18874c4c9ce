"""What runs by the clock: make datastreams known, pass numbers on, follow the log."""

from gongbi.things.following import follow_log
from gongbi.things.knowing import make_known
from gongbi.things.passing import pass_on

__all__ = ["follow_log", "make_known", "pass_on"]
