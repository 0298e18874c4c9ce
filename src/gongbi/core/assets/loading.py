"""Writing the register: what is new and what changed, thousands of rows at a time.

Loaded again is the same. A load that is whole retires what is absent of the kinds it names: a
lamp company's file says nothing of manholes. Nothing is ever deleted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from django.db import transaction

from gongbi.core.assets.rows import SAID, Codes, Line, Values, read_lines
from gongbi.core.city import city
from gongbi.core.events import AssetsLoaded
from gongbi.core.journal import publish
from gongbi.core.models import Asset, AssetKind, Place, Unit
from gongbi.core.pack_files import Fault
from gongbi.core.places import locate, locate_many

ROWS_AT_ONCE = 2_000
WRITTEN = [name.removesuffix("_id") for name in SAID]
OUTSIDE = "The point lies outside this city; are lon and lat exchanged?"
Key = tuple[str, str]


@dataclass(slots=True)
class Loaded:
    """What became of a file's rows."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    retired: int = 0


class _Seen:
    """Which assets a file has named, by id: a byte each, because a city has millions."""

    def __init__(self) -> None:
        self._marks = bytearray()

    def add(self, number: int) -> bool:
        """Mark an asset; False when the file has named it before."""
        if number >= len(self._marks):
            self._marks.extend(bytes(number + 1 - len(self._marks) + 100_000))
        before, self._marks[number] = self._marks[number], 1
        return not before

    def __contains__(self, number: int) -> bool:
        return number < len(self._marks) and bool(self._marks[number])


def load_assets(
    path: Path,
    *,
    by: str,
    whole: bool = False,
    refused: Callable[[Fault], None] = lambda fault: None,
    done: Callable[[int], None] = lambda rows: None,
) -> Loaded:
    """Take a CSV of assets in; bad rows are told to ``refused`` and the good ones go on.

    Each two thousand rows are a transaction: after a crash the file is simply loaded again.
    Unreadable when the file as a whole is none.
    """
    total, seen, kinds = Loaded(), _Seen(), set[str]()
    known = codes()
    for some in _chunks(read_lines(path, known)):
        lines = _placed(some)
        kinds.update(line.said[0] for line in lines if line.said[0] in known.kinds)
        with transaction.atomic():
            for line, reason in _write(lines, seen, total):
                refused(Fault(path.name, line, reason))
                total.refused += 1
        done(len(lines))
    with transaction.atomic():
        total.retired = _retire(kinds, seen) if whole else 0
        fact = AssetsLoaded(total.new, total.changed, total.retired, total.refused)
        publish(fact, subject="assets", actor=by)
    return total


def codes() -> Codes:
    """What a row of the city's own register may refer to."""
    return Codes(
        frozenset(AssetKind.objects.filter(in_force=True).values_list("pk", flat=True)),
        frozenset(Unit.objects.values_list("pk", flat=True)),
        frozenset(Place.objects.values_list("pk", flat=True)),
    )


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while some := list(islice(lines, ROWS_AT_ONCE)):
        yield some


def _placed(lines: Sequence[Line]) -> list[Line]:
    """Assets without a place at the deepest that holds them; outside the city they are none."""
    at = [place for place, line in enumerate(lines) if line.values and not line.values[0]]
    lons, lats = (np.array([_of(lines[place])[n] for place in at]) for n in (1, 2))
    found = list(lines)
    borders = locate(*city().centre) is not None  # a town that has drawn none has no outside
    for place, code in zip(at, locate_many(lons, lats), strict=True):
        if code:
            found[place] = replace(lines[place], values=(str(code), *_of(lines[place])[1:]))
        elif borders:
            found[place] = replace(lines[place], values=None, reason=OUTSIDE)
    return found


def _of(line: Line) -> Values:
    return line.values or ()


def _write(lines: Sequence[Line], seen: _Seen, total: Loaded) -> Iterator[tuple[int, str]]:
    """Write a chunk; gives the lines that were refused with their reasons."""
    there = _there(line.said for line in lines)
    fresh: dict[Key, Values] = {}
    changed: dict[Key, Values] = {}
    for line in lines:
        number, before = there.get(line.said, (0, ()))
        # A refused row still names its asset: what stands in the file is not retired.
        twice = line.said in fresh or (bool(number) and not seen.add(number))
        if line.values is None:
            yield line.number, line.reason
        elif twice:
            yield line.number, f"{line.said[1]!r} of the kind {line.said[0]!r} stands here twice."
        elif not number:
            fresh[line.said] = line.values
        elif before == line.values:
            total.same += 1
        else:
            changed[line.said] = line.values
    for row in Asset.objects.bulk_create(_rows(fresh)):
        seen.add(row.pk)
    Asset.objects.bulk_create(
        _rows(changed),
        update_conflicts=True,
        unique_fields=["kind", "code"],
        update_fields=WRITTEN,
    )
    total.new += len(fresh)
    total.changed += len(changed)


def _rows(said: dict[Key, Values]) -> list[Asset]:
    return [
        Asset(kind_id=kind, code=code, **dict(zip(SAID, values, strict=True)))
        for (kind, code), values in said.items()
    ]


def _there(said: Iterable[Key]) -> dict[Key, tuple[int, Values]]:
    by_kind: dict[str, set[str]] = {}
    for kind, code in said:
        by_kind.setdefault(kind, set()).add(code)
    return {
        (kind, row[1]): (row[0], row[2:])
        for kind, some in by_kind.items()
        for row in Asset.objects.filter(kind=kind, code__in=some).values_list("pk", "code", *SAID)
    }


def _retire(kinds: Iterable[str], seen: _Seen) -> int:
    """Put out of force what stands of these kinds and was not named."""
    rows = Asset.objects.filter(kind__in=kinds, in_force=True).values_list("pk", flat=True)
    gone = [pk for pk in rows.iterator(chunk_size=50_000) if pk not in seen]
    for start in range(0, len(gone), ROWS_AT_ONCE):
        Asset.objects.filter(pk__in=gone[start : start + ROWS_AT_ONCE]).update(in_force=False)
    return len(gone)
