"""Statuses: open or closed as the standard knows them, and the finer ones of its extension.

A case is closed when nothing is owed any more: not when the unit says that it is done, but when
the resident has been heard or had their time.
"""

from gongbi.cases.public import PublicCase, PublicStep

OPEN, CLOSED = "open", "closed"
EXTENDED = (
    "OPEN", "INVESTIGATING", "ACTION_SCHEDULED", "IN_PROGRESS", "FIXED", "CLOSED", "DUPLICATE",
    "NO_FURTHER_ACTION", "NOT_COUNCILS_RESPONSIBILITY", "INTERNAL_REFERRAL",
)  # fmt: skip
BY_VERB = {
    "dispatch": "INVESTIGATING",
    "accept": "ACTION_SCHEDULED",
    "arrive": "IN_PROGRESS",
    "return": "INTERNAL_REFERRAL",
    "declare": "FIXED",
    "wait": "ACTION_SCHEDULED",
    "resume": "INVESTIGATING",
    "ask": "FIXED",
    "solved": "FIXED",
    "not_solved": "OPEN",
    "unanswered": "CLOSED",
    "merge": "DUPLICATE",
    "cancel": "NO_FURTHER_ACTION",
}
BY_STATE = {
    "open": "OPEN",
    "in_hand": "INVESTIGATING",
    "waiting": "ACTION_SCHEDULED",
    "answered": "FIXED",
    "closed": "CLOSED",
    "merged": "DUPLICATE",
    "cancelled": "NO_FURTHER_ACTION",
}
NOT_OURS = "NOT_COUNCILS_RESPONSIBILITY"
SOLVED = frozenset({"FIXED", "CLOSED", "FIXED_USER", "FIXED - USER"})
AGAIN = frozenset({"OPEN", "REOPENED", "CONFIRMED"})


def of_case(case: PublicCase) -> str:
    """``open`` or ``closed``."""
    return CLOSED if case.over else OPEN


def extended(case: PublicCase) -> str:
    """The finer status of a case."""
    return NOT_OURS if case.reason == "not_a_matter" else BY_STATE.get(case.state, "OPEN")


def of_step(step: PublicStep) -> str:
    """The finer status a step brought about."""
    if step.verb == "cancel" and step.reason == "not_a_matter":
        return NOT_OURS
    if step.verb == "declare" and step.declared == "not_possible":
        return "NO_FURTHER_ACTION"
    return BY_VERB.get(step.verb, "OPEN")
