"""Twins of every verb: who may, who is refused, for whom the case does not exist."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from tests.cases.conftest import CAST, NOW
from tests.cases.walking import case_of, do

from gongbi.cases import states
from gongbi.cases.following import token_of
from gongbi.cases.models import Case
from gongbi.cases.public import run_due
from gongbi.core.models import Asset, AssetKind

# The case: a burst pipe in the east, in the hands of East water (worker is of it; lead is above).
SEES = {"dispatcher", "supervisor", "officer", "clerk", "referee", "lead", "worker"}
OFFICE = {"dispatcher", "supervisor"}
UNIT = {"lead", "worker"}
# verb: (state before, what is sent, who may)
VERBS = {
    "sort": ("open", {"type": "stall"}, OFFICE | {"officer"}),
    "weigh": ("open", {"priority": "2", "words": "x"}, OFFICE | {"officer"}),
    "name_asset": ("in_hand", {"code": "lamp:1"}, OFFICE | {"officer"} | UNIT),
    "complain_of": ("in_hand", {"unit": "order", "words": "x"}, OFFICE),
    "dispatch": ("open", {"unit": "lifts"}, OFFICE | {"officer"}),
    "accept_suggestion": ("open", {}, OFFICE | {"officer"}),
    "assign": ("in_hand", {"handler": "worker"}, {"lead"}),
    "accept": ("in_hand", {}, UNIT),
    "arrive": ("in_hand", {}, UNIT),
    "return": ("in_hand", {"reason": "not_ours", "words": "x"}, UNIT),
    "declare": ("in_hand", {"declared": "done", "words": "x"}, UNIT),
    "urge": ("in_hand", {"words": "x"}, OFFICE | {"officer"}),
    "wait": ("in_hand", {"reason": "works", "words": "x"}, OFFICE | {"lead"}),
    "resume": ("waiting", {}, OFFICE | {"lead"}),
    "solved": ("answered", {"words": "x"}, {"supervisor"}),
    "not_solved": ("answered", {"words": "x"}, {"supervisor"}),
    "merge": ("in_hand", {"into": "other"}, OFFICE | {"officer"}),
    "unmerge": ("merged", {}, OFFICE | {"officer"}),
    "split": ("in_hand", {"signals": "joined"}, OFFICE | {"officer"}),
    "cancel": ("in_hand", {"reason": "test", "words": "x"}, OFFICE),
    "note": ("in_hand", {"words": "x"}, SEES),
    "file": ("open", {}, OFFICE | {"officer"}),
    "stage": ("in_hand", {"stage": "found"}, UNIT),
    "call_in": ("in_hand", {"unit": "lifts", "words": "x"}, OFFICE | {"officer"}),
    "call_off": ("joint", {"task": "helper", "words": "x"}, OFFICE | {"officer"}),
    "transfer": ("in_hand", {"unit": "lifts", "reason": "agreed", "words": "x"}, {"lead"}),
    "extend": ("in_hand", {"more": "4 hours", "reason": "works", "words": "x"}, {"lead"}),
    "grant": ("asked", {}, {"supervisor"}),
    "refuse": ("asked", {"words": "x"}, {"supervisor"}),
    "supervise": ("in_hand", {"within": "4 hours", "words": "x"}, {"supervisor"}),
    "answer": ("supervised", {"words": "x"}, {"lead"}),
    "appeal": ("in_hand", {"words": "x"}, {"lead"}),
    "decide": ("appealed", {"decided": "kept", "words": "x"}, {"supervisor", "referee"}),
    "park": ("in_hand", {"reason": "law", "until": "2026-12-24", "words": "x"}, OFFICE),
    "reopen": ("cancelled", {"reason": "new_facts", "words": "x"}, {"supervisor"}),
}
ON_THE_WAY = {
    "waiting": ("dispatcher", "wait", {"reason": "works", "words": "x"}),
    "cancelled": ("dispatcher", "cancel", {"reason": "test", "words": "x"}),
    "answered": ("worker", "declare", {"declared": "done", "words": "x"}),
    "joint": ("dispatcher", "call_in", {"unit": "order", "words": "x"}),
    "asked": ("lead", "extend", {"more": "4 hours", "reason": "works", "words": "x"}),
    "supervised": ("supervisor", "supervise", {"within": "4 hours", "words": "x"}),
    "appealed": ("lead", "appeal", {"words": "x"}),
}


@pytest.fixture
def bring(signed_in, reported, small_city):
    """A case in a state, or with something asked of it that nobody decided yet."""

    def to(state: str) -> str:
        small_city.clock.now = NOW
        register()
        number = reported().number
        if state != "open":
            do(signed_in("dispatcher"), number, "accept_suggestion")
        if state in ON_THE_WAY:
            name, verb, said = ON_THE_WAY[state]
            assert do(signed_in(name), number, verb, **said).status_code == 302
        if state == "merged":
            do(signed_in("dispatcher"), number, "merge", into=reported().number)
        if state == "answered":
            run_due(NOW)
        if state == "appealed":  # the hour has passed: not only the one who was named may decide
            small_city.clock.now = NOW + timedelta(hours=2)
        stands = state if state in states.STATES else "in_hand"
        assert case_of(number).state == stands
        return number

    return to


@contextmanager
def undone() -> Iterator[None]:
    """What is done within is taken back: the next finds the same case."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("verb", VERBS)
