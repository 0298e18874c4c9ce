"""One gate a noun: the only way a view or an API obtains a row.

What a person may not see does not exist for them (404); what they see but may not do is refused
(403). A complaint about a unit is seen by those who hear complaints and by the unit it was sent
to; never by anybody of the unit complained of, or of one below it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from gongbi.cases import states
from gongbi.cases.checked_files import seen
from gongbi.cases.consequences import MARKS
from gongbi.cases.intake import whole_city
from gongbi.cases.models import (
    Appeal,
    Burst,
    Case,
    Child,
    Extension,
    Photo,
    Rehearsal,
    Signal,
    Supervision,
    Task,
)
from gongbi.core.public import (
    AssetRecord,
    Scope,
    UnitRecord,
    asset,
    assets_seen,
    no_nul,
    the_one,
    units_over,
    widest_units,
)

# A planned task is not yet the unit's business; one handed over is it no more.
OFF_THEIR_HANDS = ("planned", "returned", "withdrawn", "handed_over")
OF_A_TASK = frozenset({"cases.work", "cases.assign", "cases.return", "cases.note",
                       "cases.name_asset"})  # fmt: skip
NOTHING = Q(pk__in=())
INSTRUCT = "cases.instruct"
MOST_OFFICES = 60
TOLD_BY = {"handler": "cases.work", "unit": "cases.work", "lead": "cases.assign",
           "dispatcher": "cases.dispatch", "supervisor": "cases.supervise"}  # fmt: skip
"""By which verb somebody is one of those told; a referee finds their promises as appeals."""
NOBODY = str(UUID(int=0))
WIDE = 4  # strokes in the path of a subdistrict; what is above it has fewer


def visible_cases(
    scope: Scope | None, verb: str = "cases.see", within: str = "", *, by_time: bool = False
) -> "QuerySet[Case]":
    """Cases a person may see (or, for another verb, act on), of a place if one is said; None is
    the city itself. ``by_time``: the newest of them are wanted, not all.

    Nothing is asked twice: two spans of one column, or an "or" that is always true, keep a
    database from its index.
    """
    if scope is None:
        return Case.objects.filter(place_path__under=within) if within else Case.objects.all()
    reach = [*_of_places(scope, verb, within, by_time), *_of_units(scope, verb, within)]
    rows = Case.objects.filter(reduce(or_, reach) if reach else NOTHING)
    return rows.exclude(about_path__in=scope.standing_in())


def _of_places(scope: Scope, verb: str, within: str, by_time: bool) -> Iterator[Q]:
    """The places of place-wide posts, each with the complaints heard there."""
    heard = widest(scope.place_paths("cases.hear_complaint"))
    for path in widest(scope.place_paths(verb)):
        if not (path.startswith(within) or within.startswith(path)):
            continue
        here = max(path, within, key=len)
        spoken = [Q(about_path=""), *(Q(place_path__under=one) for one in heard)]
        all_heard = here.startswith(heard)
        wide = by_time and here.count("/") <= WIDE
        there = Q(place_path__under_wide=here) if wide else Q(place_path__under=here)
        yield there & (Q() if all_heard else reduce(or_, spoken))


def _of_units(scope: Scope, verb: str, within: str) -> Iterator[Q]:
    """What units of the person's have, or ended, a task of."""
    units = [Q(unit_path__under=path) for path in widest(scope.unit_paths(verb))]
    if units:
        tasks = Task.objects.filter(reduce(or_, units), case=OuterRef("pk"))
        own = Q(Exists(tasks.exclude(state__in=OFF_THEIR_HANDS)))
        yield own & Q(place_path__under=within) if within else own


def cases_to(scope: Scope, verb: str, *sources: str) -> "QuerySet[Case]":
    """Live cases on which a person may do what concerns the whole case, in some states: those of
    their places, and those that their units lead. A unit that leads has a task of it, so that
    they see it; to look for the task would read all that the unit has."""
    led = (Q(unit_path__under=path) for path in widest(scope.unit_paths(verb)))
    reach = [*_of_places(scope, verb, "", False), *led]
    rows = Case.objects.filter(reduce(or_, reach) if reach else NOTHING)
    rows = rows.exclude(about_path__in=scope.standing_in())
    return rows.filter(state__live_in=sources or states.LIVE)


def asked_of(scope: Scope, at: datetime) -> "dict[str, QuerySet[Any]]":
    """What waits for a person's word now: appeals, extensions, supervision, urged cases."""
    appeals = Appeal.objects.filter(
        Q(referee=scope.user_id) | Q(referee=None) | Q(due_at__lt=at), decided__blank=True
    )
    return {
        "appeals": _awaiting(appeals, scope, "decide"),
        "extensions": _awaiting(Extension.objects.filter(decided__blank=True), scope, "grant"),
        "answers": _awaiting(Supervision.objects.filter(answered__blank=True), scope, "answer"),
        "urged": cases_to(scope, "cases.work", states.IN_HAND).filter(urged__above=0),
    }


