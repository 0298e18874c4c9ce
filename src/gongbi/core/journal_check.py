"""Checking that the journal is what was sealed, and naming the first line that is not."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from gongbi.core import seal_keys
from gongbi.core.journal import commitment
from gongbi.core.models import JournalLine, JournalSeal
from gongbi.core.sealing import (
    NOTHING_BEFORE,
    digest_of,
    head_file,
    head_is_lost,
    leaf_of,
    read_head,
)
from gongbi.kernel.merkle import root_of

HASH_BYTES = 32
Done = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not as it was sealed: the line's number (0 where none), and what."""

    line: int
    what: str


@dataclass(slots=True)
class Checked:
    """How much was looked at, and what was found."""

    lines: int = 0
    seals: int = 0
    unsealed: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def first(self) -> Broken | None:
        """The first line that fails; a fault without a line only when there is no other."""
        named = [one for one in self.broken if one.line]
        return min(named, key=lambda one: one.line) if named else next(iter(self.broken), None)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal as it was exported once."""

    statement: str
    signature: str


def check_journal(
    *,
    anchors: Mapping[int, Anchor] | None = None,
    trusted: Mapping[str, bytes] | None = None,
    done: Done = lambda _lines: None,
) -> Checked:
    """Look at every seal and every line, sealed or not; ``done`` hears of lines looked at."""
    report = Checked()
    keys = {**seal_keys.trusted(), **(trusted or {})}
    previous, last_seq, number = NOTHING_BEFORE, 0, 0
    for seal in JournalSeal.objects.order_by("number").iterator(chunk_size=200):
        report.broken += _chain_faults(seal, number, last_seq, previous)
        report.broken += _signature_faults(seal, keys)
        report.broken += _line_faults(seal)
        number, last_seq, previous = seal.number, seal.last_seq, digest_of(seal.statement)
        report.seals += 1
        report.lines += len(seal.leaves) // HASH_BYTES
        done(len(seal.leaves) // HASH_BYTES)
    report.broken += _anchor_faults(anchors or {})
    report.broken += _stray_faults(last_seq, number)
    report.broken += _head_faults()
    report.unsealed = JournalLine.objects.filter(batch=None).count()
    return report


def _chain_faults(seal: JournalSeal, number: int, last: int, previous: str) -> Iterator[Broken]:
    said = _said(seal)
    if seal.number != number + 1:
        yield Broken(last + 1, f"Seal {number + 1} is gone, with its lines from {last + 1} on.")
    columns = (seal.number, seal.first_seq, seal.last_seq, len(seal.leaves) // HASH_BYTES)
    if columns != tuple(said.get(key) for key in ("number", "first", "last", "lines")):
        yield Broken(seal.first_seq, f"Seal {seal.number} says other lines than it was made of.")
    elif seal.number == number + 1 and said.get("previous") != previous:
        yield Broken(
            seal.first_seq, f"Seal {seal.number} does not follow seal {number} as it stands here."
        )
    elif seal.number == number + 1 and seal.first_seq != last + 1:
        yield Broken(last + 1, f"Line {last + 1} was gone before it was sealed.")


def _said(seal: JournalSeal) -> dict[str, Any]:
    try:
        found = json.loads(seal.statement)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _signature_faults(seal: JournalSeal, keys: Mapping[str, bytes]) -> Iterator[Broken]:
    name = str(_said(seal).get("key", ""))
    if name not in keys:
        yield Broken(
            seal.first_seq, f"Seal {seal.number} is signed by key {name!r}, which is not ours."
        )
    elif not seal_keys.signed_by(keys[name], seal.statement.encode(), bytes(seal.signature)):
        yield Broken(seal.first_seq, f"The signature of seal {seal.number} is false.")


def _line_faults(seal: JournalSeal) -> Iterator[Broken]:
    """Lines of one seal against its root: missing, moved or changed ones, by their numbers."""
    kept = bytes(seal.leaves)
    leaves = [kept[at : at + HASH_BYTES] for at in range(0, len(kept), HASH_BYTES)]
    lines = JournalLine.objects.filter(seq__gte=seal.first_seq, seq__lte=seal.last_seq)
    by_seq = {line.seq or 0: line for line in lines.order_by("seq")}
    found = list(_compared(seal, leaves, by_seq))
    yield from found
    if root_of(leaves).hex() != _said(seal).get("root") and not found:
        span = f"Lines {seal.first_seq} to {seal.last_seq}"
        yield Broken(seal.first_seq, f"{span} do not give the root of seal {seal.number}.")


def _compared(
    seal: JournalSeal, leaves: list[bytes], by_seq: dict[int, JournalLine]
) -> Iterator[Broken]:
    expected = range(seal.first_seq, seal.last_seq + 1)
    if len(leaves) != len(expected):
        yield Broken(seal.first_seq, f"Seal {seal.number} was made while lines were missing.")
    for seq, leaf in zip(expected, leaves, strict=False):
        line = by_seq.get(seq)
        if line is None:
            yield Broken(seq, f"Line {seq} is gone.")
        elif leaf_of(line) != leaf:
            yield Broken(seq, f"Line {seq} is not the one that was sealed.")
        elif not _content_holds(line):
            yield Broken(seq, f"The content of line {seq} was changed.")
        elif line.batch != seal.number:
            yield Broken(
                seq, f"Line {seq} names seal {line.batch}, but seal {seal.number} holds it."
            )


def _content_holds(line: JournalLine) -> bool:
    made = commitment(line.kind, line.subject, line.actor, line.body, bytes(line.salt))
    return made == bytes(line.commitment)


def _anchor_faults(anchors: Mapping[int, Anchor]) -> Iterator[Broken]:
    rows = {row.number: row for row in JournalSeal.objects.filter(number__in=anchors)}
    for number, anchor in sorted(anchors.items()):
        first = int(json.loads(anchor.statement)["first"])
        row = rows.get(number)
        if row is None:
            yield Broken(first, f"Seal {number} was exported once and is gone.")
        elif row.statement != anchor.statement:
            yield Broken(first, f"Seal {number} is not the one that was exported: sealed anew.")


def _stray_faults(last_seq: int, number: int) -> Iterator[Broken]:
    """Lines that no seal holds must be new, in order, and what was written."""
    expected = last_seq + 1
    rows = JournalLine.objects.filter(seq__gt=last_seq).order_by("seq").iterator(chunk_size=1000)
    for line in rows:
        if line.seq != expected:
            yield Broken(expected, f"Line {expected} is gone; it was not sealed yet.")
        if line.batch is not None:
            yield Broken(line.seq or 0, f"Line {line.seq} names seal {line.batch}, which is gone.")
        if not _content_holds(line):
            yield Broken(line.seq or 0, f"The content of line {line.seq} was changed unsealed.")
        expected = (line.seq or 0) + 1
    odd = JournalLine.objects.filter(Q(seq__lt=1) | Q(seq=None, batch__isnull=False))
    for pk in odd.order_by("pk").values_list("pk", flat=True):
        yield Broken(0, f"The line with id {pk} was put between sealed lines.")


def _head_faults() -> Iterator[Broken]:
    if head_is_lost():
        number, _digest = read_head(head_file())
        yield Broken(0, f"Seal {number}, the last that was made, is gone or another one.")
    for file in sorted(Path(settings.GONGBI_DATA).glob("journal_head.lost-*.json")):
        number, _digest = read_head(file)
        yield Broken(
            0,
            f"Seals up to {number} were cut off once. If an older copy of the city was put back, "
            f"remove {file.name}; if not, compare with exported roots.",
        )
