"""What another system reads of cases, tasks and the queue, and how far its entry reaches."""

import json

import pytest
from django.test import Client
from tests.cases.walking import case_of

from gongbi.core.models import Application, JournalLine

PRIVATE = ("13812345678", "李娜", "5栋602")


def send(client, address, **said):
    return client.post(address, json.dumps(said), content_type="application/json")


@pytest.fixture
def entered(small_city):
    """A system of the register: ``entered("tablet", "work", owner="water-e", own=True)``."""
    from gongbi.core.public import make_application_key

    def enter(name, *scopes, owner=None, own=False, place=None, types=()):
        key = make_application_key(name, list(scopes))
        Application.objects.filter(name=name).update(
            owner=owner, own_unit_only=own, place=place, types=list(types)
        )
        return Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})

    return enter


@pytest.fixture
def two_sent(entered, reported):
    """A burst pipe with the east's water and a stall with the lift crew; their numbers."""
    desk = entered("desk", "dispatch")
    pipe = reported(place_words="5栋602").number
    lift = reported(type="stall", reference="s-1").number
    send(desk, f"/api/cases/{pipe}/dispatch")
    send(desk, f"/api/cases/{lift}/dispatch", unit="lifts")
    return pipe, lift


def seen(client, address="/api/tasks"):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return [row.get("case", row.get("number")) for row in answer.json()]


def test_a_case_is_read_whole(entered, two_sent):
    pipe, _lift = two_sent
    said = entered("reader", "dispatch").get(f"/api/cases/{pipe}").json()
    assert (said["number"], said["type"], said["state"]) == (pipe, "burst-pipe", "in_hand")
    assert (said["place"], said["unit"], said["source"]) == ("xx-e-1-a", "water-e", "web")
    assert [(one["unit"], one["role"], one["state"]) for one in said["tasks"]] == [
        ("water-e", "lead", "offered")
    ]
    assert {one["kind"] for one in said["promises"]} == {"first_contact", "solve"}
    assert said["merged_into"] is None
    assert "水管爆了" in said["words"]
    assert not any(hidden in json.dumps(said, ensure_ascii=False) for hidden in PRIVATE)


def test_who_read_it_is_written_down(entered, two_sent, signed_in):
    pipe, _lift = two_sent
    entered("reader", "work").get(f"/api/cases/{pipe}")
    page = signed_in("supervisor").get(f"/cases/{pipe}/readers").content.decode()
    assert "reader" in page


def test_who_only_hears_reads_what_it_may_hear_and_nobody_s_words(entered, two_sent, reported):
    from gongbi.cases.looks import readers_of

    pipe, lift = two_sent
    hearer = entered("hearer", "hear", place="xx-e")
    said = hearer.get(f"/api/cases/{pipe}").json()
    assert (said["number"], said["words"]) == (pipe, None)
    assert not [one for one in readers_of(case_of(pipe)) if "hearer" in one.reader]
    assert entered("west", "hear", place="xx-w").get(f"/api/cases/{pipe}").status_code == 404
    assert entered("placeless", "hear").get(f"/api/cases/{pipe}").status_code == 404
    lifts = entered("own", "hear", place="xx", owner="lifts", own=True)
    assert lifts.get(f"/api/cases/{pipe}").status_code == 404
    assert lifts.get(f"/api/cases/{lift}").status_code == 200
    stalls = entered("stalls", "hear", place="xx", types=["stall"])
    assert stalls.get(f"/api/cases/{pipe}").status_code == 404
    assert stalls.get(f"/api/cases/{lift}").status_code == 200
    unsorted = reported(type=None, words="不知道该找谁", reference="u-1").number
    assert hearer.get(f"/api/cases/{unsorted}").status_code == 404


