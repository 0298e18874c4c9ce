"""A log that is shortened keeps what recovery, backfill and readers need, and says what went."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.stream.mill import HOUR, START, Mill, series_row

from gongbi.stream import history_keeper
from gongbi.stream import public as stream
from gongbi.stream.checkpoint import checkpoint_paths
from gongbi.stream.engine import Runner
from gongbi.stream.facts import micros_of
from gongbi.stream.frames import Kind
from gongbi.stream.log_reader import LogReader, all_frames
from gongbi.stream.log_writer import LogWriter
from gongbi.stream.mqtt_out import RowTeller
from gongbi.stream.retain import shorten_log
from gongbi.stream.segments import LogDamaged, read_seal, segment_path, segment_starts

DAY = timedelta(days=1)
DAYS = 6
HOURS = 24


def clock(days: float) -> int:
    """So many days after the start."""
    return micros_of(START + days * DAY)


@pytest.fixture
def make_mill(tmp_path: Path) -> Iterator[Callable[[str], Mill]]:
    """Mills whose log turns its segments soon."""
    made: list[Mill] = []

    def make(name: str) -> Mill:
        mill = Mill(tmp_path / name)
        mill.writer.close()
        mill.writer = LogWriter(mill.data / "log", segment_bytes=1500)
        made.append(mill)
        stream.keep_retention(mill.data, stream.Retention())
        (mill.data / "mqtt").mkdir()
        mill.plan(series_row(aggregate="mean", window_seconds=3600, lateness_seconds=60))
        mill.tick(0)
        return mill

    yield make
    for mill in made:
        mill.writer.close()
        mill.runner.release()


def fold(mill: Mill) -> None:
    """To the end of the log; a reader takes a segment at a time."""
    before = -1
    while mill.runner.engine.position > before:
        before = mill.runner.engine.position
        mill.turn()


def play(mill: Mill, first: float, until: float) -> None:
    """Days of a row an hour; 25 in the evening. The engine stops after each day."""
    for hour in range(int(first * HOURS), int(until * HOURS)):
        mill.rows((hour * 60 + 1, 25.0 if hour % 24 > 20 else 5.0))
        mill.tick((hour + 1) * 60)
        if hour % 24 == 23:
            fold(mill)
            mill.again()


def remembered(mill: Mill) -> list[dict[str, Any]]:
    path = mill.data / "history" / "removed.log"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_only_what_is_old_and_behind_both_checkpoints_goes(
    make_mill: Callable[[str], Mill],
) -> None:
    mill = make_mill("one")
    play(mill, 0, DAYS)
    before = segment_starts(mill.data / "log")
    seals = {start: read_seal(segment_path(mill.data / "log", start)) for start in before}
    assert shorten_log(mill.data, 3, clock(DAYS)) > 2
    left = segment_starts(mill.data / "log")
    gone = before[: -len(left)]
    assert before == gone + left, "from the beginning on, and no hole"
    for start in gone:
        seal = seals[start]
        assert seal is not None
        assert seal.latest < clock(DAYS - 3)
    first = seals[left[0]]
    assert first is not None
    assert first.latest >= clock(DAYS - 3), "not a segment too few"
    lines = remembered(mill)
    assert [(one["from"], one["why"]) for one in lines] == [
        (start, "the log is kept 3 days") for start in gone
    ]
    rows = [seal.rows for start, seal in seals.items() if start in gone and seal is not None]
    assert [one["rows"] for one in lines] == rows
    assert shorten_log(mill.data, 3, clock(DAYS)) == 0, "twice changes nothing"


def test_nothing_goes_before_there_are_two_checkpoints_or_the_pack_says_so(
    make_mill: Callable[[str], Mill],
) -> None:
    mill = make_mill("one")
    play(mill, 0, 1)
    assert len(checkpoint_paths(mill.data)) == 1
    assert shorten_log(mill.data, 0, clock(99)) == 0
    play(mill, 1, DAYS)
    assert shorten_log(mill.data, None, clock(99)) == 0


def test_what_an_older_checkpoint_needs_stays_however_old(
    make_mill: Callable[[str], Mill],
) -> None:
    mill = make_mill("one")
    play(mill, 0, 2)
    older = int(checkpoint_paths(mill.data)[0].stem.removeprefix("checkpoint-"))
    for hour in range(2 * HOURS, DAYS * HOURS):
        mill.rows((hour * 60 + 1, 5.0))
    assert shorten_log(mill.data, 0, clock(99)) > 0
    left = segment_starts(mill.data / "log")
    assert left[0] <= older < left[1]
    mill.runner.release()
    newest = checkpoint_paths(mill.data)[-1]
    os.truncate(newest, newest.stat().st_size - 9)
    mill.runner = Runner(mill.data)
    assert mill.runner.engine.position == older
    mill.tick(DAYS * HOURS * 60)
    fold(mill)
    assert len(mill.readings()) == DAYS * HOURS


def test_a_row_of_today_keeps_its_segment_and_all_after_it(
    make_mill: Callable[[str], Mill],
) -> None:
    mill = make_mill("one")
    play(mill, 0, 1)
    mill.rows((DAYS * HOURS * 60 - 1, 7.0))  # its sender's clock runs ahead by days
    play(mill, 1, DAYS)
    assert shorten_log(mill.data, 1, clock(DAYS)) > 0
    span = {"since": START + 5 * DAY, "until": START + 9 * DAY}
    found = stream.observations(mill.data, datastream=1, limit=99, **span)
    assert 7.0 in found["value"].to_pylist()
    starts = segment_starts(mill.data / "log")
    first = read_seal(segment_path(mill.data / "log", starts[0]))
    assert first is not None
    assert first.latest == micros_of(START + timedelta(minutes=DAYS * HOURS * 60 - 1))


def test_the_engine_goes_on_as_if_nothing_had_gone(make_mill: Callable[[str], Mill]) -> None:
    """Killed and started anew on what is left: facts and readings to the byte, also the door's."""
    whole, short = make_mill("whole"), make_mill("short")
    for mill in (whole, short):
        play(mill, 0, 4)
    assert shorten_log(short.data, 2, clock(4)) > 0
    short.writer.close()
    short.writer = LogWriter(short.data / "log", segment_bytes=1500)
    assert replace(short.writer.board, stamp=0) == replace(whole.writer.board, stamp=0)
    short.runner.release()
    short.runner = Runner(short.data)
    for mill in (whole, short):
        play(mill, 4, DAYS)
    facts = [(mill.data / "engine" / "facts.log").read_bytes() for mill in (whole, short)]
    assert facts[0] == facts[1]
    assert whole.readings() == short.readings()
    assert len(short.readings()) == DAYS * HOURS


