"""What is known ahead: entered, withdrawn, and what it does to what is expected.

It shifts what pages and the foretold crossing expect, and stands at the alert; the engine hears of
it through its log (``known_telling``), judges by it and, of works, raises no alert meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gongbi.core.public import PlaceRecord, now, publish
from gongbi.vitals.events import KnownEventEntered, KnownEventWithdrawn
from gongbi.vitals.models import Alert, Bulletin, KnownEvent, Series

MOST_AT_ONCE = 200
ENGINE_NAME = "known:"


@dataclass(frozen=True, slots=True)
class EventIn:
    """What somebody knows ahead; ``kinds`` and ``signs`` empty: it bears on every sign."""

    begins_at: datetime
    ends_at: datetime
    name_en: str
    name_zh: str
    source: str
    factor: float = 1.0
    shift: float = 0.0
    kinds: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    severity: str = ""
    holds: bool = False


@transaction.atomic
def enter_event(
    said: EventIn, place: PlaceRecord, *, person: Any = None, bulletin: Bulletin | None = None
) -> KnownEvent:
    """Write down what is known ahead at a place."""
    event = KnownEvent.objects.create(
        place_id=place.code,
        place_path=place.path,
        kinds=list(said.kinds),
        signs=list(said.signs),
        begins_at=said.begins_at,
        ends_at=said.ends_at,
        name_en=said.name_en,
        name_zh=said.name_zh,
        source=said.source,
        factor=said.factor,
        shift=said.shift,
        severity=said.severity,
        holds=said.holds,
        bulletin=bulletin,
        entered_at=now(),
        entered_by=person,
    )
    fact = KnownEventEntered(
        event=event.pk, place=place.code, begins=said.begins_at, ends=said.ends_at
    )
    _tell(event, fact, person)
    return event


@transaction.atomic
def withdraw_event(event: KnownEvent, *, why: str, person: Any = None) -> bool:
    """Let it hold no more; False where it had been withdrawn before."""
    rows = KnownEvent.objects.filter(pk=event.pk, withdrawn_at=None)
    if not rows.update(withdrawn_at=now(), withdrawn_why=why):
        return False
    _tell(event, KnownEventWithdrawn(event=event.pk, place=event.place_id, why=why), person)
    return True


def _tell(event: KnownEvent, fact: Any, person: Any) -> None:
    actor = f"person:{person.pk}" if person else "cap"
    publish(fact, subject=f"known:{event.pk}", actor=actor, place_path=event.place_path)


def bearing_on(
    rows: Sequence[Series], since: datetime, until: datetime
) -> dict[int, list[KnownEvent]]:
    """Events in force in some part of a span by series, those at places above too; one query."""
    if not rows:
        return {}
    paths = [row.place_path for row in rows]
    found = list(_overlapping(paths, since, until).filter(withdrawn_at=None)[:MOST_AT_ONCE])
    return {row.pk: _of(found, row) for row in rows}


def _overlapping(paths: Iterable[str], since: datetime, until: datetime) -> "QuerySet[KnownEvent]":
    codes = {code for path in paths for code in path.split("/") if code}
    rows = KnownEvent.objects.filter(place__in=codes, begins_at__lte=until, ends_at__gt=since)
    return rows.order_by("begins_at", "pk")


def _of(events: Iterable[KnownEvent], row: Series) -> list[KnownEvent]:
    return [
        one
        for one in events
        if row.place_path.startswith(one.place_path) and one.touches(row.indicator)
    ]


def added_at(events: Iterable[KnownEvent], at: datetime, expected: float) -> float:
    """What the events in force at an instant add to what is usual."""
    return sum(one.added(expected) for one in events if one.begins_at <= at < one.ends_at)


def at_alert(alert: Alert) -> list[KnownEvent]:
    """Events that held when and where an alert began, as far as they were not withdrawn then."""
    at = alert.began_at
    asked: tuple[datetime, list[KnownEvent]] | None = getattr(alert, "_known", None)
    if asked is None or asked[0] != at:
        rows = _overlapping([alert.place_path], at, at)
        held = rows.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at))
        asked = at, _of(held[:MOST_AT_ONCE], alert.series)
        alert._known = asked  # type: ignore[attr-defined]  # a page and its case ask in turn
    return asked[1]


def why_of_alert(alert: Alert) -> dict[str, Any]:
    """What a case is told of them: ids only, and nothing where there is none."""
    known = [one.pk for one in at_alert(alert)]
    return {"known_events": known} if known else {}


def words_at_alert(alert: Alert) -> list[str]:
    """What the engine said they did; then those that are known by place and time only."""
    told = _told_of(alert)
    others = [one for one in at_alert(alert) if one.pk not in told]
    rule = alert.series.indicator
    said = [_done_in_words(one, alert.known[name_of(one)], rule) for one in told.values()]
    return [*said, *(_not_judged_by(one) for one in others)]


def name_of(event: KnownEvent) -> str:
    """How the engine calls it."""
    return f"{ENGINE_NAME}{event.pk}"


def _told_of(alert: Alert) -> dict[int, KnownEvent]:
    """Events that the engine's facts of an alert speak of; no query where there is none."""
    ids = [int(name.removeprefix(ENGINE_NAME)) for name in alert.known]
    return KnownEvent.objects.in_bulk(sorted(ids)) if ids else {}


def _done_in_words(event: KnownEvent, did: dict[str, Any], rule: Any) -> str:
    """What an event did to an alert, as the engine judged."""
    from gongbi.vitals.figures import figure, moment  # figures read no models, but this is first

    said = {"name": event.name, "until": moment(event.ends_at), "source": event.source}
    if did.get("held"):
        return (
            _(
                "The engine held this alert back during %(name)s (until %(until)s, source: "
                "%(source)s); it was raised because it was still on afterwards."
            )
            % said
        )
    if did.get("holds"):
        return (
            _(
                "%(name)s lets no alert begin until %(until)s (source: %(source)s); this one had "
                "begun before."
            )
            % said
        )
    said["added"] = figure(abs(did["added"]), rule.unit)
    if did["added"] < 0:
        return (
            _(
                "The engine expected %(added)s less than usual: %(name)s until %(until)s, source: "
                "%(source)s."
            )
            % said
        )
    return (
        _(
            "The engine expected %(added)s more than usual: %(name)s until %(until)s, source: "
            "%(source)s."
        )
        % said
    )


def _not_judged_by(event: KnownEvent) -> str:
    """An event that is known where the alert is; if it could shift anything, that it did not."""
    if not event.holds and event.direction == "other":
        return in_words(event)
    return in_words(event) + " " + _("The engine did not judge this alert by it.")


def in_words(event: KnownEvent) -> str:
    """What is known, until when and who says so."""
    from gongbi.vitals.wording import moment  # wording reads models: no cycle at import

    said = {"name": event.name, "until": moment(event.ends_at), "source": event.source}
    if event.holds:
        return _("No alert begins here: %(name)s until %(until)s, source: %(source)s.") % said
    if event.direction == "higher":
        return _("Expected to be higher: %(name)s until %(until)s, source: %(source)s.") % said
    if event.direction == "lower":
        return _("Expected to be lower: %(name)s until %(until)s, source: %(source)s.") % said
    return _("Known ahead: %(name)s until %(until)s, source: %(source)s.") % said
