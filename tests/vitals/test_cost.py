"""What each page costs in SQL, and that a larger city costs no more of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from tests.vitals.conftest import Row, at
from tests.vitals.test_raise_alert import alert_of

from gongbi.vitals.models import Alert, LevelChange, Series
from gongbi.vitals.public import read_levels

# page: the most queries it may take; sign-in, scope and the frame of the page, with the number of
# what is asked of its reader, are counted
MOST = {
    "/vitals/": 14,
    "/vitals/pressure/": 8,
    "/vitals/pressure/xx-e-1-a/": 13,
    "/vitals/pressure/xx-e-1-a/1/": 8,
    "/alerts/": 8,
    "/alerts/?state=ended": 8,
    "/alerts/{alert}/": 15,
    "/known/": 9,
    "/sensors/": 9,
}


def enlarge(times: int) -> None:
    """More alerts that joined the case, over and on, and more changes of level."""
    leader = alert_of("xx-e-1-a")
    for number in range(times):
        one = Alert.objects.get(pk=alert_of("xx-e-1-b").pk)
        one.pk, one.led_by, one.began_at = f"more-{number}", leader, at(-number)
        one.ended_at = at(3) if number % 2 else None
        one.save(force_insert=True)
        change = LevelChange.objects.filter(series=leader.series).first()
        assert change is not None
        change.pk = 1_000_000 + number
        change.save(force_insert=True)


def queries_of(browser, address: str) -> list[str]:
    """The SQL of a page."""
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return [query["sql"] for query in caught.captured_queries]


@pytest.mark.parametrize("page", MOST)
def test_pages_cost_the_same_for_more_rows(page, burst, signed_in):
    address = page.format(alert=alert_of("xx-e-1-a").pk)
    browser = signed_in("officer")
    browser.get(address)  # what is remembered between requests
    few = queries_of(browser, address)
    enlarge(30)
    many = queries_of(browser, address)
    assert len(many) == len(few), "\n".join(many)
    assert len(few) <= MOST[page], "\n".join(few)


def test_levels_are_written_by_the_batch(sensing):
    """Silence ends at one place, then at three: as many statements; nothing told, one look."""

    def cost(minute: int, *rows: Row) -> int:
        sensing.say(*rows)
        sensing.tick(minute)
        sensing.fold()
        with CaptureQueriesContext(connection) as caught:
            read_levels()
        return len(caught.captured_queries)

    assert cost(1, (1, 0.5, 0.3)) <= 1
    sensing.play(5)
    one = cost(6, (1, 5.5, 0.3))
    sensing.play(10)
    three = cost(11, *[(stream, 10.5, 0.3) for stream in (1, 2, 3)])
    assert LevelChange.objects.filter(was=-1).count() == 4
    assert one == three <= 16


def test_the_lists_for_the_centre_cost_little(burst, small_city, django_assert_max_num_queries):
    from gongbi.core.public import scope_of
    from gongbi.vitals import public as vitals

    scope = scope_of(small_city.people["officer"])
    with django_assert_max_num_queries(4):
        assert len(vitals.summary("/xx/")) == 3
    with django_assert_max_num_queries(1):
        assert len(vitals.alerts_open(scope)) == 2
    with django_assert_max_num_queries(1):
        assert vitals.worst_places("/xx/", -1, 100)["xx-e-1-a"] == 3
    with django_assert_max_num_queries(1), override("en"):
        changes = vitals.recent_changes(scope)
        assert [(one.place_name, one.level, one.was) for one in changes] == [
            ("Penrack", 3, 2), ("Brushwash", 2, 0), ("Penrack", 2, 0),
        ]  # fmt: skip
    burst.play(7)
    with django_assert_max_num_queries(1):
        assert {one.place for one in vitals.silent("/xx/")} == {
            "xx-e-1-a", "xx-e-1-b", "xx-w-1-a",
        }  # fmt: skip
    assert Series.objects.filter(level=-1).count() == 3
