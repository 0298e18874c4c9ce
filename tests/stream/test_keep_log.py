"""The log on disk: torn tails, holes, a full disk, two writers, a clock that goes backwards."""

import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from gongbi.stream import frames
from gongbi.stream import public as stream
from gongbi.stream.frames import Kind
from gongbi.stream.log_reader import LogReader, all_frames
from gongbi.stream.log_writer import CannotWrite, Entry, LogWriter, TwoWriters
from gongbi.stream.segments import LogDamaged, read_seal, segment_path, segment_starts

GOOD = b'{"datastream": 3, "time": "2016-02-06T08:00:00+08:00", "value": 3.2}'


def batch(number: int, *, sender: str = "s", sequence: int | None = None) -> Entry:
    """Ten rows at times number, number + 1, …"""
    ids, times = np.arange(10), np.arange(10) + number
    sequence = number if sequence is None else sequence
    parts = frames.pack_batch(sender, sequence, 5, (ids, times, times / 2))
    return Entry(
        Kind.ROWS, parts, rows=10, sender=sender, sequence=sequence, body_crc=5,
        span=(number, number + 9),
    )  # fmt: skip


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[Callable[..., LogWriter]]:
    """Open writers on one log; each is closed when the next is opened."""
    opened: list[LogWriter] = []

    def open_one(**words: Any) -> LogWriter:
        while opened:
            opened.pop().close()
        opened.append(LogWriter(tmp_path / "log", **words))
        return opened[-1]

    yield open_one
    while opened:
        opened.pop().close()


def newest(log: Path) -> Path:
    return segment_path(log, segment_starts(log)[-1])


def sequences(log: Path) -> list[int]:
    return [
        frames.unpack_batch(f.payload).sequence for f in all_frames(log) if f.kind == Kind.ROWS
    ]


@pytest.mark.parametrize(
    "torn", [b"\x00", b"GBF1", b"GBF1" + bytes(60), random.Random(5).randbytes(500)]
)
def test_a_torn_tail_is_cut(
    writers: Callable[..., LogWriter], tmp_path: Path, torn: bytes
) -> None:
    log = tmp_path / "log"
    writer = writers()
    end = writer.write([batch(1), batch(2)])
    writers(clock=lambda: 1)
    with newest(log).open("ab") as file:
        file.write(torn)
    again = writers()
    assert again.board.end == end
    assert (again.board.rows, again.senders.find("s", 2) is not None) == (20, True)
    assert (log / "torn" / f"{end:020d}.bin").read_bytes() == torn
    again.write([batch(3)])
    assert sequences(log) == [1, 2, 3]


