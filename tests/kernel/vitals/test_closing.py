"""Windows close by the clock, late rows correct them, and the order of rows does not matter."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.fold import empty_bands, fold_series, lay_out, ring_size
from gongbi.kernel.vitals.ahead import EVENT, lay_ahead, nothing_ahead
from gongbi.kernel.vitals.closing import (
    CORRECTS,
    FINAL,
    NEW,
    VERDICT,
    begin_usual,
    close_part,
    keep_newest,
    open_court,
)
from gongbi.kernel.vitals.days import HOUR, days_from
from gongbi.kernel.vitals.levels import RULE, step_empty, step_value
from gongbi.kernel.vitals.novelty import TEMPER, empty_novelty, judge_windows
from gongbi.kernel.vitals.parts import begin_bands, due_parts, end_band

WIDTH, LATE = 10, 20
TOLD = ["series", "window", "count", "value", "level", "before", "was", "flags"]


class Bench:
    """One series of sums: windows of 10, two windows of lateness, limits 10, 20, 30."""

    def __init__(
        self,
        *,
        missing: int = 0,
        least: int = 1,
        hot: int = 0,
        width: int = WIDTH,
        late: int = LATE,
        series: int = 1,
    ) -> None:
        self.bands = empty_bands(1)
        self.bands["width"], self.bands["late"], self.bands["size"] = width, late, series
        self.bands["ring"] = ring_size(width, late)
        self.rules = np.zeros(1, RULE)
        self.rules[["sign", "notice", "warning", "alarm"]] = (1.0, 10.0, 20.0, 30.0)
        self.rules["min_windows"], self.rules["missing_windows"] = least, missing
        self.planes = lay_out(self.bands)
        self.court = open_court(self.rules, np.zeros(series, np.int32), self.bands)
        self.court.hot[:] = hot
        self.usual, self.novel = begin_usual(None, 0), empty_novelty(0)
        self.loud: list[Any] = []
        self.ahead = nothing_ahead()

    def begin(self, clock: int) -> None:
        begin_bands(self.bands, clock, -(10**9))

    def offer(self, rows: list[tuple[int, float]]) -> list[int]:
        fates = np.empty(len(rows), np.int64)
        times = np.array([time for time, _ in rows], np.int64)
        values = np.array([value for _, value in rows], float)
        fold_series(np.zeros(len(rows), np.int64), times, values, self.planes, fates)
        return fates.tolist()

    def tick(self, clock: int) -> list[Any]:
        return self.close(clock)[TOLD].tolist()

    def close(self, clock: int, most: int = 1 << 15) -> Any:
        """All verdicts, part by part."""
        found = [np.zeros(0, VERDICT)]
        for part in due_parts(self.bands, clock, most):
            begin = part.begin
            while begin < part.end:
                out, loud = np.zeros(40, VERDICT), np.zeros(40, np.int64)
                begin, put, many = close_part(
                    part.number, begin, part.end, part.until, part.final, part.due, self.planes,
                    self.court, self.usual, self.novel, self.ahead, out, loud, 18,
                )  # fmt: skip
                keep_newest(self.court.newest, out[:put])
                found.append(out[:put])
                self.loud += out[loud[:many]][TOLD].tolist()
            if part.last:
                end_band(self.bands, part)
        return np.concatenate(found)


def test_a_late_row_by_hand() -> None:
    """docs/kernel/closing.md: 12 in the first window, nothing in the next, then 20 more, late."""
    bench = Bench()
    bench.begin(0)
    bench.offer([(3, 12.0)])
    nan = str(float("nan"))
    assert bench.tick(10) == [(0, 0, 1, 12.0, 1, 0, 0, NEW)]
    assert bench.tick(20) == []
    assert bench.offer([(5, 20.0)]) == [0]
    told = bench.tick(25)
    assert told == [(0, 0, 2, 32.0, 3, 0, 1, NEW | CORRECTS), told[1]]
    assert str(told[1]) == f"(0, 1, 0, {nan}, 3, 3, 1, 3)"
    assert bench.tick(30) == []
    assert bench.offer([(9, 1.0)]) == [1]
    assert bench.bands["final"].tolist() == [1]


def test_empty_windows_become_missing_once() -> None:
    bench = Bench(missing=2)
    bench.begin(0)
    bench.offer([(1, 5.0)])
    bench.tick(10)
    told = bench.tick(1_000_000)
    assert [(row[1], row[4], row[5]) for row in told] == [(2, -1, 0)]
    assert bench.court.standing["empty"].tolist() == [100_000 - 1 - 2]
    assert bench.offer([(999_999, 11.0)]) == [0]
    assert [(row[1], row[4], row[6]) for row in bench.tick(1_000_010)] == [
        (99_999, 1, -1),
    ]


def test_windows_before_the_first_clock_are_not_missed() -> None:
    bench = Bench(missing=1)
    bench.begin(100)
    assert bench.tick(100) == []
    assert [(row[1], row[4]) for row in bench.tick(110)] == [(10, -1)]


ROWS = st.lists(st.tuples(st.integers(0, 199), st.integers(-3, 40).map(float)), max_size=40)


@settings(max_examples=120, deadline=None)
@given(
    ROWS,
    st.integers(0, 3),
    st.integers(1, 2),
    st.randoms(use_true_random=False),
    st.integers(0, 1),
)
def test_what_is_final_is_what_one_pass_would_say(
    rows: list[tuple[int, float]], missing: int, least: int, random: Any, hot: int
) -> None:
    """Rows come up to two windows late, between ticks of any length; the last word is the same."""
    bench = Bench(missing=missing, least=least, hot=hot)
    bench.begin(0)
    arrivals = sorted((time + random.randint(0, LATE), time, value) for time, value in rows)
    last_word: dict[int, tuple[int, float, int]] = {}
    changes: dict[int, int] = {}
    clock = 0
    while clock < 260:
        step = random.choice([1, 4, 9, 15])
        arrived = [
            (t, v) for at, t, v in arrivals if clock < at <= clock + step or at == clock == 0
        ]
        assert 1 not in bench.offer(arrived)
        clock += step
        for row in bench.tick(clock):
            if row[7] & NEW:
                last_word[row[1]] = (row[2], row[3], row[4])
                if row[4] != row[6]:
                    changes[row[1]] = row[4]
    for window, level, was, inside in _one_pass(bench, arrivals):
        if inside:
            assert last_word[window] == (len(inside), _in_order(inside), level)
        else:
            assert last_word.get(window, (0, 0, was))[2] in {was, level}
            assert level == was or last_word[window][2] == level
        earlier = [at for at in changes if at <= window]
        assert (changes[max(earlier)] if earlier else 0) == level, "told by changes alone"


def _one_pass(bench: Bench, arrivals: list[Any]) -> Iterator[tuple[int, int, int, list[float]]]:
    """Window, its level, the level before it, its values, were every row there in time."""
    standing = (0, 0, 0, 0, 0)
    for window in range(20):
        inside = [value for _, time, value in arrivals if time // WIDTH == window]
        rule, was = bench.rules[0], standing[0]
        standing = (
            step_value(standing, _in_order(inside), rule) if inside else step_empty(standing, rule)
        )
        yield window, standing[0], was, inside


def _in_order(values: list[float]) -> float:
    """Their sum added one after another, as the fold does it."""
    total = 0.0
    for value in values:
        total += value
    return total


def test_final_is_flagged_and_frees_nothing_it_needs() -> None:
    bench = Bench(hot=1)
    bench.begin(0)
    bench.offer([(3, 12.0)])
    flags = [
        [row[7] for row in bench.tick(clock) if row[1] == 0] for clock in (10, 20, 29, 30, 40)
    ]
    assert flags == [[NEW], [CORRECTS], [], [CORRECTS | FINAL], []]


def test_a_profile_judges_and_is_taught_by_what_is_final() -> None:
    """Hours of 10 and 12 for twelve days; then 30: notice by what is usual, and not learnt."""
    hour, day = 3_600_000_000, 86_400_000_000
    bench = Bench(width=hour, late=hour)
    bench.bands["profile"] = 0
    bench.rules[["notice", "warning", "alarm"]] = (np.nan, np.nan, np.nan)
    bench.rules[["score_notice", "score_warning", "score_alarm"]] = (5.0, 50.0, 99.0)
    bench.rules[["floor", "least_visits"]] = (1.0, 5)
    bench.usual = begin_usual(days_from(np.arange(40) * day, np.ones(40, bool)), 1)
    bench.begin(0)
    told: list[Any] = []
    for number in range(13 * 24):
        odd = number == 12 * 24 + 5
        bench.offer([(number * hour, 30.0 if odd else 10.0 + 2 * (number // 24 % 2))])
        told += bench.tick((number + 1) * hour)
    assert [(row[1], row[4]) for row in told if row[4] > 0] == [(12 * 24 + 5, 1)]
    profile = bench.usual.profile[5, 0]
    assert 10 <= profile["level"] <= 12
    assert profile["refused"] == 1
    assert bench.usual.touched[:24].all()
    assert not bench.usual.touched[24:].any()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 99), st.integers(-3, 40)), max_size=60),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
)
def test_parts_of_any_size_say_the_same(
    rows: list[tuple[int, int, int]], most: int, random: Any
) -> None:
    """Twelve series closed at once, and closed in parts; also what is loud is the same."""
    whole, parts = Bench(series=12, missing=2), Bench(series=12, missing=2)
    for bench in (whole, parts):
        bench.begin(0)
    clock = 0
    while clock < 130:
        step = random.choice([4, 9, 15])
        for bench in (whole, parts):
            for series, time, value in rows:
                if clock < time + 12 <= clock + step:
                    fate = np.empty(1, np.int64)
                    fold_series(
                        np.array([series]), np.array([time]), np.array([float(value)]),
                        bench.planes, fate,
                    )  # fmt: skip
        clock += step
        one, other = whole.close(clock), parts.close(clock, most)
        assert str(one.tolist()) == str(other.tolist())
    assert str(whole.loud) == str(parts.loud)
    news = {(row[0], row[1]) for row in whole.loud if row[7] & NEW and row[4] != row[6]}
    assert len(news) <= len(whole.loud)
    for name in ("standing", "newest", "shown"):
        one, other = getattr(whole.court, name), getattr(parts.court, name)
        assert str(one.tolist()) == str(other.tolist())


def test_only_what_has_news_is_loud() -> None:
    bench = Bench(series=3)
    bench.begin(0)
    for series, value in ((0, 5.0), (1, 12.0), (2, 5.0)):
        fold_series(
            np.array([series]), np.array([3]), np.array([value]), bench.planes,
            np.empty(1, np.int64),
        )  # fmt: skip
    assert [row[0] for row in bench.tick(10)] == [0, 1, 2]
    assert [row[0] for row in bench.loud] == [1]


def novel_bench(**words: Any) -> Bench:
    """A series of hours without limits; a surprise of 5 is a notice, held until it is below 3."""
    bench = Bench(width=HOUR, late=2 * HOUR, **words)
    bench.bands["novel"] = 0
    bench.rules[["notice", "warning", "alarm"]] = (np.nan, np.nan, np.nan)
    bench.rules[["novel_notice", "novel_warning", "novel_alarm"]] = (5.0, 20.0, np.nan)
    bench.rules[["novel_margin", "novel_least"]] = (2.0, 0.01)
    bench.novel = empty_novelty(1)
    return bench


def a_week_of_hours(seed: int) -> np.ndarray:
    """Nine days about 50, eight higher from the 200th hour on."""
    values = np.round(50 + np.random.default_rng(seed).standard_normal(216), 3)
    values[200:] += 8
    return values


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.randoms(use_true_random=False))
def test_what_is_new_is_judged_as_in_one_pass(seed: int, random: Any) -> None:
    """Rows come up to two hours late, ticks at any time: the last words are the same."""
    values, hours = a_week_of_hours(seed), np.arange(216)
    said = np.empty((216, 2))
    judge_windows(empty_novelty(1)[0], empty_novelty(1)[0], values, hours, 216, 0.01, TEMPER, said)
    bench, last = novel_bench(hot=1), dict[int, tuple[float, float]]()
    bench.begin(0)
    waiting = [(at * HOUR + random.randint(0, 2 * HOUR), at) for at in range(216)]
    clock = 0
    while clock < 220 * HOUR:
        step = random.choice([HOUR // 3, HOUR, 2 * HOUR])
        ready = [at for moment, at in sorted(waiting) if clock <= moment < clock + step]
        assert 1 not in bench.offer([(at * HOUR, float(values[at])) for at in ready])
        clock += step
        for row in bench.close(clock):
            if row["count"]:
                last[int(row["window"])] = float(row["awaited"]), float(row["surprise"])
    found = np.array([last[at] for at in range(216)])
    assert np.isnan(found[0, 0])
    assert found[1:] == pytest.approx(said[1:], rel=1e-6)


def test_a_step_is_a_notice_told_once() -> None:
    bench, told = novel_bench(), list[Any]()
    bench.begin(0)
    for at, value in enumerate(a_week_of_hours(1)):
        bench.offer([(at * HOUR, float(value))])
        told += bench.close((at + 1) * HOUR).tolist()
    words = [dict(zip(VERDICT.names or (), row, strict=True)) for row in told]
    up = [row for row in words if row["level"] > 0]
    assert up[0]["window"] == 200
    assert up[0]["awaited"] == pytest.approx(50, abs=1)
    assert {row["level"] for row in words if row["window"] < 200} == {0}
    assert {row["window"] for row in up} == {200}, "what was told in the hour before is no news"
    assert np.isnan(up[0]["expected"]), "what is usual is another matter"


def test_what_an_event_touches_teaches_nothing_and_is_judged_by_it() -> None:
    """Eight more are known ahead from the 200th hour on: they are no news, and not learnt."""
    bench, told = novel_bench(), list[int]()
    event = np.zeros(1, EVENT)
    event[["begin", "end", "factor", "shift"]] = (200 * HOUR, 400 * HOUR, 1.0, 8.0)
    bench.ahead = lay_ahead(event, [np.ones(1, bool)])
    bench.begin(0)
    for at, value in enumerate(a_week_of_hours(1)):
        bench.offer([(at * HOUR, float(value))])
        told += bench.close((at + 1) * HOUR)["level"].tolist()
    assert set(told) == {0}
    assert bench.novel["seen"].tolist() == [200]
    assert bench.novel["level"][0] == pytest.approx(50, abs=1)
