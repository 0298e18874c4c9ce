"""Indicators made of others, in indicators.toml: their faults, and which series they become."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from gongbi.core.public import PlaceRecord
from gongbi.kernel.vitals.composite import BadRule, read_rule
from gongbi.stream.public import FORMULAS, WIRES
from gongbi.vitals.models import Indicator
from gongbi.vitals.networks import Networks
from gongbi.vitals.plan import OWN, SeriesDrawn, series_id

TWO = ("ratio", "difference")
ONE = ("per-head", "per-km")
OVER = ("sum", "mean", "min", "max", "share-at")
COMPOSITE = "composite"
DERIVED = (*TWO, *ONE, *OVER, COMPOSITE)
QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
OF_ROWS = ("rate", *QUANTILES)
"""Aggregates that the engine makes of rows in a way of its own."""
KEYS = frozenset(
    {"derive", "of", "over", "per", "scale", "least_share", "at_level", "rule", "parts"}
    | {"span_minutes", "network"}
)
MEASURED = ("property", "aggregate", "lateness_minutes")
Trouble = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule: an indicator at a level or worse."""

    name: str
    indicator: str
    level: int


def read_parts(said: Any) -> list[Part]:
    """Parts such as ``{low = "water-pressure>=2"}``, by name; ValueError names a wrong one."""
    if not isinstance(said, dict) or not said:
        raise ValueError('Write parts as { low = "water-pressure>=2", … }.')
    found = []
    for name in sorted(said):
        code, sign, level = str(said[name]).replace(" ", "").partition(">=")
        if not sign or level not in ("1", "2", "3"):
            raise ValueError(f"{said[name]!r} is not an indicator and a level, as in 'code>=2'.")
        found.append(Part(name, code, int(level)))
    return found


def sources_of(row: dict[str, Any]) -> list[str]:
    """Codes of the indicators one is made of; none where that cannot be read."""
    if row.get("derive") != COMPOSITE:
        said = row.get("of")
        return [str(code) for code in said] if isinstance(said, list) else []
    try:
        return sorted({part.indicator for part in read_parts(row.get("parts"))})
    except ValueError:
        return []


def troubles_of_derived(
    row: dict[str, Any], before: dict[str, dict[str, Any]], networks: set[str]
) -> Iterator[Trouble]:
    """What is wrong with one row; ``before`` are the rows above it, by code."""
    if row["derive"] not in DERIVED:
        yield "derive", f"{row['derive']!r} is none of {', '.join(DERIVED)}."
        return
    for key in MEASURED:
        if key in row:
            yield key, f"A made indicator has no {key}; its sources say it."
    strangers = [code for code in sources_of(row) if code not in before]
    if strangers:
        key = "parts" if row["derive"] == COMPOSITE else "of"
        yield key, f"There is no indicator {strangers[0]!r} above this one."
        return
    yield from _troubles_of_numbers(row)
    if row["derive"] == COMPOSITE:
        yield from _troubles_of_rule(row)
    else:
        yield from _troubles_of_network(row, networks)
        yield from _troubles_of_sources(row, [before[code] for code in sources_of(row)])


def _troubles_of_network(row: dict[str, Any], networks: set[str]) -> Iterator[Trouble]:
    needed = row["derive"] == "per-km" or "network" in row
    if needed and row.get("network") not in networks:
        yield "network", f"There is no network {row.get('network')!r} in networks.csv."


def _troubles_of_numbers(row: dict[str, Any]) -> Iterator[Trouble]:
    for key in ("per", "scale", "span_minutes"):
        value = row.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            yield key, f"{key} must be a number above 0."
    share = row.get("least_share", 1.0)
    if not isinstance(share, int | float) or not 0 < share <= 1:
        yield "least_share", "least_share must be above 0 and at most 1."
    if row.get("at_level", 1) not in (1, 2, 3):
        yield "at_level", f"Levels are 1, 2 and 3, not {row['at_level']!r}."


