"""All that a check-up needs of the parts, in a fixed number of queries whatever the place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gongbi.cases import public as cases
from gongbi.core.public import PlaceRecord, Scope, children, now, places, places_of_kind
from gongbi.desk.checkup.periods import Period
from gongbi.kernel.vitals.comparing import LEAST_PEERS
from gongbi.vitals import public as vitals

LEAST_PERSONS = 10  # smaller groups could point at a person
MOST_PEERS = 500
Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the parts said of a place and a period, of the one before and of last year's."""

    place: PlaceRecord
    period: Period
    at: datetime
    times: vitals.SignTimes
    before: vitals.SignTimes
    year_ago: vitals.SignTimes
    peers: tuple[PlaceRecord, ...]
    peers_under: PlaceRecord | None
    below: tuple[PlaceRecord, ...]
    episodes: tuple[vitals.Episode, ...]
    episodes_cut: bool
    episodes_before: int
    work: cases.WorkRecord
    work_before: cases.WorkRecord
    reach: tuple[str, ...] | None
    """Paths whose places the reader may see by name; None: all."""


def gather(place: PlaceRecord, period: Period, scope: Scope | None, told: Told) -> Facts:
    """Ask the parts. ``scope`` is the reader's, narrowed to the place; None the city itself."""
    under, peers = _peers(place)
    told("times", 0.05)
    times = vitals.sign_times(under.path if under else place.path, period.edges)
    told("before", 0.4)
    before = vitals.sign_times(place.path, period.before.edges)
    told("year", 0.65)
    year_ago = vitals.sign_times(place.path, period.year_ago.edges)
    told("alerts", 0.7)
    episodes, cut = vitals.episodes_between(place.path, period.since, period.until)
    earlier, _ = vitals.episodes_between(place.path, period.before.since, period.since)
    told("cases", 0.75)
    return Facts(
        place=place,
        period=period,
        at=now(),
        times=times,
        before=before,
        year_ago=year_ago,
        peers=peers,
        peers_under=under,
        below=tuple(one for one in children(place.code) if shown(one)),
        episodes=tuple(one for one in episodes if one.began_at >= period.since or _lasted(one)),
        episodes_cut=cut,
        episodes_before=sum(one.began_at >= period.before.since for one in earlier),
        work=cases.work_between(scope, place.path, period.since, period.until),
        work_before=cases.work_between(
            scope, place.path, period.before.since, period.before.until
        ),
        reach=scope.place_paths("checkup.see") if scope else None,
    )


def shown(place: PlaceRecord) -> bool:
    """Whether a place may have a check-up: of fewer than ten people each could be recognised."""
    return not 0 < place.population < LEAST_PERSONS


def _lasted(one: vitals.Episode) -> bool:
    return one.ended_at is None or one.ended_at > one.began_at


def _peers(place: PlaceRecord) -> tuple[PlaceRecord | None, tuple[PlaceRecord, ...]]:
    """The nearest place above that holds enough others of the same kind, and these."""
    codes = [code for code in place.path.split("/") if code][:-1]
    above = places(codes)
    under: PlaceRecord | None = None
    found: tuple[PlaceRecord, ...] = ()
    for code in reversed(codes):
        if code not in above:
            continue
        others = places_of_kind(place.kind, above[code].path)
        others = [one for one in others if one.code != place.code and shown(one)]
        if len(others) > len(found):
            under, found = above[code], tuple(others[:MOST_PEERS])
        if len(found) >= LEAST_PEERS:
            break
    return under, found
