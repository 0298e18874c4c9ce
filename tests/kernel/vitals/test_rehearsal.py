"""Two sets of episodes compared: by hand, and what must hold of any."""

import math

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.vitals.episodes import Episode
from gongbi.kernel.vitals.rehearsal import GAINED, LOST, MOVED, SAME, compare


def episode(start: int, end: int | None, peak: int = 1) -> Episode:
    return Episode(start, end, 0 if end else peak, peak, 1.0)


def test_by_hand() -> None:
    before = {1: [episode(0, 5), episode(10, 12), episode(20, None)], 2: [episode(3, 4)]}
    after = {1: [episode(1, 5), episode(20, None)], 3: [episode(7, 9, 3)]}
    found = compare(before, after)
    assert [(d.series, d.kind, d.shift) for d in found] == [
        (1, MOVED, 1),
        (1, LOST, 0),
        (1, SAME, 0),
        (2, LOST, 0),
        (3, GAINED, 0),
    ]


Drawn = dict[int, list[Episode]]
STEPS = st.tuples(st.integers(1, 3), st.integers(2, 9), st.integers(1, 9), st.integers(1, 3))


def laid(steps: list[tuple[int, int, int, int]]) -> Drawn:
    """Episodes of up to three series that do not touch."""
    ends, found = dict.fromkeys((1, 2, 3), 0), Drawn()
    for series, gap, length, peak in steps:
        start = ends[series] + gap
        ends[series] = start + length
        found.setdefault(series, []).append(episode(start, ends[series], peak))
    return found


def chains() -> st.SearchStrategy[Drawn]:
    return st.lists(STEPS, max_size=9).map(laid)


@given(chains(), chains())
def test_every_episode_stands_in_one_difference(
    before: dict[int, list[Episode]], after: dict[int, list[Episode]]
) -> None:
    found = compare(before, after)
    olds = [(d.series, d.before) for d in found if d.before is not None]
    news = [(d.series, d.after) for d in found if d.after is not None]
    assert sorted(olds, key=repr) == sorted(((s, e) for s in before for e in before[s]), key=repr)
    assert sorted(news, key=repr) == sorted(((s, e) for s in after for e in after[s]), key=repr)
    assert all((d.kind == GAINED) == (d.before is None) for d in found)
    assert all((d.kind == LOST) == (d.after is None) for d in found)


@given(chains())
def test_nothing_changes_where_nothing_was_changed(one: dict[int, list[Episode]]) -> None:
    assert all(d.kind == SAME and math.isclose(d.shift, 0) for d in compare(one, one))
