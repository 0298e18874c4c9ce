"""What a rehearsal counts, and how it is kept while it goes on."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

EXAMPLES = 3


@dataclass(slots=True)
class Moved:
    """Cases with one difference: how many, and the numbers of a few."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, number: str) -> None:
        """One more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(number)


@dataclass(slots=True)
class Shift(Moved):
    """Deadlines of one type that would differ: how many earlier and later, and by how much."""

    earlier: int = 0
    later: int = 0
    most: timedelta = timedelta()

    def move(self, number: str, by: timedelta) -> None:
        """One more, by so much (negative is earlier)."""
        self.add(number)
        self.earlier += by < timedelta()
        self.later += by > timedelta()
        self.most = by if abs(by) > abs(self.most) else self.most


@dataclass(slots=True)
class Trial:
    """What a rehearsal found. Keys: (unit then, unit tried, rule tried); (type, promise).

    ``before`` and ``after`` count cases by unit; the empty one is *nobody*.
    """

    cases: int = 0
    promises: int = 0
    elsewhere: dict[tuple[str, str, str], Moved] = field(default_factory=dict)
    shifts: dict[tuple[str, str], Shift] = field(default_factory=dict)
    no_type: Counter[str] = field(default_factory=Counter)
    asks_load: list[str] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, list[str]] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """How many cases would have gone elsewhere."""
        return sum(row.count for row in self.elsewhere.values())

    @property
    def shifted(self) -> int:
        """How many promises would have fallen due at another time."""
        return sum(row.count for row in self.shifts.values())


def kept_of(trial: Trial) -> dict[str, Any]:
    """A trial as JSON holds it."""
    return {
        "cases": trial.cases,
        "promises": trial.promises,
        "elsewhere": [[*key, one.count, one.examples] for key, one in trial.elsewhere.items()],
        "shifts": [
            [*key, one.count, one.examples, one.earlier, one.later, one.most.total_seconds()]
            for key, one in trial.shifts.items()
        ],
        "no_type": trial.no_type,
        "asks_load": trial.asks_load,
        "before": trial.before,
        "after": trial.after,
        "reasons": trial.reasons,
    }


def trial_of(kept: dict[str, Any]) -> Trial:
    """The same trial again; of nothing kept yet, an empty one."""
    if not kept:
        return Trial()
    return Trial(
        cases=kept["cases"],
        promises=kept["promises"],
        elsewhere={
            (was, to, rule): Moved(count, examples)
            for was, to, rule, count, examples in kept["elsewhere"]
        },
        shifts={
            (code, kind): Shift(count, examples, earlier, later, timedelta(seconds=most))
            for code, kind, count, examples, earlier, later, most in kept["shifts"]
        },
        no_type=Counter(kept["no_type"]),
        asks_load=kept["asks_load"],
        before=Counter(kept["before"]),
        after=Counter(kept["after"]),
        reasons=kept["reasons"],
    )
