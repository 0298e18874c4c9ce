"""Events known ahead: entered, withdrawn, brought by CAP, shown where they bear."""

from typing import Any

import pytest
from django.test import Client
from tests.forms import once, twice
from tests.vitals.conftest import CAST, at
from tests.vitals.test_raise_alert import alert_of
from tests.vitals.test_read_cap import INFO, message
from tests.vitals.walking import read

from gongbi.vitals.models import Bulletin, KnownEvent

FESTIVAL = {
    "name_en": "Lantern festival",
    "name_zh": "灯会",
    "begins_at": "2026-11-24T09:00",
    "ends_at": "2026-11-24T22:00",
    "touches": "class:water",
    "percent": "150",
    "shift": "",
    "source": "culture office",
}
SEES = {"officer", "supervisor", "dispatcher", "keeper"}
ENTERS = {"officer", "supervisor"}


def entered(browser: Client, place: str = "xx-e", **changed: str) -> Any:
    return browser.post(f"/known/at/{place}", FESTIVAL | changed)


def test_an_officer_enters_and_withdraws(sensing, signed_in):
    officer = signed_in("officer")
    assert entered(officer).status_code == 302
    event = KnownEvent.objects.get()
    assert (event.factor, event.kinds, event.direction) == (1.5, ["water"], "higher")
    assert event.entered_by.username == "officer"
    said = read(officer, "/known/?place=xx-e")
    assert "Lantern festival · East" in said
    assert "in force" in said
    assert "entered by officer" in said
    assert officer.post(f"/known/{event.pk}/withdraw").status_code == 302
    event.refresh_from_db()
    assert event.withdrawn_why == "by_person"
    assert "withdrawn" in read(officer, "/known/")
    assert "Lantern" not in read(officer, "/vitals/pressure/xx-e-1-a/")


def test_it_stands_on_the_signs_and_the_series_in_both_languages(burst, signed_in):
    entered(signed_in("officer"))
    words = "Expected to be higher: Lantern festival until 11-24 22:00, source: culture office."
    assert words in read(signed_in("officer"), "/vitals/pressure/xx-e-1-a/")
    assert words in read(signed_in("officer"), "/vitals/?place=xx-e-1-a")
    assert words not in read(signed_in("officer"), "/vitals/pressure/xx-w-1-a/")
    assert words not in read(signed_in("officer"), "/vitals/lifts/xx-e-1-a/"), "another class"
    assert "预期偏高：灯会" in read(signed_in("officer", "zh-hans"), "/vitals/pressure/xx-e-1-a/")


def test_an_alert_that_begins_then_carries_it(sensing, signed_in):
    entered(signed_in("officer"), percent="50")
    sensing.play(1, (1, 0.5, 0.30))
    sensing.play(3, (1, 1.2, 0.12), (1, 2.5, 0.12))
    alert = alert_of("xx-e-1-a")
    page = read(signed_in("officer"), f"/alerts/{alert.pk}/")
    assert "Expected to be lower: Lantern festival until 11-24 22:00" in page
    assert "Lantern festival" in read(signed_in("officer"), f"/cases/{alert.case_number}/")


def test_an_alert_before_or_elsewhere_does_not(burst, signed_in):
    entered(signed_in("officer"), begins_at="2026-11-24T10:30")
    entered(signed_in("officer"), place="xx-w")
    page = read(signed_in("officer"), f"/alerts/{alert_of('xx-e-1-a').pk}/")
    assert "Lantern" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name_en": "", "name_zh": ""}, "in one language at least"),
        ({"ends_at": "2026-11-24T08:00"}, "end after it begins"),
        ({"ends_at": "2029-11-24T08:00"}, "within a year"),
        ({"begins_at": "2026-11-23T08:00", "ends_at": "2026-11-24T09:00"}, "over already"),
        ({"shift": "3"}, "needs one sign"),
        ({"source": ""}, "required"),
    ],
)
def test_what_makes_no_sense_is_said(sensing, signed_in, changed, said):
    answer = entered(signed_in("officer"), **changed)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not KnownEvent.objects.exists()


# --- who may --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", *CAST])
def test_who_sees_enters_and_withdraws(name, sensing, signed_in):
    entered(signed_in("officer"))
    event = KnownEvent.objects.get()
    browser = signed_in(name)
    status = browser.get("/known/?place=xx-e").status_code
    tries = (
        entered(browser).status_code,
        browser.post(f"/known/{event.pk}/withdraw").status_code,
        browser.post("/known/bulletin", {"xml": message().decode()}).status_code,
    )
    event.refresh_from_db()
    if name in ENTERS:
        assert (status, *tries) == (200, 302, 302, 302)
        assert event.withdrawn_at is not None
        return
    assert event.withdrawn_at is None
    assert KnownEvent.objects.count() == 1
    if not name:
        assert (status, *tries) == (302, 302, 302, 302)
    elif name in SEES:
        assert (status, *tries) == (200, 403, 403, 403)
    else:
        assert status in (403, 404)
        assert set(tries) <= {403, 404}


def test_the_west_sees_the_citys_events_and_not_the_easts(sensing, signed_in):
    entered(signed_in("officer"))
    entered(signed_in("officer"), place="xx", name_en="Marathon")
    said = read(signed_in("west"), "/known/")
    assert "Marathon" in said
    assert "Lantern" not in said
    city = KnownEvent.objects.get(name_en="Marathon")
    assert signed_in("west").post(f"/known/{city.pk}/withdraw").status_code == 403


def test_the_demo_knows_of_one_fair(small_city):
    from gongbi.vitals.public import enter_demo_event

    enter_demo_event()
    enter_demo_event()
    event = KnownEvent.objects.get()
    assert (event.place_id, event.direction, event.entered_by) == ("xx-e-1", "higher", None)


