"""Taking in an officer's file: sealed as it comes, understood once, taken in chunk by chunk.

A chunk is one transaction that also moves the count, so a killed process has taken it or has not,
and whoever looks next goes on. The open page drives it; the worker does too, because an officer
may close the page. Both at once are harmless: a chunk is claimed by whoever marks it first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import F

from gongbi.cases import public as cases
from gongbi.cases.public import SignalIn
from gongbi.core import public as core
from gongbi.reports import queries
from gongbi.reports.looking import place_of
from gongbi.reports.models import Chunk, Intake
from gongbi.reports.reading import Line, Proposal, Reading, Refusal
from gongbi.reports.references import fingerprint
from gongbi.reports.where import Named

SOURCE = "import"
ROWS_A_CHUNK = 50
KEPT_UNTAKEN = timedelta(hours=24)
KEPT_REFUSALS = timedelta(days=30)
MOST_AT_ONCE = 200
NOT_TAKEN = (Intake.READ, Intake.CHECKING, Intake.BAD)

_LINES = msgspec.json.Decoder(list[Line])
_REFUSALS = msgspec.json.Decoder(list[Refusal])


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refused lines, and whether they can still be read."""

    rows: list[Refusal]
    gone: bool = False


def file_key(intake: Intake) -> str:
    """Under whose key the file, its name and its rows lie."""
    return f"intake:{intake.pk}"


def refusals_key(intake: Intake) -> str:
    """Under whose key the reasons lie: a reason may quote what stood in a cell."""
    return f"intake-refused:{intake.pk}"


def bring(
    user: Any,
    place_path: str,
    *,
    name: str,
    suffix: str,
    content: bytes,
    proposal: Proposal | None = None,
) -> Intake:
    """Keep a file sealed until it is taken in, given up, or a day old.

    Without a proposal it has not been read: its first look waits for the check for malware.
    """
    row = Intake(
        by=user,
        place_path=place_path,
        made_at=core.now(),
        fingerprint=fingerprint(content),
        suffix=suffix,
        size_bytes=len(content),
        state=Intake.READ if proposal else Intake.CHECKING,
        mapping=proposal.toml if proposal else "",
        columns=proposal.columns if proposal else [],
    )
    row.sealed_name = core.seal_bytes(file_key(row), name.encode())
    row.sealed_file = core.seal_bytes(file_key(row), content)
    row.save()
    return row


def understand_first(intake: Intake, proposal: Proposal) -> None:
    """Keep the first proposal of a file that was let out by the check."""
    mine = Intake.objects.filter(pk=intake.pk, state=Intake.READ, mapping="")
    mine.update(mapping=proposal.toml, columns=proposal.columns)
    intake.refresh_from_db()


def content_of(intake: Intake) -> bytes | None:
    """The file again; None once its key is destroyed."""
    sealed = intake.sealed_file
    return core.unseal_bytes(file_key(intake), bytes(sealed)) if sealed else None


def name_of(intake: Intake) -> str:
    """The file's name, which may name people; empty once its key is destroyed."""
    return (core.unseal_bytes(file_key(intake), bytes(intake.sealed_name)) or b"").decode()


def came_before(intake: Intake) -> Intake | None:
    """The last time the very same file was taken in."""
    same = Intake.objects.filter(fingerprint=intake.fingerprint, state=Intake.DONE)
    return same.exclude(pk=intake.pk).order_by("-taken_at", "-pk").first()


@transaction.atomic
def take_in(intake: Intake, found: Reading) -> bool:
    """Lay the understood rows out in chunks; False when somebody already did."""
    mine = Intake.objects.filter(pk=intake.pk, state=Intake.READ)
    if not mine.update(
        state=Intake.TAKING,
        read=found.read,
        repeated=found.repeated,
        refused=len(found.refused),
        sealed_refusals=core.seal_bytes(refusals_key(intake), msgspec.json.encode(found.refused)),
    ):
        return False
    key = file_key(intake)
    Chunk.objects.bulk_create(
        Chunk(
            intake=intake,
            number=number,
            rows=len(some),
            sealed_rows=core.seal_bytes(key, msgspec.json.encode(some)),
        )
        for number, some in enumerate(_parts(found.lines))
    )
    return True


def _parts(lines: Sequence[Line]) -> Iterable[Sequence[Line]]:
    return (lines[at : at + ROWS_A_CHUNK] for at in range(0, len(lines), ROWS_A_CHUNK))


def go_on(intake: Intake) -> bool:
    """Take in the next chunk; False when none is left, and then the file is destroyed."""
    with transaction.atomic():
        chunk = intake.chunks.filter(taken_at=None).first()
        if chunk is not None and _claimed(chunk):
            _take(intake, chunk)
    if chunk is None:
        _finish(intake)
    return chunk is not None


