"""What the newest plan knows, in words: properties, their units, which of them are read."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gongbi.stream.plans import newest_plan, read_shaped


@dataclass(frozen=True)
class PlanInWords:
    """What a plan knows, without its rows."""

    number: int = 0
    units: dict[str, str] = field(default_factory=dict)
    """The unit of each property that a datastream has."""
    read: frozenset[str] = frozenset()
    """Properties that a series counts."""


def plan_in_words(data: Path) -> PlanInWords:
    """The newest plan's properties and units; of number 0 where there is none."""
    return _in_words(data, newest_plan(data))


@lru_cache(maxsize=2)
def _in_words(data: Path, number: int) -> PlanInWords:
    if not number:
        return PlanInWords()
    folder = data / "plans" / f"{number:06d}"
    streams = read_shaped(folder, "datastreams").select(["property", "unit"])
    pairs = streams.group_by(["property", "unit"]).aggregate([])
    units = dict(zip(pairs["property"].to_pylist(), pairs["unit"].to_pylist(), strict=True))
    read = frozenset(read_shaped(folder, "series")["property"].unique().to_pylist())
    return PlanInWords(number, units, read)
