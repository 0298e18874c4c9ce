"""A resident names the very lamp: by the code on it, or out of a short list of the nearest."""

import re
from pathlib import Path

import pytest
from django.test import Client
from tests.reports.test_report import form, sent

from gongbi.cases.models import Case, Signal
from gongbi.core.public import make_application_key

KINDS = """
[[asset_kind]]
code = "lamp"
name_en = "Street lamp"
name_zh = "路灯"
words = ["lamp post", "灯杆"]
shapes = ["9-9999"]

[[asset_kind]]
code = "manhole"
name_en = "Manhole"
name_zh = "窨井"
"""
ROWS = """kind,code,lon,lat,owner,maintainer,name_en,name_zh
lamp,3-0421,122.95,30.2,roads,,By the school gate,校门口
lamp,3-0422,122.9503,30.2,roads,,,
lamp,3-0999,122.96,30.25,roads,,,
manhole,W-7,122.95,30.2,water,,,
"""


@pytest.fixture
def lit(town: Path, tmp_path: Path) -> Path:
    """The city with three lamps and a manhole; a lamp that is out is about lamps."""
    from gongbi.core import packs

    folder = tmp_path / "pack"
    (folder / "asset_kinds.toml").write_text(KINDS, "utf-8")
    (folder / "assets.csv").write_text(ROWS, "utf-8")
    types = (folder / "case_types.toml").read_text("utf-8")
    types = types.replace('code = "lamp-out"\n', 'code = "lamp-out"\nassets = ["lamp"]\n')
    (folder / "case_types.toml").write_text(types, "utf-8")
    packs.load_pack(folder, by="test")
    return folder


HERE = {"lon": "122.9501", "lat": "30.2", "words": "这里黑", "type": "lamp-out", "by_hand": "1"}


def test_the_nearest_of_the_types_kind_are_offered(lit: Path, browser: Client) -> None:
    page = browser.post("/report/assets/", form(**HERE)).content.decode()
    found = re.findall(r'name="asset" value="([^"]*)"', page)
    assert found == ["lamp:3-0421", "lamp:3-0422", ""], "no manhole, and none far away"
    assert "10 m from the position" in page
    assert "By the school gate" in page
    chinese = Client(headers={"accept-language": "zh-hans"})
    chinese.cookies["django_language"] = "zh-hans"
    page = chinese.post("/report/assets/", form(**HERE)).content.decode()
    assert "校门口" in page
    assert "是哪一个" in page


@pytest.mark.parametrize(
    "changed", [{"lon": "", "lat": ""}, {"type": "burst-pipe"}, {"type": ""}, {"lon": "east"}]
)
def test_without_a_position_or_a_type_of_assets_nothing_is_asked(
    lit: Path, browser: Client, changed: dict[str, str]
) -> None:
    page = browser.post("/report/assets/", form(**HERE) | changed).content.decode()
    assert "asset" not in page


def test_while_the_type_is_open_the_suggested_ones_decide(lit: Path, browser: Client) -> None:
    said = HERE | {"words": "the lamp leaks", "type": ""}
    page = browser.post("/report/assets/", form(**said)).content.decode()
    assert re.findall(r'name="asset" value="([^"]*)"', page)[0] == "lamp:3-0421"


def test_the_chosen_one_is_kept_with_its_distance(lit: Path, browser: Client) -> None:
    sent(browser, **HERE, asset="lamp:3-0422")
    case, signal = Case.objects.get(), Signal.objects.get()
    assert case.asset is not None
    assert (case.asset.code, signal.asset_id) == ("3-0422", case.asset_id)
    assert case.asset_why == signal.asset_why == {"by": "sender", "metres": 19}


def test_none_of_these_is_an_answer(lit: Path, browser: Client) -> None:
    sent(browser, **HERE, asset="")
    case = Case.objects.get()
    assert (case.asset, case.asset_why) == (None, None)


def test_the_code_on_the_asset_fills_in_the_rest(lit: Path, browser: Client) -> None:
    page = browser.get("/report/?asset=lamp:3-0421").content.decode()
    values = dict(re.findall(r'name="(lon|lat)" value="([^"]*)"', page))
    assert values == {"lon": "122.95", "lat": "30.2"}
    assert re.search(r'value="lamp:3-0421" checked', page)
    assert re.search(r'value="lamp-out" checked', page), "its only type is chosen"
    assert "Street lamp 3-0421" in page
    reference = re.search(r'name="reference" value="([^"]+)"', page)
    assert reference
    said = {"reference": reference[1], "words": "dark", "type": "lamp-out"} | values
    answer = browser.post("/report/", said | {"asset": "lamp:3-0421", "asked": "1"})
    assert answer.status_code == 302
    case = Case.objects.get()
    assert case.asset is not None
    assert (case.asset.code, case.type.code, case.place_id) == ("3-0421", "lamp-out", "xx-e")
    assert case.asset_why == {"by": "sender", "metres": 0}


def test_a_code_nobody_knows_is_said_and_fills_in_nothing(lit: Path, browser: Client) -> None:
    page = browser.get("/report/?asset=lamp:9-9999").content.decode()
    assert "does not know this code" in page
    assert 'name="asset"' not in page


def test_an_asset_that_is_none_is_refused_at_its_field(lit: Path, browser: Client) -> None:
    answer = browser.post("/report/", form(**HERE, asset="lamp:nothing", asked="1"))
    assert answer.status_code == 422
    assert "There is no asset" in answer.content.decode()
    assert not Case.objects.exists()


def test_another_asset_with_the_same_words_is_another_report(lit: Path, browser: Client) -> None:
    posted = form(**HERE, asked="1")
    for ref in ("lamp:3-0421", "lamp:3-0421", "lamp:3-0422"):
        assert browser.post("/report/", posted | {"asset": ref}).status_code == 302
    assert Signal.objects.count() == 2


def test_another_system_may_name_the_asset(lit: Path) -> None:
    key = make_application_key("app-lamps", ["report"])
    client = Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})
    said = {"source": "app", "reference": "1", "words": "dark", "asset": "manhole:W-7"}
    answer = client.post("/api/reports", said, content_type="application/json")
    assert answer.status_code == 201, answer.content
    case = Case.objects.get()
    assert (case.lon, case.lat, case.asset_why) == (122.95, 30.2, {"by": "sender"})
    unknown = said | {"reference": "2", "asset": "lamp:0"}
    answer = client.post("/api/reports", unknown, content_type="application/json")
    assert answer.status_code == 422
    assert "There is no asset" in answer.json()["error"]


def test_the_list_costs_a_bounded_number_of_queries(
    lit: Path, browser: Client, django_assert_max_num_queries: object
) -> None:
    browser.post("/report/assets/", form(**HERE))
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        browser.post("/report/assets/", form(**HERE, asset="lamp:3-0422"))


def test_what_is_looked_up_before_the_form_is_checked_is_no_longer_than_it_may_be(
    lit: Path, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr("gongbi.cases.public.place_named", looked.append)
    said = HERE | {"code": "7" * 5_000, "place_words": "东" * 100_000, "asset": ""}
    assert browser.post("/report/assets/", said).status_code == 200
    assert [len(one) for one in looked] == [300]
