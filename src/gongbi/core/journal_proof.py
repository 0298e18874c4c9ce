"""What leaves the house of the journal: signed roots, and the proof of one line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongbi.core import seal_keys
from gongbi.core.journal import steady
from gongbi.core.journal_check import HASH_BYTES, Anchor
from gongbi.core.models import JournalLine, JournalSeal
from gongbi.core.sealing import outside_of
from gongbi.kernel.merkle import path_to


class NotProvable(Exception):
    """There is no such line, or it is not sealed yet; the sentence says which."""


class RootsUnreadable(Exception):
    """A file of exported roots cannot be read; the sentence says where."""


def exported_roots(after: int = 0) -> Iterator[dict[str, Any]]:
    """Every seal behind a number as it was signed, and the keys to check it with."""
    keys = seal_keys.trusted()
    for seal in JournalSeal.objects.filter(number__gt=after).order_by("number").iterator(500):
        name = json.loads(seal.statement)["key"]
        yield {
            "statement": seal.statement,
            "signature": bytes(seal.signature).hex(),
            "public_key": keys[name].hex() if name in keys else "",
        }


def read_roots(file: Path) -> dict[int, Anchor]:
    """Exported roots by the number of their seal."""
    found: dict[int, Anchor] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            said = json.loads(line)
            statement = json.loads(said["statement"])
            anchor = Anchor(said["statement"], said["signature"])
            found[int(statement["number"])] = anchor
            int(statement["first"])
        except (ValueError, KeyError, TypeError) as error:
            raise RootsUnreadable(
                f"{file.name}, line {number}, is no exported root; take the file as "
                "gongbi journal export-roots wrote it."
            ) from error
    return found


def prove(seq: int, *, with_content: bool = False) -> dict[str, Any]:
    """That a line stands in the journal as it was sealed: all a third party needs to check it."""
    line = JournalLine.objects.filter(seq=seq).first()
    if line is None:
        raise NotProvable(f"There is no line {seq} in the journal.")
    seal = JournalSeal.objects.filter(first_seq__lte=seq, last_seq__gte=seq).first()
    if seal is None:
        raise NotProvable(f"Line {seq} is not sealed yet; seal it with: gongbi journal seal")
    kept = bytes(seal.leaves)
    leaves = [kept[at : at + HASH_BYTES] for at in range(0, len(kept), HASH_BYTES)]
    path = path_to(leaves, seq - seal.first_seq)
    public = seal_keys.trusted().get(json.loads(seal.statement)["key"], b"")
    content = {"salt": bytes(line.salt).hex(), "body": steady(line.body)}
    return {
        "line": outside_of(line),
        "path": [[side, neighbour.hex()] for side, neighbour in path],
        "statement": seal.statement,
        "signature": bytes(seal.signature).hex(),
        "public_key": public.hex(),
        **({"content": content} if with_content else {}),
    }
