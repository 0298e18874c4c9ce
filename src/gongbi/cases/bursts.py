"""Many matters of one cause become one parent matter: watched by the clock, ended by calm.

Reports are counted by hour, group of types, and place: the city and its districts; what is usual
is in ``usual_reports``. The last hours are judged every five minutes. A burst of the whole city
holds those of its districts; one of two kinds that rose together takes in what rises later.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from gongbi.cases import types
from gongbi.cases.actors import SYSTEM
from gongbi.cases.events import BurstEnded, BurstOpened
from gongbi.cases.models import Burst, Case, Child, Signal, Tally
from gongbi.cases.usual_reports import (
    HOUR,
    JUDGED,
    LEARNT,
    WHOLE,
    History,
    Key,
    look_before,
    people,
)
from gongbi.core.public import PlaceRecord, city, holding, places_of_kind, publish, unseal_many
from gongbi.kernel.cases import bursts as kernel
from gongbi.kernel.cases.cells import cell_of

MOST_READ = 200


@dataclass(frozen=True, slots=True)
class _Row:
    """A person's report as it is counted."""

    at: datetime
    group: str
    path: str
    where: object
    lon: float | None
    lat: float | None


def watch(now: datetime) -> int:
    """Count the hours that are over, judge the look that is due once, and gather children."""
    look, areas = look_before(now), _areas()
    if not areas:
        return 0
    _count_up_to(look.replace(minute=0), areas)
    changed, mark = 0, Tally.objects.filter(group=JUDGED).order_by("pk").first()
    if mark is None or mark.hour != look:
        with transaction.atomic():  # a look is marked as judged only with what was judged of it
            changed = _judge(look, areas) if _mark(mark, look) else 0
    return changed + sum(_gather(burst) for burst in Burst.objects.filter(ended_at=None))


def _areas() -> list[PlaceRecord]:
    with holding():
        return [*places_of_kind("city"), *places_of_kind("district")]


def _mark(mark: Tally | None, look: datetime) -> bool:
    """Mark the look as judged, in the one row that says so; no when another hand was quicker."""
    if mark is not None:
        return bool(Tally.objects.filter(pk=mark.pk, hour=mark.hour).update(hour=look))
    _row, fresh = Tally.objects.get_or_create(
        hour=look, group=JUDGED, area="", defaults={"many": 0}
    )
    return fresh