def _troubles_of_rule(row: dict[str, Any]) -> Iterator[Trouble]:
    try:
        parts = read_parts(row.get("parts"))
    except ValueError as error:
        yield "parts", str(error)
        return
    try:
        read_rule(str(row.get("rule", "")), [part.name for part in parts])
    except BadRule as error:
        yield "rule", f"The rule cannot be read. {error}"
    if not row.get("window_minutes"):
        yield "window_minutes", "A composite sign says window_minutes: how often it is judged."


def _troubles_of_sources(row: dict[str, Any], sources: list[dict[str, Any]]) -> Iterator[Trouble]:
    needed = 2 if row["derive"] in TWO else 1
    if len(sources) != needed:
        yield "of", f"{row['derive']} is made of {needed}, not of {len(sources)}."
        return
    if "window_minutes" in row:
        yield "window_minutes", "A made indicator has the windows of its sources; leave it out."
    if len({one.get("window_minutes") for one in sources}) > 1:
        yield "of", "Both must have windows of the same length."
    yield from _troubles_of_kinds(row, sources)


def _troubles_of_kinds(row: dict[str, Any], sources: list[dict[str, Any]]) -> Iterator[Trouble]:
    """Sources must have figures where they are looked for."""
    kinds: Iterable[Any] = row.get("places") or []
    if row["derive"] in OVER:
        if not row.get("over") and not row.get("network"):
            yield "derive", "Add over: the kind of place its sources stand at; or a network."
            return
        kinds = [row["over"]] if row.get("over") else []
    for source in sources:
        for kind in kinds:
            if kind not in (source.get("places") or []):
                yield "of", f"{source['code']!r} has no figures at places of kind {kind!r}."


