"""Faults of what a type says about keeping parts of a report, and about hiding personal data."""

from collections.abc import Iterator
from typing import Any

from gongbi.cases.keeping import PARTS
from gongbi.cases.masks import WHOM
from gongbi.kernel.cases.masking import ALL_KINDS

MOST_DAYS = 36_500


def keeping_troubles(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with ``keep`` and ``mask`` of a type, and at which key."""
    yield from _keep(row)
    yield from _mask(row)


def _keep(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    keep, words = row.get("keep", {}), row.get("keep_days")
    if not isinstance(keep, dict):
        yield "keep", f"Write keep = {{{PARTS[0]} = 90}}; the parts are {', '.join(PARTS)}."
        return
    for part, days in keep.items():
        if part not in PARTS:
            yield "keep", f"{part!r} is no part of a report; the parts are {', '.join(PARTS)}."
        elif type(days) is not int or not 1 <= days <= MOST_DAYS:
            yield "keep", f"keep.{part} is a whole number of days, from 1 to {MOST_DAYS}."
        elif type(words) is int and days > words:
            yield (
                "keep",
                f"keep.{part} is {days} days, but the whole report is forgotten after "
                f"{words} (keep_days); write fewer.",
            )


def _mask(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    mask, known = row.get("mask", {}), ", ".join(sorted(ALL_KINDS))
    if not isinstance(mask, dict):
        yield "mask", f"Write mask = {{work = [...]}}; the readers are {', '.join(WHOM)}."
        return
    for whom, kinds in mask.items():
        if whom not in WHOM:
            yield "mask", f"{whom!r} is no reader; the readers are {', '.join(WHOM)}."
        elif not isinstance(kinds, list) or set(map(str, kinds)) - ALL_KINDS:
            yield "mask", f"mask.{whom} is a list of kinds: {known}."
