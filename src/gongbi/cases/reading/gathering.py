"""What a reader learns from: words with the type that people settled on.

Words are read for this one purpose, with everything masked that has the shape of a person; those
of forgotten reporters cannot be read any more, complaints about a unit are left alone, and what
was read is counted in the journal. Where only a reader named the type, the case must have come to
its end under it, or the reader would learn from itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from gongbi.cases import states
from gongbi.cases.models import CaseType, Signal, Step
from gongbi.core.public import city, unseal_many
from gongbi.feeds.public import Mapping, Refused, Understood, understand
from gongbi.kernel.cases.masking import mask_personal
from gongbi.kernel.reading.beside import hours, squares
from gongbi.kernel.reading.nearby import with_nearby
from gongbi.kernel.reading.training import Example

CHUNK = 500
OVER = Q(case__state=states.CLOSED)
Told = Callable[[str, float], None]


@dataclass(slots=True)
class Gathered:
    """Examples, and how many reports could not be one, by reason."""

    examples: list[Example] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    odd_subs: int = 0
    """Of how many a file names a sub-type that their type does not have here."""


def from_cases(told: Told = lambda _words, _share: None) -> Gathered:
    """Every report of a person whose case has a type that people settled on."""
    found = Gathered()
    rows = settled().values_list(
        "words_id", "case__type__code", "at", _settled_sub(), "lon", "lat"
    )
    whole, done = rows.count(), 0
    kinds, zone = _in_force(), city().zone
    cursor = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(cursor, CHUNK)):
        opened = unseal_many(row[0] for row in chunk)
        for words_id, kind, at, sub, *point in chunk:
            if words_id not in opened:
                found.left_out["deleted at the reporter's wish"] += 1
            elif kind not in kinds:
                found.left_out["of a type no longer in force"] += 1
            else:
                local = at.astimezone(zone)
                found.examples.append(_example(opened[words_id], kind, local, point, sub))
        done += len(chunk)
        told("reading", done / max(whole, 1))
    found.examples = with_nearby(found.examples)
    return found


def _example(
    words: str, kind: str, at: datetime, point: Sequence[float | None], sub: str = ""
) -> Example:
    """``at``: in the city's own time."""
    lon, lat = point
    there = None if lon is None or lat is None else (lon, lat)
    beside = (*hours(at), *squares(lon, lat))
    return Example(mask_personal(words), kind, at.timestamp(), beside, sub, there)


def settled() -> "QuerySet[Signal]":
    """Signals of people: sorted by a person, or over and neither cancelled nor merged."""
    signals = Signal.objects.filter(
        Q(Exists(_sorted_by_hand())) | OVER,
        from_person=True,
        forgotten_at=None,
        words_id__isnull=False,
        case__type__isnull=False,
        case__about_path="",
    )
    return signals.exclude(case__state__in=("cancelled", "merged")).order_by("at", "pk")


def _settled_sub() -> Case:
    """The sub-type, where a person named it or the case is over under it; else empty."""
    named = Exists(_sorted_by_hand().filter(why__sub_by="person"))
    return Case(When(Q(named) | OVER, then=F("case__sub_type")), default=Value(""))


def _sorted_by_hand() -> "QuerySet[Step]":
    return Step.objects.filter(case=OuterRef("case"), verb="sort", actor__startswith="person:")


def _in_force() -> set[str]:
    return set(CaseType.objects.filter(in_force=True).values_list("code", flat=True))


def _subs_in_force() -> dict[str, set[str]]:
    rows = CaseType.objects.filter(in_force=True).values_list("code", "sub_types")
    return {code: {one["code"] for one in subs} for code, subs in rows}


def from_file(mapping: Mapping, data: Path, told: Told = lambda _words, _share: None) -> Gathered:
    """The rows of a city's older system, by a mapping: those whose kind is a type here."""
    found, kinds = Gathered(), _subs_in_force()
    for number, example in enumerate(_rows(mapping, data, found)):
        if example.type not in kinds:
            found.left_out["of a type this city does not have"] += 1
        elif example.sub and example.sub not in kinds[example.type]:
            found.odd_subs += 1
            found.examples.append(replace(example, sub=""))
        else:
            found.examples.append(example)
        if number % 1000 == 0:
            told("reading", 0.0)
    found.examples = with_nearby(found.examples)
    return found


def _rows(mapping: Mapping, data: Path, found: Gathered) -> Iterator[Example]:
    zone = ZoneInfo(mapping.time.zone)
    for one in understand(mapping, data):
        if isinstance(one, Refused):
            found.left_out["refused: see gongbi feed check"] += 1
        elif isinstance(one, Understood) and one.report is not None:
            report = one.report
            if report.type is None:
                found.left_out["without a type"] += 1
            else:
                local, point = report.at.astimezone(zone), (report.lon, report.lat)
                yield _example(report.words, report.type, local, point, report.sub_type)
