"""Cases at work that may be the same matter as a report or a case, with what says so.

Bounded on purpose: nine cells of the earth (or the quarter, where there is no point), four weeks,
cases at work; of these at most ``SHORTLIST`` are read, three reports each. Complaints are never
among them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from gongbi.cases import assets, joining, scorecards, states, types, wording
from gongbi.cases.access import visible_cases
from gongbi.cases.intake import type_in_force, understand
from gongbi.cases.models import Case, CaseType, Likely, Photo, Signal
from gongbi.cases.reading.asset_named import with_asset
from gongbi.cases.records import LikelyRecord, SignalIn
from gongbi.core.public import AssetRecord, Scope, held, holding, now, unseal_many
from gongbi.kernel.calendars import rough_hours
from gongbi.kernel.cases import alike
from gongbi.kernel.cases.alike import Likeness, Told
from gongbi.kernel.cases.alike_card import Card
from gongbi.kernel.cases.cells import cells_around
from gongbi.kernel.cases.suggest import Guess

WINDOW = timedelta(days=28)
MOST_NEAR = 600
READ_OF_A_CASE = 3
READ = ("case_id", "at", "lon", "lat", "words_id", "place_words_id")
SET_RIGHT = ("case__asset_why", "case__asset__kind")
SHOW, HINT = 0.3, 0.6
MOST_SHOWN, MOST_FOUND = 3, 5


@dataclass(frozen=True, slots=True)
class Found:
    """A case that may be the same matter, how surely, why, and by which weights."""

    case: Case
    likeness: Likeness
    metres: float | None
    scorecard: int


@dataclass(frozen=True, slots=True)
class _Near:
    """Cases near by as columns, before any of their words are read."""

    keys: list[int]
    types: list[int | None]
    kinds: dict[int, CaseType]


def likely_to_report(signal: SignalIn) -> list[LikelyRecord]:
    """What a reporter is asked *is it this one?* about: at most three, likeliest first.

    None where people may be in danger: nobody shall read a list before the call goes out. Only
    types whose cases are public. Raises SignalRefused as receiving it would.
    """
    said = with_asset(understand(signal, now()))
    guesses = types.guess_types(said.signal.words) if said.type is None else []
    code = types.sure(guesses)
    kind = said.type or (type_in_force(code) if code else None)
    new = told_of(said.signal, said.place_path, kind, guesses, said.asset)
    if new.people_in_danger:
        return []
    rows = Case.objects.filter(Q(type=None) | Q(type__public=True, type__visible=True))
    found = search(new, rows, now())
    shown = [one for one in found if one.likeness.chance >= SHOW and not one.likeness.careful]
    return [_record(one) for one in shown[:MOST_SHOWN]]


def likely_to_case(
    case: Case, scope: Scope | None, most: int = MOST_SHOWN, *, older: bool = False
) -> list[Found]:
    """Cases a person sees that may be the same matter as one, without those said to be another."""
    row = first_report(case)
    if row is None or case.about_path:
        return []
    new = told_of_signal(row, case.type)
    rows = visible_cases(scope).exclude(pk=case.pk).exclude(pk__in=_denied(case))
    if older:
        rows = rows.filter(pk__lt=case.pk)
    return search(new, rows, case.opened_at)[:most]


def _denied(case: Case) -> set[int]:
    rows = Likely.objects.filter(Q(case=case) | Q(other=case)).exclude(denied_at=None)
    return {pk for pair in rows.values_list("case", "other") for pk in pair} - {case.pk}


def told_of(
    signal: SignalIn,
    place_path: str,
    kind: CaseType | None,
    guesses: Sequence[Guess] = (),
    asset: AssetRecord | None = None,
) -> Told:
    """A report that is not stored yet, as it is compared."""
    return Told(
        at=signal.at.timestamp(),
        lon=signal.lon,
        lat=signal.lat,
        place=place_path,
        words=f"{signal.words} {signal.place_words}".strip(),
        asset=f"{asset.kind}:{asset.id}" if asset else "",
        guesses=() if kind else _with_groups(guesses),
        **_typed(kind),
    )


def search(new: Told, rows: "QuerySet[Case]", at: datetime) -> list[Found]:
    """Cases of ``rows`` at work that may be the same matter, likeliest first. Nine queries at
    most."""
    few = _shortlist(new, rows.filter(state__in=states.AT_WORK, about_path=""), at)
    if not few:
        return []
    with holding():  # the city's words are asked for once, not for each report
        told = _told(few)
    card = scorecards.in_force()
    best = dict(list(_ranked(new, told, card).items())[:MOST_FOUND])
    cases = Case.objects.select_related("type", "place", "unit").defer("place__geometry")
    chosen = cases.in_bulk(list(best))
    return [
        Found(chosen[pk], likeness, alike.metres_between(new, told[index][1]), card.number)
        for pk, (likeness, index) in best.items()
    ]


def compared(
    new: Told, rows: "QuerySet[Case]", at: datetime, card: Card, without: int
) -> dict[int, Likeness]:
    """As it was then: each case near by with how alike it was, by what had been said of it."""
    few = _shortlist(new, rows, at)
    if not few:
        return {}
    with holding():
        told = _told(few, Signal.objects.filter(at__lte=at).exclude(pk=without), apart=True)
    return {pk: likeness for pk, (likeness, _at) in _ranked(new, told, card).items()}


def _ranked(
    new: Told, told: list[tuple[int, Told]], card: Card
) -> dict[int, tuple[Likeness, int]]:
    """By case, likeliest first: its likeliest report, and where in the list that stands."""
    best: dict[int, tuple[Likeness, int]] = {}
    others = [one for _, one in told]
    for index, likeness in alike.rank(new, others, most=len(told), card=card):
        best.setdefault(told[index][0], (likeness, index))
    return best


def _shortlist(new: Told, rows: "QuerySet[Case]", at: datetime) -> dict[int, CaseType | None]:
    """The cases worth reading, with their types."""
    near = _around(new, rows, at)
    if near is None:
        return {}
    columns = list(
        near.order_by("-opened_at", "-pk").values_list("pk", "lon", "lat", "opened_at", "type_id")[
            :MOST_NEAR
        ]
    )
    kinds = CaseType.objects.in_bulk({row[4] for row in columns if row[4]})
    codes = [kinds[row[4]].code if row[4] else "" for row in columns]
    chosen = alike.shortlist(
        new,
        np.array([row[1] for row in columns], dtype=np.float64),
        np.array([row[2] for row in columns], dtype=np.float64),
        np.array([row[3].timestamp() for row in columns], dtype=np.float64),
        np.array([bool(new.type) and code == new.type for code in codes], dtype=bool),
    )
    return {columns[at][0]: kinds.get(columns[at][4]) for at in chosen}


def _around(new: Told, rows: "QuerySet[Case]", at: datetime) -> "QuerySet[Case] | None":
    """Cases of the last weeks in the nine cells or in the quarter; None: neither is known."""
    rows = rows.filter(opened_at__gte=at - WINDOW)
    if new.group:
        rows = rows.filter(Q(type=None) | Q(type__group=new.group))
    quarter = new.place.strip("/").count("/") + 1 >= alike.LEAST_DEPTH
    if new.lon is not None and new.lat is not None:
        here = Q(cell__in=cells_around(new.lon, new.lat))
        return rows.filter(here | Q(cell=None, place_path=new.place) if quarter else here)
    return rows.filter(place_path=new.place) if quarter else None


def _told(
    few: dict[int, CaseType | None],
    reports: "QuerySet[Signal] | None" = None,
    *,
    apart: bool = False,
) -> list[tuple[int, Told]]:
    """The first and the latest reports of each case, opened, as they are compared; ``apart``:
    without those of cases merged into it."""
    # Two plain look-ups by index: one look-up with *or* over both would read every report.
    children = Case.objects.none() if apart else Case.objects.filter(merged_into__in=few)
    merged = dict(children.values_list("pk", "merged_into"))
    signals: dict[int, list[Signal]] = {}
    set_right: dict[int, str] = {}
    rows = Signal.objects.all() if reports is None else reports
    rows = rows.filter(case__in=[*few, *merged])
    rows = rows.select_related("place", "asset", "case__asset")
    for row in rows.only(*READ, "place__path", "asset__kind", *SET_RIGHT).order_by("pk"):
        signals.setdefault(merged.get(row.case_id) or row.case_id, []).append(row)
        if assets.is_by_officer(row.case.asset_why):
            set_right[row.case_id] = _asset(row.case)
    read = {pk: [*own[:1], *own[1:][-READ_OF_A_CASE + 1 :]] for pk, own in signals.items()}
    opened = unseal_many(pk for own in read.values() for row in own for pk in _sealed(row))
    pictures = _pictures([row for own in read.values() for row in own])
    return [
        (pk, _told_of_row(row, few[pk], opened, pictures.get(row.pk, []), set_right.get(pk)))
        for pk, own in read.items()
        for row in own
    ]


def _told_of_row(
    row: Signal,
    kind: CaseType | None,
    opened: dict[int, str],
    pictures: "list[Photo]",
    set_right: str | None = None,
) -> Told:
    """A stored report as it is compared; the asset an officer said goes before its own."""
    words = " ".join(opened.get(pk, "") for pk in _sealed(row) if pk).strip()
    return Told(
        at=row.at.timestamp(),
        lon=row.lon,
        lat=row.lat,
        place=row.place.path if row.place else "",
        words=words,
        asset=_asset(row) if set_right is None else set_right,
        guesses=() if kind else _with_groups(types.guess_types(words)),
        prints=tuple(one.likeness for one in pictures if one.likeness is not None),
        photos=frozenset(one.digest for one in pictures),
        **_typed(kind),
    )


def _asset(row: Signal | Case) -> str:
    return f"{row.asset.kind_id}:{row.asset_id}" if row.asset else ""


def _with_groups(guesses: Sequence[Guess]) -> tuple[tuple[str, str, float], ...]:
    groups = _groups() if guesses else {}
    return tuple((one.type, groups.get(one.type, ""), one.score) for one in guesses)


@held
def _groups() -> dict[str, str]:
    return dict(CaseType.objects.filter(in_force=True).values_list("code", "group"))


def first_report(case: Case) -> Signal | None:
    """The first report of a case, people's before machines'; None when it has none."""
    rows = case.signals.select_related("place", "asset").defer("place__geometry")
    return rows.order_by("-from_person", "pk").first()


def told_of_signal(row: Signal, kind: CaseType | None) -> Told:
    """A report that is stored, as it is compared."""
    opened, pictures = unseal_many(_sealed(row)), _pictures([row]).get(row.pk, [])
    case = row.case
    set_right = _asset(case) if assets.is_by_officer(case.asset_why) else None
    return _told_of_row(row, kind, opened, pictures, set_right)


def _sealed(row: Signal) -> tuple[int | None, int | None]:
    return row.words_id, row.place_words_id


def _pictures(rows: Iterable[Signal]) -> "dict[int, list[Photo]]":
    found: dict[int, list[Photo]] = {}
    shown = Photo.objects.filter(signal__in=[row.pk for row in rows], removed_at=None)
    for one in shown.only("signal_id", "likeness", "digest"):
        found.setdefault(one.signal_id or 0, []).append(one)
    return found


def _typed(kind: CaseType | None) -> dict[str, Any]:
    if kind is None:
        return {}
    return {
        "type": kind.code,
        "group": kind.group,
        "spreads": kind.join == "around",
        "promised": rough_hours(kind.solve),
        "danger": joining.means_danger(kind),
    }


def _record(found: Found) -> LikelyRecord:
    case, metres = found.case, found.metres
    return LikelyRecord(
        number=case.number,
        type_name=case.type.name if case.type else "",
        place_name=case.place.name if case.place else "",
        metres=None if metres is None else max(50, round(metres / 50) * 50),
        state_name=wording.state(case.state),
        opened_at=case.opened_at,
        reports=case.signals_count,
        chance=round(found.likeness.chance, 3),
    )
