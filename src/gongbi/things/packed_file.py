"""The datastreams of a pack too large to be copied: columns in a file, asked where they lie.

``things/pack-<version>.parquet`` has a row a datastream, in order of ids, with the place's path
and the *spot* (the first datastream that stands there; a spot is a Thing). Beside it
``things/newest-<version>.npy`` has the newest row of the log of each, kept by the worker and read
by the web.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from numpy.typing import NDArray

from gongbi.core.public import PlaceRecord, places
from gongbi.things.models import Bookmark

READER = "packed"
FIRST_ID = 1 << 40
"""Added to the log's ids, so that what is made here and what the pack has never share an id."""
NEWEST = np.dtype([("time", "i8"), ("value", "f8")])
NEVER = -(1 << 62)
CODES_AT_ONCE = 1000
ROW_GROUP = 50_000
MEMORY, THREADS = "512MB", 2
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Packed:
    """The file in force."""

    columns: Path
    newest: Path

    def ask(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query over ``pack``."""
        if not hasattr(_local, "door"):
            _local.door = duckdb.connect(
                config={"memory_limit": MEMORY, "threads": THREADS, "autoinstall_known_extensions":
                        False, "autoload_known_extensions": False}
            )  # fmt: skip
        cursor = _local.door.cursor()
        try:
            whole = f"WITH pack AS (SELECT * FROM read_parquet($file)) {sql}"
            named = {"file": str(self.columns)} | {f"p{n}": one for n, one in enumerate(given)}
            found: list[tuple[Any, ...]] = cursor.execute(whole, named).fetchall()
            return found
        finally:
            cursor.close()

    def newest_of(self, rows: Sequence[int]) -> list[tuple[int, float]]:
        """(microseconds, value) of the newest row of the log of each; NEVER where none came."""
        kept = np.load(self.newest, mmap_mode="r")
        return [(int(kept["time"][row]), float(kept["value"][row])) for row in rows]


def in_force() -> Packed | None:
    """The file of the pack in force; None where its datastreams are entities of their own.

    A small file says which: each request would cost a statement more otherwise.
    """
    try:
        return _file(int(_marker().read_text()))
    except FileNotFoundError:
        return None


def _marker() -> Path:
    return Path(settings.GONGBI_DATA) / "things" / "in-force"


def follow_database() -> None:
    """Let the small file say what the database does: a load that was undone left it behind."""
    version = Bookmark.objects.filter(reader=READER).values_list("position", flat=True).first()
    said = in_force()
    if said != (None if version is None else _file(version)):
        _mark(version)


def _mark(version: int | None) -> None:
    if version is None:
        _marker().unlink(missing_ok=True)
        return
    _marker().parent.mkdir(parents=True, exist_ok=True)
    draft = _marker().with_suffix(".draft")
    draft.write_text(str(version))
    draft.replace(_marker())


def _file(version: int) -> Packed:
    folder = Path(settings.GONGBI_DATA) / "things"
    return Packed(folder / f"pack-{version}.parquet", folder / f"newest-{version}.npy")


def write_packed(source: Path, version: int) -> list[str]:
    """Write the columns of a pack's datastreams; return the properties it has."""
    table = pq.read_table(source).sort_by("id")
    made = _file(version)
    made.columns.parent.mkdir(parents=True, exist_ok=True)
    where = _places(table["place"])
    codes = table["place"].to_pylist()
    named = {code: one.name for code, one in where.items()}
    paths = {code: one.path for code, one in where.items()}
    columns = {
        "id": table["id"].cast(pa.int64()),
        "row": pa.array(np.arange(len(table))),
        **{name: table[name].cast(pa.string()) for name in ("name", "property", "unit", "place")},
        **{name: _or_nothing(table, name, pa.float64()) for name in ("lon", "lat")},
        "step": table["step_seconds"].cast(pa.int64()),
        "owner": _or_nothing(table, "owner", pa.string()),
        "title": pa.array([named.get(code, code) for code in codes]),
        "path": pa.array([paths.get(code, "") for code in codes]),
    }
    spots = _spots(columns)
    columns["spot"] = pa.array(spots)
    stands = spots == columns["id"].to_numpy()
    columns["thing"] = pa.array(np.where(stands, np.cumsum(stands) - 1, -1))
    draft = made.columns.with_suffix(".draft")
    pq.write_table(pa.table(columns), draft, row_group_size=ROW_GROUP, compression="zstd")
    draft.replace(made.columns)
    newest = np.lib.format.open_memmap(made.newest, "w+", NEWEST, (len(table),))
    newest["time"] = NEVER
    newest.flush()
    return sorted(set(table["property"].to_pylist()))


def _or_nothing(table: pa.Table, name: str, kind: pa.DataType) -> pa.Array:
    if name not in table.column_names:
        return pa.repeat(pa.scalar("" if kind == pa.string() else 0.0, kind), len(table))
    return table[name].cast(kind).fill_null("" if kind == pa.string() else 0.0)


def _places(column: pa.ChunkedArray) -> dict[str, PlaceRecord]:
    codes, found = sorted(set(column.to_pylist())), dict[str, PlaceRecord]()
    for begin in range(0, len(codes), CODES_AT_ONCE):
        found |= places(codes[begin : begin + CODES_AT_ONCE])
    return found


def _spots(columns: dict[str, Any]) -> NDArray[np.int64]:
    """For each datastream the first that stands at the same place and point."""
    _, at = np.unique(columns["place"].to_numpy(zero_copy_only=False), return_inverse=True)
    spots = np.column_stack(
        [at, *(np.round(columns[name].to_numpy(), 6) for name in ("lon", "lat"))]
    )
    _, first, of = np.unique(spots, axis=0, return_index=True, return_inverse=True)
    ids: NDArray[np.int64] = columns["id"].to_numpy()
    return ids[first[of.ravel()]]


def put_packed_in_force(version: int | None) -> None:
    """Let the file of a version be in force, or none; others are swept."""
    Bookmark.objects.filter(reader=READER).delete()
    if version is not None:
        Bookmark.objects.create(reader=READER, position=version)
    _mark(version)
    folder = Path(settings.GONGBI_DATA) / "things"
    # The last version stays for readers that began before, and for a load that is undone.
    for path in (*folder.glob("pack-*.parquet"), *folder.glob("newest-*.npy")):
        number = int(path.stem.rpartition("-")[2])
        if version is not None and number < version - 1:
            path.unlink(missing_ok=True)


def keep_newest(ids: NDArray[np.int64], times: NDArray[np.int64], values: Any) -> int:
    """Keep what the log has that is newer; how many datastreams of the pack it was."""
    packed = in_force()
    if packed is None or not packed.newest.exists() or not len(ids):
        return 0
    known = pq.read_table(packed.columns, columns=["id"], memory_map=True)["id"].to_numpy()
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    kept = np.load(packed.newest, mmap_mode="r+")
    hit = (known[at] == ids) & (kept["time"][at] < times)
    # The value first: whoever reads in between sees a value too new, never a time without one.
    kept["value"][at[hit]] = values[hit]
    kept["time"][at[hit]] = times[hit]
    return int(hit.sum())
