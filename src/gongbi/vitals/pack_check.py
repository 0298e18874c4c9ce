"""Faults of indicators.toml and datastreams.parquet, all at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gongbi.core.public import CODE, Fault, Known, Unreadable, read_toml_with_lines
from gongbi.vitals import pack_derived, pack_novel
from gongbi.vitals.networks import names_of
from gongbi.vitals.pack_novel import is_number

INDICATORS, DATASTREAMS = "indicators.toml", "datastreams.parquet"
AGGREGATES = (
    "sum", "mean", "min", "max", "last", "count", "share", *pack_derived.OF_ROWS,
)  # fmt: skip
KINDS = frozenset({"self", "building", "quarter", "grid", "subdistrict", "district", "city"})
SHAPE = pa.schema(
    [
        ("id", pa.int64()),
        ("name", pa.string()),
        ("property", pa.string()),
        ("unit", pa.string()),
        ("place", pa.string()),
        ("step_seconds", pa.int32()),
    ]
)
COLUMNS = tuple(SHAPE.names)
GATEWAY = "gateway"
"""Column of datastreams.parquet that may be left out: what the sensor is connected to."""
KEYS = frozenset(
    {"code", "name_en", "name_zh", "class", "property", "unit", "aggregate", "places"}
    | {"window_minutes", "lateness_minutes", "direction", "notice", "warning", "alarm"}
    | {
        "clear_margin",
        "min_windows",
        "missing_windows",
        "case_type",
        "case_from_level",
        "case_group",
    }
    | {"why_en", "why_zh", "usual_notice", "usual_warning", "usual_alarm", "usual_margin"}
    | {"least_deviation", "least_days", "escalate_minutes", "own_case"}
    | pack_derived.KEYS
    | pack_novel.KEYS
)
REQUIRED = ("code", "property", "aggregate", "window_minutes", "places")
WHOLE = {
    "min_windows": 1,
    "missing_windows": 0,
    "case_from_level": 1,
    "least_days": 3,
    "escalate_minutes": 0,
}
USUAL = ("usual_notice", "usual_warning", "usual_alarm")
LONGEST_WAIT_MINUTES = 22 * 60
MOST_FAULTS_OF_A_FILE = 50
MOST_CHARACTERS = {"name_en": 120, "name_zh": 120, "class": 32, "property": 64, "unit": 32}
MOST_LATE_WINDOWS = 500
KEEPS_UNIT = frozenset({"mean", "min", "max", "last", *pack_derived.QUANTILES})
"""Aggregates whose value is measured as its datastreams are; a sum of mm/h is none of mm/h."""
Trouble = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the datastreams of one property have in common: unit, and the shortest step."""

    unit: str
    step_seconds: int


def check_indicators(folder: Path, known: Known, sensed: dict[str, Sensed]) -> list[Fault]:
    """Faults of indicators.toml; a town without sensors needs no such file."""
    if not (folder / INDICATORS).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / INDICATORS)
    except Unreadable as error:
        return [error.fault]
    rows, seen, faults = said.get("indicator", []), set[str](), list[Fault]()
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        return [Fault(INDICATORS, 1, "Each indicator begins with a line [[indicator]].")]
    before, networks = dict[str, dict[str, Any]](), names_of(folder)
    for number, row in enumerate(rows):
        at = _at(line_of, number)
        if "derive" in row:
            found = _troubles_of_made(row, known, before, networks)
        else:
            found = _troubles(row, known, sensed)
        faults += [Fault(INDICATORS, at(key), why) for key, why in found]
        before[str(row.get("code"))] = pack_derived.with_window(row, before)
        if row.get("code") in seen:
            faults.append(Fault(INDICATORS, at("code"), f"{row['code']!r} stands here twice."))
        seen.add(str(row.get("code")))
    return faults


def indicator_codes(folder: Path) -> set[str]:
    """Codes of the indicators, as far as the file can be read."""
    try:
        rows = read_toml_with_lines(folder / INDICATORS)[0].get("indicator", [])
    except Unreadable:
        return set()
    return {str(row.get("code")) for row in _list(rows) if isinstance(row, dict)}


