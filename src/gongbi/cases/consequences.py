"""What follows a verb beside its state: its cost on the clock, who is told, the life of a task.

Who is told: ``unit`` everybody who works in the unit, ``handler`` the person who has the task,
``lead`` who leads the unit's people, ``dispatcher``, ``supervisor``, ``referee`` by their
permission for the place, ``reporter``. Where they see it is ``SEEN``: nothing else is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

RUNS_ON = "runs on"
WHO = ("handler", "unit", "lead", "dispatcher", "supervisor", "referee")
SEEN: dict[str, str] = {
    "unit": "My tasks, the history of the case; Asked of me where it is urged",
    "handler": "My tasks, the history of the case",
    "lead": "Asked of me: supervision to answer; the history of the case",
    "dispatcher": "the tab of the worklist that the case comes to, the history of the case",
    "supervisor": "Asked of me: extensions; what was asked and answered on the case",
    "referee": "Asked of me: appeals",
    "reporter": "the follow page; by mail or text message where they asked for news",
}
"""Where each of those told sees it, beside Asked of me for every step of a promise."""
MARKS = {who: 1 << place for place, who in enumerate(WHO)}
"""Who was told of a promise that still runs, as one number a case: a list asks for it by index."""
# fmt: off
CLOCK: dict[str, str] = {
    "sort": "promises anew from the last opening, without waits",
    "file": RUNS_ON,
    "accept": "first contact ends",
    "arrive": "first contact and on site end",
    "declare": "all promises end with the lead's word",
    "extend": "runs on until decided",
    "grant": "solve ends as moved; a later one follows",
    "supervise": "an answer is promised beside",
    "answer": "the answer ends",
    "appeal": "runs on; a decision is promised beside",
    "decide": "the decision ends",
    "wait": "stops; an end of waiting is promised",
    "park": "stops; a review is promised",
    "resume": "runs on with the working time left",
    "not_solved": "promised anew from now",
    "ask_again": "promised anew from now",
    "reopen": "promised anew from now",
    "merge": "promises are dropped",
    "unmerge": "promises run as they were",
    "split": "promised from when it was reported",
    "cancel": "promises are dropped",
    "solved": "nothing runs",
    "unanswered": "nothing runs",
    "ask": "nothing runs",
}
TELLS: dict[str, tuple[str, ...]] = {
    "sort": ("dispatcher",),
    "weigh": ("unit", "dispatcher"),
    "name_asset": ("unit", "dispatcher"),
    "complain_of": ("supervisor", "reporter"),
    "file": ("dispatcher", "reporter"),
    "dispatch": ("unit", "reporter"),
    "assign": ("handler",),
    "accept": ("dispatcher", "reporter"),
    "arrive": ("dispatcher", "reporter"),
    "stage": ("dispatcher", "reporter"),
    "return": ("dispatcher", "reporter"),
    "declare": ("dispatcher", "reporter"),
    "call_in": ("unit",),
    "call_off": ("unit",),
    "transfer": ("unit", "dispatcher"),
    "extend": ("supervisor",),
    "grant": ("unit", "reporter"),
    "refuse": ("unit",),
    "urge": ("unit",),
    "supervise": ("unit", "dispatcher"),
    "answer": ("supervisor",),
    "appeal": ("referee", "dispatcher"),
    "decide": ("unit", "dispatcher"),
    "wait": ("unit", "reporter"),
    "park": ("unit", "supervisor", "reporter"),
    "resume": ("unit", "dispatcher", "reporter"),
    "ask": ("reporter",),
    "solved": ("dispatcher",),
    "not_solved": ("dispatcher",),
    "unanswered": ("dispatcher",),
    "ask_again": ("dispatcher", "supervisor"),
    "reopen": ("dispatcher", "reporter"),
    "merge": ("unit", "reporter"),
    "unmerge": ("unit", "reporter"),
    "split": ("unit", "dispatcher", "reporter"),
    "cancel": ("unit", "reporter"),
}


@dataclass(frozen=True, slots=True)
class TaskEdge:
    """One row of a task's life: the case's verb that moves it, from, to, and when."""

    verb: str
    source: str
    target: str
    when: str = ""


STARTED = ("offered", "accepted", "on_site")
TASK_TABLE: tuple[TaskEdge, ...] = (
    TaskEdge("dispatch", "", "offered", "the lead's"),
    TaskEdge("call_in", "", "offered", "a helper's, after nothing unfinished"),
    TaskEdge("call_in", "", "planned", "a helper's, after unfinished tasks"),
    TaskEdge("transfer", "", "offered", "a takeover"),
    TaskEdge("start", "planned", "offered", "all it came after are settled"),
    TaskEdge("accept", "offered", "accepted"),
    TaskEdge("arrive", "offered", "on_site"),
    TaskEdge("arrive", "accepted", "on_site"),
    *(TaskEdge("declare", state, "done", "not a takeover") for state in STARTED),
    *(TaskEdge("return", state, "returned", "not bound") for state in STARTED),
    *(TaskEdge("call_off", state, "withdrawn", "not the lead's")
      for state in ("planned", *STARTED)),
    *(TaskEdge("dispatch", state, "withdrawn", "another unit leads") for state in STARTED),
    *(TaskEdge("accept", state, "handed_over", "the takeover is accepted") for state in STARTED),
)
# fmt: on
TASK_STATES = ("planned", *STARTED, "done", "returned", "withdrawn", "handed_over")
TASK_ENDS = frozenset({"done", "returned", "withdrawn", "handed_over"})


def clock_of(verb: str) -> str:
    """What a verb costs on the clock, in a few words."""
    return CLOCK.get(verb, RUNS_ON)


def mark_of(told: Iterable[str]) -> int:
    """Those told, in one number."""
    return reduce(or_, (MARKS[who] for who in told), 0)


def tells(verb: str) -> tuple[str, ...]:
    """Who is told of a verb."""
    return TELLS.get(verb, ())
