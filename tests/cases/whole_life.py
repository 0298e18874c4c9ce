"""A case with all its sides as one state: its own, its tasks', what is asked and not decided.

The model check walks it: whatever was called in, handed over, returned, parked or appealed, the
case can end. The rows are those of ``states.TABLE``; what a verb does to the tasks and what must
be true first is said here once more, small enough to be walked whole. A test plays the same walks
with the real actions and holds the two together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from gongbi.cases import states
from gongbi.cases.states import Edge

STARTED = states.RUNNING_TASK
NONE = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with a lead, one helper, one that comes after the helper, and an offered takeover."""

    case: str = states.OPEN
    lead: str = NONE
    helper: str = NONE  # "", offered, accepted, on_site, done, failed, returned, withdrawn
    later: str = NONE
    takeover: bool = False
    returned: int = 0
    bound: bool = False
    appeal: str = NONE  # "", assignment, verdict
    judged: bool = False  # opened again by a verdict that nobody has appealed
    asked: bool = False
    supervised: bool = False
    parked: bool = False
    filed: bool = True


def _with(here: Whole, **changes: Any) -> Whole:
    """The same state with some sides changed."""
    return replace(here, **changes)


Leaving = Iterator[tuple[str, Whole]]
Effect = Callable[[Whole, Edge], Iterator[Whole]]
FREED: dict[str, Any] = {"asked": False, "appeal": NONE, "takeover": False}
ENDED: dict[str, Any] = {**FREED, "supervised": False, "lead": NONE, "bound": False}


def leaving(*, ask_verdict: bool, file_first: bool = False) -> Callable[[Whole], Leaving]:
    """The moves out of a whole state of a type, as ``kernel.cases.life.explore`` asks for them."""
    rows: dict[str, list[Edge]] = {}
    for row in states.rows_of(ask_verdict=ask_verdict):
        rows.setdefault(row.source, []).append(row)

    def moves(here: Whole) -> Leaving:
        for row in rows.get(here.case, ()):
            effect = EFFECTS.get(row.verb, _stays)
            for there in effect(here, row):
                yield row.verb, settled(_with(there, case=row.target))

    def first(here: Whole) -> Leaving:
        for verb, there in moves(here):
            if file_first and verb == "dispatch" and not here.filed:
                continue
            yield verb, there

    return first


def is_end(here: Whole) -> bool:
    """Nothing is owed any more."""
    return here.case in states.ENDS


def settled(here: Whole) -> Whole:
    """What begins by itself: a planned task whose earlier one is done or called off."""
    if here.later == "planned" and here.helper in (NONE, "done", "withdrawn"):
        return _with(here, later="offered")
    return here


def _stays(here: Whole, row: Edge) -> Iterator[Whole]:
    yield here


def _file(here: Whole, row: Edge) -> Iterator[Whole]:
    if not here.filed:
        yield _with(here, filed=True)


def _dispatch(here: Whole, row: Edge) -> Iterator[Whole]:
    yield _with(here, **FREED, lead="offered", bound=False, judged=False, filed=True)


