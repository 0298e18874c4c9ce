"""Which datastreams a batch may speak of: the plan's, those created since, and no others."""

from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gongbi.kernel.stream.names import Names, id_of, index_names, no_names
from gongbi.kernel.stream.slots import find_slots
from gongbi.stream import created as made
from gongbi.stream.created import Created, Datastream
from gongbi.stream.plans import Plan
from gongbi.stream.sensing import Pattern, Sensing

NOT_IN_PLAN = "is not in the plan; correct it, or name it in datastreams.parquet of the city pack"


class RowRefused(Exception):
    """A row that cannot be stored; the sentence says why."""


class Conflict(Exception):
    """A datastream that cannot be created, because of what there is already."""


@dataclass
class Roster:
    """A plan with what was made beside it; kept as long as the plan is in force."""

    plan: Plan
    created: Created
    names: Names = field(init=False, repr=False)
    """The plan's names, for the readers at speed."""
    units: dict[str, str] = field(init=False)
    """By property the unit of its datastreams."""
    places: frozenset[str] = field(init=False)
    _masks: dict[str, NDArray[np.bool_]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        streams = self.plan.datastreams
        self.names = _index(streams)
        pairs = streams.group_by(["property", "unit"]).aggregate([]).to_pylist()
        self.units = {row["property"]: row["unit"] for row in pairs}
        named = [*pc.unique(streams["place"]).to_pylist(), *self.plan.series["place"].to_pylist()]
        self.places = frozenset(named)

    def beside(self, identity: int) -> Datastream | None:
        """A created datastream that the plan does not hold yet."""
        one = self.created.by_id.get(identity)
        return one if one is not None and self.id_of(one.name) is None else None

    def id_of(self, name: str) -> int | None:
        """The id the plan gives a name, or None."""
        return id_of(self.names, name)

    def of_plan(self, identity: int) -> Datastream:
        """A datastream of the plan."""
        slot = int(find_slots(self.plan.index, np.array([identity], np.int64))[0])
        row = self.plan.datastreams.slice(slot, 1).select(list(made.COLUMNS))
        return Datastream(**row.to_pylist()[0])

    def mask(self, prefix: str) -> NDArray[np.bool_]:
        """Which of the plan's datastreams have names that begin so."""
        if prefix not in self._masks:
            if len(self._masks) > 64:
                self._masks.clear()
            starts = pc.starts_with(self.plan.datastreams["name"], prefix)
            self._masks[prefix] = starts.to_numpy(zero_copy_only=False)
        return self._masks[prefix]


@dataclass
class Known:
    """What the rows of one batch are judged by: a roster, what the key may say, and the time."""

    roster: Roster
    latest: int
    """The last time accepted, microseconds."""
    now: int = 0
    """The time of a row that names none, microseconds."""
    prefix: str = ""
    """Names a key is bound to begin so."""
    sensing: Sensing = field(default_factory=Sensing)
    making: dict[str, Datastream] = field(default_factory=dict)
    """Datastreams that this batch creates by its names."""
    unknown: bool = False
    """A datastream was refused because the plan does not know it."""
    ahead: int = 0
    """Rows of datastreams that are made, but in no plan yet."""

    @classmethod
    def of_plan(cls, plan: Plan, created: Created, latest: int) -> "Known":
        """A plan and nothing else."""
        return cls(Roster(plan, created), latest)

    def identify(self, name: str) -> int:
        """The id of a name; RowRefused when there is none and none may be made."""
        if not name.startswith(self.prefix):
            raise RowRefused(self._not_of_key(name))
        identity = self.roster.id_of(name)
        if identity is not None:
            return identity
        one = self.roster.created.by_name.get(name) or self.making.get(name) or self._make(name)
        if one is None:
            self.unknown = True
            raise RowRefused(f"datastream {shown(name)} {NOT_IN_PLAN}")
        return one.id

    def _make(self, name: str) -> Datastream | None:
        """A new datastream where a pattern of the pack fits the name."""
        for pattern in self.sensing.patterns:
            one = _fitting(pattern, name)
            if one is not None:
                try:
                    self.check_new(one)
                except Conflict as conflict:
                    raise RowRefused(
                        f"datastream {shown(name)} cannot be made: {conflict}"
                    ) from None
                self.making[name] = one
                return one
        return None

    def check_new(self, one: Datastream) -> None:
        """Conflict, with its sentence, when this may not be made."""
        roster = self.roster
        places = roster.places if self.sensing.places is None else self.sensing.places
        if not made.is_name(one.name):
            raise Conflict("a name has 1 to 255 characters that can be seen, not digits alone")
        if one.place not in places:
            raise Conflict(f"there is no place {shown(one.place)} in the city pack")
        unit = self._unit_of_property(one.property)
        if unit is not None and unit != one.unit:
            raise Conflict(
                f"{one.property} is measured in {unit} here, not in {one.unit}; figures of two "
                "units must not be added"
            )
        if find_slots(roster.plan.index, np.array([one.id], np.int64))[0] >= 0:
            raise Conflict(f"its id {one.id} belongs to another; take another name")
        other = roster.created.by_id.get(one.id)
        if other is not None and other.name != one.name:
            raise Conflict(f"its id {one.id} belongs to {shown(other.name)}; take another name")
        if len(roster.created.by_id) + len(self.making) >= made.MOST:
            raise Conflict(
                f"{made.MOST} datastreams were made already; name more in the city pack"
            )

    def _unit_of_property(self, name: str) -> str | None:
        """In what a property is measured here, or None where nothing measures it."""
        new = (one.unit for one in self.making.values() if one.property == name)
        roster = self.roster
        return roster.units.get(name) or roster.created.units.get(name) or next(new, None)

    def unit_of(self, identity: int) -> str | None:
        """In what a datastream is measured, or None where nobody knows it."""
        made_ = (one for one in self.making.values() if one.id == identity)
        one = self.roster.beside(identity) or next(made_, None)
        return one.unit if one else self.roster.plan.unit_of(identity)

    def strangers(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(not known here, known but not of this key) for each id."""
        slots = find_slots(self.roster.plan.index, ids)
        strange = slots < 0
        foreign = np.zeros(len(ids), np.bool_)
        if self.prefix and len(self.roster.plan.datastreams):
            foreign = ~strange & ~self.roster.mask(self.prefix)[slots]
        if strange.any():
            self._look_beside(ids, strange, foreign)
        return strange, foreign

    def _look_beside(
        self, ids: NDArray[np.int64], strange: NDArray[np.bool_], foreign: NDArray[np.bool_]
    ) -> None:
        new = {one.id: one for one in self.making.values()}
        found = {i: new.get(i) or self.roster.beside(i) for i in np.unique(ids[strange]).tolist()}
        mine = [i for i, one in found.items() if one and one.name.startswith(self.prefix)]
        others = [i for i, one in found.items() if one and not one.name.startswith(self.prefix)]
        foreign |= strange & np.isin(ids, np.array(others, np.int64))
        beside = np.isin(ids, np.array(mine, np.int64))
        self.ahead = int(beside.sum())
        strange &= ~(beside | foreign)
        self.unknown |= bool(strange.any())

    def _not_of_key(self, name: str) -> str:
        return (
            f"datastream {shown(name)} is not of this key, which may send only names that begin "
            f"with {shown(self.prefix)}"
        )

    def why_foreign(self, identity: int) -> str:
        """Why a datastream named by its id is refused to this key."""
        return self._not_of_key(str(identity))


def _index(streams: pa.Table) -> Names:
    """The names of a plan's datastreams, where Arrow keeps them."""
    if not len(streams):
        return no_names()
    names = pa.concat_arrays(streams["name"].chunks)
    ends = np.frombuffer(names.buffers()[1], np.int32)[
        names.offset : names.offset + len(names) + 1
    ]
    return index_names(names.buffers()[2], ends, streams["id"].to_numpy())


def _fitting(pattern: Pattern, name: str) -> Datastream | None:
    if len(name) > 255 or (fits := pattern.match.fullmatch(name)) is None:
        return None
    said = fits.groupdict()
    place, what = pattern.place or said.get("place"), pattern.property or said.get("property")
    if not place or not what or len(what) > 64:
        return None
    return Datastream(made.id_of(name), name, place, what, pattern.unit, pattern.step_seconds)


def shown(given: object) -> str:
    """What somebody wrote, cut to be shown in a sentence."""
    text = msgspec.json.encode(given).decode(errors="replace") if given is not None else "empty"
    return text if len(text) <= 80 else text[:77] + "…"
