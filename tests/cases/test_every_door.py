"""The same verbs by other doors: the phone's, another system's, the reporter's link.

What a person does on the case page is walked in ``test_permissions``; a verb or an address that
stands in neither table fails here.
"""

import json
from datetime import timedelta

import pytest
from django.test import Client
from tests.cases.conftest import CAST, NOW
from tests.cases.test_permissions import VERBS, register
from tests.cases.walking import case_of, do, picture

from gongbi.cases import consequences, states
from gongbi.cases.models import Case, SavedView, Step, Supervision
from gongbi.cases.public import add_photo, follow, run_due
from gongbi.cases.urls import urlpatterns
from gongbi.cases.views import field

WORDS = {"words": "x"}
DONE = {"declared": "done", **WORDS}
BACK = {"reason": "not_ours", **WORDS}
# By the phone: what is sent, and who may beside the unit's own people; the others get 403 or 404.
PHONE = {"accept": {}, "arrive": {}, "stage": {"stage": "found"}, "declare": DONE,
         "return": BACK, "note": WORDS, "name_asset": {"code": "lamp:1", "was": ""}}  # fmt: skip
# By another system: the address, what is sent, the scope it needs.
SYSTEM = {
    "accept": ("tasks/{lead}/accept", {}, "work"),
    "arrive": ("tasks/{lead}/arrive", {}, "work"),
    "stage": ("tasks/{lead}/stage", {"stage": "found"}, "work"),
    "declare": ("tasks/{lead}/done", DONE, "work"),
    "return": ("tasks/{lead}/return", BACK, "work"),
    "dispatch": ("cases/{number}/dispatch", {"unit": "lifts"}, "dispatch"),
    "sort": ("cases/{number}/dispatch", {"unit": "lifts", "type": "lift-trap"}, "dispatch"),
    "call_in": ("cases/{number}/call_in", {"unit": "lifts", **WORDS}, "dispatch"),
    "name_asset": ("cases/{number}/asset", {"asset": "lamp:1"}, "dispatch"),
    "call_off": ("cases/{number}/call_off", {"task": "{help}", **WORDS}, "dispatch"),
}
# By the reporter's link: what comes before, the page, what is sent.
LINK = {
    "resume": ("waiting", "words", WORDS),
    "solved": ("answered", "verdict", {"solved": "yes"}),
    "not_solved": ("answered", "verdict", {"solved": "no", **WORDS}),
    "ask_again": ("cancelled", "again", WORDS),
}
NOBODY_S = {"start", "ask", "unanswered"}  # the clock's and the order of tasks', by no door
# Every other address of the part: what a resident, a stranger, another unit's worker, the own
# unit's and a supervisor get. {n} the case, {p} its photo, {c} a campaign, {v} a kept list.
ALL = (200, 200, 200, 200, 200)
PAGES = {
    "worklist": ("get", "/cases/", (302, 403, 200, 200, 200)),
    "case": ("get", "/cases/{n}/", (302, 404, 404, 200, 200)),
    "case-points": ("get", "/cases/{n}/points.json", (302, 404, 404, 200, 200)),
    "case-same": ("get", "/cases/{n}/same", (302, 404, 404, 200, 200)),
    "case-same-deny": ("post", "/cases/{n}/same/deny", (302, 404, 404, 403, 302)),
    "case-readers": ("get", "/cases/{n}/readers", (302, 404, 404, 403, 200)),
    "case-reporter": ("post", "/cases/{n}/reporter", (302, 404, 404, 403, 200)),
    "photo": ("get", "/cases/photos/{p}", (302, 404, 404, 200, 200)),
    "photo-evidence": ("get", "/cases/photos/{p}/evidence", (302, 404, 404, 403, 200)),
    "my-tasks": ("get", "/cases/mine/", (302, 403, 200, 200, 403)),
    "my-tasks-worker": ("get", "/cases/mine/worker.js", ALL),
    "worklist-export": ("get", "/cases/export.csv", (302, 403, 403, 403, 200)),
    "worklist-view-save": ("post", "/cases/views/save", (302, 403, 302, 302, 302)),
    "worklist-view-remove": ("post", "/cases/views/{v}/remove", (302, 404, 404, 404, 404)),
    "reading-drift": ("get", "/cases/reading/", (302, 403, 403, 403, 200)),
    "instruction": ("get", "/cases/instruction/", (302, 403, 403, 403, 200)),
    "supervise": ("get", "/cases/supervise/", (302, 403, 403, 403, 200)),
    "campaign": ("get", "/cases/supervise/{c}/", (302, 403, 403, 403, 200)),
    "daily": ("get", "/cases/daily/", (302, 403, 200, 200, 200)),
    "keeping": ("get", "/cases/keeping/", (302, 403, 403, 403, 200)),
    "bursts": ("get", "/cases/bursts/", (302, 403, 200, 200, 200)),
    "packs": ("get", "/pack/", (302, 403, 403, 403, 200)),
    "pack-change": ("get", "/pack/change/", (302, 403, 403, 403, 200)),
}
FIVE = ("resident", "stranger", "lifter", "worker", "supervisor")
API = {"api-tasks", "api-queue", "api-types", "api-work", "api-dispatch", "api-call-in",
       "api-call-off", "api-name-asset"}  # fmt: skip
