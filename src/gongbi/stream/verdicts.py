"""From the kernel's verdicts to what others read: readings, changes of level, alerts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.vitals.closing import CORRECTS, FINAL, NEW
from gongbi.kernel.vitals.episodes import Verdict
from gongbi.kernel.vitals.levels import signed_limits
from gongbi.stream import facts
from gongbi.stream.alerts import Alert, Watch
from gongbi.stream.made import Made
from gongbi.stream.outputs import Outputs
from gongbi.stream.plans import Plan
from gongbi.stream.recent import READING
from gongbi.stream.state import State


@dataclass(slots=True)
class Verdicts:
    """Tells verdicts of one plan's series; the order of what it writes is that of the slots."""

    plan: Plan
    state: State
    outputs: Outputs
    watches: dict[int, Watch]
    made: Made | None = None

    def tell(self, verdicts: NDArray[np.void]) -> None:
        """Write readings and facts of these verdicts, which come series after series."""
        new = verdicts["flags"] & NEW > 0
        self._write_readings(verdicts[new])
        series = verdicts["series"]
        changed = new & (verdicts["level"] != verdicts["was"])
        watched = (verdicts["level"] > 0) | (verdicts["was"] > 0)
        watched |= self.state.court.hot[series] > 0
        at = 0
        for slot in np.unique(series[watched]).tolist():
            begin, end = np.searchsorted(series, [slot, slot + 1]).tolist()
            self._tell_changes(verdicts[at:end][changed[at:end]])
            self._follow(slot, verdicts[begin:end])
            at = end
        self._tell_changes(verdicts[at:][changed[at:]])

    def _tell_changes(self, rows: NDArray[np.void]) -> None:
        """Level facts of many series: what can be looked up for all at once is."""
        if not len(rows):
            return
        series = self.state.series_ids[rows["series"]]
        told = self.plan.told_of(series)
        widths = self.state.bands["width"][self.state.band_of(rows["series"])]
        places = zip(rows, series.tolist(), *told, widths.tolist(), strict=True)
        packed = [facts.pack_fact(self._level_fact(*words)) for words in places]
        self.outputs.append(facts.FILE, b"".join(packed))

    def _write_readings(self, rows: NDArray[np.void]) -> None:
        if not len(rows):
            return
        readings = np.empty(len(rows), READING)
        readings["series"] = self.state.series_ids[rows["series"]]
        readings["window_start"] = rows["begin"]
        for name in ("count", "value", "level", "expected", "scatter"):
            readings[name] = rows[name]
        self.outputs.add_readings(readings)

    def _write(self, said: dict[str, Any]) -> None:
        self.outputs.append(facts.FILE, facts.pack_fact(said))

    def _band(self, slot: int) -> Any:
        return self.state.bands[self.state.band_of(slot)]

    def _rule(self, slot: int) -> Any:
        court = self.state.court
        return court.rules[court.rule_of[slot]]

    def _start_of(self, slot: int, window: int) -> int:
        band = self._band(slot)
        return int(window * band["width"] + band["offset"])

    def _head(self, kind: str, slot: int, window: int) -> dict[str, Any]:
        series = self.state.series_ids[slot : slot + 1]
        [indicator], [place] = self.plan.told_of(series)
        start, width = self._start_of(slot, window), int(self._band(slot)["width"])
        return _named(kind, int(series[0]), indicator, place, start, width)

    def _limit(self, slot: int, level: int, row: Any) -> float | None:
        """The limit of a level in the row's window: the absolute one, or by what is usual."""
        if level <= 0:
            return None
        rule = self._rule(slot)
        limits = signed_limits(rule, float(row["expected"]), float(row["scatter"]))
        return float(rule["sign"] * limits[level - 1])

    @staticmethod
    def _usual(row: Any) -> dict[str, float]:
        """What was expected; nothing where nothing is known, so that such facts stay as short."""
        if np.isnan(row["expected"]):
            return {}
        return {"expected": float(row["expected"]), "scatter": float(row["scatter"])}

    def _inputs(self, slot: int, window: int) -> dict[str, Any]:
        """What a made series rested on; nothing for one that is measured."""
        found = self.made.inputs(slot, window) if self.made else []
        return {"inputs": found} if found else {}

    def _level_fact(
        self, row: Any, series: int, indicator: str, place: str, width: int
    ) -> dict[str, Any]:
        level, was, flags, start = (int(row[n]) for n in ("level", "was", "flags", "begin"))
        slot = int(row["series"])
        since = start - (max(int(self._rule(slot)["missing_windows"]), 1) - 1) * width
        return _named("level", series, indicator, place, start, width) | {
            "value": float(row["value"]) if row["count"] else None,
            "level": level,
            "provisional": not flags & FINAL,
            "limit": self._limit(slot, max(level, was), row) if level >= 0 else None,
            "was": was,
            "corrects": bool(flags & CORRECTS),
            "expected_since": since if level < 0 else None,
            **self._usual(row),
            **self._inputs(slot, int(row["window"])),
        }

    def _follow(self, slot: int, rows: NDArray[np.void]) -> None:
        """Let the series' alerts follow its verdicts, and remember whether to look again."""
        series = int(self.state.series_ids[slot])
        watch = self.watches.setdefault(series, Watch())
        chain = list(_chain(rows))
        newest = rows[-1]

        def tell(kind: str, alert: Alert) -> str:
            return self._alert_fact(kind, slot, newest, alert)

        final = int(self._band(slot)["final"])
        watch.follow(chain, float(self._rule(slot)["sign"]), final, tell)
        self.state.court.hot[slot] = 0 if watch.quiet else 1
        if watch.quiet:
            del self.watches[series]

    def _alert_fact(self, kind: str, slot: int, newest: NDArray[np.void], alert: Alert) -> str:
        episode = alert.episode
        said = self._head(kind, slot, int(newest["window"])) | {
            "value": float(newest["value"]) if newest["count"] else None,
            "level": episode.level,
            "provisional": not int(newest["flags"]) & FINAL,
            "limit": self._limit(slot, episode.peak_level, newest),
            "alert_id": alert.alert_id or self._name_for(slot),
            "start": self._start_of(slot, episode.start),
            "peak_level": episode.peak_level,
            "peak_value": episode.peak_value,
            **self._usual(newest),
            **self._inputs(slot, int(newest["window"])),
        }
        if kind == "cleared":
            assert episode.end is not None
            said |= {"end": self._start_of(slot, episode.end), "reason": alert.reason}
        self._write(said)
        name: str = said["alert_id"]
        return name

    def _name_for(self, slot: int) -> str:
        """A name no other alert has: the series and where in the facts it was raised."""
        return f"{int(self.state.series_ids[slot])}-{self.outputs.length(facts.FILE)}"

    def end(self, slots: NDArray[np.int64]) -> None:
        """The plan that comes has not these series: their alerts are cleared."""
        for slot in slots.tolist():
            watch = self.watches.pop(int(self.state.series_ids[slot]), None)
            if watch is not None:
                newest = self._last_verdict(slot)
                tell = self._teller(slot, newest)
                watch.end(int(self._band(slot)["closed"]), tell)

    def _teller(self, slot: int, newest: NDArray[np.void]) -> Any:
        return lambda kind, alert: self._alert_fact(kind, slot, newest, alert)

    def _last_verdict(self, slot: int) -> Any:
        """The newest verdict of a series, as a row with flags."""
        newest = self.state.court.newest[slot]
        return {
            "window": newest["window"],
            "value": newest["value"],
            "count": newest["count"],
            "flags": FINAL,
            "expected": newest["expected"],
            "scatter": newest["scatter"],
        }


def _named(
    kind: str, series: int, indicator: str, place: str, start: int, width: int
) -> dict[str, Any]:
    return {
        "fact": kind,
        "series": series,
        "indicator": indicator,
        "place": place,
        "window_start": start,
        "window_end": start + width,
    }


def _chain(rows: NDArray[np.void]) -> Iterator[Verdict]:
    for row in rows:
        value = float(row["value"]) if row["count"] else None
        yield Verdict(int(row["window"]), value, int(row["level"]), bool(row["flags"] & FINAL))
