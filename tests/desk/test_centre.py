"""The operation centre: who sees what, fragments as a reload, figures with their rows."""

from datetime import timedelta

import pytest
from tests.desk.conftest import NOW, same

from gongbi.desk.queries import FRAGMENTS


def test_strangers_stay_out(signed_in):
    assert signed_in().get("/centre/").status_code == 302
    assert signed_in("stranger").get("/centre/").status_code == 403
    assert signed_in("worker").get("/centre/").status_code == 403


def test_another_district_does_not_exist(signed_in):
    west = signed_in("west")
    assert west.get("/centre/").context["view"].post.place.code == "xx-w"
    assert west.get("/centre/?place=xx-e").status_code == 404
    assert west.get("/centre/?place=nowhere").status_code == 404
    assert west.get("/centre/map.json?place=xx").status_code == 404


def test_a_district_sees_its_own(signed_in, report, sensing):
    east, west = report("xx-e-1-a"), report("xx-w-1-a")
    page = signed_in("west").get("/centre/").content.decode()
    assert west in page
    assert east not in page
    points = signed_in("west").get("/centre/map.json").json()["features"]
    assert [
        one["properties"]["note"] for one in points if one["properties"]["kind"] == "case"
    ] == [west]


@pytest.mark.parametrize("name", FRAGMENTS)
@pytest.mark.parametrize("choice", ["", "?place=xx-w&level=2"])
def test_a_fragment_is_what_a_reload_shows(signed_in, report, sensing, name, choice):
    report("xx-w-1-a")
    officer = signed_in("officer")
    whole = same(officer.get(f"/centre/{choice}").content.decode())
    part = same(officer.get(f"/centre/part/{name}{choice}").content.decode())
    assert part in whole


def test_unknown_fragment(signed_in):
    assert signed_in("officer").get("/centre/part/nothing").status_code == 404


def test_level_leaves_out_what_is_milder(signed_in, sensing):
    sensing.alert.level = 1
    sensing.alert.save()
    officer = signed_in("officer")
    assert len(officer.get("/centre/").context["alerts"]) == 1
    assert len(officer.get("/centre/?level=2").context["alerts"]) == 0


def test_the_map_tells_alert_place_and_case(signed_in, report, sensing):
    report("xx-e-1-a")
    said = signed_in("officer").get("/centre/map.json").json()
    kinds = {(one["properties"]["kind"], one["properties"]["level"]) for one in said["features"]}
    assert kinds == {("alert", 3), ("case", -1), ("place", 0)}
    west, south = said["bounds"][0]
    assert west < 122.86
    assert south < 30.2


def test_figures_equal_their_rows(signed_in, report):
    report("xx-e-1-a")
    report("xx-w-1-a", kind="lamp-out")
    officer = signed_in("officer")
    counts = officer.get("/centre/").context["counts"]
    assert counts.open == 2
    assert counts.due_today == 1
    for query, many in (("", counts.open), ("&today=1", 1), ("&reopened=1", counts.unsolved)):
        listed = officer.get(f"/cases/?state=live&place=xx{query}").context["page"]
        assert listed.count == many


def test_a_day_s_cases_stand_beside_what_is_usual(signed_in, report, clock):
    for days, many in ((3, 1), (2, 5), (1, 2), (0, 4)):
        clock.now = NOW - timedelta(days=days)
        for _ in range(many):
            report("xx-e-1-a")
    page = signed_in("officer").get("/centre/")
    assert (page.context["opened"], page.context["usual"]) == (4, "2")
    assert page.context["by_day"] == [1, 5, 2, 4]
    assert "median of 3 days: 2" in page.content.decode()
    rows = signed_in("officer").get("/brief/opened/?place=xx").context["rows"]
    assert len(rows) == 4


def test_silence_is_not_normal(signed_in, sensing):
    row = sensing.series["xx-e"]
    row.value = None
    row.save()
    [sign] = signed_in("officer").get("/centre/?place=xx-e").context["signs"]
    assert sign.level == -1


def test_cost_does_not_grow_with_cases(signed_in, report, sensing, django_assert_max_num_queries):
    officer = signed_in("officer")
    for _ in range(12):
        report()
    with django_assert_max_num_queries(45):
        officer.get("/centre/")
    with django_assert_max_num_queries(25):
        officer.get("/centre/part/feed")
    with django_assert_max_num_queries(25):
        officer.get("/centre/map.json")