# Walked with all that they need in test_permissions, test_bursts, test_try_pack,
# test_missing_page and test_asset_page.
ELSEWHERE = {"case-do", "burst", "burst-do", "pack-trial", "pack-progress", "pack-switch",
             "pack-give-up", "pack-files", "reading-missing", "reading-missing-try",
             "assets", "asset", "asset-points"}  # fmt: skip


def test_every_verb_has_a_twin():
    """Who adds a verb to a life cycle adds a line to a table: here, or in test_permissions."""
    verbs = {row.verb for row in (*states.TABLE, *consequences.TASK_TABLE)}
    personal = {row.verb for row in states.TABLE if row.by == "person"}
    assert set(VERBS) == personal | {"note", "accept_suggestion"}
    assert {row.verb for row in states.TABLE if row.by == "reporter"} == set(LINK)
    assert verbs == personal | set(LINK) | NOBODY_S
    assert set(field.VERBS) == set(PHONE)


def test_every_address_is_walked():
    """Who adds an address says who may, here or in a file of its own."""
    walked = {*PAGES, *API, *ELSEWHERE, "my-tasks-sync"}
    assert walked == {one.name for one in urlpatterns}


@pytest.fixture
def in_hand(signed_in, reported):
    """A burst pipe led by East water, helped by Street order; its receipt and its tasks. The city
    keeps a lamp."""
    register()
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("dispatcher"), receipt.number, "call_in", unit="order", words="x")
    tasks = dict(case_of(receipt.number).tasks.values_list("role", "pk"))
    return receipt, tasks


@pytest.fixture
def resident(signed_in):
    """Somebody without an account who has just looked at their report by its link."""

    def enter(receipt):
        browser = signed_in("")
        assert browser.get(f"/f/{receipt.follow_token}/").status_code == 200
        return browser

    return enter


def stands(number):
    """What an act that was refused must not change."""
    case = case_of(number)
    return (case.version, case.state, case.steps.count(), case.notes.count(),
            list(case.tasks.order_by("pk").values_list("state", flat=True)))  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_by_its_address(name, in_hand, signed_in, resident, reported, small_city):
    receipt, _tasks = in_hand
    other = case_of(receipt.number)
    photo = add_photo(receipt.follow_token, picture())
    ask = {"case": [receipt.number], "within": "4 hours", **WORDS}
    if name == "campaign":
        signed_in("supervisor").post("/cases/supervise/", ask)
    campaign = Supervision.objects.values_list("campaign", flat=True).first() or other.uuid
    kept = SavedView.objects.create(
        person=small_city.people["dispatcher"], name="x", query="state=live", made_at=NOW
    )
    method, address, expected = PAGES[name]
    address = address.format(n=receipt.number, p=photo, c=campaign, v=kept.pk)
    said = {"name": "mine"}
    if name == "case-same-deny":
        said = {"other": reported(reference="another").number}
    found = []
    for who in FIVE:
        browser = resident(receipt) if who == "resident" else signed_in(who)
        found.append(getattr(browser, method)(address, said).status_code)
    assert dict(zip(FIVE, found, strict=True)) == dict(zip(FIVE, expected, strict=True))
    assert SavedView.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize("verb", PHONE)
def test_by_the_phone(verb, in_hand, signed_in, resident):
    receipt, tasks = in_hand
    said = PHONE[verb] | {"verb": verb, "on_task": tasks["lead"], "action_id": f"twin-{verb}-x"}
    if verb == "declare":  # the lead's word comes last
        do(signed_in("dispatcher"), receipt.number, "call_off", task=tasks["help"], words="x")
    before = stands(receipt.number)
    for name in ("", "resident", *CAST):
        if name in ("lead", "worker"):
            continue
        browser = resident(receipt) if name == "resident" else signed_in(name)
        expected = 302 if name in ("", "resident") else 404 if name == "lifter" else 403
        answer = browser.post("/cases/mine/sync", said)
        assert answer.status_code == expected, name
        assert stands(receipt.number) == before, name
    assert signed_in("worker").post("/cases/mine/sync", said).status_code == 200
    assert stands(receipt.number) != before


