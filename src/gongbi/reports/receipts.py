"""What stands on a receipt, and the address under which it can be shown again."""

import io
from dataclasses import dataclass

import segno
from django.conf import settings
from django.core import signing
from django.utils.safestring import SafeString, mark_safe

from gongbi.cases.public import ReceiptRecord

_SALT = "gongbi.reports.receipt"


@dataclass(frozen=True, slots=True)
class Slip:
    """The secrets of one receipt: they are in its address, and nowhere in our tables."""

    token: str
    short_number: str
    joined: bool
    unit: str

    @property
    def link(self) -> str:
        """The whole address to follow the case."""
        return f"{settings.GONGBI_PUBLIC_URL}/f/{self.token}/"


def address_of(receipt: ReceiptRecord) -> str:
    """A signed part of an address from which the receipt can be drawn again."""
    said = [receipt.follow_token, receipt.short_number, int(receipt.joined), receipt.unit or ""]
    return signing.dumps(said, salt=_SALT, compress=True)


def slip_at(address: str) -> Slip | None:
    """The slip of an address; None when the city did not make it or its link has run out."""
    days = settings.GONGBI_FOLLOW_DAYS
    try:
        token, short, joined, unit = signing.loads(address, salt=_SALT, max_age=days * 86400)
    except signing.BadSignature:
        return None
    return Slip(token, short, bool(joined), unit)


def qr(link: str) -> SafeString:
    """The link as an inline drawing, dark on light in every theme."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, dark="#000"
    )
    return mark_safe(drawn.getvalue().decode())