# --- CAP ------------------------------------------------------------------------------------


@pytest.fixture
def bring(sensing):
    """Bring a message with a key of that name."""
    from gongbi.stream import public as stream

    def bring(body: bytes, name: str = "weather", status: int = 201) -> dict[str, Any]:
        stream.keep_ingest_key(sensing.data, name, f"key of {name}")
        answer = Client().post(
            "/api/cap", body, "application/xml", headers={"authorization": f"Bearer key of {name}"}
        )
        assert answer.status_code == status, answer.content
        said: dict[str, Any] = answer.json()
        return said

    return bring


def test_a_warning_becomes_an_event_of_its_places(bring, signed_in):
    assert bring(message())["events"] == 1
    event = KnownEvent.objects.get()
    assert (event.place_id, event.severity, event.source) == ("xx-e", "Severe", "Weather office")
    assert event.begins_at == at(60)
    words = "Known ahead: Heavy rain until night until 11-24 22:00, source: Weather office."
    assert words in read(signed_in("officer"), "/vitals/pressure/xx-e-1-a/")
    assert "Heavy rain until night · East" in read(signed_in("officer"), "/known/")
    assert bring(message(), status=200)["repeated"] is True
    assert KnownEvent.objects.count() == Bulletin.objects.count() == 1


def test_two_languages_are_one_event(bring, signed_in):
    chinese = INFO.replace("en-US", "zh-CN").replace("Heavy rain until night", "入夜前有大雨")
    bring(message(info=INFO + chinese))
    event = KnownEvent.objects.get()
    assert (event.name_en, event.name_zh) == ("Heavy rain until night", "入夜前有大雨")


def test_an_update_replaces_and_a_cancel_ends(bring):
    bring(message())
    first = "weather@xx,rain-1,2026-11-24T09:30:00+08:00"
    said = bring(message("rain-2", kind="Update", references=first))
    assert (said["events"], said["ended"]) == (1, 1)
    second = first + " weather@xx,rain-2,2026-11-24T09:30:00+08:00"
    said = bring(message("rain-3", kind="Cancel", references=second, info=""))
    assert (said["events"], said["ended"]) == (0, 1)
    reasons = KnownEvent.objects.order_by("pk").values_list("withdrawn_why", flat=True)
    assert list(reasons) == ["updated", "cancelled"]
    assert Bulletin.objects.get(identifier="rain-1").replaced_by.identifier == "rain-3"


def test_a_cancel_that_comes_first_holds(bring):
    first = "weather@xx,rain-1,2026-11-24T09:30:00+08:00"
    bring(message("rain-3", kind="Cancel", references=first, info=""))
    said = bring(message())
    assert said["events"] == 0
    assert "replaced it already" in said["note"]
    assert not KnownEvent.objects.exists()


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_what_is_not_actual_is_never_real(bring, status):
    assert "never treated as real" in bring(message("drill", status=status))["note"]
    assert not KnownEvent.objects.exists()
    bring(message())
    first = "weather@xx,rain-1,2026-11-24T09:30:00+08:00"
    bring(message("drill-2", status=status, kind="Cancel", references=first, info=""))
    assert KnownEvent.objects.get().withdrawn_at is None, "a drill cancels nothing"


def test_another_key_cannot_cancel(bring):
    bring(message())
    first = "weather@xx,rain-1,2026-11-24T09:30:00+08:00"
    cancel = message("rain-3", kind="Cancel", references=first, info="")
    assert "another key" in bring(cancel, name="stranger", status=409)["error"]
    assert KnownEvent.objects.get().withdrawn_at is None
    assert Bulletin.objects.count() == 1, "nothing of the refused message stays"


def test_the_same_name_with_other_content_is_refused(bring):
    bring(message())
    assert "came already" in bring(message(area="<circle>30,122 1</circle>"), status=409)["error"]


def test_a_message_that_breaks_the_standard_is_told_why(bring):
    assert "status 'Real'" in " ".join(bring(message(status="Real"), status=422)["faults"])
    assert not Bulletin.objects.exists()


@pytest.mark.parametrize(
    ("area", "places"),
    [
        ("<polygon>30.1,122.9 30.1,123 30.3,123 30.3,122.9 30.1,122.9</polygon>", {"xx-e"}),
        ("<circle>30.2,122.86 0.5</circle>", {"xx-w-1-a"}),
        ("<polygon>30,122 30,124 31,124 31,122 30,122</polygon>", {"xx"}),
        ("<circle>10,10 5</circle>", set()),
    ],
)
def test_areas_become_places(bring, area, places):
    bring(message(area=area))
    assert {event.place_id for event in KnownEvent.objects.all()} == places


def test_without_a_key_nothing_is_taken(sensing):
    answer = Client().post("/api/cap", message(), "application/xml")
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]
    assert not Bulletin.objects.exists()


def test_an_officer_brings_one_by_hand(sensing, signed_in):
    officer = signed_in("officer")
    assert officer.post("/known/bulletin", {"xml": message().decode()}).status_code == 302
    assert KnownEvent.objects.get().entered_by.username == "officer"
    bad = officer.post("/known/bulletin", {"xml": message(status="Real").decode()})
    assert bad.status_code == 400
    assert "is none of" in bad.content.decode()
    assert signed_in("west").post("/known/bulletin", {"xml": "x"}).status_code == 403


def test_pressed_twice_it_is_written_down_once(signed_in, small_city):
    officer = signed_in("officer")
    said = FESTIVAL | once(officer, "/known/?place=xx", "/known/at/")
    for answer in twice(officer, "/known/at/xx", said):
        assert answer.status_code == 302
    assert KnownEvent.objects.count() == 1
