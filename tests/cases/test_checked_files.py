"""A photo waits until it was looked at; a bad one is put aside, told of, and never shown."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.cases.walking import case_of, do, picture

from gongbi.cases.models import Photo, Step
from gongbi.cases.public import add_photo, follow, forget_reporter, held, photo_bytes
from gongbi.core.files.checking import check_due, owe_unchecked
from gongbi.core.models import FileCheck, JournalLine

LOOK = """
import sys
from pathlib import Path
said, mood = sys.stdin.buffer.read(), Path(sys.argv[1]).read_text()
if mood == "odd":
    sys.exit(2)
print("Bad.Photo")
sys.exit(1 if mood == "bad" else 0)
"""


class Mood:
    """A scanner whose mind the test makes up."""

    def __init__(self, folder: Path) -> None:
        self.script, self.file = folder / "look.py", folder / "mood"
        self.script.write_text(LOOK, "utf-8")

    def __call__(self, mood: str) -> None:
        self.file.write_text(mood, "utf-8")


@pytest.fixture
def scanner(small_city, settings, tmp_path) -> Mood:
    """A command named as the scanner; it calls everything clean until told otherwise."""
    mood = Mood(tmp_path)
    settings.GONGBI_SCANNER = f"command:{sys.executable} {mood.script} {mood.file}"
    mood("clean")
    return mood


@pytest.fixture
def photographed(scanner, reported, signed_in):
    """A report with a photo, in the hands of a unit."""
    receipt = reported()
    photo = add_photo(receipt.follow_token, picture("blue"))
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    return receipt, photo


def pages(receipt, photo, signed_in) -> dict[str, int]:
    """What each reader gets of the picture."""
    found = {
        name: signed_in(name).get(f"/cases/photos/{photo}").status_code
        for name in ("", "stranger", "lifter", "worker", "dispatcher", "supervisor")
    }
    found["evidence"] = signed_in("supervisor").get(f"/cases/photos/{photo}/evidence").status_code
    found["reporter"] = signed_in("").get(f"/f/{receipt.follow_token}/photo/{photo}").status_code
    return found


SHUT = {"": 302, "stranger": 404, "lifter": 404, "worker": 404, "dispatcher": 404,
        "supervisor": 404, "evidence": 404, "reporter": 404}  # fmt: skip
OPEN = SHUT | {"worker": 200, "dispatcher": 200, "supervisor": 200, "evidence": 200,
               "reporter": 200}  # fmt: skip


def test_nobody_sees_it_before_it_was_looked_at_and_everybody_reads_why(photographed, signed_in):
    receipt, photo = photographed
    assert pages(receipt, photo, signed_in) == SHUT
    assert photo_bytes(receipt.follow_token, photo) is None
    page = signed_in("worker").get(f"/cases/{receipt.number}/").content.decode()
    assert "being checked for malware" in page
    assert str(photo) not in page
    page = signed_in("").get(f"/f/{receipt.follow_token}/").content.decode()
    assert "One photo is being checked" in page
    zh = signed_in("", "zh-hans").get(f"/f/{receipt.follow_token}/").content.decode()
    assert "正在检查" in zh
    assert held(receipt.follow_token, "command:x")["pictures"][0]["jpeg"] is None
    assert check_due() == 1
    assert pages(receipt, photo, signed_in) == OPEN
    assert follow(receipt.follow_token).photos == (photo,)
    row = FileCheck.objects.get()
    assert (row.state, row.scanner, row.found) == ("clean", Path(sys.executable).name, "")


def test_a_bad_one_is_put_aside_with_its_reason_and_the_reporter_is_told(
    scanner, photographed, signed_in
):
    receipt, photo = photographed
    scanner("bad")
    assert check_due() == 1
    assert pages(receipt, photo, signed_in) == SHUT
    page = signed_in("worker").get(f"/cases/{receipt.number}/").content.decode()
    assert "put aside" in page
    assert "Bad.Photo" in page
    page = signed_in("").get(f"/f/{receipt.follow_token}/").content.decode()
    assert "One photo was refused" in page
    by_number = follow(receipt.short_number)
    assert (by_number.photos, by_number.photos_refused) == ((), 1)
    told = JournalLine.objects.get(kind="core.FileFoundBad")
    assert told.subject == f"case:{case_of(receipt.number).uuid}"
    assert (told.body["found"], told.body["file"]) == ("Bad.Photo", str(photo))
    assert Step.objects.get(verb="put_aside").why["found"] == "Bad.Photo"
    assert follow(receipt.follow_token).words  # the report stands
    assert check_due() == 0


def test_a_scanner_that_is_away_loses_nothing_and_is_asked_again(photographed, clock, settings):
    receipt, photo = photographed
    here, settings.GONGBI_SCANNER = settings.GONGBI_SCANNER, "clamd:/no/such/socket"
    for _ in range(3):
        assert check_due() == 0
        row = FileCheck.objects.get()
        assert (row.state, row.tries) == ("waiting", 0)
        assert row.trouble == "away:FileNotFoundError"
        assert check_due() == 0  # not asked again at once
        clock.now += timedelta(seconds=21)
    settings.GONGBI_SCANNER = here
    assert check_due() == 1
    assert follow(receipt.follow_token).photos == (photo,)


def test_one_that_cannot_be_judged_waits_longer_each_time_and_holds_up_no_other(
    scanner, photographed, reported, clock
):
    scanner("odd")
    assert check_due() == 0
    first = FileCheck.objects.get()
    assert (first.state, first.tries, first.trouble) == ("waiting", 1, "exit:2")
    assert first.due_at > timezone.now()
    scanner("clean")
    other = reported()
    add_photo(other.follow_token, picture("red"))
    assert check_due() == 1
    clock.now += timedelta(hours=1)
    assert check_due() == 1
    assert not FileCheck.objects.filter(state="waiting").exists()


def test_a_photo_that_a_type_asks_for_counts_while_it_waits_and_not_when_it_is_bad(
    scanner, reported, signed_in
):
    receipt = reported(type="stall", words="占道", contact="")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    worker = "stall-worker"
    from gongbi.core.models import Person, Post

    person = Person.objects.create(username=worker, name=worker)
    Post.objects.create(person=person, role="unit_lead", unit_id="order", place_id="xx")
    browser = signed_in("")
    browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
    from django.core.files.uploadedfile import SimpleUploadedFile

    def declare(photo: bool):
        file = SimpleUploadedFile("a.jpg", picture("green"), "image/jpeg")
        said = {"declared": "done", "words": "清走了"} | ({"photo": file} if photo else {})
        return do(browser, receipt.number, "declare", **said)

    assert declare(photo=False).status_code == 422
    assert declare(photo=True).status_code == 302
    assert Photo.objects.get().checked == "waiting"
    assert case_of(receipt.number).state == "answered"


def test_forgetting_a_reporter_takes_what_waits_away(scanner, photographed):
    receipt, _photo = photographed
    forget_reporter(receipt.follow_token)
    assert check_due() == 0
    assert not FileCheck.objects.exists()


def test_without_a_scanner_photos_are_open_and_can_be_looked_at_later(
    reported, settings, tmp_path, signed_in
):
    receipt = reported()
    photo = add_photo(receipt.follow_token, picture("blue"))
    assert follow(receipt.follow_token).photos == (photo,)
    assert not FileCheck.objects.exists()
    mood = Mood(tmp_path)
    mood("bad")
    settings.GONGBI_SCANNER = f"command:{sys.executable} {mood.script} {mood.file}"
    assert owe_unchecked() == 1
    assert owe_unchecked() == 0
    assert follow(receipt.follow_token).photos == ()
    assert check_due() == 1
    assert follow(receipt.follow_token).photos_refused == 1
