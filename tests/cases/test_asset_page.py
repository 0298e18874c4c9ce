"""The page of an asset: what the register says, open and past cases, found by its code."""

import re
from datetime import timedelta

import pytest
from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.conftest import CAST, NOW
from tests.cases.walking import case_of, do

from gongbi.cases.access import visible_cases
from gongbi.cases.models import Case
from gongbi.cases.paging import Newest
from gongbi.core.models import Asset

PAGE = "/assets/lamp/3-0421/"


def numbers(browser, query="", card="past"):
    """The cases of one of the two lists, as they stand."""
    page = browser.get(PAGE + query).content.decode()
    part = page[page.index(f'id="{card}"') :]
    return re.findall(r'href="/cases/([^"/]+)/"', part[: part.index("</section>")]), page


@pytest.fixture
def cases(furnished, reported, signed_in):  # noqa: F811
    """25 cases of the lamp that are over, and one at work at East water."""
    browser, over = signed_in("dispatcher"), []
    for n in range(25):
        furnished.clock.now = NOW + timedelta(minutes=n)
        over.append(reported(**LAMP).number)
        do(browser, over[-1], "cancel", reason="test", words="x")
    live = reported(**LAMP).number
    do(browser, live, "dispatch", unit="water-e")
    return live, over


def test_what_the_register_says_and_every_case_page_by_page(cases, signed_in):
    live, over = cases
    browser = signed_in("dispatcher")
    first, page = numbers(browser)
    for part in ("Street lamp", "3-0421", "By the gate", "Penrack", "Street order", "East water"):
        assert part in page, part
    assert numbers(browser, card="live")[0] == [live]
    assert first == over[::-1][:20]
    after = re.search(r'href="(\?after=[^"#]+)', page)
    assert after
    second, page = numbers(browser, after[1])
    assert second == over[::-1][20:]
    before = re.search(r'href="(\?before=[^"#]+)', page)
    assert before
    assert numbers(browser, before[1])[0] == first
    assert numbers(browser, "?after=nonsense")[0] == first


def test_the_past_is_read_by_the_index_of_assets(cases):
    asset = Asset.objects.get(code="3-0421")
    rows = visible_cases(None).filter(asset=asset.pk, state__in=("closed", "cancelled"))
    plan = Newest("opened_at").along(rows).values("pk")[:21].explain()
    assert "cases_by_asset" in plan or "Seq Scan" in plan, plan  # a few rows are read whole


def test_it_costs_the_same_however_many(cases, signed_in, django_assert_max_num_queries):
    browser = signed_in("dispatcher")
    browser.get(PAGE)
    with django_assert_max_num_queries(14):
        browser.get(PAGE)


# In the east, where the lamp stands; order owns it and water-e, of which worker and lead are,
# maintains it; lifter is of another unit.
SEES = {"dispatcher", "supervisor", "officer", "clerk", "keeper", "lead", "worker"}


@pytest.mark.parametrize("who", ["", *CAST])
def test_who_sees_it(furnished, signed_in, who):  # noqa: F811
    browser = signed_in(who)
    for address in (PAGE, "/assets/points.json?asset=lamp:3-0421"):
        expected = 302 if not who else 200 if who in SEES else 404
        assert browser.get(address).status_code == expected, address
    found = browser.get("/assets/?code=30421")
    if not who:
        assert found["Location"].startswith("/sign-in/")
    elif who in SEES:
        assert found.status_code == 302
    else:
        assert found.status_code == (403 if who == "stranger" else 200)
        assert b"3-0421" not in found.content


def test_a_lamp_of_another_place_or_unit_does_not_exist(furnished, signed_in):  # noqa: F811
    for who in ("worker", "lifter"):  # lead is of Water, which owns it
        assert signed_in(who).get("/assets/lamp/7-0421/").status_code == 404, who
    assert signed_in("dispatcher").get("/assets/lamp/0/").status_code == 404


def test_whoever_sees_a_case_of_it_sees_it_and_that_case_alone(
    furnished,  # noqa: F811
    reported,
    signed_in,
):
    reported(**LAMP)
    number = reported(**LAMP | {"asset": "lift:LT000012", "type": "burst-pipe"}).number
    assert signed_in("worker").get("/assets/lift/LT000012/").status_code == 404
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    page = signed_in("worker").get("/assets/lift/LT000012/").content.decode()
    assert f"/cases/{number}/" in page
    assert (
        "/assets/lift/LT000012/" in signed_in("worker").get(f"/cases/{number}/").content.decode()
    )
    assert numbers(signed_in("worker"), card="live")[0] == [], "with the dispatcher still"
    assert Case.objects.count() == 2


def test_a_code_finds_it_however_it_is_written(furnished, signed_in):  # noqa: F811
    browser = signed_in("dispatcher")
    for said in ("3 0421", "lamp:3-0421", "３-0421"):
        assert browser.get("/assets/", {"code": said})["Location"] == PAGE
    page = browser.get("/assets/", {"code": "9-9999"}).content.decode()
    assert "No asset that you may see bears this code" in page
    assert browser.get("/assets/", {"code": "\x00"}).status_code == 200


def test_several_are_listed_and_one_that_is_gone_says_so(furnished, signed_in):  # noqa: F811
    row = Asset.objects.get(code="3-0421")
    same = ("key", "lon", "lat", "cell", "owner_id", "place_id")
    twin = {name: getattr(row, name) for name in same}
    Asset.objects.create(kind_id="lift", code="3-0421", in_force=False, **twin)
    page = signed_in("dispatcher").get("/assets/?code=3-0421").content.decode()
    assert "Several bear this code" in page
    assert 'href="/assets/lift/3-0421/"' in page
    assert "no longer in the register" in page
    gone = signed_in("dispatcher").get("/assets/lift/3-0421/").content.decode()
    assert "no longer in the register" in gone


def test_a_code_with_a_stroke_has_a_page(furnished, signed_in):  # noqa: F811
    Asset.objects.filter(code="3-0421").update(code="A/3.1", key="A31")
    assert signed_in("dispatcher").get("/assets/lamp/A/3.1/").status_code == 200


def test_in_chinese(cases, signed_in):
    page = signed_in("dispatcher", "zh-hans").get(PAGE).content.decode()
    for part in ("路灯", "大门口", "登记信息", "权属单位", "未结案件", "已结案件", "较早"):
        assert part in page, part


def test_the_map_of_a_case_shows_its_asset_beside_it(furnished, reported, signed_in):  # noqa: F811
    number = reported(**LAMP | {"lon": 122.9402}).number
    found = signed_in("dispatcher").get(f"/cases/{number}/points.json").json()
    titles = [one["properties"]["title"] for one in found["features"]]
    assert titles == ["Lamp out", "Street lamp 3-0421"]
    assert case_of(number).lon == 122.9402
