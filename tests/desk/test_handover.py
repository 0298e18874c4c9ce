"""Shift handover: taken once, acknowledged line by line, by whom and when."""

from datetime import timedelta

import pytest
from tests.desk.conftest import same
from tests.forms import once, twice

from gongbi.core.models import JournalLine
from gongbi.desk.models import Shift, ShiftLine


@pytest.fixture
def taken(signed_in, report, sensing):
    """A shift taken over by the officer: a case due, a case with time, an alert."""
    report("xx-e-1-a")
    report("xx-w-1-a", kind="lamp-out")
    officer = signed_in("officer")
    officer.post("/handover/take/", {"place": "xx"})
    return officer, Shift.objects.get()


def test_the_board_groups_what_is_owed(signed_in, report, sensing, clock):
    report("xx-e-1-a")
    report("xx-w-1-a", kind="lamp-out")
    groups = dict(signed_in("officer").get("/handover/").context["handover"].groups)
    assert {name: len(lines) for name, lines in groups.items()} == {
        "promised": 1,
        "alert": 1,
        "open": 1,
    }
    clock.now += timedelta(hours=13)
    groups = dict(signed_in("officer").get("/handover/").context["handover"].groups)
    assert {name: len(lines) for name, lines in groups.items()} == {
        "promised": 1,
        "alert": 1,
        "silent": 1,
    }


def test_taking_writes_the_lines_and_a_fact(taken, small_city):
    _officer, shift = taken
    assert shift.taken_by == small_city.people["officer"]
    assert [line.group for line in shift.lines.all()] == ["promised", "alert", "open"]
    assert JournalLine.objects.get(kind="desk.ShiftTaken").body["lines"] == 3


def test_acknowledging_says_who_and_when(taken, small_city, clock):
    officer, shift = taken
    line = shift.lines.first()
    clock.now += timedelta(minutes=5)
    address = f"/handover/{shift.pk}/lines/{line.pk}/acknowledge/"
    part = officer.post(address, headers={"hx-request": "true"}).content.decode()
    line.refresh_from_db()
    assert line.acknowledged_by == small_city.people["officer"]
    assert line.acknowledged_at == clock.now
    page = same(officer.get(f"/handover/{shift.pk}/").content.decode())
    assert same(part.split('<span id="seen"')[0]) in page
    assert "1 of 3 acknowledged" in page


def test_the_first_who_acknowledged_is_kept(taken, small_city, clock):
    officer, shift = taken
    line = shift.lines.first()
    address = f"/handover/{shift.pk}/lines/{line.pk}/acknowledge/"
    assert officer.post(address).status_code == 302
    first = ShiftLine.objects.get(pk=line.pk).acknowledged_at
    clock.now += timedelta(hours=1)
    officer.post(address)
    assert ShiftLine.objects.get(pk=line.pk).acknowledged_at == first
    assert JournalLine.objects.filter(kind="desk.LineAcknowledged").count() == 1


def test_a_line_that_ended_says_so(taken, sensing, clock):
    officer, shift = taken
    sensing.alert.ended_at = clock.now
    sensing.alert.save()
    groups = dict(officer.get(f"/handover/{shift.pk}/").context["handover"].groups)
    assert groups["alert"][0].gone
    assert not groups["promised"][0].gone


def test_another_district_may_not(taken, signed_in):
    _officer, shift = taken
    west = signed_in("west")
    line = shift.lines.first()
    assert west.get(f"/handover/{shift.pk}/").status_code == 404
    assert west.post(f"/handover/{shift.pk}/lines/{line.pk}/acknowledge/").status_code == 404
    assert west.post("/handover/take/", {"place": "xx"}).status_code == 404
    assert signed_in("worker").get("/handover/").status_code == 403
    assert signed_in("officer").get("/handover/take/").status_code == 405


def test_a_line_of_another_shift_is_not_there(taken):
    officer, shift = taken
    assert officer.post(f"/handover/{shift.pk}/lines/999999/acknowledge/").status_code == 404


def test_cost_does_not_grow_with_lines(taken, report, django_assert_max_num_queries):
    officer, shift = taken
    for _ in range(10):
        report()
    with django_assert_max_num_queries(25):
        officer.get("/handover/")
    with django_assert_max_num_queries(25):
        officer.get(f"/handover/{shift.pk}/")


def test_pressed_twice_it_is_one_shift(signed_in, small_city):
    officer = signed_in("officer")
    said = {"place": "xx"} | once(officer, "/handover/")
    first, again = twice(officer, "/handover/take/", said)
    assert first["Location"] == again["Location"] == f"/handover/{Shift.objects.get().pk}/"
