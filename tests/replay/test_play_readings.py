"""Readings played through the real ingest door: to the row, in order, and never twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.replay.bad_line import bad_line
from tests.replay.conftest import KEYS, Sensing, write_gauges

from gongbi.feeds.public import FileRefused, Mapping, to_toml
from gongbi.replay.public import Doors, Stopped, replay

Feed = tuple[Mapping, Path]
DoorsOf = Callable[..., Doors]


def test_readings_reconcile_to_the_row(gauges: Feed, sensing: Sensing, doors_of: DoorsOf) -> None:
    account = replay(*gauges, doors_of(sensing.url), speed=None)
    assert account.whole
    assert (account.read, account.sent_rows, account.refused_here) == (30, 29, 1)
    assert account.zeros_made == 3 * 24 - 24
    assert account.sent_items == account.stored == 29 + 48 == len(sensing.rows())
    assert sensing.keys_doubled() == 0
    (refused,) = account.refused
    assert (refused.row, refused.column, refused.value) == (31, "level", "high")


def test_rows_are_stored_in_order_and_the_clock_ends_behind_them(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    replay(*gauges, doors_of(sensing.url), speed=None)
    times = [time // 300_000 for _id, time, _value in sensing.rows()]
    assert times == sorted(times)
    end = datetime.fromtimestamp(sensing.clock() / 1000, UTC)
    assert end == datetime(2016, 2, 6, 2, 0, tzinfo=UTC)


def test_played_again_nothing_is_stored(gauges: Feed, sensing: Sensing, doors_of: DoorsOf) -> None:
    replay(*gauges, doors_of(sensing.url), speed=None)
    before = sensing.rows()
    again = replay(*gauges, doors_of(sensing.url), speed=None)
    assert again.whole
    assert (again.stored, again.repeated) == (0, len(before))
    assert sensing.rows() == before


def test_a_span_leaves_the_rest_outside_and_the_whole_may_follow(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    begin, end = datetime(2016, 2, 6, tzinfo=UTC), datetime(2016, 2, 6, 1, tzinfo=UTC)
    account = replay(*gauges, doors_of(sensing.url), speed=None, from_=begin, until=end)
    assert account.whole
    # The row that is no figure says at least when it was: 07:00, outside.
    assert (account.read, account.sent_rows, account.outside) == (30, 17, 13)
    whole = replay(*gauges, doors_of(sensing.url), speed=None)
    assert whole.whole
    assert (whole.stored + whole.repeated, whole.repeated) == (77, account.stored)


@pytest.mark.parametrize(
    ("begin", "end", "speed", "said"),
    [
        (datetime(2016, 2, 6, 0, 1, tzinfo=UTC), None, None, "no whole five minutes"),
        (datetime(2016, 2, 7, tzinfo=UTC), datetime(2016, 2, 6, tzinfo=UTC), None, "before"),
        (None, None, 0.0, "moves no clock"),
        (None, None, -5.0, "moves no clock"),
    ],
)
def test_a_span_or_speed_without_sense_is_told(
    gauges: Feed, doors_of: DoorsOf, begin: Any, end: Any, speed: Any, said: str
) -> None:
    doors = doors_of("http://127.0.0.1:9")
    with pytest.raises(Stopped, match=said):
        replay(*gauges, doors, speed=speed, from_=begin, until=end)


def test_more_than_the_numbers_a_sender_is_remembered_by(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    """Five days of five minutes are 1,440 batches; the city remembers 1,024 of a sender."""
    mapping, folder = gauges
    rows = [
        f"2016-02-{6 + n // 288:02}T{n % 288 // 12:02}:{n % 12 * 5:02},g0,{n}" for n in range(1440)
    ]
    (folder / "gauges.csv").write_text("at,gauge,level\n" + "\n".join(rows) + "\n", "utf-8")
    mapping = replace(mapping, absent=type(mapping.absent)())
    assert replay(mapping, folder, doors_of(sensing.url), speed=None).stored == 1440
    again = replay(mapping, folder, doors_of(sensing.url), speed=None)
    assert again.whole
    assert (again.stored, again.repeated) == (0, 1440)


def test_a_name_of_any_script_can_be_sent(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    account = replay(
        replace(gauges[0], name="水位台账"), gauges[1], doors_of(sensing.url), speed=None
    )
    assert account.stored == 77


def test_rows_the_city_refuses_are_told_with_its_reason(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    write_gauges(sensing.town.data, "g0", "g2")
    time.sleep(1)  # the door looks for a new plan every quarter of a second
    account = replay(*gauges, doors_of(sensing.url), speed=None)
    assert account.whole
    assert account.refused_there == 24
    (reason,) = [one for one in account.reasons if "plan" in one]
    assert "urn:gauge:g1" in reason
    again = replay(*gauges, doors_of(sensing.url), speed=None)
    assert again.whole
    assert (again.stored, again.repeated, again.refused_there) == (0, 53, 24)


def test_more_refusals_than_a_door_lists_are_still_counted(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    """A door lists a thousand refusals of a batch and gives the number of all."""
    mapping, folder = gauges
    rows = [f"2016-02-06T08:00,x{n},1" for n in range(1500)]
    (folder / "gauges.csv").write_text("at,gauge,level\n" + "\n".join(rows) + "\n", "utf-8")
    mapping = replace(mapping, absent=type(mapping.absent)())
    account = replay(mapping, folder, doors_of(sensing.url), speed=None)
    assert account.whole
    assert account.refused_there == sum(account.reasons.values()) == 1500


def test_a_changed_file_under_the_same_name_is_not_mixed_in(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    replay(*gauges, doors_of(sensing.url), speed=None)
    before, file = sensing.rows(), gauges[1] / "gauges.csv"
    file.write_text(file.read_text("utf-8").replace("g0,0\n", "g0,99\n"), "utf-8")
    with pytest.raises(Stopped, match="another batch.*new data folder"):
        replay(*gauges, doors_of(sensing.url), speed=None)
    assert sensing.rows() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("when,gauge,level\n2016-02-06T08:00,g0,1\n", "lacks the column 'at'"),
        ("", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_stops_before_anything_is_sent(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf, content: str, said: str
) -> None:
    (gauges[1] / "gauges.csv").write_text(content, "utf-8")
    with pytest.raises(FileRefused, match=f"gauges.csv.*{said}.*Nothing was sent"):
        replay(*gauges, doors_of(sensing.url), speed=None)
    assert sensing.rows() == []


def test_a_missing_folder_and_a_folder_without_the_file(gauges: Feed, doors_of: DoorsOf) -> None:
    doors = doors_of("http://127.0.0.1:9")
    with pytest.raises(FileRefused, match="There is no file or folder.*nowhere"):
        replay(gauges[0], gauges[1] / "nowhere", doors, speed=None)
    (gauges[1] / "gauges.csv").rename(gauges[1] / "other.csv")
    with pytest.raises(FileRefused, match=r"no file like gauges\.csv, but other\.csv"):
        replay(*gauges, doors, speed=None)


def test_a_city_ahead_of_the_feed_says_that_it_is_late(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    doors_of(sensing.url).tick(datetime(2026, 11, 24, tzinfo=UTC))
    told: list[str] = []
    account = replay(*gauges, doors_of(sensing.url, told.append), speed=None)
    assert account.whole
    assert "2026-11-24 08:00" in told[0]
    assert "new data folder" in told[0]


def test_the_bar_rises_to_the_end_in_the_feeds_own_hours(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    told: list[tuple[str, float]] = []
    replay(
        *gauges,
        doors_of(sensing.url),
        speed=None,
        told=lambda at, share: told.append((at, share)),
    )
    shares = [share for _at, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert (told[0][0][:16], told[-1][0][:16]) == ("2016-02-06T08:05", "2016-02-06T10:00")


def test_a_quiet_hour_ticks_on_at_a_speed_and_is_leapt_over_at_most(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    mapping = replace(gauges[0], absent=type(gauges[0].absent)())
    (gauges[1] / "gauges.csv").write_text(
        "at,gauge,level\n2016-02-06T08:00,g0,1\n2016-02-06T10:00,g0,1\n", "utf-8"
    )
    leaps: list[str] = []
    steps: list[str] = []
    told = (lambda at, _share: leaps.append(at)), (lambda at, _share: steps.append(at))
    replay(mapping, gauges[1], doors_of(sensing.url), speed=None, told=told[0])
    replay(mapping, gauges[1], doors_of(sensing.url), speed=1e6, told=told[1])
    assert (len(leaps), len(steps)) == (2, 25)


PLAY = """
import sys
from pathlib import Path
from gongbi.feeds.public import parse_mapping
from gongbi.replay.public import Doors, replay
doors = Doors(sys.argv[1], sys.argv[1], {"ingest": "key-of-readings"}, told=print)
mapping = parse_mapping(Path(sys.argv[2]).read_text("utf-8"))
account = replay(mapping, Path(sys.argv[3]), doors, speed=float(sys.argv[4]) or None)
doors.close()
raise SystemExit(0 if account.whole else 1)
"""


@pytest.mark.parametrize("rows", [3, 30, 60])
def test_killed_and_started_again_it_is_whole(
    gauges: Feed, sensing: Sensing, tmp_path: Path, rows: int
) -> None:
    """SIGKILL once so many rows are stored; a second run ends as an undisturbed one."""
    file = tmp_path / "gauges.toml"
    file.write_text(to_toml(gauges[0]), "utf-8")
    run = [sys.executable, "-c", PLAY, sensing.url, str(file), str(gauges[1])]
    first = subprocess.Popen([*run, "3000"])  # two hours in 2.4 s: time to be killed in
    until = time.monotonic() + 30
    while len(sensing.rows()) < rows and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    assert len(sensing.rows()) < 77
    assert subprocess.run([*run, "0"], check=False, timeout=60).returncode == 0
    assert len(sensing.rows()) == 77
    assert sensing.keys_doubled() == 0


def test_a_city_killed_and_started_again_gets_it_all(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    """SIGKILL of the door in the middle: the sender waits and goes on."""
    away, result = threading.Event(), list[Any]()
    doors = doors_of(sensing.url, lambda _words: away.set())
    player = threading.Thread(target=lambda: result.append(replay(*gauges, doors, speed=3000)))
    player.start()
    until = time.monotonic() + 30
    while len(sensing.rows()) < 20 and time.monotonic() < until:
        time.sleep(0.005)
    sensing.town.processes[-1].send_signal(signal.SIGKILL)
    sensing.town.processes[-1].wait(10)
    assert away.wait(20)
    sensing.town.start_door()
    player.join(60)
    assert result[0].whole
    assert len(sensing.rows()) == 77
    assert sensing.keys_doubled() == 0


def test_a_lost_answer_doubles_nothing(gauges: Feed, sensing: Sensing, doors_of: DoorsOf) -> None:
    """The city stored the batch, the line broke before it could say so."""
    with bad_line(sensing.url) as line:
        line.lost = 2
        account = replay(*gauges, doors_of(line.url), speed=None)
    assert account.whole
    assert account.stored + account.repeated == 77 == len(sensing.rows())
    assert account.repeated > 0
    assert sensing.keys_doubled() == 0


def test_a_stranger_is_stopped_at_once(gauges: Feed, sensing: Sensing) -> None:
    doors = Doors(sensing.url, sensing.url, {"ingest": "wrong"}, told=print)
    with pytest.raises(Stopped, match="401.*GONGBI_DATA"):
        replay(*gauges, doors, speed=None)
    doors.close()
    assert sensing.rows() == []


def test_a_city_by_the_wall_clock_takes_no_replay(
    gauges: Feed, sensing: Sensing, doors_of: DoorsOf
) -> None:
    kept = sensing.town.processes[-1]
    kept.terminate()
    kept.wait(20)
    sensing.town.start_door(GONGBI_CLOCK="live")
    with pytest.raises(Stopped, match="GONGBI_CLOCK=played"):
        replay(*gauges, doors_of(sensing.url), speed=None)


def test_without_a_key_it_says_which(gauges: Feed, sensing: Sensing) -> None:
    doors = Doors(sensing.url, sensing.url, {"report": KEYS["ingest"]}, told=print)
    with pytest.raises(Stopped, match="no key named 'ingest'"):
        replay(*gauges, doors, speed=None)
    doors.close()
