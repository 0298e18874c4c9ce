"""When the work on a case began that is going on now."""

from datetime import datetime

from gongbi.cases.models import Case

AGAIN = ("reopen", "not_solved", "ask_again")
"""Verbs that open a case anew: what was promised or shown before is another round's."""


def last_opening(case: Case) -> datetime:
    """The instant a case was last opened again, or else when it was opened first."""
    again = case.steps.filter(verb__in=AGAIN).order_by("-pk").values_list("at", flat=True).first()
    return again or case.opened_at
