"""An officer says which asset a case is about: sets it, changes it, takes it away."""

import pytest
from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.conftest import CAST
from tests.cases.walking import case_of, do

from gongbi.cases.merging.hints import look_due
from gongbi.cases.models import Likely, Step
from gongbi.cases.public import likely_to_report
from gongbi.core.models import Asset, JournalLine

NEXT = {"asset": "lamp:3-0422", "words": "灯杆上写的是 0422"}
BARE = LAMP | {"asset": ""}


@pytest.fixture
def lamp_case(furnished, reported, signed_in):  # noqa: F811
    """A case of the lamp 3-0421, at work at East water, which maintains it."""
    number = reported(**LAMP | {"lon": 122.9401}).number
    do(signed_in("dispatcher"), number, "dispatch", unit="water-e")
    return number


def name(browser, number, **said):
    """Send the form of the act."""
    return do(browser, number, "name_asset", **said)


def page(browser, number, query=""):
    return browser.get(f"/cases/{number}/{query}").content.decode()


def test_one_is_set_out_of_the_nearest(furnished, reported, signed_in):  # noqa: F811
    number, browser = reported(**BARE).number, signed_in("dispatcher")
    shown = page(browser, number)
    assert "Street lamp 3-0421 · By the gate · 0 m" in shown
    assert 'name="asset" value="none"' not in shown, "there is none to take away"
    assert name(browser, number, asset="lamp:3-0421").status_code == 302
    case = case_of(number)
    assert (case.asset.code, case.asset_why) == ("3-0421", {"by": "officer", "metres": 0})
    assert "set by an officer; 0 m from the position" in page(browser, number)
    body = JournalLine.objects.get(kind="cases.CaseAssetNamed").body
    assert (body["was"], body["asset"]) == ("", "lamp:3-0421")


@pytest.mark.parametrize("code", ["3 0422", "lamp:3-0422", "https://c/report/?asset=lamp:3-0422"])
def test_another_is_set_by_its_code_with_the_reason(lamp_case, signed_in, code):
    browser = signed_in("worker")
    assert name(browser, lamp_case, code=code).status_code == 422, "why is asked for"
    assert case_of(lamp_case).asset.code == "3-0421"
    assert name(browser, lamp_case, code=code, words="写的是 0422").status_code == 302
    case = case_of(lamp_case)
    assert (case.asset.code, case.asset_why["metres"]) == ("3-0422", 29)
    shown = page(browser, lamp_case)
    assert "Street lamp 3-0421 → Street lamp 3-0422" in shown
    assert "写的是 0422" in shown


