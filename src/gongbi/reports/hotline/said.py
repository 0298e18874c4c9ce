"""What is said in a call: sealed while it is said, and recognised by number for a month."""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta

from django.utils.crypto import salted_hmac

from gongbi.core.public import seal_bytes, unseal_bytes
from gongbi.reports.hotline.models import Call

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The clerk's notes of a call."""

    words: str = ""
    place_words: str = ""
    contact: str = ""
    type: str = ""
    code: str = ""
    asset: str = ""
    office: str = ""
    about_unit: str = ""
    answers: dict[str, str] = field(default_factory=dict)


def keep(call: Call, spoken: Spoken) -> None:
    """Seal what was said so far, in the place of what lay there."""
    packed = json.dumps(asdict(spoken), ensure_ascii=False).encode()
    call.sealed = seal_bytes(call.key_owner, packed)
    call.caller_digest = digest_of(spoken.contact)
    call.save(update_fields=["sealed", "caller_digest"])


def heard(call: Call) -> Spoken:
    """What was said; nothing once its term is over."""
    opened = unseal_bytes(call.key_owner, bytes(call.sealed)) if call.sealed else None
    if opened is None:
        return Spoken()
    said = json.loads(opened)
    return Spoken(**{one.name: said[one.name] for one in fields(Spoken) if one.name in said})


def digest_of(contact: str) -> str:
    """A keyed digest by which the same caller's earlier calls are found; empty for no number."""
    digits = re.sub(r"\D", "", contact)
    if len(digits) < 7:
        return ""
    return salted_hmac("gongbi.reports.caller", digits[-11:], algorithm="sha256").hexdigest()
