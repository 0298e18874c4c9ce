"""How long what was read is kept, by kind; what goes is written down with its why.

Raw readings for days, sums by the hour for months, sums by the day for ever, the log for days. The
log is shortened only behind both checkpoints: what the engine may still need is never removed.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import orjson

from gongbi.stream.board import NEVER
from gongbi.stream.checkpoint import checkpoint_paths
from gongbi.stream.history_sets import (
    DAY,
    HistoryFile,
    HistorySet,
    Manifest,
    files_of,
    finish_folder,
    new_folder,
    put_in_force,
    read_manifest,
    sync_path,
    write_down,
)
from gongbi.stream.segments import read_seal, segment_path, segment_starts
from gongbi.stream.snapshot import read_engine

MONTH = DAY * 30.436875


@dataclass(frozen=True, slots=True)
class Retention:
    """What the pack says; None keeps for ever. ``raw_days_of`` says otherwise by indicator."""

    zone: str = "UTC"
    raw_days: int | None = None
    hourly_months: int | None = None
    log_days: int | None = None
    raw_days_of: Mapping[str, int] = field(default_factory=dict)


def keep_retention(data: Path, said: Retention) -> None:
    """Keep what the pack says; whoever tends history reads it at its next turn."""
    path = data / "history" / "retention.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(orjson.dumps(asdict(said)))
    sync_path(draft)
    draft.replace(path)


def read_retention(data: Path) -> Retention:
    """What the pack in force says; everything for ever where it says nothing."""
    try:
        return Retention(**orjson.loads((data / "history" / "retention.json").read_bytes()))
    except FileNotFoundError:
        return Retention()


def apply_retention(data: Path, said: Retention) -> int:
    """Remove what is older than the pack wants; return how many sets and segments went."""
    clock = read_engine(data).get("clock", NEVER)
    if clock == NEVER:
        return 0
    gone = sum(_retire_raw(data, said, one, clock) for one in read_manifest(data).sets)
    gone += sum(_retire_hourly(data, said, one, clock) for one in read_manifest(data).sets)
    return gone + _drop_superseded(data, said, clock) + shorten_log(data, said.log_days, clock)


def _retire_raw(data: Path, said: Retention, one: HistorySet, clock: int) -> int:
    """Remove from a day of readings the indicators whose time is over."""
    if one.tier != "raw":
        return 0
    age = (clock - one.end) / DAY
    files = files_of(data, one)
    stay = [file for file in files if not _over(said, file.indicator, age)]
    gone = [file for file in files if file not in stay]
    if not gone:
        return 0
    for name in sorted({file.indicator for file in gone}):
        days = said.raw_days_of.get(name, said.raw_days)
        mine = [file for file in gone if file.indicator == name]
        _tell(data, clock, one, mine, f"raw readings are kept {days} days", indicator=name)
    manifest = read_manifest(data)
    rest = [other for other in manifest.sets if other != one]
    put_in_force(data, manifest, [*rest, *_with_only(data, one, stay, manifest)])
    return 1


def _over(said: Retention, indicator: str, age: float) -> bool:
    days = said.raw_days_of.get(indicator, said.raw_days)
    return days is not None and age >= days


def _with_only(
    data: Path, one: HistorySet, stay: list[HistoryFile], manifest: Manifest
) -> list[HistorySet]:
    """The same set with fewer files: the files that stay are linked, not copied."""
    if not stay:
        return []
    folder = new_folder(data, one.tier, one.begin, manifest.number + 1)
    for file in stay:
        os.link(data / one.folder / file.name, folder / file.name)
    return [finish_folder(data, folder, one.tier, (one.begin, one.end), stay)]


def _retire_hourly(data: Path, said: Retention, one: HistorySet, clock: int) -> int:
    if one.tier != "hour" or said.hourly_months is None:
        return 0
    if clock - one.end < said.hourly_months * MONTH:
        return 0
    why = f"sums by the hour are kept {said.hourly_months} months"
    _tell(data, clock, one, list(files_of(data, one)), why)
    manifest = read_manifest(data)
    put_in_force(data, manifest, [other for other in manifest.sets if other != one])
    return 1


def _tell(
    data: Path, clock: int, one: HistorySet, files: list[HistoryFile], why: str, **more: str
) -> None:
    """Write down what goes; before it goes, so that nothing goes unsaid."""
    said = {
        "at": _words(clock), "what": one.tier, "from": _words(one.begin), "to": _words(one.end),
        "rows": sum(file.rows for file in files), "bytes": sum(file.size for file in files),
        "why": why, **more,
    }  # fmt: skip
    write_down(data, said)


def _words(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat()


def _drop_superseded(data: Path, said: Retention, clock: int) -> int:
    """Earlier words on windows go with the readings they were said of."""
    if said.raw_days is None:
        return 0
    before = _words(clock - said.raw_days * DAY)[:13]
    old = [p for p in data.glob("readings/superseded/*.rec") if p.stem < before]
    for path in old:
        path.unlink(missing_ok=True)
    return 0


def shorten_log(data: Path, days: int | None, clock: int) -> int:
    """Remove segments behind both checkpoints whose rows are all older than ``days``."""
    kept = checkpoint_paths(data)
    if days is None or len(kept) < 2:
        return 0
    safe = min(int(path.stem.removeprefix("checkpoint-")) for path in kept)
    log, gone = data / "log", 0
    starts = segment_starts(log)
    for start, end in pairwise(starts):
        seal = read_seal(segment_path(log, start))
        if seal is None or end > safe or (seal.rows and seal.latest >= clock - days * DAY):
            break
        size = segment_path(log, start).stat().st_size
        write_down(
            data,
            {
                "at": _words(clock), "what": "log", "from": start, "to": end, "rows": seal.rows,
                "bytes": size, "why": f"the log is kept {days} days",
            },
        )  # fmt: skip
        segment_path(log, start).unlink()
        gone += 1
    return gone
