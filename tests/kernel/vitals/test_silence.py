"""One silent sensor behind a gateway that lives, and a gateway that is silent as one."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.silence import GROUP_EVENT, find_silent, new_groups
from gongbi.kernel.vitals.troubles import (
    EVENT,
    SILENCE,
    begin_sensors,
    new_sensors,
    trust,
    watch_rows,
)

SECOND = 1_000_000
START = 1_700_000_000


@dataclass
class Cabinet:
    """Sensors of a minute behind one gateway, looked at every ten seconds."""

    count: int
    step: int = 60

    def __post_init__(self) -> None:
        self.trusts, self.kinds = trust(silence=3.0), np.zeros(self.count, np.uint16)
        self.sensors, self.on = new_sensors(self.count), np.zeros(self.count, np.uint16)
        self.groups, self.of = new_groups(1), np.zeros(self.count, np.int64)
        self.told: list[tuple[int, str, int, int]] = []
        begin_sensors(self.sensors, START * SECOND)

    def live(self, since: int, until: int, speaks: set[int]) -> None:
        """Seconds after START; each of ``speaks`` sends a row a minute at its own second."""
        for second in range(since, until, 10):
            who = [s for s in sorted(speaks) if second % self.step == s % 6 * 10]
            now = (START + second) * SECOND
            events, left = np.zeros(9 * len(who) + 9, EVENT), np.zeros(len(who), np.int8)
            put = watch_rows(
                np.array(who, np.int64), np.full(len(who), now), np.arange(len(who)) + second / 7,
                now, self.trusts, self.kinds, self.sensors, self.on, events, left,
            )  # fmt: skip
            self._keep(second, events[:put])
            events = np.zeros(self.count + 1, EVENT)
            put = find_silent(
                now, self.trusts, self.kinds, np.full(self.count, self.step, np.uint32),
                self.groups, self.sensors, self.of, self.on, events,
            )  # fmt: skip
            self._keep(second, events[:put])

    def _keep(self, second: int, events: np.ndarray) -> None:
        for event in events:
            word = "group" if event["kind"] == GROUP_EVENT else "one"
            begun = "silent" if event["begun"] else "back"
            self.told.append(
                (second, f"{word} {begun}", int(event["sensor"]), int(event["figure"]))
            )


def test_one_sensor_by_hand() -> None:
    # Sensor 2 speaks at 20, 80 … 560 and never again: overdue after three steps, at 740; the
    # gateway speaks at 750, when it has been overdue for ten seconds, so it is told at 750.
    cabinet = Cabinet(6)
    cabinet.live(0, 600, set(range(6)))
    cabinet.live(600, 900, {0, 1, 3, 4, 5})
    assert cabinet.told == [(750, "one silent", 2, 190)]
    cabinet.live(900, 1000, set(range(6)))
    assert cabinet.told[1:] == [(920, "one back", 2, 360)]


def test_a_gateway_is_one_trouble_and_its_return_makes_none() -> None:
    cabinet = Cabinet(60)
    cabinet.live(0, 600, set(range(60)))
    cabinet.live(600, 1200, set())
    assert [what for _, what, *_ in cabinet.told] == ["group silent"]
    second, _, group, sensors = cabinet.told[0]
    assert (group, sensors) == (0, 60)
    assert 590 + 180 <= second <= 590 + 200
    cabinet.live(1200, 1800, set(range(60)))
    assert [what for _, what, *_ in cabinet.told] == ["group silent", "group back"]


def test_one_that_does_not_come_back_with_its_gateway_is_told_alone() -> None:
    cabinet = Cabinet(60)
    cabinet.live(0, 600, set(range(60)))
    cabinet.live(600, 1200, set())
    cabinet.live(1200, 1800, set(range(60)) - {7})
    assert [(what, which) for _, what, which, _ in cabinet.told][2:] == [("one silent", 7)]


def test_a_sensor_that_never_spoke_and_one_that_tells_only_events() -> None:
    cabinet = Cabinet(6)
    cabinet.live(0, 600, {0, 1, 2, 3, 4})
    assert [(what, which) for _, what, which, _ in cabinet.told] == [("one silent", 5)]
    quiet = Cabinet(6)
    quiet.trusts["silence"] = 0.0
    quiet.live(0, 600, set())
    assert quiet.told == []


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=12))
def test_what_is_on_was_told_and_what_ended_had_begun(parts: list[set[int]]) -> None:
    cabinet = Cabinet(6)
    for number, speaks in enumerate(parts):
        cabinet.live(240 * number, 240 * number + 240, speaks)
    is_on: dict[tuple[str, int], bool] = {}
    for _, what, which, _ in cabinet.told:
        word, state = what.split()
        assert is_on.get((word, which), False) == (state == "back")
        is_on[word, which] = state == "silent"
    assert is_on.get(("group", 0), False) == bool(cabinet.groups["on"][0])
    for slot in range(6):
        assert is_on.get(("one", slot), False) == bool(int(cabinet.on[slot]) >> SILENCE & 1)
