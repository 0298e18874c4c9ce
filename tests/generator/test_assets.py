"""Lamps, manholes, trees and lifts of a drawn town stand where they should, each with its code."""

import csv
import tomllib
from collections import Counter

import numpy as np
import shapely

from gongbi.kernel.assets.naming import Kind, Namer


def rows(pack):
    with (pack.folder / "assets.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_has_a_code_of_its_own_an_owner_and_a_place(pack):
    found, buildings = rows(pack), set(pack.table("buildings")["code"])
    many = Counter(row["kind"] for row in found)
    assert (many["lamp"], many["manhole"], many["tree"]) == (800, 500, 400)
    assert many["lift"] >= 10
    assert len({(row["kind"], row["code"]) for row in found}) == len(found)
    for row in found:
        assert row["owner"] in pack.units
        assert row["maintainer"] in {*pack.units, ""}
        assert row["place"] in (buildings if row["kind"] == "lift" else pack.places)


def test_lamps_stand_beside_roads(pack):
    lamps = [row for row in rows(pack) if row["kind"] == "lamp"]
    spots = shapely.points([(float(row["lon"]), float(row["lat"])) for row in lamps])
    roads = shapely.union_all(pack.layer("road_major", "road_minor"))
    metres = shapely.distance(roads, spots) * 111_320
    assert np.quantile(metres, 0.9) < 30


def test_the_code_on_each_is_read_where_somebody_writes_it(pack):
    said = tomllib.loads((pack.folder / "asset_kinds.toml").read_text("utf-8"))["asset_kind"]
    namer = Namer(
        Kind(one["code"], (*one["words"], one["name_zh"]), tuple(one["shapes"])) for one in said
    )
    names = {one["code"]: one["name_zh"] for one in said}
    for row in rows(pack)[::37]:
        found = namer.candidates(f"{names[row['kind']]}编号{row['code']}坏了")
        assert [(one.kind, one.key) for one in found][:1] == [
            (row["kind"], row["code"].replace("-", ""))
        ]


def test_types_are_about_kinds_that_are_there(pack):
    kinds = {row["kind"] for row in rows(pack)}
    types = tomllib.loads((pack.folder / "case_types.toml").read_text("utf-8"))["case_type"]
    about = {kind for one in types for kind in one.get("assets", [])}
    assert about == kinds
