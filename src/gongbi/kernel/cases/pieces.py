"""Pieces of a text by which it can be found again: what any text that holds the words must hold.

Pairs of neighbouring Chinese characters, and three letters or digits in a row. A text that holds
the words asked for holds every piece of them, so nothing is missed; the reverse is not true, so
whoever looks by pieces reads the text before believing it.
"""

import re
import unicodedata
from hashlib import blake2b
from itertools import pairwise

from gongbi.kernel.reading.folding import fold

_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
MOST_CHARACTERS = 12_000


def plain(text: str) -> str:
    """The spelling in which texts are compared: one width, one case, one script, single blanks."""
    return " ".join(fold(unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])).split())


def pieces(text: str) -> frozenset[str]:
    """Every piece of a text; none of a text shorter than two Chinese characters, three letters."""
    found: set[str] = set()
    for run in _RUN.findall(plain(text)):
        if _HAN.match(run):
            found |= {one + other for one, other in pairwise(run)}
        else:
            found |= {run[at : at + 3] for at in range(len(run) - 2)}
    return frozenset(found)


def blind(key: bytes, piece: str) -> int:
    """A piece as a keyed number of 32 bits, signed: without the key it says nothing of the piece.

    So short that different pieces share numbers, on purpose: a number proves no word.
    """
    digest = blake2b(piece.encode(), digest_size=4, key=key).digest()
    return int.from_bytes(digest, "big", signed=True)


def holds(text: str, asked: str) -> bool:
    """Whether a text holds the words asked for, whichever script or case either is in."""
    return plain(asked) in plain(text)
