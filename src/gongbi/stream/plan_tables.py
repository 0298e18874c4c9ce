"""The tables of a plan, column by column."""

import pyarrow as pa
import pyarrow.compute as pc

DATASTREAMS = pa.schema(
    [
        ("id", pa.int64()),
        ("name", pa.string()),
        ("place", pa.string()),
        ("property", pa.string()),
        ("unit", pa.string()),
        ("step_seconds", pa.int32()),
        ("gateway", pa.string()),
    ]
)
TRUSTS = pa.schema(
    [
        ("property", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("most_change", pa.float64()),
        ("resting", pa.float64()),
        ("stuck", pa.float64()),
        ("silence", pa.float64()),
        ("future", pa.float64()),
        ("offset", pa.float64()),
        ("leave_out", pa.float64()),
    ]
)
"""What is believed of the sensors of a property, as ``kernel.vitals.troubles.TRUST`` has it."""
FORMULAS = pa.schema(
    [
        ("series", pa.int64()),
        ("op", pa.string()),
        ("scale", pa.float64()),
        ("least_share", pa.float64()),
        ("span_seconds", pa.int64()),
        ("rule", pa.string()),
        ("parts", pa.string()),
        ("share", pa.float64()),
    ]
)
"""How series are made that are not sums, means … of rows; ``kernel.vitals.derived`` says how."""
WIRES = pa.schema(
    [
        ("series", pa.int64()),
        ("part", pa.int64()),
        ("source", pa.int64()),
        ("weight", pa.float64()),
        ("least_level", pa.int64()),
    ]
)
"""Of what they are made: ``source`` is a series or, of rates and quantiles, a datastream."""
SURPRISES = pa.schema(
    [
        ("indicator", pa.string()),
        ("novel_notice", pa.float64()),
        ("novel_warning", pa.float64()),
        ("novel_alarm", pa.float64()),
        ("novel_margin", pa.float64()),
        ("novel_least", pa.float64()),
        ("novel_side", pa.string()),
    ]
)
"""Indicators whose series are judged by how new a value is; a row each."""
SERIES = pa.schema(
    [
        ("id", pa.int64()),
        ("indicator", pa.string()),
        ("place", pa.string()),
        ("property", pa.string()),
        ("aggregate", pa.string()),
        ("window_seconds", pa.int32()),
        ("lateness_seconds", pa.int32()),
        ("direction", pa.string()),
        ("notice", pa.float64()),
        ("warning", pa.float64()),
        ("alarm", pa.float64()),
        ("clear_margin", pa.float64()),
        ("min_windows", pa.int32()),
        ("missing_windows", pa.int32()),
        ("score_notice", pa.float64()),
        ("score_warning", pa.float64()),
        ("score_alarm", pa.float64()),
        ("score_margin", pa.float64()),
        ("least_deviation", pa.float64()),
        ("least_visits", pa.int32()),
    ]
)
DAYS = pa.schema([("begin", pa.int64()), ("kind", pa.int8())])
"""Days of the city's calendar: microseconds since 1970 UTC; 0 a working day, 1 a day off."""
NOVEL = ("novel_notice", "novel_warning", "novel_alarm")
SIDES = ("both", "above", "below")
SCORES = ("score_notice", "score_warning", "score_alarm")
WITHOUT = {**dict.fromkeys(SCORES), "score_margin": 0.0, "least_deviation": 0.0, "least_visits": 0}
"""What is written where a plan says nothing of what is usual."""
MEMBERS = pa.schema([("datastream", pa.int64()), ("series", pa.int64())])
TABLES = {
    "datastreams": DATASTREAMS,
    "series": SERIES,
    "members": MEMBERS,
    "days": DAYS,
    "trusts": TRUSTS,
    "formulas": FORMULAS,
    "wires": WIRES,
    "surprises": SURPRISES,
}
OPTIONAL = frozenset({"days", "trusts", "formulas", "wires", "surprises"})
"""Tables that older plans do not have, and that may say nothing."""


def widened(name: str, table: pa.Table) -> pa.Table:
    """A table with the columns that may be left out."""
    if name == "series":
        return _say_without(table)
    if name == "trusts":
        return _say_nothing(table)
    if name == "datastreams" and "gateway" not in table.column_names:
        return table.append_column("gateway", pa.repeat(pa.scalar(""), len(table)))
    return table


def _say_nothing(table: pa.Table) -> pa.Table:
    """Trusts with every column; what is not said of a property is empty."""
    for column in TRUSTS:
        if column.name not in table.column_names:
            table = table.append_column(column.name, pa.nulls(len(table), column.type))
    return table


def _say_without(table: pa.Table) -> pa.Table:
    """Series with every column of what is usual, also where nothing was said of it."""
    for column, value in WITHOUT.items():
        kind = SERIES.field(column).type
        if column not in table.column_names:
            table = table.append_column(column, pa.nulls(len(table), kind))
        if value is not None and table[column].null_count:
            place = table.column_names.index(column)
            filled = pc.fill_null(table[column], value)
            table = table.set_column(place, column, filled)
    return table