def _at(line_of: Callable[..., int], number: int) -> Callable[[str], int]:
    return lambda key: line_of("indicator", number, key)


def _troubles(row: dict[str, Any], known: Known, sensed: dict[str, Sensed]) -> Iterator[Trouble]:
    missing = [key for key in REQUIRED if not row.get(key)]
    for key in missing:
        yield key, f"The indicator {row.get('code', '?')!r} lacks {key!r}; add it."
    yield from (one for one in _troubles_of_names(row) if one[0] not in missing)
    yield from (one for one in _troubles_of_rule(row, known) if one[0] not in missing)
    yield from _troubles_of_limits(row)
    yield from _troubles_of_usual(row)
    yield from pack_novel.troubles_of_novelty(row)
    yield from _troubles_of_case(row, known)
    yield from _troubles_of_sensing(row, sensed)


def _troubles_of_made(
    row: dict[str, Any],
    known: Known,
    before: dict[str, dict[str, Any]],
    networks: set[str],
) -> Iterator[Trouble]:
    """What is wrong with an indicator that is made of others."""
    for key in ("code", "places"):
        if not row.get(key):
            yield key, f"The indicator {row.get('code', '?')!r} lacks {key!r}; add it."
            return
    yield from _troubles_of_names(row)
    for kind in _list(row["places"]):
        yield from _trouble_of_kind("places", kind, known)
    yield from _troubles_of_figures(row)
    yield from _troubles_of_limits(row)
    yield from _troubles_of_usual(row)
    yield from pack_novel.troubles_of_novelty(row)
    yield from _troubles_of_case(row, known)
    yield from pack_derived.troubles_of_derived(row, before, networks)


def _troubles_of_sensing(row: dict[str, Any], sensed: dict[str, Sensed]) -> Iterator[Trouble]:
    """What does not fit the datastreams; a pack without any may bring them later."""
    named = row.get("property")
    if not sensed or not named:
        return
    found = sensed.get(str(named))
    if found is None:
        yield "property", f"No datastream has the property {named!r}."
        return
    unit = row.get("unit")
    if unit and row.get("aggregate") in KEEPS_UNIT and unit != found.unit:
        why = f"{named} is told in {unit}, but its datastreams measure in {found.unit}"
        yield "unit", f"{why}; write limits and unit as they do."
    yield from _trouble_of_step(row, found.step_seconds)


def _trouble_of_step(row: dict[str, Any], step: int) -> Iterator[Trouble]:
    """A sensor that speaks on time must not be called silent between two of its rows."""
    window: Any = row.get("window_minutes")
    missing = row.get("missing_windows", 0)
    if is_number(window) and type(missing) is int and 0 < missing * window * 60 < step:
        yield (
            "missing_windows",
            f"{missing} windows of {window:g} minutes are less than the {step} s between two rows "
            f"of {row['property']}: it would be called silent while it speaks on time. Widen the "
            "window, wait for more windows, or write 0 for a sensor that only tells events.",
        )


def _troubles_of_names(row: dict[str, Any]) -> Iterator[Trouble]:
    for key in sorted(set(row) - KEYS):
        yield key, f"{key!r} is no key of an indicator; the keys are {', '.join(sorted(KEYS))}."
    if row.get("code") in ("at", "try"):
        yield "code", f"{row['code']!r} is an address of the pages; choose another code."
    if not CODE.fullmatch(str(row.get("code", ""))):
        yield "code", f"The code {row.get('code')!r} may hold a-z, 0-9 and '-', 32 at the most."
    if not (row.get("name_en") or row.get("name_zh")):
        yield "name_en", f"The indicator {row.get('code')!r} has no name."
    for key, most in MOST_CHARACTERS.items():
        if len(str(row.get(key, ""))) > most:
            yield key, f"{key} has more than {most} characters; shorten it."


