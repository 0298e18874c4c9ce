"""Steps of telling before and after a deadline: half the time gone, due, a working day later.

A step is a text: ``50%`` of the working time between the promise and its deadline, ``due``, or
``+1 working_days`` (any promise) after it. Shares are of working time, because half of five
working days given on a Friday does not fall on the Sunday.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gongbi.kernel.calendars import (
    WorkingCalendar,
    add_working_minutes,
    deadline,
    parse_promise,
    working_minutes,
)

DUE = "due"


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder and the instant (UTC) it falls on."""

    step: str
    at: datetime


def rungs(
    calendar: WorkingCalendar,
    set_at: datetime,
    due_at: datetime,
    steps: Sequence[str],
    *,
    spent: float = 0.0,
) -> list[Rung]:
    """When each step of a promise falls, earliest first; steps before ``set_at`` are left out.

    Parameters
    ----------
    calendar
        The calendar the promise was given on.
    set_at, due_at
        From when and until when it runs, aware.
    steps
        Texts as above; ValueError names one that is none.
    spent
        Minutes of working time used before ``set_at``, where a pause or an extension lies
        between: shares are of all the time given, not of what is left.
    """
    left = working_minutes(calendar, set_at, due_at)
    found = [Rung(step, at) for step in steps
             if (at := _at(calendar, set_at, due_at, step, spent, left)) is not None]  # fmt: skip
    return sorted(found, key=lambda rung: rung.at)


def parse_step(step: str) -> tuple[str, float, str]:
    """A step as (``share``, of 1, ""), (``due``, 0, "") or (``after``, 0, promise)."""
    text = step.strip()
    if text == DUE:
        return DUE, 0.0, ""
    if text.startswith("+"):
        parse_promise(text[1:])
        return "after", 0.0, text[1:].strip()
    amount = text.removesuffix("%").strip()
    if text.endswith("%") and amount.isdecimal() and 1 <= int(amount) <= 99:
        return "share", int(amount) / 100, ""
    raise ValueError(
        f"{step!r} is no step; write 1% to 99%, due, or a promise after it: +1 working_days."
    )


def _at(
    calendar: WorkingCalendar,
    set_at: datetime,
    due_at: datetime,
    step: str,
    spent: float,
    left: float,
) -> datetime | None:
    kind, share, promise = parse_step(step)
    if kind == DUE:
        return due_at
    if kind == "after":
        return deadline(calendar, due_at, promise)
    minutes = share * (spent + left) - spent
    if minutes < 0:
        return None  # that share was gone before the pause, and was told then
    if left <= 0:  # a promise of natural days over a holiday: no working time lies in it
        return set_at + share * max(due_at - set_at, timedelta())
    whole = int(minutes)
    return add_working_minutes(calendar, set_at, whole)
