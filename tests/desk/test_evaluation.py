"""The evaluation: figures by hand, small numbers withheld, who may see it."""

import csv
import io
from datetime import timedelta

import pytest
from tests.desk.checking import verdicts
from tests.desk.conftest import NOW

from gongbi.cases.models import Case, Deadline, Step

ADDRESS = "/evaluation/?period=2026-11"


@pytest.fixture
def month(report):
    """Twelve cases in the east, three in the west: some late, some returned, some denied."""
    east = [report("xx-e-1-a") for _ in range(12)]
    west = [report("xx-w-1-a", kind="lamp-out") for _ in range(3)]
    Deadline.objects.filter(kind="solve", case__number__in=east[:9]).update(
        ended_at=NOW, ended_as="met"
    )
    Deadline.objects.filter(kind="solve", case__number__in=east[9:]).update(missed_at=NOW)
    Case.objects.filter(number__in=east[:2]).update(returned=1)
    Case.objects.filter(number=east[2]).update(returned=3, signals_count=4)
    Case.objects.filter(number=east[3]).update(state="cancelled")
    verdicts(east[0], solved=8, not_solved=4, unanswered=3)
    case = Case.objects.get(number=east[4])
    for day, verb, source in ((20, "wait", "open"), (5, "resume", "waiting"), (3, "wait", "open")):
        Step.objects.create(
            case=case, verb=verb, source=source, target="x", actor="person:1",
            at=NOW - timedelta(days=day),
        )  # fmt: skip
    return east, west


def shares(page):
    found = page.context["found"]
    return {code: (one.part, one.of) for code, one in found.whole.shares.items()}


def test_figures_by_hand(signed_in, month):
    said = shares(signed_in("officer").get(ADDRESS))
    assert said["on_time"] == (9, 12)
    assert said["returned"] == (3, 15)
    assert said["ping_pong"] == (1, 15)
    assert said["repeated"] == (1, 15)
    assert said["cancelled"] == (1, 15)
    assert said["declared"] == (15, 15)
    assert said["confirmed"] == (8, 15)
    assert said["satisfied"] == (8, 12)
    assert said["unanswered"] == (3, 15)
    assert said["denied"] == (4, 12)
    assert said["paused_long"] == (None, None), "two pauses are too few to be a share"
    assert said["contact"] == (0, 0)


@pytest.mark.parametrize("by", ["unit", "place", "type", "month"])
def test_groups_sum_to_the_whole(signed_in, month, by):
    page = signed_in("officer").get(f"{ADDRESS}&by={by}")
    found = page.context["found"]
    assert sum(group.cases for group in found.groups) == found.whole.cases == 15
    if by == "place":
        west = next(group for group in found.groups if group.code == "xx-w")
        assert west.shares["returned"].withheld
        assert "withheld" in page.content.decode()


def test_definitions_stand_beside_the_figures_in_both_languages(signed_in, month):
    page = signed_in("officer").get(ADDRESS).content.decode()
    assert "It is the unit&#x27;s own word" in page
    assert "75 %" in page
    assert "9/12" in page
    officer = signed_in("officer")
    officer.cookies["django_language"] = "zh-hans"
    chinese = officer.get(ADDRESS).content.decode()
    assert "这是单位自己的说法" in chinese


def test_who_may(signed_in, month):
    assert signed_in().get(ADDRESS).status_code == 302
    for name in ("stranger", "worker"):
        assert signed_in(name).get(ADDRESS).status_code == 403
        assert signed_in(name).get("/evaluation/cases.csv").status_code == 403
    west = signed_in("west")
    assert west.get(ADDRESS).context["found"].whole.cases == 3
    assert west.get(f"{ADDRESS}&place=xx-e").status_code == 404
    assert west.get(f"{ADDRESS}&by=person").status_code == 404
    assert west.get("/evaluation/?period=nonsense").status_code == 404


def test_the_public_s_page_says_less(signed_in, month):
    page = signed_in().get("/evaluation/public/?period=2026-11")
    body = page.content.decode()
    assert page.status_code == 200
    assert "On time" in body
    assert "East" in body
    assert "Water" not in body, "no unit is named"
    assert "denied" not in body
    assert {one.code for one in page.context["measures"]} == {
        "contact", "on_time", "confirmed", "unanswered",
    }  # fmt: skip


def test_the_same_as_a_table(signed_in, month):
    answer = signed_in("officer").get("/evaluation/cases.csv?period=2026-11&by=place")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    on_time = next(row for row in rows if row[2] == "On time")
    assert on_time[3:8] == ["9", "12", "0.7500", "0.4677", "0.9111"]
    assert all("withheld" in row for row in rows if row[0] == "xx-w" and row[2] == "Returned")


def test_its_cost_does_not_grow(signed_in, month, report, django_assert_max_num_queries):
    officer = signed_in("officer")
    officer.get(ADDRESS)
    for _ in range(6):
        report("xx-e-1-a")
    for by in ("unit", "place", "type", "month"):
        with django_assert_max_num_queries(26):
            officer.get(f"{ADDRESS}&by={by}")
