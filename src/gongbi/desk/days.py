"""Yesterday and today in figures; the rows of each are the very rows it was counted from."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongbi.cases import public as cases
from gongbi.core.public import city, now
from gongbi.desk.access import Post
from gongbi.desk.wording import FIGURES

MOST_STEPS = 20_000


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
    """Steps of cases from one day to another, newest first, and whether some were left out."""
    begin, end = begin_of(first), begin_of(last + timedelta(days=1))
    found = cases.recent(post.scope, limit=MOST_STEPS)
    cut = len(found) == MOST_STEPS and found[-1].at >= begin
    return [step for step in found if begin <= step.at < end], cut


def brief(post: Post, day: date) -> Brief:
    """A day and the one before, counted from the steps of cases."""
    before = day - timedelta(days=1)
    steps, cut = steps_of(post, before, day)
    midnight = begin_of(day)
    figures = []
    for code, (verbs, words) in FIGURES.items():
        counted = [step.at >= midnight for step in steps if step.verb in verbs]
        figures.append(DayFigure(code, str(words), sum(counted), len(counted) - sum(counted)))
    return Brief(day, before, tuple(figures), cut)


def day_rows(post: Post, day: date, code: str) -> list[cases.RecentStep]:
    """The rows behind one figure of one day."""
    verbs = FIGURES[code][0]
    return [step for step in steps_of(post, day, day)[0] if step.verb in verbs]
