"""A figure opens its rows: signs, an indicator's places, one series, what one datastream said."""

import json
import re

import pytest
from tests.vitals.conftest import at
from tests.vitals.walking import read, same

PENRACK = "/vitals/pressure/xx-e-1-a/"


def test_a_figure_opens_its_rows_down_to_the_observations(burst, signed_in):
    browser = signed_in("officer")
    signs = read(browser, "/vitals/")
    assert f"[{PENRACK}] Water pressure" in signs
    assert "0.12 MPa" in signs
    assert "worst: Penrack 10:02 [/vitals/pressure/?place=xx] 3 places · 2 beyond a limit" in signs
    places = read(browser, "/vitals/pressure/?place=xx")
    assert places.index("Penrack") < places.index("Brushwash") < places.index("Inkscent")
    series = read(browser, PENRACK)
    assert "0.12 MPa is down to the limit of 0.14 MPa for alarm, since 11-24 10:02." in series
    assert "One window of 1 min is enough to raise a level." in series
    assert "Below 0.14 the third floor has no water." in series
    assert "10:01 0.17 MPa 2 Warning provisional" in series
    assert "[/vitals/pressure/xx-e-1-a/1/] urn:xx:water_pressure:1" in series
    rows = read(browser, f"{PENRACK}1/")
    assert "0.12 MPa 10:02" not in rows  # rows stand one by one, with when they were received
    values = re.findall(r"10:0(\d) (0\.\d+) MPa", rows)
    assert values == [("2", "0.12"), ("1", "0.16"), ("1", "0.18"), ("0", "0.3")]


def test_all_of_it_in_chinese(burst, signed_in):
    browser = signed_in("officer", "zh-hans")
    signs = read(browser, "/vitals/")
    assert f"[{PENRACK}] 供水压力" in signs
    assert "最差：笔架里" in signs
    assert "3 处 · 2 处超限" in signs
    assert "供水排水" in signs
    series = read(browser, PENRACK)
    assert "0.12 MPa，已降到警报限值 0.14 MPa，自 11-24 10:02 起。" in series
    assert "一个 1 分钟窗口达到即升级。" in series
    assert "1 分钟内供水压力的平均值。" in series
    assert "低于 0.14 时三楼无水。" in series
    assert "近 24 小时的观测" in read(browser, f"{PENRACK}1/")
    assert "限值及理由" in read(browser, "/vitals/pressure/")


def test_the_chart_holds_values_and_limits(burst, signed_in):
    page = signed_in("officer").get(PENRACK).content.decode()
    found = re.search(r'<script id="readings" type="application/json">(.*?)</script>', page)
    assert found is not None
    drawn = json.loads(found[1])
    assert drawn["x"] == ["11-24 10:00", "11-24 10:01", "11-24 10:02"]
    values = {line["name"]: line["values"] for line in drawn["series"]}
    assert values["Water pressure"] == pytest.approx([0.30, 0.17, 0.12])
    assert "level corrected by late readings" not in values
    assert [limit["value"] for limit in drawn["limits"]] == [0.24, 0.20, 0.14]


def test_a_sign_that_never_spoke_is_not_normal(burst, signed_in):
    browser = signed_in("officer")
    assert "Lifts out of order : open the rows behind this figure – No data" in read(
        browser, "/vitals/"
    )
    lifts = read(browser, "/vitals/lifts/xx-e-1-a/")
    assert "No data No reading has come yet." in lifts
    assert "Silence is not a zero: nothing was stored for these hours." in lifts
    assert "Nothing came in 24 hours" in read(browser, "/vitals/lifts/xx-e-1-a/4/")


def test_an_old_reading_is_told_with_its_day_where_the_span_is_empty(burst, signed_in):
    burst.play(4, (4, 3.5, 0))
    burst.play(4 + 24 * 60)
    lifts = read(signed_in("officer"), "/vitals/lifts/xx-e-1-a/")
    assert "Normal It lies within its limits." in lifts
    assert "Newest reading no · 11-24 10:03" in lifts


def test_late_readings_may_correct_only_within_the_bound(burst, signed_in):
    browser = signed_in("officer")
    words = "Late readings may still correct it."
    assert words in read(browser, PENRACK)
    burst.clock.now = at(8.1)  # its window ended at 10:03 and the bound is five minutes
    assert words not in read(browser, PENRACK)


def test_a_level_held_by_the_margin_says_so(burst, signed_in):
    burst.play(4, (1, 3.5, 0.205))
    assert (
        "Warning 0.20 MPa is not yet 0.01 MPa back from the limit of 0.20 MPa for warning"
        in read(signed_in("officer"), PENRACK)
    )


def test_a_smaller_place_shows_its_own_signs(burst, signed_in):
    west = read(signed_in("officer"), "/vitals/?place=xx-w")
    assert "[/vitals/pressure/xx-w-1-a/] Water pressure" in west
    assert "xx-e-1-a" not in west
    assert "[/vitals/supply/xx-w/] Pressure of the district" in west
    assert "Inkwell" in west  # the way up
    nothing = read(signed_in("officer"), "/vitals/?place=xx-e-1-a")
    assert "[/vitals/lifts/xx-e-1-a/]" in nothing


@pytest.mark.parametrize("span", ["24h", "7d", "a month"])
def test_spans(burst, signed_in, span):
    assert "0.3 MPa 1 Normal" in read(signed_in("officer"), f"{PENRACK}?span={span}")


@pytest.mark.parametrize(
    "address", ["/vitals/", "/vitals/pressure/", PENRACK, "/alerts/", "/vitals/?place=xx-e"]
)
def test_the_fragment_equals_a_reload(burst, signed_in, address):
    browser = signed_in("officer")
    whole = browser.get(address).content.decode()
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert same(part) in same(whole)


@pytest.mark.parametrize(
    "address",
    [
        "/vitals/?place=nowhere",
        "/vitals/nothing/",
        "/vitals/nothing/xx/",
        "/vitals/pressure/xx/",
        "/vitals/pressure/xx-e-1-a/2/",
        "/vitals/pressure/xx-e-1-a/999/",
        "/alerts/no-such-alert/",
        "/alerts/?place=nowhere",
    ],
)
def test_what_is_not_there_is_not_found(burst, signed_in, address):
    assert signed_in("officer").get(address).status_code == 404


def test_a_city_without_sensors_gets_a_sentence(pack_folder, tmp_path, settings, signed_in):
    from gongbi.vitals.models import Indicator, Series

    Series.objects.update(in_force=False)
    Indicator.objects.update(in_force=False)
    said = read(signed_in("officer"), "/vitals/")
    assert "No indicator reads anything here" in said
    assert "indicators.toml" in said
