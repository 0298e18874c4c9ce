"""Episodes from verdicts, and their names under corrections."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.episodes import Episode, Verdict, draw_episodes, match


def verdicts(levels: list[int], final: int = 0, first: int = 0) -> list[Verdict]:
    """Verdicts of these levels; a window's value is ten times its level, none when missing."""
    return [
        Verdict(first + at, None if level < 0 else 10.0 * level, level, first + at < final)
        for at, level in enumerate(levels)
    ]


def test_two_episodes_by_hand() -> None:
    """docs/kernel/episodes.md: normal, notice, alarm, normal, warning, missing."""
    drawn, lead = draw_episodes(None, verdicts([0, 1, 3, 0, 2, -1]), 1.0)
    assert drawn == [
        Episode(1, 3, 0, 3, 30.0),
        Episode(4, 5, 0, 2, 20.0, silent=True),
    ]
    assert lead is None


def test_the_lead_is_what_is_on_where_windows_become_final() -> None:
    drawn, lead = draw_episodes(None, verdicts([0, 2, 1, 0], final=3), 1.0)
    assert drawn == [Episode(1, 3, 0, 2, 20.0)]
    assert lead == Episode(1, None, 1, 2, 20.0)
    again, _ = draw_episodes(lead, verdicts([0], first=3), 1.0)
    assert again == drawn


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-1, 3), max_size=30), st.integers(0, 30))
def test_drawn_in_two_parts_is_drawn_in_one(levels: list[int], cut: int) -> None:
    whole, _ = draw_episodes(None, verdicts(levels), 1.0)
    head = verdicts(levels, final=cut)[:cut]
    first, lead = draw_episodes(None, head, 1.0)
    rest, _ = draw_episodes(lead, verdicts(levels)[cut:], 1.0)
    ended = [episode for episode in first if episode.end is not None]
    assert ended + rest == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-1, 3), max_size=30))
def test_episodes_cover_exactly_the_windows_above_normal(levels: list[int]) -> None:
    drawn, _ = draw_episodes(None, verdicts(levels), 1.0)
    covered = {w for e in drawn for w in range(e.start, len(levels) if e.end is None else e.end)}
    assert covered == {at for at, level in enumerate(levels) if level > 0}
    assert all(not math.isnan(episode.peak_value) for episode in drawn)


def test_an_alert_keeps_its_name_when_its_start_moves() -> None:
    told = [Episode(5, None, 2, 2, 20.0)]
    assert match(told, [Episode(3, None, 2, 2, 20.0)]) == [0]
    assert match(told, [Episode(1, 3, 0, 1, 10.0), Episode(6, None, 2, 2, 20.0)]) == [None, 0]


def test_two_alerts_that_become_one_episode_leave_one_to_withdraw() -> None:
    told = [Episode(1, 3, 0, 1, 10.0), Episode(5, None, 2, 2, 20.0)]
    assert match(told, [Episode(1, None, 2, 2, 20.0)]) == [0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-1, 3), max_size=20), st.lists(st.integers(-1, 3), max_size=20))
def test_no_alert_is_taken_twice(before: list[int], after: list[int]) -> None:
    told, _ = draw_episodes(None, verdicts(before), 1.0)
    drawn, _ = draw_episodes(None, verdicts(after), 1.0)
    taken = [place for place in match(told, drawn) if place is not None]
    assert len(taken) == len(set(taken))
    assert match(told, told) == list(range(len(told)))
