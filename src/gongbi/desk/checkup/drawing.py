"""Charts as SVG without script, the same on the page and on paper.

Colours stand as attributes, so that paper needs no style sheet; classes let a page's theme
replace them. Levels darken with gravity: grey print keeps their order. Words stand beside each.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
INK, SOFT, LINE, ACCENT, WASH = "#1f2421", "#545950", "#dcd5c6", "#17587a", "#f1ede3"
LEVELS = ("#28674a", "#e3bf55", "#d0722b", "#9c1717")
TONES = ("normal", "notice", "warning", "alarm")
FILLS = {
    "accent": ACCENT,
    "normal": LEVELS[0],
    "alarm": LEVELS[3],
    "missing": "#77787c",
    "line": LINE,
}
FONT = 'font-family="Noto Sans SC" font-size="12"'


def _svg(width: float, height: float, *parts: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ck" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" {FONT}>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, said: str, *, tone: str = "soft", at: str = "start") -> str:
    fill = {"soft": SOFT, "ink": INK, "accent": ACCENT}[tone]
    return (
        f'<text class="ck-{tone}" x="{x:.1f}" y="{y:.1f}" fill="{fill}" '
        f'text-anchor="{at}">{escape(said)}</text>'
    )


def _bar(x: float, y: float, width: float, height: float, fill: str, tone: str) -> str:
    return (
        f'<rect class="ck-{tone}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{max(height, 0):.1f}" fill="{fill}"/>'
    )


def _rule(x1: float, y1: float, x2: float, y2: float, *, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="ck-line" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{LINE}"{dashed}/>'
    )


def scale(points: float, low: float, high: float, marks: Sequence[tuple[float, str]]) -> str:
    """A score on its ruler: the dot, the span that gaps leave open, and others' marks below."""
    begin = max(0.0, 10 * np.floor((min(low, points, *(at for at, _ in marks), 92) - 2) / 10))

    def x(value: float) -> float:
        return 14 + 452 * (value - begin) / (100 - begin)

    step = 5 if begin >= 50 else 20
    ticks = [
        _rule(x(at), 20, x(at), 40) + _text(x(at), 13, f"{at:g}", at="middle")
        for at in np.arange(begin, 100.1, step)
    ]
    span = _bar(x(low), 25, x(high) - x(low), 10, "#b7cfdc", "span")
    dot = f'<circle class="ck-accent" cx="{x(points):.1f}" cy="30" r="6" fill="{ACCENT}"/>'
    return _svg(
        480, 48 + 17 * len(marks), *ticks, _rule(14, 30, 466, 30), span, dot, *_marks(marks, x)
    )


def _marks(marks: Sequence[tuple[float, str]], x) -> list[str]:  # type: ignore[no-untyped-def]
    drawn = []
    for row, (value, said) in enumerate(marks):
        at, y = x(value), 58 + 17 * row
        drawn.append(_rule(at, 36, at, y - 12, dash="2 2"))
        drawn.append(f'<path class="ck-soft" d="M{at:.1f} 37l4 7h-8z" fill="{SOFT}"/>')
        right = at < 300
        drawn.append(_text(at + (5 if right else -5), y, said, at="start" if right else "end"))
    return drawn


