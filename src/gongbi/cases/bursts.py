"""Many matters of one cause become one parent matter: watched by the clock, ended by calm.

Reports are counted by hour, group of types, and place: the city and its districts. What is usual
rests on the last 56 days of these counts, without hours of a burst and of a dead feed. A burst of
the whole city holds those of its districts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour

from gongbi.cases import types
from gongbi.cases.actors import SYSTEM
from gongbi.cases.events import BurstEnded, BurstOpened
from gongbi.cases.models import Burst, Case, Child, Signal, Tally
from gongbi.core.public import PlaceRecord, city, places_of_kind, publish, unseal_many
from gongbi.kernel.cases import bursts as kernel
from gongbi.kernel.cases.cells import cell_of

LEARNT = timedelta(days=56)
HOUR = timedelta(hours=1)
MOST_READ = 200
WHOLE = "*"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Row:
    """A person's report as it is counted."""

    hour: datetime
    group: str
    path: str
    where: object
    lon: float | None
    lat: float | None


def watch(now: datetime) -> int:
    """Count the hours that are over, judge the last one once, and gather children."""
    until = now.replace(minute=0, second=0, microsecond=0)
    areas = _areas()
    if not areas:
        return 0
    _count_up_to(until, areas)
    changed = 0
    if not _judged(until):
        with transaction.atomic():  # an hour is marked as judged only with what was judged of it
            changed = _judge(until, areas) if _mark(until) else 0
    return changed + sum(_gather(burst) for burst in Burst.objects.filter(ended_at=None))


def _areas() -> list[PlaceRecord]:
    return [*places_of_kind("city"), *places_of_kind("district")]


def _judged(until: datetime) -> bool:
    """Whether this hour was judged already: its own mark is a tally of the whole city."""
    return Tally.objects.filter(hour=until - HOUR, group="judged", area="").exists()


def _mark(until: datetime) -> bool:
    """Mark the hour as judged; no when another hand was quicker."""
    _row, fresh = Tally.objects.get_or_create(
        hour=until - HOUR, group="judged", area="", defaults={"many": 0}
    )
    return fresh


def _count_up_to(until: datetime, areas: list[PlaceRecord]) -> None:
    """Write the counts of hours that are over and not written yet."""
    newest = Tally.objects.exclude(group="judged").order_by("-hour").first()
    since = max(newest.hour + HOUR if newest else until - LEARNT, until - LEARNT)
    if since >= until:
        return
    rows = _people().filter(at__gte=since, at__lt=until)
    counted = (
        rows.annotate(hour=TruncHour("at"))
        .values_list("hour", "case__type__group", "place__path")
        .annotate(many=Count("pk"))
    )
    tally: dict[tuple[datetime, str, str], int] = defaultdict(int)
    tally[until - HOUR, WHOLE, city().code] += 0
    for hour, group, path, many in counted:
        for area in _holding(path or "", areas):
            for name in (group or "", WHOLE):
                tally[hour, name, area] += many
    Tally.objects.bulk_create(
        (Tally(hour=hour, group=group, area=area, many=many)
         for (hour, group, area), many in tally.items()),
        ignore_conflicts=True,
    )  # fmt: skip


def _people() -> "QuerySet[Signal]":
    return Signal.objects.filter(from_person=True)


def _holding(path: str, areas: Iterable[PlaceRecord]) -> list[str]:
    return [one.code for one in areas if path.startswith(one.path) or one.kind == "city"]


def _judge(until: datetime, areas: list[PlaceRecord]) -> int:
    """Open and end bursts by the hours that end at ``until``; how many of both."""
    recent = _recent(until)
    history = _History(until)
    running = {(b.group, b.place_id): b for b in Burst.objects.filter(ended_at=None)}
    groups = {row.group for row in recent if row.group} | {group for group, _ in running}
    done = 0
    for area in areas:
        if history.dead:
            break  # a feed that brings nothing is no calm city: nothing opens, nothing ends
        for group in [*sorted(groups - {WHOLE}), WHOLE]:  # all together last: only if none rises
            if group == WHOLE and area.kind != "city":
                continue
            own = [row for row in recent if _fits(row, group, area)]
            if len(own) < kernel.LEAST_SEEN and (group, area.code) not in running:
                continue
            judged = _loudest(own, until, history.usual(group, area.code), history)
            done += _step(running, group, area, until, judged, own)
    return done


