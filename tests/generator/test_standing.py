"""Sensors of the table stand where it says, and there are as many in all as were asked for."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from gongbi.generator import writing
from gongbi.generator.public import draw_city
from gongbi.generator.senses import SENSES
from gongbi.generator.standing import STANDS


def test_one_site_for_each_area_of_a_level(pack):
    found = Counter(pack.table("datastreams")["property"])
    kinds = Counter(row["kind"] for row in pack.places.values())
    for name, said in STANDS.items():
        if said.at in kinds and not said.people:
            assert found[name] == kinds[said.at], name


def test_sensors_of_buildings_stand_at_buildings_and_others_at_quarters(pack):
    streams = pack.table("datastreams")
    buildings = set(pack.table("buildings")["code"])
    indoors = {"station", "tall", "old", "shop", "hall"}
    for place, name in zip(streams["place"], streams["property"], strict=True):
        if name in STANDS:
            assert (place in buildings) == (STANDS[name].at in indoors), name


def test_what_follows_the_people_adds_up_to_the_city(larger):
    """Calls are drawn for a thousand people each: 80,000 of them have 80 times as many."""
    streams, plays = larger.table("datastreams"), larger.table("simulation")
    rows = [row for row, name in enumerate(streams["property"]) if name == "hotline_calls"]
    low, high = STANDS["hotline_calls"].base
    assert 80 * low <= sum(plays["base"][row] for row in rows) <= 80 * high


def test_as_many_sensors_as_asked_for(tmp_path: Path):
    made = draw_city(tmp_path, people=20_000, seed=5, datastreams=8_800)
    assert made.datastreams == pytest.approx(8_800, abs=3)
    found = Counter(pq.read_table(tmp_path / "datastreams.parquet")["property"].to_pylist())
    assert set(found) == set(SENSES)
    assert found["smoke_alarm"] == pytest.approx(3 * found["building_water"], rel=0.01)


def test_shares_of_any_size_write_the_same_rows(pack, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(writing, "STREAMS_AT_ONCE", 7)
    draw_city(tmp_path, people=20_000, seed=5)
    for name in ("datastreams", "simulation"):
        one, other = (
            pq.read_table(folder / f"{name}.parquet") for folder in (pack.folder, tmp_path)
        )
        assert one.schema == other.schema
        for column in one.column_names:
            left, right = (np.array(table[column].to_pylist()) for table in (one, other))
            np.testing.assert_array_equal(left, right, err_msg=column)
