"""The life cycle as a table: from, to, verb, who may, what must be filled in, what follows.

The spine is small on purpose; a type adds stages as data, not states here. A move that a person
makes names the permission it needs; one without is made by the system's clock or the reporter.
What a verb costs on the clock and who is told stand in ``gongbi.cases.consequences``, beside the
life of a task.
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
OVER = tuple(state for state in STATES if state in ENDS)
AT_WORK = (OPEN, IN_HAND, WAITING)

RETURN_REASONS = ("not_ours", "wrong_place", "needs_other_unit", "cannot_reach", "other")
CANCEL_REASONS = ("not_a_matter", "withdrawn", "test", "other")
RESIDENT = "resident"  # what a case waits for: its reporter must answer
WAIT_REASONS = (RESIDENT, "third_party", "works", "weather")
PARK_REASONS = ("no_budget", "no_owner", "planned_works", "law", "other")
EXTEND_REASONS = ("works", "third_party", "weather", "more_found", "procedure", "other")
TRANSFER_REASONS = ("wrong_place", "needs_other_unit", "agreed", "other")
REOPEN_REASONS = ("not_done", "came_back", "new_facts", "wrongly_ended", "other")
DECLARED = ("done", "not_possible")
SAID = ("solved", "not_solved", "unanswered")
RUNNING_TASK = ("offered", "accepted", "on_site")
LIVE_TASK = ("planned", *RUNNING_TASK)
INSTRUCTION = "instruction"  # the source of a case that a leader's word opened
PATROL = "patrol"  # what an officer found
# Nobody is asked whether what these said is solved: the verdict is a resident's.
OF_OFFICERS = frozenset({INSTRUCTION, PATROL})
URGENT = 1  # the first urgency
# Steps that move nothing: an instruction was entered, went before what is more urgent, and what
# is more urgent waited meanwhile.
INSTRUCT, WENT_BEFORE, OVERTAKEN = "instruct", "went_before", "overtaken"
MOST_RETURNS = 2  # after that a referee names the unit, so that it is never no one's case


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
        Conditions, separated by commas. ``asked`` where a resident will be asked for a verdict,
        ``unasked`` where nobody is there to ask; the others are explained in docs/parts/cases.md;
        empty: always.
    """

    verb: str
    source: str
    target: str
    needs: str
    by: str
    asks: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    when: str = ""

    @property
    def conditions(self) -> frozenset[str]:
        """What must be true for this row, each a phrase of its own."""
        return frozenset(filter(None, self.when.split(", ")))


def _each(sources: tuple[str, ...], verb: str, target: str, *rest: object) -> Iterator[Edge]:
    for source in sources:
        yield Edge(verb, source, target or source, *rest)  # type: ignore[arg-type]  # a row


