"""CAP 1.2: an XML message into a record, or every way in which it breaks the standard.

Source: OASIS, *Common Alerting Protocol Version 1.2*, 1 July 2010, chapter 3. Checked are required
elements, enumerations, the form of instants and of areas, and which element asks for another. The
order of elements, signatures and languages' names are not. Pure: no clock, no database.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import cos, isfinite, radians
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
STATUS = {"Actual", "Exercise", "System", "Test", "Draft"}
TYPES = {"Alert", "Update", "Cancel", "Ack", "Error"}
SCOPES = {"Public", "Restricted", "Private"}
CATEGORIES = {"Geo", "Met", "Safety", "Security", "Rescue", "Fire"}
CATEGORIES |= {"Health", "Env", "Transport", "Infra", "CBRNE", "Other"}
RESPONSES = {"Shelter", "Evacuate", "Prepare", "Execute", "Avoid"}
RESPONSES |= {"Monitor", "Assess", "AllClear", "None"}
URGENCY = {"Immediate", "Expected", "Future", "Past", "Unknown"}
SEVERITY = {"Extreme", "Severe", "Moderate", "Minor", "Unknown"}
CERTAINTY = {"Observed", "Likely", "Possible", "Unlikely", "Unknown", "Very Likely"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
NAME = re.compile(r"[^\s,<&]+")
MOST_CORNERS = 10_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
KM_A_DEGREE = 111.32


class BadCap(ValueError):
    """The message breaks the standard; ``faults`` says how, all at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class CapArea:
    """Where: a shape in degrees (lon, lat; None where only codes are given), and codes."""

    words: str
    shape: shapely.Geometry | None
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CapInfo:
    """What, in one language."""

    language: str
    event: str
    headline: str
    sender_name: str
    urgency: str
    severity: str
    certainty: str
    begins: datetime | None
    expires: datetime | None
    parameters: dict[str, str]
    areas: tuple[CapArea, ...]


