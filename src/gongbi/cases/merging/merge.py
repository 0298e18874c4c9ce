"""Saying that a case is the same matter as another, and taking it back."""

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.dispatch import end_tasks
from gongbi.cases.actions.lapsing import lapse
from gongbi.cases.actions.moving import move, overtaken, write_down
from gongbi.cases.actions.overtaking import is_instructed, write_overtaken_at_work
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused
from gongbi.cases.events import CaseMerged, CaseUnmerged
from gongbi.cases.merging import family, snapshots
from gongbi.cases.merging.hints import keep_apart
from gongbi.cases.models import Case, Merge, Signal
from gongbi.cases.once_on import ROUNDS, leave
from gongbi.core.public import Fact, now, publish


@transaction.atomic
def merge(
    case: Case, actor: Actor, *, into: Case, words: str = "", seen: int | None = None
) -> Case:
    """Say that a case is the same matter as another: all its reporters follow that one."""
    held = family.lock(case, into)
    _check(held[case.pk], held[into.pk])
    into.state = held[into.pk].state
    at, before, instructed = now(), snapshots.take(case), is_instructed(case)
    move(
        case,
        "merge",
        actor,
        at=at,
        seen=seen,
        why={"into": into.number},
        words=words.strip(),
        merged_into=into,
        closed_at=at,
    )
    end_tasks(case, at, "withdrawn")
    lapse(case, at)
    promises.drop(case, at)
    kept = snapshots.changed(before, snapshots.take(case))
    Merge.objects.create(case=case, into=into, at=at, actor=str(actor), before=kept)
    Case.objects.filter(merged_into=case).update(merged_into=into)
    family.recount(into)
    write_down(into, "join", actor, at, why={"merged": case.number})
    if instructed:
        write_overtaken_at_work(into, actor, at)
    fact = CaseMerged(case=case.uuid, number=case.number, into=into.uuid, into_number=into.number)
    _tell(fact, case, actor)
    return into


def _check(case: Case, into: Case) -> None:
    if into.pk == case.pk:
        raise Refused(_("A case cannot be merged into itself; give another number."))
    if into.state not in states.AT_WORK:
        raise Refused(
            _("Case %(number)s is over or awaits a verdict; merge into one still at work.")
            % {"number": into.number}
        )
    if case.priority <= states.URGENT < into.priority:
        # A merged case owes nothing any more: its urgency would be gone without a word.
        raise Refused(
            _("%(case)s is urgent and %(into)s is not: merge %(into)s into it, or say first that "
              "%(into)s is urgent.")
            % {"case": case.number, "into": into.number}
        )  # fmt: skip
    if case.about_path or into.about_path:
        # Merging would show a complaint to those who see the other case.
        raise Refused(_("A complaint about a unit is not merged; it is heard by itself."))


@transaction.atomic
def unmerge(case: Case, actor: Actor, *, words: str = "", seen: int | None = None) -> Case:
    """Take a merge back: the case stands as if it had never been merged.

    Its state, tasks and promises are those it had, with the days they were due; its clock has not
    stopped, because the mistake was the city's. What its reporters added meanwhile comes along;
    what was done on the other case stays there. The pair is not proposed again.
    """
    standing = Merge.objects.filter(case=case, undone_at=None).first()
    if standing is None or case.merged_into is None:
        raise Refused(_("No merge of this case can be undone; split its reports out instead."))
    held = family.lock(case, case.merged_into)
    root = held[case.merged_into.pk]
    if held[case.pk].merged_into_id != root.pk:
        raise overtaken(case)  # what it was merged into was merged further a moment ago
    at, kept = now(), standing.before
    was = kept["case"][str(case.pk)]["state"]
    changes = snapshots.of_case(kept, case) | {"merged_into": None}
    move(case, "unmerge", actor, at=at, to=was, seen=seen, words=words.strip(),
         why={"from": root.number, "merged_at": standing.at.isoformat(), ROUNDS: leave(root)},
         **changes)  # fmt: skip
    snapshots.put_back(kept)
    standing.undone_at, standing.undone_by = at, str(actor)
    standing.save(update_fields=["undone_at", "undone_by"])
    _bring_home(case, root)
    promises.keep_nearest(case)
    keep_apart(case, standing.into, actor)
    write_down(root, "unjoin", actor, at, why={"merged": case.number})
    fact = CaseUnmerged(case=case.uuid, number=case.number, out_of=root.uuid,
                        out_of_number=root.number)  # fmt: skip
    _tell(fact, case, actor)
    return case


def _bring_home(case: Case, root: Case) -> None:
    """Those merged into the case follow it again, and what their reporters added since."""
    own = family.below(case)
    Case.objects.filter(pk__in=own - {case.pk}).update(merged_into=case)
    family.take_along(Signal.objects.filter(case__in=own).values_list("pk", flat=True), root, case)
    family.recount(case, root)


def _tell(fact: Fact, case: Case, actor: Actor) -> None:
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor=str(actor),
        place_path=case.place_path,
        unit_path=case.unit_path,
    )
