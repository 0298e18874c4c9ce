"""Taking reports out of a case that are another matter: they get a case of their own."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import assets
from gongbi.cases.actions import receive
from gongbi.cases.actions.moving import move
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete, Refused
from gongbi.cases.events import CaseSplit
from gongbi.cases.intake import MACHINES, Understood, whole_city
from gongbi.cases.merging import family
from gongbi.cases.models import Case, Signal, Step
from gongbi.cases.once_on import ROUNDS, leave
from gongbi.cases.records import SignalIn
from gongbi.core.public import now, place, publish, unseal


@transaction.atomic
def split(
    case: Case,
    actor: Actor,
    *,
    signals: Collection[int],
    words: str = "",
    seen: int | None = None,
) -> Case:
    """Open a case for some of a case's reports; its promises run from when they were reported."""
    rows = list(family.signals_of(case).select_related("case"))
    chosen = [row for row in rows if row.pk in set(signals)]
    _check(case, rows, chosen)
    at = now()
    said = _said(chosen[0], case)
    fresh = receive.open_apart(said, case.type)
    move(case, "split", actor, at=at, seen=seen, words=words.strip(),
         why={"into": fresh.number, "signals": len(chosen)})  # fmt: skip
    for home in {row.case_id: row.case for row in chosen}.values():
        family.take_along([row.pk for row in chosen], home, fresh)
    family.take_along([row.pk for row in chosen], case, fresh)
    Signal.objects.filter(pk__in=[row.pk for row in chosen]).update(case=fresh, joined_why="")
    family.recount(case, fresh, *Case.objects.filter(merged_into=case))
    _write_down(fresh, case, actor, leave(case, *(row.case for row in chosen)))
    fact = CaseSplit(case=case.uuid, number=case.number, into=fresh.uuid, signals=len(chosen),
                     into_number=fresh.number)  # fmt: skip
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path,
            unit_path=case.unit_path)  # fmt: skip
    receive.tell_apart(said, fresh, chosen[0])
    return fresh


def _check(case: Case, rows: list[Signal], chosen: list[Signal]) -> None:
    if case.about_path:
        raise Refused(_("A complaint about a unit is not split; it is heard by itself."))
    if not chosen:
        raise Incomplete("signals", _("Please choose the reports that are another matter."))
    if len(chosen) == len(rows):
        raise Incomplete("signals", _("At least one report must stay with the case."))
    for home in {row.case_id: row.case for row in chosen}.values():
        own = [row for row in rows if row.case_id == home.pk]
        if home.pk != case.pk and len([r for r in chosen if r.case_id == home.pk]) == len(own):
            raise Incomplete(
                "signals",
                _("These are all the reports of case %(number)s: undo its merge instead.")
                % {"number": home.number},
            )
    if len([row for row in rows if row.case_id == case.pk and row not in chosen]) == 0:
        raise Incomplete("signals", _("At least one report must stay with the case."))


def _said(first: Signal, case: Case) -> Understood:
    """The first of the reports as it would have been understood, of the case's type."""
    where = place(first.place_id) if first.place_id else whole_city()
    said = SignalIn(
        source=first.source,
        reference=first.reference,
        words=unseal(first.words_id) or "",
        type=case.type.code if case.type else None,
        lon=first.lon,
        lat=first.lat,
        place=first.place_id,
        place_words="",
        at=first.at,
        language=first.language,
        level=first.level,
        why=first.why,
    )
    return Understood(
        said,
        case.type,
        where,
        where.path if where else "/",
        None,
        first.source not in MACHINES,
        assets.of_id(first.asset_id),
        first.asset_why,
    )


def _write_down(fresh: Case, case: Case, actor: Actor, rounds: dict[str, int]) -> None:
    Step.objects.create(
        case=fresh,
        verb="open",
        source=fresh.state,
        target=fresh.state,
        actor=str(actor),
        actor_unit=actor.unit,
        unit_id=fresh.suggested_unit_id,
        at=now(),
        why={"split_from": case.number, ROUNDS: rounds},
    )
