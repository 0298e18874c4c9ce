"""The daily brief: every figure equals the rows it opens."""

from datetime import timedelta

import pytest

from gongbi.desk import days
from gongbi.desk.wording import ALERTS, FIGURES


@pytest.fixture
def two_days(report, sensing, clock):
    """Two cases yesterday, one today at ten in the city."""
    clock.now -= timedelta(days=1)
    report("xx-e-1-a")
    report("xx-w-1-a")
    clock.now += timedelta(days=1)
    report("xx-e-1-a", kind="lamp-out")


@pytest.mark.parametrize("code", [*FIGURES, ALERTS])
def test_every_figure_equals_its_rows(signed_in, two_days, code):
    officer = signed_in("officer")
    brief = officer.get("/brief/").context["brief"]
    [figure] = [one for one in brief.figures if one.code == code]
    for day, counted in ((brief.today, figure.today), (brief.yesterday, figure.yesterday)):
        page = officer.get(f"/brief/{code}/?day={day:%Y-%m-%d}")
        assert page.context["total"] == counted


def test_days_are_the_citys_days(signed_in, two_days):
    brief = signed_in("officer").get("/brief/").context["brief"]
    opened = next(one for one in brief.figures if one.code == "opened")
    assert (f"{brief.today}", opened.today, opened.yesterday) == ("2026-11-24", 1, 2)


def test_a_late_evening_belongs_to_its_day(signed_in, report, clock):
    clock.now = clock.now.replace(hour=15, minute=59)  # one minute before midnight in the city
    report("xx-e-1-a")
    clock.now += timedelta(minutes=2)
    brief = signed_in("officer").get("/brief/").context["brief"]
    opened = next(one for one in brief.figures if one.code == "opened")
    assert (opened.today, opened.yesterday) == (0, 1)


def test_a_district_counts_its_own(signed_in, two_days):
    brief = signed_in("west").get("/brief/").context["brief"]
    opened = next(one for one in brief.figures if one.code == "opened")
    assert (opened.today, opened.yesterday) == (0, 1)


def test_looking_back_beyond_the_first_look(signed_in, report, clock, monkeypatch):
    monkeypatch.setattr(days, "FIRST_LOOK", 1)
    for _ in range(6):
        report("xx-e-1-a")
    brief = signed_in("officer").get("/brief/").context["brief"]
    assert not brief.cut
    assert next(one for one in brief.figures if one.code == "opened").today == 6
    monkeypatch.setattr(days, "MOST_STEPS", 3)
    assert signed_in("officer").get("/brief/").context["brief"].cut


def test_bad_words(signed_in):
    officer = signed_in("officer")
    assert officer.get("/brief/?day=yesterday").status_code == 404
    assert officer.get("/brief/nothing/").status_code == 404
    assert signed_in("worker").get("/brief/").status_code == 403
    assert signed_in().get("/brief/").status_code == 302