def _accept(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.takeover:
        yield _with(here, **FREED, lead="accepted", bound=False)
    yield from _each_task(here, ("offered",), "accepted")


def _arrive(here: Whole, row: Edge) -> Iterator[Whole]:
    yield from _each_task(here, ("offered", "accepted"), "on_site")


def _each_task(here: Whole, sources: tuple[str, ...], target: str) -> Iterator[Whole]:
    for name in ("lead", "helper", "later"):
        if getattr(here, name) in sources:
            yield _with(here, **{name: target})


def _return(here: Whole, row: Edge) -> Iterator[Whole]:
    if row.target == states.OPEN:
        if here.lead in STARTED and here.returned < states.MOST_RETURNS and not here.bound:
            yield _with(here, **FREED, lead=NONE, returned=here.returned + 1)
        return
    if here.takeover:
        yield _with(here, takeover=False)
    for name in ("helper", "later"):
        if getattr(here, name) in STARTED:
            yield _with(here, **{name: "returned"})


def _declare(here: Whole, row: Edge) -> Iterator[Whole]:
    if row.target == states.IN_HAND:
        for name in ("helper", "later"):
            if getattr(here, name) in STARTED:
                yield _with(here, **{name: "done"})
                yield _with(here, **{name: "failed"})
    elif here.lead in STARTED and not {here.helper, here.later} & {*states.LIVE_TASK}:
        yield _with(here, **ENDED)


def _call_in(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.helper in (NONE, "returned", "failed"):  # the first, or one in place of it
        yield _with(here, helper="offered")
    if here.later == NONE and here.helper in STARTED:
        yield _with(here, later="planned")


def _call_off(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.takeover:
        yield _with(here, takeover=False)
    for name in ("helper", "later"):
        if getattr(here, name) in states.LIVE_TASK:
            yield _with(here, **{name: "withdrawn"})


def _complain_of(here: Whole, row: Edge) -> Iterator[Whole]:
    if row.target == row.source:  # of a unit that does not lead
        yield here
    elif here.lead in STARTED:
        yield _with(here, **FREED, lead=NONE, bound=False)


def _transfer(here: Whole, row: Edge) -> Iterator[Whole]:
    if not here.takeover and not here.bound:
        yield _with(here, takeover=True)


def _extend(here: Whole, row: Edge) -> Iterator[Whole]:
    if not here.asked:
        yield _with(here, asked=True)


def _extension_decided(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.asked:
        yield _with(here, asked=False)


def _supervise(here: Whole, row: Edge) -> Iterator[Whole]:
    if not here.supervised:
        yield _with(here, supervised=True)


def _answer(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.supervised:
        yield _with(here, supervised=False)


def _appeal(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.appeal:
        return
    if here.case == states.IN_HAND and not here.bound:
        yield _with(here, appeal="assignment")
    elif here.case == states.OPEN and here.judged:
        yield _with(here, appeal="verdict", judged=False)


def _decide(here: Whole, row: Edge) -> Iterator[Whole]:
    if here.case == states.WAITING:
        if here.appeal:
            yield _with(here, appeal=NONE, bound=here.bound or here.appeal == "assignment")
    elif here.appeal == "assignment" and here.case == states.IN_HAND:
        yield _with(here, appeal=NONE, bound=True)
        yield _with(here, **FREED, lead="offered", bound=True)
    elif here.appeal == "verdict" and here.case == states.OPEN:
        if row.target == states.OPEN:
            yield _with(here, appeal=NONE)
        else:
            yield _with(here, **ENDED, helper=_ended(here.helper), later=_ended(here.later))


def _ended(task: str) -> str:
    return "withdrawn" if task in states.LIVE_TASK else task


def _park(here: Whole, row: Edge) -> Iterator[Whole]:
    yield _with(here, parked=True)


def _resume(here: Whole, row: Edge) -> Iterator[Whole]:
    if row.by == "system" and not here.parked:
        return
    if (row.target == states.IN_HAND) == (here.lead in STARTED):
        yield _with(here, parked=False)


def _not_solved(here: Whole, row: Edge) -> Iterator[Whole]:
    yield _with(here, judged=True)


def _over(here: Whole, row: Edge) -> Iterator[Whole]:
    tasks = {"helper": _ended(here.helper), "later": _ended(here.later)}
    yield _with(here, **ENDED, **tasks, parked=False, judged=False)


NOT_WALKED = frozenset({"unmerge", "split"})
"""Undoing a merge gives back a life that was reached before, and taking reports out leaves this
one as it is: neither leads anywhere new. Their own tests prove that."""


def _not_walked(here: Whole, row: Edge) -> Iterator[Whole]:
    return iter(())


EFFECTS: dict[str, Effect] = {
    **dict.fromkeys(NOT_WALKED, _not_walked),
    "file": _file,
    "dispatch": _dispatch,
    "accept": _accept,
    "arrive": _arrive,
    "return": _return,
    "declare": _declare,
    "call_in": _call_in,
    "call_off": _call_off,
    "complain_of": _complain_of,
    "transfer": _transfer,
    "extend": _extend,
    "grant": _extension_decided,
    "refuse": _extension_decided,
    "supervise": _supervise,
    "answer": _answer,
    "appeal": _appeal,
    "decide": _decide,
    "park": _park,
    "resume": _resume,
    "not_solved": _not_solved,
    "merge": _over,
    "cancel": _over,
}
