"""What vitals reads from a city pack: indicators and datastreams; it writes the engine's plan."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from gongbi.core.public import Fault, Known, PlaceRecord, days_worked, places, read_toml_with_lines
from gongbi.stream.public import write_plan
from gongbi.vitals.models import Indicator, Series
from gongbi.vitals.networks import Networks, check_networks, read_sections
from gongbi.vitals.pack_check import (
    INDICATORS,
    check_datastreams,
    check_indicators,
    read_datastreams,
)
from gongbi.vitals.pack_derived import draw_derived, formula_of, made_tables, settled, turned
from gongbi.vitals.pack_sensors import check_sensors, draw_trusts
from gongbi.vitals.plan import OWN, IdTaken, SeriesDrawn, draw_series, refuse_twins, tables

__all__ = ["check", "load"]
MOST_CODES = 5000
CALENDAR = "office"
"""The calendar whose days off are those of the city."""


def check(folder: Path, known: Known) -> list[Fault]:
    """Every fault in the two files."""
    faults, properties = check_datastreams(folder, known)
    sensors = check_sensors(folder, known, properties)
    return [
        *check_indicators(folder, known, properties),
        *faults,
        *sensors,
        *check_networks(folder, known),
    ]


def load(folder: Path, version: int) -> None:
    """Write indicators and series, then the plan; the engine takes it up by its own frame."""
    indicators = _load_indicators(folder, version)
    streams = read_datastreams(folder)
    where = _places(set(streams["place"].to_pylist()))
    above = {code for one in where.values() for code in one.path.split("/") if code}
    everywhere = where | _places(above - set(where))
    drawn = turned(draw_series(indicators, streams, everywhere))
    drawn += draw_derived(indicators, drawn, everywhere, _networks(folder))
    refuse_twins(drawn)
    _refuse_strangers(drawn)
    _load_series(drawn)
    plan, made = tables(drawn, streams), made_tables(drawn)
    # Last, inside the load's transaction: a plan that cannot be written undoes the load.
    days = _days() if any(one.scores for one in indicators) else None
    write_plan(
        settings.GONGBI_DATA,
        datastreams=plan[0],
        series=plan[1],
        members=plan[2],
        days=days,
        trusts=draw_trusts(folder, indicators, plan[0]),
        formulas=made[0],
        wires=made[1],
    )


def _networks(folder: Path) -> Networks:
    sections = read_sections(folder)
    return Networks(sections, _places({row["place"] for row in sections}))


def _days() -> pa.Table:
    """The city's calendar: what is usual on a working day is not on a day off."""
    known = days_worked(CALENDAR)
    begins = [round(begin.timestamp()) * 1_000_000 for begin, _ in known]
    return pa.table({"begin": begins, "kind": [0 if works else 1 for _, works in known]})


def _places(codes: set[str]) -> dict[str, PlaceRecord]:
    """Places by code; some databases take no more than a few thousand codes at a time."""
    rest, found = sorted(codes), dict[str, PlaceRecord]()
    for begin in range(0, len(rest), MOST_CODES):
        found |= places(rest[begin : begin + MOST_CODES])
    return found


def _refuse_strangers(drawn: list[SeriesDrawn]) -> None:
    """An id that an earlier pack gave to another series must not change its meaning."""
    known = {key: names for key, *names in Series.objects.values_list("id", "indicator", "place")}
    for one in drawn:
        names = [one.indicator.code, one.place.code]
        if known.get(one.id, names) != names:
            raise IdTaken(f"{' at '.join(names)} has the id of {' at '.join(known[one.id])}.")


def _load_indicators(folder: Path, version: int) -> list[Indicator]:
    file = folder / INDICATORS
    rows = read_toml_with_lines(file)[0].get("indicator", []) if file.exists() else []
    before: dict[str, dict[str, Any]] = {}
    for row in rows:
        before[row["code"]] = settled(row, before) if "derive" in row else row
    found = [_indicator(before[r["code"]], number, version) for number, r in enumerate(rows)]
    Indicator.objects.update(in_force=False)
    fields = [field.name for field in Indicator._meta.concrete_fields if not field.primary_key]
    Indicator.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    return found


def _indicator(row: dict[str, Any], number: int, version: int) -> Indicator:
    return Indicator(
        code=row["code"],
        name_en=row.get("name_en", ""),
        name_zh=row.get("name_zh", ""),
        kind=row.get("class", "other"),
        observed_property=row["property"],
        unit=row.get("unit", ""),
        aggregate=row["aggregate"],
        window_seconds=round(row["window_minutes"] * 60),
        lateness_seconds=round(row.get("lateness_minutes", 0) * 60),
        places=list(row["places"]),
        formula=formula_of(row),
        direction=row.get("direction", "above"),
        notice=row.get("notice"),
        warning=row.get("warning"),
        alarm=row.get("alarm"),
        clear_margin=row.get("clear_margin", 0.0),
        min_windows=row.get("min_windows", 1),
        missing_windows=row.get("missing_windows", 0),
        usual_notice=row.get("usual_notice"),
        usual_warning=row.get("usual_warning"),
        usual_alarm=row.get("usual_alarm"),
        usual_margin=row.get("usual_margin", 0.0),
        least_deviation=row.get("least_deviation", 0.0),
        least_days=row.get("least_days", 5),
        case_type=row.get("case_type", ""),
        case_from_level=row.get("case_from_level", 2),
        case_group=row.get("case_group", OWN if list(row["places"]) == [OWN] else "subdistrict"),
        why_en=row.get("why_en", ""),
        why_zh=row.get("why_zh", ""),
        position=number,
        in_force=True,
        pack_version=version,
    )


def _load_series(drawn: list[SeriesDrawn]) -> None:
    """Write the series; those the pack no longer has stay, out of force, for their history."""
    Series.objects.update(in_force=False)
    rows = [
        Series(
            id=one.id,
            indicator=one.indicator,
            place_id=one.place.code,
            place_path=one.place.path,
            place_kind=one.place.kind,
            datastreams=len(one.datastreams),
            members=one.datastreams.astype("<i8").tobytes(),
            in_force=True,
        )
        for one in drawn
    ]
    Series.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["place_path", "place_kind", "datastreams", "members", "in_force"],
    )
