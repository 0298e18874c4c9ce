"""Two readers beside each other on the same newest reports, before one is switched on."""

from dataclasses import dataclass

from gongbi.cases.reading import keeping
from gongbi.cases.reading.gathering import Gathered
from gongbi.cases.reading.listing import listed_scores
from gongbi.kernel.reading.judging import Span, differences
from gongbi.kernel.reading.training import (
    Example,
    Report,
    TooLittle,
    in_order,
    judge,
    listed_alone,
)
from gongbi.kernel.reading.vectors import types_of

LEAST = 40


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each did, and by how much the second beats the first in accuracy and mean recall."""

    rows: int
    first: Report
    second: Report
    accuracy: Span
    macro_recall: Span


def compare(first: int, second: int, gathered: Gathered, *, most: int = 5000) -> Comparison:
    """Judge both (0: the listed words) on the newest reports that neither has learnt from."""
    after = max(_learnt_until(first), _learnt_until(second))
    rows = [one for one in in_order(gathered.examples) if one.at > after][-most:]
    if len(rows) < LEAST:
        raise TooLittle(
            f"Only {len(rows)} reports are newer than what both readers learnt from; to compare "
            f"them takes {LEAST}."
        )
    one, said = _judged(first, rows)
    other, said_too = _judged(second, rows)
    size = len(rows)
    _names, numbers = types_of([*(row.type for row in rows), *said, *said_too])
    gains = differences(numbers[:size], numbers[2 * size :], numbers[size : 2 * size])
    return Comparison(size, one, other, *gains)


def _learnt_until(number: int) -> float:
    return float(keeping.kept(number).told["learnt_until"]) if number != keeping.LISTED else 0.0


def _judged(number: int, rows: list[Example]) -> tuple[Report, list[str]]:
    if number == keeping.LISTED:
        return listed_alone(rows, listed_scores())
    return judge(keeping.kept(number).reader, rows, listed=listed_scores())