def _awaiting(rows: "QuerySet[Any]", scope: Scope, verb: str) -> "QuerySet[Any]":
    """Those whose case the person may answer by a verb, while it is in a state to be answered."""
    edges = [edge for edge in states.TABLE if edge.verb == verb]
    theirs = cases_to(scope, edges[0].needs, *(edge.source for edge in edges))
    return rows.filter(Exists(theirs.filter(pk=OuterRef("case"))))


def told_to(scope: Scope) -> "QuerySet[Case]":
    """Live cases with a promise that still runs and that a person was told of."""
    by_reach: dict[tuple[tuple[str, ...], ...], tuple[str, int]] = {}
    for who, verb in TOLD_BY.items():
        reach = scope.place_paths(verb), scope.unit_paths(verb)
        marks = by_reach.get(reach, (verb, 0))[1]
        by_reach[reach] = verb, marks | MARKS[who]
    found = [
        cases_to(scope, verb).filter(_told(scope, marks))
        for reach, (verb, marks) in by_reach.items()
        if any(reach)
    ]
    rows = reduce(or_, found) if found else Case.objects.filter(NOTHING)
    return rows.filter(told_whom__above=0, state__live_in=states.LIVE)


def _told(scope: Scope, marks: int) -> Q:
    """Told to a person as one of some; as the handler, only of what they have in hand."""
    if not marks & MARKS["handler"]:
        return Q(told_whom__marked=marks)
    handler = UUID(scope.user_id or NOBODY)
    in_hand = Task.objects.filter(state__in=states.RUNNING_TASK, handler_id=handler)
    has_one = Q(Exists(in_hand.filter(case=OuterRef("pk"))))
    theirs = Q(told_whom__marked=MARKS["handler"]) & has_one
    others = marks & ~MARKS["handler"]
    return theirs | Q(told_whom__marked=others) if others else theirs


def widest(paths: Iterable[str]) -> tuple[str, ...]:
    """Those that lie below none of the others, each once."""
    found: list[str] = []
    for path in sorted(set(paths)):
        if not path.startswith(tuple(found)):
            found.append(path)
    return tuple(found)


def public_cases() -> "QuerySet[Case]":
    """Cases anybody may see: of kinds that are public and that residents may choose themselves.

    Never a complaint, never what nobody has sorted yet.
    """
    return Case.objects.filter(type__public=True, type__visible=True, about_path="")


def a_number(said: str) -> str:
    """A case's number as it is stored; a NUL is in none, and PostgreSQL would not take it."""
    return no_nul(said.upper())


def may(scope: Scope, case: Case, verb: str) -> bool:
    """Whether a person who sees a case may do something that needs a permission.

    What concerns one task is open to whoever works in its unit; what concerns the case, to those
    of the unit that leads. A verdict is appealed by the unit it judges.
    """
    if scope.can(verb, place_path=case.place_path, unit_path=case.unit_path or None):
        return True
    if not scope.unit_paths(verb):
        return False
    if verb in OF_A_TASK:
        running = case.tasks.filter(state__in=states.RUNNING_TASK)
        paths = running.values_list("unit_path", flat=True)
        return any(scope.can(verb, unit_path=path) for path in paths)
    if verb == "cases.appeal" and case.state == states.OPEN:
        last = case.outcomes.select_related("unit").order_by("-pk").first()
        return bool(last and last.unit and scope.can(verb, unit_path=last.unit.path))
    return False


def access_case(scope: Scope, number: str, verb: str = "cases.see") -> Case:
    """The case of that number, for a person and what they want to do with it."""
    rows = visible_cases(scope).select_related(
        "type", "place", "unit", "suggested_unit", "route", "merged_into", "about_unit"
    )
    case = the_one(rows.defer("place__geometry").filter(number=a_number(number)))
    if case is None:
        raise Http404
    if verb != "cases.see" and not may(scope, case, verb):
        raise PermissionDenied
    return case


def access_reporter(scope: Scope, number: str) -> Case:
    """The case whose reporter a person wants to read: a place-wide right of its own."""
    case = access_case(scope, number)
    if not sees_reporters(scope, case):
        raise PermissionDenied
    return case


def sees_reporters(scope: Scope, case: Case) -> bool:
    """Whether the reporters of a case may be read: a right of its place, never of a unit."""
    return case.place_path.startswith(tuple(scope.place_paths("cases.see_reporter")))


def reporters_of(scope: Scope, case: Case) -> tuple[list[Case], int]:
    """The case and those merged into it whose reporters a person may read, and how many reporters
    there are besides: merging a case of another place opens nobody's name to this one."""
    merged = visible_cases(scope).filter(merged_into=case).order_by("pk")
    open_to = [case, *(one for one in merged if sees_reporters(scope, one))]
    every = Signal.objects.filter(case__in=case.with_merged(), from_person=True)
    return open_to, every.exclude(case__in=[one.pk for one in open_to]).count()


def access_task(scope: Scope, task_id: int, verb: str = "cases.work") -> Task:
    """A running task of a unit the person works for."""
    task = the_one(_tasks().filter(pk=task_id))
    if task is None or not visible_cases(scope).filter(pk=task.case_id).exists():
        raise Http404
    if not scope.can(verb, unit_path=task.unit_path):
        raise PermissionDenied
    return task


