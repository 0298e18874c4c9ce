"""Reports' door: what other parts may ask."""

from dataclasses import dataclass

from gongbi.core.public import Scope
from gongbi.reports import access, intaking
from gongbi.reports.hotline import ringing_back
from gongbi.reports.models import Intake
from gongbi.reports.open311 import cities as open311_cities
from gongbi.reports.open311.deciding import count_set_aside as open311_set_aside
from gongbi.reports.open311.forwarding import send_on as open311_send_on
from gongbi.reports.open311.reading import Unreadable as OpenUnreadable
from gongbi.reports.open311.reading import read_requests as open311_read
from gongbi.reports.open311.receivers import ReceiverRefused as OpenReceiverRefused
from gongbi.reports.open311.receivers import enter as open311_enter_receiver
from gongbi.reports.open311.taking import take_in as open311_take_in
from gongbi.reports.open311.turning import read_cities as open311_read_cities

__all__ = [
    "OpenReceiverRefused",
    "OpenUnreadable",
    "Today",
    "draw_call_backs",
    "open311_cities",
    "open311_enter_receiver",
    "open311_read",
    "open311_read_cities",
    "open311_send_on",
    "open311_set_aside",
    "open311_take_in",
    "run_due",
    "today",
]


@dataclass(frozen=True, slots=True)
class Today:
    """Files in hand, for those who may take them in."""

    waiting: int
    being_taken_in: int


def run_due() -> int:
    """What the clock owes: go on with files left half taken in; destroy what is too old."""
    return intaking.run_due()


def draw_call_backs() -> int:
    """Draw the day's call-backs by chance, and forget calls whose term is over."""
    return ringing_back.run_due()


def today(scope: Scope) -> Today:
    """How many files wait and how many are being taken in, in the reader's places. One query."""
    paths = scope.place_paths(access.IMPORT)
    states = [
        state
        for state, path in Intake.objects.filter(
            state__in=(Intake.READ, Intake.TAKING)
        ).values_list("state", "place_path")
        if any(path.startswith(own) for own in paths)
    ]
    return Today(states.count(Intake.READ), states.count(Intake.TAKING))
