"""Following a report: by link, by short number; adding, answering, being forgotten."""

import io
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from gongbi.cases import actions
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, Signal
from gongbi.cases.public import ReceiptRecord, SignalIn, receive_signal
from gongbi.core.public import now
from gongbi.reports import throttle

WORKER = Actor("application", "crew", "water")


@pytest.fixture
def receipt(town: Path) -> ReceiptRecord:
    """A report that was made this morning."""
    return receive_signal(
        SignalIn(
            source="web",
            reference="r-1",
            words="桥头漏水,我叫张三",
            type=None,
            lon=122.95,
            lat=30.2,
            place=None,
            place_words="",
            at=now(),
            language="zh-hans",
            contact="13800138000",
        )
    )


def declared(receipt: ReceiptRecord) -> Case:
    """The unit took it and says that it is done; the system has asked."""
    from gongbi.cases import tasks

    case = Case.objects.get(number=receipt.number)
    actions.dispatch(case, Actor("person", str(uuid.uuid4())), unit_code="water")
    task = case.tasks.get()
    actions.accept(task, WORKER)
    actions.declare(task, WORKER, declared="done", words="阀门已换")
    tasks.run_due(now() + timedelta(minutes=1))
    return Case.objects.get(pk=case.pk)


def test_the_link_shows_where_it_is(receipt: ReceiptRecord, browser: Client) -> None:
    page = browser.get(f"/f/{receipt.follow_token}/").content.decode()
    assert 'aria-current="step"' in page
    assert "Burst pipe" in page
    assert "桥头漏水" in page


def test_the_short_number_opens_it_without_the_words(
    receipt: ReceiptRecord, browser: Client
) -> None:
    answer = browser.post("/follow/", {"number": receipt.short_number.replace("-", " ")})
    assert answer.status_code == 302
    page = browser.get(answer["Location"]).content.decode()
    assert receipt.number in page
    assert "桥头漏水" not in page
    assert receipt.follow_token not in page


def test_a_bare_number_in_an_address_opens_nothing(
    receipt: ReceiptRecord, browser: Client
) -> None:
    number = receipt.short_number
    for key in (number, number.replace("-", ""), "n." + number, number.replace("-", "%20")):
        assert browser.get(f"/f/{key}/").status_code == 404
        assert browser.get(f"/api/follow/{key}").status_code == 404


def test_guessing_is_stopped_for_an_address_and_says_nothing(
    receipt: ReceiptRecord, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "GUESS", throttle.Door("follow", 10, 3, 100))
    wrong = [browser.post("/follow/", {"number": "000-000-0000"}) for _ in range(3)]
    assert {answer.status_code for answer in wrong} == {422}
    right = browser.post("/follow/", {"number": receipt.short_number})
    assert right.status_code == 429, "also the right number: the answer must not tell"
    elsewhere = Client(REMOTE_ADDR="10.0.0.9").post("/follow/", {"number": receipt.short_number})
    assert elsewhere.status_code == 302


def test_guessing_is_stopped_for_everybody_together(
    receipt: ReceiptRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "GUESS", throttle.Door("follow", 10, 3, 5))
    for last in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{last}").post("/follow/", {"number": "111-111-1111"})
    fresh = Client(REMOTE_ADDR="10.0.1.1").post("/follow/", {"number": receipt.short_number})
    assert fresh.status_code == 429
    assert browser_by_link(receipt).status_code == 200, "the link works all the time"


def browser_by_link(receipt: ReceiptRecord) -> object:
    return Client().get(f"/f/{receipt.follow_token}/")


def test_wrong_and_run_out_numbers_get_the_same_words(
    receipt: ReceiptRecord, browser: Client
) -> None:
    Signal.objects.update(follow_until=now() - timedelta(days=1))
    old = browser.post("/follow/", {"number": receipt.short_number}).content.decode()
    wrong = browser.post("/follow/", {"number": "123"}).content.decode()
    said = re.compile(r"No report is followed by this number[^<]*")
    assert said.search(old)[0] == said.search(wrong)[0]  # type: ignore[index]  # both say it


def test_addresses_are_kept_as_digests_only(town: Path) -> None:
    from gongbi.reports.models import Attempt

    Client(REMOTE_ADDR="203.0.113.7").post("/follow/", {"number": "000"})
    assert not Attempt.objects.filter(who__contains="203.0.113.7").exists()
    assert Attempt.objects.count() == 2


