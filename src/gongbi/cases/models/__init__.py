"""Nouns: types and routes; signals, cases, tasks; what was promised, done and said."""

from gongbi.cases.models.bursts import Burst, Child, Tally
from gongbi.cases.models.case import Case, Signal
from gongbi.cases.models.history import Deadline, Note, Outcome, Photo, Step, Verdict
from gongbi.cases.models.rules import CaseType, Route
from gongbi.cases.models.same import Likely, Merge
from gongbi.cases.models.work import Task

__all__ = [
    "Burst",
    "Case",
    "CaseType",
    "Child",
    "Deadline",
    "Likely",
    "Merge",
    "Note",
    "Outcome",
    "Photo",
    "Route",
    "Signal",
    "Step",
    "Tally",
    "Task",
    "Verdict",
]
