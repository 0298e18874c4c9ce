"""What reports are usual at an hour: counts of the last days by group of types and place.

Rests on the last 56 days of counts, without hours of a burst and of a dead feed.
"""

from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
from django.db.models import QuerySet

from gongbi.cases.models import Burst, Signal, Tally
from gongbi.core.public import city
from gongbi.kernel.cases import bursts as kernel

LEARNT = timedelta(days=56)
HOUR = timedelta(hours=1)
LOOK = timedelta(minutes=kernel.LOOK_MINUTES)
WHOLE, JUDGED = "*", "judged"
Key = tuple[str, str]


def people() -> "QuerySet[Signal]":
    """Reports of persons: what a sensor says is no cry of many."""
    return Signal.objects.filter(from_person=True)


def look_before(now: datetime) -> datetime:
    """The look that is due: the last whole five minutes."""
    return now.replace(
        minute=now.minute - now.minute % kernel.LOOK_MINUTES, second=0, microsecond=0
    )


class History:
    """What was usual until a moment: counts of the whole days before it by cell, read once.

    ``whole``: only all reports of the whole city, which is enough to know a dead feed.
    """

    def __init__(self, until: datetime, *, whole: bool = False) -> None:
        self.local = until.astimezone(city().zone)
        self.first = (self.local - LEARNT).replace(hour=0, minute=0)
        self.days = (self.local - self.first).days
        self.counts: dict[Key, np.ndarray] = defaultdict(
            lambda: np.zeros((self.days, kernel.HOURS), dtype=np.int64)
        )
        self.learn = np.ones((self.days, kernel.HOURS), dtype=bool)
        self.usuals: dict[Key, kernel.Usual] = {}
        self._read(until, whole)
        self.resting = np.array(
            [(self.first + timedelta(days=day)).weekday() >= 5 for day in range(self.days)]
        )
        self._leave_out()
        self.dead = self._dead(until)

    def _read(self, until: datetime, whole: bool) -> None:
        known = Tally.objects.filter(hour__gte=self.first, hour__lt=until).exclude(group=JUDGED)
        if whole:
            known = known.filter(group=WHOLE, area=city().code)
        at: dict[datetime, tuple[int, int]] = {}
        for hour, group, area, many in known.values_list("hour", "group", "area", "many"):
            if hour not in at:  # a city of millions has many cells and few hours
                local = hour.astimezone(self.local.tzinfo)
                at[hour] = ((local - self.first).days, local.hour)
            day, of_day = at[hour]
            if day < self.days:
                self.counts[group, area][day, of_day] += many

    def _leave_out(self) -> None:
        """Hours of bursts of the whole city, and days without any report, are not learnt."""
        whole = self.counts[WHOLE, city().code]
        self.learn[whole.sum(axis=1) == 0] = False
        for burst in Burst.objects.filter(place__kind="city", opened_at__gte=self.first):
            end = burst.ended_at or burst.last_seen_at
            days = range((burst.began_at - self.first).days, (end - self.first).days + 1)
            self.learn[[day for day in days if 0 <= day < self.days]] = False

    def usual(self, group: str, area: str) -> kernel.Usual:
        """What a cell usually brings; the hours' shape is the whole group's."""
        if (group, area) not in self.usuals:
            shape = kernel.shape_of(self.counts[group, city().code], self.resting, self.learn)
            self.usuals[group, area] = kernel.usual_of(
                self.counts[group, area], self.resting, self.learn, shape
            )
        return self.usuals[group, area]

    def groups(self) -> set[str]:
        """Every group that was ever reported in these days."""
        return {group for group, _area in self.counts if group not in ("", WHOLE)}

    def mean(self, usual: kernel.Usual, hours: float) -> float:
        """Usual reports of the hours that end now."""
        rests = (self.local - LOOK).weekday() >= 5
        hour = self.local.hour + self.local.minute / 60
        return kernel.expected(usual, rests, hour or kernel.HOURS, hours)

    def _dead(self, until: datetime) -> bool:
        """Whether nothing came since so long that the feed is broken."""
        last = people().order_by("-at", "-pk").values_list("at", flat=True).first()
        usual = self.usual(WHOLE, city().code)
        if last is None or usual.days < kernel.LEAST_DAYS:
            return False
        hours = (until - last) / HOUR
        return hours >= 1 and kernel.broken(self.mean(usual, hours), usual.spread)