def _fits(row: _Row, group: str, area: PlaceRecord) -> bool:
    here = area.kind == "city" or row.path.startswith(area.path)
    return here and group in (row.group, WHOLE)


def _recent(until: datetime) -> list[_Row]:
    since = until - max(kernel.WINDOWS) * HOUR
    rows = _people().filter(at__gte=since, at__lt=until)
    named = rows.values_list("at", "case__type__group", "place__path", "lon", "lat")
    return [
        _Row(at, group or "", path or "", cell_of(lon, lat) or path, lon, lat)
        for at, group, path, lon, lat in named
    ]


class _History:
    """What was usual, read once: counts of the last days by cell."""

    def __init__(self, until: datetime) -> None:
        zone = city().zone
        self.local = until.astimezone(zone)
        self.first = (self.local - LEARNT).replace(hour=0, minute=0)
        self.days = (self.local - self.first).days
        self.counts: dict[Key, np.ndarray] = defaultdict(
            lambda: np.zeros((self.days, kernel.HOURS), dtype=np.int64)
        )
        self.learn = np.ones((self.days, kernel.HOURS), dtype=bool)
        known = Tally.objects.filter(hour__gte=self.first, hour__lt=until).exclude(group="judged")
        for hour, group, area, many in known.values_list("hour", "group", "area", "many"):
            at = hour.astimezone(zone)
            day = (at - self.first).days
            if day < self.days:
                self.counts[group, area][day, at.hour] += many
        self.resting = np.array(
            [(self.first + timedelta(days=day)).weekday() >= 5 for day in range(self.days)]
        )
        self._leave_out()
        self.dead = self._dead(until)

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
        shape = kernel.shape_of(self.counts[group, city().code], self.resting, self.learn)
        return kernel.usual_of(self.counts[group, area], self.resting, self.learn, shape)

    def mean(self, usual: kernel.Usual, hours: float) -> float:
        """Usual reports of the hours that end now."""
        rests = (self.local - HOUR).weekday() >= 5
        return kernel.expected(usual, rests, self.local.hour or kernel.HOURS, hours)

    def _dead(self, until: datetime) -> bool:
        """Whether nothing came since so long that the feed is broken."""
        last = _people().order_by("-at").values_list("at", flat=True).first()
        usual = self.usual(WHOLE, city().code)
        if last is None or usual.days < kernel.LEAST_DAYS:
            return False
        hours = (until - last) / HOUR
        return hours >= 1 and kernel.broken(self.mean(usual, hours), usual.spread)


def feed_is_dead(now: datetime) -> bool:
    """Whether reports have stopped coming, as no calm city explains."""
    return _History(now.replace(minute=0, second=0, microsecond=0)).dead


def _loudest(
    own: list[_Row], until: datetime, usual: kernel.Usual, history: _History
) -> kernel.Judged:
    if usual.days < kernel.LEAST_DAYS:
        return kernel.Judged(len(own), float("nan"), 0.0)
    judged = []
    for hours in kernel.WINDOWS:
        rows = [row for row in own if row.hour >= until - hours * HOUR]
        mean = history.mean(usual, hours)
        places = len({row.where for row in rows})
        judged.append(kernel.judge(len(rows), mean, usual.spread, places=places, hours=hours))
    return kernel.loudest(judged)


