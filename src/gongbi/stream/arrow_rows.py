"""From an Arrow IPC stream to columns, without a copy where its types are ours.

Columns: ``datastream`` (whole number, or text plain or as a dictionary), ``time`` (timestamp with
a zone, or whole milliseconds), ``value`` (a number), and ``unit`` (text) where somebody says one.
"""

import struct
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gongbi.kernel.stream.names import find_names
from gongbi.stream.known import Known, RowRefused
from gongbi.stream.rows import BodyRefused, Columns, Decoded, Rows, checked

_NEEDED = ("datastream", "time", "value")
_EACH = "It needs datastream (a whole number or text), time (a timestamp with a zone, or whole "
_SHAPE = _EACH + "milliseconds) and value (a number)."
_MICROS = {"s": 1_000_000, "ms": 1000, "us": 1}
_BAD_TIME = np.iinfo(np.int64).min


def decode_arrow(body: bytes, known: Known) -> Decoded:
    """Rows of an Arrow stream; rows count from 1 over all its batches."""
    table = _read(body)
    rows = Rows(known)
    lines = np.arange(1, len(table) + 1)
    absent = _nulls(table, rows)
    ids, strangers = _ids(table["datastream"], rows, absent)
    times, values = _times(table["time"]), _values(table["value"])
    good = ~(absent | strangers)
    if "unit" in table.column_names:
        good &= _units_fit(table["unit"], ids, good, rows)
    columns: Columns = (ids, times, values, lines)
    if not good.all():
        columns = ids[good], times[good], values[good], lines[good]
    return checked(columns, rows)


def _read(body: bytes) -> pa.Table:
    """The columns of the stream, each one chunk and known to be sound."""
    try:
        _refuse_compressed(body)
        reader = pa.ipc.open_stream(pa.py_buffer(body))
        names = _names(reader.schema)
        table = reader.read_all().select(names)
        # The buffers are a stranger's: an offset beyond them would be read outside the body.
        table.validate(full=True)
        return table.unify_dictionaries().combine_chunks()
    except (pa.ArrowException, OSError, struct.error, IndexError) as error:
        why = str(error).split("\n")[0][:200]
        raise BodyRefused(f"The body is not a whole Arrow IPC stream: {why}.") from error


