"""Nouns: types and routes; signals, cases, tasks; what was promised, done and said."""

from gongbi.cases.models.case import Case, Signal
from gongbi.cases.models.finding import Marks, SavedView
from gongbi.cases.models.history import Deadline, Note, Outcome, Photo, Step, Verdict
from gongbi.cases.models.rules import CaseType, Route
from gongbi.cases.models.work import Task

__all__ = [
    "Case",
    "CaseType",
    "Deadline",
    "Marks",
    "Note",
    "Outcome",
    "Photo",
    "Route",
    "SavedView",
    "Signal",
    "Step",
    "Task",
    "Verdict",
]
