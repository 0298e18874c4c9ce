"""The life cycle as a table: from, to, verb, who may, what must be filled in, what follows.

The spine is small on purpose; a type adds stages as data, not states here. A move that a person
makes names the permission it needs; one without is made by the system's clock or the reporter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gongbi.kernel.cases.life import Move

OPEN = "open"
IN_HAND = "in_hand"
WAITING = "waiting"
ANSWERED = "answered"
CLOSED = "closed"
MERGED = "merged"
CANCELLED = "cancelled"
STATES = (OPEN, IN_HAND, WAITING, ANSWERED, CLOSED, MERGED, CANCELLED)
ENDS = frozenset({CLOSED, MERGED, CANCELLED})
LIVE = tuple(state for state in STATES if state not in ENDS)

RETURN_REASONS = ("not_ours", "wrong_place", "needs_other_unit", "cannot_reach", "other")
CANCEL_REASONS = ("not_a_matter", "withdrawn", "test", "other")
WAIT_REASONS = ("resident", "third_party", "works", "weather")
DECLARED = ("done", "not_possible")
SAID = ("solved", "not_solved", "unanswered")
RUNNING_TASK = ("offered", "accepted", "on_site")


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of the table.

    Parameters
    ----------
    verb, source, target
        What is done, from which state, to which.
    needs
        The permission of a person who does it; empty: no person, see ``by``.
    by
        Who does it: person (officials and applications acting for them), reporter, system.
    asks
        What must be filled in.
    follows
        What happens with it, in order.
    when
        ``asked`` where a resident will be asked for a verdict, ``unasked`` where nobody is
        there to ask; empty: always.
    """

    verb: str
    source: str
    target: str
    needs: str
    by: str
    asks: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    when: str = ""


def _each(sources: tuple[str, ...], verb: str, target: str, *rest: object) -> Iterator[Edge]:
    for source in sources:
        yield Edge(verb, source, target or source, *rest)  # type: ignore[arg-type]  # a row


# fmt: off
TABLE: tuple[Edge, ...] = (
    Edge("sort", OPEN, OPEN, "cases.dispatch", "person", ("type",), ("route", "promise")),
    *_each((OPEN, IN_HAND), "dispatch", IN_HAND, "cases.dispatch", "person", ("unit",),
           ("offer task", "withdraw other tasks")),
    Edge("assign", IN_HAND, IN_HAND, "cases.assign", "person", ("handler",)),
    Edge("accept", IN_HAND, IN_HAND, "cases.work", "person", (), ("meet first contact",)),
    Edge("arrive", IN_HAND, IN_HAND, "cases.work", "person", (), ("meet first contact",)),
    Edge("return", IN_HAND, OPEN, "cases.return", "person", ("reason", "words"),
         ("end task", "count return")),
    Edge("declare", IN_HAND, ANSWERED, "cases.work", "person", ("declared", "words", "photo"),
         ("end task", "meet promises", "ask the resident"), "asked"),
    Edge("declare", IN_HAND, CLOSED, "cases.work", "person", ("declared", "words", "photo"),
         ("end task", "meet promises"), "unasked"),
    Edge("urge", IN_HAND, IN_HAND, "cases.urge", "person", ("words",), ("count urge",)),
    *_each((OPEN, IN_HAND), "wait", WAITING, "cases.wait", "person", ("reason", "words"),
           ("pause promises",)),
    Edge("resume", WAITING, IN_HAND, "cases.wait", "person", (), ("run promises again",)),
    Edge("resume", WAITING, OPEN, "cases.wait", "person", (), ("run promises again",)),
    Edge("resume", WAITING, IN_HAND, "", "reporter", ("words",), ("run promises again",)),
    Edge("resume", WAITING, OPEN, "", "reporter", ("words",), ("run promises again",)),
    Edge("ask", ANSWERED, ANSWERED, "", "system", (), ("start the time to answer",), "asked"),
    Edge("solved", ANSWERED, CLOSED, "", "reporter", (), (), "asked"),
    Edge("not_solved", ANSWERED, OPEN, "", "reporter", (), ("promise anew",), "asked"),
    Edge("solved", ANSWERED, CLOSED, "cases.verify", "person", ("words",), (), "asked"),
    Edge("not_solved", ANSWERED, OPEN, "cases.verify", "person", ("words",), ("promise anew",),
         "asked"),
    Edge("unanswered", ANSWERED, CLOSED, "", "system", (), (), "asked"),
    Edge("not_solved", CLOSED, OPEN, "", "reporter", (), ("promise anew",), "asked"),
    *_each((OPEN, IN_HAND, WAITING), "merge", MERGED, "cases.merge", "person", ("into",),
           ("end task", "drop promises", "reporters follow the other case")),
    *(Edge("unmerge", MERGED, target, "cases.merge", "person", (),
           ("give tasks and promises back", "reporters follow it again"))
      for target in (OPEN, IN_HAND, WAITING)),
    *_each((OPEN, IN_HAND, WAITING), "split", "", "cases.merge", "person", ("signals",),
           ("open a case for them",)),
    *_each((OPEN, IN_HAND, WAITING), "cancel", CANCELLED, "cases.cancel", "person",
           ("reason", "words"), ("end task", "drop promises")),
)
# fmt: on


def edges_from(state: str) -> list[Edge]:
    """What can be done with a case in that state."""
    return [edge for edge in TABLE if edge.source == state]


def edge(verb: str, source: str, target: str = "") -> Edge | None:
    """The row for a verb in a state (and to a target, where the verb has several)."""
    rows = (row for row in TABLE if row.verb == verb and row.source == source)
    return next((row for row in rows if not target or row.target == target), None)


def states_of(*, ask_verdict: bool) -> tuple[str, ...]:
    """States a case of a type can be in: nobody waits for a verdict that is not asked for."""
    return tuple(state for state in STATES if ask_verdict or state != ANSWERED)


def moves_of(*, ask_verdict: bool) -> list[Move]:
    """The life cycle of a type, for the model check; alerts of an asking type ask nobody."""
    kinds = {"", "asked", "unasked"} if ask_verdict else {"", "unasked"}
    return [Move(row.verb, row.source, row.target) for row in TABLE if row.when in kinds]
