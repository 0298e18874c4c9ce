"""Signs judged by how new a value is: faults of their keys, and the engine's table of them."""

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from gongbi.stream.public import SURPRISES
from gongbi.vitals.models import Indicator

LEVELS = ("novel_notice", "novel_warning", "novel_alarm")
SIDES = ("both", "above", "below")
KEYS = frozenset({*LEVELS, "novel_margin", "novel_least", "novel_side"})
Trouble = tuple[str, str]


def troubles_of_novelty(row: dict[str, Any]) -> Iterator[Trouble]:
    """What a sign lacks that is judged by how new its values are."""
    said = [(key, row[key]) for key in LEVELS if key in row]
    if not said:
        return
    for key, value in said:
        if not is_number(value) or value <= 0:
            yield key, f"{key} must be a number above 0: the surprise that reaches it."
            return
    if [value for _, value in said] != sorted(value for _, value in said):
        yield said[0][0], "novel_notice, novel_warning and novel_alarm must rise in this order."
    if not is_number(row.get("novel_least")) or row["novel_least"] <= 0:
        yield (
            said[0][0],
            "Add novel_least, above 0: the smallest usual excess believed, in the sign's unit.",
        )
    margin = row.get("novel_margin", 0)
    if not is_number(margin) or not 0 <= margin < said[0][1]:
        yield "novel_margin", f"novel_margin must be 0 or more, and less than {said[0][1]:g}."
    if row.get("novel_side", "both") not in SIDES:
        yield "novel_side", f"{row['novel_side']!r} is none of {', '.join(SIDES)}."


def is_number(value: Any) -> bool:
    """Whether a file says a number there; true, false and infinity are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def draw_surprises(indicators: list[Indicator]) -> pa.Table:
    """The engine's table: a row for each sign that is judged so."""
    names = SURPRISES.names[1:]
    rows = [
        {"indicator": one.code, **{name: getattr(one, name) for name in names}}
        for one in indicators
        if one.surprises
    ]
    return pa.Table.from_pylist(rows, schema=SURPRISES)
