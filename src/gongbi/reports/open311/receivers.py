"""Units whose own systems speak Open311: entered by command, the key sealed."""

from collections.abc import Mapping

from django.db import transaction

from gongbi.core.public import is_web_address, seal, unit
from gongbi.reports.open311.models import OpenReceiver


class ReceiverRefused(Exception):
    """The unit's system cannot be entered so; the sentence says why."""


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
    if not is_web_address(url):
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