def test_asked_and_answered_yes(receipt: ReceiptRecord, browser: Client) -> None:
    declared(receipt)
    address = f"/f/{receipt.follow_token}/"
    page = browser.get(address).content.decode()
    assert "Is it solved?" in page
    assert "阀门已换" in page
    answer = browser.post(address + "verdict/", {"solved": "yes", "words": "谢谢"})
    assert answer.status_code == 302
    assert Case.objects.get().ended_as == "solved"
    assert "You said: solved." in browser.get(address).content.decode()


def test_who_was_asked_for_a_good_answer_may_say_so(
    receipt: ReceiptRecord, browser: Client
) -> None:
    declared(receipt)
    address = f"/f/{receipt.follow_token}/"
    page = browser.get(address).content.decode()
    assert "The unit asked me to say that it is solved" in page
    browser.post(address + "verdict/", {"solved": "yes", "prompted": "on"})
    verdict = Case.objects.get().verdicts.get()
    assert (verdict.said, verdict.prompted) == ("solved", True)
    assert "asked me" not in browser.get(address).content.decode()


def test_what_may_be_left_out_is_said_once(receipt: ReceiptRecord, browser: Client) -> None:
    declared(receipt)
    asked = browser.get(f"/f/{receipt.follow_token}/").content.decode()
    assert "In your words <" in asked
    assert "if you like" not in asked


def test_asked_and_answered_no_opens_it_again(receipt: ReceiptRecord, browser: Client) -> None:
    declared(receipt)
    address = f"/f/{receipt.follow_token}/"
    browser.post(address + "verdict/", {"solved": "no", "words": "还在漏"})
    case = Case.objects.get()
    assert (case.state, case.reopened) == ("open", 1)
    assert "opened again" in browser.get(address).content.decode()


def test_not_asked_cannot_answer(receipt: ReceiptRecord, browser: Client) -> None:
    address = f"/f/{receipt.follow_token}/verdict/"
    answer = browser.post(address, {"solved": "yes"})
    assert answer.status_code == 409
    assert "not been asked" in answer.content.decode()
    assert browser.post(address, {"solved": "perhaps"}).status_code == 422


def test_add_words_and_a_photo(receipt: ReceiptRecord, browser: Client) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "JPEG")
    file.name = "photo.jpg"
    file.seek(0)
    address = f"/f/{receipt.follow_token}/"
    posted = {"words": "现在更大了", "photo": file}
    assert browser.post(address + "words/", posted).status_code == 302
    case = Case.objects.get()
    assert (case.notes.count(), case.photos.count()) == (1, 1)
    page = browser.get(address).content.decode()
    assert "<img" in page[page.index('id="said"') :], "their photo stands with their words"
    assert "What the unit says" not in page, "the unit has said nothing yet"


def test_pressed_twice_it_is_added_once(receipt: ReceiptRecord, browser: Client) -> None:
    from tests.forms import once, twice

    page = f"/f/{receipt.follow_token}/"
    said = {"words": "现在更大了"} | once(browser, page, f"{page}words/")
    assert [one.status_code for one in twice(browser, f"{page}words/", said)] == [302, 302]
    assert Case.objects.get().notes.count() == 1


OFFICER = Actor("person", str(uuid.uuid4()))


def waits(receipt: ReceiptRecord, reason: str = "resident", words: str = "几号楼?") -> None:
    """An officer lets the case wait."""
    actions.wait(Case.objects.get(number=receipt.number), OFFICER, reason=reason, words=words)


