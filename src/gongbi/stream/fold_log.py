"""The engine itself: frames in, readings and facts out; a pure function of the log and plans."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import Planes, fold_rows, fold_series
from gongbi.kernel.stream.slots import find_slots
from gongbi.kernel.vitals.closing import VERDICT, keep_newest
from gongbi.kernel.vitals.parts import begin_bands, due_parts, end_band
from gongbi.stream import frames
from gongbi.stream.alerts import Watch, pack_watches, unpack_watches
from gongbi.stream.board import NEVER
from gongbi.stream.closings import PART, Bench, Desks, Judged, judge_all, warm_up
from gongbi.stream.foreknown import Foreknown
from gongbi.stream.frames import Frame, Kind
from gongbi.stream.latest import Latest
from gongbi.stream.made import Made
from gongbi.stream.outputs import ASIDE, HOUR, Outputs
from gongbi.stream.plans import Plan, load_plan
from gongbi.stream.sensors import Sensors
from gongbi.stream.state import AHEAD, State, begin_state, build_state, carry
from gongbi.stream.verdicts import Verdicts

ASIDE_FILE = "engine/aside.log"


class WrongPlan(Exception):
    """A plan's files are not those that were put in force."""


class Engine:
    """Folds frames one after the other; ``books`` and ``arrays`` are all it remembers."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.outputs = Outputs(data)
        self.plan: Plan | None = None
        self.state: State | None = None
        self.sensors: Sensors | None = None
        self.made: Made | None = None
        self.watches: dict[int, Watch] = {}
        self.known = Foreknown()
        self.clock = NEVER
        self.position, self.number = 0, 0
        self.rows, self.late, self.unknown = 0, 0, 0
        self.left_out = 0  # rows that did not count because their sensors are in trouble
        self.finished_until = 0  # microseconds: readings before it are in Parquet for good
        self._kept = np.empty((0, 3), np.int64)
        self._desks = Desks()
        self._latest: Latest | None = None

    # What is remembered --------------------------------------------------------------------

    def books(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON holds it."""
        return {
            "position": self.position,
            "number": self.number,
            "rows": self.rows,
            "late": self.late,
            "unknown": self.unknown,
            "clock": self.clock,
            "plan": self.plan.number if self.plan else 0,
            "finished_until": self.finished_until,
            "finished": self.outputs.finished,
            "lengths": dict(sorted(self.outputs.lengths.items())),
            "watches": pack_watches(self.watches),
            "left_out": self.left_out,
            "sensors": self.sensors.books() if self.sensors else None,
            "known": self.known.books(),
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays, by name."""
        if self.state is None or self.sensors is None or self.made is None:
            return {}
        return self.state.arrays() | self.sensors.arrays() | self.made.arrays()

    def take_up(self, books: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        """Go on from what a checkpoint holds; files are cut to their lengths then."""
        for name in ("position", "number", "rows", "late", "unknown", "clock", "finished_until"):
            setattr(self, name, books[name])
        self.outputs.lengths = dict(books["lengths"])
        self.outputs.finished = list(books["finished"])
        self.watches = unpack_watches(books["watches"])
        self.known = Foreknown(books.get("known"))  # older checkpoints know nothing ahead
        if books["plan"]:
            self.plan = load_plan(self.data, books["plan"])
            state = build_state(self.plan, arrays["bands"], arrays["series_ids"])
            state.take_up(arrays)
            self._show(state)
            self.left_out = books["left_out"]
            self.sensors = Sensors(self.plan)
            self.sensors.take_up(books["sensors"], arrays)
            self.made = Made(self.plan, state)
            self.made.take_up(arrays)

    def _show(self, state: State) -> None:
        """Let readers map what is newest of each series: the state's own memory of it."""
        latest = Latest(self.data, state.series_ids, state.bands)
        latest.newest[:] = state.court.newest
        state.court = state.court._replace(newest=latest.newest)
        self.state, self._latest = state, latest
        warm_up(state)
        self._verdicts(state).tell(np.zeros(0, VERDICT), 0)

    # Frames --------------------------------------------------------------------------------

    def take(self, frame: Frame) -> None:
        """Fold one frame."""
        if frame.kind == Kind.ROWS:
            self._take_rows(frame)
        elif frame.kind == Kind.TICK:
            self._take_tick(frames.unpack_tick(frame.payload))
        elif frame.kind == Kind.PLAN:
            self._take_plan(*frames.unpack_plan(frame.payload))
        elif frame.kind == Kind.EVENT:
            self.known.take(frames.unpack_event(frame.payload)[1])
        self.position, self.number = frame.end, frame.number + 1

    def _take_rows(self, frame: Frame) -> None:
        batch = frames.unpack_batch(frame.payload)
        self.rows += len(batch.ids)
        state = self.state
        if state is None or self.sensors is None or not len(batch.ids):
            return
        keep = self.sensors.take(batch, self.clock, self.outputs)
        if keep is not None:
            self.left_out += int((~keep).sum())
            batch = batch.only(keep)
        if len(self._kept) < len(batch.ids) * state.widest:
            self._kept = np.empty((len(batch.ids) * state.widest, 3), np.int64)
        back, unknown = fold_rows(
            batch.ids, batch.times, batch.values, state.routes, state.planes, self._kept
        )
        self.unknown += unknown
        if back:
            self._hand_back(frame.start, batch, self._kept[:back])
        if self.made is not None and (turned := self.made.take(batch)):
            self._hand_back(frame.start, *turned)

    def _hand_back(self, position: int, batch: frames.Batch, kept: NDArray[np.int64]) -> None:
        """Keep aside what came too late; let wait what is ahead of the clock."""
        assert self.state is not None
        rows = np.empty(len(kept), AHEAD)
        at = kept[:, 0]
        rows["series"] = self.state.series_ids[kept[:, 1]]
        rows["datastream"], rows["time"] = batch.ids[at], batch.times[at]
        rows["value"], rows["position"] = batch.values[at], position
        late = kept[:, 2] == 1
        self._keep_aside(rows[late])
        self.state.ahead = np.concatenate([self.state.ahead, rows[~late]])

    def _keep_aside(self, rows: NDArray[np.void]) -> None:
        if len(rows):
            self.late += len(rows)
            aside = np.empty(len(rows), ASIDE)
            for name in ASIDE.names or ():
                aside[name] = rows[name]
            self.outputs.append(ASIDE_FILE, aside.tobytes())

    # The clock -----------------------------------------------------------------------------

    def _take_tick(self, tick: int) -> None:
        if tick <= self.clock:
            return
        state = self.state
        if state is None:
            self.clock = tick
            return
        if self.clock == NEVER:
            # Rows may have come before the first tick: the clock begins with the earliest.
            self.clock = int(state.ahead["time"].min(initial=tick))
            begin_bands(state.bands, self.clock, self.finished_until)
        self._advance(state, tick)
        self.known.forget(tick - state.longest_wait)
        if self.sensors is not None:
            self.sensors.look(tick, self.outputs)
        self._finish_hours(state)

    def _advance(self, state: State, tick: int) -> None:
        """Move to ``tick`` in steps small enough for rows that wait to fit their rings."""
        ahead = state.ahead[np.argsort(state.ahead["time"], kind="stable")]
        times = ahead["time"]
        count = int(np.searchsorted(times, tick, "right"))
        at, still = 0, [ahead[count:]]
        while at < count:
            first = int(times[at])
            if first > self.clock + state.narrowest:
                self._close(state, first - 1)
            moment = min(tick, self.clock + state.narrowest)
            until = int(np.searchsorted(times, moment, "right"))
            still.append(self._fold_ahead(state, ahead[at:until]))
            self._close(state, moment)
            at = until
        state.ahead = np.concatenate(still)
        self._close(state, tick)

    def _fold_ahead(self, state: State, rows: NDArray[np.void]) -> NDArray[np.void]:
        """Fold rows that waited for the clock to come near them; return those still ahead."""
        fates, slots = np.empty(len(rows), np.int64), self._slots(rows["series"])
        times, values = (np.ascontiguousarray(rows[name]) for name in ("time", "value"))
        fold_series(slots, times, values, state.planes, fates)
        if self.made is not None:
            self.made.count_ahead(slots, times, values, fates)
        self._keep_aside(rows[fates == 1])
        return rows[fates == 2]

    def _slots(self, series: NDArray[np.int64]) -> NDArray[np.int64]:
        assert self.state is not None
        return find_slots(self.state.index, np.ascontiguousarray(series))

    def until_rush(self) -> int:
        """Microseconds until windows of a quarter of all series, or more, close at once."""
        if self.state is None or self.clock == NEVER:
            return 1 << 62
        bands = self.state.bands
        large = bands[bands["size"] * 4 >= bands["size"].sum()]
        ends = np.stack([large["closed"] + 1, large["final"] + 1]) * large["width"]
        moments = ends + large["offset"] + [np.zeros_like(large["late"]), large["late"]]
        return int((moments - self.clock).min(initial=1 << 62))

    def _close(self, state: State, clock: int) -> None:
        self.clock = max(self.clock, clock)
        bands, made = state.bands, self.made
        for depth in range(made.deepest + 1 if made else 1):
            if made is not None:
                made.draw(depth, self.clock)
            first, last = np.searchsorted(bands["depth"], [depth, depth + 1]).tolist()
            self._close_bands(state, state.planes._replace(bands=bands[first:last]))

    def _close_bands(self, state: State, planes: Planes) -> None:
        """Close what is due in some of the bands, and tell it."""
        assert self.plan is not None
        parts = due_parts(planes.bands, self.clock, PART)
        bench = Bench(self.clock, state, planes, self.known.laid(self.plan, state))
        for said in judge_all(bench, parts, self._desks):
            self._show_newest(state, planes, said)
            for block in said.blocks:
                self.outputs.add_block(*block)
            if self.made is not None:
                self.made.hear(said.verdicts)
            if len(said.loud):
                self._verdicts(state).tell(said.loud, said.part.final)

    def _show_newest(self, state: State, planes: Planes, said: Judged) -> None:
        latest = self._latest
        assert latest is not None
        latest.change(True)
        keep_newest(state.court.newest, said.verdicts)
        if said.ends_band:
            end_band(planes.bands, said.part)
            latest.show(state.bands)
        latest.change(False)

    def _verdicts(self, state: State) -> Verdicts:
        assert self.plan is not None
        return Verdicts(self.plan, state, self.outputs, self.watches, self.known, self.made)

    def _finish_hours(self, state: State) -> None:
        """Turn hours none of whose windows may change into Parquet."""
        self.outputs.look_after()
        until = (self.clock - state.longest_wait) // HOUR * HOUR
        if until <= self.finished_until:
            return
        for hour in sorted(self.outputs.open_hours()):
            if (hour + 1) * HOUR <= until:
                self.outputs.finish_hour(hour)
        self.finished_until = until

    # Plans ---------------------------------------------------------------------------------

    def _take_plan(self, number: int, digest: str) -> None:
        plan = load_plan(self.data, number)
        if plan.digest != digest:
            raise WrongPlan(
                f"The files of plan {number} are not those put in force at log position "
                f"{self.position}: restore plans/{number:06d} from a backup."
            )
        old, state = self.state, begin_state(plan, self.state)
        if old is not None and self.plan is not None:
            ended = carry(old, state)
            self._verdicts(old).end(ended)
        sensors = Sensors(plan)
        if self.sensors is not None:
            sensors.carry(self.sensors, self.outputs)
        made = Made(plan, state)
        if self.made is not None:
            made.carry(self.made)
        self.plan, self.sensors, self.made = plan, sensors, made
        self.known.lay_anew()
        self._show(state)
        if self.clock != NEVER:
            begin_bands(state.bands, self.clock, self.finished_until)
