"""From the kernel's verdicts to what others read beside readings: changes of level, alerts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.vitals.closing import CORRECTS, FINAL, NEW, VERDICT
from gongbi.kernel.vitals.episodes import Verdict
from gongbi.kernel.vitals.levels import limits_of
from gongbi.stream import facts
from gongbi.stream.alerts import Alert, Watch
from gongbi.stream.foreknown import Foreknown
from gongbi.stream.made import Made
from gongbi.stream.outputs import Outputs
from gongbi.stream.plans import Plan
from gongbi.stream.state import State


class Row(NamedTuple):
    """A verdict as ``VERDICT`` has it, in plain numbers; and the limits of its three levels."""

    series: int
    surprise: float
    window: int
    rows: int
    value: float
    level: int
    before: int
    was: int
    flags: int
    awaited: float
    begin: int
    expected: float
    scatter: float
    limits: tuple[float, float, float]
    known: list[dict[str, Any]]
    """What is known ahead and bears on its window."""

    @property
    def said(self) -> float | None:
        """Its value, None of an empty window."""
        return self.value if self.rows else None

    @property
    def why(self) -> dict[str, Any]:
        """What was expected, is new and known ahead; nothing where there is none: facts are short.

        ``expected`` is the usual without the events; they say what they add to it.
        """
        known: dict[str, Any] = {"known": self.known} if self.known else {}
        if self.surprise == self.surprise:
            known |= {"surprise": _short(self.surprise), "awaited": _short(self.awaited)}
        if self.expected != self.expected:
            return known
        return {"expected": self.expected, "scatter": self.scatter, **known}

    @property
    def held_by(self) -> list[str]:
        """Works that hold alerts back in its window."""
        return [one["event"] for one in self.known if "holds" in one]

    def limit(self, level: int) -> float | None:
        """The limit of a level in this window: the absolute one, or by what is usual."""
        return self.limits[level - 1] if level > 0 else None


class Head(NamedTuple):
    """What is told of a series in each fact, looked up for many at once."""

    slot: int
    series: int
    indicator: str
    place: str
    width: int
    offset: int
    sign: float
    missing: int

    def start_of(self, window: int) -> int:
        """Microseconds at which a window begins."""
        return window * self.width + self.offset

    def fact(self, kind: str, window: int) -> dict[str, Any]:
        """How every fact begins."""
        start = self.start_of(window)
        return {
            "fact": kind,
            "series": self.series,
            "indicator": self.indicator,
            "place": self.place,
            "window_start": start,
            "window_end": start + self.width,
        }


@dataclass(slots=True)
class Verdicts:
    """Tells verdicts of one plan's series; the order of what it writes is that of the slots."""

    plan: Plan
    state: State
    outputs: Outputs
    watches: dict[int, Watch]
    known: Foreknown
    made: Made | None = None

    def tell(self, verdicts: NDArray[np.void], final: int) -> None:
        """Write facts of verdicts that come series after series, all of each; of one band.

        ``final`` is the first window of the band that may still change.
        """
        slots, firsts = np.unique(verdicts["series"], return_index=True)
        rows, ends = self._rows(verdicts), [*firsts.tolist(), len(verdicts)][1:]
        hot = self.state.court.hot[slots].tolist()
        for head, begin, end, again in zip(
            self._heads(slots), firsts.tolist(), ends, hot, strict=True
        ):
            mine = rows[begin:end]
            for row in mine:
                if row.flags & NEW and row.level != row.was:
                    self._write(self._level_fact(head, row))
            if again or any(row.level > 0 or row.was > 0 for row in mine):
                self._follow(head, mine, final)

    def _rows(self, verdicts: NDArray[np.void]) -> list[Row]:
        court, found = self.state.court, np.empty((len(verdicts), 3))
        known = self._bearing(verdicts)
        added = np.array([sum(k.get("added", 0.0) for k in one) for one in known])
        series, scatter = (np.ascontiguousarray(verdicts[name]) for name in ("series", "scatter"))
        expected = verdicts["expected"] + added
        limits_of(series, expected, scatter, court.rules, court.rule_of, found)
        words = zip(verdicts.tolist(), map(tuple, found.tolist()), known, strict=True)
        return [Row._make([*row, limits, bears]) for row, limits, bears in words]

    def _bearing(self, verdicts: NDArray[np.void]) -> list[list[dict[str, Any]]]:
        """What is known ahead of each."""
        if not self.known.events:
            return [[]] * len(verdicts)
        slots, begins = (verdicts[name].tolist() for name in ("series", "begin"))
        usual, awaited = verdicts["expected"], verdicts["awaited"]
        expected = np.where(np.isnan(usual), awaited, usual).tolist()
        widths = self.state.bands["width"][self.state.band_of(verdicts["series"])].tolist()
        windows = zip(slots, begins, widths, expected, strict=True)
        return [
            self.known.bearing(slot, at, at + width, usual) for slot, at, width, usual in windows
        ]

    def _heads(self, slots: NDArray[np.integer[Any]]) -> Iterator[Head]:
        """What can be looked up for many series at once is."""
        state, court = self.state, self.state.court
        series = state.series_ids[slots]
        bands = state.bands[state.band_of(slots)]
        rules = court.rules[court.rule_of[slots]]
        figures = bands["width"], bands["offset"], rules["sign"], rules["missing_windows"]
        columns = (one.tolist() for one in figures)
        places = zip(
            slots.tolist(), series.tolist(), *self.plan.told_of(series), *columns, strict=True
        )
        return (Head(*one) for one in places)

    def _write(self, said: dict[str, Any]) -> None:
        self.outputs.append(facts.FILE, facts.pack_fact(said))

    def _inputs(self, slot: int, window: int) -> dict[str, Any]:
        """What a made series rested on; nothing for one that is measured."""
        found = self.made.inputs(slot, window) if self.made and self.made.count else []
        return {"inputs": found} if found else {}

    def _level_fact(self, head: Head, row: Row) -> dict[str, Any]:
        since = row.begin - (max(head.missing, 1) - 1) * head.width
        return head.fact("level", row.window) | {
            "value": row.said,
            "level": row.level,
            "provisional": not row.flags & FINAL,
            "limit": row.limit(max(row.level, row.was)) if row.level >= 0 else None,
            "was": row.was,
            "corrects": bool(row.flags & CORRECTS),
            "expected_since": since if row.level < 0 else None,
            **row.why,
            **self._inputs(head.slot, row.window),
        }

    def _follow(self, head: Head, rows: list[Row], final: int) -> None:
        """Let the series' alerts follow its verdicts, and remember whether to look again."""
        watch = self.watches.get(head.series)
        if watch is None:
            watch = self.watches[head.series] = Watch()
        newest = rows[-1]

        def tell(kind: str, alert: Alert) -> str:
            return self._alert_fact(kind, head, newest, alert)

        held = {row.window: row.held_by for row in rows if row.held_by}
        watch.follow([_heard(row) for row in rows], head.sign, final, tell, held)
        self.state.court.hot[head.slot] = 0 if watch.quiet else 1
        if watch.quiet:
            del self.watches[head.series]

    def _alert_fact(self, kind: str, head: Head, newest: Row, alert: Alert) -> str:
        episode = alert.episode
        said = head.fact(kind, newest.window) | {
            "value": newest.said,
            "level": episode.level,
            "provisional": not newest.flags & FINAL,
            "limit": newest.limit(episode.peak_level),
            "alert_id": alert.alert_id or self._name_for(head),
            "start": head.start_of(episode.start),
            "peak_level": episode.peak_level,
            "peak_value": episode.peak_value,
            **newest.why,
            **self._inputs(head.slot, newest.window),
        }
        if alert.held_by:
            said["known"] = [
                *newest.known,
                *({"event": one, "held": True} for one in alert.held_by),
            ]
        if kind == "cleared":
            assert episode.end is not None
            said |= {"end": head.start_of(episode.end), "reason": alert.reason}
        self._write(said)
        name: str = said["alert_id"]
        return name

    def _name_for(self, head: Head) -> str:
        """A name no other alert has: the series and where in the facts it was raised."""
        return f"{head.series}-{self.outputs.length(facts.FILE)}"

    def end(self, slots: NDArray[np.int64]) -> None:
        """The plan that comes has not these series: their alerts are cleared."""
        ids = self.state.series_ids[slots].tolist()
        slots = slots[np.array([one in self.watches for one in ids], np.bool_)]
        closed = self.state.bands["closed"][self.state.band_of(slots)].tolist()
        newest = self._rows(self._last_verdicts(slots))
        for head, row, window in zip(self._heads(slots), newest, closed, strict=True):
            watch = self.watches.pop(head.series)
            watch.end(window, self._teller(head, row))

    def _teller(self, head: Head, newest: Row) -> Any:
        return lambda kind, alert: self._alert_fact(kind, head, newest, alert)

    def _last_verdicts(self, slots: NDArray[np.int64]) -> NDArray[np.void]:
        """The newest verdict of each series."""
        newest, found = self.state.court.newest[slots], np.zeros(len(slots), VERDICT)
        found["series"], found["flags"] = slots, FINAL
        found["surprise"] = found["awaited"] = np.nan
        for name in ("window", "value", "count", "expected", "scatter"):
            found[name] = newest[name]
        return found


def _short(value: float) -> float | None:
    """A figure of 32 bits without the digits it does not have."""
    return float(f"{value:.6g}") if value == value else None  # noqa: PLR0124 - NaN differs


def _heard(row: Row) -> Verdict:
    return Verdict(row.window, row.said, row.level, bool(row.flags & FINAL))
