"""Doors that are busy, slow, away, or not a city's: a sentence each, and nothing lost."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.replay.bad_line import bad_line
from tests.replay.conftest import Sensing

from gongbi.feeds.public import Mapping
from gongbi.replay.public import Doors, Stopped, replay

Feed = tuple[Mapping, Path]
DoorsOf = Callable[..., Doors]


def test_a_busy_city_is_asked_again(gauges: Feed, sensing: Sensing, doors_of: DoorsOf) -> None:
    told: list[str] = []
    with bad_line(sensing.url) as line:
        line.busy = 3
        account = replay(*gauges, doors_of(line.url, told.append), speed=None)
    assert account.whole
    assert account.stored == 77 == len(sensing.rows())
    assert len(told) == 3
    assert all("503: The disk is full." in one and "trying again" in one for one in told)


def test_a_slow_city_is_waited_for(gauges: Feed, sensing: Sensing, doors_of: DoorsOf) -> None:
    with bad_line(sensing.url) as line:
        line.slow_seconds = 0.02
        account = replay(*gauges, doors_of(line.url), speed=None)
    assert account.stored == 77 == len(sensing.rows())


def test_a_busy_city_that_stays_so_ends_the_patience(gauges: Feed, doors_of: DoorsOf) -> None:
    with bad_line("") as line:
        line.answers = (503, '{"error": "The disk is full."}')
        with pytest.raises(Stopped, match=r"0\.5 s.*The disk is full.*nothing is doubled"):
            replay(*gauges, doors_of(line.url, patience_seconds=0.5), speed=None)


def test_nobody_at_the_port_ends_the_patience(gauges: Feed, doors_of: DoorsOf) -> None:
    with bad_line("") as gone:
        url = gone.url
    told: list[str] = []
    with pytest.raises(Stopped, match="nobody listens there.*gongbi up"):
        replay(*gauges, doors_of(url, told.append, patience_seconds=0.5), speed=None)
    assert "nobody listens" in told[0]


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (200, "<html>Welcome to another program</html>", "not as a city's door"),
        (404, "Not Found", "GONGBI_INGEST_URL"),
        (302, "", "302"),
        (401, '{"error": "No key."}', "No key. .*GONGBI_DATA"),
        (413, '{"error": "The body is larger."}', "GONGBI_INGEST_MAX_BYTES"),
    ],
)
def test_what_is_not_this_city_is_told(
    gauges: Feed, doors_of: DoorsOf, status: int, text: str, said: str
) -> None:
    with bad_line("") as line:
        line.answers = (status, text)
        with pytest.raises(Stopped, match=said):
            replay(*gauges, doors_of(line.url), speed=None)


def test_a_line_that_comes_back_carries_it_all(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    with bad_line(sensing.url) as gone:
        port = int(gone.url.rsplit(":", 1)[1])
    away, result = threading.Event(), list[Any]()
    doors = doors_of(f"http://127.0.0.1:{port}", lambda _words: away.set())
    player = threading.Thread(target=lambda: result.append(replay(*gauges, doors, speed=None)))
    player.start()
    assert away.wait(20)
    with bad_line(sensing.url, port):
        player.join(30)
    assert result[0].whole
    assert len(sensing.rows()) == 77