def test_a_case_that_is_not_public_is_read_by_type_or_trust_alone(entered, two_sent):
    from gongbi.cases.models import CaseType

    pipe, _lift = two_sent
    CaseType.objects.filter(code="burst-pipe").update(public=False)
    at = f"/api/cases/{pipe}"
    assert entered("hearer", "hear", place="xx").get(at).status_code == 404
    assert entered("named", "hear", place="xx", types=["burst-pipe"]).get(at).status_code == 200
    assert entered("worker", "work").get(at).status_code == 200


def test_what_one_may_not_read_and_what_is_not_there_sound_alike(entered, two_sent, reported):
    pipe, _lift = two_sent
    complaint = reported(type="conduct", about_unit="water", reference="c-1").number
    west = entered("west", "dispatch", "work", "hear", place="xx-w")
    answers = [west.get(f"/api/cases/{one}") for one in (pipe, complaint, "XX-999999", "XX%00")]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    whole = entered("whole", "dispatch", "work", "hear", place="xx")
    assert whole.get(f"/api/cases/{complaint}").status_code == 404
    assert whole.post(f"/api/cases/{pipe}").status_code == 405
    assert Client().get(f"/api/cases/{pipe}").status_code == 401
    assert entered("sender", "report").get(f"/api/cases/{pipe}").status_code == 403
    assert entered("sender", "report").get("/api/cases/XX-999999").status_code == 403


def test_a_tablet_of_one_unit_sees_and_does_its_own_unit_s_tasks_only(entered, two_sent):
    pipe, lift = two_sent
    tablet = entered("tablet", "work", "dispatch", owner="lifts", own=True)
    assert seen(tablet) == [lift]
    other = case_of(pipe).tasks.get()
    assert send(tablet, f"/api/tasks/{other.pk}/accept").status_code == 404
    assert send(tablet, f"/api/tasks/{case_of(lift).tasks.get().pk}/accept").status_code == 200
    assert send(tablet, f"/api/cases/{pipe}/call_in", unit="lifts", words="x").status_code == 404
    assert tablet.get(f"/api/cases/{pipe}").status_code == 404
    assert tablet.get(f"/api/cases/{lift}").status_code == 200
    assert case_of(pipe).tasks.count() == 1


def test_an_upper_unit_s_system_has_the_units_below_it(entered, two_sent):
    pipe, _lift = two_sent
    assert seen(entered("water", "work", owner="water", own=True)) == [pipe]


def test_what_was_given_back_is_no_more_its_own(entered, two_sent):
    _pipe, lift = two_sent
    tablet = entered("tablet", "work", owner="lifts", own=True)
    task = case_of(lift).tasks.get()
    send(tablet, f"/api/tasks/{task.pk}/return", words="不归我们")
    assert tablet.get(f"/api/cases/{lift}").status_code == 404
    assert send(tablet, f"/api/tasks/{task.pk}/return", words="不归我们").status_code == 409


def test_a_place_bounds_tasks_queue_and_what_is_done(entered, two_sent, reported):
    pipe, lift = two_sent
    west = reported(place="xx-w", lon=122.85, lat=30.2, reference="w-9").number
    east = entered("east", "work", "dispatch", place="xx-e")
    assert (sorted(seen(east)), seen(east, "/api/queue")) == (sorted([pipe, lift]), [])
    assert send(east, f"/api/cases/{west}/dispatch", unit="water").status_code == 404
    there = entered("there", "work", "dispatch", place="xx-w")
    assert (seen(there), seen(there, "/api/queue")) == ([], [west])
    assert send(there, f"/api/tasks/{case_of(pipe).tasks.get().pk}/accept").status_code == 404


def test_a_unit_s_desk_sorts_what_is_suggested_for_it(entered, reported):
    pipe, stall = reported().number, reported(type="stall", reference="s-1").number
    desk = entered("order-desk", "dispatch", owner="order", own=True)
    assert seen(desk, "/api/queue") == [stall]
    assert send(desk, f"/api/cases/{pipe}/dispatch").status_code == 404
    assert send(desk, f"/api/cases/{stall}/dispatch").status_code == 200


