"""Sealing the journal: its lines in batches, each bound by a signed root that names the last.

Writers never wait for it. A line is first given its order (``core.outbox.order_lines``), because
PostgreSQL commits ids out of order; here batches of ordered lines are hashed into a Merkle tree
and the root is signed. One transaction makes a seal, so that a process killed at any instant
leaves either the whole seal or none.

The last seal's digest is also kept in a file beside the database: whoever cuts the newest seals
off the tables would have to rewrite that too.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongbi.core import seal_keys
from gongbi.core.city import city
from gongbi.core.models import JournalLine, JournalSeal
from gongbi.kernel.merkle import leaf_hash, root_of

MOST_LINES = 4096
LONGEST_WAIT = timedelta(seconds=60)
LINE_FORM, SEAL_FORM = "gongbi-line-1", "gongbi-seal-1"
NOTHING_BEFORE = "0" * 64
log = logging.getLogger(__name__)


def seal_lines(most: int = MOST_LINES, *, at_once: bool = False) -> int:
    """Seal ordered lines when a batch is full or a line has waited; returns how many."""
    try:
        with transaction.atomic():
            made = _seal(most, at_once)
    except IntegrityError:
        return 0  # another worker made this seal a moment ago
    if made is None:
        return 0
    keep_head(made.number, digest_of(made.statement))
    return len(made.leaves) // 32


def _seal(most: int, at_once: bool) -> JournalSeal | None:
    last = JournalSeal.objects.select_for_update().order_by("-number").first()
    lines = list(
        JournalLine.objects.filter(seq__gt=last.last_seq if last else 0).order_by("seq")[:most]
    )
    if not lines:
        return None
    waited = timezone.now() - lines[0].recorded_at
    if not at_once and len(lines) < most and waited < LONGEST_WAIT:
        return None
    _note_what_is_lost(last)
    made = _sign(lines, last)
    made.save(force_insert=True)
    pks = [line.pk for line in lines]
    for start in range(0, len(pks), 500):
        JournalLine.objects.filter(pk__in=pks[start : start + 500]).update(batch=made.number)
    return made


def _sign(lines: Sequence[JournalLine], last: JournalSeal | None) -> JournalSeal:
    key = seal_keys.signing_key()
    leaves = [leaf_of(line) for line in lines]
    number = last.number + 1 if last else 1
    first_seq, last_seq = lines[0].seq or 0, lines[-1].seq or 0
    statement = canonical(
        {
            "form": SEAL_FORM,
            "city": city().code,
            "number": number,
            "first": first_seq,
            "last": last_seq,
            "lines": len(lines),
            "root": root_of(leaves).hex(),
            "previous": digest_of(last.statement) if last else NOTHING_BEFORE,
            "sealed_at": _instant(timezone.now()),
            "key": seal_keys.name_of(seal_keys.public_bytes(key.public_key())),
        }
    )
    return JournalSeal(
        number=number,
        first_seq=first_seq,
        last_seq=last_seq,
        statement=statement,
        signature=key.sign(statement.encode()),
        leaves=b"".join(leaves),
    )


def leaf_of(line: JournalLine) -> bytes:
    """The hash of a line; its content enters by its salted commitment only."""
    return leaf_hash(canonical(outside_of(line)).encode())


def outside_of(line: JournalLine) -> list[Any]:
    """What a line says without its content: a third party can check it and learn no more."""
    return [
        LINE_FORM,
        line.seq,
        line.kind,
        line.subject,
        line.actor,
        _instant(line.at),
        _instant(line.recorded_at),
        line.place_path,
        line.unit_path,
        bytes(line.commitment).hex(),
    ]


def canonical(said: Any) -> str:
    """JSON without blanks, keys sorted: the same text wherever it is made."""
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(statement: str) -> str:
    """What the next seal calls this one by."""
    return sha256(statement.encode()).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def head_file() -> Path:
    """Where the last seal's number and digest are kept, apart from the database."""
    return Path(settings.GONGBI_DATA) / "journal_head.json"


def keep_head(number: int, digest: str) -> None:
    """Write the head whole: after a power cut there is the old one or the new one.

    A worker that was held up since its seal puts no older head over a newer one: the newer seal
    could then be cut off unseen.
    """
    file = head_file()
    with _alone_in(file.parent) as folder:
        if read_head(file)[0] >= number:
            return
        fresh = file.with_name(f"{file.name}.new")
        with fresh.open("w", encoding="ascii") as out:
            out.write(canonical({"number": number, "digest": digest}))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
        os.fsync(folder)


@contextmanager
def _alone_in(folder: Path) -> Iterator[int]:
    """One writer of heads at a time, among threads and processes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def read_head(file: Path) -> tuple[int, str]:
    """Number and digest of a head file; (0, "") when there is none."""
    if not file.exists():
        return 0, ""
    said = json.loads(file.read_text("ascii"))
    return int(said["number"]), str(said["digest"])


def head_is_lost() -> bool:
    """Whether the seal the head names is in the tables no more, or is another one."""
    number, digest = read_head(head_file())
    row = JournalSeal.objects.filter(number=number).values_list("statement", flat=True).first()
    return bool(number) and (row is None or digest_of(row) != digest)


def _note_what_is_lost(last: JournalSeal | None) -> None:
    """Keep the head of seals that are gone, so that a check goes on saying so."""
    if head_is_lost():
        file = head_file()
        number, _digest = read_head(file)
        file.replace(file.with_name(f"journal_head.lost-{number}.json"))
        log.error("seals are gone", extra={"last": last.number if last else 0, "was": number})
