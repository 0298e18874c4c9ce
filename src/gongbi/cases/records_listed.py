"""What lists, counts, maps and searches hand over: frozen records, never a model."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class Counted(int):
    """A number of rows; ``more`` when counting stopped there, so that it reads *1,000+*."""

    more: bool = False

    @classmethod
    def up_to(cls, most: int, found: int) -> "Counted":
        """What was found, of which at most one more than ``most`` was looked at."""
        said = cls(min(found, most))
        said.more = found > most
        return said


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """Figures of what a person may see and is not over; each counted up to a bound."""

    open: int
    to_dispatch: int
    in_hand: int
    waiting: int
    waiting_verdict: int
    overdue: int
    due_today: int
    unsolved: int


@dataclass(frozen=True, slots=True)
class CaseCounts(LiveCounts):
    """Likewise, with what was said. Handler's and resident's words are two figures."""

    declared_done: int
    confirmed_solved: int
    confirmed_not_solved: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    id: UUID
    number: str
    type: str | None
    type_name: str
    group: str
    state: str
    state_name: str
    priority: int
    level: int
    source: str
    place: str | None
    place_name: str
    unit: str | None
    unit_name: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    signals: int
    reopened: int
    returned: int
    waiting_for: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What to list: states; only overdue, due today or reopened; a place; a group or type; of
    some units; by the way it came and by urgency (0: any)."""

    states: tuple[str, ...] = ()
    overdue: bool = False
    due_today: bool = False
    reopened: bool = False
    place_path: str = ""
    group: str = ""
    type: str = ""
    units: tuple[str, ...] = ()
    unit_path: str = ""
    source: str = ""
    priority: int = 0
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A unit and a place, each with what lies below it, by their paths; empty: any."""

    unit_path: str = ""
    place_path: str = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A case somebody looked for: where the words were found (number, type, place, unit, words),
    and what was said around them, in parts, each with whether it is what was asked for."""

    row: CaseRow
    found_in: tuple[str, ...]
    said: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A live case on the map."""

    number: str
    lon: float
    lat: float
    type_name: str
    group: str
    state: str
    priority: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class MapCell:
    """Live cases of one square of the map: where their middle is, how many, how many overdue."""

    lon: float
    lat: float
    many: int
    overdue: int


@dataclass(frozen=True, slots=True)
class OnMap:
    """Live cases as points where they are few, else as squares; ``more``: only the most
    pressing were looked at."""

    points: tuple[MapPoint, ...]
    cells: tuple[MapCell, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class RecentStep:
    """Something that happened to a case, for the live feed."""

    number: str
    what: str
    at: datetime
    place_name: str
    type_name: str
    verb: str
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A live case as one shift hands it to the next: what is open, promised, silent."""

    row: CaseRow
    last_step: str
    last_step_at: datetime
    silent: bool
    version: int
