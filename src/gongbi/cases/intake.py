"""Reading a report before anything is written: what cannot be taken is said, field by field."""

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gongbi.cases import assets, questions
from gongbi.cases.errors import SignalRefused
from gongbi.cases.models import CaseType
from gongbi.cases.records import SignalIn
from gongbi.cases.states import INSTRUCTION
from gongbi.core.public import (
    AssetRecord,
    PlaceRecord,
    UnitRecord,
    asset,
    city,
    kept,
    locate,
    place,
    places_of_kind,
    unit,
)

MOST = {
    "words": 10_000,
    "contact": 200,
    "place_words": 500,
    "reference": 128,
    "source": 32,
    "language": 10,
    "asset": 100,
    "governed_by": 32,
}
OLDEST_YEAR = 1900  # the first days of the calendar cannot be moved to another zone
MACHINES = frozenset({"alert", "sensor", "camera"})
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_SURROGATES = re.compile(r"[\ud800-\udfff\x00]")


@dataclass(frozen=True, slots=True)
class Understood:
    """A report that can be taken, with what its codes mean."""

    signal: SignalIn
    type: CaseType | None
    place: PlaceRecord | None
    place_path: str
    about: UnitRecord | None
    from_person: bool
    asset: AssetRecord | None = None
    asset_why: dict[str, Any] | None = None


def understand(signal: SignalIn, now: datetime) -> Understood:
    """The report with its codes looked up; SignalRefused names the first field that is wrong."""
    signal = replace(
        signal,
        words=_SURROGATES.sub("�", signal.words.strip()),
        place_words=_SURROGATES.sub("�", signal.place_words.strip()),
        contact=_SURROGATES.sub("�", signal.contact.strip()),
        at=_moment(signal.at, now),
    )
    _check_sizes(signal)
    _check_point(signal)
    named = _asset(signal.asset)
    asset_why = assets.why_of(named, signal.lon, signal.lat, by="sender")
    signal = assets.at_asset(signal, named)
    where, kind = _where(signal), _type(signal.type)
    if answers := questions.read_answers(kind, signal.answers):
        given = {signal.type: answers}  # they count for the type they were given for
        signal = replace(signal, why=signal.why | {questions.KEPT: given})
    return Understood(
        signal=signal,
        type=kind,
        place=where,
        place_path=where.path if where else "/",
        about=_about(signal.about_unit),
        from_person=signal.source not in MACHINES,
        asset=named,
        asset_why=asset_why,
    )


def _check_sizes(signal: SignalIn) -> None:
    for field, most in MOST.items():
        size = len(getattr(signal, field))
        if size > most:
            raise SignalRefused(
                field,
                _("%(field)s has %(size)d characters; at most %(most)d can be taken.")
                % {"field": field, "size": size, "most": most},
            )
    if not _CODE.fullmatch(signal.source):
        raise SignalRefused("source", _("The source must be a code of a-z, 0-9, '-' and '_'."))
    if signal.governed_by and not _CODE.fullmatch(signal.governed_by):
        raise SignalRefused(
            "governed_by", _("The part that governs it must be a code of a-z, 0-9, '-' and '_'.")
        )
    if signal.source == INSTRUCTION and "office" not in signal.why:
        raise SignalRefused(
            "source",
            _("A leader's instruction is entered on a page of its own; name the channel."),
        )
    if not signal.reference.strip() or "\x00" in signal.reference:
        raise SignalRefused(
            "reference", _("The reference is empty; give the sender's own number.")
        )
    if not signal.words and signal.source not in MACHINES:
        raise SignalRefused("words", _("There are no words; say in a sentence what is wrong."))


def _moment(at: datetime, now: datetime) -> datetime:
    if at.tzinfo is None:
        raise SignalRefused(
            "at", _("The time has no zone; write it as 2026-11-24T08:00:00+08:00.")
        )
    if at.year < OLDEST_YEAR:
        raise SignalRefused(
            "at", _("The time %(at)s is too long ago; check the sender's clock.") % {"at": at}
        )
    if at > now + timedelta(days=1):
        raise SignalRefused(
            "at", _("The time %(at)s lies in the future; check the sender's clock.") % {"at": at}
        )
    return min(at, now)


def _check_point(signal: SignalIn) -> None:
    if (signal.lon is None) != (signal.lat is None):
        raise SignalRefused("lon", _("A point needs both lon and lat, in degrees."))
    if signal.lon is None or signal.lat is None:
        return
    sound = math.isfinite(signal.lon) and math.isfinite(signal.lat)
    if not (sound and abs(signal.lon) <= 180 and abs(signal.lat) <= 90):
        raise SignalRefused(
            "lon",
            _("%(lon)s, %(lat)s is no point on earth; lon is up to 180 and lat up to 90 degrees.")
            % {"lon": signal.lon, "lat": signal.lat},
        )


def _where(signal: SignalIn) -> PlaceRecord | None:
    if signal.place:
        found = place(signal.place)
        if found is None:
            raise SignalRefused(
                "place", _("There is no place %(code)r in this city.") % {"code": signal.place}
            )
        return found
    if signal.lon is not None and signal.lat is not None:
        found = locate(signal.lon, signal.lat)
        if found:
            return found
    return whole_city()


def whole_city() -> PlaceRecord | None:
    """The root of the tree, for a matter whose place is not known."""
    return place(city().code) or next(iter(places_of_kind("city")), None)


def _type(code: str | None) -> CaseType | None:
    if not code:
        return None
    found = type_in_force(code)
    if found is None:
        raise SignalRefused(
            "type", _("There is no case type %(code)r in this city.") % {"code": code}
        )
    return found


@kept
def type_in_force(code: str) -> CaseType | None:
    """The type of that code, as the pack in force has it."""
    return CaseType.objects.filter(code=code, in_force=True).first()


def _asset(ref: str) -> AssetRecord | None:
    if not ref:
        return None
    found = asset(ref)
    if found is None:
        raise SignalRefused("asset", _("There is no asset %(code)r in this city.") % {"code": ref})
    return found


def _about(code: str | None) -> UnitRecord | None:
    if not code:
        return None
    found = unit(code)
    if found is None:
        raise SignalRefused(
            "about_unit", _("There is no unit %(code)r in this city.") % {"code": code}
        )
    return found
