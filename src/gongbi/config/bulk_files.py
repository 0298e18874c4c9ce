"""Files of history in pieces that the door takes: CSV, newline JSON, Arrow, Parquet; also packed.

Text goes to the door as it stands, so that the door's own readers judge every row; a piece knows
the line it begins at, so that a refused row is named by its line in the file.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

PIECE_BYTES = 4 << 20
PIECE_ROWS = 100_000
ARROW = "application/vnd.apache.arrow.stream"
COLUMNS = ("datastream", "time", "value", "unit")
PACKED = (".gz", ".zst", ".bz2")
KINDS = {
    ".csv": "csv",
    **dict.fromkeys((".ndjson", ".jsonl"), "lines"),
    **dict.fromkeys((".arrow", ".arrows", ".ipc", ".feather"), "arrow"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
}


class CannotRead(Exception):
    """A file of which nothing can be taken; the sentence names it and says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one request carries.

    ``skipped`` is added to a line the door names to have the line (of a table: the row) in the
    file; ``rows`` are its lines or rows; ``done`` is the share of the file read so far.
    """

    body: bytes
    kind: str
    skipped: int
    rows: int
    done: float


def files_in(path: Path) -> list[Path]:
    """The file, or those of a folder and its folders that can be read, in order of their names."""
    if path.is_file():
        return [path]
    found = sorted(one for one in path.rglob("*") if one.is_file() and kind_of(one))
    if not found:
        raise CannotRead(f"{path} holds no file that ends in {', '.join(KINDS)}.")
    return found


def kind_of(path: Path) -> str:
    """How a file is read, by its name; empty where that is not known."""
    suffixes = [one.lower() for one in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return KINDS.get(suffixes[-1], "") if suffixes else ""


def name_of(path: Path) -> str:
    """A name for what the file holds: the same content has the same one, wherever it lies."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:32]


def pieces_of(path: Path) -> Iterator[Piece]:
    """The file piece by piece; CannotRead where it is none of those."""
    kind = kind_of(path)
    if not kind:
        raise CannotRead(f"{path.name}: end it in {', '.join(KINDS)}, packed or not.")
    try:
        if kind in ("csv", "lines"):
            yield from _text(path, kind)
        else:
            yield from _tables(path, kind)
    except (OSError, pa.ArrowException, EOFError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise CannotRead(f"{path.name} cannot be read to its end: {reason}.") from error


def _text(path: Path, kind: str) -> Iterator[Piece]:
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        file = io.BufferedReader(pa.input_stream(raw, compression=_packing(path)))
        head = _record(file) if kind == "csv" else b""
        before = 0
        for lines, body in _blocks(file, quoted=kind == "csv"):
            told = "text/csv" if kind == "csv" else "application/x-ndjson"
            yield Piece(head + body, told, before, lines, min(raw.tell() / size, 1.0))
            before += lines


def _packing(path: Path) -> str | None:
    return {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}.get(path.suffix.lower())


def _record(file: BinaryIO) -> bytes:
    """A line, or several where a quoted cell holds line ends; with its end."""
    line = file.readline()
    while line.count(b'"') % 2 and (more := file.readline()):
        line += more
    return line if not line or line.endswith(b"\n") else line + b"\n"


def _blocks(file: BinaryIO, *, quoted: bool) -> Iterator[tuple[int, bytes]]:
    """(lines, text) of whole records, a few megabytes at a time."""
    while block := file.read(PIECE_BYTES):
        block += file.readline()
        while quoted and block.count(b'"') % 2 and (more := file.readline()):
            block += more
        block = block if block.endswith(b"\n") else block + b"\n"
        yield block.count(b"\n"), block


def _tables(path: Path, kind: str) -> Iterator[Piece]:
    before = 0
    batches, of = _parquet(path) if kind == "parquet" else _arrow(path)
    for batch in batches:
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        share = (before + len(batch)) / max(of, 1)
        yield Piece(sink.getvalue(), ARROW, before, len(batch), share)
        before += len(batch)


def _parquet(path: Path) -> tuple[Iterable[pa.RecordBatch], int]:
    file = pq.ParquetFile(path)
    names = [name for name in COLUMNS if name in file.schema_arrow.names]
    return file.iter_batches(PIECE_ROWS, columns=names), file.metadata.num_rows


def _arrow(path: Path) -> tuple[Iterable[pa.RecordBatch], int]:
    """Batches of a stream or a file, buffers unpacked and cut to the size of a piece."""
    source: Any = pa.input_stream(str(path), compression=_packing(path)).read()
    try:
        table = pa.ipc.open_stream(source).read_all()
    except pa.ArrowInvalid:
        table = pa.ipc.open_file(source).read_all()
    table = table.select([name for name in COLUMNS if name in table.column_names])
    return table.to_batches(PIECE_ROWS), len(table)
