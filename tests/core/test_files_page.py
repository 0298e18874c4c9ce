"""The keeper's page of files: who sees it, what it says, and calling a find a false alarm."""

import sys
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.core.keepers import CAST

from gongbi.core.files.checking import check_due, forget_old
from gongbi.core.models import FileCheck, JournalLine


class Kept:
    """A keeper of files for these tests."""

    let: list[uuid.UUID] = []
    gone: set[uuid.UUID] = set()
    broken: set[uuid.UUID] = set()

    @staticmethod
    def content_of(file: uuid.UUID) -> bytes | None:
        if file in Kept.broken:
            raise RuntimeError("a key that is none")
        return None if file in Kept.gone else b"bytes"

    @staticmethod
    def let_out(file: uuid.UUID) -> None:
        Kept.let.append(file)


@pytest.fixture
def aside(small_city: int, monkeypatch: pytest.MonkeyPatch) -> FileCheck:
    """One file of the east was put aside, one waits."""
    from gongbi.core.files import checking

    monkeypatch.setattr(checking, "_keepers", lambda: {"test": Kept})
    Kept.let, Kept.gone, Kept.broken = [], set(), set()
    at = timezone.now()
    said = {"keeper": "test", "subject": "case:1", "place_path": "/xx/xx-e/", "due_at": at}
    FileCheck.objects.create(file=uuid.uuid4(), about="XX-7", owed_at=at, tries=2,
                             trouble="timeout", **said)  # fmt: skip
    return FileCheck.objects.create(
        file=uuid.uuid4(), about="XX-8", state="bad", owed_at=at, checked_at=at,
        found="Win.Test-1", scanner="clamd", **said,
    )  # fmt: skip


def test_it_says_openly_that_nobody_looks(browser, aside, settings) -> None:
    page = browser("keeper").get("/files/").content.decode()
    assert "are not checked for malware" in page
    assert "没有" in browser("keeper", "zh-hans").get("/files/").content.decode()
    settings.GONGBI_SCANNER = f"command:{sys.executable}"
    page = browser("keeper").get("/files/").content.decode()
    assert "are not checked" not in page
    for said in ("XX-7", "timeout", "2 tries", "XX-8", "Win.Test-1", "clamd"):
        assert said in page, said


def test_who_sees_the_page_and_of_which_places(browser, aside) -> None:
    answers = {name: browser(name).get("/files/") for name in ("", *CAST)}
    assert {name: one.status_code for name, one in answers.items()} == {
        "": 302, "keeper": 200, "keeper-w": 200, "supervisor": 200, "worker": 403,
        "stranger": 403,
    }  # fmt: skip
    assert b"XX-8" not in answers["keeper-w"].content
    assert b"XX-8" in answers["supervisor"].content
    assert b"Open it after all" not in answers["supervisor"].content


def test_only_a_keeper_of_its_place_opens_it_once_and_the_journal_keeps_it(
    browser, aside, django_assert_num_queries
) -> None:
    address = f"/files/{aside.file}/open"
    refused = {
        name: browser(name).post(address).status_code
        for name in ("", "keeper-w", "supervisor", "worker", "stranger")
    }
    assert refused == {
        "": 302, "keeper-w": 404, "supervisor": 403, "worker": 403, "stranger": 403,
    }  # fmt: skip
    assert Kept.let == []
    for _ in range(2):
        assert browser("keeper").post(address).status_code == 302
    assert Kept.let == [aside.file]
    told = JournalLine.objects.get(kind="core.FileOpenedAfterAll")
    assert (told.body["found"], told.actor.split(":")[0]) == ("Win.Test-1", "person")
    assert b"opened after all" in browser("keeper").get("/files/").content
    again = browser("keeper").post(address, follow=True).content.decode()
    assert "put aside no more" in again


def test_what_is_about_no_place_is_the_whole_city_s(browser, aside) -> None:
    FileCheck.objects.update(place_path="/")
    assert b"XX-8" in browser("keeper").get("/files/").content
    assert b"XX-8" not in browser("keeper-w").get("/files/").content
    address = f"/files/{aside.file}/open"
    refused = {name: browser(name).post(address).status_code for name in CAST if name != "keeper"}
    assert refused == {"keeper-w": 404, "supervisor": 403, "worker": 403, "stranger": 403}
    assert b"Open it after all" in browser("keeper").get("/files/").content
    browser("keeper").post(address)
    assert Kept.let == [aside.file]


def test_one_that_is_gone_says_so_and_stands_there_no_more(browser, aside) -> None:
    Kept.gone.add(aside.file)
    page = browser("keeper").post(f"/files/{aside.file}/open", follow=True).content.decode()
    assert "The file is gone" in page
    assert "XX-8" not in page
    assert Kept.let == []
    assert not FileCheck.objects.filter(pk=aside.pk).exists()
    assert not JournalLine.objects.filter(kind="core.FileOpenedAfterAll").exists()


def test_one_file_that_cannot_be_looked_at_stops_no_other(browser, aside, settings) -> None:
    settings.GONGBI_SCANNER = f"command:{sys.executable} -c 0"
    first = FileCheck.objects.get(about="XX-7")
    Kept.broken.add(first.file)
    FileCheck.objects.filter(pk=aside.pk).update(state="waiting")
    assert check_due() == 1
    assert Kept.let == [aside.file]
    first.refresh_from_db()
    assert (first.state, first.tries, first.trouble) == ("waiting", 3, "RuntimeError")
    assert first.due_at > timezone.now()
    assert b"RuntimeError" in browser("keeper").get("/files/").content


def test_clean_ones_are_forgotten_after_a_month_and_no_others(aside) -> None:
    at = timezone.now()
    said = {"keeper": "test", "subject": "case:1", "place_path": "/xx/", "due_at": at}
    for days in (29, 31):
        FileCheck.objects.create(file=uuid.uuid4(), about=f"XX-{days}", state="clean", owed_at=at,
                                 checked_at=at - timedelta(days=days), **said)  # fmt: skip
    FileCheck.objects.filter(pk=aside.pk).update(checked_at=at - timedelta(days=99))
    assert forget_old() == 1
    assert {*FileCheck.objects.values_list("about", flat=True)} == {"XX-7", "XX-8", "XX-29"}
