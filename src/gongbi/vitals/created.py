"""Datastreams that senders created: into the plan, so that indicators count them."""

import logging

import pyarrow as pa
import pyarrow.compute as pc

from gongbi.core.public import PlaceRecord, places
from gongbi.vitals.pack_check import COLUMNS

log = logging.getLogger("gongbi.vitals")
MOST_CODES = 5000


def with_created(streams: pa.Table, created: pa.Table) -> tuple[pa.Table, int]:
    """(datastreams with the created ones that fit added, how many were added).

    The pack wins: who has a name, an id, another unit of the property or a place that is gone
    stays out of the plan, and is told.
    """
    created = created.select(list(COLUMNS)).filter(
        pc.invert(pc.is_in(created["name"], streams["name"].combine_chunks()))
    )
    if not len(created):
        return streams, 0
    there = places_by_code(set(created["place"].to_pylist()))
    units = dict(zip(streams["property"].to_pylist(), streams["unit"].to_pylist(), strict=True))
    ids = set(streams["id"].to_pylist())
    good = [
        row["place"] in there
        and row["id"] not in ids
        and units.setdefault(row["property"], row["unit"]) == row["unit"]
        for row in created.to_pylist()
    ]
    if not all(good):
        left = created.filter(pc.invert(pa.array(good)))["name"].to_pylist()
        log.warning("created datastreams do not fit the pack", extra={"names": left[:20]})
    fits = created.filter(pa.array(good))
    both = [streams.select(list(COLUMNS)), fits.cast(streams.select(list(COLUMNS)).schema)]
    return pa.concat_tables(both).sort_by("id"), len(fits)


def places_by_code(codes: set[str]) -> dict[str, PlaceRecord]:
    """Places by code; some databases take no more than a few thousand codes at a time."""
    rest, found = sorted(codes), dict[str, PlaceRecord]()
    for begin in range(0, len(rest), MOST_CODES):
        found |= places(rest[begin : begin + MOST_CODES])
    return found
