"""A feed played through real doors: to the row, in order, and never twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gongbi.feeds.public import Mapping
from gongbi.replay.public import Doors, Stopped, replay

Feed = tuple[Mapping, Path]
DoorsOf = Callable[..., Doors]


def test_readings_reconcile_to_the_row(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    account = replay(*gauges, doors_of(city.url), speed=None)
    assert account.whole
    assert (account.read, account.sent_rows, account.refused_here) == (30, 29, 1)
    assert account.zeros_made == 3 * 24 - 24
    assert account.sent_items == account.stored == 29 + 48 == len(city.readings)
    assert city.doubled == 0
    (refused,) = account.refused
    assert (refused.row, refused.column, refused.value) == (31, "level", "high")


def test_reports_reconcile_and_come_in_order(tickets: Feed, city: Any, doors_of: DoorsOf) -> None:
    account = replay(*tickets, doors_of(city.url), speed=None)
    assert account.whole
    assert (account.read, account.repeated_in_file, account.refused_here) == (5, 1, 1)
    assert account.stored == 3
    assert [reference for _source, reference in city.reports] == ["1", "2", "3"]
    assert city.reports["counter", "1"]["at"] == "2016-02-06T00:01:00+00:00"
    assert city.reports["counter", "1"]["words"] == "水管破裂"


def test_the_clock_ends_behind_the_last_row(tickets: Feed, city: Any, doors_of: DoorsOf) -> None:
    replay(*tickets, doors_of(city.url), speed=None)
    end = datetime.fromtimestamp(city.clock / 1000, UTC)
    assert end == datetime(2016, 2, 6, 1, 15, tzinfo=UTC)


def test_played_again_nothing_is_doubled(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    replay(*gauges, doors_of(city.url), speed=None)
    before = dict(city.readings)
    again = replay(*gauges, doors_of(city.url), speed=None)
    assert again.whole
    assert (again.stored, again.repeated) == (0, len(before))
    assert city.readings == before
    assert city.doubled == 0


def test_a_span_leaves_the_rest_outside(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    account = replay(
        *gauges,
        doors_of(city.url),
        speed=None,
        from_=datetime(2016, 2, 6, 0, 0, tzinfo=UTC),
        until=datetime(2016, 2, 6, 1, 0, tzinfo=UTC),
    )
    assert account.whole
    assert (account.read, account.sent_rows, account.outside) == (30, 17, 12)


def test_a_busy_city_is_asked_again(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    city.busy = 3
    told: list[str] = []
    account = replay(*gauges, doors_of(city.url, told.append), speed=None)
    assert account.whole
    assert account.stored == 77
    assert len(told) == 3
    assert all("trying again" in one and "503" in one for one in told)


def test_a_lost_answer_doubles_nothing(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    """The city stored the batch, the line broke before it could say so."""
    city.broken = 2
    account = replay(*gauges, doors_of(city.url), speed=None)
    assert account.whole
    assert account.stored + account.repeated == 77 == len(city.readings)
    assert account.repeated > 0
    assert city.doubled == 0


def test_rows_the_city_refuses_are_told(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    city.unknown = "urn:gauge:g1"
    account = replay(*gauges, doors_of(city.url), speed=None)
    assert account.whole
    assert account.refused_there == 24
    assert account.reasons["No such datastream."] == 24


def test_a_stranger_is_stopped_at_once(gauges: Feed, city: Any) -> None:
    doors = Doors(city.url, city.url, {"ingest": "wrong", "report": "wrong"}, told=print)
    with pytest.raises(Stopped, match="401"):
        replay(*gauges, doors, speed=None)
    doors.close()
    assert not city.readings


def test_a_closed_city_ends_the_patience(gauges: Feed, open_city: Any, doors_of: DoorsOf) -> None:
    with open_city() as gone:
        url = gone.url
    told: list[str] = []
    with pytest.raises(Stopped, match="did not take it"):
        replay(*gauges, doors_of(url, told.append, patience_seconds=0.5), speed=None)
    assert "ConnectError" in told[0]


def test_a_city_that_comes_back_gets_it_all(
    gauges: Feed, open_city: Any, doors_of: DoorsOf
) -> None:
    with open_city() as gone:
        port = int(gone.url.rsplit(":", 1)[1])
    away = threading.Event()
    result: list[Any] = []
    doors = doors_of(f"http://127.0.0.1:{port}", lambda _words: away.set())
    player = threading.Thread(target=lambda: result.append(replay(*gauges, doors, speed=None)))
    player.start()
    assert away.wait(20)
    with open_city(port) as city:
        player.join(30)
    assert result[0].whole
    assert len(city.readings) == 77


PLAY = """
import sys
from pathlib import Path
from gongbi.feeds.public import parse_mapping
from gongbi.replay.public import Doors, replay
keys = {"ingest": "key-of-readings", "report": "key-of-reports"}
doors = Doors(sys.argv[1], sys.argv[1], keys, told=print)
mapping = parse_mapping(Path(sys.argv[2]).read_text("utf-8"))
account = replay(mapping, Path(sys.argv[3]), doors, speed=float(sys.argv[4]) or None)
doors.close()
raise SystemExit(0 if account.whole else 1)
"""


@pytest.mark.parametrize("batches", [1, 7, 20])
def test_killed_and_started_again_it_is_whole(
    gauges: Feed, city: Any, tmp_path: Path, batches: int
) -> None:
    """SIGKILL once so many batches have come; a second run ends as an undisturbed one."""
    from gongbi.feeds.public import to_toml

    file = tmp_path / "gauges.toml"
    file.write_text(to_toml(gauges[0]), "utf-8")
    run = [sys.executable, "-c", PLAY, city.url, str(file), str(gauges[1])]
    first = subprocess.Popen([*run, "3000"])  # two hours in 2.4 s: time to be killed in
    until = time.monotonic() + 30
    while len(city.batches) < batches and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    assert len(city.readings) < 77
    assert subprocess.run([*run, "0"], check=False, timeout=60).returncode == 0
    assert len(city.readings) == 77
    assert city.doubled == 0


def test_the_bar_rises_to_the_end(gauges: Feed, city: Any, doors_of: DoorsOf) -> None:
    shares: list[float] = []
    replay(*gauges, doors_of(city.url), speed=None, told=lambda _at, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
