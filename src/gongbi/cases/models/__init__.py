"""Nouns: types and routes; signals, cases, tasks; what was promised, asked, done and said."""

from gongbi.cases.models import lookups  # noqa: F401 - makes ``state__live_in`` known
from gongbi.cases.models.asking import Appeal, Extension, Supervision
from gongbi.cases.models.bursts import Burst, Child, Tally
from gongbi.cases.models.case import Case, Signal
from gongbi.cases.models.finding import ContactMark, Marks, SavedView
from gongbi.cases.models.history import (
    Deadline,
    Note,
    Outcome,
    Photo,
    Satisfaction,
    Step,
    Verdict,
)
from gongbi.cases.models.looks import Look
from gongbi.cases.models.news import DailyList, News
from gongbi.cases.models.rules import CaseType, Route
from gongbi.cases.models.same import Likely, Merge, Scorecard, ScorecardSwitch
from gongbi.cases.models.telling import DoneOnce, Told
from gongbi.cases.models.trials import Rehearsal, RehearsedCase
from gongbi.cases.models.work import Task

__all__ = [
    "Appeal",
    "Burst",
    "Case",
    "CaseType",
    "Child",
    "ContactMark",
    "DailyList",
    "Deadline",
    "DoneOnce",
    "Extension",
    "Likely",
    "Look",
    "Marks",
    "Merge",
    "News",
    "Note",
    "Outcome",
    "Photo",
    "Rehearsal",
    "RehearsedCase",
    "Route",
    "Satisfaction",
    "SavedView",
    "Scorecard",
    "ScorecardSwitch",
    "Signal",
    "Step",
    "Supervision",
    "Tally",
    "Task",
    "Told",
    "Verdict",
]
