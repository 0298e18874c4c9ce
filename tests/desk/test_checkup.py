"""The check-up as its readers meet it: figures counted by hand, in both languages."""

import re
import shutil
import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.desk import checking

# Of any page: sign-in and frame included; a larger city costs no more statements.
MOST_QUERIES = 36


@pytest.fixture
def measured(small_city, settings):
    return checking.measure(settings.GONGBI_DATA)


def words(browser: Client, address: str) -> str:
    """A page's words without its tags."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_last_whole_week_of_a_district(signed_in, measured):
    """Half of the week at alarm: a burden of a half, fifty points, none lost the week before."""
    said = words(signed_in("officer"), "/checkup/xx-w/")
    assert (
        "West has 50.0 of 100 points: in trouble. Points went to: Water pressure (50.0)." in said
    )
    assert "Week 47 of 2026, 16 Nov 2026 to 22 Nov 2026" in said
    assert "−50.0" in said
    assert "from 100.0" in said
    assert "Last year: no record of the same period." in said
    # Rank five of five: two peers have gaps, but no gap reaches down to it.
    assert "Among 5 places of the same kind in Inkwell it is number 5" in said
    assert "Its parts differ more than chance would let them (p &lt; 0.01)." in said


def test_the_same_in_chinese(signed_in, measured):
    browser = signed_in("officer")
    browser.cookies["django_language"] = "zh-hans"
    said = words(browser, "/checkup/xx-w/?period=2026-W47")
    assert "西区得 50.0 分（满分 100）：告急。主要失分：供水压力 (50.0)。" in said
    assert "2026 年第 47 周" in said
    assert "去年同期：无记录。" in said


def test_the_city_is_half_mean_half_worst(signed_in, measured):
    """Burdens 0.5, 0, 0, 0, 0: mean 0.1, worst tenth 0.5, so 0.3 and seventy points."""
    said = words(signed_in("officer"), "/checkup/?period=2026-W47")
    assert "Inkwell has 70.0 of 100 points: in trouble." in said
    # 816 of 840 hours: the east was silent on Sunday.
    assert "97.1 %" in said
    # That day in full alarm: a burden of 1/7 more in the mean of five.
    assert "Gaps in the data leave open 68.6 to 70.0." in said


def test_days_and_months(signed_in, measured):
    officer = signed_in("officer")
    assert "has 50.0 of 100" in words(officer, "/checkup/xx-w/?period=2026-11-18")
    assert "Only" not in words(officer, "/checkup/xx-w/?period=2026-11")
    assert "no score" in words(officer, "/checkup/xx-e/?period=2026-11-22")
    assert "Provisional: the period is not over." in words(officer, "/checkup/?period=2026-W48")
    for bad in ("2026-W60", "yesterday", "2027-01"):
        assert officer.get(f"/checkup/?period={bad}").status_code == 404


@pytest.mark.parametrize(
    "who, place, status",
    [
        ("", "xx", 302),
        ("stranger", "xx", 403),
        ("worker", "xx", 403),
        ("west", "xx-w", 200),
        ("west", "xx-e", 404),
        ("west", "xx", 404),
        ("officer", "xx-e", 200),
        ("officer", "xx", 200),
        ("officer", "nowhere", 404),
    ],
)
@pytest.mark.parametrize("form", ["", "paper.pdf"])
def test_who_may_see_it(signed_in, measured, who, place, status, form):
    assert signed_in(who).get(f"/checkup/{place}/{form}").status_code == status


@pytest.mark.parametrize(
    "role, unit, status",
    [
        ("supervisor", "centre", 200),
        ("dispatcher", "centre", 200),
        ("keeper", "centre", 403),
        ("clerk", "hotline", 403),
        ("unit_lead", "water", 403),
    ],
)
def test_which_roles_may_see_it(small_city, signed_in, measured, role, unit, status):
    from gongbi.core.models import Post

    stranger = small_city.people["stranger"]
    Post.objects.create(person=stranger, role=role, unit_id=unit, place_id="xx")
    assert signed_in("stranger").get("/checkup/xx-w/").status_code == status


def test_peers_outside_ones_reach_have_no_name(signed_in, measured):
    ours = words(signed_in("west"), "/checkup/xx-w/")
    assert "Among 5 places" in ours
    assert "East" not in ours
    assert "East" in words(signed_in("officer"), "/checkup/xx-w/")


def test_fewer_than_ten_people_have_none(signed_in, measured):
    from gongbi.core.models import Place

    Place.objects.filter(pk="xx-n").update(population=9)
    assert signed_in("officer").get("/checkup/xx-n/").status_code == 404
    assert "District N" not in words(signed_in("officer"), "/checkup/xx/")


def test_words_of_fewer_than_ten_residents_are_not_told(signed_in, measured, report, clock):
    at = clock.now
    clock.now = at - timedelta(days=5)
    number = report("xx-w-1-a")
    clock.now = at
    checking.verdicts(number, solved=5, not_solved=3, unanswered=1)
    few = words(signed_in("officer"), "/checkup/xx-w/")
    assert "fewer than ten asked: not shown" in few
    assert "solved 5" not in few
    checking.verdicts(number, solved=0, not_solved=0, unanswered=1)
    many = words(signed_in("officer"), "/checkup/xx-w/")
    assert "Handlers declared: done 10, not possible 0" in many
    assert "Residents said: solved 5, not solved 3; unanswered 2, waiting 0" in many
    assert "62.5 % say solved" in many


def test_what_to_do_has_its_reasons(signed_in, measured, report, clock):
    checking.alerts(measured, 4)
    at = clock.now
    clock.now = at - timedelta(days=6)
    report("xx-w-1-a")
    clock.now = at
    from gongbi.cases.public import run_due

    run_due(clock.now)
    said = words(signed_in("officer"), "/checkup/xx/?period=2026-W47")
    assert "Look for the cause, not the symptom: Water pressure at West" in said
    assert "4 alerts of one sign at one place in this period; three are the bound." in said
    assert "Give 4 alerts an owner" in said
    assert "Ask why the promise on 1 case was missed" in said
    assert "Visit what is below its usual: West" in said
    west = words(signed_in("officer"), "/checkup/xx-w/?period=2026-W47")
    assert "Ask the peers what they do otherwise" in west
    silent = words(signed_in("officer"), "/checkup/xx-e/?period=2026-11-22")
    assert "Have the sensors seen to: Water pressure" in silent


def test_an_alert_still_on_at_the_end(signed_in, measured):
    from gongbi.vitals.models import Alert

    checking.alerts(measured, 1)
    Alert.objects.update(ended_at=None)
    said = words(signed_in("officer"), "/checkup/xx-w/?period=2026-W47")
    assert "End what has lasted: Water pressure at West" in said
    Alert.objects.update(withdrawn=True)
    assert "No alert began or lasted" in words(
        signed_in("officer"), "/checkup/xx-w/?period=2026-W47"
    )


def test_a_city_without_anything(signed_in, small_city):
    said = words(signed_in("officer"), "/checkup/")
    assert "No sign of this place is measured, so it has no score." in said
    assert "No reading has ever been kept." in said
    assert "100.0" not in said


def test_more_of_everything_costs_no_more_statements(signed_in, measured, report, clock):
    officer = signed_in("officer")
    officer.get("/checkup/xx/")

    def cost() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            assert officer.get("/checkup/xx/?period=2026-W47").status_code == 200
        return [query["sql"] for query in caught.captured_queries]

    few = cost()
    at = clock.now
    clock.now = at - timedelta(days=5)
    for _ in range(3):
        report("xx-w-1-a")
    clock.now = at
    checking.alerts(measured, 6)
    checking.alerts(measured, 6, place="xx-e")
    many = cost()
    assert len(many) <= len(few) + 1, "\n".join(many)  # names of places once there are any
    assert len(many) <= MOST_QUERIES, "\n".join(many)


@pytest.mark.parametrize(
    "language, score", [("en", "West has 50.0 of 100"), ("zh-hans", "西区得 50.0 分")]
)
def test_the_pdf_holds_the_figures(signed_in, measured, tmp_path, language, score):
    browser = signed_in("officer")
    browser.cookies["django_language"] = language
    answer = browser.get("/checkup/xx-w/paper.pdf?period=2026-W47")
    assert answer["Content-Type"] == "application/pdf"
    assert "checkup-xx-w-2026-W47.pdf" in answer["Content-Disposition"]
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed (poppler-utils); the words are not checked.")
    file = tmp_path / "paper.pdf"
    file.write_bytes(answer.content)
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True
    ).stdout
    plain = re.sub(r"\s+", "", text)
    assert score.replace(" ", "") in plain
    assert "−50.0" in plain
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True, text=True)
    assert set(re.findall(r"\+(\S+)", fonts.stdout)) <= {"NotoSansSC-Regular", "NotoSansSC-Bold"}


def test_the_centre_leads_to_it(signed_in, small_city):
    from gongbi.core.models import Post

    link = 'href="/checkup/xx/"'
    assert link in signed_in("officer").get("/centre/").content.decode()
    stranger = small_city.people["stranger"]
    Post.objects.create(person=stranger, role="keeper", unit_id="centre", place_id="xx")
    assert link not in signed_in("stranger").get("/centre/").content.decode()
