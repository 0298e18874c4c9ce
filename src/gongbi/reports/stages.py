"""Where a matter is now, as a parcel's progress: five stops, each with what is known of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongbi.cases.public import FollowRecord

DONE, NOW, LATER = "done", "now", "later"
_REACHED = {"open": 1, "in_hand": 2, "waiting": 2, "answered": 4, "closed": 5}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop: its name, whether it is done, here or to come, when, and a sentence."""

    name: str
    state: str
    at: datetime | None = None
    note: str = ""


def stages(case: FollowRecord) -> list[Stage]:
    """The stops of a case. One that was cancelled has two: received, and how it ended."""
    if case.state == "cancelled":
        return [
            Stage(_("It has arrived"), DONE, case.opened_at),
            Stage(_("Ended without work"), NOW, note=_("The reason stands below.")),
        ]
    here = _REACHED.get(case.state, 1)
    named = [
        (_("It has arrived"), case.opened_at, ""),
        (_("With the people who decide who does it"), None, _sorting(case)),
        (_("With the unit that does it"), None, _working(case)),
        (_("The unit has answered"), None, ""),
        (_("You say whether it is solved"), None, _asking(case)),
    ]
    return [
        Stage(name, _state(number, here), at, note if number <= here else "")
        for number, (name, at, note) in enumerate(named)
    ]


def _state(number: int, here: int) -> str:
    return DONE if number < here else NOW if number == here else LATER


def outcome_name(declared: str) -> str:
    """What a unit declared, in plain words."""
    said = {
        "done": _("The unit says: it is done."),
        "not_possible": _("The unit says: it cannot be done."),
    }
    return said.get(declared, "")


def _waited_for(reason: str) -> str:
    said = {
        "resident": _("you are asked something, and your answer is awaited"),
        "third_party": _("somebody else must act first"),
        "works": _("works must be done or material must come first"),
        "weather": _("the weather must change first"),
        "parked": _("it is looked at again on a set day"),
    }
    return said.get(reason, _("for another reason"))


def _sorting(case: FollowRecord) -> str:
    if case.state != "open":
        return ""
    if case.verdict == "not_solved":
        return _("You said it is not solved, so it was opened again.")
    return _("A person looks at it and sends it to a unit.")


def _working(case: FollowRecord) -> str:
    if case.state == "waiting":
        return _("It waits: %(why)s. The promised time stands still until then.") % {
            "why": _waited_for(case.waiting_for)
        }
    return case.unit_name


def _asking(case: FollowRecord) -> str:
    said = {
        "solved": _("You said: solved."),
        "not_solved": _("You said: not solved."),
        "unanswered": _("You did not answer in time; it is counted as unanswered, not as solved."),
    }
    return said.get(case.verdict, "")
