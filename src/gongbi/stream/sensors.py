"""The engine's watch over the sensors themselves: troubles begun and ended, in their own file.

``engine/sensors.log`` holds records as ``facts`` packs them; like all of the engine's files it is
a pure function of the log. A plan without trusts has no watch, and costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.stream.slots import build_index, find_slots
from gongbi.kernel.vitals.silence import GROUP, GROUP_EVENT, find_silent, new_groups
from gongbi.kernel.vitals.troubles import (
    EVENT,
    KINDS,
    SENSOR,
    SILENCE,
    TRUST,
    begin_sensors,
    new_sensors,
    trust,
    watch_rows,
)
from gongbi.stream import facts
from gongbi.stream.board import NEVER
from gongbi.stream.frames import Batch
from gongbi.stream.outputs import Outputs
from gongbi.stream.plans import Plan

FILE = "engine/sensors.log"
ARRAYS: dict[str, np.dtype[Any]] = {
    "sensors": SENSOR,
    "sensors_on": np.dtype("u2"),
    "sensor_groups": GROUP,
}
LOOK = 10_000_000  # microseconds between two looks for silence
PART = 20_000
MANY_ROWS = 20
"""A batch of so many rows tells the time by its median: a played clock ticks after its rows."""
MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class SensorTrouble:
    """What was found of a sensor or, where ``group`` is said, of all behind one gateway."""

    position: int
    trouble: str
    begun: bool
    kind: str
    since: datetime
    at: datetime
    figure: float | None
    bound: float | None
    value: float | None
    datastream: int
    name: str
    property: str
    unit: str
    places: list[str]
    group: str
    sensors: int


class Sensors:
    """Memories of all datastreams of one plan, by their slots."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ids = plan.datastreams["id"].to_numpy()
        self.watched = len(plan.trusts) > 0
        count = len(self.ids) if self.watched else 0
        self.sensors, self.on = new_sensors(count), np.zeros(count, np.uint16)
        self.trusts, self.kinds = _trusts(plan) if count else (trust(), np.zeros(0, np.uint16))
        self.names, self.of = _groups(plan) if count else ([], np.zeros(0, np.int64))
        self.steps = plan.datastreams["step_seconds"].to_numpy().astype(np.uint32)[:count]
        self.groups = new_groups(len(self.names))
        self.told: dict[str, str] = {}
        """Names of the troubles that are on, by whose and which they are."""
        self.now, self.looked = NEVER, 0
        self._left_out = np.zeros(PART, np.int8)
        self._events = np.zeros(9 * PART, EVENT)

    # What is remembered --------------------------------------------------------------------

    def books(self) -> dict[str, Any]:
        """Everything but the arrays, as JSON holds it."""
        told = [list(pair) for pair in sorted(self.told.items())]
        return {"told": told, "now": self.now, "looked": self.looked}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays, by the names of ``ARRAYS``."""
        return {"sensors": self.sensors, "sensors_on": self.on, "sensor_groups": self.groups}

    def take_up(self, books: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        """Go on from a checkpoint."""
        self.told = dict(books["told"])
        self.now, self.looked = books["now"], books["looked"]
        for mine, name in ((self.sensors, "sensors"), (self.on, "sensors_on")):
            mine[:] = arrays[name]
        self.groups[:] = arrays["sensor_groups"]

    def carry(self, old: "Sensors", outputs: Outputs) -> None:
        """Take over what is known of sensors that stay; troubles of those that go have ended."""
        self.now, self.looked, self.told = old.now, old.looked, dict(old.told)
        if self.watched and old.watched:
            at = find_slots(build_index(self.ids), old.ids)
            stays = at >= 0
            self.sensors[at[stays]], self.on[at[stays]] = old.sensors[stays], old.on[stays]
            place = {name: number for number, name in enumerate(self.names)}
            for number, name in enumerate(old.names):
                if name in place:
                    self.groups[place[name]] = old.groups[number]
        self._begin()
        self._end_strangers(outputs)

    def _end_strangers(self, outputs: Outputs) -> None:
        known = {f"{one}" for one in self.ids.tolist()} if self.told and self.watched else set()
        known |= {f"@{name}" for name in self.names}
        for key in sorted(self.told):
            whose, kind = key.rsplit(" ", 1)
            if whose not in known:
                said: dict[str, Any] = {
                    "fact": "ended",
                    "trouble": self.told.pop(key),
                    "kind": kind,
                }
                said |= {"since": max(self.now, 0), "at": max(self.now, 0), "figure": None}
                said |= {"bound": None, "value": None, "datastream": 0, "name": "", "unit": ""}
                said |= {"property": "", "places": [], "group": "", "sensors": 0}
                outputs.append(FILE, facts.pack_fact(said))

    # Rows and the clock --------------------------------------------------------------------

    def take(self, batch: Batch, clock: int, outputs: Outputs) -> NDArray[np.bool_] | None:
        """Look at a batch; which of its rows are to count, None for all of them."""
        if not self.watched:
            return None
        self._hear_time(batch, clock)
        slots = find_slots(self.plan.index, batch.ids)
        keep = np.ones(len(slots), np.bool_)
        for at in range(0, len(slots), PART):
            part = slice(at, at + PART)
            put = watch_rows(
                slots[part], batch.times[part], batch.values[part], self.now, self.trusts,
                self.kinds, self.sensors, self.on, self._events, self._left_out,
            )  # fmt: skip
            self._tell(self._events[:put], outputs)
            keep[part] = self._left_out[: len(slots[part])] == 0
        return None if keep.all() else keep

    def _hear_time(self, batch: Batch, clock: int) -> None:
        self.now = max(self.now, clock)
        if len(batch.times) >= MANY_ROWS:
            self.now = max(self.now, int(np.partition(batch.times, len(batch.times) // 2)[
                len(batch.times) // 2
            ]))  # fmt: skip
            self._begin()

    def _begin(self) -> None:
        if self.now > NEVER:
            begin_sensors(self.sensors, self.now)

    def look(self, clock: int, outputs: Outputs) -> None:
        """Look for silence, every ten seconds of the clock."""
        first = self.now == NEVER
        self.now = max(self.now, clock)
        if not self.watched:
            return
        if first:
            self._begin()
        if clock // LOOK == self.looked:
            return
        self.looked = clock // LOOK
        events = np.zeros(len(self.sensors) + len(self.groups), EVENT)
        put = find_silent(
            clock, self.trusts, self.kinds, self.steps, self.groups, self.sensors, self.of,
            self.on, events,
        )  # fmt: skip
        self._tell(events[:put], outputs)

    # What is told --------------------------------------------------------------------------

    def _tell(self, events: NDArray[np.void], outputs: Outputs) -> None:
        for event in events:
            group = int(event["kind"]) == GROUP_EVENT
            kind = KINDS[SILENCE if group else int(event["kind"])]
            who = self._group(event) if group else self._one(event)
            key = (f"@{who['group']}" if group else f"{who['datastream']}") + f" {kind}"
            if event["begun"]:
                self.told[key] = f"{who['datastream']}-{kind}-{outputs.length(FILE)}"
            elif key not in self.told:
                continue
            name = self.told[key] if event["begun"] else self.told.pop(key)
            said: dict[str, Any] = {
                "fact": "begun" if event["begun"] else "ended",
                "trouble": name,
                "kind": kind,
            }
            said |= {"since": int(event["since"]), "at": int(event["at"])}
            for figure in ("figure", "bound", "value"):
                number = float(event[figure])
                said[figure] = None if np.isnan(number) else number
            outputs.append(FILE, facts.pack_fact(said | who))

    def _one(self, event: Any) -> dict[str, Any]:
        row = self.plan.datastreams.slice(int(event["sensor"]), 1).to_pylist()[0]
        return {
            "datastream": row["id"],
            "name": row["name"],
            "property": row["property"],
            "unit": row["unit"],
            "places": [row["place"]],
            "group": "",
            "sensors": 1,
        }

    def _group(self, event: Any) -> dict[str, Any]:
        number = int(event["sensor"])
        places = self.plan.datastreams["place"].filter(self.of == number).unique().to_pylist()
        return {
            "datastream": 0,
            "name": "",
            "property": "",
            "unit": "",
            "places": sorted(places)[:MOST_PLACES],
            "group": self.names[number],
            "sensors": int(self.groups["members"][number]),
        }


def _trusts(plan: Plan) -> tuple[NDArray[np.void], NDArray[np.uint16]]:
    """(trusts, the one of each datastream); what the plan does not speak of has the usual one."""
    found = [trust()[0]]
    for row in plan.trusts.to_pylist():
        said = {name: row[name] for name in TRUST.names or () if row[name] is not None}
        found.append(trust(**said)[0])
    known = {name: at for at, name in enumerate(plan.trusts["property"].to_pylist(), 1)}
    column = plan.datastreams["property"].combine_chunks().dictionary_encode()
    codes = np.array([known.get(name, 0) for name in column.dictionary.to_pylist()], np.uint16)
    return np.array(found, TRUST), codes[column.indices.to_numpy()]


def _groups(plan: Plan) -> tuple[list[str], NDArray[np.int64]]:
    """(names of gateways, or of places where none is named; the one of each datastream)."""
    streams = plan.datastreams
    names = [
        gateway or f"{place}" for gateway, place in zip(
            streams["gateway"].to_pylist(), streams["place"].to_pylist(), strict=True
        )
    ]  # fmt: skip
    known, of = np.unique(np.array(names, np.str_), return_inverse=True)
    return [str(name) for name in known], of.astype(np.int64)


def read_troubles(data: Path, after: int, limit: int) -> list[SensorTrouble]:
    """Up to ``limit`` troubles begun or ended after a position, in order."""
    found = []
    for position, said in facts.read_records(data / FILE, after, limit):
        begun = said.pop("fact") == "begun"
        said |= {name: facts.moment_of(said[name]) for name in ("since", "at")}
        found.append(SensorTrouble(position=position, begun=begun, **said))
    return found
