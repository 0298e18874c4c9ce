"""networks.csv: what is laid through the drawn city, section by section: the river, the metro."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gongbi.generator.places import Addresses, Tree
from gongbi.generator.sensing import Batch
from gongbi.generator.sketch import Sketch
from gongbi.generator.writing import write_rows
from gongbi.kernel.cities.measures import Floats

HEADER = ("network", "place", "next", "km")
Section = tuple[str, str, str, str]


def write_networks(
    folder: Path, sketch: Sketch, tree: Tree, addresses: Addresses, river: Batch
) -> None:
    """River gauges towards the sea, and stations along each line from its first to its last."""
    sections = [*_river(tree, river), *_metro(sketch, addresses)]
    write_rows(folder / "networks.csv", HEADER, sections)


def _river(tree: Tree, river: Batch) -> Iterator[Section]:
    """Gauges stand in order from the hills to the sea; several may stand in one quarter."""
    order = np.argsort(river.upstream, kind="stable")
    codes = [tree.quarters.codes[row] for row in river.quarter[order]]
    yield from _run("river", codes, river.xy[order])


def _metro(sketch: Sketch, addresses: Addresses) -> Iterator[Section]:
    stops = sketch.ground.plan.metro.stops
    for line in np.unique(stops[:, 0]):
        stations = stops[stops[:, 0] == line, 1]
        rows = sketch.station_building[stations]
        yield from _run("metro", [addresses.codes[row] for row in rows],
                        sketch.buildings.middle[rows])  # fmt: skip


def _run(network: str, codes: list[str], xy: Floats) -> Iterator[Section]:
    """One section a place, to the next; the last leads nowhere."""
    apart = np.hypot(*np.diff(xy, axis=0).T) / 1000 if len(xy) > 1 else np.empty(0)
    begin = 0
    for at in range(1, len(codes) + 1):
        if at < len(codes) and codes[at] == codes[begin]:
            continue
        after = codes[at] if at < len(codes) else ""
        yield network, codes[begin], after, f"{apart[begin:at].sum():.3f}"
        begin = at