@pytest.mark.parametrize("verb", SYSTEM)
def test_by_another_system(verb, in_hand, signed_in, reported):
    receipt, tasks = in_hand
    address, said, scope = SYSTEM[verb]
    number = receipt.number
    if verb == "sort":
        number = reported(type="stall").number
    if verb == "declare":
        do(signed_in("dispatcher"), number, "call_off", task=tasks["help"], words="x")
    address = "/api/" + address.format(number=number, **tasks)
    said = json.loads(json.dumps(said).replace('"{help}"', str(tasks["help"])))
    before = stands(number)

    def send(client):
        return client.post(address, said, content_type="application/json")

    assert send(Client()).status_code == 401
    for name in ("supervisor", "worker"):  # a person's cookie is no key
        assert send(signed_in(name)).status_code == 401, name
    for other in {"work", "dispatch", "report"} - {scope}:
        assert send(_key(other)).status_code == 403, other
    assert stands(number) == before
    assert send(_key(scope)).status_code == 200
    assert stands(number) != before


def _key(scope):
    from gongbi.core.public import make_application_key

    key = make_application_key(f"twin-{scope}", [scope])
    return Client(headers={"authorization": f"Bearer {key}"})


@pytest.mark.parametrize("address", ["tasks", "queue", "types"])
def test_reading_by_another_system(address, in_hand, signed_in):
    needs = "work" if address == "tasks" else "dispatch"
    assert Client().get(f"/api/{address}").status_code == 401
    assert signed_in("supervisor").get(f"/api/{address}").status_code == 401
    for scope in ("work", "dispatch", "report"):
        status = _key(scope).get(f"/api/{address}").status_code
        assert status == (200 if scope == needs else 403), scope


def test_every_verb_of_the_api_stands_in_the_table():
    bodies = {"dispatch", "sort", "call_in", "call_off", "accept", "arrive", "stage", "declare",
              "return", "name_asset"}  # fmt: skip
    assert set(SYSTEM) == bodies
    addresses = {one.name for one in urlpatterns if one.name.startswith("api-")}
    assert addresses == API


@pytest.mark.parametrize("verb", LINK)
def test_by_the_reporter_s_link(verb, in_hand, signed_in, reported, small_city):
    receipt, tasks = in_hand
    number, (state, page, said) = receipt.number, LINK[verb]
    if state == "waiting":
        do(signed_in("dispatcher"), number, "wait", reason="resident", words="x")
    elif state == "cancelled":
        do(signed_in("dispatcher"), number, "cancel", reason="test", words="x")
    else:
        do(signed_in("dispatcher"), number, "call_off", task=tasks["help"], words="x")
        do(signed_in("worker"), number, "declare", **DONE)
        run_due(NOW)
    before, other = stands(number), reported(words="另一件事")
    for key in ("x" * 32, other.follow_token):
        for name in ("", "stranger", "worker", "supervisor"):
            signed_in(name).post(f"/f/{key}/{page}/", said)
            assert stands(number) == before, (key, name)
    assert follow(other.follow_token).state == "open", "asked of nobody yet"
    answer = signed_in("").post(f"/f/{receipt.follow_token}/{page}/", said)
    assert answer.status_code == 302
    assert Step.objects.filter(case__number=number, verb=verb).count() == 1
    small_city.clock.now = NOW + timedelta(days=900)
    again = signed_in("").post(f"/f/{receipt.follow_token}/{page}/", said)
    assert again.status_code in (404, 409), "the link has run out"


@pytest.mark.parametrize("verb", sorted(NOBODY_S))
def test_what_nobody_does_no_door_does(verb, in_hand, signed_in, resident):
    receipt, tasks = in_hand
    before = stands(receipt.number)
    for name in ("resident", *CAST):
        browser = resident(receipt) if name == "resident" else signed_in(name)
        answer = do(browser, receipt.number, verb, **WORDS)
        assert answer.status_code == (302 if name == "resident" else 404), name
    key = _key("work")
    assert key.post(f"/api/tasks/{tasks['lead']}/{verb}").status_code == 404
    sent = {"verb": verb, "on_task": tasks["lead"], "action_id": "twin-nobody"}
    assert signed_in("worker").post("/cases/mine/sync", sent).status_code == 422
    assert stands(receipt.number) == before
    assert Case.objects.count() == 1
