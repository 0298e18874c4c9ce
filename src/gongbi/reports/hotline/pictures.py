"""Pictures brought while somebody is on the line: kept with the call until a case takes them."""

import hashlib
from collections.abc import Sequence

from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.core.public import now, seal_bytes, unseal_bytes
from gongbi.reports import photos
from gongbi.reports.hotline.models import Call, CallPicture

MOST = 5


def keep(call: Call, original: bytes) -> None:
    """Seal a picture as it came, once; PhotoRefused with a sentence where it cannot be taken."""
    photos.check(original)
    digest = hashlib.sha256(original).hexdigest()
    kept = set(call.pictures.values_list("digest", flat=True))
    if digest in kept:
        return
    if len(kept) >= MOST:
        raise photos.PhotoRefused(
            _("The call has five pictures already. Take one off, or add it to the case later.")
        )
    CallPicture.objects.get_or_create(
        call=call,
        digest=digest,
        defaults={
            "at": now(),
            "size": len(original),
            "sealed": seal_bytes(call.key_owner, original),
        },
    )


def kept(call: Call) -> Sequence[CallPicture]:
    """Which are kept: when they came and how large they are, not what is in them."""
    return list(call.pictures.defer("sealed").order_by("pk"))


def drop(call: Call, said: str) -> None:
    """Take one off that came by mistake; of this call only."""
    if said.isascii() and said.isdigit() and len(said) < 19:
        call.pictures.filter(pk=int(said)).delete()


def give(call: Call, token: str, *, answers: bool = False) -> None:
    """Let the case of a report take them all; inside the transaction that makes or finds it.
    ``answers``: what was asked of the reporter is answered by them."""
    for row in call.pictures.order_by("pk"):
        original = unseal_bytes(call.key_owner, bytes(row.sealed))
        if original is not None:
            cases.add_photo(token, original, answers=answers)
    call.pictures.all().delete()