def test_any_part_of_a_last_frame_that_was_not_acknowledged_is_cut(
    writers: Callable[..., LogWriter], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    end = writers().write([batch(1)])
    board = (log / "board").read_bytes()
    writers().write([batch(2)])
    writers(clock=lambda: 1)
    whole = newest(log).read_bytes()
    for keep in range(end + 1, len(whole), 41):
        newest(log).write_bytes(whole[:keep])
        (log / "board").write_bytes(board)
        assert writers().board.end == end
        assert sequences(log) == [1]


def test_a_hole_in_the_middle_is_refused_with_its_position(
    writers: Callable[..., LogWriter], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    first = writers().write([batch(1)])
    writers().write([batch(2), batch(3)])
    writers(clock=lambda: 1).close()
    raw = bytearray(newest(log).read_bytes())
    raw[first + 50] ^= 1
    newest(log).write_bytes(raw)
    with pytest.raises(LogDamaged, match=f"damaged at position {first}"):
        LogWriter(log)
    reader = LogReader(log)
    with pytest.raises(LogDamaged, match=f"position {first}.*Restore"):
        list(reader.read())
    assert reader.position == first


def test_an_acknowledged_frame_that_is_gone_is_refused(
    writers: Callable[..., LogWriter], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    writers().write([batch(1), batch(2)])
    writers(clock=lambda: 1).close()
    path = newest(log)
    os.truncate(path, path.stat().st_size - 8)
    with pytest.raises(LogDamaged, match="acknowledged"):
        LogWriter(log)


def test_bytes_between_frames_that_provably_hold_none_are_skipped(
    writers: Callable[..., LogWriter], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    first = writers().write([batch(1)])
    end = writers().write([batch(2)])
    writers(clock=lambda: 1).close()
    raw = newest(log).read_bytes()
    newest(log).write_bytes(raw[:first] + bytes(64) + raw[first:])
    again = LogWriter(log)
    assert again.board.end == end + 64
    again.close()
    reader = LogReader(log)
    assert [frame.number for frame in reader.read()] == [0, 1, 2]
    assert reader.skipped == 64


def test_segments_turn_and_remember(writers: Callable[..., LogWriter], tmp_path: Path) -> None:
    log = tmp_path / "log"
    writer = writers(segment_bytes=2000)
    for number in range(40):
        writer.write([batch(number)])
    starts = segment_starts(log)
    assert len(starts) > 4
    seal = read_seal(segment_path(log, starts[0]))
    assert seal is not None
    assert (seal.rows % 10, seal.earliest) == (0, 0)
    assert seal.latest == seal.rows // 10 + 8
    again = writers(segment_bytes=2000)
    assert again.board.rows == 400
    assert all(again.senders.find("s", number) for number in range(40))
    assert sequences(log) == list(range(40))
    reader, seen = LogReader(log), list[int]()
    while frames_ := list(reader.read()):
        seen += [frame.number for frame in frames_]
    assert seen == list(range(again.board.frames))


def test_a_second_writer_is_refused(writers: Callable[..., LogWriter], tmp_path: Path) -> None:
    writers()
    with pytest.raises(TwoWriters, match=f"number {os.getpid()}.*another data folder"):
        LogWriter(tmp_path / "log")


def test_a_second_door_ends_with_a_sentence(town: Any, make_town: Callable[..., Any]) -> None:
    second = make_town(data=town.data)
    door = second.start_door(wait=False)
    assert door.wait(timeout=60) != 0
    assert "One log has one writer" in second.said("door")
    with town.client() as client:
        assert client.post("/ingest/observations", content=GOOD).status_code == 200


def test_stamps_never_decrease(writers: Callable[..., LogWriter], tmp_path: Path) -> None:
    moments = iter([100, 200, 50, 60, 300])
    writer = writers(clock=lambda: next(moments))
    writer.write([batch(1)])
    writer.write([batch(2), batch(3), batch(4)])
    stamps = [frame.stamp for frame in all_frames(tmp_path / "log")]
    assert stamps == [100, 200, 200, 200, 300]
    assert writer.board.clamped == 2
    assert stream.status(tmp_path).stamps_clamped == 2


def test_a_failed_write_leaves_the_log_whole(
    writers: Callable[..., LogWriter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the frame reaches the file, then the disk is full; later there is room again."""
    log = tmp_path / "log"
    writer = writers()
    end = writer.write([batch(1)])
    whole = os.writev

    def half(file: int, pieces: list[bytes]) -> int:
        os.write(file, b"".join(pieces)[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "writev", half)
    with pytest.raises(CannotWrite, match="No space left.*Free space"):
        writer.write([batch(2)])
    monkeypatch.setattr(os, "writev", whole)
    assert (newest(log).stat().st_size, writer.senders.find("s", 2)) == (end, None)
    writer.write([batch(2)])
    assert sequences(log) == [1, 2]
    assert stream.status(tmp_path).writes_refused == 1


def test_no_room_for_a_new_segment_is_no_end(
    writers: Callable[..., LogWriter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = writers(segment_bytes=100)
    writer.write([batch(1)])
    real, calls = os.fdatasync, iter([True, False])

    def full_once(file: int) -> None:
        if not next(calls, True):
            raise OSError(28, "No space left on device")
        real(file)

    monkeypatch.setattr(os, "fdatasync", full_once)
    with pytest.raises(CannotWrite, match="No new log segment"):
        writer.write([batch(2)])
    writer.write([batch(2)])
    assert sequences(tmp_path / "log") == [1, 2]


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("Only root may mount a small file system; a limit on file size is tested too.")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(client: httpx.Client, rows: bytes) -> tuple[int, httpx.Response]:
    """Post until refused: (rows stored, the refusal)."""
    stored = 0
    for _ in range(200):
        answer = client.post("/ingest/observations", content=rows)
        if answer.status_code != 200:
            return stored, answer
        stored += answer.json()["stored"]
    pytest.fail("The disk was never full.")


def test_a_full_disk_refuses_and_recovers(
    make_town: Callable[..., Any], little_disk: Path
) -> None:
    ballast = little_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    town = make_town(data=little_disk / "town")
    town.start_door()
    with town.client() as client:
        stored, refusal = fill(client, b"\n".join([GOOD] * 1000))
        assert refusal.status_code == 503
        assert "Free space" in refusal.json()["error"]
        assert client.get("/healthz").status_code == 200
        ballast.unlink()
        again = client.post("/ingest/observations", content=GOOD).json()
    assert again["stored"] == 1
    assert stream.status(town.data).log_rows == stored + 1
    assert sum(f.kind == Kind.ROWS for f in all_frames(town.data / "log")) == stored // 1000 + 1


def test_a_limit_on_file_size_refuses_and_loses_nothing(
    make_town: Callable[..., Any], end_at_once: Callable[..., None]
) -> None:
    town = make_town()
    town.start_door()
    resource = pytest.importorskip("resource")
    resource.prlimit(town.processes[0].pid, resource.RLIMIT_FSIZE, (200_000, 200_000))
    with town.client() as client:
        stored, refusal = fill(client, b"\n".join([GOOD] * 1000))
        small = client.post("/ingest/observations", content=GOOD)
    assert (refusal.status_code, small.status_code) == (503, 200)
    end_at_once(town.processes[0])
    town.start_door()
    with town.client() as client:
        assert client.post("/ingest/observations", content=GOOD).json()["stored"] == 1
    assert stream.status(town.data).log_rows == stored + 2


def test_many_senders_share_commits(town: Any) -> None:
    """Group commit: every batch answered is in the log, in fewer syncs than batches."""
    import concurrent.futures

    def send(sender: int) -> int:
        with town.client() as client:
            headers = {"Gongbi-Sender": str(sender)}
            return sum(
                client.post(
                    "/ingest/observations", content=GOOD,
                    headers=headers | {"Gongbi-Sequence": str(number)},
                ).json()["stored"]
                for number in range(20)
            )  # fmt: skip

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(8))) == 160
    until = time.monotonic() + 5
    while stream.status(town.data).log_rows < 160 and time.monotonic() < until:
        time.sleep(0.01)
    assert stream.status(town.data).log_rows == 160
