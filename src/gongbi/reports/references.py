"""A reference minted with the form, so that a double tap or a reload does not report twice."""

import secrets
from hashlib import sha256

from django.core import signing
from django.utils.crypto import salted_hmac

_SALT = "gongbi.reports.reference"


def mint() -> str:
    """A signed reference for one opening of the form."""
    return signing.Signer(salt=_SALT).sign(secrets.token_hex(12))


def is_ours(signed: str) -> bool:
    """Whether this city minted the reference; a stranger cannot claim somebody else's."""
    try:
        signing.Signer(salt=_SALT).unsign(signed)
    except signing.BadSignature:
        return False
    return True


def reference_of(signed: str, said: str) -> str:
    """The signal's reference: the same form with the same words is the same report.

    Going back and writing something else is another report, so what was said takes part. It is
    keyed, because a bare digest beside its salt would let anyone test what somebody wrote.
    """
    minted = signing.Signer(salt=_SALT).unsign(signed)
    return f"{minted}-{salted_hmac(_SALT, minted + said).hexdigest()[:16]}"


def fingerprint(content: bytes) -> str:
    """A keyed digest of a file, to say that the same file came before."""
    return salted_hmac("gongbi.reports.file", sha256(content).digest()).hexdigest()
