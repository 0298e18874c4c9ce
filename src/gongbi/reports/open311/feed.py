"""The same public cases as a feed: RSS 2.0 with GeoRSS-Simple points, for readers and maps.

What stands in it is what ``access.shown`` shows of a case, no more: the place as coarse as its
type asks, words only where the type says so and then masked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.http import QueryDict
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.cases.public import PublicCase, PublicFilter
from gongbi.core.public import PlaceRecord, city, place
from gongbi.reports.open311 import access, asking
from gongbi.reports.open311.house import house
from gongbi.reports.open311.wire import OpenError, xml_text

GEORSS, ATOM = "http://www.georss.org/georss", "http://www.w3.org/2005/Atom"
MOST_ITEMS, MOST_TYPES = 100, 40
KIND = "application/rss+xml; charset=utf-8"
ET.register_namespace("georss", GEORSS)
ET.register_namespace("atom", ATOM)


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed's bytes, its fingerprint, and when the newest thing in it happened."""

    body: bytes
    etag: str
    changed_at: datetime | None


def feed(said: QueryDict, address: str) -> Feed:
    """The newest public cases of the types and the place asked for; OpenError names a fault."""
    types, within = _types(said), _place(said)
    wanted = PublicFilter(
        types=tuple(types), within=within.path if within else "", limit=MOST_ITEMS
    )
    rows = cases.open_cases(wanted, with_words=house().spoken())
    top = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(top, "channel")
    changed_at = max((one.changed_at for one in rows), default=None)
    _head(channel, list(types.values()), within, address, changed_at)
    for case, request in zip(rows, access.shown(rows), strict=True):
        _item(channel, case, request)
    body = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return Feed(body, f'"{sha256(body).hexdigest()[:32]}"', changed_at)


def _types(said: QueryDict) -> dict[str, str]:
    codes = asking.many(said, "service_code")[:MOST_TYPES]
    return {one.code: one.name for one in map(access.service, codes)}


def _place(said: QueryDict) -> PlaceRecord | None:
    """A place no smaller than what is shown of any case: by a house nobody may be looked for."""
    code = said.get("place", "").replace("\x00", "").strip()
    found = place(code[:64]) if code else None
    if code and (found is None or found.kind not in access.COARSE_KINDS):
        kinds = ", ".join(access.COARSE_KINDS)
        raise OpenError(
            404, f"The place {code[:40]!r} was not found; it is the code of a {kinds}."
        )
    return found


def _head(
    channel: ET.Element,
    types: Sequence[str],
    within: PlaceRecord | None,
    address: str,
    changed_at: datetime | None,
) -> None:
    where = within.name if within else city().name
    what = ", ".join(types) or _("Public cases")
    _put(channel, "title", f"{where} · {what}")
    _put(channel, "link", f"{settings.GONGBI_PUBLIC_URL}/report/")
    _put(channel, "description", _("What was reported lately and how it stands."))
    _put(channel, "language", (get_language() or "en").replace("zh-hans", "zh-cn"))
    self_ = {"href": address, "rel": "self", "type": "application/rss+xml"}
    ET.SubElement(channel, f"{{{ATOM}}}link", self_)
    if changed_at:
        _put(channel, "lastBuildDate", format_datetime(changed_at))


def _item(channel: ET.Element, case: PublicCase, shown: Mapping[str, Any]) -> None:
    item, number = ET.SubElement(channel, "item"), case.number
    _put(item, "title", " · ".join(filter(None, (case.type_name, shown["address"]))))
    _put(item, "link", f"{settings.GONGBI_PUBLIC_URL}/open311/v2/requests/{number}.xml")
    _put(item, "guid", number).set("isPermaLink", "false")
    _put(item, "pubDate", format_datetime(case.opened_at))
    _put(item, "category", case.type_name)
    # Readers take a description for HTML: what somebody wrote must stay text in there, too.
    said = [shown["status_notes"], shown["description"] or ""]
    _put(item, "description", "<br>".join(escape(xml_text(one)) for one in said if one))
    if shown["lat"] is not None and shown["long"] is not None:
        _put(item, f"{{{GEORSS}}}point", f"{shown['lat']} {shown['long']}")


def _put(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = xml_text(text)
    return child