def _count_up_to(until: datetime, areas: list[PlaceRecord]) -> None:
    """Write the counts of hours that are over and not written yet."""
    newest = Tally.objects.exclude(group=JUDGED).order_by("-hour").first()
    since = max(newest.hour + HOUR if newest else until - LEARNT, until - LEARNT)
    if since >= until:
        return
    rows = people().filter(at__gte=since, at__lt=until)
    counted = (
        rows.annotate(hour=TruncHour("at", tzinfo=UTC))
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


def _holding(path: str, areas: Iterable[PlaceRecord]) -> list[str]:
    return [one.code for one in areas if path.startswith(one.path) or one.kind == "city"]


def _judge(look: datetime, areas: list[PlaceRecord]) -> int:
    """Open and end bursts by the windows that end at a look; how many of both."""
    recent, history = _recent(look), History(look)
    if history.dead:
        return 0  # a feed that brings nothing is no calm city: nothing opens, nothing ends
    running = {(b.group, b.place_id): b for b in Burst.objects.filter(ended_at=None)}
    groups = {row.group for row in recent if row.group} | {group for group, _ in running}
    done = 0
    for area, group in _cells(areas, groups):
        own = [row for row in recent if _fits(row, group, area)]
        burst = running.get((group, area.code))
        several = _several(own, look, history) if group == WHOLE else None
        if len(own) < kernel.LEAST_SEEN and burst is None and several is None:
            continue
        judged = _judged(own, look, history, (group, area.code), burst)
        if several:
            judged = kernel.loudest((judged, several))
        done += _step(running, group, area, look, judged, own)
    return done


def _cells(areas: list[PlaceRecord], groups: set[str]) -> Iterator[tuple[PlaceRecord, str]]:
    """The cells to judge; all kinds together last, which rise only where no single one does."""
    for area in areas:
        yield from ((area, group) for group in sorted(groups - {WHOLE}))
        if area.kind == "city":
            yield area, WHOLE


def _fits(row: _Row, group: str, area: PlaceRecord) -> bool:
    here = area.kind == "city" or row.path.startswith(area.path)
    return here and group in (row.group, WHOLE)


def _several(recent: list[_Row], look: datetime, history: History) -> kernel.Judged | None:
    """Two kinds that rise together in the city within the last hour, where two do."""
    hour = [row for row in recent if row.at >= look - HOUR and row.group]
    judged: dict[str, kernel.Judged] = {}
    where: dict[str, list[object]] = defaultdict(list)
    if len(hour) < 2 * kernel.LEAST_A_KIND:
        return None
    for row in hour:
        where[row.group].append(row.where)
    for group in history.groups() | set(where):
        usual = history.usual(group, city().code)
        if usual.days < kernel.LEAST_DAYS:
            return None
        seen, _places = kernel.counted(where.get(group, ()))
        mean = history.mean(usual, 1)
        judged[group] = kernel.judge(seen, mean, usual.spread, looks=kernel.looks_of(1))
    found = kernel.together(judged, where)
    return found if found and found.rises else None


def _recent(look: datetime) -> list[_Row]:
    since = look - max(kernel.WINDOWS) * HOUR
    rows = people().filter(at__gte=since, at__lt=look)
    named = rows.values_list("at", "case__type__group", "place__path", "lon", "lat")
    return [
        _Row(at, group or "", path or "", cell_of(lon, lat) or path, lon, lat)
        for at, group, path, lon, lat in named
    ]


def feed_is_dead(now: datetime) -> bool:
    """Whether reports have stopped coming, as no calm city explains."""
    return History(look_before(now), whole=True).dead


def _judged(
    own: list[_Row], look: datetime, history: History, cell: Key, burst: Burst | None
) -> kernel.Judged:
    """The loudest window of a cell; of its own kinds, where a burst is of several."""
    if burst is None or not burst.kinds:
        return _loudest(own, look, history, cell)
    return kernel.loudest(
        _loudest([row for row in own if row.group == kind], look, history, (kind, cell[1]))
        for kind in burst.kinds
    )


def _loudest(own: list[_Row], look: datetime, history: History, cell: Key) -> kernel.Judged:
    usual = history.usual(*cell)
    if usual.days < kernel.LEAST_DAYS:
        return kernel.Judged(len(own), float("nan"), 0.0)
    judged = []
    for hours in kernel.WINDOWS:
        rows = [row for row in own if row.at >= look - hours * HOUR]
        seen, places = kernel.counted(row.where for row in rows)
        judged.append(
            kernel.judge(seen, history.mean(usual, hours), usual.spread, places=places,
                         hours=hours, looks=kernel.looks_of(hours))
        )  # fmt: skip
    return kernel.loudest(judged)


def _step(
    running: dict[Key, Burst],
    group: str,
    area: PlaceRecord,
    look: datetime,
    judged: kernel.Judged,
    own: list[_Row],
) -> int:
    burst = running.get((group, area.code))
    if burst is None:
        if not judged.rises or (group == WHOLE and running):
            return 0
        holds = (b for (g, _), b in running.items() if g in (group, WHOLE))
        host = next((b for b in holds if area.path.startswith(b.place_path)), None)
        if host is None:
            running[group, area.code] = _open(group, area, look, judged, own)
        elif host.kinds and group not in host.kinds:  # one more kind of the same cause
            host.kinds = [*host.kinds, group]
            host.save(update_fields=["kinds"])
        return int(host is None)
    if not judged.calm:
        burst.last_seen_at = look
        if judged.surprise > burst.surprise:
            burst.seen, burst.expected = judged.seen, judged.expected
            burst.surprise = judged.surprise
        burst.save()
        return 0
    if look - burst.last_seen_at < kernel.QUIET_HOURS * HOUR:
        return 0
    end(burst, look, str(SYSTEM))
    del running[group, area.code]
    return 1


@transaction.atomic
def _open(
    group: str, area: PlaceRecord, look: datetime, judged: kernel.Judged, own: list[_Row]
) -> Burst:
    """The parent matter, with why: expected and seen, words and places; begun by its first."""
    own = [row for row in own if row.at >= look - judged.hours * HOUR
           and (not judged.kinds or row.group in judged.kinds)]  # fmt: skip
    points = [(row.lon, row.lat) for row in own if row.lon is not None and row.lat is not None]
    middle = kernel.middle_of(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
    burst = Burst.objects.create(
        group=group,
        place_id=area.code,
        place_path=area.path,
        began_at=min(row.at for row in own),
        opened_at=look,
        last_seen_at=look,
        seen=judged.seen,
        expected=round(judged.expected, 3),
        surprise=judged.surprise,
        kinds=list(judged.kinds),
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
    if burst.group != WHOLE or burst.kinds:
        rows = rows.filter(type__group__in=burst.kinds or [burst.group])
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