def _names(schema: pa.Schema) -> list[str]:
    absent = [name for name in _NEEDED if len(schema.get_all_field_indices(name)) != 1]
    if absent:
        raise BodyRefused(f"The stream lacks the column {', '.join(absent)}. {_SHAPE}")
    names = [*_NEEDED, *(["unit"] if len(schema.get_all_field_indices("unit")) == 1 else [])]
    for name in names:
        kind = schema.field(name).type
        if not _FITS[name](kind):
            raise BodyRefused(f"The column {name} is {kind}. {_SHAPE}")
    return names


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_time(kind: pa.DataType) -> bool:
    if pa.types.is_timestamp(kind):
        return kind.tz is not None
    return bool(pa.types.is_int64(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


_FITS: dict[str, Callable[[pa.DataType], bool]] = {
    "datastream": lambda kind: bool(pa.types.is_integer(kind)) or _is_text(kind),
    "time": _is_time,
    "value": _is_number,
    "unit": _is_text,
}


def _nulls(table: pa.Table, rows: Rows) -> NDArray[np.bool_]:
    """Rows where something needed is empty; each is refused."""
    absent = np.zeros(len(table), np.bool_)
    for name in _NEEDED:
        if table[name].null_count:
            empty = pc.is_null(table[name]).to_numpy() & ~absent
            for at in np.flatnonzero(empty).tolist():
                rows.refuse(at + 1, f"{name} is empty; where there is no value, send no row")
            absent |= empty
    return absent


def _ids(
    column: pa.ChunkedArray, rows: Rows, absent: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(ids, rows refused because their name is not known)."""
    if pa.types.is_integer(column.type):
        wide = column.type == pa.uint64()
        column = pc.min_element_wise(column, (1 << 63) - 1) if wide else column
        return _plain(column, pa.int64()), np.zeros(len(column), np.bool_)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return _ids_of_names(column.combine_chunks(), rows, absent)


def _ids_of_names(
    column: pa.DictionaryArray, rows: Rows, absent: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Each name is looked up once, however many rows say it; only names that rows say."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    places, whys = _plain(column.indices, pa.int64()), dict[int, str]()
    names = column.dictionary.cast(pa.string())
    found, known = _at_speed(names, rows)
    said = np.zeros(len(known), np.bool_)
    said[places[~absent]] = True
    for at in np.flatnonzero(said & ~known).tolist():
        try:
            found[at] = rows.identity(names[at].as_py())
        except RowRefused as refusal:
            whys[at] = str(refusal)
    bad = np.isin(places, np.array(list(whys), np.int64)) & ~absent
    for at in np.flatnonzero(bad).tolist():
        rows.refuse(at + 1, whys[int(places[at])])
    return found[places], bad


def _at_speed(names: pa.Array, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(id of each name, whether the plan knows it), read where Arrow keeps them."""
    found, known = np.zeros(len(names) + 1, np.int64), np.zeros(len(names) + 1, np.bool_)
    text = names.buffers()[2] if len(names) and not names.null_count else None
    if text is not None and text.size:
        ends = np.frombuffer(names.buffers()[1], np.int32)[names.offset :][: len(names) + 1]
        letters = np.frombuffer(text, np.uint8)
        find_names(letters, ends, rows.known.roster.names, found, known)
    return found, known


def _times(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Microseconds since 1970; beyond what fits: a time that is refused as too early."""
    kind = column.type
    whole = _plain(column.cast(pa.int64()), pa.int64())
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return whole // 1000
    factor = _MICROS[kind.unit] if pa.types.is_timestamp(kind) else 1000
    if factor == 1:
        return whole
    return np.where(np.abs(whole) < (1 << 62) // factor, whole * factor, _BAD_TIME)


def _values(column: pa.ChunkedArray) -> NDArray[np.float64]:
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    return _plain(column.cast(pa.float64(), safe=False), pa.float64())


def _plain(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> NDArray:
    """A column as an array of this kind, nulls as zero; a view where it can be one."""
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(0, column.type))
    return np.ascontiguousarray(column.cast(kind).to_numpy())


def _units_fit(
    column: pa.ChunkedArray, ids: NDArray[np.int64], good: NDArray[np.bool_], rows: Rows
) -> NDArray[np.bool_]:
    """Rows whose unit is not said, or is that of their datastream; the others are refused."""
    fits, said = np.ones(len(ids), np.bool_), column.to_pylist()
    for at in np.flatnonzero(good & pc.is_valid(column).to_numpy()).tolist():
        try:
            rows.check_unit(int(ids[at]), said[at])
        except RowRefused as refusal:
            rows.refuse(at + 1, str(refusal))
            fits[at] = False
    return fits


def _refuse_compressed(body: bytes) -> None:
    """Refuse buffers compressed inside the stream: a few bytes could ask for all the memory."""
    at = 0
    while at + 8 <= len(body):
        mark, size = struct.unpack_from("<Ii", body, at)
        if mark != 0xFFFFFFFF:  # the old format of 2019 has no mark
            raise BodyRefused("The body is not an Arrow IPC stream: no message begins here.")
        if size <= 0:
            return
        message = memoryview(body)[at + 8 : at + 8 + size]
        if _is_compressed(message):
            raise BodyRefused(
                "The stream's buffers are compressed; write it without, or send the whole body "
                "with Content-Encoding: zstd."
            )
        at += 8 + size + max(_number_at(message, _table(message, 0), 3, "<q"), 0)


def _table(message: memoryview, at: int) -> int:
    """Where the table begins that the offset at ``at`` points to (FlatBuffers)."""
    return at + int(struct.unpack_from("<I", message, at)[0])


def _slot(message: memoryview, table: int, number: int) -> int:
    """Where a table's field lies, 0 when it is not there."""
    entries = table - int(struct.unpack_from("<i", message, table)[0])
    size = struct.unpack_from("<H", message, entries)[0]
    if entries < 0 or 4 + 2 * number >= size:
        return 0
    offset = int(struct.unpack_from("<H", message, entries + 4 + 2 * number)[0])
    return table + offset if offset else 0


def _number_at(message: memoryview, table: int, number: int, shape: str) -> int:
    at = _slot(message, table, number)
    return int(struct.unpack_from(shape, message, at)[0]) if at else 0


def _is_compressed(message: memoryview) -> bool:
    """Whether a message is a record batch, or a dictionary's, with compression (Message.fbs)."""
    root = _table(message, 0)
    kind, header = _number_at(message, root, 1, "<B"), _slot(message, root, 2)
    if kind not in (2, 3) or not header:  # 2: DictionaryBatch, 3: RecordBatch
        return False
    batch = _table(message, header)
    if kind == 2:
        data = _slot(message, batch, 1)
        if not data:
            return False
        batch = _table(message, data)
    return bool(_slot(message, batch, 3))
