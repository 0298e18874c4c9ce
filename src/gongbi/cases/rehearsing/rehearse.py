"""Running a tried pack over recorded cases, thousands at a time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import QuerySet

from gongbi.cases.models import Case, Deadline, Signal
from gongbi.cases.promises import FIRST_CONTACT, SOLVE
from gongbi.cases.rehearsing.trying import Recorded, TriedPack
from gongbi.cases.routes import facts_of
from gongbi.kernel import worktimes

CHUNK = 4000
EXAMPLES = 3
LOOK_AHEAD = timedelta(days=120)  # most promises end within it; longer ones are laid out anew
SAME = timedelta(seconds=1)
Done = Callable[[int], None]


@dataclass(slots=True)
class Moved:
    """Cases with one difference: how many, and the numbers of a few."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, number: str) -> None:
        """One more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(number)


@dataclass(slots=True)
class Shift(Moved):
    """Deadlines of one type that would differ: how many earlier and later, and by how much."""

    earlier: int = 0
    later: int = 0
    most: timedelta = timedelta()

    def move(self, number: str, by: timedelta) -> None:
        """One more, by so much (negative is earlier)."""
        self.add(number)
        self.earlier += by < timedelta()
        self.later += by > timedelta()
        self.most = by if abs(by) > abs(self.most) else self.most


@dataclass(slots=True)
class Trial:
    """What a rehearsal found. Keys: (unit then, unit tried, rule tried); (type, promise)."""

    cases: int = 0
    promises: int = 0
    elsewhere: dict[tuple[str, str, str], Moved] = field(default_factory=dict)
    shifts: dict[tuple[str, str], Shift] = field(default_factory=dict)
    no_type: Counter[str] = field(default_factory=Counter)
    asks_load: list[str] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many cases would have gone elsewhere."""
        return sum(row.count for row in self.elsewhere.values())

    @property
    def shifted(self) -> int:
        """How many promises would have fallen due at another time."""
        return sum(row.count for row in self.shifts.values())


def count_recorded(since: datetime, until: datetime, place_path: str = "/") -> int:
    """How many cases were opened in a span under a place."""
    return _recorded(since, until, place_path).count()


def _recorded(since: datetime, until: datetime, place_path: str) -> QuerySet[Case]:
    span = {"opened_at__gte": since, "opened_at__lt": until}
    return Case.objects.filter(place_path__startswith=place_path, **span)


def rehearse(
    folder: Path, since: datetime, until: datetime, *, place_path: str = "/", done: Done
) -> Trial:
    """What a sound pack would have answered to the cases of a span; ``done`` hears how many."""
    pack = TriedPack(folder)
    trial = Trial(asks_load=pack.asks_load)
    span = (since - timedelta(days=2)).date(), (until + LOOK_AHEAD).date()
    for chunk in _chunks(_recorded(since, until, place_path)):
        _try_routes(pack, chunk, trial)
        _try_promises(pack, chunk, span, trial)
        trial.cases += len(chunk)
        done(len(chunk))
    return trial


def _chunks(cases: QuerySet[Case]) -> Iterator[list[dict[str, Any]]]:
    """By primary key, so that a long run sees each case once while others are opened."""
    wanted = cases.order_by("pk").values(
        *("pk", "number", "type__code", "place_path", "about_path", "source", "level"),
        *("opened_at", "suggested_unit_id"),
    )
    last = 0
    while chunk := list(wanted.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1]["pk"]


def _try_routes(pack: TriedPack, chunk: list[dict[str, Any]], trial: Trial) -> None:
    facts = _facts(chunk) if pack.asks_facts else {}
    for row in chunk:
        kind = row["type__code"] or ""
        if kind and kind not in pack.types:
            trial.no_type[kind] += 1
        tried = pack.choose(
            Recorded(
                row["number"],
                kind,
                row["place_path"],
                row["about_path"],
                row["source"],
                row["level"],
                row["opened_at"],
                facts.get(row["pk"], {}),
            )
        )
        was = row["suggested_unit_id"] or ""
        if tried.unit != was:
            key = (was, tried.unit, tried.rule)
            trial.elsewhere.setdefault(key, Moved()).add(row["number"])


def _facts(chunk: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    """What the first signal of each case told."""
    first, last = chunk[0]["pk"], chunk[-1]["pk"]
    rows = Signal.objects.filter(case__gte=first, case__lte=last).order_by("-pk")
    return {case: facts_of(why) for case, why in rows.values_list("case_id", "why")}


def _try_promises(
    pack: TriedPack, chunk: list[dict[str, Any]], span: tuple[date, date], trial: Trial
) -> None:
    """The promises set at the opening, beside those the tried types would have set."""
    cases = {row["pk"]: row for row in chunk}
    rows: dict[tuple[str, str], list[tuple[int, datetime]]] = defaultdict(list)
    for case, kind, due in _set_at_opening(chunk):
        row = cases.get(case)
        if row and row["type__code"] in pack.types:
            rows[row["type__code"], kind].append((case, due))
    for (code, kind), some in rows.items():
        fields = pack.types[code]
        trial.promises += len(some)
        if fields[kind]:
            laid = pack.laid(fields["calendar"], *span)
            _compare(pack, laid, (code, kind), some, cases, trial)


def _set_at_opening(chunk: list[dict[str, Any]]) -> list[tuple[int, str, datetime]]:
    """Of each case and promise the last that runs from the opening: sorting sets it anew."""
    opened = {row["pk"]: row["opened_at"] for row in chunk}
    rows = Deadline.objects.filter(
        case__gte=chunk[0]["pk"], case__lte=chunk[-1]["pk"], kind__in=(SOLVE, FIRST_CONTACT)
    ).order_by("pk")
    found = {
        (case, kind): due
        for case, kind, set_at, due, rule in rows.values_list(
            "case_id", "kind", "set_at", "due_at", "rule"
        )
        if opened.get(case) == set_at and rule.startswith(("type:", "sorted:"))
    }
    return [(case, kind, due) for (case, kind), due in found.items()]


def _compare(
    pack: TriedPack,
    laid: worktimes.LaidOut,
    key: tuple[str, str],
    some: list[tuple[int, datetime]],
    cases: dict[int, dict[str, Any]],
    trial: Trial,
) -> None:
    starts = [worktimes.instant_of(cases[case]["opened_at"]) for case, _ in some]
    fields = pack.types[key[0]]
    calendar = pack.calendars[fields["calendar"]]
    due = worktimes.deadlines(calendar, np.array(starts, np.int64), fields[key[1]], laid)
    for (case, was), instant in zip(some, due, strict=True):
        by = worktimes.moment_of(instant) - was
        if abs(by) >= SAME:
            trial.shifts.setdefault(key, Shift()).move(cases[case]["number"], by)
