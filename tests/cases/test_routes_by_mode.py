"""A rule that asks the mode of the place: in routing, in a pack's check, diff and rehearsal."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.cases.conftest import NOW
from tests.cases.test_rehearse import change, run, tried
from tests.cases.walking import case_of

from gongbi.core import modes
from gongbi.core.models import ModeSpan
from gongbi.core.packs import check_pack, load_pack
from gongbi.core.public import place

STORM = """[[route]]
code = "storm"
groups = ["water"]
modes = ["alert", "emergency"]
to_unit = "centre"
reason_en = "In a storm the centre leads."
reason_zh = "暴雨期间由中心牵头。"

[[route]]
code = "water-high"
"""


@pytest.fixture
def folder(pack_folder: Path, small_city, settings) -> Path:
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    change(pack_folder, "routes.toml", '[[route]]\ncode = "water-high"\n', STORM)
    return pack_folder


@pytest.fixture
def storm(small_city):
    """The east in an emergency for six hours."""

    def begin(code: str = "xx-e", mode: str = "emergency", hours: int = 6) -> ModeSpan:
        return modes.set_mode(
            place(code),
            mode,
            basis="Order 7",
            reason="Storm",
            ends_at=small_city.clock.now + timedelta(hours=hours),
            person=small_city.people["supervisor"],
        )

    return begin


def test_in_the_mode_it_fires_and_says_so_and_afterwards_it_does_not(
    folder, reported, storm, small_city, signed_in
):
    load_pack(folder, by="test")
    assert case_of(reported().number).route.code == "water"
    storm()
    case = case_of(reported().number)
    assert case.route.code == "storm"
    assert case.route_why["because"] == ["kind", "mode"]
    assert case.route_why["mode"] == "emergency"
    text = signed_in("dispatcher").get(f"/cases/{case.number}/").content.decode()
    assert "true: its type, the mode of its place" in text
    assert "The mode of its place then: Emergency." in text
    assert (
        "当时所在地模式：应急。"
        in signed_in("dispatcher", "zh-hans").get(f"/cases/{case.number}/").content.decode()
    )
    west = case_of(reported(place="xx-w", lon=122.85).number)
    assert west.route.code == "water"
    assert west.route_why["mode"] == "ordinary"
    small_city.clock.now = NOW + timedelta(hours=6)
    assert case_of(reported(at=small_city.clock.now).number).route.code == "water"


def test_a_mode_ended_by_a_person_ends_for_routing_at_once(folder, reported, storm, small_city):
    load_pack(folder, by="test")
    span = storm()
    small_city.clock.now = NOW + timedelta(minutes=5)
    assert modes.end_mode(span, why="It passed", person=small_city.people["supervisor"])
    assert case_of(reported(at=small_city.clock.now).number).route.code == "water"
    assert case_of(reported(at=NOW + timedelta(minutes=1)).number).route.code == "storm"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('modes = ["war"]', "'war' is no mode: use ordinary, alert, emergency."),
        ("modes = []", "modes is a list of codes in quotes."),
        ('modes = "alert"', "modes is a list of codes in quotes."),
        ('not = { modes = ["war"] }', "'war' is no mode"),
    ],
)
def test_pack_check_names_a_mode_that_is_none(folder, said, reason):
    change(folder, "routes.toml", 'modes = ["alert", "emergency"]', said)
    (fault,) = check_pack(folder)
    assert fault.file == "routes.toml"
    assert reason in fault.reason


def test_pack_diff_says_that_it_is_asked(folder):
    assert "route storm is added" in run("diff", str(folder))
    load_pack(folder, by="test")
    change(folder, "routes.toml", 'modes = ["alert", "emergency"]', 'modes = ["emergency"]')
    said = run("diff", str(folder))
    assert 'route storm is changed: modes: ["alert", "emergency"] → ["emergency"]' in said


def test_rehearse_asks_the_mode_as_it_was_then(folder, reported, storm, small_city):
    before = reported().number
    small_city.clock.now = NOW + timedelta(minutes=10)
    span = storm()
    within = reported(at=small_city.clock.now).number
    west = reported(at=small_city.clock.now, place="xx-w", lon=122.85).number
    small_city.clock.now = NOW + timedelta(hours=1)
    modes.end_mode(span, why="It passed", person=small_city.people["supervisor"])
    after = reported(at=small_city.clock.now).number
    ((key, row),) = tried(folder).elsewhere.items()
    assert key == ("water-e", "centre", "storm")
    assert (row.count, row.examples) == (1, [within])
    assert not {before, west, after} & set(row.examples)
