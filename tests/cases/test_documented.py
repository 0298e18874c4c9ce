"""What a page of documents gives as an example is read without a fault, and does what it says."""

import re
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of
from tests.conftest import ROOT

from gongbi.cases.public import case_types
from gongbi.core import modes
from gongbi.core.packs import check_pack, load_pack
from gongbi.core.public import place

PAGES = [ROOT / "docs" / "city-pack.md", *sorted((ROOT / "docs" / "parts").glob("*.md"))]
BLOCK = re.compile(r"^```toml\n(.*?)^```", re.M | re.S)
EXAMPLES = [
    (f"{page.name}-{number}", text)
    for page in PAGES
    for number, text in enumerate(BLOCK.findall(page.read_text("utf-8")))
]
SIGN = """[[indicator]]
code = "{code}"
name_en = "{code}"
name_zh = "{code}"
class = "water"
property = "{code}"
unit = "m"
aggregate = "mean"
window_minutes = 5
lateness_minutes = 1
places = ["subdistrict"]
direction = "above"
notice = 1
warning = 2
alarm = 3
clear_margin = 0.1
why_en = "Tried."
why_zh = "试用。"

"""


def documented(key: str) -> list[str]:
    """The examples in the row of a key of routes.toml, as they stand there."""
    page = (ROOT / "docs" / "city-pack.md").read_text("utf-8")
    table = page.split("## routes.toml", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    row = next(line for line in rows if key in line.split("|")[1].strip().split(", "))
    return re.findall(r"`([\[{\"].*?)`", row)


@pytest.fixture
def folder(pack_folder: Path, small_city: Any, settings: Any) -> Path:
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack", "gongbi.vitals.pack",
                             "gongbi.reports.open311.pack"]  # fmt: skip
    return pack_folder


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_each_example_of_a_file_is_read_without_a_fault(
    folder: Path, name: str, text: str
) -> None:
    said = tomllib.loads(text)
    if "indicator" in said:
        signs = "".join(SIGN.format(code=code) for code in ("water-pressure", "road-water",
                                                            "hotline-calls"))  # fmt: skip
        (folder / "indicators.toml").write_text(signs + text, "utf-8")
    elif "service" in said:
        (folder / "open311.toml").write_text(text.replace("street-light", "burst-pipe"), "utf-8")
    else:
        assert set(said) & {"sensing", "retention"}, "say here which file the example is of"
        city = (folder / "city.toml").read_text("utf-8")
        (folder / "city.toml").write_text(f"{city}\n{text}", "utf-8")
        if "retention" in said:
            (folder / "indicators.toml").write_text(SIGN.format(code="street-noise"), "utf-8")
    assert [str(fault) for fault in check_pack(folder)] == []


def test_there_are_examples_to_be_tried() -> None:
    assert len(EXAMPLES) >= 4


NIGHT = NOW - timedelta(hours=9)  # one in the morning, of the city's clock
WEST = {"place": "xx-w", "lon": None, "lat": None}
ROUTE_EXAMPLES: list[tuple[str, int, dict[str, Any], dict[str, Any]]] = [
    # key, which example of its row, a report that it describes, one that it does not
    ("sources", 0, {"source": "hotline"}, {"source": "web"}),
    ("facts", 0, {"why": {"owner": "gas", "indoors": True}}, {"why": {"owner": "gas"}}),
    ("any", 0, {"source": "hotline"}, {"source": "web"}),
    ("not", 0, {}, {"at": NIGHT}),
    ("not", 0, {"at": NIGHT, **WEST}, {"at": NIGHT}),
]


@pytest.mark.parametrize(("key", "which", "fires", "silent"), ROUTE_EXAMPLES)
def test_each_example_of_a_route_fires_on_what_it_describes(
    folder: Path,
    reported: Callable[..., Any],
    key: str,
    which: int,
    fires: dict[str, Any],
    silent: dict[str, Any],
) -> None:
    example = documented(key)[which]
    _first(folder, f"{key} = {example}")
    assert check_pack(folder) == []
    load_pack(folder, by="test")
    assert case_of(reported(**fires).number).route.code == "tried"
    assert case_of(reported(**silent).number).route.code != "tried"


def test_the_example_of_modes_fires_while_the_place_is_in_one(
    folder: Path, reported: Callable[..., Any], small_city: Any
) -> None:
    alert, ordinary = documented("modes")
    _first(folder, f"modes = {alert}")
    load_pack(folder, by="test")
    assert case_of(reported().number).route.code != "tried"
    until = small_city.clock.now + timedelta(hours=6)
    officer = small_city.people["supervisor"]
    modes.set_mode(place("xx-e"), "emergency", basis="Order 7", reason="Storm", ends_at=until,
                   person=officer)  # fmt: skip
    assert case_of(reported().number).route.code == "tried"
    text = (folder / "routes.toml").read_text("utf-8")
    (folder / "routes.toml").write_text(text.replace(alert, ordinary), "utf-8")
    load_pack(folder, by="test")
    assert case_of(reported().number).route.code != "tried"


def test_sources_of_a_type_refuse_nobody_and_say_whom_it_is_offered(
    folder: Path, reported: Callable[..., Any]
) -> None:
    file = folder / "case_types.toml"
    kind = (
        '\n[[case_type]]\ncode = "silent"\nname_en = "Silent"\nname_zh = "静"\n'
        'group = "other"\nsources = ["alert"]\nsolve = "1 days"\ncalendar = "always"\n'
    )
    file.write_text(file.read_text("utf-8") + kind, "utf-8")
    load_pack(folder, by="test")
    assert case_of(reported(type="silent").number).type.code == "silent"
    alarm = {"source": "alert", "contact": "", "type": "advice"}
    assert case_of(reported(**alarm).number).type.code == "advice"
    assert "silent" not in {one.code for one in case_types(for_residents=True)}
    assert "silent" in {one.code for one in case_types()}


def _first(folder: Path, asks: str) -> None:
    text = (folder / "routes.toml").read_text("utf-8")
    said = f'[[route]]\ncode = "tried"\nreason_en = "Tried."\nreason_zh = "试。"\n{asks}\n'
    (folder / "routes.toml").write_text(f'{said}to_unit = "order"\n\n{text}', "utf-8")
