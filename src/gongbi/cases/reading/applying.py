"""What a reading changes by itself: little, and written down.

Danger to life raises a case to the first urgency; a place that the words name, and nothing else
does, is taken where it is the only one. Everything else is shown and changes nothing.
"""

from dataclasses import replace
from typing import Any

from gongbi.cases.intake import Understood
from gongbi.cases.models import Case, CaseType
from gongbi.cases.reading.noticing import LIFE, Noticed
from gongbi.cases.states import URGENT
from gongbi.core.public import place

WEIGHED = "weighed"
"""Marks in a case's why that a person said how urgent it is."""


def priority_of(usual: int, noticed: Noticed | None) -> int:
    """The urgency of a new case: its type's, or the first where somebody may be in danger."""
    danger = noticed is not None and noticed.urgency.level == LIFE
    return min(usual, URGENT) if danger else usual


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
    if noticed.sub:
        code, score, _words = noticed.sub.guesses[0]
        read["sub"] = [noticed.sub.type, code, score, bool(noticed.sub.taken)]
    return {"read": read | ({"place": noticed.place.code} if noticed.place.code else {})}


def sub_type_of(noticed: Noticed | None, kind: CaseType | None) -> str:
    """The sub-type of a new case of that type, where the words are sure of one."""
    read = noticed.sub if noticed else None
    return read.taken if read and kind and read.type == kind.code else ""


def sub_type_read(case: Case, type_code: str) -> str:
    """The sub-type that was surely read of a case that gets that type now."""
    kind, code, _score, taken = case.route_why.get("read", {}).get("sub") or ("", "", 0, False)
    return code if taken and kind == type_code else ""


def urgency_under(case: Case, kind: CaseType) -> int:
    """How urgent a case is that gets this type: as a person said, first where danger was read."""
    if case.route_why.get(WEIGHED):
        return case.priority
    danger = case.route_why.get("read", {}).get("danger") == LIFE
    return min(kind.priority, URGENT) if danger else kind.priority
