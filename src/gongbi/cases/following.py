"""Links and short numbers by which a reporter follows a case; only digests of them are kept.

Both are drawn from the signal's id with the installation's secret, so that a repeated report gets
the same receipt although neither is stored. A short number has ten digits, the last a check digit
that catches every single slip and every swap of neighbours (Damm).
"""

import base64
import hashlib
import re
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from gongbi.cases.models import Signal
from gongbi.core.public import the_one

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def token_of(uuid: UUID) -> str:
    """The long secret of a signal, for its link."""
    digest = salted_hmac("gongbi.cases.follow", uuid.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def short_number_of(uuid: UUID) -> str:
    """Ten digits in groups, to read over the telephone: ``123-456-7890``."""
    digest = salted_hmac("gongbi.cases.number", uuid.hex, algorithm="sha256").digest()
    nine = f"{int.from_bytes(digest[:8], 'big') % 10**9:09d}"
    ten = f"{nine}{_check_digit(nine)}"
    return f"{ten[:3]}-{ten[3:6]}-{ten[6:]}"


def token_digest(token: str) -> str:
    """What is stored of a token: 192 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def short_digest(number: str) -> str:
    """What is stored of a short number: keyed, because ten digits could be tried through."""
    digits = re.sub(r"\D", "", number)
    return salted_hmac("gongbi.cases.short", digits, algorithm="sha256").hexdigest()


def forgotten_reference(source: str, reference: str) -> str:
    """What stays of a forgotten report's own number, so that its sender cannot bring it back."""
    if reference.startswith("forgotten:"):
        return reference
    said = f"{source}\x00{reference}"
    return (
        f"forgotten:{salted_hmac('gongbi.cases.forgotten', said, algorithm='sha256').hexdigest()}"
    )


def follow_days() -> timedelta:
    """For how long a link works."""
    return timedelta(days=settings.GONGBI_FOLLOW_DAYS)


def find_signal(said: str) -> tuple[Signal | None, bool]:
    """The signal a link or short number belongs to, and whether it was the link."""
    rows = Signal.objects.select_related("case", "case__type", "case__merged_into")
    said = said.strip()
    if looks_like_short(said):
        return the_one(rows.filter(short_digest=short_digest(said))), False
    return the_one(rows.filter(token_digest=token_digest(said))), True


def looks_like_short(said: str) -> bool:
    """Ten digits, with any blanks or dashes, whose check digit is right."""
    digits = re.sub(r"[\s-]", "", said)
    return len(digits) == 10 and digits.isascii() and digits.isdigit() and not _damm(digits)


def _check_digit(digits: str) -> str:
    return str(_damm(digits))


def _damm(digits: str) -> int:
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return row
