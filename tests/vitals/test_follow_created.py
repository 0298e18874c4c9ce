"""A name nobody knew: its row is stored, the plan follows, and an indicator has a reading."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.stream.conftest import KEY, Town
from tests.vitals.conftest import FILES, NOW

from gongbi.core import packs
from gongbi.stream import public as stream
from gongbi.vitals.models import Series
from gongbi.vitals.public import follow_created

SENSING = """
[sensing]
[[sensing.create]]
match = "^(?P<property>water_pressure)/(?P<place>[^/]+)$"
unit = "MPa"
step_seconds = 60
"""
NAME = "water_pressure/xx-e-1-g"


@pytest.fixture
def open_city(small_city: SimpleNamespace, pack_folder: Path) -> Iterator[Town]:
    """The small city with a pattern in its pack, and its door open."""
    (pack_folder / "city.toml").write_text(FILES["city.toml"] + SENSING, "utf-8")
    packs.load_pack(pack_folder, by="test")
    town = Town(small_city.data)
    stream.keep_ingest_key(town.data, "test", KEY)
    town.start_door()
    yield town
    town.stop()


def send(town: Town, minute: int, value: float, name: str = NAME) -> dict[str, Any]:
    row = {"datastream": name, "time": (NOW + timedelta(minutes=minute)).isoformat()}
    with town.client() as client:
        answer = client.post("/ingest/observations", json=row | {"value": value})
        client.post("/ingest/tick", json={"time": row["time"]})
    said: dict[str, Any] = answer.json()
    return said


def test_from_an_unknown_name_to_a_reading(open_city: Town, pack_folder: Path) -> None:
    assert send(open_city, 0, 0.31)["stored"] == 1
    before = stream.plan_number(open_city.data)
    assert follow_created() == 1
    assert follow_created() == 0
    assert stream.plan_number(open_city.data) == before + 1
    for minute in range(1, 9):
        send(open_city, minute, 0.03)
    open_city.fold_to_end()
    series = Series.objects.get(indicator="supply", place="xx-e")
    readings = stream.readings(
        open_city.data, series=[series.pk], since=NOW, until=NOW + timedelta(hours=1)
    )
    latest = stream.latest(open_city.data, [series.pk]).to_pylist()
    assert latest[0]["value"] == 0.03 or 0.03 in readings["value"].to_pylist()
    assert series.datastreams == 3
    # A pack that is loaded again keeps what was made.
    packs.load_pack(pack_folder, by="test")
    names = stream.plan_datastreams(open_city.data, stream.plan_number(open_city.data))["name"]
    assert NAME in names.to_pylist()
    assert follow_created() == 0


def test_a_name_that_fits_nothing_is_refused(open_city: Town) -> None:
    said = send(open_city, 0, 1, "noise/xx-e-1-a")
    assert "is not in the plan" in said["refused"][0]["reason"]
    assert follow_created() == 0


def test_a_place_that_is_gone_keeps_its_datastream_out(
    open_city: Town, pack_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    send(open_city, 0, 0.31, "water_pressure/xx-w-1-a")
    (pack_folder / "datastreams.parquet").unlink()
    stream.keep_sensing(open_city.data, create=True, patterns=[], places=["mars"])
    with open_city.client() as client:
        made = {"name": "m", "place": "mars", "property": "dust", "unit": "1"}
        assert client.post("/ingest/datastreams", json=made).status_code == 201
    assert follow_created() == 1
    assert "do not fit the pack" in caplog.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('create = "yes"', "true, false, or tables"),
        ('[[sensing.create]]\nmatch = "("\nunit = "m"\nstep_seconds = 60', "regular expression"),
        ('[[sensing.create]]\nmatch = "x"\nunit = "m"\nstep_seconds = 60', "Say 'place' once"),
        (
            '[[sensing.create]]\nmatch = "(?P<place>.+)"\nproperty = "water_pressure"\n'
            'unit = "bar"\nstep_seconds = 60',
            "water_pressure is measured in MPa",
        ),
        (
            '[[sensing.create]]\nmatch = "(?P<property>.+)"\nplace = "mars"\nunit = "bar"\n'
            "step_seconds = 0\nspeed = 1",
            "'speed' is no key",
        ),
    ],
)
def test_faults_of_the_pack(db: None, pack_folder: Path, text: str, words: str) -> None:
    (pack_folder / "city.toml").write_text(FILES["city.toml"] + "[sensing]\n" + text, "utf-8")
    faults = [str(one) for one in packs.check_pack(pack_folder)]
    assert any(words in fault and "city.toml" in fault for fault in faults), faults