@dataclass(frozen=True, slots=True)
class CapMessage:
    """A message that keeps to the standard; ``follows`` are (sender, identifier)."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    follows: tuple[tuple[str, str], ...]
    infos: tuple[CapInfo, ...]


def read_cap(body: bytes) -> CapMessage:
    """The message of an XML document; BadCap names every fault."""
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadCap([f"This is not XML that can be read safely: {error}."]) from error
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise BadCap([f"The root is {root.tag}; expected alert of {NAMESPACE}."])
    reader = _Reader()
    found = reader.message(root)
    if reader.faults:
        raise BadCap(reader.faults)
    return found


@dataclass(slots=True)
class _Reader:
    faults: list[str] = field(default_factory=list)

    def message(self, root: Element) -> CapMessage:
        msg_type = self.one_of(root, "msgType", TYPES)
        scope = self.one_of(root, "scope", SCOPES)
        if scope == "Restricted":
            self.text(root, "restriction", needed=True)
        if scope == "Private":
            self.text(root, "addresses", needed=True)
        follows = self.references(root, needed=msg_type in ("Update", "Cancel", "Ack", "Error"))
        return CapMessage(
            identifier=self.name(root, "identifier"),
            sender=self.name(root, "sender"),
            sent=self.instant(root, "sent", needed=True) or NEVER,
            status=self.one_of(root, "status", STATUS),
            msg_type=msg_type,
            scope=scope,
            follows=follows,
            infos=tuple(self.info(one) for one in _all(root, "info")),
        )

    def info(self, at: Element) -> CapInfo:
        if not _all(at, "category"):
            self.faults.append("info has no category.")
        for one in _all(at, "category"):
            self.known(one, "category", CATEGORIES)
        for one in _all(at, "responseType"):
            self.known(one, "responseType", RESPONSES)
        for one in _all(at, "resource"):
            self.text(one, "resourceDesc", needed=True)
            self.text(one, "mimeType", needed=True)
        effective, onset = self.instant(at, "effective"), self.instant(at, "onset")
        expires = self.instant(at, "expires")
        begins = onset or effective
        if begins and expires and expires <= begins:
            self.faults.append("expires is not after onset or effective.")
        return CapInfo(
            language=self.text(at, "language") or "en-US",
            event=self.text(at, "event", needed=True),
            headline=self.text(at, "headline"),
            sender_name=self.text(at, "senderName"),
            urgency=self.one_of(at, "urgency", URGENCY),
            severity=self.one_of(at, "severity", SEVERITY),
            certainty=self.one_of(at, "certainty", CERTAINTY),
            begins=begins,
            expires=expires,
            parameters=dict(self.pairs(at, "parameter")),
            areas=tuple(self.area(one) for one in _all(at, "area")),
        )

    def area(self, at: Element) -> CapArea:
        shapes = [
            *(self.polygon(_said(one)) for one in _all(at, "polygon")),
            *(self.circle(_said(one)) for one in _all(at, "circle")),
        ]
        if _all(at, "ceiling") and not _all(at, "altitude"):
            self.faults.append("area has a ceiling and no altitude.")
        good = [shape for shape in shapes if shape is not None]
        return CapArea(
            words=self.text(at, "areaDesc", needed=True),
            shape=shapely.union_all(good) if good else None,
            codes=tuple(self.pairs(at, "geocode")),
        )

    def polygon(self, said: str) -> shapely.Geometry | None:
        """Pairs ``lat,lon``; at least four, the first and the last alike."""
        pairs = [self.spot(pair) for pair in said.split()[: MOST_CORNERS + 1]]
        if None in pairs:
            return None
        if len(pairs) < 4 or pairs[0] != pairs[-1] or len(pairs) > MOST_CORNERS:
            self.faults.append("polygon needs at least four pairs, the first and the last alike.")
            return None
        shape = shapely.make_valid(shapely.Polygon([pair for pair in pairs if pair]))
        if shape.area == 0:
            self.faults.append("polygon has no area.")
            return None
        return shape

    def circle(self, said: str) -> shapely.Geometry | None:
        """``lat,lon radius`` with the radius in kilometres."""
        words = said.split()
        spot = self.spot(words[0]) if len(words) == 2 else None
        radius = _number(words[1]) if len(words) == 2 else None
        if spot is None or radius is None or not 0 <= radius <= 20_000:
            self.faults.append(f"circle {said[:60]!r} is not 'latitude,longitude radius' in km.")
            return None
        wide = max(radius, 0.001) / KM_A_DEGREE
        round_ = shapely.Point(0, 0).buffer(wide)
        stretch = 1 / max(cos(radians(spot[1])), 0.01)
        return shapely.transform(round_, lambda at: at * (stretch, 1.0) + spot)

    def spot(self, said: str) -> tuple[float, float] | None:
        """(lon, lat) of ``lat,lon``."""
        parts = [_number(part) for part in said.split(",")]
        if len(parts) == 2 and parts[0] is not None and parts[1] is not None:
            lat, lon = parts[0], parts[1]
            if abs(lat) <= 90 and abs(lon) <= 180:
                return lon, lat
        self.faults.append(f"{said[:40]!r} is no latitude,longitude.")
        return None

    def pairs(self, at: Element, name: str) -> list[tuple[str, str]]:
        return [
            (self.text(one, "valueName", needed=True), self.text(one, "value", needed=True))
            for one in _all(at, name)
        ]

    def references(self, at: Element, *, needed: bool) -> tuple[tuple[str, str], ...]:
        found = []
        for said in self.text(at, "references", needed=needed).split():
            parts = said.split(",")
            if len(parts) != 3 or not parts[0] or not parts[1] or not INSTANT.fullmatch(parts[2]):
                self.faults.append(f"references: {said[:80]!r} is not sender,identifier,sent.")
                continue
            found.append((parts[0], parts[1]))
        return tuple(found)

    def name(self, at: Element, name: str) -> str:
        said = self.text(at, name, needed=True)
        if said and (not NAME.fullmatch(said) or len(said) > 200):
            self.faults.append(f"{name} holds a space, a comma or < or &, or is over 200 long.")
        return said

    def instant(self, at: Element, name: str, *, needed: bool = False) -> datetime | None:
        said = self.text(at, name, needed=needed)
        if not said:
            return None
        try:
            if INSTANT.fullmatch(said):
                return datetime.fromisoformat(said)
        except ValueError:
            pass
        self.faults.append(f"{name} {said[:40]!r} is not like 2026-11-24T08:00:00+08:00.")
        return None

    def one_of(self, at: Element, name: str, known: set[str]) -> str:
        found = _all(at, name)
        if len(found) != 1:
            self.faults.append(f"Expected one {name}, found {len(found)}.")
            return ""
        return self.known(found[0], name, known)

    def known(self, one: Element, name: str, known: set[str]) -> str:
        said = _said(one)
        if said not in known:
            self.faults.append(f"{name} {said[:40]!r} is none of {', '.join(sorted(known))}.")
        return said

    def text(self, at: Element, name: str, *, needed: bool = False) -> str:
        found = _all(at, name)
        if len(found) > 1:
            self.faults.append(f"Expected one {name}, found {len(found)}.")
        said = _said(found[0]) if found else ""
        if needed and not said:
            self.faults.append(f"{name} is missing.")
        return said


def _all(at: Element, name: str) -> list[Element]:
    return at.findall(f"{{{NAMESPACE}}}{name}")


def _said(one: Element) -> str:
    return (one.text or "").strip()


def _number(said: str) -> float | None:
    try:
        found = float(said)
    except ValueError:
        return None
    return found if isfinite(found) else None


def span_of(info: CapInfo, sent: datetime, lasting: timedelta) -> tuple[datetime, datetime]:
    """From when until when a warning holds; one that names no end lasts ``lasting``."""
    begins = info.begins or sent
    return begins, info.expires or begins + lasting


def effect_of(info: CapInfo) -> tuple[float, list[Any], list[Any]]:
    """(factor, classes, signs) from the parameters ``gongbi:factor``, ``gongbi:classes`` …"""
    factor = _number(info.parameters.get("gongbi:factor", "1"))
    kinds = info.parameters.get("gongbi:classes", "").split()
    signs = info.parameters.get("gongbi:signs", "").split()
    return (factor if factor is not None and 0 <= factor <= 100 else 1.0), kinds, signs
