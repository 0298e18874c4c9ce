"""A process that dies comes back, all stop cleanly, and nothing acknowledged is lost."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.config.conftest import Installation, stop


def wait_for(what: Callable[[], bool], seconds: float = 40) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if what():
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    return False


def processes(town: Installation) -> dict[str, int]:
    """Process ids by name, among the children of this installation's keeper."""
    keeper = (town.data / "supervisord.pid").read_text().strip()
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", keeper], capture_output=True, text=True, check=False
    )
    found = {}
    for line in listed.stdout.splitlines():
        pid, *words = line.split()
        found[words[-1]] = int(pid)
    return found


def send(town: Installation, sequence: int, rows: int = 5, by: str = "test") -> httpx.Response:
    """Some readings of the first datastream, through the main address."""
    keys = json.loads((town.data / "demo_keys.json").read_text("utf-8"))
    lines = [
        json.dumps(
            {"datastream": 1, "time": 1772668800000 + 60000 * (sequence * rows + n), "value": 1}
        )
        for n in range(rows)
    ]
    return httpx.post(
        f"{town.url}/ingest/observations",
        content="\n".join(lines),
        headers={
            "Authorization": f"Bearer {keys['ingest']}",
            "Gongbi-Sender": by,
            "Gongbi-Sequence": str(sequence),
        },
        timeout=30,
    )


def test_five_processes_start_and_stop(town: Installation) -> None:
    up = town.start()
    try:
        assert town.get("/healthz").text == "ok\n"
        assert town.get("/readyz").json() == {"ready": True, "troubles": []}
        with ThreadPoolExecutor(8) as many:
            asked = list(many.map(lambda _: town.get("/readyz").status_code, range(64)))
        assert set(asked) == {200}, "whoever asks at the same time is no trouble"
        assert "gongbi_pack_version 1" in town.get("/metrics").text
        style = town.get("/static/core/page.css")
        assert style.status_code == 200
        assert len(style.content) == int(style.headers["Content-Length"])
        part = httpx.get(town.url + "/static/core/page.css", headers={"Range": "bytes=0-99"})
        assert part.status_code == 206
        assert style.content.startswith(part.content)
        assert set(processes(town)) == {"web", "ingest", "engine", "worker", "history"}
        pids = processes(town).values()
    finally:
        assert stop(up) == 0
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
    assert '"level": "error"' not in town.logs()
    assert "StreamingHttpResponse" not in town.logs(), "static files are read off the event loop"


@pytest.mark.parametrize("name", ["web", "ingest", "engine", "worker", "history"])
def test_one_that_is_killed_comes_back(lasting_town: Installation, name: str) -> None:
    town = lasting_town
    assert wait_for(lambda: send(town, 1, by=name).status_code == 200), town.logs()
    before = processes(town)[name]
    os.kill(before, signal.SIGKILL)
    assert wait_for(lambda: processes(town).get(name, before) != before)
    assert wait_for(lambda: town.get("/readyz").status_code == 200), town.logs()
    assert wait_for(lambda: send(town, 2, by=name).status_code == 200), town.logs()
    again = send(town, 1, by=name)
    assert again.json()["repeated"] is True


def test_a_taken_port_is_said_at_once(lasting_town: Installation) -> None:
    done = lasting_town.run("up")
    assert done.returncode == 1
    assert f"Port {lasting_town.port}" in done.stderr
    assert "GONGBI_PORT" in done.stderr


def test_the_doctor_finds_a_healthy_city_healthy(lasting_town: Installation) -> None:
    done = lasting_town.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "web answers" in done.stdout
    assert "heard by nobody" not in done.stdout


EXAMINED = """
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.config.demo import prepare
from gongbi.config.doctor import examine
from gongbi.core.models import Post
from gongbi.core.public import now

def say():
    print(*(f"{one.verdict} {one.what}" for one in examine() if "omplain" in one.what), "----")

say()
prepare(str)
say()
Post.objects.filter(role="supervisor").update(unit="centre-01")
say()
receive_signal(SignalIn(
    source="web", reference="c", words="投诉", type=None, lon=None, lat=None, place=None,
    place_words="", at=now(), language="zh-hans", about_unit="centre",
))
say()
"""


def test_the_doctor_says_whom_nobody_hears_complaints_about(town: Installation) -> None:
    nobody, each_other, one_office, lying = town.python(EXAMINED).split("----")[:4]
    assert nobody.strip() == "look Nobody hears complaints about offices for the whole city."
    assert each_other.strip() == "", "of two, each hears complaints about the other's office"
    assert one_office.strip().startswith("look A complaint about ")
    assert "(centre), " in one_office
    assert "(centre-01) would be heard by nobody: all supervisors stand there." in one_office
    assert lying.strip().startswith("bad ")
    assert "Unheard now: 1." in lying


def test_the_doctor_names_what_is_wrong(town: Installation) -> None:
    (town.data / "secret_key").chmod(0o644)
    done = town.run("doctor")
    assert done.returncode == 1
    assert "Others can read secret_key" in done.stdout
    assert "chmod 600" in done.stdout


def test_a_database_that_is_away_is_said(town: Installation) -> None:
    done = town.run("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "mend DATABASE_URL" in done.stdout


def test_a_wrong_setting_ends_in_one_sentence(town: Installation) -> None:
    done = town.run("doctor", GONGBI_CLOCK="sideways")
    assert done.returncode == 1
    assert "GONGBI_CLOCK is 'sideways': write live or played." in done.stderr
    assert "Traceback" not in done.stderr