def test_tasks_and_the_queue_are_narrowed_by_unit_and_place(entered, two_sent, reported):
    pipe, lift = two_sent
    west = reported(place="xx-w", lon=122.85, lat=30.2, reference="w-9").number
    both = entered("both", "work", "dispatch")
    assert seen(both, "/api/tasks?unit=water") == [pipe]
    assert seen(both, "/api/tasks?unit=lifts&place=xx-e-1") == [lift]
    assert seen(both, "/api/tasks?place=xx-w") == []
    assert seen(both, "/api/queue?place=xx-w") == [west]
    assert seen(both, "/api/queue?unit=water") == [west]
    assert seen(both, "/api/queue?unit=lifts") == []


@pytest.mark.parametrize(
    "query", ["unit=nobody", "place=xx-z", "after=x", "after=-1", "unit=%00", "after=" + "9" * 19]
)
def test_a_filter_that_names_nothing_is_refused_with_its_field(entered, query):
    both = entered("both", "work", "dispatch")
    for address in ("/api/tasks", "/api/queue"):
        answer = both.get(f"{address}?{query}")
        assert answer.status_code == 422
        assert answer.json()["field"] == query.partition("=")[0]
        assert answer.json()["error"]


def walked(client, address):
    """Every row, page after page, as the answer's own link leads."""
    found = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        found += [row.get("case", row.get("number")) for row in answer.json()]
        address = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    return found


def test_all_are_walked_by_pages_though_some_go_and_others_come(entered, reported):
    both = entered("both", "work", "dispatch")
    numbers = [reported().number for _ in range(7)]
    assert walked(both, "/api/queue?after=0&limit=3") == numbers
    for number in numbers:
        send(both, f"/api/cases/{number}/dispatch")
    assert walked(both, "/api/tasks?after=0&limit=3") == numbers
    page = both.get("/api/tasks?after=0&limit=3&unit=water")
    first, more = page.json(), page.headers["Link"].partition(">")[0].removeprefix("<")
    send(both, f"/api/tasks/{first[0]['id']}/return", words="不归我们")  # one page is past
    send(both, f"/api/tasks/{first[2]['id']}/return", words="不归我们")  # it ended that page
    late = reported(reference="late").number
    send(both, f"/api/cases/{late}/dispatch")
    assert walked(both, more) == [*numbers[3:], late]


def test_the_last_page_names_no_next(entered, two_sent):
    both = entered("both", "work")
    assert "Link" not in both.get("/api/tasks?after=0&limit=2")
    assert "Link" not in both.get("/api/tasks?limit=1")  # the most pressing: a list, no walk


def test_what_each_costs(entered, two_sent, reported, django_assert_max_num_queries):
    pipe, _lift = two_sent
    both = entered("both", "work", "dispatch")
    for _ in range(6):
        reported()
    for address in (f"/api/cases/{pipe}", "/api/tasks?after=0", "/api/queue?after=0"):
        both.get(address)  # its first read of the hour is written down
    with django_assert_max_num_queries(COST["case"]):
        both.get(f"/api/cases/{pipe}")
    with django_assert_max_num_queries(COST["tasks"]):
        both.get("/api/tasks?after=0&limit=1&unit=water&place=xx")
    with django_assert_max_num_queries(COST["queue"]):
        both.get("/api/queue?after=0&limit=3&unit=water&place=xx")


COST = {"case": 10, "tasks": 12, "queue": 9}  # with the unit and the place looked up


def test_reading_a_case_changes_nothing(entered, two_sent):
    pipe, _lift = two_sent
    before = JournalLine.objects.count(), case_of(pipe).version
    entered("reader", "work", "hear").get(f"/api/cases/{pipe}")
    keys = JournalLine.objects.filter(kind="core.ApplicationKeyMade").count()
    assert (JournalLine.objects.count() - before[0], keys) == (1, 2)  # the key, nothing else
    assert case_of(pipe).version == before[1]