def line(now: Reals, before: Reals, labels: Sequence[str]) -> str:
    """Scores of the parts of a period, those of the one before in grey; gaps where none is."""
    known = np.concatenate([now[~np.isnan(now)], before[~np.isnan(before)], [95.0]])
    low = max(0.0, 5 * np.floor((known.min() - 1) / 5))
    count = max(len(now), len(before), 2)

    def x(at: int) -> float:
        return 56 + 396 * at / (count - 1)

    def y(value: float) -> float:
        return 14 + 110 * (100 - value) / (100 - low)

    step = 5 if low >= 75 else 25
    grid = [
        _rule(40, y(at), 465, y(at)) + _text(33, y(at) + 4, f"{at:g}", at="end")
        for at in np.arange(100, low - 0.1, -step)
    ]
    every = max(1, len(labels) // 8)
    words = [
        _text(x(at), 146, said, at="middle") for at, said in enumerate(labels) if at % every == 0
    ]
    older = [*_path(before, x, y, "#a9a496", "before", 1.5)]
    newer = [*_path(now, x, y, ACCENT, "accent", 2.5)]
    return _svg(480, 152, *grid, *words, *older, *newer)


def _path(values: Reals, x, y, colour: str, tone: str, width: float):  # type: ignore[no-untyped-def]
    """The runs of known values as lines, each value as a dot."""
    runs: list[list[str]] = [[]]
    for at, value in enumerate(values.tolist()):
        if np.isnan(value):
            runs.append([])
            continue
        runs[-1].append(f"{x(at):.1f},{y(value):.1f}")
        spot = f'cx="{x(at):.1f}" cy="{y(value):.1f}" r="{width + 0.5}"'
        yield f'<circle class="ck-{tone}" {spot} fill="{colour}"/>'
    for run in runs:
        if len(run) > 1:
            yield (
                f'<polyline class="ck-stroke-{tone}" points="{" ".join(run)}" fill="none" '
                f'stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'
            )


def losses(rows: Sequence[tuple[str, float, float | None]]) -> str:
    """Points lost by sign: a bar now, a stroke for the period before; names stand above."""
    most = max([0.5, *(now for _, now, _ in rows), *(old for *_, old in rows if old is not None)])
    drawn = []
    for at, (said, now, before) in enumerate(rows):
        y, wide = 36 * at, 400 * now / most
        drawn.append(_text(2, y + 12, said, tone="ink"))
        drawn.append(_bar(2, y + 17, wide, 11, ACCENT, "accent"))
        drawn.append(_text(max(wide, 400 * (before or 0.0) / most) + 10, y + 27, f"{now:.1f}"))
        if before is not None:
            drawn.append(_bar(1 + 400 * before / most, y + 15, 2.5, 15, INK, "ink"))
    return _svg(480, 36 * max(len(rows), 1), *drawn)


def columns(by_part: Reals, due: Reals) -> tuple[str, float]:
    """Share of each part above the normal, by level, and what was not measured as a band below.

    Returns the chart and the tallest column, as a share, which is its full height.
    """
    measured = by_part.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.nan_to_num(by_part[:, 1:] / measured[:, None])
        gaps = np.clip(np.nan_to_num(1 - measured / due), 0, 1)
    most = float(shares.sum(axis=1).max(initial=0.0))
    wide = 196 / max(len(by_part), 1)
    drawn = [_bar(2, 50, 196, 0.8, SOFT, "soft")]
    for at in range(len(by_part)):
        x, y = 2 + wide * at, 50.0
        for level in range(3):
            tall = 46 * shares[at, level] / (most or 1)
            y -= tall
            if tall > 0:
                drawn.append(_bar(x + 1, y, wide - 2, tall, LEVELS[level + 1], TONES[level + 1]))
        if gaps[at] > 0.005:
            drawn.append(_bar(x + 1, 53, (wide - 2) * gaps[at], 5, "#9a9a96", "missing"))
    return _svg(200, 60, *drawn), most


def dots(own: float, peers: Sequence[float], said: str) -> str:
    """Peers as rings on a line, the place itself filled; no ring is named."""
    low = min([own, *peers]) - 1
    high = min(100.0, max([own, *peers]) + 1)

    def x(value: float) -> float:
        return 20 + 440 * (value - low) / ((high - low) or 1)

    ends = _text(20, 62, f"{low:.0f}") + _text(460, 62, f"{high:.0f}", at="end")
    rings = [
        f'<circle class="ck-ring" cx="{x(one):.1f}" cy="38" r="5" fill="none" stroke="{SOFT}" '
        'stroke-width="1.5"/>'
        for one in peers
    ]
    middle = float(np.median(list(peers)))
    tick = _bar(x(middle) - 1, 27, 2, 22, INK, "ink")
    mine = f'<circle class="ck-accent" cx="{x(own):.1f}" cy="38" r="7" fill="{ACCENT}"/>'
    side = "end" if x(own) > 300 else "start"
    label = _text(x(own) - (-6 if side == "start" else 6), 16, said, tone="accent", at=side)
    return _svg(480, 68, _rule(20, 38, 460, 38), *rings, tick, mine, label, ends)


def words_apart(bars: Sequence[tuple[str, Sequence[tuple[int, str]]]]) -> str:
    """Bars of counts on one scale, one below the other: (words, [(count, tone), …])."""
    most = max([1, *(sum(count for count, _ in parts) for _, parts in bars)])
    drawn = []
    for row, (said, parts) in enumerate(bars):
        y, x = 50 * row, 2.0
        drawn.append(_text(2, y + 12, said, tone="ink"))
        for count, tone in parts:
            wide = 430 * count / most
            drawn.append(_bar(x, y + 18, wide, 20, FILLS[tone], tone))
            if wide > 26:
                drawn.append(_on_bar(x + 5, y + 33, str(count), tone))
            x += wide
        drawn.append(_text(x + 6, y + 33, str(sum(count for count, _ in parts))))
    return _svg(480, 50 * len(bars), *drawn)


def _on_bar(x: float, y: float, said: str, tone: str) -> str:
    """A count inside a bar; the page's theme may turn a dark bar light, and the count with it."""
    fill = INK if tone == "line" else "#ffffff"
    return f'<text class="ck-on-{tone}" x="{x:.1f}" y="{y:.1f}" fill="{fill}">{said}</text>'
