"""How long cases stood still, as an evaluation counts it."""

from datetime import timedelta

from tests.cases.conftest import NOW
from tests.cases.walking import do

from gongbi.cases.evaluating import counted


def long_pauses(at):
    rows = counted._pauses(at)
    return rows.filter(counted.counted(at)["pauses"]["long_pauses"]).count()


def test_what_happens_within_a_pause_does_not_end_it(signed_in, reported, small_city):
    number = reported().number
    do(signed_in("dispatcher"), number, "wait", reason="works", words="等配件")
    small_city.clock.now = NOW + timedelta(days=1)
    reported(joins=number)
    small_city.clock.now = NOW + timedelta(days=9)
    assert long_pauses(small_city.clock.now) == 1
    do(signed_in("dispatcher"), number, "resume")
    assert long_pauses(NOW + timedelta(days=30)) == 1


def test_a_short_pause_ends_when_work_goes_on(signed_in, reported, small_city):
    number = reported().number
    do(signed_in("dispatcher"), number, "wait", reason="works", words="等配件")
    small_city.clock.now = NOW + timedelta(days=2)
    do(signed_in("dispatcher"), number, "resume")
    assert long_pauses(NOW + timedelta(days=30)) == 0
