"""A drawn city holds together: places tile, buildings stand in them, sensors at them."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from gongbi.generator.public import draw_city
from gongbi.generator.senses import SENSES

KINDS = ["city", "district", "subdistrict", "grid", "quarter"]


@pytest.fixture(params=["pack", "larger"])
def drawn(request):
    return request.getfixturevalue(request.param)


def children(pack) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, row in pack.places.items():
        found.setdefault(row["parent"], []).append(code)
    return found


def test_children_tile_their_parent(drawn):
    for parent, codes in children(drawn).items():
        if not parent:
            continue
        parts = [drawn.shapes[code] for code in codes]
        together = shapely.union_all(parts)
        whole = drawn.shapes[parent]
        assert together.symmetric_difference(whole).area < 1e-9 * whole.area, parent
        assert sum(part.area for part in parts) == pytest.approx(together.area, rel=1e-9), parent


def test_every_place_is_a_tidy_polygon_with_its_point_inside(drawn):
    for code, row in drawn.places.items():
        shape = drawn.shapes[code]
        assert shape.is_valid, code
        assert shape.geom_type == "Polygon", code
        assert shape.contains(shapely.Point(float(row["lon"]), float(row["lat"]))), code


def test_the_tree_is_whole_and_people_add_up(drawn):
    assert [code for code, row in drawn.places.items() if not row["parent"]] == [
        next(iter(drawn.places))
    ]
    above = {kind: upper for upper, kind in pairwise(KINDS)}
    for code, row in drawn.places.items():
        if row["parent"]:
            assert drawn.places[row["parent"]]["kind"] == above[row["kind"]], code
    for parent, codes in children(drawn).items():
        if parent:
            living = sum(int(drawn.places[code]["population"]) for code in codes)
            assert living == int(drawn.places[parent]["population"]), parent


def test_names_are_unique_under_one_parent(drawn):
    for codes in children(drawn).values():
        for language in ("name_zh", "name_en"):
            names = [drawn.places[code][language] for code in codes]
            assert len(set(names)) == len(names)


def test_every_building_stands_in_its_quarter_on_dry_land_touching_no_other(drawn):
    table = drawn.table("buildings")
    footprints = shapely.from_wkb(table["footprint"])
    quarters = np.array([drawn.shapes[parent] for parent in table["parent"]], dtype=object)
    assert shapely.is_valid(footprints).all()
    assert shapely.contains(quarters, footprints).all()
    one, other = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    assert not (one < other).any()
    water = shapely.union_all(drawn.layer("sea", "river", "lake"))
    assert not shapely.intersects(water, footprints).any()


def test_no_road_runs_through_a_building(drawn):
    footprints = shapely.from_wkb(drawn.table("buildings")["footprint"])
    roads = np.array(drawn.layer("road_major", "road_minor"), dtype=object)
    assert not len(shapely.STRtree(footprints).query(roads, predicate="intersects")[0])


def test_roads_cross_the_river(drawn):
    river = drawn.layer("river")[0]
    banks = shapely.get_parts(shapely.difference(drawn.shapes[next(iter(drawn.places))], river))
    land = sorted(banks, key=lambda part: -part.area)[:2]
    roads = drawn.layer("road_major")
    assert any(all(road.intersects(bank) for bank in land) for road in roads)


def test_codes_are_unique_and_short(drawn):
    codes = [*drawn.places, *drawn.table("buildings")["code"]]
    assert len(set(codes)) == len(codes)
    assert all(0 < len(code) <= 32 for code in codes)
    assert all(code.replace("-", "").isalnum() for code in codes)
    assert all(code == code.lower() for code in codes)


def test_every_stream_has_a_place_an_owner_and_a_play(drawn):
    streams, plays = drawn.table("datastreams"), drawn.table("simulation")
    known = {*drawn.places, *drawn.table("buildings")["code"]}
    assert set(streams["place"]) <= known
    assert set(streams["owner"]) <= set(drawn.units)
    assert len(set(streams["name"])) == len(streams["name"])
    assert streams["id"] == plays["datastream"] == list(range(1, len(streams["id"]) + 1))
    assert set(streams["property"]) == set(SENSES)
    people = int(next(iter(drawn.places.values()))["population"])
    assert len(streams["id"]) == pytest.approx(0.06 * people, rel=0.1)


def test_upstream_leads_to_the_source_and_stays_within_the_property(drawn):
    streams, plays = drawn.table("datastreams"), drawn.table("simulation")
    kind = dict(zip(streams["id"], streams["property"], strict=True))
    above = dict(zip(plays["datastream"], plays["upstream"], strict=True))
    assert Counter(kind[one] for one, up in above.items() if up >= 0)["water_pressure"] > 5
    for one, first in above.items():
        up, steps = first, 0
        while up >= 0:
            assert kind[up] == kind[one]
            up, steps = above[up], steps + 1
            assert steps < 10_000


def test_units_form_a_tree_over_known_places(drawn):
    for code, row in drawn.units.items():
        assert row["place"] in drawn.places, code
        assert not row["parent"] or row["parent"] in drawn.units, code
        assert row["phone"].startswith("0000-")
    assert len({row["name_zh"] for row in drawn.units.values()}) == len(drawn.units)


def test_homes_are_denser_in_the_middle(larger):
    table = larger.table("buildings")
    centre = np.array([122.9, 30.2])
    away = np.hypot(*(np.column_stack([table["lon"], table["lat"]]) - centre).T)
    floors = np.array(table["floors"])
    near, far = away < np.quantile(away, 0.3), away > np.quantile(away, 0.7)
    assert floors[near].mean() > floors[far].mean()


def test_told_ends_at_one_and_never_falls_back(tmp_path: Path):
    shares: list[float] = []
    draw_city(tmp_path, people=4_000, seed=1, told=lambda _step, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("seed", range(8))
def test_small_towns_of_any_seed_tile(tmp_path: Path, seed: int):
    from tests.generator.conftest import Pack

    draw_city(tmp_path, people=6_000 + 2_500 * seed, seed=seed)
    drawn = Pack(tmp_path)
    test_children_tile_their_parent(drawn)
    test_every_building_stands_in_its_quarter_on_dry_land_touching_no_other(drawn)
    test_every_place_is_a_tidy_polygon_with_its_point_inside(drawn)


def test_a_city_too_small_or_too_large_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="2,000 to 40,000,000"):
        draw_city(tmp_path, people=12, seed=1)
