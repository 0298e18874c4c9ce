"""A NUL is in no word and no code, and PostgreSQL takes none: every page answers all the same."""

import pytest
from tests.cases.walking import case_of, do
from tests.forms import once

from gongbi.cases.models import SavedView, Supervision
from gongbi.reports import references

NUL = "\x00"
PAGES = (
    "/cases/?group=%00", "/cases/?place=%00&state=%00", "/cases/?after=%00", "/cases/%00/",
    "/cases/supervise/?type=%00", "/cases/supervise/?place=%00", "/cases/reading/?days=%00",
    "/search/?q=%00", "/handover/?place=%00", "/centre/?place=%00", "/assets/?code=%00",
    "/evaluation/?unit=%00", "/bursts/%00/", "/report/?asset=%00", "/f/%00/", "/places/%00/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_in_an_address(signed_in, reported, address):
    reported()
    assert signed_in("supervisor").get(address).status_code in (200, 302, 404, 422)


@pytest.mark.parametrize(
    "door", ["/report/", "/report/assets/", "/report/suggest/", "/report/same/"]
)
@pytest.mark.parametrize(
    "said",
    [{"type": "other", "other_type": NUL}, {"type": NUL, "by_hand": "1"}, {"asset": NUL},
     {"asset": "x", "code": NUL, "code_for": NUL}, {"joins": NUL}, {"words": "漏水" + NUL}],
)  # fmt: skip
def test_on_a_resident_s_form(signed_in, small_city, door, said):
    form = {"reference": references.mint(), "words": "桥头漏水", "type": ""} | said
    assert signed_in("").post(door, form).status_code in (200, 302, 404, 422)


def test_a_kept_list_works_ever_after(signed_in, reported):
    number, dispatcher = reported().number, signed_in("dispatcher")
    for name in ("Late", f"a{NUL}b"):
        answer = dispatcher.post("/cases/views/save", {"name": name, "query": "group=%00"})
        assert answer.status_code == 302
    SavedView.objects.filter(name="Late").update(query="group=%00&place=%00")
    assert dispatcher.get("/cases/").status_code == 200
    assert number in dispatcher.get("/cases/").content.decode()
    assert not any(NUL in view.name for view in SavedView.objects.all())
    assert dispatcher.get(answer["Location"]).status_code == 200


def test_among_cases_that_are_ticked(signed_in, reported):
    number, supervisor = reported().number, signed_in("supervisor")
    do(signed_in("dispatcher"), number, "accept_suggestion")
    said = {"case": [number, NUL], "within": "1 working_days", "words": "为何?"}
    said |= once(supervisor, "/cases/supervise/")
    assert supervisor.post("/cases/supervise/", said).status_code == 302
    assert Supervision.objects.count() == 1


@pytest.mark.parametrize("verb", ["dispatch", "sort", "merge", "note"])
def test_on_an_official_s_form(signed_in, reported, verb):
    said = {"unit": NUL, "type": NUL, "into": NUL, "words": f"a{NUL}b"}
    assert do(signed_in("dispatcher"), reported().number, verb, **said).status_code in (302, 422)


@pytest.mark.parametrize("field", ["type", "code", "where", "words", "did_at", "verb"])
def test_in_what_a_phone_says_it_found(signed_in, small_city, field):
    said = {"verb": "found", "action_id": "phone-000001", "words": "路口水管爆了"}
    said |= {"lon": "122.94", "lat": "30.2", field: f"a{NUL}b"}
    assert signed_in("worker").post("/cases/mine/sync", said).status_code in (200, 409, 422)


@pytest.mark.parametrize(
    ("verb", "field"),
    [("stage", "stage"), ("return", "reason"), ("name_asset", "code"), ("name_asset", "was"),
     ("name_asset", "asset"), ("declare", "declared"), ("note", "words"), ("accept", "action_id")],
)  # fmt: skip
def test_in_what_a_phone_says_was_done(signed_in, reported, verb, field):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    said = {"verb": verb, "action_id": "phone-000001", "on_task": case_of(number).tasks.get().pk}
    said |= {"words": "看过", field: f"phone-{NUL}00001"}
    assert signed_in("worker").post("/cases/mine/sync", said).status_code in (200, 409, 422)
