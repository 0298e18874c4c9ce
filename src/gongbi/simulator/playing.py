"""The play, slot by slot: readings, the clock, what people say and do; paced or fast."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from gongbi.kernel.simulation.effects import Incident, readings
from gongbi.kernel.simulation.incidents import HOUR, MINUTE
from gongbi.kernel.simulation.schedule import DAY, draw_day, draw_opening
from gongbi.simulator.city import PlayedCity
from gongbi.simulator.crews import Crews, Dispatchers
from gongbi.simulator.doors import Doors
from gongbi.simulator.residents import Residents
from gongbi.simulator.truth import Truth

LONGEST_SLOT = 60
ROUND_AT_MOST_EVERY = 5 * MINUTE
FIRST_INCIDENT_AFTER = 3 * MINUTE
STILL_FELT = 6 * HOUR  # the longest fall of any effect
SUMMARY_EVERY = 30 * MINUTE
BEHIND_SECONDS = 5.0
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played.

    Parameters
    ----------
    start, until
        Seconds since 1970; None: until stopped.
    speed
        City seconds in a second; None: as fast as the doors take it.
    warm_up
        Seconds before the start that are played first, as fast as taken, when nothing was yet.
    """

    seed: int
    start: int
    speed: float | None = 60.0
    until: int | None = None
    warm_up: int = 6 * HOUR


@dataclass(slots=True)
class Tally:
    """What was done since the last summary."""

    readings: int = 0
    reports: int = 0
    sent: int = 0
    done: int = 0
    verdicts: int = 0


class Play:
    """One run of a city's days."""

    def __init__(
        self, city: PlayedCity, doors: Doors, truth: Truth, plan: Plan, *,
        told: Told, stop: threading.Event,
    ) -> None:  # fmt: skip
        self._city, self._doors, self._truth, self._plan = city, doors, truth, plan
        self._told, self._stop = told, stop
        self._incidents: list[Incident] = []
        self._days: set[int] = set()
        self._tally, self._next_round, self._next_summary = Tally(), 0, 0
        self.residents = Residents(city, doors, truth, seed=plan.seed, offset=self._offset)
        self.dispatchers = Dispatchers(
            city, doors, seed=plan.seed, told=told, types_of=self.residents.types_of
        )
        self.crews = Crews(
            city, doors, truth, seed=plan.seed, told=told, incidents=lambda: self._incidents
        )

    def run(self) -> int:
        """Play until the end or until stopped; the moment reached, seconds since 1970."""
        self._doors.follow.ask("/readyz")
        self._doors.ingest.ask("/healthz")
        now = self._begin()
        if now < self._plan.start:
            self._told(f"Playing {(self._plan.start - now) / HOUR:g} hours first, fast.")
            now = self._fast(now, self._plan.start)
        if self._plan.speed is None:
            return self._fast(now, self._plan.until)
        return self._paced(now, self._plan.speed)

    def _begin(self) -> int:
        """Open the play, or take it up where it stopped."""
        now, known = self._plan.start, self._truth.known
        if known.opening is None:
            early = now - self._plan.warm_up
            if self._doors.tick(early):
                now = early
            opening = self._plan.start + FIRST_INCIDENT_AFTER
            self._truth.tell("opening", opening, city=self._city.code, seed=self._plan.seed)
        assert known.opening is not None
        self._incidents = draw_opening(self._city.world, known.opening, seed=self._plan.seed)
        self._draw_days(now)
        for one in self._incidents:
            if one.id in known.struck:
                self.residents.hear_of(one, now)
        self.residents.begin(now)
        return now

    def _fast(self, now: int, until: int | None) -> int:
        while not self._stop.is_set() and (until is None or now < until):
            end = now + LONGEST_SLOT if until is None else min(now + LONGEST_SLOT, until)
            self._slot(now, end, round_every=ROUND_AT_MOST_EVERY)
            now = end
        return now

    def _paced(self, now: int, speed: float) -> int:
        size = max(1, min(LONGEST_SLOT, round(speed)))
        began, first = time.monotonic(), now
        until = self._plan.until
        while not self._stop.is_set() and (until is None or now < until):
            end = now + size
            self._slot(now, end, round_every=max(size, round(speed)))
            now = end
            ahead = (now - first) / speed - (time.monotonic() - began)
            if ahead < -BEHIND_SECONDS:
                self._told(f"{-ahead:.0f} s behind: this machine cannot play {speed:g} times.")
                began, first, ahead = time.monotonic(), now, 0.0
            self._stop.wait(max(0.0, ahead))
        return now

    def _slot(self, since: int, until: int, *, round_every: int) -> None:
        """One piece of time: first what sensors say, then the clock, then people."""
        self._draw_days(until)
        for incident in self._strikes(since, until):
            self._announce(incident, since)
        rows = readings(
            self._city.world.streams, self._incidents, since, until,
            offset=self._offset(since), seed=self._plan.seed, ends=self._truth.known.mended,
        )  # fmt: skip
        sender = f"simulator-{self._plan.seed}-{until - since}"
        self._tally.readings += self._doors.readings(
            rows, self._city.world.streams.id, sender=sender, slot=since
        )
        self._doors.tick(until)
        self._tally.reports += self.residents.speak(until)
        if until >= self._next_round:
            self._round(until)
            self._next_round = until + round_every
        self._sum_up(until)

    def _round(self, now: int) -> None:
        self._tally.sent += self.dispatchers.round(now)
        done = self.crews.round(now, offset=self._offset(now))
        for case in done:
            self.residents.hear_that_done(case, now)
        self._tally.done += len(done)
        self._tally.verdicts += self.residents.answer(now, self.crews.truly)

    def _strikes(self, since: int, until: int) -> Iterator[Incident]:
        known = self._truth.known
        for one in self._incidents:
            if since <= one.start < until and one.id not in known.struck:
                yield one

    def _announce(self, incident: Incident, now: int) -> None:
        ids = self._city.world.streams.id[incident.rows()]
        self._truth.tell(
            "incident", incident.start, id=incident.id, kind=incident.kind, end=incident.end,
            place=incident.place, lon=incident.lon, lat=incident.lat,
            magnitude=incident.magnitude, types=incident.types, mended_by=incident.mended_by,
            datastreams=ids.tolist(),
        )  # fmt: skip
        self.residents.hear_of(incident, now)
        self._told(f"{self._words(incident.start)}  {incident.kind} at {incident.place}")

    def _draw_days(self, now: int) -> None:
        midnight = now - (now + self._offset(now)) % DAY
        if midnight in self._days:
            return
        self._days.add(midnight)
        self._incidents = [
            one for one in self._incidents if one.end + STILL_FELT > now - DAY
        ] + draw_day(
            self._city.world, midnight, people=self._city.people, seed=self._plan.seed
        )  # fmt: skip

    def _offset(self, seconds: int) -> int:
        shift = datetime.fromtimestamp(seconds, self._city.zone).utcoffset()
        assert shift is not None
        return round(shift.total_seconds())

    def _words(self, seconds: int) -> str:
        return datetime.fromtimestamp(seconds, self._city.zone).strftime("%Y-%m-%d %H:%M")

    def _sum_up(self, now: int) -> None:
        if now < self._next_summary:
            return
        told, self._tally = self._tally, Tally()
        self._next_summary = now + SUMMARY_EVERY
        self._told(
            f"{self._words(now)}  {told.readings:,} readings, {told.reports} reports, "
            f"{told.sent} sent to units, {told.done} declared done, {told.verdicts} verdicts"
        )
