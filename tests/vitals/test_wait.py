"""Lifts that stop at once wait for what stopped them; one alone, or with people in, does not."""

from pathlib import Path

import pytest
from tests.vitals.conftest import FILES, Sensing, at
from tests.vitals.test_matters import CAUSES
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import read

from gongbi.cases.models import Case
from gongbi.vitals.models import Indicator
from gongbi.vitals.pack_causes import check_causes
from gongbi.vitals.public import end_waits

WAITS = CAUSES.replace("minutes = 30", 'minutes = 30\nwaits = ["lifts"]\nwait_minutes = 10')
MAIN, LIFT, OTHER_LIFT = 1, 4, 5


@pytest.fixture
def pack_folder(pack_folder: Path) -> Path:
    (pack_folder / "causes.toml").write_text(WAITS, "utf-8")
    return pack_folder


@pytest.fixture
def stopped(sensing: Sensing) -> Sensing:
    """Two lifts of one subdistrict stop at 10:00; it is 10:01 and nothing leads yet."""
    sensing.play(1, (MAIN, 0.5, 0.30), (LIFT, 0.5, 1), (OTHER_LIFT, 0.5, 1))
    return sensing


def at_minute(sensing: Sensing, minute: float) -> int:
    """The clock moves and the waits that are over end."""
    sensing.clock.now = at(minute)
    return end_waits()


def test_two_that_wait_join_what_leads_and_say_so(stopped, signed_in):
    lift = alert_of("xx-e-1-a", "lifts")
    assert (lift.case_number, lift.waits_for_id, lift.waits_until) == ("", "burst-main", at(8))
    said = read(signed_in("officer"), f"/alerts/{lift.pk}/")
    assert "It may follow from a matter of the kind Burst water main, so it waits until" in said
    assert at_minute(stopped, 5) == 0
    stopped.play(8.1, (MAIN, 1.5, 0.30), (LIFT, 7.5, 1), (OTHER_LIFT, 7.5, 1))
    assert end_waits() == 2
    assert alert_of("xx-e-1-a", "lifts").waits_until == at(11), "in company it waits on"
    assert Case.objects.count() == 0
    stopped.play(10, (MAIN, 9.5, 0.12))
    main = alert_of("xx-e-1-a")
    assert Case.objects.count() == 1
    for place in ("xx-e-1-a", "xx-e-1-b"):
        lift = alert_of(place, "lifts")
        assert (lift.case_id, lift.parent_id, lift.joined_why) == (
            main.case_id,
            main.pk,
            "follows_from",
        )
    assert at_minute(stopped, 20) == 0
    said = read(signed_in("officer"), f"/alerts/{lift.pk}/")
    assert "it follows from the alert that opened the case" in said
    assert "It waited for what leads in a matter of the kind Burst water main." in said
    zh = read(signed_in("officer", "zh-hans"), f"/alerts/{lift.pk}/")
    assert "它等过供水干管爆裂一类事由的先发告警" in zh


def test_where_nothing_leads_each_has_its_own_case_after_the_wait(stopped, signed_in):
    assert at_minute(stopped, 8) == 2
    assert at_minute(stopped, 11) == 2
    assert at_minute(stopped, 12) == 0
    assert Case.objects.count() == 2
    lift = alert_of("xx-e-1-a", "lifts")
    assert lift.led_by_id is None
    assert "no alert came that leads" in read(signed_in("officer"), f"/alerts/{lift.pk}/")


def test_one_that_ended_while_it_waited_is_a_case_all_the_same(stopped):
    stopped.play(5, (LIFT, 4.5, 0))
    assert alert_of("xx-e-1-a", "lifts").ended_at is not None
    assert at_minute(stopped, 8) == 2
    assert at_minute(stopped, 11) == 2
    lift = alert_of("xx-e-1-a", "lifts")
    assert Case.objects.filter(number=lift.case_number).count() == 1


def test_one_alone_waits_seven_minutes_and_no_longer(sensing):
    sensing.play(1, (LIFT, 0.5, 1))
    assert at_minute(sensing, 7) == 0
    assert Case.objects.count() == 0
    assert at_minute(sensing, 8) == 1
    assert alert_of("xx-e-1-a", "lifts").case_number


def test_where_the_lead_is_known_already_nothing_waits(sensing):
    sensing.play(2, (MAIN, 0.5, 0.12), (MAIN, 1.5, 0.12))
    sensing.play(4, (LIFT, 3.5, 1), (OTHER_LIFT, 3.5, 1))
    assert Case.objects.count() == 1
    assert alert_of("xx-e-1-b", "lifts").waits_until is None


class TestPeopleInside:
    @pytest.fixture
    def pack_folder(self, pack_folder: Path) -> Path:
        text = FILES["indicators.toml"].replace(
            'case_type = "lift-fault"', 'case_type = "lift-fault"\nown_case = true'
        )
        (pack_folder / "indicators.toml").write_text(text, "utf-8")
        return pack_folder

    def test_they_never_wait_and_never_share(self, sensing, signed_in):
        assert Indicator.objects.get(pk="lifts").own_case
        sensing.play(2, (MAIN, 0.5, 0.12), (MAIN, 1.5, 0.12))
        sensing.play(3, (LIFT, 2.5, 1), (OTHER_LIFT, 2.5, 1))
        assert Case.objects.count() == 3
        lift = alert_of("xx-e-1-a", "lifts")
        assert lift.parent_id == alert_of("xx-e-1-a").pk, "the matter is still named"
        assert "never shares a case" in read(signed_in("officer"), f"/alerts/{lift.pk}/")


@pytest.mark.parametrize(
    ("was", "now", "line", "said"),
    [
        ("wait_minutes = 10", "wait_minutes = 31", 11, "from 0 to 30"),
        ("wait_minutes = 10", 'wait_minutes = "5"', 11, "from 0 to 30"),
        ('waits = ["lifts"]', 'waits = ["pressure"]', 10, "names signs of follows"),
        ('waits = ["lifts"]', "waits = []", 10, "go together"),
    ],
)
def test_a_wait_that_is_none_is_refused(tmp_path, was, now, line, said):
    (tmp_path / "causes.toml").write_text(WAITS.replace(was, now), "utf-8")
    found = check_causes(tmp_path, {"pressure", "lifts", "supply"})
    assert [(one.line, said in one.reason) for one in found] == [(line, True)]
