"""The request bodies of OGC's suite and of FROST, read in place: valid ones pass, others fail.

They are of a draft of version 1.0: ``id`` for ``@iot.id``, no ``name``; 1.0's door takes them.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.things.conftest import Client, datastream, location, observed, sensor, thing

VALID = {
    "thing": "Things",
    "locations": "Locations",
    "sensors": "Sensors",
    "observedproperties": "ObservedProperties",
    "foi": "FeaturesOfInterest",
}
BROKEN = {
    "foi/missingEncodingType.json",
    "thing/2.json",
    "thing/3.json",
}  # datastreams without a sensor
DATASTREAMS = {
    "datastreams/5.json": 201,
    "datastreams/6.json": 201,
    "datastreams/7.json": 201,
    "datastreams/8.json": 201,
    "datastreams/datastream.json": 201,
    "datastreams/embeddedEntities.json": 201,
    "datastreams/linkedObservedPropertyValid.json": 201,
    "datastreams/linkedSensorValid.json": 201,
    "datastreams/linkedThingValid.json": 201,
    "datastreams/1.json": 400,
    "datastreams/2.json": 400,
    "datastreams/3.json": 400,
    "datastreams/4.json": 400,
    "datastreams/embeddedEntities2.json": 400,
    "datastreams/linkedObservedProperty.json": 400,
    "datastreams/linkedSensor.json": 400,
    "datastreams/linkedThing.json": 400,
    "datastreams/nestedDatastream.json": 400,
}
OBSERVATIONS = {
    "observations/7.json": 201,
    "observations/8.json": 201,
    "observations/9.json": 201,
    "observations/10.json": 201,
    "observations/embeddedFeatureOfInterestValid.json": 201,
    "observations/intervalPhenomenonTime.json": 201,
    "observations/linkedDataStreamWithFOI.json": 201,
    "observations/1.json": 400,
    "observations/observation.json": 400,
    "observations/observationWithoutPTime.json": 400,
}


@pytest.fixture
def bodies(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("sensorthings-conformance")


@pytest.fixture
def known(sta10: Client) -> dict[str, int]:
    """What the bodies link to."""
    key = sta10.made("Things", thing(Locations=[location()], Datastreams=[datastream()]))
    feature = {"name": "F", "description": "F", "encodingType": "application/geo+json"}
    return {
        "THING": key,
        "DATASTREAM": sta10.get(f"Things({key})/Datastreams").ids[0],
        "SENSOR": sta10.made("Sensors", sensor()),
        "OBSERVEDPROPERTY": sta10.made("ObservedProperties", observed()),
        "FOI": sta10.made("FeaturesOfInterest", feature | {"feature": location()["location"]}),
    }


def filled(file: Path, known: dict[str, int]) -> Any:
    names = known | {"OBSPROP": known["OBSERVEDPROPERTY"]}
    text = re.sub(r"\$(\w+)[-_]ID", lambda m: str(names[m[1]]), file.read_text("utf-8"))
    return json.loads(text)


def test_entities_that_stand_alone(sta10: Client, known: dict[str, int], bodies: Path) -> None:
    for folder, path in VALID.items():
        for file in sorted((bodies / folder).glob("*.json")):
            name = f"{folder}/{file.name}"
            found = sta10.post(path, filled(file, known))
            assert found.status == (400 if name in BROKEN else 201), (name, found.text)


@pytest.mark.parametrize("name", DATASTREAMS)
def test_datastreams(sta10: Client, known: dict[str, int], bodies: Path, name: str) -> None:
    found = sta10.post("Datastreams", filled(bodies / name, known))
    assert found.status == DATASTREAMS[name], found.text


@pytest.mark.parametrize("name", OBSERVATIONS)
def test_observations(sta10: Client, known: dict[str, int], bodies: Path, name: str) -> None:
    found = sta10.post("Observations", filled(bodies / name, known))
    assert found.status == OBSERVATIONS[name], found.text


def test_observations_below_a_datastream(
    sta10: Client, known: dict[str, int], bodies: Path
) -> None:
    for name in ("1", "2", "5", "11", "14", "observation", "observationWithoutPTimeValid"):
        body = filled(bodies / "observations" / f"{name}.json", known)
        sta10.made(f"Datastreams({known['DATASTREAM']})/Observations", body)


@pytest.mark.parametrize(
    ("name", "status"), [("1", 200), ("noDefinition", 400), ("noName", 400), ("noSymbol", 400)]
)
def test_units(sta10: Client, known: dict[str, int], bodies: Path, name: str, status: int) -> None:
    unit = json.loads((bodies / "unitsOfMeasurement" / f"{name}.json").read_text("utf-8"))
    found = sta10.patch(f"Datastreams({known['DATASTREAM']})", {"unitOfMeasurement": unit})
    assert found.status == status, found.text


def test_data_arrays(sta10: Client, known: dict[str, int], bodies: Path) -> None:
    body = filled(bodies / "observations" / "dataArray.json", known)
    found = sta10.post("CreateObservations", body)
    assert found.status == 201
    assert not [line for line in found.json if line.startswith("error")]


def test_frost_entities(sta: Client, bodies: Path) -> None:
    body = json.loads((bodies / "frost" / "entitiesDefault.json").read_text("utf-8"))
    key = sta.made("Things", body)
    shown = sta.get(f"Things({key})", expand="Datastreams($expand=Observations)").json
    assert [[o["result"] for o in d["Observations"]] for d in shown["Datastreams"]] == [
        [3, 4],
        [5, 6],
    ]


def test_version_11_wants_a_name(sta: Client, bodies: Path) -> None:
    body = json.loads((bodies / "thing" / "thing.json").read_text("utf-8"))
    assert sta.post("Things", body).status == 400
