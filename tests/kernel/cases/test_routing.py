"""Routing: by hand, as properties, and on a recorded table."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.routing import Matter, Router, Rule, check

SHANGHAI = ZoneInfo("Asia/Shanghai")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = Rule("night-crew", types=frozenset({"burst-pipe"}), hours=(22 * 60, 6 * 60))
EAST = Rule("east", types=frozenset({"burst-pipe"}), places=frozenset({"xx-e"}))
WATER = Rule("water", groups=frozenset({"water"}))


def test_the_page_s_example_by_hand():
    """docs/kernel/routing.md: a burst pipe in the west at 21:59 misses the night by a minute."""
    matter = Matter(
        "burst-pipe",
        "water",
        frozenset({"xx", "xx-w"}),
        datetime(2026, 11, 24, 21, 59, tzinfo=SHANGHAI),
        0,
    )
    routed = Router([NIGHT, EAST, WATER]).route(matter)
    assert routed.rule == "water"
    assert routed.because == ("kind",)
    assert [(near.rule, near.false) for near in routed.nearly] == [
        ("night-crew", ("time",)),
        ("east", ("place",)),
    ]


def test_an_unknown_place_neither_fires_nor_crashes_and_is_told():
    matter = Matter("burst-pipe", "water", None, datetime(2026, 11, 24, 9, tzinfo=SHANGHAI))
    routed = Router([EAST, WATER]).route(matter)
    assert routed.rule == "water"
    assert (routed.nearly[0].rule, routed.nearly[0].unknown) == ("east", ("place",))


def test_unknown_type_is_rescued_by_a_known_group():
    rule = Rule("either", types=frozenset({"a"}), groups=frozenset({"water"}))
    assert check(rule, Matter(group="water")) == {"kind": True}
    assert check(rule, Matter(group="power")) == {"kind": None}


def test_day_and_hour_come_from_the_same_clock():
    """00:30 on a Saturday in Amsterdam is Saturday, although UTC still says Friday."""
    instant = datetime(2026, 10, 23, 22, 30, tzinfo=UTC).astimezone(AMSTERDAM)
    saturday = Rule("saturday", weekdays=frozenset({6}))
    friday = Rule("friday", weekdays=frozenset({5}))
    assert Router([friday, saturday]).route(Matter(local=instant)).rule == "saturday"


def test_the_night_after_midnight_belongs_to_the_day_it_began():
    friday_night = Rule("fri", hours=(1320, 360), weekdays=frozenset({5}))
    at = datetime(2026, 10, 24, 2, tzinfo=SHANGHAI)  # a Saturday
    assert check(friday_night, Matter(local=at)) == {"time": True}
    assert check(friday_night, Matter(local=at.replace(hour=22))) == {"time": False}


def test_refuses_nonsense():
    with pytest.raises(ValueError, match="hours"):
        Rule("r", hours=(60, 60))
    with pytest.raises(ValueError, match="aware"):
        Matter(local=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="code of its own"):
        Router([WATER, WATER])


codes = st.sampled_from(["a", "b", "c"])
some = st.frozensets(codes, max_size=2)
rules = st.builds(
    Rule,
    code=st.uuids().map(str),
    types=some,
    groups=some,
    places=some,
    hours=st.none() | st.tuples(st.integers(0, 700), st.integers(701, 1440)),
    weekdays=st.frozensets(st.integers(1, 7), max_size=3),
    min_level=st.none() | st.integers(0, 3),
)
matters = st.builds(
    Matter,
    type=st.none() | codes,
    group=st.none() | codes,
    places=st.none() | some,
    local=st.none() | st.datetimes(timezones=st.just(SHANGHAI)),
    level=st.none() | st.integers(0, 3),
)


@settings(max_examples=150)
@given(st.lists(rules, max_size=8), matters)
def test_the_index_answers_as_a_plain_scan_would(table, matter):
    plain = next((rule.code for rule in table if all(check(rule, matter).values())), None)
    assert Router(table).route(matter).rule == plain


@settings(max_examples=150)
@given(rules, matters, matters)
def test_learning_more_never_takes_a_fired_rule_back(rule, matter, more):
    """Kleene's logic is monotone: filling in unknowns keeps every true and every false."""
    before = check(rule, matter)
    fields = ("type", "group", "places", "local", "level")
    known = {f: getattr(matter, f) for f in fields}
    filled = Matter(**{f: v if v is not None else getattr(more, f) for f, v in known.items()})
    after = check(rule, filled)
    assert all(after[name] == truth for name, truth in before.items() if truth is not None)


def test_recorded_table():
    recorded = json.loads((Path(__file__).parent / "data/routes.json").read_text("utf-8"))
    router = Router([_rule(row) for row in recorded["rules"]])
    for row in recorded["matters"]:
        local = datetime.fromisoformat(row["at"]).astimezone(SHANGHAI)
        matter = Matter(row["type"], row["group"], frozenset(row["places"]), local, row["level"])
        routed = router.route(matter)
        assert (routed.rule, routed.runner_up) == (row["fired"], row["runner_up"]), row


def _rule(row):
    sets = {k: frozenset(row.get(k, ())) for k in ("types", "groups", "places", "weekdays")}
    hours = tuple(row["hours"]) if "hours" in row else None
    return Rule(row["code"], hours=hours, min_level=row.get("min_level"), **sets)
