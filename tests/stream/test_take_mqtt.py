"""MQTT in and out with a real broker: topics, refusals, and kills of each of the three."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.ports import free_ports

from gongbi.stream import public as stream
from gongbi.stream.board import read_board

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
pytestmark = pytest.mark.skipif(
    not MOSQUITTO, reason="needs the Debian package mosquitto: apt-get install mosquitto"
)
START = datetime.fromisoformat("2016-02-06T00:00:00+00:00")


@dataclass
class Broker:
    """A Mosquitto of our own on a loopback port; its sessions outlive a kill."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, again on the same port."""
        said = self.folder / "mosquitto.conf"
        said.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {self.folder}/\nautosave_interval 1\n"
            # By itself Mosquitto keeps 1,000 messages for a client that is away.
            "autosave_on_changes true\nuser root\nmax_queued_messages 0\n"
        )
        process = subprocess.Popen(
            [str(MOSQUITTO), "-c", str(said)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        self.processes.append(process)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return process
            except OSError:
                time.sleep(0.05)
        pytest.fail("The broker did not start.")

    def client(self, name: str = "tester") -> "Speaker":
        return Speaker(self.port, name)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=30)


class Speaker:
    """A client that publishes with QoS 1, and remembers what it hears."""

    def __init__(self, port: int, name: str) -> None:
        self.heard: list[tuple[str, Any, bool]] = []
        self.sent: list[mqtt.MQTTMessageInfo] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self.client.max_queued_messages_set(0)
        self.client.on_message = self._hear
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _hear(self, _: Any, __: Any, message: mqtt.MQTTMessage) -> None:
        self.heard.append((message.topic, json.loads(message.payload), message.retain))

    def say(self, topic: str, payload: Any) -> None:
        body = payload if isinstance(payload, bytes | str) else json.dumps(payload)
        self.sent.append(self.client.publish(topic, body, qos=1))

    def hear(self, *topics: str) -> None:
        self.client.subscribe([(topic, 1) for topic in topics])

    def wait_sent(self, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not all(info.is_published() for info in self.sent):
            assert time.monotonic() < until, "The broker does not acknowledge."
            time.sleep(0.02)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker, not started yet."""
    folder = tmp_path / "broker"
    folder.mkdir()
    made = Broker(folder, *free_ports())
    yield made
    made.stop()


@pytest.fixture
def start_bridge(town: Any, broker: Broker) -> Callable[..., subprocess.Popen[bytes]]:
    """Start the town's bridge."""

    def start(**environment: str) -> subprocess.Popen[bytes]:
        words = ["--broker", f"mqtt://127.0.0.1:{broker.port}"]
        words += ["--door", f"http://127.0.0.1:{town.port}"]
        said = {"GONGBI_CLOCK": "played", **environment}
        process: subprocess.Popen[bytes] = town._start("mqtt", words, said)
        return process

    return start


def values_of(town: Any, datastream: int) -> list[float]:
    far = timedelta(days=400)
    found = stream.observations(
        town.data, datastream=datastream, since=START - far, until=START + far, limit=100_000
    )
    values: list[float] = found["value"].to_pylist()
    return values


def wait_for(found: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while not wanted(last := found()):
        assert time.monotonic() < until, f"It did not come; last: {str(last)[:2000]}"
        time.sleep(0.05)
    return last


def tick(town: Any, minutes: int = 0) -> None:
    with town.client() as client:
        moment = START + timedelta(minutes=minutes)
        client.post("/ingest/tick", json={"time": moment.isoformat()}).raise_for_status()


def wait_subscribed(town: Any, seconds: float = 60) -> None:
    wait_for(lambda: town.said("mqtt"), lambda said: "The broker is there" in said, seconds)
    time.sleep(0.5)


def test_rows_by_every_topic_and_refusals_told(
    town: Any, broker: Broker, start_bridge: Callable[..., Any]
) -> None:
    tick(town)
    start_bridge()  # the broker is away: it waits
    time.sleep(1)
    broker.start()
    wait_subscribed(town)
    speaker = broker.client()
    speaker.hear("gongbi/refused")
    time.sleep(0.3)
    time_ = START.isoformat()
    thing = "v1.1/Datastreams({})/Observations"
    speaker.say(thing.format(3), {"phenomenonTime": time_, "result": 1.5})
    speaker.say(thing.format(3), {"result": 2.5})
    speaker.say(thing.format(99), {"result": 2.5})
    speaker.say(thing.format(3), "{")
    rows = [{"datastream": 4, "time": time_, "value": v} for v in (1, "x", 3)]
    speaker.say("gongbi/observations", "\n".join(map(json.dumps, rows)))
    group = {
        "Datastream": {"@iot.id": 5}, "components": ["phenomenonTime", "result"],
        "dataArray": [[time_, 7], [time_, None]],
    }  # fmt: skip
    speaker.say("gongbi/observations", [group])
    speaker.say("gongbi/observations/urn:town:level:6", "8.25")
    speaker.say("gongbi/observations/7", {"value": 9, "time": time_, "unit": "cm"})
    speaker.say("gongbi/observations/air/nobody", "1")
    wait_for(lambda: len(speaker.heard), lambda count: count >= 5)
    refused = {(said["topic"], said["line"]): said["reason"] for _, said, _ in speaker.heard}
    assert "not in the plan" in refused[thing.format(99), 1]
    assert "not JSON" in refused[thing.format(3), 1]
    assert "write a number" in refused["gongbi/observations", 2]
    assert "not in the plan" in refused["gongbi/observations/air/nobody", 1]
    assert values_of(town, 3) == [1.5, 2.5]
    found = [wait_for(lambda i=i: values_of(town, i), bool) for i in (4, 5, 6, 7)]  # type: ignore[misc]
    assert found == [[1.0, 3.0], [7.0], [8.25], [9.0]]
    speaker.close()


def test_a_killed_bridge_loses_nothing_and_doubles_nothing(
    town: Any, broker: Broker, start_bridge: Callable[..., Any], end_at_once: Callable[..., None]
) -> None:
    tick(town)
    broker.start()
    bridge = start_bridge()
    wait_subscribed(town)
    speaker = broker.client()
    count = 0
    for pause in (0.0, 0.01, 0.03, 0.06, 0.1):
        for _ in range(300):
            row = {"datastream": 3, "time": START.isoformat(), "value": count}
            speaker.say("gongbi/observations", row)
            count += 1
        time.sleep(pause)
        end_at_once(bridge)
        bridge = start_bridge()
    speaker.wait_sent()
    values = wait_for(lambda: values_of(town, 3), lambda found: len(found) >= count, 120)
    time.sleep(1)
    values = values_of(town, 3)
    assert sorted(values) == [float(value) for value in range(count)]
    speaker.close()


def test_door_and_broker_may_be_killed(
    town: Any, broker: Broker, start_bridge: Callable[..., Any], end_at_once: Callable[..., None]
) -> None:
    """The door's kill loses and doubles nothing; the broker's loses nothing the log has."""
    tick(town)
    process = broker.start()
    start_bridge()
    wait_subscribed(town)
    speaker = broker.client()
    for value in range(100):
        speaker.say("gongbi/observations/3", {"value": value, "time": START.isoformat()})
        if value == 50:
            end_at_once(town.processes[0])
    town.start_door()
    values = wait_for(lambda: values_of(town, 3), lambda found: len(found) >= 100)
    assert sorted(values) == [float(value) for value in range(100)]
    speaker.wait_sent()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    broker.start()
    wait_for(speaker.client.is_connected, bool)
    for value in range(100, 150):
        speaker.say("gongbi/observations/3", {"value": value, "time": START.isoformat()})
    wanted = {float(value) for value in range(150)}
    wait_for(lambda: set(values_of(town, 3)), lambda found: found == wanted)
    speaker.close()


def all_written_down(town: Any) -> bool:
    """Whether the bridge knows, also after a kill, that all it told was acknowledged.

    What was heard a moment ago may not be written down yet, and is then told again.
    """
    facts, rows = town.data / "mqtt" / "facts", town.data / "mqtt" / "rows"
    if not (facts.exists() and rows.exists()):
        return False
    last, board = stream.read_facts(town.data, 0, 1000)[-1], read_board(town.data / "log")
    return (int(facts.read_text()), int(rows.read_text().split()[0])) == (
        last.position, board.end if board else 0,
    )  # fmt: skip


def test_levels_alerts_and_rows_are_told(
    town: Any, broker: Broker, start_bridge: Callable[..., Any], end_at_once: Callable[..., None]
) -> None:
    broker.start()
    speaker = broker.client()
    speaker.hear("gongbi/levels/#", "gongbi/alerts/#", "v1.1/+/Observations")
    bridge = start_bridge(GONGBI_MQTT_TELL="3, urn:town:level:2*")
    wait_subscribed(town)
    tick(town)
    rows = [
        {"datastream": d, "time": (START + timedelta(minutes=m)).isoformat(), "value": 90.0}
        for m in range(30)
        for d in (1, 3, 20)
    ]
    with town.client() as client:
        body = "\n".join(map(json.dumps, rows))
        assert client.post("/ingest/observations", content=body).json()["stored"] == 90
    tick(town, 60)
    town.fold_to_end()
    facts = len(stream.read_facts(town.data, 0, 1000))
    assert facts > 2
    wait_for(lambda: len(speaker.heard), lambda count: count >= facts + 60)
    topics = [topic for topic, _, _ in speaker.heard]
    assert topics.count("v1.1/Datastreams(3)/Observations") == 30
    assert topics.count("v1.1/Datastreams(20)/Observations") == 30
    assert "v1.1/Datastreams(1)/Observations" not in topics
    raised = [said for topic, said, _ in speaker.heard if topic.startswith("gongbi/alerts/")]
    assert {"AlertRaised"} <= {said["fact"] for said in raised}
    wait_for(lambda: all_written_down(town), bool)
    end_at_once(bridge)
    before = len(speaker.heard)
    start_bridge()
    later = broker.client("later")
    later.hear("gongbi/levels/#")
    kept = wait_for(lambda: list(later.heard), bool)
    assert all(retained for _, _, retained in kept)
    assert kept[0][0].startswith("gongbi/levels/street_water/quarter-")
    assert {"level", "was", "value", "window_start"} <= set(kept[0][1])
    time.sleep(1)
    assert len(speaker.heard) == before  # what was acknowledged is not told again
    later.close()
    speaker.close()


def test_without_a_broker_named_it_says_what_to_write(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gongbi.stream.mqtt", "--data", str(tmp_path), "--broker", "x"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "GONGBI_MQTT_URL=mqtt://" in done.stderr
