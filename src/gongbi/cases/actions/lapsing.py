"""What was asked and not decided when a case moves on without it: written down as lapsed."""

from datetime import datetime

from gongbi.cases.models import Appeal, Case, Extension, Supervision


def lapse(case: Case, at: datetime, *, answered: str = "lapsed") -> None:
    """End what still waits for somebody's decision on a case that ended or left its unit."""
    Extension.objects.filter(case=case, decided="").update(decided="lapsed", decided_at=at)
    Appeal.objects.filter(case=case, decided="").update(decided="lapsed", decided_at=at)
    Supervision.objects.filter(case=case, answered="").update(answered=answered, answered_at=at)


def lapse_of_lead(case: Case, at: datetime) -> None:
    """The unit that led is off the case: its own askings end, a supervisor's goes on."""
    Extension.objects.filter(case=case, decided="").update(decided="lapsed", decided_at=at)
    Appeal.objects.filter(case=case, decided="").update(decided="lapsed", decided_at=at)
