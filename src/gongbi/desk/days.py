"""Yesterday and today in figures; the rows of each are the very rows it was counted from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongbi.cases import public as cases
from gongbi.core.public import city, now
from gongbi.desk.access import Post
from gongbi.desk.wording import ALERTS, ALERTS_WORDS, FIGURES
from gongbi.vitals import public as vitals

FIRST_LOOK = 500
MOST_STEPS = 32_000


@dataclass(frozen=True, slots=True)
class DayFigure:
    """One line of the brief: what, today and the day before."""

    code: str
    words: str
    today: int
    yesterday: int


@dataclass(frozen=True, slots=True)
class Brief:
    """The days told of, their figures, and whether older steps had to be left out."""

    today: date
    yesterday: date
    figures: tuple[DayFigure, ...]
    cut: bool


def city_day(at: datetime | None = None) -> date:
    """The date in the city's zone."""
    return (at or now()).astimezone(city().zone).date()


def begin_of(day: date) -> datetime:
    """The first instant of a day in the city's zone."""
    return datetime.combine(day, time(), city().zone)


def steps_of(post: Post, first: date, last: date) -> tuple[list[cases.RecentStep], bool]:
    """Steps of cases from one day to another, newest first, and whether some were left out.

    It looks back in steps that double, because a quiet town need not pay for a busy city.
    """
    begin, end = begin_of(first), begin_of(last + timedelta(days=1))
    most = FIRST_LOOK
    found = cases.recent(post.scope, limit=most)
    while len(found) == most < MOST_STEPS and found[-1].at >= begin:
        most *= 4
        found = cases.recent(post.scope, limit=min(most, MOST_STEPS))
    cut = len(found) >= MOST_STEPS and found[-1].at >= begin
    return [step for step in found if begin <= step.at < end], cut


def brief(post: Post, day: date, *, before: int = 1) -> Brief:
    """A day and the one before (``before=0``: the day alone), counted from steps and alerts."""
    today, cut = _counted(post, day)
    old, cut_before = _counted(post, day - timedelta(days=1)) if before else ({}, False)
    figures = tuple(
        DayFigure(code, str(words), _of(verbs, today), _of(verbs, old))
        for code, (verbs, words) in FIGURES.items()
    )
    return Brief(day, day - timedelta(days=1), figures, cut or cut_before)


def _counted(post: Post, day: date) -> tuple[dict[str, int], bool]:
    until = begin_of(day + timedelta(days=1))
    return cases.count_steps(post.scope, begin_of(day), until, MOST_STEPS)


def _of(verbs: Iterable[str], counted: dict[str, int]) -> int:
    return sum(counted.get(verb, 0) for verb in verbs)


def alert_figure(post: Post, day: date) -> DayFigure:
    """Alerts that began on a day and on the one before."""
    today, before = day_alerts(post, day), day_alerts(post, day - timedelta(days=1))
    return DayFigure(ALERTS, str(ALERTS_WORDS), len(today), len(before))


def day_alerts(post: Post, day: date) -> list[vitals.AlertRecord]:
    """Alerts that began on a day, in order."""
    begin, end = begin_of(day), begin_of(day + timedelta(days=1))
    return vitals.alerts_between(post.scope, begin, end)


def day_rows(post: Post, day: date, code: str) -> list[cases.RecentStep]:
    """The rows behind one figure of one day."""
    verbs = FIGURES[code][0]
    return [step for step in steps_of(post, day, day)[0] if step.verb in verbs]