def picture() -> io.BytesIO:
    """A photo as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "JPEG")
    file.name = "photo.jpg"
    file.seek(0)
    return file


def test_who_must_answer_is_told_so_and_what_is_asked(
    receipt: ReceiptRecord, browser: Client
) -> None:
    waits(receipt, words="几号楼?请打13812345678")
    page = browser.get(f"/f/{receipt.follow_token}/").content.decode()
    assert "you are asked something, and your answer is awaited" in page
    question = page[page.index('id="question"') : page.index('id="where-title"')]
    assert "几号楼?" in question
    assert "13812345678" not in page, "what goes outward is masked"
    assert question.count("<form") == 1, "the answer is given where the question stands"
    assert page.count('name="photo"') == 1
    browser.post(f"/f/{receipt.follow_token}/words/", {"words": "三号楼"})
    assert Case.objects.get().state == "open"
    page = browser.get(f"/f/{receipt.follow_token}/").content.decode()
    assert 'id="question"' not in page
    assert "几号楼?" in page[page.index("What happened so far") :], "it stays in the history"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("third_party", "somebody else must act first"),
        ("works", "works must be done or material must come first"),
        ("weather", "the weather must change first"),
    ],
)
def test_what_others_must_do_is_named_and_the_officers_words_stay_inside(
    receipt: ReceiptRecord, browser: Client, reason: str, said: str
) -> None:
    waits(receipt, reason, "等燃气公司老王")
    page = browser.get(f"/f/{receipt.follow_token}/").content.decode()
    assert said in page
    assert "老王" not in page
    assert 'id="question"' not in page


def test_an_answer_that_is_only_a_photo_takes_it_up_again(
    receipt: ReceiptRecord, browser: Client
) -> None:
    waits(receipt, words="请拍一张照片")
    address = f"/f/{receipt.follow_token}/"
    assert browser.post(address + "words/", {"photo": picture()}).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.photos.count()) == ("open", 1)
    waits(receipt, words="再近一点")
    browser.post(address + "words/", {"photo": picture()})
    assert Case.objects.get().state == "open", "also the very same photo is an answer"


def test_a_photo_of_somebody_who_reports_the_same_is_no_answer(
    receipt: ReceiptRecord, browser: Client
) -> None:
    waits(receipt)
    page = browser.get("/report/").content.decode()
    reference = re.search(r'name="reference" value="([^"]+)"', page)[1]  # type: ignore[index]
    said = {"words": "桥头漏水", "joins": receipt.number, "asked": "1", "photo": picture()}
    browser.post("/report/", said | {"reference": reference, "lon": "122.95", "lat": "30.2"})
    case = Case.objects.get()
    assert (case.signals.count(), case.photos.count(), case.state) == (2, 1, "waiting")


def test_adding_nothing_is_said(receipt: ReceiptRecord, browser: Client) -> None:
    answer = browser.post(f"/f/{receipt.follow_token}/words/", {"words": " "})
    assert answer.status_code == 422
    assert "Write something or choose a photo" in answer.content.decode()


def test_forget_me_asks_once_more_then_forgets(receipt: ReceiptRecord, browser: Client) -> None:
    address = f"/f/{receipt.follow_token}/"
    asked = browser.get(address + "forget/").content.decode()
    assert "What stays" in asked
    assert browser.get(address).status_code == 200, "asking alone destroys nothing"
    done = browser.post(address + "forget/", {"sure": "yes"})
    assert "You are forgotten" in done.content.decode()
    assert browser.get(address).status_code == 404
    assert Signal.objects.get().forgotten_at is not None
    assert Case.objects.exists()


def test_pages_of_a_secret_address_stay_private(receipt: ReceiptRecord, browser: Client) -> None:
    for address in (
        f"/f/{receipt.follow_token}/",
        f"/f/{receipt.follow_token}/forget/",
        "/follow/",
    ):
        answer = browser.get(address)
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]


def test_nobody_elses_photo(receipt: ReceiptRecord, browser: Client) -> None:
    address = f"/f/{receipt.follow_token}/photo/{uuid.uuid4()}"
    assert browser.get(address).status_code == 404


def test_verdicts_are_guarded_against_forgery(receipt: ReceiptRecord) -> None:
    strict = Client(enforce_csrf_checks=True)
    for what in ("verdict", "words", "forget"):
        assert strict.post(f"/f/{receipt.follow_token}/{what}/", {}).status_code == 403


def test_forgotten_by_another_tap_in_between_is_gone(
    receipt: ReceiptRecord, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was found a moment before the first of two taps forgot its reporter."""
    from gongbi.cases import public

    found = public.follow

    def then_forgotten(secret: str) -> object:
        record = found(secret)
        if record is not None:
            public.forget_reporter(secret)
        return record

    monkeypatch.setattr(public, "follow", then_forgotten)
    address = f"/f/{receipt.follow_token}/"
    assert browser.post(address + "forget/", {"sure": "yes"}).status_code == 404


def test_news_stopped_by_who_was_forgotten_in_between_is_gone(
    receipt: ReceiptRecord, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.cases import public

    found = public.follow

    def then_forgotten(secret: str) -> object:
        record = found(secret)
        if record is not None:
            public.forget_reporter(secret)
        return record

    monkeypatch.setattr(public, "follow", then_forgotten)
    address = f"/f/{receipt.follow_token}/"
    assert browser.post(address + "news/", {"do": "stop"}).status_code == 404
