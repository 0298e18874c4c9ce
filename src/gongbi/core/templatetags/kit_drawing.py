"""Numbers in few digits, and the small lines beside them; kit.py makes them tags."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line in a box of 100 × 36 with its limits; gaps are where data is missing."""

    segments: tuple[str, ...]
    end: tuple[float, float] | None
    limits: tuple[tuple[int, float], ...]
    words: str


def _is_known(value: float | None) -> TypeGuard[float]:
    """Whether there is a number: the engine writes NaN where there is none."""
    return value is not None and math.isfinite(value)


def amount(value: Any) -> str:
    """A number in few digits: 1,234 · 12.3 · 0.042; a dash where there is none; 1,000+ where
    counting stopped (``more``)."""
    if isinstance(value, str):
        return value
    if not _is_known(value):
        return "–"
    size = abs(value)
    digits = 0 if isinstance(value, int) or size >= 100 else 1 if size >= 10 else 2
    words = f"{value:,.{digits}f}"  # Django groups Chinese numbers not at all
    words = words.rstrip("0").rstrip(".") if digits and "." in words else words
    return f"{words}+" if getattr(value, "more", False) else words


def draw_spark(
    values: Sequence[float | None], limits: Iterable[tuple[int, float]] = ()
) -> Sparkline:
    """Lay values (oldest first) and limits (level, value) into the box."""
    known = [value for value in values if _is_known(value)]
    if not known:
        return Sparkline((), None, (), _("No readings"))
    drawn = [(level, at) for level, at in limits if _is_known(at)]
    low = min(known + [at for _level, at in drawn])
    high = max(known + [at for _level, at in drawn])
    rise = (high - low) or 1.0
    step = 100 / max(len(values) - 1, 1)

    def height(value: float) -> float:
        return round(34 - 32 * (value - low) / rise, 1)

    segments, end, current = [], None, []
    for at, value in enumerate([*values, None]):
        if _is_known(value):
            end = (round(at * step, 1), height(value))
            current.append(f"{end[0]},{end[1]}")
        elif current:
            segments.append(" ".join(current if len(current) > 1 else current * 2))
            current = []
    words = _("Lowest %(low)s, highest %(high)s, latest %(last)s") % {
        "low": amount(min(known)),
        "high": amount(max(known)),
        "last": amount(known[-1]),
    }
    lines = tuple((level, height(at)) for level, at in drawn)
    return Sparkline(tuple(segments), end, lines, words)
