"""What vitals reads from a city pack: indicators and datastreams; it writes the engine's plan."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from gongbi.core.public import (
    Fault,
    Known,
    days_worked,
    place_codes,
    read_toml_with_lines,
)
from gongbi.stream.public import created_datastreams, keep_sensing, write_plan
from gongbi.vitals.created import places_by_code, with_created
from gongbi.vitals.models import Indicator, Series
from gongbi.vitals.networks import Networks, check_networks, read_sections
from gongbi.vitals.pack_causes import check_causes, load_causes
from gongbi.vitals.pack_check import (
    INDICATORS,
    check_datastreams,
    check_indicators,
    indicator_codes,
    read_datastreams,
)
from gongbi.vitals.pack_derived import draw_derived, formula_of, made_tables, settled, turned
from gongbi.vitals.pack_novel import draw_surprises
from gongbi.vitals.pack_retention import check_retention, load_retention
from gongbi.vitals.pack_sensing import check_sensing, read_sensing
from gongbi.vitals.pack_sensors import check_sensors, draw_trusts
from gongbi.vitals.plan import OWN, IdTaken, SeriesDrawn, draw_series, refuse_twins, tables

__all__ = ["check", "load"]
CALENDAR = "office"
"""The calendar whose days off are those of the city."""


def check(folder: Path, known: Known) -> list[Fault]:
    """Every fault in the three files, and of ``[sensing]`` in city.toml."""
    faults, properties = check_datastreams(folder, known)
    return [
        *check_sensing(folder, known, properties),
        *check_indicators(folder, known, properties),
        *faults,
        *check_sensors(folder, known, properties),
        *check_networks(folder, known),
        *check_causes(folder, indicator_codes(folder)),
        *check_retention(folder, indicator_codes(folder)),
    ]


def load(folder: Path, version: int) -> None:
    """Write indicators and series, then the plan; the engine takes it up by its own frame."""
    indicators = _load_indicators(folder, version)
    load_causes(folder)
    load_retention(folder)
    data = settings.GONGBI_DATA
    streams, _ = with_created(read_datastreams(folder), created_datastreams(data))
    create, patterns = read_sensing(folder)
    keep_sensing(data, create=create, patterns=patterns, places=place_codes())
    put_in_force(folder, indicators, streams)


def put_in_force(
    folder: Path, indicators: list[Indicator], streams: pa.Table, *, after: int | None = None
) -> None:
    """Draw and write series and plan of the pack in ``folder``.

    PlanMoved when the newest plan is not ``after``.
    """
    where = places_by_code(set(streams["place"].to_pylist()))
    above = {code for one in where.values() for code in one.path.split("/") if code}
    everywhere = where | places_by_code(above - set(where))
    drawn = turned(draw_series(indicators, streams, everywhere))
    drawn += draw_derived(indicators, drawn, everywhere, _networks(folder))
    refuse_twins(drawn)
    _refuse_strangers(drawn)
    _load_series(drawn)
    plan = dict(zip(("datastreams", "series", "members"), tables(drawn, streams), strict=True))
    plan |= dict(zip(("formulas", "wires"), made_tables(drawn), strict=True))
    plan["surprises"] = draw_surprises(indicators)
    plan["trusts"] = draw_trusts(folder, indicators, plan["datastreams"])
    # Last, inside the caller's transaction: a plan that cannot be written undoes the load.
    days = days_of_city() if any(one.scores for one in indicators) else None
    write_plan(settings.GONGBI_DATA, days=days, after=after, **plan)


def _networks(folder: Path) -> Networks:
    sections = read_sections(folder)
    return Networks(sections, places_by_code({row["place"] for row in sections}))


def days_of_city() -> pa.Table:
    """The city's calendar: what is usual on a working day is not on a day off."""
    known = days_worked(CALENDAR)
    begins = [round(begin.timestamp()) * 1_000_000 for begin, _ in known]
    return pa.table({"begin": begins, "kind": [0 if works else 1 for _, works in known]})


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
    found = [indicator_of(before[r["code"]], number, version) for number, r in enumerate(rows)]
    Indicator.objects.update(in_force=False)
    fields = [field.name for field in Indicator._meta.concrete_fields if not field.primary_key]
    Indicator.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    return found


def indicator_of(row: dict[str, Any], number: int, version: int) -> Indicator:
    """An entry of indicators.toml as an indicator, not saved."""
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
        novel_notice=row.get("novel_notice"),
        novel_warning=row.get("novel_warning"),
        novel_alarm=row.get("novel_alarm"),
        novel_margin=row.get("novel_margin", 0.0),
        novel_least=row.get("novel_least", 0.0),
        novel_side=row.get("novel_side", "both"),
        escalate_minutes=row.get("escalate_minutes"),
        case_type=row.get("case_type", ""),
        case_from_level=row.get("case_from_level", 2),
        case_group=row.get("case_group", OWN if list(row["places"]) == [OWN] else "subdistrict"),
        own_case=row.get("own_case", False),
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