def visible_assets(scope: Scope, rows: Sequence[AssetRecord]) -> list[AssetRecord]:
    """Those a person sees in the register, and those that a case they see is about."""
    seen = {row.id for row in assets_seen(scope, rows)}
    rest = [row.id for row in rows if row.id not in seen]
    if rest:
        about = visible_cases(scope).filter(asset__in=rest).order_by()
        seen |= set(about.values_list("asset", flat=True))
    return [row for row in rows if row.id in seen]


def access_asset(scope: Scope, ref: str) -> AssetRecord:
    """The asset of KIND:CODE, standing or retired."""
    found = asset(ref)
    if found is None or not visible_assets(scope, [found]):
        raise Http404
    return found


def access_photo(scope: Scope, uuid: UUID, *, evidence: bool = False) -> Photo:
    """A picture on a case the person sees; its evidence copy needs a right of its own.

    One that waits to be looked at, or was put aside, does not exist for anybody.
    """
    photo = the_one(Photo.objects.select_related("case").filter(seen(), uuid=uuid))
    if photo is None or not visible_cases(scope).filter(pk=photo.case_id).exists():
        raise Http404
    if evidence and not may(scope, photo.case, "cases.see_evidence"):
        raise PermissionDenied
    return photo


def joinable_by(sender: str, number: str) -> bool:
    """Whether a report of another system may hang on a case, whose progress it then follows: one
    that anybody may see, or one that the system reported itself."""
    wanted = a_number(number)
    own = Signal.objects.filter(case=OuterRef("pk"), reference__startswith=f"{sender}:")
    rows = public_cases() | Case.objects.filter(Exists(own), about_path="")
    return rows.filter(number=wanted).exists()


def _tasks() -> "QuerySet[Task]":
    return Task.objects.select_related(
        "case__type", "case__merged_into", "case__unit", "case__suggested_unit", "unit"
    )


def doable(scope: Scope, case: Case) -> list[states.Edge]:
    """What the life cycle and the person's posts allow with a case now, each verb once."""
    found: dict[str, states.Edge] = {}
    for edge in states.edges_from(case.state):
        if edge.by == "person" and edge.verb not in found and may(scope, case, edge.needs):
            found[edge.verb] = edge
    return list(found.values())


def visible_bursts(scope: Scope) -> "QuerySet[Burst]":
    """Parent matters that touch a place a person sees cases of, or hold a case they see."""
    held = Child.objects.filter(off_at=None, case__in=visible_cases(scope).values("pk"))
    reach = Q(pk__in=held.values("burst"))
    for path in scope.place_paths("cases.see"):
        above = ["/" + "/".join(path.strip("/").split("/")[:n]) + "/" for n in range(1, 9)]
        reach |= Q(place_path__startswith=path) | Q(place_path__in=above)
    return Burst.objects.select_related("place").defer("place__geometry").filter(reach)


def access_burst(scope: Scope, uuid: UUID, verb: str = "cases.see") -> Burst:
    """A parent matter for a person and what they want to do with it."""
    burst = visible_bursts(scope).filter(uuid=uuid).first()
    if burst is None:
        raise Http404
    if not scope.can(verb, place_path=burst.place_path) and verb != "cases.see":
        raise PermissionDenied
    return burst


def rehearsing_place(scope: Scope) -> str:
    """On whose cases this person may try a pack: the widest place they hold the verb for."""
    paths = scope.place_paths("pack.try")
    if not paths:
        raise PermissionDenied
    return min(paths, key=len)


def visible_rehearsals(scope: Scope) -> "QuerySet[Rehearsal]":
    """Rehearsals on cases of a person's own places; PermissionDenied without the verb."""
    rehearsing_place(scope)
    within = NOTHING
    for path in scope.place_paths("pack.try"):
        within |= Q(place_path__startswith=path)
    return Rehearsal.objects.filter(within)


def access_rehearsal(scope: Scope, uuid: UUID, *, switch: bool = False) -> Rehearsal:
    """One of them; to put it in force needs the city's own right."""
    row = visible_rehearsals(scope).select_related("by").filter(uuid=uuid).first()
    if row is None:
        raise Http404
    if switch and not may_switch(scope):
        raise PermissionDenied
    return row


def may_switch(scope: Scope) -> bool:
    """Whether a person may put another pack in force: for the whole city or not at all."""
    root = whole_city()
    return root is not None and scope.can("pack.load", place_path=root.path)


def instructing_offices(scope: Scope) -> list[UnitRecord]:
    """Offices whose instructions a person may enter: above their places, there, and below.

    An instruction comes down: a district enters what the city's office told it, never what one
    district told another. What is done about it stays within the person's own places.
    """
    paths = sorted(scope.place_paths(INSTRUCT), key=len)
    over = (one for path in paths for one in units_over(path, MOST_OFFICES))
    own = (one for path in paths for one in widest_units(path, MOST_OFFICES))
    return list({one.code: one for one in (*over, *own)}.values())