def test_it_is_taken_away_and_a_report_does_not_bring_it_back(lamp_case, reported, signed_in):
    browser = signed_in("dispatcher")
    assert name(browser, lamp_case, asset="none", words="说的是树").status_code == 302
    case = case_of(lamp_case)
    assert (case.asset, case.asset_why) == (None, {"by": "officer"})
    assert "An officer said that it is about none." in page(browser, lamp_case)
    reported(**LAMP, joins=lamp_case)
    assert case_of(lamp_case).asset is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"code": "9-9999"}, "The register knows no such code."),
        ({"code": ""}, "Choose an asset, or type the code"),
        ({"asset": "lamp:3-0421"}, "The case has this asset already."),
        ({"asset": "lamp:7-7777"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said(lamp_case, signed_in, said, sentence):
    answer = name(signed_in("dispatcher"), lamp_case, **said, words="x")
    assert answer.status_code in (409, 422)
    assert sentence in answer.content.decode()
    assert not Step.objects.filter(verb="name_asset").exists()


def test_of_several_with_a_code_one_is_chosen(lamp_case, signed_in, reported):
    lamp = Asset.objects.get(kind="lamp", code="3-0422")
    twin = Asset(**{f.attname: getattr(lamp, f.attname) for f in Asset._meta.fields})
    twin.pk, twin.kind_id = None, "lift"
    twin.save()
    number, browser = reported(type="burst-pipe").number, signed_in("dispatcher")
    answer = name(browser, number, code="30422")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Several bear this code" in shown
    assert 'value="lamp:3-0422"' in shown
    assert 'value="lift:3-0422"' in shown
    assert name(browser, number, code="30422", asset="lift:3-0422").status_code == 302
    assert case_of(number).asset.kind_id == "lift"
    # Where the matter is about lamps, the lamp is meant.
    assert name(browser, lamp_case, code="30422", words="x").status_code == 302
    assert case_of(lamp_case).asset.kind_id == "lamp"


def test_two_at_once_one_wins_and_the_other_is_told(lamp_case, signed_in):
    seen = case_of(lamp_case).version
    assert name(signed_in("worker"), lamp_case, **NEXT, seen=seen).status_code == 302
    answer = name(signed_in("dispatcher"), lamp_case, asset="none", words="x", seen=seen)
    assert answer.status_code == 409
    assert "Somebody was quicker" in answer.content.decode()
    assert case_of(lamp_case).asset.code == "3-0422"


def test_the_route_is_not_changed_and_what_it_was_told_is_said(furnished, reported, signed_in):  # noqa: F811
    number = reported(**LAMP | {"lon": 122.8501}).number
    before = case_of(number)
    assert (before.suggested_unit_id, before.route_why["route"]) == ("order", "whose-lamp")
    browser = signed_in("dispatcher")
    assert name(browser, number, code="lamp:7-0421", words="x").status_code == 302
    after = case_of(number)
    assert (after.suggested_unit_id, after.route_id) == ("order", before.route_id)
    shown = page(browser, number)
    assert "the rules were not asked again" in shown
    assert "It is Water's, and the case is suggested for Street order." in shown
    assert 'href="/cases/' + number + '/?to=water#id_dispatch_unit"' in shown
    chosen = page(browser, number, "?to=water")
    assert '<option value="water" selected>' in chosen
    do(browser, number, "sort", type="dark")
    assert case_of(number).suggested_unit_id == "water", "asked again, the rules know it"
    assert "the rules were not asked again" not in page(browser, number)


def test_who_leads_is_offered_to_hand_it_over(lamp_case, signed_in):
    assert "Nothing was moved by itself" not in page(signed_in("lead"), lamp_case)
    name(signed_in("worker"), lamp_case, **NEXT)
    shown = page(signed_in("lead"), lamp_case)
    assert "It is Street order&#x27;s, and the case is with East water." in shown.replace(
        "It is Street order's", "It is Street order&#x27;s"
    )
    assert "?to=order#id_transfer_unit" in shown
    assert "Hand it over to Street order" in shown
    worker = page(signed_in("worker"), lamp_case)
    assert "Nothing was moved by itself" in worker
    assert "id_transfer_unit" not in worker
    assert case_of(lamp_case).unit_id == "water-e"


def test_a_case_without_a_point_of_its_own_goes_to_the_asset(furnished, reported, signed_in):  # noqa: F811
    number = reported(**BARE | {"lon": None, "lat": None, "place": "xx-e-1"}).number
    browser = signed_in("dispatcher")
    name(browser, number, code="3-0421")
    case = case_of(number)
    assert (case.lon, case.lat, case.asset_why) == (122.94, 30.2, {"by": "officer"})
    name(browser, number, code="3-0422", words="x")
    assert case_of(number).lon == 122.9404, "it stood where the other one stands"
    name(browser, number, code="7-0421", words="x")
    case = case_of(number)
    assert (case.lon, case.asset.code) == (122.9404, "7-0421"), "not out of its place"


def test_the_same_matter_is_judged_by_what_was_said_last(furnished, reported, signed_in):  # noqa: F811
    first = reported(**LAMP | {"words": "大门口一片漆黑"}).number
    second = reported(**LAMP | {"words": "晚上看不见路", "lon": 122.9401}).number
    look_due(case_of(second).opened_at)
    assert Likely.objects.filter(case__number=second, other__number=first).exists()
    name(signed_in("dispatcher"), first, **NEXT)
    assert not Likely.objects.exists()
    assert look_due(case_of(second).opened_at) == 2, "both are looked at anew"
    assert not Likely.objects.exists()
    from tests.cases.conftest import signal

    asked = LAMP | {"words": "路灯不亮", "lon": 122.9401}
    found = {one.number: one.chance for one in likely_to_report(signal(**asked))}
    assert first not in found
    found = likely_to_report(signal(**asked | {"asset": "lamp:3-0422"}))
    assert first in {one.number for one in found}


MAY = {"dispatcher", "supervisor", "officer", "lead", "worker"}


@pytest.mark.parametrize("who", ["", *CAST])
def test_who_may(lamp_case, signed_in, who):
    answer = name(signed_in(who), lamp_case, **NEXT)
    changed = case_of(lamp_case).asset.code == "3-0422"
    assert changed == (who in MAY), answer.status_code
    if who not in MAY:
        assert answer.status_code in (302, 403, 404)


def test_in_chinese(lamp_case, signed_in):
    browser = signed_in("dispatcher", "zh-hans")
    name(browser, lamp_case, **NEXT)
    shown = page(browser, lamp_case)
    for part in ("路灯 3-0421 → 路灯 3-0422", "由工作人员设定", "设定或更改部件"):
        assert part in shown, part


def test_a_report_that_joins_at_that_moment_does_not_take_it_back(
    furnished,  # noqa: F811
    reported,
    signed_in,
    monkeypatch,
):
    """Decided while the case had none, written after an officer had said which it is."""
    from gongbi.cases.actions import receive

    number = reported(**BARE).number
    count_in = receive._count_in

    def later(one):
        name(signed_in("dispatcher"), number, asset="lamp:3-0422")
        count_in(one)

    monkeypatch.setattr(receive, "_count_in", later)
    reported(**LAMP | {"joins": number})
    case = case_of(number)
    assert (case.signals_count, case.asset.code, case.asset_why["by"]) == (2, "3-0422", "officer")
