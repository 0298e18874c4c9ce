"""Faults of what a plan says of made series."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa


def of_rows(formulas: pa.Table) -> np.ndarray:
    """Which formulas are made of datastreams, not of series."""
    return np.array([op in {"rate", "quantile"} for op in formulas["op"].to_pylist()], np.bool_)


def formula_faults(tables: dict[str, pa.Table]) -> Iterator[str]:
    """What a made series lacks; its sources must be there, and none be made of itself."""
    formulas, wires = tables["formulas"], tables["wires"]
    series = set(tables["series"]["id"].to_pylist())
    streams = set(tables["datastreams"]["id"].to_pylist())
    rows = set(formulas["series"].to_numpy()[of_rows(formulas)].tolist())
    for one in set(formulas["series"].to_pylist()) - series:
        yield f"a formula names series {one}, which is not in the plan"
    pairs = list(zip(wires["series"].to_pylist(), wires["source"].to_pylist(), strict=True))
    for made, source in pairs:
        if source not in (streams if made in rows else series):
            yield f"series {made} is made of {source}, which is not in the plan"
    yield from _circles([pair for pair in pairs if pair[0] not in rows])


def _circles(pairs: list[tuple[int, int]]) -> Iterator[str]:
    """Series that are made of themselves, if only over others."""
    waiting = {made for made, _ in pairs}
    while True:
        ready = waiting - {made for made, source in pairs if source in waiting}
        if not ready:
            break
        waiting -= ready
    for one in sorted(waiting)[:10]:
        yield f"series {one} is made of itself"
