"""What the door does with what it is given: one data folder's log, plan, keys and clock."""

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from gongbi.stream import frames, sensing
from gongbi.stream.board import NEVER
from gongbi.stream.commit import Committer
from gongbi.stream.created import Created, Datastream
from gongbi.stream.frames import Kind
from gongbi.stream.keys import Keys
from gongbi.stream.known import Conflict, Known, Roster
from gongbi.stream.known_ahead import KnownFile
from gongbi.stream.log_writer import Entry, LogWriter, wall_micros
from gongbi.stream.plans import Plan, load_plan, newest_plan
from gongbi.stream.rows import Decoded, Refusal
from gongbi.stream.senders import TooOld

said = logging.getLogger("gongbi.stream.door")

LAST_TICK = 7_258_118_400_000_000
"""Year 2200 in microseconds; until a played city's first tick also the last time of a row."""
Decoder = Callable[[bytes, Known], Decoded]


class Refused(Exception):
    """A request that is not carried out: HTTP status, a sentence, perhaps seconds to wait."""

    def __init__(self, status: int, sentence: str, *, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation takes readings in; read once from the environment."""

    data: Path
    played: bool = False
    most_bytes: int = 16 << 20
    ahead_seconds: int = 600
    segment_bytes: int = 64 << 20

    @classmethod
    def read(cls, environment: "os._Environ[str] | dict[str, str]") -> "Settings":
        """From GONGBI_DATA, GONGBI_CLOCK and GONGBI_INGEST_*."""
        played = environment.get("GONGBI_CLOCK", "live") == "played"
        ahead = "86400" if played else "600"
        return cls(
            data=Path(environment.get("GONGBI_DATA", "./var")).resolve(),
            played=played,
            most_bytes=int(environment.get("GONGBI_INGEST_MAX_BYTES", 16 << 20)),
            ahead_seconds=int(environment.get("GONGBI_INGEST_AHEAD_SECONDS", ahead)),
            segment_bytes=int(environment.get("GONGBI_INGEST_SEGMENT_BYTES", 64 << 20)),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a batch."""

    stored: int
    refused: list[Refusal]
    repeated: bool = False
    ahead: int = 0
    """Rows of created datastreams that no plan holds yet: kept, but not in any window."""


class Ingest:
    """One log's door behind HTTP; lives in the event loop that made it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.data.mkdir(parents=True, exist_ok=True)
        self.keys = Keys(settings.data)
        writer = LogWriter(settings.data / "log", segment_bytes=settings.segment_bytes)
        self.committer = Committer(writer, asyncio.get_running_loop())
        number = writer.board.plan
        self.plan: Plan | None = load_plan(settings.data, number) if number else None
        self.created = Created(settings.data)
        self._sensing = sensing.SensingFile(settings.data / sensing.FILE)
        self._roster: Roster | None = None
        self._changing, self._creating = asyncio.Lock(), asyncio.Lock()
        self._known_file = KnownFile(settings.data, writer.event)
        self._under_way: dict[tuple[str, int], asyncio.Future[int]] = {}

    @property
    def writer(self) -> LogWriter:
        """The log's writer; its thread alone changes it."""
        return self.committer.writer

    def latest_accepted(self) -> int:
        """The last time a row may carry, microseconds."""
        ahead = self.settings.ahead_seconds * 1_000_000
        if not self.settings.played:
            return wall_micros() + ahead
        tick = self.writer.board.tick
        return LAST_TICK if tick == NEVER else tick + ahead

    async def follow_plan(self) -> None:
        """Put the newest plan in force, if there is one that is not yet."""
        if newest_plan(self.settings.data) == (self.plan.number if self.plan else 0):
            return
        async with self._changing:
            number = newest_plan(self.settings.data)
            if self.plan is not None and number <= self.plan.number:
                return
            plan = await asyncio.to_thread(load_plan, self.settings.data, number)
            parts = frames.pack_plan(plan.number, plan.digest)
            await self.committer.submit(Entry(Kind.PLAN, parts, plan=plan.number))
            self.plan = plan
            said.info("Plan %d is in force: %d datastreams.", number, len(plan.datastreams))

    async def follow_known(self) -> None:
        """Put what is known ahead into the log, if there is something that is not yet."""
        try:
            for number, line in await asyncio.to_thread(self._known_file.read):
                parts = frames.pack_event(number, line)
                await self.committer.submit(Entry(Kind.EVENT, parts, event=number))
                self._known_file.number = number
        except BaseException:
            self._known_file.again()
            raise

    async def store(
        self, body: bytes, decode: Decoder, sender: str, sequence: int, prefix: str = ""
    ) -> Answer:
        """Decode a body and store what is understood; a repeated batch is stored once."""
        decoded = await self._decode(body, decode, prefix)
        if sequence == frames.NO_SEQUENCE:
            await self._append(decoded, sender, sequence, 0)
            return self._answer(decoded)
        body_crc = crc32(body)
        while (waiting := self._under_way.get((sender, sequence))) is not None:
            await asyncio.wait([waiting])
        before = self._stored_before(sender, sequence, body_crc)
        if before is not None:
            return Answer(before, decoded.refused, repeated=True)
        await self._append(decoded, sender, sequence, body_crc)
        return self._answer(decoded)

    def _answer(self, decoded: Decoded) -> Answer:
        return Answer(len(decoded.ids), decoded.refused, ahead=decoded.ahead)

    async def _decode(self, body: bytes, decode: Decoder, prefix: str) -> Decoded:
        known = await self._known(prefix)
        decoded = decode(body, known)
        newest = newest_plan(self.settings.data)
        if (decoded.unknown or decoded.ahead) and newest > known.roster.plan.number:
            await self.follow_plan()
            decoded = decode(body, await self._known(prefix))
        return decoded

    async def _known(self, prefix: str) -> Known:
        """What rows are judged by now."""
        if self.plan is None:
            await self.follow_plan()
        if self.plan is None:
            raise Refused(
                409, "No plan is in force yet, so no datastream is known. Load a city pack first."
            )
        if self._roster is None or self._roster.plan is not self.plan:
            self._roster = Roster(self.plan, self.created)
        now = self._now()
        return Known(self._roster, self.latest_accepted(), now, prefix, self._sensing.read())

    def _now(self) -> int:
        """The time of a row that names none: the city's clock."""
        tick = self.writer.board.tick
        return tick if self.settings.played and tick != NEVER else wall_micros()

    async def create(self, wanted: Datastream, prefix: str) -> tuple[int, bool]:
        """(id, whether it was made now) of a datastream a sender names; Refused otherwise."""
        await self.follow_plan()
        known = await self._known(prefix)
        if not wanted.name.startswith(prefix):
            raise Refused(403, f"This key may create only names that begin with {prefix!r}.")
        before = self._same_name(known, wanted.name)
        if before is not None:
            _need_same(before, wanted)
            return before.id, False
        if not known.sensing.may_create:
            raise Refused(
                409, "The city pack lets nobody create datastreams (city.toml, [sensing] create = "
                "false); name it in datastreams.parquet instead."
            )  # fmt: skip
        try:
            known.check_new(wanted)
        except Conflict as conflict:
            raise Refused(409, f"{wanted.name!r} cannot be made: {conflict}.") from conflict
        await self._keep([wanted])
        return wanted.id, True

    def _same_name(self, known: Known, name: str) -> Datastream | None:
        identity = known.roster.id_of(name)
        if identity is None:
            return self.created.by_name.get(name)
        return known.roster.of_plan(identity)

    async def _keep(self, made: list[Datastream]) -> None:
        """Put datastreams on disk; one batch at a time, so that none is kept twice."""
        async with self._creating:
            fresh = self.created.fresh(made)
            if fresh:
                await asyncio.to_thread(self.created.write, fresh)
                self.created.learn(fresh)

    def _stored_before(self, sender: str, sequence: int, body_crc: int) -> int | None:
        try:
            before = self.writer.senders.find(sender, sequence)
        except TooOld:
            raise Refused(
                409,
                f"Sequence {sequence} of sender {sender!r} lies too far behind its newest to tell "
                "whether it was stored. Send it under a new sender name if it was not.",
            ) from None
        if before is None:
            return None
        if before.body_crc != body_crc:
            raise Refused(
                409,
                f"Sequence {sequence} of sender {sender!r} was already used for another batch. "
                "Count on from the highest number used, or take a new sender name.",
            )
        return before.rows

    async def _append(self, decoded: Decoded, sender: str, sequence: int, body_crc: int) -> None:
        """Append the batch and wait for the disk. An empty one is only worth its number."""
        if decoded.made:
            await self._keep(decoded.made)
        columns = decoded.ids, decoded.times, decoded.values
        rows = len(decoded.ids)
        if not rows and sequence == frames.NO_SEQUENCE:
            return
        span = (int(decoded.times.min()), int(decoded.times.max())) if rows else None
        entry = Entry(
            Kind.ROWS,
            frames.pack_batch(sender, sequence, body_crc, columns),
            rows=rows, sender=sender, sequence=sequence, body_crc=body_crc, span=span,
        )  # fmt: skip
        done = self.committer.submit(entry)
        if sequence == frames.NO_SEQUENCE:
            await done
            return
        self._under_way[sender, sequence] = done
        try:
            # Shielded: a sender that hangs up must not undo what the log's thread is writing.
            await asyncio.shield(done)
        finally:
            del self._under_way[sender, sequence]

    async def tick(self, micros: int) -> None:
        """Move a played city's clock; Refused when it would go backwards."""
        if not self.settings.played:
            raise Refused(
                409, "This city runs by the wall clock; only a played one takes ticks "
                "(GONGBI_CLOCK=played)."
            )  # fmt: skip
        newest = self.writer.board.tick
        if micros < newest:
            raise Refused(
                409, f"The city's clock cannot go backwards: it has reached {newest} microseconds "
                f"since 1970, and this tick says {micros}. Play another time in a new data folder."
            )  # fmt: skip
        if micros > newest:
            await self.committer.submit(Entry(Kind.TICK, frames.pack_tick(micros), tick=micros))
        await asyncio.to_thread(_write_clock, self.settings.data, micros)

    async def tick_live(self) -> None:
        """One tick of the wall clock, never behind the one before."""
        micros = max(wall_micros(), self.writer.board.tick)
        await self.committer.submit(Entry(Kind.TICK, frames.pack_tick(micros), tick=micros))


def _need_same(before: Datastream, wanted: Datastream) -> None:
    """Refused when a name means something else already; how often it speaks may differ."""
    for what in ("place", "property", "unit"):
        there, said_ = getattr(before, what), getattr(wanted, what)
        if there != said_:
            raise Refused(
                409, f"{before.name!r} exists with {what} {there!r}, not {said_!r}; "
                "take another name, or send its rows as they are."
            )  # fmt: skip


def _write_clock(data: Path, micros: int) -> None:
    handle, draft = tempfile.mkstemp(dir=data, prefix=".clock.")
    with os.fdopen(handle, "wb") as file:
        file.write(micros.to_bytes(8, "little", signed=True))
    Path(draft).replace(data / "clock")
