"""How many rows a key may still send: a bucket of one second's rows that may go into debt.

A batch is taken while anything is left and charged whole, so a sender that posts once a minute
what it may send in a minute is served, and then waits until its debt is paid.
"""

import math
from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Rows left, at the time they were counted (seconds of a clock that never goes back)."""

    left: float
    at: float

    def wait(self, now: float, rate: int) -> int:
        """Seconds to wait until a batch may be sent again, 0 when it may be sent now."""
        self.left = min(float(rate), self.left + (now - self.at) * rate)
        self.at = now
        return 0 if self.left > 0 else math.ceil((1 - self.left) / rate)

    def charge(self, rows: int) -> None:
        """Count rows as sent."""
        self.left -= rows


class Buckets:
    """A bucket for each key that has a limit; one that is new or changed begins full."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def wait(self, name: str, rate: int, now: float) -> int:
        """Seconds a key must wait; 0 without a limit."""
        if not rate:
            return 0
        return self._buckets.setdefault(name, Bucket(float(rate), now)).wait(now, rate)

    def charge(self, name: str, rows: int) -> None:
        """Count rows of a key as sent."""
        bucket = self._buckets.get(name)
        if bucket is not None:
            bucket.charge(rows)
