"""Which mode a place is in: the gravest that holds for it or above it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.modes import ALERT, EMERGENCY, MODES, ORDINARY, Span, mode_at

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_storm_by_hand():
    city = Span("/xx/", ALERT, NOON, NOON + 6 * HOUR)
    east = Span("/xx/xx-e/", EMERGENCY, NOON + HOUR, NOON + 2 * HOUR)
    spans = [east, city]
    assert mode_at(spans, "/xx/xx-e/a/", NOON - HOUR) == ORDINARY
    assert mode_at(spans, "/xx/xx-e/a/", NOON) == ALERT
    assert mode_at(spans, "/xx/xx-e/a/", NOON + HOUR) == EMERGENCY
    assert mode_at(spans, "/xx/xx-w/", NOON + HOUR) == ALERT
    assert mode_at(spans, "/xx/", NOON + HOUR) == ALERT
    assert mode_at(spans, "/xx/xx-e/", NOON + 2 * HOUR) == ALERT
    assert mode_at(spans, "/xx/xx-e/", NOON + 6 * HOUR) == ORDINARY


paths = st.sampled_from(["/xx/", "/xx/e/", "/xx/e/1/", "/xx/w/"])
moments = st.integers(0, 12).map(lambda n: NOON + n * HOUR)
spans = st.lists(st.builds(Span, paths, st.sampled_from(MODES), moments, moments), max_size=6)


@given(spans, spans, paths, moments)
def test_one_more_decision_never_makes_it_calmer_and_order_does_not_count(some, more, path, at):
    before, after = mode_at(some, path, at), mode_at([*some, *more], path, at)
    assert MODES.index(after) >= MODES.index(before)
    assert mode_at([*more, *reversed(some)], path, at) == after


@given(spans, moments)
def test_what_holds_for_a_place_holds_for_what_lies_in_it(some, at):
    wide, within = mode_at(some, "/xx/e/", at), mode_at(some, "/xx/e/1/", at)
    assert MODES.index(within) >= MODES.index(wide)
