"""Units whose own systems speak Open311: entered by command, the key sealed."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.db import transaction

from gongbi.core.public import seal, unit
from gongbi.reports.open311.models import OpenReceiver


class ReceiverRefused(Exception):
    """The unit's system cannot be entered so; the sentence says why."""


def split_address(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none, such as ``https://[half``."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


@transaction.atomic
def enter(
    unit_code: str,
    url: str,
    *,
    key: str,
    jurisdiction: str,
    codes: Mapping[str, str],
    safe_again: bool = False,
) -> OpenReceiver:
    """Send on to this address what is dispatched to the unit from now on."""
    parts = split_address(url) or SplitResult("", "", "", "", "")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        raise ReceiverRefused("The address must begin with https:// and hold no password.")
    if unit(unit_code) is None:
        raise ReceiverRefused(f"There is no unit {unit_code!r}; its code stands in units.csv.")
    row, _new = OpenReceiver.objects.update_or_create(
        unit=unit_code,
        defaults={
            "url": url.rstrip("/"),
            "jurisdiction": jurisdiction,
            "codes": dict(codes),
            "safe_again": safe_again,
        },
    )
    if key:
        row.key_id = seal(row.key_owner, key)
    row.ended_at = None
    row.save(update_fields=["key_id", "ended_at"])
    return row
