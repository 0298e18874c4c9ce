"""Taking a request: once, whatever the sender's line did; with its pictures or not at all."""

from dataclasses import astuple
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.cases.public import PublicFilter, ReceiptRecord, SignalIn
from gongbi.core.public import ApplicationRecord, city, now, unit
from gongbi.reports.open311.forms import Posted
from gongbi.reports.open311.models import OpenSent
from gongbi.reports.open311.wire import OpenError

SOURCE = "open311"
SAME_TAP = timedelta(seconds=60)


def take(who: ApplicationRecord, said: Posted) -> ReceiptRecord:
    """The receipt; the same client reference, or the same form within a minute, gives it again."""
    at, digest = timezone.now(), _digest(who, said)
    reference = f"{who.name}:{said.reference or _of_the_minute(who, digest, at)}"[:128]
    try:
        with transaction.atomic():
            receipt = cases.receive_signal(_signal(said, reference))
            if not receipt.repeated:
                for picture in said.pictures:
                    cases.add_photo(receipt.follow_token, picture)
            OpenSent.objects.get_or_create(
                application=who.name,
                reference=reference,
                defaults={"digest": digest, "number": receipt.number, "sent_at": at},
            )
    except cases.Refused as refused:
        raise OpenError(400, str(refused)) from refused
    return receipt


def _signal(said: Posted, reference: str) -> SignalIn:
    return SignalIn(
        source=SOURCE,
        reference=reference,
        words=said.words,
        type=said.type,
        lon=said.lon,
        lat=said.lat,
        place=said.place,
        place_words=said.place_words,
        at=now(),
        language=(get_language() or "")[:10],
        contact=said.contact,
        asset=said.asset,
        answers=dict(said.answers),
    )


def _digest(who: ApplicationRecord, said: Posted) -> str:
    """A keyed digest of all that was sent: a bare one would let anyone test what was said."""
    pictures = [sha256(one).hexdigest() for one in said.pictures]
    text = repr((who.name, astuple(said)[:-1], pictures))
    return salted_hmac("gongbi.reports.open311", text, algorithm="sha256").hexdigest()


def _of_the_minute(who: ApplicationRecord, digest: str, at: datetime) -> str:
    """A reference for a sender without numbers: the same for two taps, another an hour later.

    Two taps at one instant fall into one minute and meet in cases' own constraint; a tap just
    after a full minute finds the row of the one before.
    """
    known = OpenSent.objects.filter(
        application=who.name, digest=digest, sent_at__gte=at - SAME_TAP, sent_at__lte=at
    )
    row = known.order_by("sent_at", "pk").first()
    if row is not None:
        return row.reference.removeprefix(f"{who.name}:")
    return f"tap-{digest[:32]}-{int(at.timestamp() // 60)}"


def told(receipt: ReceiptRecord) -> dict[str, object]:
    """What the sender gets. A case that nobody may see through this door has no id here; the
    link, which belongs to the reporter, works for every case."""
    seen = cases.open_cases(PublicFilter(numbers=(receipt.number,), limit=1))
    return {
        "service_request_id": receipt.number if seen else None,
        "service_notice": _notice(receipt),
        "account_id": None,
        "follow_url": f"{settings.GONGBI_PUBLIC_URL}/f/{receipt.follow_token}/",
        "short_number": receipt.short_number,
    }


def _notice(receipt: ReceiptRecord) -> str | None:
    if receipt.deadline is None:
        return None
    found = unit(receipt.unit) if receipt.unit else None
    when = receipt.deadline.astimezone(city().zone).strftime("%Y-%m-%d %H:%M")
    if found is None:
        return _("To be solved by %(when)s.") % {"when": when}
    return _("%(unit)s is to solve it by %(when)s.") % {"unit": found.name, "when": when}
