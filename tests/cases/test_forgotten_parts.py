"""Who forgot a part goes on: what they add later lies under a new key, and goes again."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cases.conftest import NOW
from tests.cases.test_keeping import live
from tests.cases.test_keeping_parts import with_terms
from tests.cases.walking import case_of, do, picture
from tests.post import Mailbox, mail_server

from gongbi.cases.actions import reporter, telling
from gongbi.cases.models import ContactMark, News, Photo, Signal
from gongbi.cases.public import (
    add_photo,
    find_reports,
    follow,
    forget_due,
    forget_reporter,
    run_due,
)
from gongbi.core import keyring
from gongbi.core.models import SealedText


@pytest.fixture
def folder(pack_folder: Path, small_city, settings) -> Path:
    """The pack with terms for each part."""
    return with_terms(pack_folder, settings)


@pytest.fixture
def mailbox(small_city, settings) -> Iterator[Mailbox]:
    """A real SMTP server, named in the settings."""
    with mail_server() as box:
        settings.GONGBI_MAIL_URL, settings.GONGBI_MAIL_FROM = box.url, "city@xx.example"
        settings.GONGBI_PUBLIC_URL = "https://city.example"
        yield box


@pytest.fixture
def parted(folder, reported, signed_in, mailbox, clock) -> Any:
    """A report whose contact and photos were forgotten at their terms; the words are held."""
    receipt = reported()
    live(receipt, signed_in)
    clock.now = NOW + timedelta(days=60)
    assert forget_due(clock.now) == 2
    return receipt


def send_picture(browser: Any, receipt: Any, colour: str = "green") -> Any:
    photo = SimpleUploadedFile("later.jpg", picture(colour), "image/jpeg")
    return browser.post(f"/f/{receipt.follow_token}/words/", {"words": "", "photo": photo})


def held_of(contact: str) -> int:
    return len(find_reports(None, contact, purpose="access", request="A-1", actor="command:x"))


def test_a_photo_added_after_the_photos_were_forgotten_is_taken_and_goes_again(parted, signed_in):
    assert send_picture(signed_in(""), parted).status_code == 302
    (photo,) = follow(parted.follow_token).photos
    shown = signed_in("").get(f"/f/{parted.follow_token}/photo/{photo}")
    assert shown["Content-Type"] == "image/jpeg"
    kept = Photo.objects.get(uuid=photo)
    assert forget_due(NOW + timedelta(days=60)) == 1
    assert signed_in("").get(f"/f/{parted.follow_token}/photo/{photo}").status_code == 404
    assert send_picture(signed_in(""), parted, "blue").status_code == 302
    later = Photo.objects.get(removed_at=None)
    assert later.key_owner != kept.key_owner


def test_an_address_left_after_the_contact_was_forgotten_is_taken_and_goes_again(
    parted, signed_in
):
    page = f"/f/{parted.follow_token}/news/"
    answer = signed_in("").post(page, {"address": "anna@example.org"})
    assert answer.status_code == 302
    assert follow(parted.follow_token).news.shadow == "a…@example.org"
    assert (held_of("anna@example.org"), held_of("13812345678")) == (1, 0)
    assert forget_due(NOW + timedelta(days=60)) == 1
    assert follow(parted.follow_token).news is None
    assert held_of("anna@example.org") == 0
    assert signed_in("").post(page, {"address": "b@example.org"}).status_code == 302
    assert follow(parted.follow_token).news.shadow == "b…@example.org"


def test_a_part_that_was_being_forgotten_when_the_worker_died_goes_the_next_time(
    parted, signed_in, monkeypatch
):
    """Killed after the new round and before the keys went: nothing may be left behind."""
    send_picture(signed_in(""), parted)
    signed_in("").post(f"/f/{parted.follow_token}/news/", {"address": "anna@example.org"})

    def killed(owner: str, *, actor: str) -> None:
        raise KeyboardInterrupt

    for _part in ("contact", "photos"):
        with monkeypatch.context() as patch:
            patch.setattr(reporter, "destroy_key", killed)
            with pytest.raises(KeyboardInterrupt):
                forget_due(NOW + timedelta(days=60))
    photo = Photo.objects.get(removed_at=None)
    address = News.objects.get().address_id
    assert forget_due(NOW + timedelta(days=60)) == 2
    owners = {photo.key_owner, SealedText.objects.get(pk=address).owner}
    assert not owners & live_owners()
    assert not ContactMark.objects.exists()


def live_owners() -> set[str]:
    ring = sqlite3.connect(keyring.path())
    found = {owner for (owner,) in ring.execute("SELECT owner FROM key")}
    ring.close()
    return found


def test_forgetting_the_whole_report_destroys_every_round(parted, signed_in):
    send_picture(signed_in(""), parted)
    signed_in("").post(f"/f/{parted.follow_token}/news/", {"address": "anna@example.org"})
    forget_reporter(parted.follow_token)
    assert not [owner for owner in live_owners() if owner.startswith("signal:")]


def test_a_picture_whose_row_was_never_written_is_unreadable_too(reported, monkeypatch, settings):
    """Killed between the file and its row: the key it lies under goes with the reporter's."""
    receipt = reported()

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(telling.checked_files, "owe", killed)
        with pytest.raises(KeyboardInterrupt):
            add_photo(receipt.follow_token, picture())
    assert not Photo.objects.exists()
    assert [owner for owner in live_owners() if owner.endswith(":photos")]
    forget_reporter(receipt.follow_token)
    assert not [owner for owner in live_owners() if owner.startswith("signal:")]


@pytest.mark.parametrize(("language", "said"), [("en", "was deleted"), ("zh-hans", "内容已删除")])
def test_who_is_being_forgotten_is_told_so_in_a_sentence(
    reported, signed_in, monkeypatch, mailbox, language, said
):
    """The keys are gone and the worker died before the rows: no page falls over."""
    receipt = reported()

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reporter, "_blank", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_reporter(receipt.follow_token)
    browser, page = signed_in("", language), f"/f/{receipt.follow_token}/"
    photo = SimpleUploadedFile("later.jpg", picture(), "image/jpeg")
    for where, what in (
        ("words/", {"words": "还在漏"}),
        ("words/", {"words": "", "photo": photo}),
        ("news/", {"address": "anna@example.org"}),
    ):
        answer = browser.post(page + where, what)
        assert answer.status_code == 422, where
        assert said in answer.content.decode(), where
    assert not Photo.objects.exists()
    assert not News.objects.exists()
    assert not list(Signal.objects.get().notes.all())


def test_a_verdict_with_words_of_who_is_being_forgotten_is_told_so(
    reported, signed_in, monkeypatch
):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="阀门已换")
    run_due(NOW)

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reporter, "_blank", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_reporter(receipt.follow_token)
    answer = signed_in("").post(
        f"/f/{receipt.follow_token}/verdict/", {"solved": "no", "words": "还在漏"}
    )
    assert answer.status_code == 409
    assert "was deleted" in answer.content.decode()
    assert case_of(receipt.number).state == "answered"
