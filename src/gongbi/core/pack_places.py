"""places.csv and places.geojson: the tree of places and their areas."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import shapely
from shapely.geometry import shape

from gongbi.core.models import Place
from gongbi.core.pack_files import CODE, Fault, Known, Unreadable, read_csv_rows

FILE, AREAS, BUILDINGS = "places.csv", "places.geojson", "buildings.parquet"
COLUMNS = ("code", "parent", "kind", "name_zh", "name_en")
Row = dict[str, str]


def check_places(folder: Path, known: Known) -> list[Fault]:
    """Faults of the tree and its areas; fills in the codes that others may refer to."""
    try:
        rows = read_csv_rows(folder / FILE, COLUMNS)
    except Unreadable as error:
        return [error.fault]
    for _, row in rows:
        known.places.add(row["code"])
        known.place_kinds[row["code"]] = row["kind"]
        known.place_parents[row["code"]] = row["parent"]
    faults = [*_row_faults(rows, known), *_tree_faults(rows, known)]
    return [*faults, *_area_faults(folder, known), *_building_faults(folder, known)]


def _row_faults(rows: list[tuple[int, Row]], known: Known) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for line, row in rows:
        if not CODE.fullmatch(row["code"]):
            yield Fault(FILE, line, f"The code {row['code']!r} may hold a-z, 0-9 and '-' only.")
        if row["code"] in seen:
            yield Fault(FILE, line, f"{row['code']!r} is already on line {seen[row['code']]}.")
        seen.setdefault(row["code"], line)
        if row["parent"] and row["parent"] not in known.places:
            yield Fault(FILE, line, f"The parent {row['parent']!r} is no place of this pack.")
        if not (row["name_zh"] or row["name_en"]):
            yield Fault(FILE, line, f"The place {row['code']!r} has no name.")
        yield from _number_faults(line, row)


def _number_faults(line: int, row: Row) -> Iterator[Fault]:
    for key, most in (("lon", 180.0), ("lat", 90.0), ("population", 1e9)):
        said = row.get(key, "")
        if said and not _within(said, most):
            yield Fault(FILE, line, f"{key} {said!r} is not a number up to {most:g}.")
        elif said and key == "population" and float(said) < 0:
            yield Fault(FILE, line, f"population {said!r} is less than nobody; write 0 or more.")
    for key in ("valid_from", "valid_to"):
        if row.get(key) and _date(row[key]) is None:
            yield Fault(FILE, line, f"{key} {row[key]!r} is not a date; write 2026-01-31.")


def _within(said: str, most: float) -> bool:
    try:
        return abs(float(said)) <= most
    except ValueError:
        return False


def _date(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _tree_faults(rows: list[tuple[int, Row]], known: Known) -> Iterator[Fault]:
    roots = [(line, row["code"]) for line, row in rows if not row["parent"]]
    if not roots:
        yield Fault(FILE, 1, "No place is without a parent; the city itself has none.")
    for line, code in roots[1:]:
        yield Fault(
            FILE, line, f"{code!r} has no parent, but {roots[0][1]!r} is the city already."
        )
    for line, row in rows:
        if path_of(row["code"], known.place_parents) is None:
            yield Fault(FILE, line, f"{row['code']!r} stands above itself; mend the parents.")


def path_of(code: str, parents: dict[str, str]) -> str | None:
    """``/city/district/…/code/`` of a place, or None where the chain runs in a ring."""
    chain: list[str] = []
    while code:
        if code in chain:
            return None
        chain.append(code)
        code = parents.get(code, "")
    return "/" + "/".join(reversed(chain)) + "/"


def _area_faults(folder: Path, known: Known) -> Iterator[Fault]:
    try:
        features = _features(folder)
    except (ValueError, KeyError, TypeError) as error:
        yield Fault(AREAS, 1, f"This is not GeoJSON: {error}.")
        return
    for number, feature in enumerate(features, 1):
        yield from _feature_faults(number, feature, known)


def _feature_faults(number: int, feature: Any, known: Known) -> Iterator[Fault]:
    code = (feature.get("properties") or {}).get("code")
    if code not in known.places:
        yield Fault(AREAS, number, f"Feature {number} has the code {code!r}, no place here.")
        return
    try:
        area = shape(feature["geometry"])
        sound = area.is_valid and area.geom_type in ("Polygon", "MultiPolygon")
    except (shapely.errors.GEOSException, KeyError, TypeError, ValueError, AttributeError):
        sound = False
    if not sound:
        yield Fault(AREAS, number, f"The area of {code!r} is not a sound polygon; redraw it.")


def _features(folder: Path) -> list[Any]:
    file = folder / AREAS
    return list(json.loads(file.read_text("utf-8"))["features"]) if file.exists() else []


def _building_faults(folder: Path, known: Known) -> Iterator[Fault]:
    file = folder / BUILDINGS
    if not file.exists():
        return
    try:
        table = pq.read_table(file, columns=["code", "parent"]).to_pydict()
    except (OSError, ValueError, KeyError) as error:
        yield Fault(BUILDINGS, 0, f"The file cannot be read as Parquet: {error}.")
        return
    for row, (code, parent) in enumerate(zip(table["code"], table["parent"], strict=True), 1):
        if parent not in known.places:
            yield Fault(BUILDINGS, row, f"Building {code!r} stands in {parent!r}, no place here.")
        if code in known.places:
            yield Fault(BUILDINGS, row, f"The code {code!r} is taken by another place.")
        known.places.add(code)
        known.place_kinds[code] = "building"
        known.place_parents[code] = parent


def load_places(folder: Path, version: int) -> None:
    """Write the tree; places the pack no longer names stay, for the cases that name them."""
    rows = [row for _, row in read_csv_rows(folder / FILE, COLUMNS)]
    parents = {row["code"]: row["parent"] for row in rows}
    areas = {
        feature["properties"]["code"]: shape(feature["geometry"]).wkb
        for feature in _features(folder)
    }
    found = [_place(row, parents, areas, version) for row in rows]
    found += _buildings(folder, parents, version)
    found.sort(key=lambda place: place.depth)
    fields = [field.name for field in Place._meta.concrete_fields if not field.primary_key]
    Place.objects.bulk_create(
        found,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )


def _place(row: Row, parents: dict[str, str], areas: dict[str, bytes], version: int) -> Place:
    path = path_of(row["code"], parents) or ""
    return Place(
        code=row["code"],
        parent_id=row["parent"] or None,
        kind=row["kind"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        path=path,
        depth=path.count("/") - 2,
        lon=float(row["lon"]) if row.get("lon") else None,
        lat=float(row["lat"]) if row.get("lat") else None,
        population=int(float(row.get("population") or 0)),
        geometry=areas.get(row["code"]),
        valid_from=_date(row.get("valid_from", "")),
        valid_to=_date(row.get("valid_to", "")),
        pack_version=version,
    )


def _buildings(folder: Path, parents: dict[str, str], version: int) -> list[Place]:
    file = folder / BUILDINGS
    if not file.exists():
        return []
    columns = ["code", "parent", "name_zh", "name_en", "lon", "lat"]
    rows = pq.read_table(file, columns=columns).to_pylist()
    paths = {code: path_of(code, parents) or "" for code in {row["parent"] for row in rows}}
    return [
        Place(
            code=row["code"],
            parent_id=row["parent"],
            kind="building",
            name_zh=row["name_zh"] or "",
            name_en=row["name_en"] or "",
            path=f"{paths[row['parent']]}{row['code']}/",
            depth=paths[row["parent"]].count("/") - 1,
            lon=row["lon"],
            lat=row["lat"],
            pack_version=version,
        )
        for row in rows
    ]
