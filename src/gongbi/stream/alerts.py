"""Alerts as told: named when first raised, moved by late rows, never doubled."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gongbi.kernel.vitals.episodes import Episode, Verdict, draw_episodes, match

Tell = Callable[[str, "Alert"], str]
"""Writes the fact of this kind for the alert and returns the alert's id."""
NOBODY: Mapping[int, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Alert:
    """An episode that has been told, under its name."""

    alert_id: str
    episode: Episode
    reason: str = ""
    held_by: tuple[str, ...] = ()
    """Works that held it back before it was raised; said when it is."""


@dataclass(slots=True)
class Watch:
    """What is remembered of one series with alerts that late rows may still move."""

    lead: Episode | None = None
    alerts: list[Alert] = field(default_factory=list)
    held_by: list[str] = field(default_factory=list)
    """Works that hold back an episode that nobody was told of."""

    @property
    def quiet(self) -> bool:
        """Nothing is on, nothing is held back, and nothing can be moved any more."""
        return self.lead is None and not self.alerts and not self.held_by

    def follow(
        self,
        chain: list[Verdict],
        sign: float,
        final: int,
        tell: Tell,
        held: Mapping[int, list[str]] = NOBODY,
    ) -> None:
        """Tell what these verdicts change; ``final`` is the first window that may still change.

        ``held`` names the works by windows: an episode begins to be told with the first window
        above level 0 that none of them touches.
        """
        drawn, lead = draw_episodes(self.lead, chain, sign)
        places = match([alert.episode for alert in self.alerts], drawn)
        kept, held_by = list[Alert](), list[str]()
        for place, episode in zip(places, drawn, strict=True):
            inside = [one.window for one in chain if one.level > 0 and _holds(episode, one.window)]
            if place is None and all(window in held for window in inside):
                names = (name for window in inside for name in held[window])
                held_by += [*self.held_by, *names] if _may_move(episode, final) else []
                continue
            kept.append(
                self._tell_one(None if place is None else self.alerts[place], episode, tell)
            )
        for place, alert in enumerate(self.alerts):
            if place not in places:
                _withdraw(alert, tell)
        self.lead, self.held_by = lead, list(dict.fromkeys(held_by))
        self.alerts = [alert for alert in kept if _may_move(alert.episode, final)]

    def _tell_one(self, told: Alert | None, episode: Episode, tell: Tell) -> Alert:
        if told is None:
            raised = Alert("", _as_raised(episode), held_by=tuple(self.held_by))
            told = Alert(tell("raised", raised), raised.episode)
        alert = Alert(told.alert_id, episode, "silent" if episode.silent else "normal")
        if _ended_anew(told.episode, episode):
            tell("cleared", alert)
        elif _differs(told.episode, episode):
            tell("changed", alert)
        return alert

    def end(self, window: int, tell: Tell) -> None:
        """The plan no longer has this series: clear what is on, at this window."""
        for alert in self.alerts:
            if alert.episode.end is None:
                tell("cleared", Alert(alert.alert_id, _ended(alert.episode, window), "plan"))


def _holds(episode: Episode, window: int) -> bool:
    return episode.start <= window and (episode.end is None or window < episode.end)


def _as_raised(episode: Episode) -> Episode:
    """How an episode looks when it is raised: still on, even when its end is known already."""
    if episode.end is None:
        return episode
    return Episode(episode.start, None, episode.peak_level, episode.peak_level, episode.peak_value)


def _ended(episode: Episode, window: int) -> Episode:
    return Episode(episode.start, window, 0, episode.peak_level, episode.peak_value)


def _withdraw(alert: Alert, tell: Tell) -> None:
    gone = _ended(alert.episode, alert.episode.start)
    tell("cleared", Alert(alert.alert_id, gone, "withdrawn"))


def _ended_anew(told: Episode, now: Episode) -> bool:
    return now.end is not None and now.end != told.end


def _differs(told: Episode, now: Episode) -> bool:
    return (told.start, told.end, told.level, told.peak_level) != (
        now.start,
        now.end,
        now.level,
        now.peak_level,
    )


def _may_move(episode: Episode, final: int) -> bool:
    """An alert that is on, or ended in a window that may still change."""
    return episode.end is None or episode.end >= final


def pack_watches(watches: dict[int, Watch]) -> list[Any]:
    """As plain lists, by slot in order."""
    return [[slot, asdict(watch)] for slot, watch in sorted(watches.items())]


def unpack_watches(packed: list[Any]) -> dict[int, Watch]:
    """The watches that ``pack_watches`` gave."""
    return dict(_unpacked(packed))


def _unpacked(packed: list[Any]) -> Iterator[tuple[int, Watch]]:
    for slot, watch in packed:
        alerts = [
            Alert(a["alert_id"], Episode(**a["episode"]), a["reason"]) for a in watch["alerts"]
        ]
        lead = Episode(**watch["lead"]) if watch["lead"] else None
        yield slot, Watch(lead, alerts, watch.get("held_by", []))  # older ones hold nothing
