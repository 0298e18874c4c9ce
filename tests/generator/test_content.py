"""The texts of a drawn pack agree with each other, and an ordinary day stays within limits."""

import csv
import tomllib

import numpy as np
import pytest

from gongbi.generator.names import NameBook, numeral, words
from gongbi.generator.senses import SENSES
from gongbi.kernel.calendars import parse_promise
from gongbi.kernel.cases.suggest import know_words, suggest


def read(pack, name):
    return tomllib.loads((pack.folder / name).read_text(encoding="utf-8"))


def test_case_types_are_about_forty_with_words_in_both_languages(pack):
    types = read(pack, "case_types.toml")["case_type"]
    calendars = read(pack, "calendars.toml")["calendar"]
    assert 40 <= len(types) <= 45
    assert len({one["code"] for one in types}) == len(types)
    for one in types:
        assert one["calendar"] in calendars
        parse_promise(one["solve"])
        parse_promise(one["first_contact"])
        assert any(word.isascii() for word in one["words"]), one["code"]
        assert any(not word.isascii() for word in one["words"]), one["code"]
        days = one["solve"].removesuffix(" working_days")
        assert not days.isdigit() or int(days) in (1, 2, 5, 15), one["code"]


def test_each_type_says_how_long_what_a_resident_gave_is_kept(pack):
    for one in read(pack, "case_types.toml")["case_type"]:
        assert 90 <= one["keep_days"] <= 1095, one["code"]
        for days in one.get("keep", {}).values():
            assert days <= one["keep_days"], one["code"]
        if "report" in one["sources"] and one["code"] != "retaliation":
            assert one["keep"]["contact"] < one["keep_days"], one["code"]


def test_some_types_need_a_skill_and_one_is_filed_first(pack):
    types = read(pack, "case_types.toml")["case_type"]
    assert {skill for one in types for skill in one.get("needs", [])} == {
        "chainsaw", "electrician", "gas", "lift-rescue", "pipes",
    }  # fmt: skip
    assert [one["code"] for one in types if one.get("file_first")] == ["illegal-building"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("电梯里关了人", "lift-trapped"),
        ("我家楼下水管破裂，水流到街上", "burst-pipe"),
        ("there are people shut in a lift", "lift-trapped"),
    ],
)
def test_words_that_were_not_understood_once_are(pack, said, meant):
    types = read(pack, "case_types.toml")["case_type"]
    known = know_words({one["code"]: one["words"] for one in types})
    first = suggest(said, known)[0]
    assert (first.type, first.score >= 0.5) == (meant, True)


def test_every_type_finds_a_unit_by_some_route(pack):
    types = read(pack, "case_types.toml")["case_type"]
    routes = read(pack, "routes.toml")["route"]
    kinds = {unit["kind"] for unit in pack.units.values()}
    always = [route for route in routes if not {"hours", "min_level", "places"} & set(route)]
    for one in types:
        mine = [
            route
            for route in always
            if one["code"] in route.get("types", []) or one["group"] in route.get("groups", [])
        ]
        assert mine, one["code"]
    for route in routes:
        assert route["to_kind"] in kinds
        assert route["reason_en"]
        assert route["reason_zh"]
        assert set(route.get("types", [])) <= {one["code"] for one in types}


def test_a_complaint_about_pressure_never_goes_to_the_unit_complained_of(pack):
    first = read(pack, "routes.toml")["route"][0]
    assert first["types"] == ["retaliation"]
    assert first["to_kind"] == "centre"


def test_every_property_has_an_indicator_and_every_indicator_a_reason(pack):
    indicators = read(pack, "indicators.toml")["indicator"]
    types = {one["code"] for one in read(pack, "case_types.toml")["case_type"]}
    measured = [one for one in indicators if "derive" not in one]
    assert {one["property"] for one in measured} == set(SENSES)
    for one in measured:
        assert one["unit"] == SENSES[one["property"]].unit
    for one in indicators:
        assert one["why_en"]
        assert one["why_zh"]
        assert one.get("case_type", "other") in types
        if one.get("derive") == "composite":
            continue
        limits = [one["notice"], one["warning"], one["alarm"]]
        assert limits == sorted(limits, reverse=one["direction"] == "below"), one["code"]


def ordinary(pack, name):
    """Lowest and highest ordinary value of each stream: four sigma, both kinds of day."""
    streams, plays = pack.table("datastreams"), pack.table("simulation")
    rows = np.array([row for row, said in enumerate(streams["property"]) if said == name])
    base, swing, noise, weekend = (
        np.array(plays[column])[rows]
        for column in ("base", "day_amplitude", "noise", "weekend_factor")
    )
    ends = np.stack([base, base + swing, base + swing * weekend])
    return ends.min(axis=0) - 4 * noise, ends.max(axis=0) + 4 * noise


@pytest.mark.parametrize("drawn", ["pack", "larger"])
def test_an_ordinary_day_reaches_no_limit(drawn, request):
    pack = request.getfixturevalue(drawn)
    for one in read(pack, "indicators.toml")["indicator"]:
        if "derive" in one or SENSES[one["property"]].model == "flag":
            continue
        low, high = ordinary(pack, one["property"])
        if one["aggregate"] == "sum" and one["places"] == ["city"]:
            rows = one["window_minutes"] * 60 // SENSES[one["property"]].step
            assert high.sum() * rows < one["notice"] * 1.02, one["code"]
        elif one["direction"] == "above":
            assert high.max() < one["notice"], one["code"]
        else:
            assert low.min() > one["notice"], one["code"]


def test_signs_made_of_others_are_of_every_sort(pack):
    indicators = {one["code"]: one for one in read(pack, "indicators.toml")["indicator"]}
    sorts = {one.get("derive") for one in indicators.values()}
    assert {"ratio", "per-head", "composite"} <= sorts
    assert any("network" in one for one in indicators.values())
    assert any(one.get("aggregate", "").startswith("p9") for one in indicators.values())


def test_networks_lead_from_place_to_place_and_end(pack):
    with (pack.folder / "networks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    streams = pack.table("datastreams")
    for network, name in (("river", "river_level"), ("metro", "train_load")):
        mine = [row for row in rows if row["network"] == network]
        stand = {p for p, one in zip(streams["place"], streams["property"], strict=True)
                 if one == name}  # fmt: skip
        assert {row["place"] for row in mine} == stand
        assert {row["next"] for row in mine} - {""} <= stand
        assert any(not row["next"] for row in mine)
        assert all(float(row["km"]) > 0 for row in mine if row["next"])


def test_no_real_town_and_no_name_twice_before_the_book_ends():
    book = NameBook(np.random.default_rng(4))
    names = [book.take() for _ in range(1_500)]
    assert len({name.zh for name in names}) == len({name.en for name in names}) == 1_500
    assert not {name.zh for name in names} & set(words()["real"])


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (35, "三十五")])
def test_numerals(number, said):
    assert numeral(number) == said


def test_as_many_applications_as_a_very_large_city_runs(pack):
    with (pack.folder / "applications.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["name"] for row in rows}) == 1150
    assert {row["owner"] for row in rows} <= set(pack.units)
    assert len({row["title_zh"] for row in rows}) == 1150
    assert all(row["purpose_zh"] and row["purpose_en"] and row["contact"] for row in rows)


def test_the_open_door_names_types_of_the_pack(pack):
    types = {one["code"] for one in read(pack, "case_types.toml")["case_type"]}
    assert {one["type"] for one in read(pack, "open311.toml")["service"]} <= types
