"""What a reading changes by itself: little, and written down.

Danger to life raises a case to the first urgency; a place that the words name, and nothing else
does, is taken where it is the only one. Everything else is shown and changes nothing.
"""

from dataclasses import replace
from typing import Any

from gongbi.cases.intake import Understood
from gongbi.cases.reading.noticing import LIFE, Noticed
from gongbi.core.public import place

FIRST = 1


def priority_of(usual: int, noticed: Noticed | None) -> int:
    """The urgency of a new case: its type's, or the first where somebody may be in danger."""
    danger = noticed is not None and noticed.urgency.level == LIFE
    return min(usual, FIRST) if danger else usual


def with_place(said: Understood, noticed: Noticed | None) -> Understood:
    """The report at the place its words name, where it brought neither a place nor a point."""
    signal = said.signal
    unplaced = not signal.place and signal.lon is None and not signal.place_words
    if noticed is None or noticed.place.code is None or not unplaced:
        return said
    found = place(noticed.place.code)
    return replace(said, place=found, place_path=found.path) if found else said


def codes_of(noticed: Noticed | None) -> dict[str, Any]:
    """What stays on the case when the words are gone: codes and numbers, nothing that was said."""
    if noticed is None:
        return {}
    read: dict[str, Any] = {"reader": noticed.reader, "danger": noticed.urgency.level}
    return {"read": read | ({"place": noticed.place.code} if noticed.place.code else {})}
