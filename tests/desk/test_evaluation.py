"""The evaluation: figures by hand, small numbers withheld, who may see it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from tests.desk.checking import verdicts
from tests.desk.conftest import NOW

from gongbi.cases.models import Case, Deadline, Satisfaction, Step, Verdict
from gongbi.cases.public import MEASURES

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
    laid = page.context["laid"]
    return {one.measure.code: (one.share.part, one.share.of) for one in (*laid.plain, *laid.watch)}


def figures_of(row):
    return {one.measure.code: one for one in row.figures}


def test_figures_by_hand(signed_in, month):
    said = shares(signed_in("officer").get(ADDRESS))
    assert said["on_time"] == (9, 12)
    assert said["returned"] == (3, 15)
    assert said["ping_pong"] == (1, 15)
    assert said["several"] == (1, 15)
    assert said["repeated"] == (0, 0), "none is closed for fourteen days"
    assert said["prompted"] == (None, None), "eight said it is solved, which is too few"
    assert said["cancelled"] == (1, 15)
    assert said["declared"] == (15, 15)
    assert said["confirmed"] == (8, 15)
    assert said["satisfied"] == (0, 0), "nobody was asked how satisfied they are"
    assert said["unanswered"] == (3, 15)
    assert said["denied"] == (4, 12)
    assert said["paused_long"] == (None, None), "two pauses are too few to be a share"
    assert said["contact"] == (0, 0)


@pytest.mark.parametrize("by", ["unit", "place", "type", "month", "source"])
def test_groups_sum_to_the_whole(signed_in, month, by):
    page = signed_in("officer").get(f"{ADDRESS}&by={by}")
    laid = page.context["laid"]
    assert sum(row.group.cases for row in laid.rows) == laid.cases == 15
    if by == "place":
        west = next(row for row in laid.rows if row.group.code == "xx-w")
        assert figures_of(west)["returned"].share.withheld
        assert "withheld" in page.content.decode()


def test_definitions_stand_beside_the_figures_in_both_languages(signed_in, month):
    page = signed_in("officer").get(ADDRESS).content.decode()
    assert "It is the unit&#x27;s own word" in page
    assert "75 %" in page
    assert ">9</a>/<a" in page
    assert re.search(r">75 %</span> <span[^>]*>\(\d+–\d+\) ·</span>", page), "with marks between"
    officer = signed_in("officer")
    officer.cookies["django_language"] = "zh-hans"
    chinese = officer.get(ADDRESS).content.decode()
    assert "这是单位自己的说法" in chinese


@pytest.mark.parametrize("address", [ADDRESS, "/evaluation/public/?period=2026-11"])
def test_the_month_before_is_called_by_its_name(signed_in, month, address):
    page = signed_in("officer").get(address).content.decode()
    assert ' rel="prev">← October 2026</a>' in page


def test_an_empty_month_says_where_there_is_one(signed_in, month):
    page = signed_in("officer").get("/evaluation/?period=2026-10").content.decode()
    assert "No case was opened in this period. The next one, 2026-11:" in page
    assert "No case was opened" not in signed_in("officer").get(ADDRESS).content.decode()


def test_who_may(signed_in, month):
    assert signed_in().get(ADDRESS).status_code == 302
    for name in ("stranger", "worker"):
        assert signed_in(name).get(ADDRESS).status_code == 403
        assert signed_in(name).get("/evaluation/cases.csv").status_code == 403
    west = signed_in("west")
    assert west.get(ADDRESS).context["laid"].cases == 3
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
    assert {one.code for one in page.context["laid"].measures} == {
        "contact", "on_time", "declared", "confirmed", "satisfied", "unanswered", "repeated",
    }  # fmt: skip
    assert "/evaluation/cases/" not in body, "a stranger sees the figure, not the cases"


def test_the_public_s_table_holds_what_its_page_does(signed_in, month):
    answer = signed_in().get("/evaluation/public/figures.csv?period=2026-11")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row[2] for row in rows[1:]} == {
        "First contact in time", "On time", "Solved, as declared", "Solved, as confirmed",
        "Satisfied", "Unanswered", "Came again",
    }  # fmt: skip
    assert not any("/evaluation/cases/" in cell for row in rows for cell in row)


def test_what_a_district_withholds_is_not_found_by_taking_away(signed_in, month):
    def east_of(page):
        row = next(row for row in page.context["laid"].rows if row.group.code == "xx-e")
        return figures_of(row)["on_time"].share

    public, inside = "/evaluation/public/?period=2026-11", f"{ADDRESS}&by=place"
    assert east_of(signed_in().get(public)).of == 12, "no promise of the west has ended"
    west = Deadline.objects.filter(kind="solve", case__number__in=month[1])
    west.update(ended_at=NOW, ended_as="met")
    assert east_of(signed_in().get(public)).withheld, "15 less 12 would tell the west's three"
    assert east_of(signed_in("officer").get(inside)).of == 12, "who may see the cases is told"


def test_the_same_as_a_table(signed_in, month):
    answer = signed_in("officer").get("/evaluation/cases.csv?period=2026-11&by=place")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    on_time = next(row for row in rows if row[2] == "On time")
    assert on_time[3:8] == ["9", "12", "0.7500", "0.4677", "0.9111"]
    assert all("withheld" in row for row in rows if row[0] == "xx-w" and row[2] == "Returned")


def test_the_same_matter_again_after_it_was_closed(signed_in, report, small_city):
    day = timedelta(days=1)
    closed = [report("xx-e-1-a", at=NOW - 20 * day) for _ in range(11)]
    Case.objects.filter(number__in=closed).update(state="closed", closed_at=NOW - 18 * day)
    near = Case.objects.get(number=closed[0])
    again = Case.objects.get(number=report("xx-e-1-a", at=NOW - 8 * day))
    Case.objects.filter(pk=again.pk).update(lon=near.lon, lat=near.lat + 0.0005, cell=near.cell)
    other_type = Case.objects.get(number=report("xx-e-1-a", kind="lamp-out", at=NOW - 8 * day))
    second = Case.objects.get(number=closed[1])
    Case.objects.filter(pk=other_type.pk).update(lon=second.lon, lat=second.lat, cell=second.cell)
    late = Case.objects.get(number=report("xx-e-1-a", at=NOW - 3 * day))
    third = Case.objects.get(number=closed[2])
    Case.objects.filter(pk=late.pk).update(lon=third.lon, lat=third.lat, cell=third.cell)
    newly = report("xx-e-1-a", at=NOW - 12 * day)
    Case.objects.filter(number=newly).update(state="closed", closed_at=NOW - 5 * day)
    officer = signed_in("officer")
    assert shares(officer.get(ADDRESS))["repeated"] == (1, 11)
    page = officer.get("/evaluation/cases/?period=2026-11&by=unit&measure=repeated&which=part")
    assert [row.number for row in page.context["found"].rows] == [near.number]
    Case.objects.filter(pk=again.pk).update(state="cancelled")
    assert shares(officer.get(ADDRESS))["repeated"] == (0, 11), "it was no matter after all"


def test_a_place_that_is_the_city_repeats_nothing(signed_in, report):
    for _ in range(12):
        Case.objects.filter(number=report("xx", at=NOW - timedelta(days=20))).update(
            state="closed", closed_at=NOW - timedelta(days=16)
        )
    assert shares(signed_in("officer").get(ADDRESS))["repeated"] == (0, 0)


def test_stars_asked_for_and_said_at_once(signed_in, report):
    number = report()
    verdicts(number, solved=20, not_solved=5, unanswered=0)
    said = Verdict.objects.filter(said="solved").order_by("pk").values_list("pk", flat=True)
    hour = timedelta(hours=1)
    Verdict.objects.filter(pk__in=list(said[:12])).update(said_at=NOW + hour, asked_at=NOW)
    Verdict.objects.filter(pk__in=list(said[:3])).update(prompted=True)
    Verdict.objects.filter(pk__in=list(said[15:])).update(channel="call_back")
    Verdict.objects.filter(said="not_solved").update(prompted=True)
    found = shares(signed_in("officer").get(ADDRESS))
    assert found["prompted"] == (3, 20)
    assert found["at_once"] == (3, 15), "of twenty, five were heard by a call"


def test_satisfied_is_what_people_said_of_it_and_not_whether_it_is_solved(signed_in, report):
    number = report()
    verdicts(number, solved=12, not_solved=0, unanswered=0)
    outcome = Verdict.objects.order_by("pk").first().outcome
    said = ["yes"] * 5 + ["fairly"] * 4 + ["no"] * 3
    Satisfaction.objects.bulk_create(
        Satisfaction(case=outcome.case, outcome=outcome, said=one, at=NOW) for one in said
    )
    officer = signed_in("officer")
    found = shares(officer.get(ADDRESS))
    assert found["confirmed"] == (12, 12)
    assert (found["satisfied"], found["not_satisfied"]) == ((5, 12), (3, 12))
    page = officer.get(ADDRESS).content.decode()
    assert "fairly satisfied” counts in the whole only" in page
    assert "measure=satisfied" not in page, "who said so is listed for nobody"
    behind = officer.get("/evaluation/cases/?period=2026-11&measure=satisfied&which=part")
    assert behind.status_code == 404


def test_a_clock_that_was_stopped_or_moved_is_seen(signed_in, report):
    numbers = [report("xx-e-1-a") for _ in range(12)]
    solve = Deadline.objects.filter(kind="solve")
    solve.update(ended_at=NOW, ended_as="met")
    Case.objects.filter(number__in=numbers[:3]).update(extended=1)
    days = {numbers[0]: ("park", 40), numbers[1]: ("park", 2), numbers[2]: ("wait", 2)}
    for number, (verb, long_) in days.items():
        case = Case.objects.get(number=number)
        for ago, what, source in ((50, verb, "open"), (50 - long_, "resume", "waiting")):
            Step.objects.create(case=case, verb=what, source=source, target="x", actor="person:1",
                                at=NOW - timedelta(days=ago))  # fmt: skip
    for number in numbers[3:11]:
        Step.objects.create(case=Case.objects.get(number=number), verb="park", source="open",
                            target="waiting", actor="person:1", at=NOW)  # fmt: skip
    page = signed_in("officer").get(ADDRESS)
    found = shares(page)
    assert found["on_time"] == (12, 12)
    assert found["kept_extended"] == (3, 12)
    assert found["kept_stopped"] == (11, 12)
    assert found["parked"] == (10, 12)
    assert found["parked_long"] == (1, 10)
    watched = {one.measure.code for one in page.context["laid"].watch}
    assert {"kept_extended", "kept_stopped", "parked", "parked_long"} <= watched


def test_the_public_is_told_what_a_kept_promise_may_hide(signed_in, month):
    page = signed_in().get("/evaluation/public/?period=2026-11")
    body = page.content.decode()
    assert "Accepting the case is enough" in body
    assert "granted more time, or was parked, counts as kept" in body
    order = [one.code for one in page.context["laid"].measures]
    assert order.index("confirmed") == order.index("declared") + 1, "the two words side by side"


def test_closed_then_opened_again(signed_in, report):
    numbers = [report() for _ in range(12)]
    for place, number in enumerate(numbers):
        case = Case.objects.get(number=number)
        for source, target in (("answered", "closed"), ("closed", "open"))[: 1 + (place < 2)]:
            Step.objects.create(
                case=case, verb="x", source=source, target=target, actor="person:1", at=NOW
            )
    assert shares(signed_in("officer").get(ADDRESS))["closed_reopened"] == (2, 12)


def test_a_group_beyond_chance_stands_out(signed_in, report):
    for _ in range(40):
        report("xx-e-1-a", kind="burst-pipe")
    lamps = [report("xx-e-1-a", kind="lamp-out") for _ in range(20)]
    Case.objects.filter(number__in=lamps[:12]).update(state="cancelled")
    page = signed_in("officer").get(f"{ADDRESS}&by=type")
    marked = {row.group.code: row.group.stands_out for row in page.context["laid"].rows}
    assert marked == {"lamp-out": frozenset({"cancelled"}), "burst-pipe": frozenset()}
    assert page.content.decode().count("stands out") == 1


@pytest.mark.parametrize("by", ["unit", "place", "type", "month", "source"])
def test_each_share_opens_the_cases_behind_it(signed_in, month, by):
    officer = signed_in("officer")
    laid = officer.get(f"{ADDRESS}&by={by}").context["laid"]
    rows = [(*laid.plain, *laid.watch), *(row.figures for row in laid.rows)]
    opened = 0
    for figure in (one for row in rows for one in row if one.part_href):
        for href, told in (
            (figure.part_href, figure.share.part),
            (figure.of_href, figure.share.of),
        ):
            found = officer.get(href).context["found"]
            assert found.figure == told, (href, figure.measure.code)
            assert len(found.rows) == found.cases <= told or told == 0
            opened += 1
    assert opened > 30


def test_the_list_says_what_moved_since_the_document(signed_in, month, clock):
    officer = signed_in("officer")
    href = "/evaluation/cases/?period=2026-11&by=unit&measure=returned&which=part"
    east, _west = month
    Case.objects.filter(number=east[0]).update(changed_at=NOW + timedelta(hours=2))
    clock.now = NOW + timedelta(hours=3)
    page = officer.get(f"{href}&at=2026-11-24T03:00:00%2B00:00")
    assert page.context["found"].moved == {east[0]}
    assert "changed since" in page.content.decode()
    assert "changed since" not in officer.get(f"{href}&at=nonsense").content.decode()


def test_who_may_open_the_cases(signed_in, month, report):
    href = "/evaluation/cases/?period=2026-11&by=unit&measure=on_time&which=of"
    assert signed_in().get(href).status_code == 302
    for name in ("stranger", "worker"):
        assert signed_in(name).get(href).status_code == 403
    for quarter in ("xx-w-1-a",) * 7:
        report(quarter, kind="lamp-out")
    west = signed_in("west").get(href.replace("on_time", "returned"))
    assert len(west.context["found"].rows) == 10
    assert {row.place for row in west.context["found"].rows} == {"xx-w-1-a"}
    assert signed_in("west").get(f"{href}&place=xx-e").status_code == 404
    for wrong in ("measure=nothing&which=of", "measure=on_time&which=all"):
        address = f"/evaluation/cases/?period=2026-11&by=unit&{wrong}"
        assert signed_in("officer").get(address).status_code == 404
    for nul in ("unit=%00", "group=%00"):
        assert signed_in("officer").get(f"{href}&{nul}").status_code == 404
    assert signed_in("officer").get(f"{href}&by=month&group=x").context["found"].rows == ()


def test_what_is_withheld_is_not_listed_either(signed_in, month):
    """By its address: the figure has no link."""
    officer, href = signed_in("officer"), "/evaluation/cases/?period=2026-11&by=unit"
    for rest in ("measure=paused_long&which=of", "measure=returned&which=of&by=place&group=xx-w"):
        page = officer.get(f"{href}&{rest}")
        assert page.status_code == 404
        assert "the share rests on too few" in page.content.decode()


def test_who_said_that_stars_were_asked_for_is_listed_for_nobody(signed_in, report):
    verdicts(report(), solved=20, not_solved=0, unanswered=0)
    Verdict.objects.update(prompted=True)
    officer = signed_in("officer")
    page = officer.get(ADDRESS)
    assert shares(page)["prompted"] == (20, 20)
    assert "measure=prompted" not in page.content.decode()
    for which in ("part", "of"):
        href = f"/evaluation/cases/?period=2026-11&by=unit&measure=prompted&which={which}"
        assert officer.get(href).status_code == 404


def test_everybody_is_told_whole_months_only(signed_in, month):
    for period in ("2026-11-24", "2026-W48"):
        page = signed_in().get(f"/evaluation/public/?period={period}")
        assert page.status_code == 404
        assert "whole months" in page.content.decode()


@pytest.mark.parametrize(
    "rest",
    ["by=month&group=9999-12", "by=month&group=0001-01", "by=month&group=2026-13",
     "at=0001-01-01T00:00:00%2B14:00", "at=9999-12-31T23:59:59-12:00"],
)  # fmt: skip
def test_no_crafted_address_breaks_the_list(signed_in, month, rest):
    href = "/evaluation/cases/?period=2026-11&by=unit&measure=returned&which=of"
    assert signed_in("officer").get(f"{href}&{rest}").status_code == 200


def test_the_cases_come_in_pages(signed_in, report):
    numbers = {report() for _ in range(33)}
    officer = signed_in("officer")
    href = "/evaluation/cases/?period=2026-11&by=unit&measure=returned&which=of"
    first = officer.get(href).context["found"]
    assert (len(first.rows), first.cases, first.before) == (30, 33, "")
    second = officer.get(f"{href}&after={first.after}").context["found"]
    assert len(second.rows) == 3
    assert {row.number for row in (*first.rows, *second.rows)} == numbers
    back = officer.get(f"{href}&before={second.before}").context["found"]
    assert back.rows == first.rows


def test_the_list_s_cost_does_not_grow(signed_in, month, report, django_assert_max_num_queries):
    officer = signed_in("officer")
    href = "/evaluation/cases/?period=2026-11&by=place&group=xx-e&measure=confirmed&which=of"
    officer.get(href)
    for _ in range(6):
        verdicts(report("xx-e-1-a"), solved=2, not_solved=1, unanswered=1)
    with django_assert_max_num_queries(14):
        officer.get(href)


def test_one_unit_alone(signed_in, month):
    from gongbi.cases.models import Outcome

    _east, west = month
    Case.objects.filter(number__in=west).update(unit="water", unit_path="/water/")
    Outcome.objects.all().update(unit="water")
    officer = signed_in("officer")
    said = shares(officer.get(f"{ADDRESS}&unit=water"))
    assert said["confirmed"] == (8, 15), "the verdicts on what it declared"
    assert said["returned"] == (None, None), "three cases are its own"
    group = officer.get(ADDRESS).context["laid"].rows
    water = next(figures_of(row) for row in group if row.group.code == "water")
    for code, pair in said.items():
        assert (water[code].share.part, water[code].share.of) == pair
    assert officer.get(f"{ADDRESS}&unit=nobody").status_code == 404


def test_every_measure_of_the_list_is_there():
    assert {one.code for one in MEASURES} >= {
        "contact", "on_time", "declared", "confirmed", "satisfied", "reopened", "returned",
        "ping_pong", "repeated", "unanswered", "closed_reopened", "paused_long", "cancelled",
        "prompted", "at_once", "denied", "overtaken", "parked", "parked_long", "kept_extended",
        "kept_stopped", "not_satisfied",
    }  # fmt: skip


def test_its_cost_does_not_grow(signed_in, month, report, django_assert_max_num_queries):
    officer = signed_in("officer")
    officer.get(ADDRESS)
    for _ in range(6):
        report("xx-e-1-a")
    for by in ("unit", "place", "type", "month", "source"):
        with django_assert_max_num_queries(26):
            officer.get(f"{ADDRESS}&by={by}")
