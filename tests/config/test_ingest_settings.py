"""What gongbi.toml says of the door for readings reaches the door."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.config.conftest import Installation, stop
from tests.conftest import ROOT
from tests.ports import free_ports

FILE = 'GONGBI_CLOCK = "played"\nGONGBI_INGEST_MAX_BYTES = 1000\n'


@pytest.fixture
def door(tmp_path: Path) -> Iterator[httpx.Client]:
    """A door alone, whose settings stand in the file; with a key for it."""
    place = Installation(tmp_path / "data", free_ports(2)[0])
    place.data.mkdir()
    key = place.run("key", "pump", "--scope", "ingest").stdout.split()[1]
    (place.data / "gongbi.toml").write_text(FILE, "utf-8")
    environment = {name: value for name, value in place.env.items() if name != "GONGBI_CLOCK"}
    command = [sys.executable, "-m", "gongbi.config.cli", "run", "ingest"]
    running = subprocess.Popen(command, env=environment, cwd=ROOT, text=True)
    url = f"http://127.0.0.1:{place.port + 1}"
    try:
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
            wait_for(client)
            yield client
    finally:
        stop(running)


def wait_for(client: httpx.Client) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            client.get("/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The door does not answer.")


def test_the_door_does_what_the_file_says(door: httpx.Client) -> None:
    ticked = door.post("/ingest/tick", json={"time": "2026-03-05T08:00:00+08:00"})
    assert ticked.status_code == 200, ticked.text
    assert door.post("/ingest/observations", content=b"x" * 2000).status_code == 413
