"""Routing: by hand, as properties, and on a recorded table."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.conditions import Conditions, text_of
from gongbi.kernel.cases.routing import Matter, Router, Rule, check, route_plainly

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


def test_an_unanswered_question_makes_only_its_own_part_unknown():
    """Another city system read an unanswered question as *false* for the whole rule."""
    rule = Rule(
        "gas",
        any=(
            Conditions(facts=(("smells", frozenset({"true"})),)),
            Conditions(sources=frozenset({"hotline"})),
        ),
    )
    assert check(rule, Matter(source="hotline")) == {"any": True}
    assert check(rule, Matter(source="web")) == {"any": None}
    assert check(rule, Matter(source="web", facts={"smells": "false"})) == {"any": False}
    routed = Router([rule, WATER]).route(Matter(group="water", source="web"))
    assert (routed.rule, routed.nearly[0].unknown) == ("water", ("any",))


def test_an_exception_that_is_unknown_holds_the_rule_back_and_says_so():
    rule = Rule(
        "day", none=(Conditions(hours=(1320, 360)), Conditions(places=frozenset({"xx-e"})))
    )
    noon = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
    assert check(rule, Matter(local=noon, places=frozenset({"xx-w"}))) == {"not": True}
    assert check(rule, Matter(local=noon, places=frozenset({"xx-e"}))) == {"not": False}
    assert check(rule, Matter(local=noon)) == {"not": None}
    assert check(rule, Matter(local=noon.replace(hour=23))) == {"not": False}


def test_a_number_and_a_text_never_clash():
    """``sub > 3`` on a text was an error that was swallowed; here both are texts."""
    assert [text_of(one) for one in (True, 3, 3.0, 2.5, "3")] == ["true", "3", "3", "2.5", "3"]
    rule = Rule("three", facts=(("floors", frozenset({text_of(3)})),))
    assert check(rule, Matter(facts={"floors": text_of("many")})) == {"fact:floors": False}


def test_a_rule_for_the_emergency_fires_in_it_alone_and_an_unknown_mode_is_told():
    storm = Rule("storm", groups=frozenset({"water"}), modes=frozenset({"alert", "emergency"}))
    router = Router([storm, WATER])
    assert router.asks_mode
    assert not Router([WATER]).asks_mode
    grave = router.route(Matter(group="water", mode="emergency"))
    assert (grave.rule, grave.because) == ("storm", ("kind", "mode"))
    calm = router.route(Matter(group="water", mode="ordinary"))
    assert (calm.rule, calm.nearly[0].false) == ("water", ("mode",))
    assert router.route(Matter(group="water")).nearly[0].unknown == ("mode",)


def test_rules_of_another_place_are_told_last():
    rules = [
        *(Rule(f"at-{n}", types=frozenset({"a"}), places=frozenset({f"p{n}"})) for n in range(9)),
        Rule("by-night", types=frozenset({"a"}), hours=(1320, 360)),
        Rule("if-known", types=frozenset({"a"}), min_level=1),
    ]
    noon = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
    routed = Router(rules).route(Matter("a", places=frozenset({"x"}), local=noon))
    told = [near.rule for near in routed.nearly]
    assert told == ["if-known", "by-night", "at-0", "at-1", "at-2"]


codes = st.sampled_from(["a", "b", "c"])
some = st.frozensets(codes, max_size=2)
asked = {
    "types": some,
    "groups": some,
    "places": some,
    "hours": st.none()
    | st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
        lambda span: span if span[0] != span[1] else (span[0], span[1] % 1440 + 1)
    ),
    "weekdays": st.frozensets(st.integers(1, 7), max_size=3),
    "min_level": st.none() | st.integers(0, 3),
    "sources": some,
    "priorities": st.frozensets(st.integers(1, 4), max_size=2),
    "modes": some,
    "facts": st.dictionaries(codes, st.frozensets(codes, min_size=1, max_size=2), max_size=2).map(
        lambda said: tuple(said.items())
    ),
}
few = {name: asked[name] for name in ("places", "hours", "min_level", "modes", "facts")}
nested = st.lists(st.builds(Conditions, **few), max_size=2).map(tuple)
rules = st.builds(Rule, st.uuids().map(str), any=nested, none=nested, **asked)
matters = st.builds(
    Matter,
    type=st.none() | codes,
    group=st.none() | codes,
    places=st.none() | some,
    local=st.none() | st.datetimes(timezones=st.just(SHANGHAI)),
    level=st.none() | st.integers(0, 3),
    source=st.none() | codes,
    priority=st.none() | st.integers(1, 4),
    facts=st.dictionaries(codes, codes, max_size=2),
    mode=st.none() | codes,
)


@settings(max_examples=300)
@given(st.lists(rules, max_size=5), st.lists(matters, min_size=1, max_size=3), st.booleans())
def test_the_compiled_table_answers_as_a_plain_scan_would(table, met, skips):
    """Whole answers: the rule, why, the next one, and those that nearly fired."""
    router = Router(table)
    skip = frozenset(rule.code for rule in table[:2]) if skips else frozenset()
    for matter in met:
        assert router.route(matter, skip) == route_plainly(table, matter, skip)


@settings(max_examples=150)
@given(rules, matters, matters)
def test_learning_more_never_takes_a_fired_rule_back(rule, matter, more):
    """Kleene's logic is monotone: filling in unknowns keeps every true and every false."""
    before = check(rule, matter)
    fields = ("type", "group", "places", "local", "level", "source", "priority", "mode")
    known = {f: getattr(matter, f) for f in fields}
    filled = Matter(
        **{f: v if v is not None else getattr(more, f) for f, v in known.items()},
        facts={**more.facts, **matter.facts},
    )
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
