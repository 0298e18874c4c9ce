"""Nouns: types and routes; signals, cases, tasks; what was promised, asked, done and said."""

from gongbi.cases.models.asking import Appeal, Extension, Supervision
from gongbi.cases.models.case import Case, Signal
from gongbi.cases.models.history import Deadline, Note, Outcome, Photo, Step, Verdict
from gongbi.cases.models.rules import CaseType, Route
from gongbi.cases.models.telling import DoneOnce, Told
from gongbi.cases.models.work import Task

__all__ = [
    "Appeal",
    "Case",
    "CaseType",
    "Deadline",
    "DoneOnce",
    "Extension",
    "Note",
    "Outcome",
    "Photo",
    "Route",
    "Signal",
    "Step",
    "Supervision",
    "Task",
    "Told",
    "Verdict",
]
