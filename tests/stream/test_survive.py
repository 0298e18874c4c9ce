"""SIGKILL at any instant: nothing acknowledged is lost, nothing is counted twice."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gongbi.stream.checkpoint import read_checkpoint
from gongbi.stream.frames import Kind, unpack_batch
from gongbi.stream.log_reader import all_frames
from gongbi.stream.made import ARRAYS as MADE
from gongbi.stream.sensors import ARRAYS
from gongbi.stream.state import KINDS

BY_CHANCE = {"finished", "lengths"}
"""When recent files go depends on when checkpoints were written; what they say does not."""


def remembered(data: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The engine's memory: its books and the bytes of its arrays."""
    found = read_checkpoint(data, KINDS | ARRAYS | MADE)
    assert found is not None
    books, arrays = found
    kept = {name: what for name, what in books.items() if name not in BY_CHANCE}
    return kept, {name: array.tobytes() for name, array in arrays.items()}


def written(data: Path) -> dict[str, bytes]:
    """Every output, byte for byte; of an hour that is in Parquet, only that."""
    parquet = {p.relative_to(data): p.read_bytes() for p in data.glob("readings/day=*/*.parquet")}
    done = {f"{path.parent.name[4:]}T{path.stem[5:]}" for path in parquet}
    recent = [p for p in data.glob("readings/recent/*.rec") if p.stem not in done]
    own = [data / "engine" / f"{name}.log" for name in ("facts", "aside", "sensors")]
    others = [*own, *recent]
    found = {path.relative_to(data): path.read_bytes() for path in others}
    return {str(name): raw for name, raw in sorted((found | parquet).items())}


def logged(data: Path) -> list[tuple[int, bytes]]:
    """All rows of the log in order, without stamps."""
    frames = (frame for frame in all_frames(data / "log") if frame.kind == Kind.ROWS)
    batches = (unpack_batch(frame.payload) for frame in frames)
    return [
        (batch.sequence, np.concatenate([batch.ids, batch.times, batch.values]).tobytes())
        for batch in batches
    ]


@dataclass
class Disturber:
    """Kills the door while a story is told, and the engine while it folds; starts them anew."""

    town: Any
    kills: int  # of each
    seed: int
    words: tuple[str, ...] = ()
    """What else the engine is told."""
    heard: int = 0
    doors_killed: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def kill_doors(self, steps: int) -> None:
        """Kill the door at random steps of the story, a random instant after each has begun."""
        draw = random.Random(self.seed)
        door = self.town.processes[-1]
        for step in sorted(draw.sample(range(1, steps - 1), self.kills)):
            while self.heard < step:
                time.sleep(0.0005)
            time.sleep(draw.uniform(0, 0.004))
            assert not self.over.is_set(), "The story ended before the last kill."
            door.kill()
            door.wait()
            self.doors_killed += 1
            door = self.town.start_door(wait=False)
        self.town.wait_for_door(door)

    def kill_engines(self) -> None:
        """Kill the engine again and again, a random while after it has begun to fold."""
        draw = random.Random(self.seed + 1)
        for _ in range(self.kills):
            before = self.town.said("engine").count("First frame")
            engine = self.town.start_engine("--checkpoint-seconds", "0.05", *self.words)
            while (
                self.town.said("engine").count("First frame") == before and not self.over.is_set()
            ):
                assert engine.poll() is None, self.town.said("engine")
                time.sleep(0.01)
            time.sleep(draw.uniform(0, 0.25))
            engine.kill()
            engine.wait()

    def tell(self, tell: Callable[..., None], story: Any) -> None:
        """Tell the story while both are killed."""
        threads = [
            threading.Thread(target=self.kill_doors, args=[len(story.steps)]),
            threading.Thread(target=self.kill_engines),
        ]
        for thread in threads:
            thread.start()
        try:
            tell(self.town, story, progress=self.hear)
        finally:
            self.over.set()
        for thread in threads:
            thread.join()

    def hear(self, step: int) -> None:
        """The story has come to this step."""
        self.heard = step


def survive(
    make_town: Callable[..., Any],
    story: Any,
    tell: Callable[..., None],
    *,
    kills: int,
    seed: int,
    words: tuple[str, ...] = (),
) -> None:
    """Tell a story undisturbed and disturbed; everything that is left must be the same."""
    calm = make_town("calm", GONGBI_INGEST_SEGMENT_BYTES="60000")
    calm.start_door()
    tell(calm, story)
    calm.fold_to_end()

    rough = make_town("rough", GONGBI_INGEST_SEGMENT_BYTES="60000")
    rough.start_door()
    disturber = Disturber(rough, kills, seed, words)
    disturber.tell(tell, story)
    rough.fold_to_end()

    assert disturber.doors_killed == kills
    # On a busy machine a kill may come while the door is still opening; that is an instant too.
    assert kills * 0.8 < rough.said("door").count("is open") <= kills + 1
    assert logged(rough.data) == logged(calm.data)
    assert sum(len(rows) for _, rows in logged(rough.data)) == story.rows * 24
    assert written(rough.data) == written(calm.data)
    assert remembered(rough.data) == remembered(calm.data)
    assert len(written(calm.data)["engine/facts.log"]) > 1000


def test_fourteen_kills_change_nothing(
    make_town: Callable[..., Any], make_story: Callable[..., Any], tell: Callable[..., None]
) -> None:
    survive(make_town, make_story(400), tell, kills=7, seed=20160206)


def test_kills_amid_checkpoints_written_aside_change_nothing(
    make_town: Callable[..., Any], make_story: Callable[..., Any], tell: Callable[..., None]
) -> None:
    """As a large city's are: by a child that sees the memory as it was."""
    story, words = make_story(400, seed=11), ("--large-bytes", "0")
    survive(make_town, story, tell, kills=7, seed=20160207, words=words)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10))
def test_hundreds_of_kills_change_nothing(
    make_town: Callable[..., Any],
    make_story: Callable[..., Any],
    tell: Callable[..., None],
    seed: int,
) -> None:
    words = ("--large-bytes", "0") if seed % 2 else ()
    survive(make_town, make_story(2500, seed=seed), tell, kills=40, seed=seed, words=words)


def test_the_cut_of_checkpoints_does_not_show(
    make_town: Callable[..., Any], make_story: Callable[..., Any], tell: Callable[..., None]
) -> None:
    """Folded in one go, or stopped and taken up at every few frames: the same bytes."""
    from gongbi.stream.engine import Runner

    town = make_town()
    door = town.start_door()
    tell(town, make_story(200))
    door.terminate()
    door.wait(timeout=30)
    town.fold_to_end()
    whole = written(town.data), remembered(town.data)
    for path in (town.data / "engine").iterdir():
        path.unlink()
    draw = random.Random(3)
    while True:
        runner = Runner(town.data)
        frames = runner.reader.read()
        taken = 0
        for frame in frames:
            runner.engine.take(frame)
            taken += 1
            if taken == draw.randint(1, 40):
                break
        if draw.random() < 0.5 or not taken:
            runner.checkpoint()
        runner.engine.outputs.close()
        runner.release()
        if not taken:
            break
    assert (written(town.data), remembered(town.data)) == whole