def with_window(row: dict[str, Any], before: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A row with the window its sources give it, for those below to be checked against."""
    if "derive" not in row or "window_minutes" in row:
        return row
    known = [before[code].get("window_minutes") for code in sources_of(row) if code in before]
    return {**row, "window_minutes": known[0]} if known else row


def settled(row: dict[str, Any], before: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A checked row with the windows, lateness and property that its sources give it."""
    sources = [before[code] for code in sources_of(row)]
    late = max(one.get("lateness_minutes", 0) for one in sources)
    given = {
        "property": "",
        "aggregate": row["derive"],
        "lateness_minutes": late,
        "window_minutes": sources[0]["window_minutes"],
    }
    if row["derive"] == COMPOSITE:
        given |= {"direction": "above", "notice": 1.0}
    return {**given, **row}


def formula_of(row: dict[str, Any]) -> dict[str, Any]:
    """What the database keeps of how it is made."""
    return {key: row[key] for key in sorted(KEYS & set(row))}


# Series ------------------------------------------------------------------------------------


def draw_derived(
    indicators: list[Indicator],
    drawn: list[SeriesDrawn],
    places: dict[str, PlaceRecord],
    networks: Networks,
) -> list[SeriesDrawn]:
    """Series of the made indicators, in their order."""
    by_code: dict[str, dict[str, SeriesDrawn]] = {}
    for one in drawn:
        by_code.setdefault(one.indicator.code, {})[one.place.code] = one
    made: list[SeriesDrawn] = []
    for indicator in indicators:
        if indicator.formula.get("derive"):
            fresh = list(_drawn(indicator, by_code, places, networks))
            by_code[indicator.code] = {one.place.code: one for one in fresh}
            made += fresh
    return made


def _drawn(
    indicator: Indicator,
    by_code: dict[str, dict[str, SeriesDrawn]],
    places: dict[str, PlaceRecord],
    networks: Networks,
) -> Iterator[SeriesDrawn]:
    formula = indicator.formula
    sources = [by_code.get(code, {}) for code in sources_of(formula)]
    for code in sorted(places):
        place = places[code]
        if not ({place.kind, OWN} & set(indicator.places)):
            continue
        if formula["derive"] == COMPOSITE:
            wires = _wires_of_rule(formula, by_code, place)
        elif formula["derive"] in OVER:
            wires = _wires_below(formula, sources[0], place, networks)
        else:
            wires = [
                (part, one[code].id, 1.0, 0) for part, one in enumerate(sources) if code in one
            ]
            wires = wires if len(wires) == len(sources) else []
        scale = _scale(formula, place, networks)
        if wires and scale > 0:
            one = series_id(indicator.code, code)
            nothing = np.empty(0, np.int64)
            yield SeriesDrawn(one, indicator, place, nothing, tuple(wires), scale)


def _scale(formula: dict[str, Any], place: PlaceRecord, networks: Networks) -> float:
    """By what a value is multiplied; 0 where nothing can be said."""
    scale = float(formula.get("scale", 1.0))
    size = 1.0
    if formula["derive"] == "per-head":
        size = float(place.population or 0)
    elif formula["derive"] == "per-km":
        size = networks.km(str(formula.get("network", "")), place)
    return scale * float(formula.get("per", 1.0)) / size if size > 0 else 0.0


def _wires_below(
    formula: dict[str, Any],
    source: dict[str, SeriesDrawn],
    place: PlaceRecord,
    networks: Networks,
) -> list[tuple[int, int, float, int]]:
    """Wires of all sources of a kind below a place or, in a network, downstream of it."""
    level = int(formula.get("at_level", 1))
    if "network" in formula:
        along = networks.downstream(str(formula["network"]), place.code)
        return [(0, source[code].id, 1.0, level) for code in along if code in source]
    return [
        (0, one.id, 1.0, level)
        for _, one in sorted(source.items())
        if one.place.kind == formula["over"] and one.place.path.startswith(place.path)
    ]


def _wires_of_rule(
    formula: dict[str, Any], by_code: dict[str, dict[str, SeriesDrawn]], place: PlaceRecord
) -> list[tuple[int, int, float, int]]:
    """Wires of a rule at a place; none where one of its parts has no series at or below it."""
    wires = []
    for number, part in enumerate(read_parts(formula["parts"])):
        found = [
            (number, one.id, 1.0, part.level)
            for _, one in sorted(by_code.get(part.indicator, {}).items())
            if one.place.path.startswith(place.path)
        ]
        if not found:
            return []
        wires += found
    return wires


def turned(drawn: list[SeriesDrawn]) -> list[SeriesDrawn]:
    """Series of rates and quantiles with their datastreams as wires."""
    return [
        replace(one, wires=tuple((0, int(d), 1.0, 0) for d in one.datastreams))
        if one.indicator.aggregate in OF_ROWS
        else one
        for one in drawn
    ]


def made_tables(drawn: list[SeriesDrawn]) -> tuple[pa.Table, pa.Table]:
    """Formulas and wires as the engine's plan wants them."""
    formulas, wires = [], []
    for one in drawn:
        if not one.wires:
            continue
        formulas.append(_formula_row(one))
        for part, source, weight, level in one.wires:
            said = {"series": one.id, "part": part, "source": source}
            wires.append(said | {"weight": weight, "least_level": level})
    return (
        pa.Table.from_pylist(formulas, schema=FORMULAS),
        pa.Table.from_pylist(wires, schema=WIRES),
    )


def _formula_row(one: SeriesDrawn) -> dict[str, Any]:
    formula, aggregate = one.indicator.formula, one.indicator.aggregate
    op = formula.get("derive", "quantile" if aggregate in QUANTILES else aggregate)
    parts = read_parts(formula["parts"]) if op == COMPOSITE else []
    span = float(formula.get("span_minutes", one.indicator.window_seconds / 60))
    return {
        "series": one.id,
        "op": "sum" if op in ONE else op,
        "scale": one.scale,
        "least_share": float(formula.get("least_share", 1.0)),
        "span_seconds": round(span * 60),
        "rule": str(formula.get("rule", "")) if parts else "",
        "parts": ",".join(part.name for part in parts),
        "share": QUANTILES.get(aggregate, 0.0),
    }
