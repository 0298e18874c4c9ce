"""Another system names the asset as real cities let it: an attribute in, an attribute out."""

from collections.abc import Callable
from typing import Any

import pytest
from defusedxml import ElementTree as ET
from django.test import Client
from tests.reports.open311.conftest import LAMP

from gongbi.cases.models import Case, CaseType
from gongbi.core.models import Asset, AssetKind
from gongbi.core.public import unseal

Ask = Callable[..., Any]
NAMED = LAMP | {"attribute[asset]": "3 0421"}


@pytest.fixture
def lit(town: object) -> None:
    """A lamp of Road works stands in the east; lamps that are out and pipes are about lamps."""
    AssetKind.objects.create(code="lamp", name_en="Street lamp", name_zh="路灯")
    Asset.objects.create(
        kind_id="lamp", code="3-0421", key="30421", lon=122.9502, lat=30.2, cell=0,
        owner_id="roads", place_id="xx-e",
    )  # fmt: skip
    CaseType.objects.update(assets=["lamp"])


def test_a_service_asks_which_one_it_is(lit: None, get: Ask) -> None:
    said = get("services/burst-pipe.json").json()
    assert [one["code"] for one in said["attributes"]] == ["asset"]
    assert said["attributes"][0]["required"] is False
    assert all(row["metadata"] for row in get("services.json").json())
    CaseType.objects.filter(code="burst-pipe").update(assets=[])
    assert get("services/burst-pipe.json").json()["attributes"] == []


@pytest.mark.parametrize("code", ["3 0421", "lamp:3-0421"])
def test_the_asset_is_taken_and_shown(lit: None, post: Ask, get: Ask, code: str) -> None:
    assert post(NAMED | {"attribute[asset]": code}).status_code == 200
    case = Case.objects.get()
    assert (case.asset.code, case.asset_why) == ("3-0421", {"by": "sender", "metres": 19})
    assert "asset" not in (unseal(case.signals.get().words_id) or "")
    row = get("requests.json").json()[0]
    assert row["extended_attributes"] == {"asset": "lamp:3-0421"}
    tree = ET.fromstring(get("requests.xml").content)
    assert tree.findtext("request/extended_attributes/asset") == "lamp:3-0421"


def test_the_asset_is_a_place(lit: None, post: Ask) -> None:
    bare = {name: said for name, said in NAMED.items() if name not in ("lat", "long")}
    assert post(bare).status_code == 200
    assert (Case.objects.get().lon, Case.objects.get().place_id) == (122.9502, "xx-e")
    unknown = post(bare | {"attribute[asset]": "9-9999"})
    assert unknown.status_code == 400
    assert "A place is needed" in unknown.json()[0]["description"]


def test_a_code_that_means_nothing_stays_with_the_words(lit: None, post: Ask) -> None:
    assert post(NAMED | {"attribute[asset]": "9-9999"}).status_code == 200
    case = Case.objects.get()
    assert case.asset is None
    assert "asset: 9-9999" in (unseal(case.signals.get().words_id) or "")


def test_where_the_point_is_coarse_the_asset_is_not_told(lit: None, post: Ask, get: Ask) -> None:
    said = NAMED | {"service_code": "burst-pipe"}
    assert post(said).status_code == 200
    assert Case.objects.get().asset is not None
    assert "extended_attributes" not in get("requests.json").json()[0]


def test_whoever_asks_gets_the_same_and_nobody_the_owner(
    lit: None, post: Ask, key: str, get: Ask
) -> None:
    post(NAMED)
    anybody = get("requests.json").content
    header = {"accept-language": "en", "authorization": f"Bearer {key}"}
    assert Client(headers=header).get("/open311/v2/requests.json").content == anybody
    assert Client().post("/open311/v2/requests.json", NAMED).status_code == 403


def test_it_costs_no_query_more(
    lit: None, post: Ask, get: Ask, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    post(LAMP)
    get("requests.json")
    with CaptureQueriesContext(connection) as before:
        get("requests.json")
    many = len(before)
    post(NAMED | {"description": "another"})
    with django_assert_num_queries(many):
        get("requests.json")


def test_a_service_without_assets_has_none_named(lit: None, post: Ask) -> None:
    CaseType.objects.update(assets=[])
    assert post(NAMED).status_code == 200
    case = Case.objects.get()
    assert case.asset is None
    assert "asset: 3 0421" in (unseal(case.signals.get().words_id) or "")


def test_two_codes_at_once_are_words(lit: None, post: Ask) -> None:
    assert post(NAMED | {"attribute[asset]": ["3 0421", "3 0422"]}).status_code == 200
    case = Case.objects.get()
    assert case.asset is None
    assert "asset: 3 0421, 3 0422" in (unseal(case.signals.get().words_id) or "")
