"""A resident reports, in a browser without an account."""

import io
import re
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from PIL import Image

from gongbi.cases.models import Case, Photo, Signal
from gongbi.reports import references


def form(**changed: str) -> dict[str, object]:
    """What a browser posts."""
    return {"reference": references.mint(), "words": "桥头漏水", "type": ""} | changed


def sent(browser: Client, **changed: str) -> str:
    """Report, and give the page of the receipt."""
    answer = browser.post("/report/", form(**changed))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_one_sentence_is_enough(town: Path, browser: Client) -> None:
    receipt = browser.get(sent(browser))
    page = receipt.content.decode()
    assert re.search(r"\d{3}-\d{3}-\d{4}", page)
    assert "<svg" in page
    assert "Water works" in page
    assert "Next promise due" in page
    assert Case.objects.get().type.code == "burst-pipe"


@pytest.mark.parametrize(("where", "asked"), [("", True), ("西山区", False), ("somewhere", True)])
def test_a_report_without_a_place_says_so(
    town: Path, browser: Client, where: str, asked: bool
) -> None:
    page = browser.get(sent(browser, place_words=where)).content.decode()
    assert ("The place is known no more exactly than the city." in page) == asked


def test_the_form_needs_no_script(town: Path, browser: Client) -> None:
    page = browser.get("/report/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert '<option value="lamp-out"' in page
    assert "inspection" not in page, "a kind that residents do not choose"


def test_double_tap_reports_once(town: Path, browser: Client) -> None:
    posted = form()
    first, second = browser.post("/report/", posted), browser.post("/report/", posted)
    assert Signal.objects.count() == 1
    assert re.sub(r":.*", "", first["Location"]) == re.sub(r":.*", "", second["Location"])
    page = browser.get(second["Location"]).content.decode()
    assert "not reported twice" in page


def test_going_back_and_saying_something_else_is_another_report(
    town: Path, browser: Client
) -> None:
    posted = form()
    browser.post("/report/", posted)
    browser.post("/report/", posted | {"words": "路灯不亮"})
    assert Signal.objects.count() == 2


def test_a_forged_reference_is_refused_and_the_words_stay(town: Path, browser: Client) -> None:
    answer = browser.post("/report/", form(reference="mine:forged"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "桥头漏水" in page
    again = re.search(r'name="reference" value="([^"]+)"', page)
    assert again
    assert references.is_ours(again[1])


def test_a_position_finds_the_place(town: Path, browser: Client) -> None:
    sent(browser, lon="122.95", lat="30.2", words="路灯不亮")
    assert Case.objects.get().place_id == "xx-e"


def test_words_find_the_place(town: Path, browser: Client) -> None:
    sent(browser, place_words="西山区小学对面")
    assert Case.objects.get().place_id == "xx-w"


def test_half_a_position_is_none(town: Path, browser: Client) -> None:
    sent(browser, lon="122.95")
    assert Case.objects.get().place_id == "xx"


def test_a_position_in_another_city_is_refused(town: Path, browser: Client) -> None:
    answer = browser.post("/report/", form(lon="2.35", lat="48.85"))
    assert answer.status_code == 422
    assert "outside this city" in answer.content.decode()
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"words": ""}, "one sentence is enough"),
        ({"words": "  "}, "one sentence is enough"),
        ({"words": "水" * 1_000_000}, "At most 4,000 characters"),
        ({"words": "a\x00b"}, "Null characters"),
        ({"lon": "east", "lat": "1"}, "Not sent yet"),
        ({"type": "no-such-type"}, "no case type"),
        ({"contact": "1" * 500}, "at most 120"),
    ],
)
def test_refused_with_a_sentence(
    town: Path, browser: Client, changed: dict[str, str], said: str
) -> None:
    answer = browser.post("/report/", form(**changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Signal.objects.exists()


def test_the_type_chosen_by_hand_wins(town: Path, browser: Client) -> None:
    sent(browser, type="other", other_type="lamp-out")
    assert Case.objects.get().type.code == "lamp-out"


def picture(**saving: object) -> io.BytesIO:
    """A photo with metadata that its maker did not mean to send."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Zhang San"
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(file, "JPEG", exif=exif, **saving)
    file.name = "photo.jpg"
    file.seek(0)
    return file


def test_a_photo_is_shown_without_its_metadata(town: Path, browser: Client) -> None:
    answer = browser.post("/report/", form() | {"photo": picture()})
    link = re.search(r"/f/[\w-]+/", browser.get(answer["Location"]).content.decode())
    assert link
    page = browser.get(link[0]).content.decode()
    shown = re.search(r'<img src="([^"]+)"', page)
    assert shown
    photo = browser.get(shown[1])
    assert photo["Content-Type"] == "image/jpeg"
    assert b"Zhang San" not in photo.content
    assert b"Exif" not in photo.content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ a program", "not a JPEG"),
        (picture().read()[:300], "photo"),
        (b"", "empty"),
    ],
)
def test_a_bad_photo_stores_nothing(
    town: Path, browser: Client, content: bytes, said: str
) -> None:
    file = io.BytesIO(content)
    file.name = "photo.jpg"
    answer = browser.post("/report/", form() | {"photo": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Signal.objects.exists()
    assert not Photo.objects.exists()


def test_many_reports_from_one_connection_must_wait(
    town: Path, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.reports import throttle

    monkeypatch.setattr(throttle, "REPORT", throttle.Door("report", 10, 2, 100))
    codes = [browser.post("/report/", form(words=f"漏水 {n}")).status_code for n in range(3)]
    assert codes == [302, 302, 429]


def test_suggestion_says_which_words_decided(town: Path, browser: Client) -> None:
    page = browser.post("/report/suggest/", {"words": "there is a leak", "type": ""})
    assert 'value="burst-pipe" checked' in page.content.decode()
    assert "<q>leak</q>" in page.content.decode()


def test_suggestion_never_overrules_a_choice_by_hand(town: Path, browser: Client) -> None:
    posted = {"words": "there is a leak", "type": "lamp-out", "by_hand": "1"}
    page = browser.post("/report/suggest/", posted).content.decode()
    assert '<option value="lamp-out" selected' in page
    assert 'value="burst-pipe" checked' not in page


def test_forms_are_guarded_against_forgery(town: Path) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report/", form()).status_code == 403
    assert strict.post("/report/suggest/", {"words": "x"}).status_code == 403


def test_the_words_are_sealed(town: Path, browser: Client) -> None:
    sent(browser, words="漏水,我叫张三", contact="13800138000")
    import sqlite3

    from django.db import connection

    rows = (
        "\n".join(connection.connection.iterdump())
        if isinstance(connection.connection, sqlite3.Connection)
        else ""
    )
    assert "张三" not in rows
    assert "13800138000" not in rows


def test_receipt_for_both_papers(town: Path, browser: Client) -> None:
    where = sent(browser)
    assert b"slip.css" in browser.get(where + "?paper=slip").content
    assert b"slip.css" not in browser.get(where).content


def test_receipt_keeps_its_address_to_itself(town: Path, browser: Client) -> None:
    answer = browser.get(sent(browser))
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_receipt_nobody_made_is_gone(town: Path, browser: Client) -> None:
    assert browser.get("/report/forged/receipt/").status_code == 404


def test_both_languages(town: Path) -> None:
    chinese = Client(headers={"accept-language": "zh-hans"})
    assert "反映问题" in chinese.get("/report/").content.decode()


@pytest.mark.parametrize("fault", [OperationalError("disk full"), OSError(28, "No space left")])
def test_what_cannot_be_stored_keeps_the_words(
    town: Path, browser: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    from gongbi.reports import actions

    def fails(*_args: object, **_named: object) -> None:
        raise fault

    monkeypatch.setattr(actions, "send", fails)
    posted = form()
    answer = browser.post("/report/", posted)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "could not be stored just now" in page
    assert "桥头漏水" in page
    assert str(posted["reference"]) in page, "sent again it is the same report"