def test_twin(verb, bring, signed_in, reported, small_city):
    """For nobody, a resident who follows the case by its link, and everybody of the cast."""
    state, said, allowed = VERBS[verb]
    if "into" in said:
        said = {"into": reported().number}
    if "handler" in said:
        said = {"handler": str(small_city.people["worker"].pk)}
    number = bring(state)
    if "signals" in said:
        reported(joins=number)
        said = {"signals": [case_of(number).signals.get(joined_why="said_by_reporter").pk]}
    before = case_of(number)
    if "task" in said:
        said = said | {"task": before.tasks.get(role="help").pk}
    for name in ["", "resident", *CAST]:
        with undone():
            answer = do(_browser(name, number, signed_in), number, verb, **said)
            after = case_of(number)
            noted = after.notes.exists()
        if name in allowed:
            assert answer.status_code == 302, (name, answer.content.decode()[-900:])
            assert after.version > before.version or verb == "note"
            continue
        outside = name in ("", "resident")
        expected = 302 if outside else 403 if name in _sees(state) else 404
        assert answer.status_code == expected, name
        assert (after.version, after.state) == (before.version, before.state), name
        assert not noted
        if outside:
            assert answer["Location"].startswith("/sign-in/")


def register() -> None:
    """A lamp, for a city that keeps no assets."""
    stands = {"lon": 122.94, "lat": 30.2, "cell": 0, "owner_id": "order", "key": "1"}
    AssetKind.objects.get_or_create(code="lamp", defaults={"name_en": "Lamp", "name_zh": "路灯"})
    Asset.objects.get_or_create(kind_id="lamp", code="1", defaults=stands)


def _browser(name, number, signed_in):
    """Of the cast; or of the resident who reported it, with their link open and no account."""
    if name != "resident":
        return signed_in(name)
    browser = signed_in("")
    link = token_of(case_of(number).signals.order_by("pk").first().uuid)
    assert browser.get(f"/f/{link}/").status_code == 200
    return browser


def _sees(state: str) -> set[str]:
    return SEES if state not in ("open", "cancelled", "merged") else SEES - UNIT


def test_every_verb_a_person_can_do_has_a_twin():
    personal = {edge.verb for edge in states.TABLE if edge.by == "person"}
    assert personal | {"note", "accept_suggestion"} == set(VERBS)


@pytest.mark.parametrize("address", ["/cases/{n}/", "/cases/{n}/points.json"])
def test_who_sees_a_case(address, bring, signed_in):
    number = bring("in_hand")
    for name in CAST:
        status = signed_in(name).get(address.format(n=number)).status_code
        assert status == (200 if name in SEES else 404), name
    assert signed_in("").get(address.format(n=number)).status_code == 302


def test_lists_hold_only_what_one_sees(bring, signed_in):
    number = bring("in_hand")
    for name in CAST:
        answer = signed_in(name).get("/cases/?state=live")
        if name == "stranger":
            assert answer.status_code == 403
        else:
            assert (number in answer.content.decode()) is (name in SEES), name


def test_only_few_see_the_reporter_and_it_is_written_down(bring, signed_in, small_city):
    from gongbi.core.models import JournalLine

    number = bring("in_hand")
    for name in CAST:
        answer = signed_in(name).post(f"/cases/{number}/reporter")
        if name in ("dispatcher", "supervisor", "clerk"):
            assert answer.status_code == 200, name
            assert "李娜 13812345678" in answer.content.decode()
        else:
            assert answer.status_code in (403, 404), name
            assert "李娜" not in answer.content.decode()
    assert signed_in("dispatcher").get(f"/cases/{number}/reporter").status_code == 405
    lines = JournalLine.objects.filter(kind="cases.ReporterSeen")
    who = {f"person:{small_city.people[n].pk}" for n in ("dispatcher", "supervisor", "clerk")}
    assert {line.actor for line in lines} == who


def test_no_page_of_a_unit_shows_contact_name_or_sender(bring, signed_in):
    number = bring("in_hand")
    reference = Case.objects.get(number=number).signals.get().reference
    for name in UNIT | {"officer"}:
        page = signed_in(name).get(f"/cases/{number}/").content.decode()
        assert "李娜" not in page
        assert "13812345678" not in page
        assert f">{reference}<" not in page
        assert "笔架里3号门口水管爆了" in page


def test_a_complaint_is_heard_by_few_and_never_by_the_accused(signed_in, reported, small_city):
    from gongbi.core.models import Post

    number = reported(type="conduct", about_unit="water").number
    Post.objects.create(
        person=small_city.people["lead"], role="supervisor", unit_id="water-e", place_id="xx"
    )
    for name in CAST:
        status = signed_in(name).get(f"/cases/{number}/").status_code
        assert status == (200 if name == "supervisor" else 404), name
    do(signed_in("supervisor"), number, "dispatch", unit="lifts")
    assert signed_in("lifter").get(f"/cases/{number}/").status_code == 200
    assert signed_in("dispatcher").get(f"/cases/{number}/").status_code == 404
    assert number not in signed_in("dispatcher").get("/cases/?state=live").content.decode()