def _claimed(chunk: Chunk) -> bool:
    """Whoever comes second waits here until the first commits, and then finds it taken."""
    return bool(
        Chunk.objects.filter(pk=chunk.pk, taken_at=None, intake__state=Intake.TAKING).update(
            taken_at=core.now()
        )
    )


def _take(intake: Intake, chunk: Chunk) -> None:
    opened = core.unseal_bytes(file_key(intake), bytes(chunk.sealed_rows or b""))
    stored = repeated = 0
    refused: list[Refusal] = []
    named = queries.named_places()
    lines = _LINES.decode(opened or b"[]")
    answers = cases.receive_signals([signal_of(line, named) for line in lines])
    for line, answer in zip(lines, answers, strict=True):
        if isinstance(answer, cases.SignalRefused):
            refused.append(Refusal(line.line, str(answer)))
            continue
        stored += not answer.repeated
        repeated += answer.repeated
    said = core.seal_bytes(refusals_key(intake), msgspec.json.encode(refused))
    Chunk.objects.filter(pk=chunk.pk).update(
        stored=stored,
        repeated=repeated,
        refused=len(refused),
        sealed_rows=None,
        sealed_refusals=said,
    )
    Intake.objects.filter(pk=intake.pk).update(
        stored=F("stored") + stored,
        repeated=F("repeated") + repeated,
        refused=F("refused") + len(refused),
    )


def signal_of(line: Line, named: Sequence[Named]) -> SignalIn:
    """A row as a signal; its place by code, by point, or by the name that stands in its words."""
    return SignalIn(
        source=SOURCE,
        reference=line.reference,
        words=line.words,
        type=line.type,
        lon=line.lon,
        lat=line.lat,
        place=place_of(line, named),
        place_words=line.place_words,
        at=line.at,
        language=line.language,
        contact=line.contact,
    )


def _finish(intake: Intake) -> None:
    mine = Intake.objects.filter(pk=intake.pk, state=Intake.TAKING)
    if mine.update(state=Intake.DONE, taken_at=core.now(), sealed_file=None):
        _destroy(intake, actor="system:intake")


def give_up(intake: Intake, *, actor: str) -> bool:
    """Destroy a file that was not taken in; False when it is being taken in, or over."""
    mine = Intake.objects.filter(pk=intake.pk, state__in=NOT_TAKEN)
    if not mine.update(state=Intake.GIVEN_UP, sealed_file=None):
        return False
    _destroy(intake, actor=actor)
    return True


def _destroy(intake: Intake, *, actor: str) -> None:
    """Destroy the key of a file that is over. Its name is taken out last: one that still stands
    says that this was cut off, and the clock does it again."""
    core.destroy_key(file_key(intake), actor=actor)
    Intake.objects.filter(pk=intake.pk).update(sealed_name=b"")


def refusals_of(intake: Intake) -> Refusals:
    """Every refused line with its reason, in the order of the file; for thirty days."""
    sealed = [intake.sealed_refusals, *intake.chunks.values_list("sealed_refusals", flat=True)]
    rows: list[Refusal] = []
    for content in sealed:
        if content is None:
            continue
        opened = core.unseal_bytes(refusals_key(intake), bytes(content))
        if opened is None:
            return Refusals([], gone=True)
        rows += _REFUSALS.decode(opened)
    return Refusals(sorted(rows, key=lambda row: row.line))


def run_due(most_chunks: int = 5) -> int:
    """What the clock owes: go on with files somebody left, destroy what is too old to keep."""
    taken = 0
    for intake in Intake.objects.filter(state=Intake.TAKING).order_by("made_at", "pk"):
        while taken < most_chunks and go_on(intake):
            taken += 1
    return taken + forget_old()


def forget_old() -> int:
    """Destroy files nobody took in within a day, refused lines after thirty days, and keys of
    files that are over where whoever ended them was cut off."""
    now = core.now()
    # One that waits for the check is kept: the officer cannot do anything about it.
    untaken = (Intake.READ, Intake.BAD)
    stale = Intake.objects.filter(state__in=untaken, made_at__lt=now - KEPT_UNTAKEN)
    gone = sum(give_up(intake, actor="system:clock") for intake in stale)
    over = Intake.objects.filter(state__in=(Intake.DONE, Intake.GIVEN_UP))
    for intake in over.exclude(sealed_name=b"").only("pk")[:MOST_AT_ONCE]:
        _destroy(intake, actor="system:clock")
        gone += 1
    old = Intake.objects.filter(made_at__lt=now - KEPT_REFUSALS).exclude(sealed_refusals=None)
    for intake in old:
        core.destroy_key(refusals_key(intake), actor="system:clock")
        intake.chunks.update(sealed_refusals=None)
        Intake.objects.filter(pk=intake.pk).update(sealed_refusals=None)
        gone += 1
    return gone
