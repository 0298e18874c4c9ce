"""The code printed on an asset, as people copy it: blanks, dashes and small letters vary."""

import unicodedata

MOST = 64


def key_of(code: str) -> str:
    """One spelling for all ways of writing a code: ``3-0421``, ``3 0421`` and ``３０４２１``."""
    folded = unicodedata.normalize("NFKC", code).upper()
    return "".join(one for one in folded if one.isalnum())[:MOST]
