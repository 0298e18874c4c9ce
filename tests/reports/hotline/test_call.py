"""The clerk on the telephone: hears, looks up, answers, opens a case, hands over, promises."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.forms import once, twice
from tests.reports.hotline.conftest import last

from gongbi.cases.models import Case, Signal
from gongbi.core.models import SealedText
from gongbi.reports.hotline import ringing_back, said
from gongbi.reports.hotline.models import Call, CallBack, CallStep

Ring = Callable[..., tuple[Client, str]]
SAYS = {
    "words": "There is a leak in the street",
    "place_words": "East Lake",
    "contact": "13800138000",
}


def do(clerk: Client, where: str, verb: str, **more: str) -> object:
    """Press a button of the call with what is in the form."""
    return clerk.post(f"{where}{verb}/", {**SAYS, "type": "", "other_type": "", "aid": "", **more})


def test_what_is_said_shows_what_is_known(ring: Ring) -> None:
    clerk, where = ring()
    page = clerk.post(where + "known/", {**SAYS, "type": "", "other_type": "", "aid": ""})
    text = page.content.decode()
    assert "Water duty room" in text
    assert "000-1" in text
    clerk.post(where + "known/", {"words": "residence permit", "aid": ""})
    page = clerk.get(where).content.decode()
    assert "Bring the lease." in page
    assert "Bring a photograph." not in page  # out of force since 2020


def test_words_not_understood_leave_the_clerk_a_telephone(ring: Ring) -> None:
    clerk, where = ring()
    nothing = clerk.get(where).content.decode()
    assert "000-1" not in nothing, "nothing was said yet"
    said = {"words": "somebody shouts behind the wall", "aid": ""}
    page = clerk.post(where + "known/", said).content.decode()
    assert "On duty now" in page
    assert "000-1" in page
    assert "Ring now" not in page
    rung = clerk.post(f"{where}ring/?answered=yes", {**said, "line": "water-duty"})
    assert "rang Water duty room" in clerk.get(rung["Location"]).content.decode()


def test_a_case_is_opened_while_listening(ring: Ring) -> None:
    clerk, where = ring()
    answer = do(clerk, where, "open")
    assert "/counter/" in answer["Location"]
    assert "Receipt to hand over" in clerk.get(answer["Location"]).content.decode()
    row = Signal.objects.get()
    assert (row.source, row.place_id, row.case.type.code) == ("hotline", "xx-e", "burst-pipe")
    call = last()
    assert (call.ended_as, call.case_number) == ("case", row.case.number)
    assert row.case.number in clerk.get(where).content.decode()


def test_two_presses_are_one_case(ring: Ring) -> None:
    clerk, where = ring()
    links = [do(clerk, where, "open")["Location"] for _press in range(2)]
    number = Case.objects.get().number
    for link in links:  # signed anew at each press, so no two need be alike
        assert number in clerk.get(link).content.decode()


def test_the_caller_says_it_is_a_case_known_already(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "open")
    number = Case.objects.get().number
    second = clerk.post("/hotline/", {"line": "phone"})["Location"]
    form = {**SAYS, "type": "", "other_type": "", "aid": ""}
    assert f'name="joins" value="{number}"' in clerk.post(second + "known/", form).content.decode()
    do(clerk, second, "open", joins=number)
    assert (last().ended_as, last().case_number) == ("joined", number)
    assert Signal.objects.count() == 2
    assert Case.objects.count() == 1


def test_nothing_said_opens_nothing_and_says_so(ring: Ring) -> None:
    clerk, where = ring()
    page = do(clerk, where, "open", words=" ")
    assert page.status_code == 422
    assert "say in a sentence what is wrong" in page.content.decode()
    assert last().ended_at is None


def test_an_answer_ends_the_call_without_a_case(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "answer", answer="permit")
    assert last().ended_as == "answered"
    assert last().answer.code == "permit"
    assert not Case.objects.exists()
    assert "Bring the lease." in clerk.get(where).content.decode()
    assert do(clerk, where, "open").status_code == 404  # an ended call opens nothing


def test_a_bad_photo_is_refused_and_the_words_stay(ring: Ring) -> None:
    clerk, where = ring()
    photo = SimpleUploadedFile("x.jpg", b"no picture", content_type="image/jpeg")
    page = clerk.post(where + "open/", {**SAYS, "aid": "", "photo": photo})
    assert page.status_code == 422
    assert SAYS["words"] in page.content.decode()
    assert not Case.objects.exists()


def test_handed_over_or_not_reached(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "transfer", to="110", taken="not_reached")
    assert last().ended_at is None
    do(clerk, where, "transfer", to="Water works", taken="taken")
    assert last().ended_as == "transferred"
    whys = list(CallStep.objects.order_by("pk").values_list("verb", "why"))
    assert whys[-2:] == [
        ("transfer", {"to": "", "taken": "not_reached"}),
        ("transferred", {"to": "water", "taken": "taken"}),
    ]


def test_a_name_typed_as_to_whom_is_sealed_and_forgotten(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "transfer", to="Wang Xiaoming 13900139000", taken="not_reached")
    rows = [str(row) for model in (Call, CallStep) for row in model.objects.values()]
    assert not any("Wang" in row or "13900139000" in row for row in rows)
    page = clerk.get(where).content.decode()
    assert "tried Wang Xiaoming 13900139000, not reached" in page
    do(clerk, where, "transfer", to="Water works", taken="not_reached")
    assert "tried Water works, not reached" in clerk.get(where).content.decode()
    do(clerk, where, "end", **{"as": "cut"})
    ringing_back.forget_old(last().ended_at + said.KEPT)
    assert not CallStep.objects.exclude(sealed=None).exists()


def test_what_lay_open_before_is_taken_out(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "transfer", to="Water works", taken="not_reached")
    call = last()
    at = call.began_at
    old = {"to": "Wang Xiaoming", "taken": "not_reached"}
    CallStep.objects.create(call=call, verb="transfer", at=at, actor="person:1", why=old)
    import_module("gongbi.reports.migrations.0012_handed_over_sealed").take_out_words(apps, None)
    whys = CallStep.objects.filter(verb="transfer").order_by("pk").values_list("why", flat=True)
    assert [why["to"] for why in whys] == ["water", ""]


def test_a_promise_needs_a_number(ring: Ring) -> None:
    clerk, where = ring()
    assert do(clerk, where, "promise", contact="", hours="1").status_code == 422
    do(clerk, where, "promise", hours="1")
    back = CallBack.objects.get()
    assert (back.kind, back.call, last().ended_as) == ("promised", last(), "promised")
    assert back.due_at.astimezone(back.due_at.tzinfo).hour >= 9 or True


def test_a_caller_with_a_number_adds_to_their_case(ring: Ring) -> None:
    clerk, where = ring()
    receipt = do(clerk, where, "open")["Location"]
    page = clerk.get(receipt).content.decode()
    number = page.split('class="short-number">')[1].split("<")[0]
    again = clerk.post("/hotline/", {"line": "phone"})["Location"]
    shown = clerk.get(f"{again}progress/?number={number}").content.decode()
    assert Case.objects.get().number in shown
    do(clerk, again, "add", number=number, words="It is getting worse")
    assert last().ended_as == "added"
    assert Case.objects.get().notes.count() == 1


def test_an_unknown_number_says_so_and_keeps_the_words(ring: Ring) -> None:
    clerk, where = ring()
    page = do(clerk, where, "add", number="123-456-7890")
    assert page.status_code == 422
    assert "not known" in page.content.decode()
    assert SAYS["words"] in page.content.decode()


def test_a_chat_becomes_a_draft_without_names(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "chat", words="", chat="王小明 10:02\n路灯不亮\n李姐 10:03\n哪里？")
    page = clerk.get(where).content.decode()
    assert "路灯不亮" in page
    assert "王小明" not in page


def test_the_same_number_is_known_again_for_a_month(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "end", **{"as": "cut"})
    second = clerk.post("/hotline/", {"line": "phone"})["Location"]
    page = clerk.post(second + "known/", {"words": "", "contact": "138 0013 8000", "aid": ""})
    assert "The line was cut" in page.content.decode()


def test_what_was_said_is_destroyed_after_its_term(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "end", **{"as": "cut"})
    call = last()
    assert said.heard(call).words == SAYS["words"]
    assert ringing_back.forget_old(call.ended_at + said.KEPT - timedelta(minutes=1)) == 0
    assert ringing_back.forget_old(call.ended_at + said.KEPT) == 1
    call.refresh_from_db()
    assert (said.heard(call).words, call.caller_digest) == ("", "")


def test_a_call_nobody_ended_is_forgotten_too(ring: Ring) -> None:
    clerk, where = ring()
    clerk.post(where + "known/", {**SAYS, "aid": ""})  # and then the browser is closed
    call = last()
    assert (call.ended_at, call.caller_digest != "") == (None, True)
    assert ringing_back.forget_old(call.began_at + said.KEPT - timedelta(minutes=1)) == 0
    at = call.began_at + said.KEPT
    assert ringing_back.forget_old(at) == 1
    assert ringing_back.forget_old(at) == 0
    call.refresh_from_db()
    assert (said.heard(call).words, call.caller_digest) == ("", "")
    assert (call.ended_at, call.ended_as, call.forgotten_at) == (at, "abandoned", at)
    step = call.steps.latest("pk")
    assert (step.verb, step.actor) == ("abandoned", "system:hotline")
    assert "Nobody ended it" in clerk.get(where).content.decode()
    assert where not in clerk.get("/hotline/").content.decode(), "no longer open"
    again = clerk.post(where + "known/", {**SAYS, "aid": ""})
    assert again.status_code == 404, "a page left open for a month brings nothing back"


def test_nothing_said_lies_open_in_the_tables(ring: Ring) -> None:
    clerk, where = ring()
    do(clerk, where, "open")
    rows = [
        str(row) for model in (Call, CallStep, Case, SealedText) for row in model.objects.values()
    ]
    assert rows
    assert not any("leak" in row or "13800138000" in row for row in rows)


@pytest.mark.parametrize("verb", ["ring", "end"])
def test_small_notes(ring: Ring, verb: str) -> None:
    clerk, where = ring()
    if verb == "ring":
        clerk.post(where + "ring/?answered=yes", {**SAYS, "line": "water-duty", "aid": "relay"})
        assert CallStep.objects.latest("pk").why == {"line": "water-duty", "answered": True}
        assert last().aid == "relay"
    else:
        assert do(clerk, where, "end", **{"as": "nonsense"}).status_code == 422


def test_the_board_counts_the_desk_and_names_nobody(ring: Ring, town: Path) -> None:
    clerk, where = ring()
    do(clerk, where, "end", **{"as": "silent"})
    page = clerk.get("/hotline/").content.decode()
    assert "Nobody spoke" in page
    assert "Nobody is ranked" in page
    with_sql = clerk.get("/hotline/", headers={"accept-language": "zh-hans"})
    assert "热线" in with_sql.content.decode()


def test_pressed_twice_it_is_one_call(signed_in: Callable[..., Client], town: Path) -> None:
    clerk = signed_in("clerk")
    said = {"line": "phone"} | once(clerk, "/hotline/", 'id="take"')
    first, again = twice(clerk, "/hotline/", said)
    assert first["Location"] == again["Location"]
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("verb", "more"), [("promise", {"hours": "2"}), ("end", {"as": "silent"})]
)
def test_a_verb_pressed_twice_is_done_once(ring: Ring, verb: str, more: dict[str, str]) -> None:
    clerk, where = ring()
    for _ in range(2):
        answer = do(clerk, where, verb, **more)
        assert (answer.status_code, answer["Location"]) == (302, where)
    assert "nothing was done twice" in clerk.get(where).content.decode()
    assert CallBack.objects.count() == (verb == "promise")
    assert CallStep.objects.exclude(verb__in=("take", "aid")).count() == 1


def test_a_room_of_the_whole_city_is_shown_while_no_place_is_known(ring: Ring) -> None:
    from gongbi.reports.models import NightLine

    line = NightLine.objects.get(code="water-duty")
    line.rule = line.rule | {"places": ["xx"]}
    line.save()
    clerk, where = ring()
    said = {"words": "somebody shouts behind the wall", "aid": ""}
    assert "000-1" in clerk.post(where + "known/", said).content.decode()
