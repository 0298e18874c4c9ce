"""MQTT out: changes of level, alerts, and the rows of datastreams somebody asked for.

Positions are on disk and move only when the broker has acknowledged: at least once, in order.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from gongbi.stream.board import read_board
from gongbi.stream.created import created_datastreams
from gongbi.stream.facts import AlertFact, FactRow, LevelChanged, moment_of, read_facts
from gongbi.stream.frames import Kind, unpack_batch
from gongbi.stream.log_reader import LogReader
from gongbi.stream.mqtt_spool import write_whole
from gongbi.stream.plans import newest_plan, read_table

said = logging.getLogger("gongbi.stream.mqtt")
AT_ONCE = 500
Tell = Callable[[str, bytes, bool], None]
"""Publish: topic, payload, whether the broker keeps it for who comes later."""


class FactTeller:
    """Tells facts from where it stopped; the first time from the beginning."""

    def __init__(self, data: Path) -> None:
        self._data, self._file = data, data / "mqtt" / "facts"
        self._position = int(_read(self._file, b"0"))
        self._told = self._position

    def tell(self, publish: Tell) -> int:
        """Publish the next facts; how many there were."""
        facts = read_facts(self._data, self._position, AT_ONCE)
        for fact in facts:
            publish(topic_of(fact), payload_of(fact), isinstance(fact, LevelChanged))
        if facts:
            self._told = facts[-1].position
        return len(facts)

    def keep(self) -> None:
        """What was published has been acknowledged."""
        if self._told != self._position:
            write_whole(self._file, str(self._told).encode())
            self._position = self._told


def topic_of(fact: FactRow) -> str:
    """``gongbi/levels/INDICATOR/PLACE`` or ``gongbi/alerts/INDICATOR/PLACE``."""
    what = "alerts" if isinstance(fact, AlertFact) else "levels"
    return f"gongbi/{what}/{_segment(fact.indicator)}/{_segment(fact.place)}"


def _segment(word: str) -> str:
    """Without the signs that mean something in a topic."""
    return "".join("_" if sign in "/+#\0" else sign for sign in word)


def payload_of(fact: FactRow) -> bytes:
    """The fact as JSON: its kind, and every field; times are ISO 8601."""
    kind = type(fact).__name__
    return orjson.dumps({"fact": kind, **asdict(fact)}, option=orjson.OPT_NAIVE_UTC)


class RowTeller:
    """Tells new rows of datastreams asked for, but not those that came by MQTT themselves."""

    def __init__(self, data: Path, asked: list[str], own: str) -> None:
        self._data, self._asked, self._own = data, asked, own
        self._file = data / "mqtt" / "rows"
        self._reader: LogReader | None = None
        self._seen: tuple[int, int] = (-1, -1)
        self._ids = np.empty(0, np.int64)

    def tell(self, publish: Tell) -> int:
        """Publish the next rows; how many frames were looked at."""
        if not self._asked or (reader := self._open()) is None:
            return 0
        looked = 0
        for frame in reader.read():
            looked += 1
            if frame.kind == Kind.ROWS:
                batch = unpack_batch(frame.payload)
                if not batch.sender.startswith(self._own):
                    self._tell_rows(batch, publish)
            if looked >= AT_ONCE:
                break
        return looked

    def keep(self) -> None:
        """What was published has been acknowledged."""
        if self._reader is not None:
            where = f"{self._reader.position} {self._reader.number}".encode()
            if _read(self._file, b"") != where:
                write_whole(self._file, where)

    def _open(self) -> LogReader | None:
        """From where it stopped; the first time from the log's end of now."""
        board = read_board(self._data / "log")
        if self._reader is None and board is not None:
            start = _read(self._file, f"{board.end} {board.frames}".encode())
            position, number = (int(part) for part in start.split())
            self._reader = LogReader(self._data / "log", position, number)
            if skipped := self._reader.skip_removed():
                said.warning("%d bytes of the log are not told: it was shortened.", skipped)
        return self._reader

    def _tell_rows(self, batch: Any, publish: Tell) -> None:
        for at in np.flatnonzero(np.isin(batch.ids, self._wanted())).tolist():
            time = moment_of(int(batch.times[at])).isoformat()
            said_ = {"phenomenonTime": time, "result": float(batch.values[at])}
            topic = f"v1.1/Datastreams({int(batch.ids[at])})/Observations"
            publish(topic, orjson.dumps(said_), False)

    def _wanted(self) -> np.ndarray:
        """Ids of the datastreams asked for; looked up again with each plan."""
        number = newest_plan(self._data)
        created = created_datastreams(self._data)
        if (number, len(created)) != self._seen:
            tables = [created.select(["id", "name"])]
            if number:
                folder = self._data / "plans" / f"{number:06d}"
                tables.append(read_table(folder / "datastreams.arrow").select(["id", "name"]))
            rows = [row for table in tables for row in table.to_pylist()]
            self._ids = np.array([r["id"] for r in rows if self._is_asked(r)], np.int64)
            self._seen = number, len(created)
        return self._ids

    def _is_asked(self, row: dict[str, Any]) -> bool:
        return any(
            row["name"].startswith(one[:-1]) if one.endswith("*")
            else one in (row["name"], str(row["id"]))
            for one in self._asked
        )  # fmt: skip


def _read(file: Path, without: bytes) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return without
