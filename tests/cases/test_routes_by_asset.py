"""A route may ask whose the asset is, and send there; without an asset it is not known."""

from pathlib import Path

import pytest
from django.utils.translation import override
from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.wording import why_this_unit
from gongbi.core.models import Unit


def test_a_lamp_goes_to_its_owner_and_the_reason_is_kept(furnished, reported, signed_in):  # noqa: F811
    number = reported(**LAMP).number
    case = case_of(number)
    assert case.suggested_unit_id == "order"
    assert (case.route_why["route"], case.route_why["to_asset"]) == ("whose-lamp", "owner")
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "A lamp is mended by whom it belongs to." in page
    assert "The asset&#x27;s owner takes it." in page
    western = case_of(reported(**LAMP | {"asset": "lamp:7-0421"}).number)
    assert western.suggested_unit_id == "water"


def test_without_an_asset_the_rule_is_passed_over_and_says_why(furnished, reported):  # noqa: F811
    case = case_of(reported(**LAMP | {"asset": ""}).number)
    assert (case.suggested_unit_id, case.route_why["route"]) == ("order", "order")
    assert {"rule": "whose-lamp", "why": "no_asset"} in case.route_why["passed_over"]
    assert "to_asset" not in case.route_why
    with override("en"):
        said = why_this_unit(case.route_why, "")
    assert any("no asset is known, and so not whose it is" in line for line in said)


@pytest.mark.parametrize(
    ("asset", "route"),
    [("lift:LT000012", "lift-of-lifts"), ("", "water"), ("lamp:3-0421", "water")],
)
def test_facts_of_an_asset_are_true_false_or_not_known(furnished, reported, asset, route):  # noqa: F811
    case = case_of(reported(asset=asset).number)
    assert case.route_why["route"] == route
    near = {row["rule"]: row for row in case.route_why["nearly"]}
    if not asset:
        unknown = ["fact:asset_kind", "fact:asset_owner"]
        assert sorted(near["lift-of-lifts"]["unknown"]) == unknown, "not known is not false"


def test_a_type_set_later_still_knows_the_owner(furnished, reported, signed_in):  # noqa: F811
    number = reported(**LAMP | {"type": "advice"}).number
    do(signed_in("dispatcher"), number, "sort", type="dark")
    case = case_of(number)
    assert (case.suggested_unit_id, case.route_why["route"]) == ("order", "whose-lamp")


def test_a_rehearsal_sends_where_the_routes_do(furnished, reported, pack_folder: Path):  # noqa: F811
    from datetime import timedelta

    from gongbi.cases.public import rehearse_pack
    from gongbi.core.public import now

    span = (now() - timedelta(days=1), now() + timedelta(days=1))
    reported(**LAMP | {"asset": "lamp:7-0421"})
    reported(asset="lift:LT000012")
    reported(**LAMP | {"asset": ""})
    trial = rehearse_pack(pack_folder, *span, done=lambda _rows: None)
    assert (trial.cases, trial.moved) == (3, 0)
    routes = pack_folder / "routes.toml"
    said = routes.read_text("utf-8").replace('to_asset = "owner"', 'to_asset = "maintainer"')
    routes.write_text(said, "utf-8")
    trial = rehearse_pack(pack_folder, *span, done=lambda _rows: None)
    assert trial.moved == 0, "no maintainer is named: the owner keeps it in order"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "the asset belongs to Street order, a unit that is no more"),
        ("zh-hans", "部件的权属单位市容已撤销"),
    ],
)
def test_an_owner_that_is_no_more_is_said_so(
    furnished,  # noqa: F811
    reported,
    signed_in,
    language,
    sentence,
):
    Unit.objects.filter(pk="order").update(valid_to=NOW.date())
    case = case_of(reported(**LAMP).number)
    assert case.asset_id
    gone = {"rule": "whose-lamp", "why": "owner_gone", "whose": "owner", "unit": "order"}
    assert gone in case.route_why["passed_over"]
    assert case.suggested_unit_id != "order"
    page = signed_in("dispatcher", language).get(f"/cases/{case.number}/").content.decode()
    assert sentence in page