def _troubles_of_rule(row: dict[str, Any], known: Known) -> Iterator[Trouble]:
    if row.get("aggregate") not in AGGREGATES:
        yield "aggregate", f"{row.get('aggregate')!r} is none of {', '.join(AGGREGATES)}."
    if row.get("direction", "above") not in ("above", "below"):
        yield "direction", f"{row.get('direction')!r} is neither above nor below."
    for kind in _list(row.get("places")):
        yield from _trouble_of_kind("places", kind, known)
    yield from _troubles_of_figures(row)
    yield from _troubles_of_span(row)


def _troubles_of_figures(row: dict[str, Any]) -> Iterator[Trouble]:
    for key in (
        "window_minutes", "lateness_minutes", "clear_margin", "usual_margin", "least_deviation",
    ):  # fmt: skip
        if key in row and (not is_number(row[key]) or row[key] < 0):
            yield key, f"{key} must be a number, 0 or more."
    for key, least in WHOLE.items():
        if key in row and not (type(row[key]) is int and row[key] >= least):
            yield key, f"{key} must be a whole number, {least} or more."


def _troubles_of_span(row: dict[str, Any]) -> Iterator[Trouble]:
    window, late = row.get("window_minutes"), row.get("lateness_minutes", 0)
    if not isinstance(window, int | float) or not isinstance(late, int | float):
        return
    if window * 60 < 1:
        yield "window_minutes", "window_minutes must be one second at least."
    elif late > window * MOST_LATE_WINDOWS:
        most = f"{MOST_LATE_WINDOWS} windows of {window:g} minutes"
        yield "lateness_minutes", f"lateness_minutes {late:g} is more than {most}; wait less."


def _trouble_of_kind(key: str, kind: Any, known: Known) -> Iterator[Trouble]:
    kinds = KINDS | set(known.place_kinds.values())
    if kind not in kinds:
        yield key, f"{kind!r} is no kind of place; choose from {', '.join(sorted(kinds))}."


def _troubles_of_case(row: dict[str, Any], known: Known) -> Iterator[Trouble]:
    if row.get("case_type") and row["case_type"] not in known.case_types:
        yield "case_type", f"There is no case type {row['case_type']!r} in case_types.toml."
    if "case_group" in row:
        yield from _trouble_of_kind("case_group", row["case_group"], known)
    if not isinstance(row.get("own_case", False), bool):
        yield "own_case", "own_case is true or false: its alerts never share a case or wait."
    if row.get("case_from_level", 2) not in (1, 2, 3):
        yield "case_from_level", f"Levels are 1, 2 and 3, not {row['case_from_level']!r}."


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _troubles_of_limits(row: dict[str, Any]) -> Iterator[Trouble]:
    said = [(key, row[key]) for key in ("notice", "warning", "alarm") if key in row]
    for key, value in said:
        if not is_number(value):
            yield key, f"The limit {value!r} is not a number."
            return
    values = [value for _, value in said]
    below = row.get("direction", "above") == "below"
    if values != sorted(values, reverse=below):
        order = "fall" if below else "rise"
        yield said[0][0], f"Limits {values} must {order} from notice to alarm."


def _troubles_of_usual(row: dict[str, Any]) -> Iterator[Trouble]:
    """What a sign lacks that is judged by what is usual at the hour."""
    said = [(key, row[key]) for key in USUAL if key in row]
    if not said:
        return
    for key, value in said:
        if not is_number(value) or value <= 0:
            yield key, f"{key} must be a number above 0: how many usual scatters off."
            return
    if [value for _, value in said] != sorted(value for _, value in said):
        yield said[0][0], "usual_notice, usual_warning and usual_alarm must rise in this order."
    if not is_number(row.get("least_deviation")) or row["least_deviation"] <= 0:
        yield said[0][0], "Add least_deviation, above 0: a smaller deviation is no news."
    waits = [row.get("window_minutes"), row.get("lateness_minutes", 0)]
    if all(is_number(one) for one in waits) and sum(waits) > LONGEST_WAIT_MINUTES:
        yield said[0][0], "Window and lateness together must stay within 22 hours: learnt by day."