def test_backfill_has_every_row_of_the_days_kept(make_mill: Callable[[str], Mill]) -> None:
    """Late rows of a kept day correct it as they would with the whole log; older ones are told."""
    found = []
    for name in ("whole", "short"):
        mill = make_mill(name)
        play(mill, 0, 5)
        mill.rows((4 * HOURS * 60 + 2, 15.0), (2, 15.0))  # of the first hours of days 4 and 0
        play(mill, 5, DAYS)
        mill.tick(DAYS * HOURS * 60 + 600)
        fold(mill)
        mill.again()
        if name == "short":
            assert shorten_log(mill.data, 2, clock(DAYS)) > 0
        history_keeper.tend(mill.data)
        filled = stream.backfill(mill.data, since=START - DAY, now=START + DAYS * DAY)
        rows = stream.history(
            mill.data, since=START + 4 * DAY, until=START + 4 * DAY + HOUR, step="raw"
        ).to_pylist()
        found.append((filled.changed, filled.beyond_log, [(r["value"], r["count"]) for r in rows]))
    assert found[0] == (2, 0, [(10.0, 2)])
    assert found[1][2] == found[0][2], "the kept day is corrected as with the whole log"
    assert found[1][0] + found[1][1] == 2


def test_readers_that_were_away_go_on_where_the_log_begins(
    make_mill: Callable[[str], Mill],
) -> None:
    mill = make_mill("one")
    told: list[str] = []
    teller = RowTeller(mill.data, ["1"], "mqtt/")
    teller.tell(lambda topic, payload, kept: told.append(topic))
    teller.keep()
    play(mill, 0, DAYS)
    assert shorten_log(mill.data, 2, clock(DAYS)) > 0
    begins = segment_starts(mill.data / "log")[0]
    rows = sum(frame.kind == Kind.ROWS for frame in all_frames(mill.data / "log"))
    assert 0 < rows < DAYS * HOURS
    assert stream.newest_rows(mill.data, 0)[0] > begins
    again = RowTeller(mill.data, ["1"], "mqtt/")
    while again.tell(lambda topic, payload, kept: told.append(topic)):
        pass
    assert len(told) == rows
    with pytest.raises(LogDamaged, match=f"begins at {begins}"):
        list(LogReader(mill.data / "log").read())