# fmt: off
TABLE: tuple[Edge, ...] = (
    Edge("sort", OPEN, OPEN, "cases.dispatch", "person", ("type",), ("route", "promise")),
    *_each((OPEN, IN_HAND), "weigh", "", "cases.dispatch", "person", ("priority", "words"),
           ("urgency as said",)),
    *_each(AT_WORK, "name_asset", "", "cases.name_asset", "person", ("asset", "words"),
           ("look anew for the same matter",)),
    *_each((OPEN, IN_HAND), "complain_of", "", "cases.name_complaint", "person",
           ("unit", "words"), ("route anew", "withdraw tasks of the unit complained of")),
    Edge("complain_of", IN_HAND, OPEN, "cases.name_complaint", "person", ("unit", "words"),
         ("route anew", "withdraw tasks of the unit complained of"),
         "the unit complained of leads"),
    Edge("file", OPEN, OPEN, "cases.dispatch", "person", (),
         ("send at once where the route says",), "not filed"),
    *_each((OPEN, IN_HAND), "dispatch", IN_HAND, "cases.dispatch", "person", ("unit",),
           ("file", "offer task", "withdraw the lead's task"), "filed where the type asks it"),
    Edge("assign", IN_HAND, IN_HAND, "cases.assign", "person", ("handler",)),
    Edge("accept", IN_HAND, IN_HAND, "cases.work", "person", (),
         ("meet first contact", "take the lead where it was handed over")),
    Edge("arrive", IN_HAND, IN_HAND, "cases.work", "person", (),
         ("meet first contact and on site",)),
    Edge("stage", IN_HAND, IN_HAND, "cases.work", "person", ("stage",), ("show progress",),
         "the type has stages"),
    Edge("return", IN_HAND, OPEN, "cases.return", "person", ("reason", "words"),
         ("end task", "count return"), "lead, fewer than two returns, not bound"),
    Edge("return", IN_HAND, IN_HAND, "cases.return", "person", ("reason", "words"),
         ("end task",), "helping, not bound"),
    Edge("declare", IN_HAND, ANSWERED, "cases.work", "person", ("declared", "words", "photo"),
         ("end task", "meet promises", "ask the resident"), "lead, helpers ended, asked"),
    Edge("declare", IN_HAND, CLOSED, "cases.work", "person", ("declared", "words", "photo"),
         ("end task", "meet promises"), "lead, helpers ended, unasked"),
    Edge("declare", IN_HAND, IN_HAND, "cases.work", "person", ("declared", "words"),
         ("end task", "start what came after it"), "helping"),
    Edge("call_in", IN_HAND, IN_HAND, "cases.joint", "person", ("unit", "words"),
         ("offer task, or plan it after others",)),
    Edge("call_off", IN_HAND, IN_HAND, "cases.joint", "person", ("task", "words"),
         ("withdraw task", "start what came after it"), "a helping task runs"),
    Edge("transfer", IN_HAND, IN_HAND, "cases.transfer", "person", ("unit", "reason", "words"),
         ("offer the lead to the other unit",), "lead, none offered yet"),
    Edge("extend", IN_HAND, IN_HAND, "cases.extend", "person", ("more", "reason", "words"),
         ("ask the supervisor",), "lead, solve runs, none asked"),
    Edge("grant", IN_HAND, IN_HAND, "cases.grant", "person", (), ("promise anew",),
         "an extension is asked"),
    Edge("refuse", IN_HAND, IN_HAND, "cases.grant", "person", ("words",), (),
         "an extension is asked"),
    Edge("urge", IN_HAND, IN_HAND, "cases.urge", "person", ("words",), ("count urge",)),
    *_each((OPEN, IN_HAND), "supervise", "", "cases.supervise", "person", ("within", "words"),
           ("promise an answer",), "not yet supervised"),
    *_each(AT_WORK, "answer", "", "cases.answer", "person", ("words",),
           ("meet the answer",), "supervised"),
    Edge("appeal", IN_HAND, IN_HAND, "cases.appeal", "person", ("words",),
         ("name a referee", "promise a decision"), "lead, not bound, no appeal runs"),
    Edge("appeal", OPEN, OPEN, "cases.appeal", "person", ("words",),
         ("name a referee", "promise a decision"), "reopened by a verdict, no appeal runs"),
    Edge("decide", IN_HAND, IN_HAND, "cases.referee", "person", ("decided", "unit", "words"),
         ("bind the unit named",), "an appeal runs"),
    Edge("decide", OPEN, OPEN, "cases.referee", "person", ("decided", "words"), (),
         "an appeal runs"),
    Edge("decide", OPEN, CLOSED, "cases.referee", "person", ("decided", "words"),
         ("drop promises",), "an appeal runs"),
    Edge("decide", WAITING, WAITING, "cases.referee", "person", ("decided", "words"), (),
         "an appeal runs, it moves nothing"),
    *_each((OPEN, IN_HAND), "wait", WAITING, "cases.wait", "person", ("reason", "words"),
           ("pause promises", "promise an end of waiting")),
    *_each((OPEN, IN_HAND), "park", WAITING, "cases.park", "person",
           ("reason", "until", "words"), ("pause promises", "promise a review")),
    Edge("resume", WAITING, IN_HAND, "cases.wait", "person", (), ("run promises again",)),
    Edge("resume", WAITING, OPEN, "cases.wait", "person", (), ("run promises again",)),
    Edge("resume", WAITING, IN_HAND, "", "reporter", ("words",), ("run promises again",)),
    Edge("resume", WAITING, OPEN, "", "reporter", ("words",), ("run promises again",)),
    Edge("resume", WAITING, IN_HAND, "", "system", (), ("run promises again",), "review is due"),
    Edge("resume", WAITING, OPEN, "", "system", (), ("run promises again",), "review is due"),
    Edge("ask", ANSWERED, ANSWERED, "", "system", (), ("start the time to answer",), "asked"),
    Edge("solved", ANSWERED, CLOSED, "", "reporter", (), (), "asked"),
    Edge("not_solved", ANSWERED, OPEN, "", "reporter", (), ("promise anew",), "asked"),
    Edge("solved", ANSWERED, CLOSED, "cases.verify", "person", ("words",), (), "asked"),
    Edge("not_solved", ANSWERED, OPEN, "cases.verify", "person", ("words",), ("promise anew",),
         "asked"),
    Edge("unanswered", ANSWERED, CLOSED, "", "system", (), (), "asked"),
    Edge("not_solved", CLOSED, OPEN, "", "reporter", (), ("promise anew",), "asked"),
    Edge("ask_again", CANCELLED, OPEN, "", "reporter", ("words",), ("promise anew",),
         "not asked again before"),
    *_each((CLOSED, CANCELLED), "reopen", OPEN, "cases.reopen", "person", ("reason", "words"),
           ("promise anew",)),
    *_each((OPEN, IN_HAND, WAITING), "merge", MERGED, "cases.merge", "person", ("into",),
           ("end tasks", "drop promises", "reporters follow the other case")),
    *(Edge("unmerge", MERGED, target, "cases.merge", "person", (),
           ("give tasks and promises back", "reporters follow it again"))
      for target in (OPEN, IN_HAND, WAITING)),
    *_each((OPEN, IN_HAND, WAITING), "split", "", "cases.merge", "person", ("signals",),
           ("open a case for them",)),
    *_each((OPEN, IN_HAND, WAITING), "cancel", CANCELLED, "cases.cancel", "person",
           ("reason", "words"), ("end tasks", "drop promises")),
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


def rows_of(*, ask_verdict: bool) -> list[Edge]:
    """Rows that hold for a type; alerts of an asking type ask nobody."""
    return [row for row in TABLE if ask_verdict or "asked" not in row.conditions]


def moves_of(*, ask_verdict: bool) -> list[Move]:
    """The life cycle of a type, for the model check."""
    rows = rows_of(ask_verdict=ask_verdict)
    return [Move(row.verb, row.source, row.target) for row in rows]