def check_datastreams(folder: Path, known: Known) -> tuple[list[Fault], dict[str, Sensed]]:
    """Faults of datastreams.parquet, and what it senses; a row is named by its number."""
    file = folder / DATASTREAMS
    if not file.exists():
        return [], {}
    try:
        table = _in_shape(pq.read_table(file))
    except (OSError, pa.ArrowException, KeyError) as error:
        reason = str(error).strip("'").splitlines()[0].rstrip(".")
        return [Fault(DATASTREAMS, 0, f"The file cannot be taken: {reason}.")], {}
    rows = table.to_pydict()
    sensed = _sensed(rows)
    known.properties |= set(sensed)
    found = list(_row_faults(rows, known, sensed))
    return found[:MOST_FAULTS_OF_A_FILE] + _rest(found), sensed


def _sensed(rows: dict[str, list[Any]]) -> dict[str, Sensed]:
    """By property the unit of its first datastream and the shortest step."""
    found: dict[str, Sensed] = {}
    for name, unit, step in zip(rows["property"], rows["unit"], rows["step_seconds"], strict=True):
        if name and unit is not None and step is not None:
            before = found.get(name, Sensed(unit, step))
            found[name] = Sensed(before.unit, min(before.step_seconds, step))
    return found


def _in_shape(table: pa.Table) -> pa.Table:
    """The columns needed, in the types needed; KeyError names the columns that are missing."""
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise KeyError(f"it lacks the column {', '.join(missing)}")
    shaped = table.select(list(COLUMNS)).cast(SHAPE)
    if GATEWAY not in table.column_names:
        return shaped
    return shaped.append_column(GATEWAY, table[GATEWAY].cast(pa.string()).fill_null(""))


def read_datastreams(folder: Path) -> pa.Table:
    """Datastreams of a checked pack, by id; none where the pack has no such file."""
    file = folder / DATASTREAMS
    if not file.exists():
        return SHAPE.empty_table()
    return _in_shape(pq.read_table(file)).sort_by("id")


def _row_faults(
    rows: dict[str, list[Any]], known: Known, sensed: dict[str, Sensed]
) -> Iterator[Fault]:
    ids, names = dict[Any, int](), dict[Any, int]()
    for number, row in enumerate(zip(*(rows[name] for name in COLUMNS), strict=True), 1):
        said = dict(zip(COLUMNS, row, strict=True))
        reasons = [*_troubles_of_row(said, known, sensed), *_twins(said, ids, names)]
        for reason in reasons:
            yield Fault(DATASTREAMS, number, reason)
        ids.setdefault(said["id"], number)
        names.setdefault(said["name"], number)


def _troubles_of_row(
    said: dict[str, Any], known: Known, sensed: dict[str, Sensed]
) -> Iterator[str]:
    if said["id"] is None or said["id"] < 1:
        yield f"The id {said['id']} must be 1 or more."
    if not said["name"]:
        yield "The datastream has no name; senders call it by its name."
    if not said["property"] or said["unit"] is None:
        yield f"The datastream {said['name']!r} has no property or no unit."
    elif said["property"] in sensed and sensed[said["property"]].unit != said["unit"]:
        usual = sensed[said["property"]].unit
        yield (
            f"It measures {said['property']} in {said['unit']}, others in {usual}: figures of two "
            "units must not be added. Turn it into one of them, or name another property."
        )
    if said["place"] not in known.places:
        yield f"The place {said['place']!r} is no place of this pack."
    if said["step_seconds"] is None or said["step_seconds"] < 1:
        yield f"step_seconds {said['step_seconds']} must be 1 or more."


def _twins(said: dict[str, Any], ids: dict[Any, int], names: dict[Any, int]) -> Iterator[str]:
    if said["id"] in ids:
        yield f"The id {said['id']} stands in row {ids[said['id']]} already."
    if said["name"] and said["name"] in names:
        yield f"The name {said['name']!r} stands in row {names[said['name']]} already."


def _rest(found: list[Fault]) -> list[Fault]:
    more = len(found) - MOST_FAULTS_OF_A_FILE
    return [Fault(DATASTREAMS, 0, f"And {more} faults more.")] if more > 0 else []
