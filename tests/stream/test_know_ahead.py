"""Events known ahead stand in the log: they shift what is expected, works hold alerts back."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pytest
from tests.stream.mill import (
    HOUR,
    MINUTE,
    START,
    USUAL,
    Mill,
    all_days,
    series_row,
    told,
)
from tests.stream.test_survive import remembered

from gongbi.stream import frames
from gongbi.stream import public as stream
from gongbi.stream.engine import Runner
from gongbi.stream.frames import Kind
from gongbi.stream.known_ahead import KnownFile, pack_known
from gongbi.stream.log_reader import all_frames
from gongbi.stream.log_writer import Entry, LogWriter


def known(event: str, begin: float, end: float, **words: Any) -> stream.KnownAhead:
    """Something from and until so many minutes after the start."""
    return stream.KnownAhead(event, START + begin * MINUTE, START + end * MINUTE, **words)


def write(mill: Mill, one: stream.KnownAhead) -> None:
    """Put it into the log, as the door does."""
    number = mill.writer.event + 1
    said = orjson.dumps({"number": number, **pack_known(one)})
    mill.writer.write([Entry(Kind.EVENT, frames.pack_event(number, said), event=number)])


def works(mill: Mill, one: stream.KnownAhead, *, upto: int = 12) -> list[stream.FactRow]:
    """Level 1 from minute 2 to minute 7, with something known ahead from the beginning."""
    mill.plan(series_row(lateness_seconds=60))
    mill.tick(0)
    write(mill, one)
    for minute in range(upto):
        mill.rows((minute + 0.5, 15.0 if 2 <= minute < 8 else 5.0))
        mill.tick(minute + 1)
        if minute % 3 == 1:
            mill.turn()
            mill.again()
    return mill.turn()


def test_an_alert_that_lies_in_works_is_never_raised(mill: Mill) -> None:
    facts = works(mill, known("k-1", 1, 9, holds=True))
    assert told(facts) == [("level", 2.0, 1, 0, False), ("level", 8.0, 0, 1, False)]
    assert facts[0].known == [{"event": "k-1", "holds": True}]
    assert mill.runner.engine.watches == {}


def test_what_is_still_on_after_the_works_is_raised_then_with_its_true_start(mill: Mill) -> None:
    facts = works(mill, known("k-1", 1, 5, holds=True))
    assert told(facts)[1:] == [
        ("raised", 5.0, 1, 2.0),
        ("level", 8.0, 0, 1, False),
        ("cleared", 8.0, 8.0, "normal"),
    ]
    assert facts[1].known == [{"event": "k-1", "held": True}]
    assert facts[3].known == []


def test_an_alert_that_began_before_the_works_goes_on(mill: Mill) -> None:
    facts = works(mill, known("k-1", 4, 20, holds=True))
    assert told(facts) == [
        ("level", 2.0, 1, 0, False),
        ("raised", 2.0, 1, 2.0),
        ("level", 8.0, 0, 1, False),
        ("cleared", 8.0, 8.0, "normal"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        {"places": ("quarter-2",)},
        {"signs": ("noise",)},
        {"places": ("quarter-1",), "signs": ("x",)},
    ],
)
def test_works_elsewhere_hold_nothing_back(mill: Mill, words: dict[str, Any]) -> None:
    facts = works(mill, known("k-1", 1, 9, holds=True, **words))
    assert [fact[0] for fact in told(facts)] == ["level", "raised", "level", "cleared"]
    assert not any(fact.known for fact in facts)


def test_works_withdrawn_hold_no_longer(mill: Mill) -> None:
    one = known("k-1", 1, 60, holds=True, places=("quarter-1",), signs=("water",))
    assert len(works(mill, one, upto=5)) == 1
    write(mill, replace(one, withdrawn=True))
    mill.rows((5.5, 15.0))
    mill.tick(6)
    facts = mill.turn()
    assert told(facts)[1:] == [("raised", 5.0, 1, 2.0)]
    assert facts[1].known == [{"event": "k-1", "held": True}]


def test_a_late_row_that_ends_a_held_episode_leaves_nothing(mill: Mill) -> None:
    mill.plan(series_row(aggregate="mean"))
    write(mill, known("k-1", 0, 2, holds=True))
    mill.tick(0)
    mill.rows((1.5, 15.0))
    mill.tick(2)
    assert [fact[:3] for fact in told(mill.turn())] == [("level", 1.0, 1)]
    mill.rows((1.6, -15.0), (2.5, 1.0))
    mill.tick(3)
    assert [fact[0] for fact in told(mill.turn())] == ["level", "level"]
    assert mill.runner.engine.watches == {}


def a_week(mill: Mill, *, events: list[stream.KnownAhead], days: int = 9) -> list[stream.FactRow]:
    """Hours of 10 and 12 on turning days, 30 on the whole of the eighth."""
    mill.plan(series_row(**USUAL), days=all_days())
    for one in events:
        write(mill, one)
    for hour in range(days * 24):
        normal = 10.0 + 2 * (hour // 24 % 2)
        mill.rows((hour * 60, 30.0 if hour // 24 == 7 else normal))
        mill.tick((hour + 1) * 60)
    return mill.turn()


def test_a_festival_shifts_what_is_expected_and_its_limit(mill: Mill) -> None:
    """Three times the usual is expected: 30 is no news. Without the festival it is."""
    day = 24 * 60.0
    facts = a_week(mill, events=[known("f", 7 * day, 8 * day, factor=3.0)])
    assert [fact for fact in facts if isinstance(fact, stream.LevelChanged)] == []
    rows = stream.readings(
        mill.data, series=[1], since=START + 7 * 24 * HOUR, until=START + 8 * 24 * HOUR
    ).to_pylist()
    assert [row["level"] for row in rows] == [0] * 24
    assert rows[5]["expected"] == pytest.approx(11, abs=1), "the usual is shown as it is"


def test_without_the_festival_it_is_news(mill: Mill) -> None:
    facts = a_week(mill, events=[])
    assert isinstance(facts[0], stream.LevelChanged)
    assert (facts[0].level, facts[0].known) == (1, [])


def test_a_fact_says_what_shifted_its_limit(mill: Mill) -> None:
    """Half of the usual is expected, and one more; the usual is what it was."""
    day = 24 * 60.0
    one = known("f", 7 * day, 8 * day, factor=0.5, shift=1.0)
    facts = a_week(mill, events=[one])
    rose = facts[0]
    assert rose.expected is not None
    assert rose.scatter is not None
    added = -0.5 * rose.expected + 1.0
    assert rose.known == [{"event": "f", "added": pytest.approx(added)}]
    assert rose.limit == pytest.approx(rose.expected + added + 5 * rose.scatter)


def test_days_under_an_event_teach_nothing(mill: Mill, tmp_path: Path) -> None:
    day = 24 * 60.0
    a_week(mill, events=[known("f", 7 * day, 8 * day, factor=3.0)])
    profile = mill.runner.engine.state.usual.profile[:, 0]  # type: ignore[union-attr]
    assert 10 <= profile["level"][:24].max() <= 12
    assert profile["refused"].max() == 0
    assert set(profile["visits"][2:22].tolist()) == {8}


def written(data: Path) -> list[bytes]:
    """Facts and readings, byte for byte."""
    recent = sorted(data.glob("readings/recent/*.rec"))
    return [path.read_bytes() for path in [data / "engine" / "facts.log", *recent]]


def test_a_replay_judges_as_the_day_did(mill: Mill) -> None:
    """Folded in one go, or stopped at every step: the same bytes and the same memory."""
    works(mill, known("k-1", 1, 5, holds=True))
    write(mill, known("k-2", 0, 99, shift=2.0))
    mill.tick(13)
    mill.turn()
    mill.again()
    first = written(mill.data), remembered(mill.data)
    assert [one["event"] for one in first[1][0]["known"]] == ["k-2"]
    mill.runner.release()
    for path in (mill.data / "engine").iterdir():
        path.unlink()
    mill.runner = Runner(mill.data)
    mill.turn()
    mill.again()
    assert (written(mill.data), remembered(mill.data)) == first


def test_what_is_over_is_forgotten(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    write(mill, known("k-1", 1, 2, holds=True))
    mill.tick(5)
    mill.turn()
    assert list(mill.runner.engine.known.events) == ["k-1"]
    mill.tick(7)
    mill.turn()
    assert list(mill.runner.engine.known.events) == []


def test_an_event_lasts_through_another_plan(mill: Mill) -> None:
    mill.plan(series_row(7))
    mill.tick(0)
    write(mill, known("k-1", 0, 9, holds=True, places=("quarter-1",)))
    mill.turn()
    mill.plan(series_row(3, place="quarter-9"), series_row(7), series_row(9))
    mill.rows((0.5, 15.0))
    mill.tick(1)
    raised = [fact for fact in mill.turn() if isinstance(fact, stream.AlertRaised)]
    assert [fact.series for fact in raised] == [3]


def test_only_news_is_told(tmp_path: Path) -> None:
    one = known("k-1", 0, 9, holds=True, places=("b", "a"))
    assert stream.tell_known(tmp_path, [one, known("k-2", 0, 1, withdrawn=True)]) == 1
    assert stream.tell_known(tmp_path, [one]) == 0
    assert stream.tell_known(tmp_path, [replace(one, factor=2.0)]) == 1
    assert stream.tell_known(tmp_path, [replace(one, withdrawn=True)]) == 1
    assert stream.tell_known(tmp_path, [replace(one, withdrawn=True, factor=3.0)]) == 0
    assert [(said.event, said.withdrawn) for said in stream.known_told(tmp_path)] == [
        ("k-1", True)
    ]
    path = tmp_path / "known" / "events.jsonl"
    with path.open("ab") as file:
        file.write(b'{"number": 9, "cut short')
    assert len(KnownFile(tmp_path, 0).read()) == 3
    assert stream.tell_known(tmp_path, [one]) == 1
    numbers = [number for number, _ in KnownFile(tmp_path, 0).read()]
    assert len(numbers) == 4
    assert (np.diff(numbers) > 0).all()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"event": ""}, "needs a name"),
        ({"ends": START}, "end after it begins"),
        ({"factor": -1.0}, "0 or more"),
        ({"shift": float("nan")}, "any number"),
    ],
)
def test_what_cannot_be_is_refused(words: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(known("k", 0, 1), **words)


def events_of(data: Path) -> list[dict[str, Any]]:
    """What the log says of events."""
    found = (frame for frame in all_frames(data / "log") if frame.kind == Kind.EVENT)
    return [orjson.loads(frames.unpack_event(frame.payload)[1]) for frame in found]


def test_the_door_puts_each_line_into_the_log_once(
    make_town: Callable[..., Any], end_at_once: Callable[..., None]
) -> None:
    """Also when it is killed, and when segments turn in between."""
    town = make_town(GONGBI_INGEST_SEGMENT_BYTES="2000")
    stream.tell_known(town.data, [known("k-0", 0, 9)])
    for turn in range(4):
        door = town.start_door()
        stream.tell_known(town.data, [known(f"k-{turn + 1}", 0, 9, shift=1.0)])
        _wait(lambda turn=turn: len(events_of(town.data)) >= turn + 2)
        with town.client() as client:
            _send_much(client)
        end_at_once(door)
    assert [said["event"] for said in events_of(town.data)] == [f"k-{n}" for n in range(5)]
    assert LogWriter(town.data / "log").event == events_of(town.data)[-1]["number"]


def _send_much(client: httpx.Client) -> None:
    line = b'{"datastream": 3, "time": "2016-02-06T08:00:00+08:00", "value": 3.2}'
    for _ in range(4):
        assert client.post("/ingest/observations", content=b"\n".join([line] * 50)).is_success


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_before_there_was_anything(tmp_path: Path) -> None:
    assert stream.known_told(tmp_path) == []
    assert KnownFile(tmp_path, 0).read() == []
