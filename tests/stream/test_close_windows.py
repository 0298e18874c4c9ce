"""Windows closed on several threads, in parts of any size: what is told is the same."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gongbi.stream import closings, fold_log
from gongbi.stream import public as stream
from gongbi.stream.engine import Runner

FROM, UNTIL = "2016-02-05T00:00:00+00:00", "2016-02-09T00:00:00+00:00"


def fold(data: Path) -> tuple[bytes, bytes, pa.Table]:
    """(facts, rows kept aside, readings) of a log folded from its beginning."""
    for path in (data / "engine").glob("*"):
        path.unlink()
    runner = Runner(data, checkpoint_seconds=0.05, large_bytes=0)
    runner.run(until_end=True)
    ids = [*range(101, 108), *range(201, 207)]
    span = {"since": datetime.fromisoformat(FROM), "until": datetime.fromisoformat(UNTIL)}
    facts, aside = ((data / "engine" / f"{name}.log").read_bytes() for name in ("facts", "aside"))
    return facts, aside, stream.readings(data, series=ids, **span)


@pytest.mark.parametrize("part", [1, 3])
def test_threads_tell_what_one_tells(
    make_town: Callable[..., Any],
    make_story: Callable[..., Any],
    tell: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    part: int,
) -> None:
    """With a checkpoint forked between any two moves of the clock."""
    town = make_town()
    door = town.start_door()
    tell(town, make_story(120))
    door.terminate()
    door.wait(timeout=30)
    alone = fold(town.data)
    assert len(alone[0]) > 10_000
    for module in (closings, fold_log):
        monkeypatch.setattr(module, "PART", part)
    monkeypatch.setattr(closings, "MANY", 2)
    monkeypatch.setattr(closings, "THREADS", 3)
    together = fold(town.data)
    assert together[:2] == alone[:2]
    assert together[2].equals(alone[2])
