"""Twins of every page and verb: who may, who is refused, for whom it does not exist."""

import pytest
from django.urls import get_resolver
from tests.vitals.conftest import CAST
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.walking import read

from gongbi.vitals import urls
from gongbi.vitals.models import Alert

# The alert is in the east. ``west`` is an officer of the west; lead and worker are of the unit
# that has its case, other-lead of another unit: a unit sees its cases, not the city's signs.
SEES = {"officer", "supervisor", "dispatcher", "keeper"}
NO_POST_FOR_IT = {"clerk", "worker", "lead", "other-lead", "stranger"}
PAGES = {
    "vitals": "/vitals/?place=xx-e",
    "vitals-indicator": "/vitals/pressure/?place=xx-e",
    "vitals-series": "/vitals/pressure/xx-e-1-a/",
    "vitals-observations": "/vitals/pressure/xx-e-1-a/1/",
    "vitals-try": "/vitals/try/?place=xx-e&indicator=pressure",
    "vitals-past": "/vitals/at/?place=xx-e",
    "vitals-sensors": "/sensors/?place=xx-e",
    "vitals-alerts": "/alerts/?place=xx-e",
    "vitals-alert": "/alerts/{alert}/",
}
VERBS = {
    "vitals-acknowledge": ("acknowledge", {}, {"officer", "supervisor", "dispatcher"}),
    "vitals-take": ("take", {}, {"officer", "supervisor", "dispatcher"}),
    "vitals-mute": ("mute", {"reason": "works", "hours": 1}, {"officer", "supervisor"}),
    "vitals-unmute": ("unmute", {}, {"officer", "supervisor"}),
}


ELSEWHERE = {"vitals-cap", "vitals-bring-bulletin"}


def names() -> set[str]:
    return {pattern.name or "" for pattern in urls.urlpatterns}


def test_every_address_has_a_twin():
    # The twins of what is known ahead stand in test_know_ahead.py; letting go is tried in
    # test_escalate: it is open to the alert's owner alone.
    known = {name for name in names() if "known" in name or name in ELSEWHERE}
    # Those of the next hours in test_show_hours.py, for the sign has to count something.
    assert names() - known - {"vitals-let-go", "vitals-hours"} == set(PAGES) | set(VERBS)
    assert "vitals" in {name for name in get_resolver().reverse_dict if isinstance(name, str)}


@pytest.mark.parametrize("page", PAGES)
def test_who_sees_a_page(page, burst, signed_in):
    address = PAGES[page].format(alert=alert_of("xx-e-1-a").pk)
    for name in CAST:
        status = signed_in(name).get(address).status_code
        assert status == 200 if name in SEES else status in (403, 404), (name, status)
    assert signed_in("west").get(address).status_code == 404
    nobody = signed_in("").get(address)
    assert nobody.status_code == 302
    assert nobody["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_do_what(verb, burst, signed_in):
    word, said, allowed = VERBS[verb]
    for name in ["", *CAST]:
        Alert.objects.update(
            acknowledged_at=None, muted_until=None, mute_reason="", owner=None, taken_at=None
        )
        if word == "unmute":
            Alert.objects.update(muted_until="2027-01-01T00:00Z", mute_reason="works")
        before = _state()
        answer = signed_in(name).post(f"/alerts/{alert_of('xx-e-1-a').pk}/{word}", said)
        if name in allowed:
            assert answer.status_code == 302, name
            assert _state() != before
            continue
        expected = 302 if not name else 403 if name in SEES else 404
        assert answer.status_code == expected, name
        assert _state() == before
        if not name:
            assert answer["Location"].startswith("/sign-in/")


def _state() -> tuple[object, ...]:
    alert = alert_of("xx-e-1-a")
    return alert.acknowledged_at, alert.acknowledged_by_id, alert.muted_until, alert.mute_reason


def test_buttons_are_there_only_for_those_who_may(burst, signed_in):
    address = f"/alerts/{alert_of('xx-e-1-a').pk}/"
    for name in SEES:
        page = signed_in(name).get(address).content.decode()
        assert (address + "acknowledge" in page) is (name in VERBS["vitals-acknowledge"][2]), name
        assert (address + "mute" in page) is (name in VERBS["vitals-mute"][2]), name


def test_lists_hold_only_what_one_answers_for(burst, signed_in):
    burst.play(4, (3, 3.5, 0.18))
    west = read(signed_in("west"), "/alerts/")
    assert "Inkscent" in west
    assert "Penrack" not in west
    signs = read(signed_in("west"), "/vitals/")
    assert "[/vitals/pressure/xx-w-1-a/]" in signs
    assert "xx-e" not in signs
    places = read(signed_in("west"), "/vitals/pressure/")
    assert "Penrack" not in places


def test_the_way_up_ends_where_the_post_ends(burst, signed_in):
    assert 'value="xx"' not in signed_in("west").get("/vitals/").content.decode()
    assert 'value="xx"' in signed_in("officer").get("/vitals/?place=xx-w").content.decode()


def test_an_alert_of_the_case_is_listed_only_for_its_place(burst, signed_in, small_city):
    from gongbi.core.models import Post

    Post.objects.filter(person=small_city.people["west"]).update(place_id="xx-e-1-g")
    alert = alert_of("xx-e-1-a")
    said = read(signed_in("west"), f"/alerts/{alert.pk}/")
    assert "Brushwash" not in said
    assert "Alerts that joined its case" in read(signed_in("officer"), f"/alerts/{alert.pk}/")
