"""A pack too large to be copied: its datastreams and things are read from its file of columns."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.things.conftest import Client
from tests.vitals import conftest as vitals

from gongbi.things import pack
from gongbi.things.models import Datastream, ObservedProperty, Thing
from gongbi.things.packed_file import FIRST_ID, in_force, keep_newest

small_city, pack_folder, clock = vitals.small_city, vitals.pack_folder, vitals.clock


def key(number: int) -> int:
    return FIRST_ID + number


@pytest.fixture
def packed(
    small_city: Any, pack_folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Path:
    """The small city, whose five datastreams are now too many to be copied."""
    settings.GONGBI_SENSORTHINGS = "open"
    monkeypatch.setattr(pack, "MOST_COPIED", 4)
    pack.load(pack_folder, 7)
    return pack_folder


@pytest.fixture
def door(packed: Path) -> Client:
    return Client()


def test_they_are_listed_counted_and_paged_without_being_copied(door):
    assert not Datastream.objects.filter(from_pack=True).exclude(sensing="unknown").exists()
    first = door.get("Datastreams", top="2", count="true").json
    assert first["@iot.count"] == 5
    assert [one["@iot.id"] for one in first["value"]] == [key(1), key(2)]
    second = door.send("GET", first["@iot.nextLink"]).json
    last = door.send("GET", second["@iot.nextLink"]).json
    assert [one["@iot.id"] for one in second["value"]] == [key(3), key(4)]
    assert [one["@iot.id"] for one in last["value"]] == [key(5)]
    assert "@iot.nextLink" not in last
    assert door.send("GET", "Datastreams/$count").text == "5"
    assert door.get("Datastreams", orderby="id desc", top="2").ids == [key(5), key(4)]


def test_one_of_them_says_what_a_copied_one_says(door):
    one = door.get(f"Datastreams({key(1)})").json
    assert one["name"] == "urn:xx:water_pressure:1"
    assert one["unitOfMeasurement"]["symbol"] == "MPa"
    assert one["properties"]["gongbi"]["log"] == 1
    assert one["observedArea"] == {"type": "Point", "coordinates": [122.9, 30.2]}
    assert door.get(f"Datastreams({key(1)})/name").json == {"name": "urn:xx:water_pressure:1"}
    assert door.get(f"Datastreams({key(1)})/name/$value").text == "urn:xx:water_pressure:1"
    assert door.get(f"Datastreams({key(9)})").status == 404
    thing = door.get(f"Datastreams({key(1)})/Thing").json
    assert thing["properties"] == {"place": "xx-e-1-a", "owner": "water"}
    assert door.get(f"Things({thing['@iot.id']})").json["name"] == thing["name"]
    where = door.get(f"Things({thing['@iot.id']})/Locations").json["value"]
    assert where[0]["location"]["coordinates"] == [122.9, 30.2]
    assert door.get(f"Locations({where[0]['@iot.id']})").json == where[0]
    beside = door.get(f"Things({thing['@iot.id']})/Datastreams").ids
    assert beside == [key(1), key(4)], "what stands at one spot is one thing"
    assert door.get("Things").ids == [key(1), key(2), key(3)]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("name eq 'urn:xx:lift_fault:4'", [4]),
        (f"id eq {FIRST_ID + 2}", [2]),
        ("startswith(name, 'urn:xx:lift')", [4, 5]),
        ("substringof('pressure', name) and not endswith(name, '1')", [2, 3]),
        ("ObservedProperty/name eq 'lift_fault' or Thing/properties/place eq 'xx-w-1-a'",
         [3, 4, 5]),
        ("properties/step_seconds gt 30 and unitOfMeasurement/symbol eq '0/1'", [4, 5]),
        ("geo.distance(observedArea, geography'POINT (122.9 30.2)') lt 0.01", [1, 2, 3, 4, 5]),
        ("tolower(name) eq 'it''s'", []),
    ],
)  # fmt: skip
def test_filters_choose_them(door, said, numbers):
    found = door.get("Datastreams", filter=said, count="true")
    assert found.status == 200, found.text
    assert found.ids == [key(one) for one in numbers]
    assert found.json["@iot.count"] == len(numbers)


@pytest.mark.parametrize("said", [
    "phenomenonTime gt 2026-01-01T00:00:00Z",
    "st_within(observedArea, geography'POLYGON ((0 0, 1 0, 1 1, 0 0))')",
    "Observations/result gt 3",
])  # fmt: skip
def test_what_cannot_be_asked_is_said_with_what_can(door, said):
    found = door.get("Datastreams", filter=said)
    assert found.status == 400
    assert "ask by" in found.json["message"]


def test_what_was_made_here_comes_first_and_counts_too(door):
    thing = door.made("Things", {"name": "pole", "description": "by hand"})
    assert door.get("Things").ids == [thing, key(1), key(2), key(3)]
    assert door.get("Things", top="2", skip="1").ids == [key(1), key(2)]
    assert door.get("Things", filter="name eq 'pole'").ids == [thing]
    assert door.get("Things", orderby="name", top="2").json["value"][1]["name"] > "P"
    assert thing in door.get("Things", orderby="name desc").ids
    assert door.send("GET", "Things/$count").text == "4"
    assert door.get("Things", orderby="description").status == 400
    assert Thing.objects.filter(pack_key=None).count() == 1


def test_expanding_writes_out_what_they_are_connected_with(door):
    found = door.get(
        "Datastreams",
        filter="name eq 'urn:xx:water_pressure:2'",
        expand="Thing($expand=Locations),ObservedProperty,Sensor,Observations($top=1)",
    ).json["value"][0]
    assert found["Thing"]["properties"]["place"] == "xx-e-1-b"
    assert found["Thing"]["Locations"][0]["description"] == "xx-e-1-b"
    assert found["ObservedProperty"]["name"] == "water_pressure"
    assert found["Sensor"]["name"] == "water_pressure sensor"
    assert found["Observations"] == []
    of = ObservedProperty.objects.get(name="lift_fault").pk
    assert door.get(f"ObservedProperties({of})/Datastreams").ids == [key(4), key(5)]
    assert door.send("GET", f"ObservedProperties({of})/Datastreams/$count").text == "2"
    assert door.get("Things", expand="Datastreams").json["value"][0]["Datastreams"][1]["name"] == (
        "urn:xx:lift_fault:4"
    )


def test_the_newest_row_of_the_log_is_their_observation(door):
    micros = round(datetime(2026, 11, 24, 2, 0, tzinfo=UTC).timestamp() * 1e6)
    assert keep_newest(np.array([2, 99]), np.array([micros, micros]), np.array([0.31, 1.0])) == 1
    assert keep_newest(np.array([2]), np.array([micros - 1]), np.array([0.99])) == 0, "older"
    seen = door.get(f"Datastreams({key(2)})/Observations").json["value"]
    assert [(one["result"], one["phenomenonTime"]) for one in seen] == [
        (0.31, "2026-11-24T02:00:00.000Z")
    ]
    assert door.get(f"Observations({key(2)})").json["result"] == 0.31
    assert door.get(f"Observations({key(3)})").status == 404
    assert door.send("GET", f"Datastreams({key(2)})/Observations/$count").text == "1"


def test_a_place_sees_its_own_only(packed, small_city, settings, client):
    from gongbi.things.access import Reader
    from gongbi.things.packed_reading import answer_packed
    from gongbi.things.reading import Asked

    where = in_force()
    assert where is not None
    west = Asked(Reader("west", places=("/xx/xx-w/",)), "http://here")
    assert [one["@iot.id"] for one in answer_packed(where, west, "Datastreams", "")["value"]] == [
        key(3)
    ]
    assert answer_packed(where, west, "Datastreams/$count", "") == 1
    for hidden in (f"Datastreams({key(1)})", f"Things({key(1)})", f"Locations({key(1)})"):
        with pytest.raises(Exception, match="There is no"):
            answer_packed(where, west, hidden, "")


def test_a_smaller_pack_copies_again_and_the_file_is_no_longer_asked(
    packed, door, monkeypatch, pack_folder
):
    monkeypatch.setattr(pack, "MOST_COPIED", 100)
    pack.load(pack_folder, 8)
    assert in_force() is None
    assert door.get("Datastreams").ids == [1, 2, 3, 4, 5]
    assert door.get(f"Datastreams({key(1)})").status == 404
    monkeypatch.setattr(pack, "MOST_COPIED", 4)
    pack.load(pack_folder, 9)
    assert door.get("Datastreams").ids == [key(n) for n in range(1, 6)], "none comes twice"


def test_a_load_that_was_undone_is_forgotten(packed, door, pack_folder):
    from django.db import transaction

    from gongbi.things.public import make_known

    with pytest.raises(RuntimeError), transaction.atomic():
        pack.load(pack_folder, 8)
        raise RuntimeError("another part could not load")
    make_known()
    where = in_force()
    assert where is not None
    assert where.columns.name == "pack-7.parquet"
    assert len(door.get("Datastreams").ids) == 5
