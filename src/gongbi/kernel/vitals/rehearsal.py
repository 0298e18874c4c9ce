"""What a changed rule would have told otherwise: two sets of episodes, compared by series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gongbi.kernel.vitals.episodes import Episode, match

GAINED, LOST, MOVED, SAME = "gained", "lost", "moved", "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """One episode before and after the change; one of the two is None where it has no other."""

    series: int
    kind: str
    before: Episode | None
    after: Episode | None

    @property
    def shift(self) -> int:
        """How much later the changed rule begins (negative: earlier), in the episodes' unit."""
        if self.before is None or self.after is None:
            return 0
        return self.after.start - self.before.start


def compare(
    before: Mapping[int, Sequence[Episode]], after: Mapping[int, Sequence[Episode]]
) -> list[Difference]:
    """Differences by series, then by start; episodes that meet are one, the rest stand alone.

    Episodes of a series must be in order of start. Same: start, end and peak level agree.
    """
    found: list[Difference] = []
    for series in sorted({*before, *after}):
        found += _of_series(series, before.get(series, ()), after.get(series, ()))
    return found


def _of_series(series: int, old: Sequence[Episode], new: Sequence[Episode]) -> list[Difference]:
    places = match(old, new)
    told = [None if at is None else old[at] for at in places]
    found = [
        Difference(series, _kind(was, one), was, one) for was, one in zip(told, new, strict=True)
    ]
    lost = [Difference(series, LOST, one, None) for n, one in enumerate(old) if n not in places]
    return sorted([*found, *lost], key=_start)


def _kind(old: Episode | None, new: Episode) -> str:
    if old is None:
        return GAINED
    same = (old.start, old.end, old.peak_level) == (new.start, new.end, new.peak_level)
    return SAME if same else MOVED


def _start(one: Difference) -> int:
    episode = one.after or one.before
    assert episode is not None
    return episode.start
