"""What the engine knows ahead: events by name, laid over the series of the plan in force."""

from bisect import bisect_right
from math import isnan
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gongbi.kernel.stream.slots import find_slots
from gongbi.kernel.vitals.ahead import EVENT, Ahead, lay_ahead, nothing_ahead
from gongbi.stream.plans import Plan
from gongbi.stream.state import State

Said = dict[str, Any]


class Foreknown:
    """Events as ``known_ahead.pack_known`` says them; they are forgotten once they are over."""

    def __init__(self, events: list[Said] | None = None) -> None:
        self.events: dict[str, Said] = {one["event"]: one for one in events or []}
        self._laid: Ahead | None = None
        self._names: list[str] = []
        self._last: list[int] = []

    def books(self) -> list[Said]:
        """What must be remembered."""
        return list(self.events.values())

    def take(self, line: bytes) -> None:
        """Hear of one event: it is new, otherwise than before, or withdrawn."""
        said: Said = orjson.loads(line)
        del said["number"]
        if said["withdrawn"]:
            self.events.pop(said["event"], None)
        else:
            self.events[said["event"]] = said
        self._laid = None

    def forget(self, until: int) -> None:
        """Those that ended by then touch no window that may change any more."""
        over = [name for name, said in self.events.items() if said["ends"] <= until]
        for name in over:
            del self.events[name]
            self._laid = None

    def lay_anew(self) -> None:
        """Another plan is in force."""
        self._laid = None

    def laid(self, plan: Plan, state: State) -> Ahead:
        """Which events bear on which slots."""
        if self._laid is None:
            self._laid = self._lay(plan, state) if self.events else nothing_ahead()
            self._last = self._laid.last.tolist()
        return self._laid

    def _lay(self, plan: Plan, state: State) -> Ahead:
        slots = find_slots(state.index, plan.series["id"].to_numpy())
        events, bears = np.zeros(len(self.events), EVENT), []
        self._names = list(self.events)
        for row, said in zip(events, self.events.values(), strict=True):
            row["begin"], row["end"] = said["begins"], said["ends"]
            row["factor"], row["shift"] = said["factor"], said["shift"]
            touched = np.zeros(len(slots), np.bool_)
            touched[slots[_bears(plan.series, said)]] = True
            bears.append(touched)
        return lay_ahead(events, bears)

    def bearing(self, slot: int, begin: int, end: int, expected: float) -> list[Said]:
        """What bears on a window, as facts say it: by name, what it adds, whether it holds back.

        Called for slots of the plan and state that were laid last.
        """
        laid = self._laid
        run = bisect_right(self._last, slot)
        if laid is None or run == len(self._last) or laid.first[run] > slot:
            return []
        names = (self._names[at] for at in laid.members[laid.starts[run] : laid.starts[run + 1]])
        found = (_bearing(self.events[name], begin, end, expected) for name in names)
        return [one for one in found if one]


def _bears(series: pa.Table, said: Said) -> NDArray[np.bool_]:
    """On which series of a plan an event bears."""
    found = np.ones(len(series), np.bool_)
    for column, wanted in (("place", said["places"]), ("indicator", said["signs"])):
        if wanted:
            among = pc.is_in(series[column], pa.array(wanted, pa.string()))
            found &= among.to_numpy(zero_copy_only=False)
    return found


def _bearing(said: Said, begin: int, end: int, expected: float) -> Said:
    what: Said = {}
    shifts = said["factor"] != 1.0 or said["shift"] != 0.0
    if shifts and said["begins"] <= begin < said["ends"] and not isnan(expected):
        what["added"] = (said["factor"] - 1.0) * expected + said["shift"]
    if said["holds"] and said["begins"] < end and begin < said["ends"]:
        what["holds"] = True
    return {"event": said["event"], **what} if what else {}
