"""What a type asks whoever reports, at every door: page, counter, hotline, Open311, API."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cases.walking import answers_of
from tests.forms import once
from tests.reports.test_photos import drawn
from tests.reports.test_report import form

from gongbi.cases.models import Case, Signal
from gongbi.core.packs import load_pack
from gongbi.core.public import make_application_key

QUESTIONS = """questions = [
  {code = "many", kind = "choice", name_en = "How many lamps?", name_zh = "几盏？", choices = [
    {code = "one", name_en = "one", name_zh = "一盏"}, {code = "row", name_en = "a row", name_zh = "一排"}]},
  {code = "post", kind = "number", least = 1, most = 9999, name_en = "Number on the post", name_zh = "杆号"},
  {code = "since", kind = "date", name_en = "Since which day?", name_zh = "从哪天起？"},
  {code = "wire", kind = "yes_no", name_en = "Does a wire hang down?", name_zh = "有电线垂下吗？"},
]
"""  # noqa: E501 - a table of TOML may not be broken
ANSWERED = {"questions_for": "lamp-out", "answer_many": "row", "answer_wire": "yes"}


@pytest.fixture
def asking(town: Path) -> None:
    """The town, whose lamps have four questions."""
    pack = town.parent / "pack"
    file = pack / "case_types.toml"
    said = file.read_text("utf-8").replace('words = ["路灯"', QUESTIONS + 'words = ["路灯"')
    file.write_text(said, "utf-8")
    load_pack(pack, by="test")


def answered() -> dict[str, object]:
    """What the one report of this test answers."""
    return answers_of(Case.objects.get())


def lamp(**more: str) -> dict[str, object]:
    """A form about a lamp, its kind chosen in the long list."""
    return form(words="路灯不亮", type="lamp-out", **more)


def test_without_a_script_the_questions_come_with_the_answer(
    asking: None, browser: Client
) -> None:
    said = lamp()
    page = browser.post("/report/", said)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Not sent yet: this kind of problem has questions." in text
    assert 'id="id_answer_many_row" value="row"' in text
    assert '<input id="id_answer_post" name="answer_post" value="" type="number"' in text
    assert 'name="asked" value="1"' in text
    assert not Signal.objects.exists()
    assert browser.post("/report/", said | ANSWERED | {"asked": "1"}).status_code == 302
    assert answered() == {"many": "row", "wire": True}


def test_nobody_must_answer(asking: None, browser: Client) -> None:
    assert browser.post("/report/", lamp(asked="1")).status_code == 302
    assert answered() == {}


def test_while_somebody_types_the_questions_of_the_kind_are_shown(
    asking: None, browser: Client
) -> None:
    part = browser.post("/report/questions/", {"type": "lamp-out", "by_hand": ""})
    assert "How many lamps?" in part.content.decode()
    assert browser.post("/report/questions/", {"type": ""}).content.strip() == b""
    assert browser.post("/report/questions/", {"type": "lamp\x00"}).content.strip() == b""
    other = {"type": "burst-pipe", "by_hand": "1"} | ANSWERED
    assert "How many lamps?" not in browser.post("/report/questions/", other).content.decode()
    chosen = {"type": "other", "other_type": "lamp-out", "by_hand": "1"}
    assert "How many lamps?" in browser.post("/report/questions/", chosen).content.decode()
    again = browser.post("/report/questions/", chosen | ANSWERED)
    assert (again.status_code, again.content) == (204, b""), "nothing is drawn over an answer"
    chinese = Client(headers={"accept-language": "zh-hans"})
    assert "有电线垂下吗？" in chinese.post("/report/questions/", chosen).content.decode()


def test_answers_of_another_kind_are_none_of_this(asking: None, browser: Client) -> None:
    said = form(type="burst-pipe", asked="1") | ANSWERED
    assert browser.post("/report/", said).status_code == 302
    assert answered() == {}


@pytest.mark.parametrize("value", ["0", "10000", "many", "1e999", "-"])
def test_a_number_that_cannot_be_is_said_and_the_words_stay(
    asking: None, browser: Client, value: str
) -> None:
    said = lamp(asked="1") | {"questions_for": "lamp-out", "answer_post": value}
    page = browser.post("/report/", said)
    assert page.status_code == 422
    text = page.content.decode()
    assert "Number on the post: " in text
    assert '<a href="#id_answer_post">' in text
    assert 'aria-invalid="true"' in text
    assert "(1–9999)" in text
    assert f'value="{value}"' in page.content.decode()
    assert not Signal.objects.exists()


def test_nobody_in_danger_is_held_up(asking: None, browser: Client) -> None:
    said = form(words="路灯杆倒了，压住了人，救命", type="lamp-out")
    assert browser.post("/report/", said).status_code == 302


def test_nobody_in_danger_is_held_up_by_an_answer_that_cannot_be(
    asking: None, browser: Client
) -> None:
    said = form(words="路灯杆倒了，压住了人，救命", type="lamp-out") | ANSWERED
    assert browser.post("/report/", said | {"answer_post": "-5"}).status_code == 302
    assert answered() == {"many": "row", "wire": True}


def test_a_photo_is_not_lost_by_asking(asking: None, browser: Client) -> None:
    photo = SimpleUploadedFile("lamp.jpg", drawn(), "image/jpeg")
    assert browser.post("/report/", lamp() | {"photo": photo}).status_code == 302


def test_a_form_older_than_the_pack_is_taken(asking: None, browser: Client) -> None:
    said = lamp(asked="1") | ANSWERED | {"answer_gone": "x", "answer_many": "hundreds"}
    assert browser.post("/report/", said).status_code == 422, "an answer that is none is said"
    said |= {"answer_many": ""}
    assert browser.post("/report/", said).status_code == 302
    assert answered() == {"wire": True}


def test_who_reported_reads_their_answers_by_the_link_alone(asking: None, browser: Client) -> None:
    page = browser.get(browser.post("/report/", lamp(asked="1") | ANSWERED)["Location"])
    text = page.content.decode()
    token = text.split("/f/")[1].split("/")[0]
    assert "<dt>Does a wire hang down?</dt><dd>yes</dd>" in (
        browser.get(f"/f/{token}/").content.decode()
    )
    assert "answers" not in browser.get(f"/api/follow/{token}").json()


def test_at_the_counter(asking: None, signed_in: Callable[..., Client]) -> None:
    clerk = signed_in("clerk")
    assert "How many lamps?" in clerk.post("/counter/", lamp()).content.decode()
    assert clerk.post("/counter/", lamp(asked="1") | ANSWERED).status_code == 302
    assert answered()["many"] == "row"


def test_on_the_telephone(asking: None, signed_in: Callable[..., Client]) -> None:
    clerk = signed_in("clerk")
    where = clerk.post("/hotline/", {"line": "phone"} | once(clerk, "/hotline/"))["Location"]
    said = {"words": "路灯不亮", "type": "lamp-out", "other_type": "", "aid": "", **ANSWERED}
    clerk.post(f"{where}known/", said)
    page = clerk.get(where).content.decode()
    assert 'value="row" checked' in page, "what was noted is kept with the call"
    assert clerk.post(f"{where}open/", said).status_code == 302
    assert answered() == {"many": "row", "wire": True}


def test_another_system_sends_answers(asking: None) -> None:
    key = make_application_key("app", ["report"])
    app = Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})
    said = {"source": "app", "reference": "1", "words": "路灯不亮", "type": "lamp-out"}

    def post(answers: object) -> object:
        body = json.dumps(said | {"answers": answers})
        return app.post("/api/reports", body, content_type="application/json")

    bad = post({"many": "dozens"})
    assert (bad.status_code, bad.json()["error"]) == (
        422, "How many lamps?: 'dozens' does not fit; say one of one, row.",
    )  # fmt: skip
    assert post({"many": ["one"]}).status_code == 422
    assert post({"\x00": "one"}).status_code == 422
    assert post({"many": "one", "post": 12, "wire": False}).status_code == 201
    assert answered() == {"many": "one", "post": 12.0, "wire": False}


def test_open311_asks_and_takes_them(asking: None, browser: Client) -> None:
    row = next(
        one for one in browser.get("/open311/v2/services.json").json()
        if one["service_code"] == "lamp-out"
    )  # fmt: skip
    assert row["metadata"] is True
    asked = browser.get("/open311/v2/services/lamp-out.json").json()["attributes"]
    assert [(one["code"], one["datatype"], one["required"]) for one in asked] == [
        ("many", "singlevaluelist", False), ("post", "number", False),
        ("since", "datetime", False), ("wire", "singlevaluelist", False),
    ]  # fmt: skip
    assert asked[0]["values"] == [{"key": "one", "name": "one"}, {"key": "row", "name": "a row"}]
    assert asked[3]["values"] == [{"key": "yes", "name": "yes"}, {"key": "no", "name": "no"}]
    key = make_application_key("elsewhere", ["report"])
    said = {
        "api_key": key, "service_code": "lamp-out", "description": "dark", "lat": "30.2",
        "long": "122.95", "attribute[many]": "one", "attribute[wire]": "no",
        "attribute[since]": "2026-11-19T16:30:00Z", "attribute[colour]": "blue",
    }  # fmt: skip
    for wrong in ("attribute[many]", "attribute[wire]", "attribute[post]", "attribute[since]"):
        bad = browser.post("/open311/v2/requests.json", said | {wrong: "?"})
        assert bad.status_code == 400
        assert wrong in bad.json()[0]["description"]
    far = browser.post("/open311/v2/requests.json", said | {"attribute[post]": "123456"})
    assert (far.status_code, far.json()[0]["description"]) == (
        400, "Number on the post: '123456' does not fit; say a number from 1 to 9999.",
    )  # fmt: skip
    assert browser.post("/open311/v2/requests.json", said).status_code == 200
    assert answered() == {"many": "one", "wire": False, "since": "2026-11-20"}


def test_a_suggested_kind_that_was_chosen_stays_when_the_page_comes_again(
    asking: None, browser: Client
) -> None:
    said = form(words="桥头漏水", type="lamp-out") | {"by_hand": ""}
    text = browser.post("/report/", said).content.decode()
    assert "this kind of problem has questions" in text
    assert 'name="answer_many"' in text
    assert '<option value="lamp-out" selected' in text
