"""Troubles of sensors from the door to the file others read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow as pa
from tests.stream.conftest import START, Town

from gongbi.stream import public as stream

MINUTE = timedelta(minutes=1)


def say(town: Town, minute: float, body: bytes) -> None:
    with town.client() as client:
        assert client.post("/ingest/observations", content=body).status_code == 200
        tick = (START + minute * MINUTE).isoformat()
        assert client.post("/ingest/tick", json={"time": tick}).status_code == 200


def told(town: Town) -> list[tuple[str, bool, int, str]]:
    found = stream.read_troubles(town.data, 0, 1000)
    return [(one.kind, one.begun, one.datastream, one.group) for one in found]


def begin(town: Town, streams: int, **trusts: float) -> None:
    """A town whose datastreams stand behind one cabinet."""
    tables = {name: table for name, table in _tables().items()}
    gateways = pa.array(["cabinet-1"] * len(tables["datastreams"]))
    place = tables["datastreams"].column_names.index("gateway")
    tables["datastreams"] = tables["datastreams"].set_column(place, "gateway", gateways)
    said = {"property": ["level"], **{name: [value] for name, value in trusts.items()}}
    stream.write_plan(town.data, **(tables | {"trusts": pa.table(said)}))


def _tables() -> dict[str, pa.Table]:
    from tests.stream.conftest import plan_tables

    return plan_tables()


def test_a_value_out_of_range_is_the_sensor_s_and_left_out(
    make_town: Callable[..., Town], rows_to_body: Callable[..., bytes]
) -> None:
    town = make_town()
    begin(town, 21, low=0.0, leave_out=1.0, silence=0.0)
    town.start_door()
    say(town, 0, rows_to_body([(1, START, 5.0)]))
    rows = [
        (d, START + MINUTE * 0.5, 900.0 if d == 2 else -7.0 if d == 3 else 5.0)
        for d in range(1, 5)
    ]
    say(town, 2, rows_to_body(rows))
    town.fold_to_end()
    (trouble,) = stream.read_troubles(town.data, 0, 10)
    assert (trouble.kind, trouble.begun, trouble.datastream) == ("range", True, 3)
    assert (trouble.figure, trouble.bound, trouble.places) == (-7.0, 0.0, ["quarter-1"])
    table = stream.readings(town.data, series=[104], since=START, until=START + MINUTE)
    assert min(table["value"].to_pylist(), default=0) >= 0


def test_a_cabinet_is_one_trouble_and_one_sensor_another(
    make_town: Callable[..., Town], rows_to_body: Callable[..., bytes]
) -> None:
    town = make_town()
    begin(town, 21, silence=3.0)
    town.start_door()
    for minute in range(20):
        who = [d for d in range(1, 22) if not (d == 5 and minute >= 8)] if minute < 14 else []
        moment = START + (minute + 0.5) * MINUTE
        say(town, minute + 1, rows_to_body([(d, moment, d + minute / 3) for d in who]))
    town.fold_to_end()
    assert told(town) == [("silence", True, 5, ""), ("silence", True, 0, "cabinet-1")]
    last = stream.read_troubles(town.data, 0, 10)[-1]
    assert (last.sensors, last.places) == (21, ["quarter-1"])


def test_a_plan_that_forgets_a_sensor_ends_its_trouble(
    make_town: Callable[..., Town], rows_to_body: Callable[..., bytes]
) -> None:
    town = make_town()
    begin(town, 21, low=0.0, silence=0.0)
    door = town.start_door()
    say(town, 1, rows_to_body([(21, START, -7.0)]))
    stream.write_plan(town.data, **_without(21))
    door.kill()
    door.wait()
    town.start_door()
    say(town, 2, rows_to_body([(4, START + MINUTE, 7.0)]))
    town.fold_to_end()
    found = stream.read_troubles(town.data, 0, 10)
    assert [one.begun for one in found] == [True, False]
    assert len({one.trouble for one in found}) == 1


def _without(gone: int) -> dict[str, Any]:
    tables = _tables()
    keep = [d != gone for d in tables["datastreams"]["id"].to_pylist()]
    tables["datastreams"] = tables["datastreams"].filter(pa.array(keep))
    members = [d != gone for d in tables["members"]["datastream"].to_pylist()]
    tables["members"] = tables["members"].filter(pa.array(members))
    return tables
