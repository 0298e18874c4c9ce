"""What may be at fault where a plan asks for novelty."""

import math
from collections.abc import Iterator

import pyarrow as pa

from gongbi.stream.plan_tables import NOVEL, SIDES


def surprise_faults(table: pa.Table) -> Iterator[str]:
    """Each fault of the table ``surprises``, with the indicator it is of."""
    seen = set[str]()
    for row in table.to_pylist():
        name = row["indicator"]
        if name in seen:
            yield f"novelty of {name!r} stands twice"
        seen.add(name)
        for fault in _faults(row):
            yield f"novelty of {name!r}: {fault}"


def _faults(row: dict[str, object]) -> Iterator[str]:
    known = [one for one in (float(str(row[name])) for name in NOVEL) if not math.isnan(one)]
    if not known or known != sorted(known) or known[0] <= 0:
        yield "surprises must be above 0 and rise from notice to alarm"
    elif not 0 <= float(str(row["novel_margin"])) < known[0]:
        yield "novel_margin must be 0 or more, and less than what the first level asks"
    if not float(str(row["novel_least"])) > 0:
        yield "novel_least must be above 0"
    if row["novel_side"] not in SIDES:
        yield f"novel_side is one of {', '.join(SIDES)}"
