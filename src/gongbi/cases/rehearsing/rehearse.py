"""Running a tried pack over recorded cases, thousands at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import QuerySet

from gongbi.cases import assets, questions
from gongbi.cases.models import Case, Deadline, Signal
from gongbi.cases.promises import FIRST_CONTACT, SOLVE
from gongbi.cases.rehearsing.trial import Moved, Shift, Trial
from gongbi.cases.rehearsing.trying import Recorded, Tried, TriedPack
from gongbi.cases.routes import facts_of
from gongbi.core.public import modes_then
from gongbi.kernel import worktimes
from gongbi.kernel.modes import Span, mode_at

CHUNK = 4000
LOOK_AHEAD = timedelta(days=120)  # most promises end within it; longer ones are laid out anew
SAME = timedelta(seconds=1)
Done = Callable[[int], None]
Chunk = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case that would have gone elsewhere."""

    case: int
    was: str
    tried: Tried


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
    for chunk in _chunks(since, until, place_path):
        try_chunk(pack, chunk, (since, until), trial)
        done(len(chunk))
    return trial


def try_chunk(
    pack: TriedPack, chunk: Chunk, span: tuple[datetime, datetime], trial: Trial
) -> list[Elsewhere]:
    """Count some cases into the trial; those that would have gone elsewhere."""
    since, until = span
    moved = _try_routes(pack, chunk, trial)
    days = (since - timedelta(days=2)).date(), (until + LOOK_AHEAD).date()
    _try_promises(pack, chunk, days, trial)
    trial.cases += len(chunk)
    trial.asks_load = pack.asks_load
    return moved


def next_chunk(
    since: datetime, until: datetime, place_path: str, last: int, most: int = CHUNK
) -> Chunk:
    """The cases after one, by primary key: a long run sees each once while others are opened."""
    wanted = (
        _recorded(since, until, place_path)
        .order_by("pk")
        .values(
            *("pk", "number", "type__code", "place_path", "about_path", "source", "level"),
            *("opened_at", "suggested_unit_id", "asset_id"),
        )
    )
    return list(wanted.filter(pk__gt=last)[:most])


def _chunks(since: datetime, until: datetime, place_path: str) -> Iterator[Chunk]:
    last = 0
    while chunk := next_chunk(since, until, place_path, last):
        yield chunk
        last = chunk[-1]["pk"]


def _try_routes(pack: TriedPack, chunk: Chunk, trial: Trial) -> list[Elsewhere]:
    moved = []
    facts = _facts(chunk) if pack.asks_facts else {}
    modes = _modes(chunk) if pack.asks_mode else None
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
                _mode(modes, row),
            )
        )
        was = row["suggested_unit_id"] or ""
        trial.before[was] += 1
        trial.after[tried.unit] += 1
        if tried.unit != was:
            _note(pack, trial, (was, tried.unit, tried.rule), row["number"])
            moved.append(Elsewhere(row["pk"], was, tried))
    return moved


def _note(pack: TriedPack, trial: Trial, key: tuple[str, str, str], number: str) -> None:
    trial.elsewhere.setdefault(key, Moved()).add(number)
    rule = key[2]
    if rule and rule not in trial.reasons:
        trial.reasons[rule] = list(pack.reason(rule))


def _modes(chunk: Chunk) -> list[Span]:
    """Every mode that some place was in while these cases were opened."""
    opened = [row["opened_at"] for row in chunk]
    return modes_then(min(opened), max(opened))


def _mode(modes: list[Span] | None, row: dict[str, Any]) -> str | None:
    """The mode of a case's place as it was when the case was opened."""
    if modes is None or not row["place_path"].strip("/"):
        return None
    return mode_at(modes, row["place_path"], row["opened_at"])


def _facts(chunk: Chunk) -> dict[int, dict[str, str]]:
    """What the first signal of each case told, and what any of its reports answered."""
    first, last = chunk[0]["pk"], chunk[-1]["pk"]
    rows = Signal.objects.filter(case__gte=first, case__lte=last).order_by("-pk")
    named = {row["pk"]: row["asset_id"] for row in chunk}
    known = assets.of_cases(named.values())
    code_of = {row["pk"]: row["type__code"] or "" for row in chunk}
    first_told: dict[int, dict[str, Any]] = {}
    answers: dict[int, dict[str, Any]] = {}
    for case, why in rows.values_list("case_id", "why"):  # the newest first: the oldest stays
        first_told[case] = why
        told = questions.of_signal(why, code_of.get(case, ""))
        answers[case] = answers.get(case, {}) | told
    return {
        case: facts_of(
            {**why, questions.KEPT: {code_of.get(case, ""): answers[case]}}
            | assets.facts_of(known.get(named.get(case))),
            code_of.get(case, ""),
        )
        for case, why in first_told.items()
    }


def _try_promises(pack: TriedPack, chunk: Chunk, span: tuple[date, date], trial: Trial) -> None:
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


def _set_at_opening(chunk: Chunk) -> list[tuple[int, str, datetime]]:
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
