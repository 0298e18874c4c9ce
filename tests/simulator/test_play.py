"""A drawn morning through a running city: told truly, killed and taken up, nothing twice."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.config.conftest import ROOT, Installation, living_town, loaded, town

__all__ = ["living_town", "loaded", "town"]
COUNTS = """
import json
from gongbi.cases.models import Case, Outcome, Signal
print(json.dumps({
    "references": list(Signal.objects.filter(reference__startswith="player-reports:")
                       .values_list("reference", flat=True)),
    "declared": Outcome.objects.count(),
    "states": list(Case.objects.values_list("state", flat=True)),
    "sources": list(Case.objects.values_list("source", flat=True)),
}))
"""


def play(town: Installation, **changes: str) -> "subprocess.Popen[str]":
    said = {
        "--base-url": town.url,
        "--ingest-url": f"http://127.0.0.1:{town.port + 1}",
        "--keys": str(town.data / "demo_keys.json"),
        "--truth": str(town.data / "truth.jsonl"),
        "--start": "2026-11-24T08:00",
        "--until": "2026-11-24T11:00",
        "--warm-up": "0.5",
        "--speed": "max",
    } | {f"--{name}": value for name, value in changes.items()}
    words = [word for pair in said.items() for word in pair]
    return subprocess.Popen(
        [sys.executable, "-m", "gongbi.simulator", str(town.data / "city"), *words],
        env=town.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def truth(town: Installation) -> list[dict[str, Any]]:
    lines = (town.data / "truth.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def counted(town: Installation) -> dict[str, Any]:
    """What the city holds once the worker has read what the engine told last."""
    until = time.monotonic() + 240
    while not by_alert(town) and time.monotonic() < until:
        time.sleep(0.3)
    found: dict[str, Any] = json.loads(town.python(COUNTS))
    return found


def by_alert(town: Installation) -> int:
    """Cases that a sensor raised, read beside the city: a Django a second would slow it."""
    with closing(sqlite3.connect(town.data / "db.sqlite3", timeout=30)) as database:
        (found,) = database.execute("SELECT count(*) FROM cases_case WHERE source = 'alert'")
        return int(found[0])


def test_a_morning_killed_and_taken_up_again(living_town: Installation) -> None:
    town = living_town
    first = play(town)
    for _ in range(600):
        file = town.data / "truth.jsonl"
        if file.exists() and file.read_text("utf-8").count('"report"') >= 8:
            break
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    second = play(town)
    out, err = second.communicate(timeout=240)
    assert second.returncode == 0, out + err
    assert "Played until 2026-11-24T11:00:00+08:00." in out
    told, found = truth(town), counted(town)
    kinds = Counter(line["what"] for line in told)
    said = [line["reference"] for line in told if line["what"] == "report"]
    assert Counter(said).most_common(1)[0][1] == 1, "a report is told once"
    assert sorted(f"player-reports:{one}" for one in said) == sorted(found["references"]), (
        "what was told is what the city holds"
    )
    assert kinds["opening"] == 1
    assert {line["kind"] for line in told if line["what"] == "incident"} >= {
        "burst_pipe", "lift_trap", "sensor_silence", "power_cut"
    }  # fmt: skip
    assert kinds["declared"] == found["declared"] > 0
    assert "alert" in found["sources"], "a sensor raised a case by itself"
    assert (town.data / "truth.jsonl").stat().st_mode & 0o077 == 0


def test_what_was_never_drawn_cannot_be_played(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("{}")
    done = subprocess.run(
        [sys.executable, "-m", "gongbi.simulator", str(tmp_path), "--keys", str(keys),
         "--truth", str(tmp_path / "truth.jsonl"), "--start", "2026-11-24T08:00"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "only a drawn city can be played" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", ['{"what": "rep', '{"what": "mended", "seconds": 1'])
def test_a_torn_line_is_forgotten(tmp_path: Path, line: str) -> None:
    from zoneinfo import ZoneInfo

    from gongbi.simulator.truth import Truth

    file = tmp_path / "truth.jsonl"
    file.write_text('{"what": "opening", "seconds": 5}\n' + line)
    again = Truth(file, ZoneInfo("Asia/Shanghai"))
    assert again.known.opening == 5
    again.tell("mended", 9, incident="i")
    again.close()
    assert [json.loads(one)["what"] for one in file.read_text().splitlines()] == [
        "opening", "mended"
    ]  # fmt: skip
