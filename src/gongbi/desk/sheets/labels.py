"""What stands on a label: the square code of the city's public address, the code, the kind."""

import io
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

import segno
from django.conf import settings
from django.utils.translation import gettext as _

from gongbi.core.public import AssetRecord, PlaceRecord, asset_kinds, assets_standing

A_SHEET = 24


class CannotPrint(Exception):
    """There is nothing to print, or nowhere that a square code could lead."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label; ``svg`` is the square code, with its quiet zone."""

    code: str
    kind_en: str
    kind_zh: str
    link: str
    svg: str


def labels(
    kind: str, place: PlaceRecord, unit_paths: tuple[str, ...] = (), *, after: str = "", most: int
) -> tuple[list[Label], str]:
    """Labels of a kind at a place, by code, and the code after which the next sheets go on.

    CannotPrint while nobody outside could open what is printed, and where nothing stands.
    """
    home = public_address()
    if kind not in {one.code for one in asset_kinds()}:
        raise CannotPrint(_("The city keeps no assets of the kind %(kind)s.") % {"kind": kind})
    rows = assets_standing(kind, place.path, unit_paths=unit_paths, after=after, most=most + 1)
    if not rows:
        raise CannotPrint(_("No asset of this kind stands at %(place)s.") % {"place": place.name})
    found = [_label(row, home) for row in rows[:most]]
    return found, rows[most - 1].code if len(rows) > most else ""


def public_address() -> str:
    """The address under which people reach the city; CannotPrint where only this machine does."""
    home: str = settings.GONGBI_PUBLIC_URL
    host = urlsplit(home).hostname or ""
    if host == "localhost" or _is_own(host):
        raise CannotPrint(
            _(
                "The city's public address is not set: whoever scans a label would come to "
                "%(home)s, which is only this machine. Set GONGBI_PUBLIC_URL to the address that "
                "residents reach, then print."
            )
            % {"home": home}
        )
    return home


def _is_own(host: str) -> bool:
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def _label(row: AssetRecord, home: str) -> Label:
    link = f"{home}/report/?asset={quote(row.ref, safe=':')}"
    return Label(row.code, row.kind_en or row.kind_zh, row.kind_zh or row.kind_en, link, _qr(link))


def _qr(link: str) -> str:
    """A quarter of it may be dirt: level Q; four modules of light about it, as the norm asks."""
    drawn = io.BytesIO()
    segno.make(link, error="q", boost_error=False, micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000",
        light="#fff",
    )  # fmt: skip
    return drawn.getvalue().decode()