def _step(
    running: dict[Key, Burst],
    group: str,
    area: PlaceRecord,
    until: datetime,
    judged: kernel.Judged,
    own: list[_Row],
) -> int:
    burst = running.get((group, area.code))
    if burst is None:
        held = any(g in (group, WHOLE) and area.path.startswith(b.place_path)
                   for (g, _), b in running.items())  # fmt: skip
        if not judged.rises or held or (group == WHOLE and running):
            return 0
        running[group, area.code] = _open(group, area, until, judged, own)
        return 1
    if not judged.calm:
        burst.last_seen_at = until
        if judged.surprise > burst.surprise:
            burst.seen, burst.expected = judged.seen, judged.expected
            burst.surprise = judged.surprise
        burst.save()
        return 0
    if until - burst.last_seen_at < kernel.QUIET_HOURS * HOUR:
        return 0
    end(burst, until, str(SYSTEM))
    del running[group, area.code]
    return 1


@transaction.atomic
def _open(
    group: str, area: PlaceRecord, until: datetime, judged: kernel.Judged, own: list[_Row]
) -> Burst:
    """The parent matter, with why: expected and seen, words and places."""
    began = until - judged.hours * HOUR
    points = [(row.lon, row.lat) for row in own if row.lon is not None and row.lat is not None]
    middle = kernel.middle_of(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
    burst = Burst.objects.create(
        group=group,
        place_id=area.code,
        place_path=area.path,
        began_at=began,
        opened_at=until,
        last_seen_at=until,
        seen=judged.seen,
        expected=round(judged.expected, 3),
        surprise=judged.surprise,
        areas=_risen(own),
        lon=middle[0] if middle else None,
        lat=middle[1] if middle else None,
    )
    _gather(burst)
    burst.words = _words(burst)
    burst.save(update_fields=["words"])
    fact = BurstOpened(burst=burst.uuid, group=group, place=area.code, seen=judged.seen,
                       expected=burst.expected)  # fmt: skip
    publish(fact, subject=f"burst:{burst.uuid}", actor="system:clock", place_path=area.path)
    return burst


def _risen(own: list[_Row]) -> list[tuple[str, int]]:
    found: dict[str, int] = defaultdict(int)
    for row in own:
        code = next(iter(row.path.strip("/").split("/")[1:2]), "")
        if code:
            found[code] += 1
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:5]


def _words(burst: Burst) -> list[tuple[str, int]]:
    """Words of the pack that stand in many reports; never others, which could name people."""
    rows = Signal.objects.filter(case__bursts__burst=burst, from_person=True)
    opened = unseal_many(rows.values_list("words_id", flat=True)[:MOST_READ])
    lexicon = {kind.code: kind.words for kind in types.in_force()}
    return kernel.telling_words(list(opened.values()), lexicon)


def _gather(burst: Burst) -> int:
    """Link the cases that belong to a running burst; those a person took off stay off."""
    rows = Case.objects.filter(
        Q(place_path__startswith=burst.place_path) | Q(place_path="/"),
        opened_at__gte=burst.began_at,
        about_path="",
        merged_into=None,
    ).exclude(bursts__burst=burst)
    if burst.group != WHOLE:
        rows = rows.filter(type__group=burst.group)
    fresh = [Child(burst=burst, case=case, at=case.opened_at, actor=str(SYSTEM)) for case in rows]
    try:
        with transaction.atomic():
            Child.objects.bulk_create(fresh)
    except IntegrityError:  # another worker gathered them a moment ago
        return 0
    return len(fresh)


def end(burst: Burst, at: datetime, actor: str) -> bool:
    """End a parent matter; its children go on as they are. False when somebody was quicker."""
    with transaction.atomic():
        mine = Burst.objects.filter(pk=burst.pk, ended_at=None)
        if not mine.update(ended_at=at, ended_by=actor):
            return False
        fact = BurstEnded(burst=burst.uuid, group=burst.group, place=burst.place_id)
        publish(fact, subject=f"burst:{burst.uuid}", actor=actor, place_path=burst.place_path)
    burst.ended_at, burst.ended_by = at, actor
    return True
