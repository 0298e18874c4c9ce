"""The sealed reporter, and being forgotten."""

import sqlite3
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from tests.cases.conftest import NOW, signal
from tests.cases.walking import case_of, do, picture

from gongbi.cases.models import Case, Signal
from gongbi.cases.public import (
    SignalRefused,
    add_photo,
    add_words,
    follow,
    forget_reporter,
    give_verdict,
    photo_bytes,
    receive_signal,
    run_due,
)
from gongbi.core.models import JournalLine

SECRETS = (
    "笔架里3号门口水管爆了",
    "李娜",
    "13812345678",
    "3号门口",
    "还在漏",
    "2单元501",
    "阀门已换",
)


def every_byte() -> bytes:
    """All that all tables hold, as bytes."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    for cell in row
                ]
    return b"\n".join(found)


@pytest.fixture
def lived(signed_in, reported, settings):
    """A case on which everybody has written something."""
    receipt = reported()
    add_photo(receipt.follow_token, picture("blue"))
    add_words(receipt.follow_token, "2单元501")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("worker"), receipt.number, "note", words="李娜说在3号门口")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="阀门已换")
    run_due(NOW)
    give_verdict(receipt.follow_token, False, "还在漏")
    return receipt


def test_no_table_holds_anybody_s_words_in_clear(lived):
    held = every_byte()
    for secret in SECRETS:
        assert secret.encode() not in held, secret
        assert secret.encode("utf-16-le") not in held
        assert str(secret.encode("unicode_escape"))[2:-1].encode() not in held


def test_no_table_holds_a_link_or_short_number(lived):
    held = every_byte()
    assert lived.follow_token.encode() not in held
    assert lived.short_number.encode() not in held
    assert lived.short_number.replace("-", "").encode() not in held


def test_forgotten_words_are_gone_everywhere_and_the_facts_stay(lived, signed_in, settings):
    forget_reporter(lived.follow_token)
    assert follow(lived.follow_token) is None
    assert follow(lived.short_number) is None
    for name in ("dispatcher", "supervisor"):
        browser = signed_in(name)
        pages = browser.get(f"/cases/{lived.number}/").content.decode()
        pages += browser.post(f"/cases/{lived.number}/reporter").content.decode()
        for secret in SECRETS:
            assert secret not in pages, secret
    case = case_of(lived.number)
    assert (case.type.code, case.place_id, case.reopened) == ("burst-pipe", "xx-e-1-a", 1)
    assert [row.said for row in case.verdicts.all()] == ["not_solved"]
    row = Signal.objects.get()
    assert (row.lon, row.lat) == (None, None)
    assert not list(Path(settings.GONGBI_DATA, "photos").rglob("*.*"))
    assert JournalLine.objects.filter(kind="cases.ReporterForgotten").exists()


def test_a_copy_of_the_database_made_before_cannot_be_read_afterwards(lived, settings):
    """The words lie apart from their keys; a restored database finds none."""
    from gongbi.core.models import SealedText
    from gongbi.core.public import unseal

    ids = list(SealedText.objects.values_list("pk", flat=True))
    assert all(unseal(pk) for pk in ids)
    forget_reporter(lived.follow_token)
    assert not any(unseal(pk) for pk in ids)
    ring = sqlite3.connect(Path(settings.GONGBI_DATA) / "keyring.sqlite3")
    owners = {owner for (owner,) in ring.execute("SELECT owner FROM key")}
    ring.close()
    assert not {owner for owner in owners if owner.startswith(("signal:", "case:"))}


def test_work_goes_on_after_forgetting(lived, signed_in):
    forget_reporter(lived.follow_token)
    do(signed_in("dispatcher"), lived.number, "accept_suggestion")
    answer = do(signed_in("worker"), lived.number, "declare", declared="done", words="换完")
    assert answer.status_code == 302
    case = case_of(lived.number)
    assert (case.state, case.ended_as) == ("closed", "done")
    assert "换完" in signed_in("supervisor").get(f"/cases/{lived.number}/").content.decode()


def test_the_sender_cannot_bring_a_forgotten_report_back(lived):
    forget_reporter(lived.follow_token)
    again = receive_signal(signal(reference="w-1"))
    assert again.repeated
    assert Case.objects.count() == 1
    assert follow(again.follow_token) is None


def test_forgetting_one_leaves_the_other(signed_in, reported):
    first, second = reported(words="甲的话"), reported(words="乙的话")
    do(signed_in("dispatcher"), second.number, "merge", into=first.number)
    forget_reporter(first.follow_token)
    assert follow(second.follow_token).words == "乙的话"


def test_forgetting_again_after_a_broken_first_time_finishes_it(lived, monkeypatch):
    from gongbi.cases.actions import reporter

    def broken(*_args, **_named):
        raise OSError("disk away")

    with monkeypatch.context() as patch:
        patch.setattr(reporter, "_blank", broken)
        with pytest.raises(OSError, match="disk away"):
            forget_reporter(lived.follow_token)
    assert follow(lived.follow_token).words == ""
    forget_reporter(lived.follow_token)
    assert follow(lived.follow_token) is None
    assert JournalLine.objects.filter(kind="cases.ReporterForgotten").count() == 1


def test_a_picture_is_shown_without_metadata_and_kept_as_it_came(lived, signed_in):
    case = case_of(lived.number)
    photo = case.photos.get()
    original = picture("blue")
    seen = signed_in("worker")
    do(signed_in("dispatcher"), lived.number, "accept_suggestion")
    answer = seen.get(f"/cases/photos/{photo.uuid}")
    assert answer.status_code == 200
    assert b"SecretCamera" not in answer.content
    assert b"SecretCamera" in original
    assert photo_bytes(lived.follow_token, photo.uuid) == answer.content
    evidence = signed_in("supervisor").get(f"/cases/photos/{photo.uuid}/evidence")
    assert evidence.content == original
    assert evidence["X-Evidence-At"].startswith("2026-11-24T02:00")
    assert seen.get(f"/cases/photos/{photo.uuid}/evidence").status_code == 403
    assert signed_in("lifter").get(f"/cases/photos/{photo.uuid}").status_code == 404
    assert JournalLine.objects.filter(kind="cases.EvidenceSeen").count() == 1


def test_no_file_holds_a_picture_in_clear(lived, settings):
    for file in Path(settings.GONGBI_DATA, "photos").rglob("*.*"):
        content = file.read_bytes()
        assert b"JFIF" not in content
        assert b"SecretCamera" not in content


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"GIF89a" + b"\0" * 40, picture()[:200], b"\xff\xd8" + b"x" * 2**20,
     b"x" * (12 * 2**20 + 1)],
    ids=["empty", "text", "gif", "half", "noise", "large"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_sentence(reported, content):
    from gongbi.cases.public import Incomplete

    receipt = reported()
    with pytest.raises(Incomplete) as refused:
        add_photo(receipt.follow_token, content)
    assert refused.value.field == "photo"
    assert not case_of(receipt.number).photos.exists()


def test_the_same_picture_sent_twice_is_kept_once(reported):
    receipt = reported()
    assert add_photo(receipt.follow_token, picture()) == add_photo(receipt.follow_token, picture())


def test_the_same_picture_of_two_reporters_is_each_their_own(reported):
    first = reported(words="甲")
    second = reported(joins=first.number, words="乙")
    one = add_photo(first.follow_token, picture())
    other = add_photo(second.follow_token, picture())
    assert one != other
    assert photo_bytes(second.follow_token, other)
    forget_reporter(first.follow_token)
    assert photo_bytes(second.follow_token, other), "the second reporter forgot nothing"


def test_a_link_ends(reported, small_city, settings):
    from datetime import timedelta

    receipt = reported()
    small_city.clock.now = NOW + timedelta(days=settings.GONGBI_FOLLOW_DAYS, minutes=1)
    assert follow(receipt.follow_token) is None
    assert SignalRefused


def test_what_was_written_where_a_report_once_hung_goes_with_it(reported, signed_in):
    """Quoted on a case it was merged into; what is written there later stays."""
    first, second = reported(words="甲"), reported(words="乙")
    browser, quoted = signed_in("dispatcher"), f"/cases/{second.number}/"
    do(browser, first.number, "merge", into=second.number)
    do(browser, second.number, "note", words="李娜说的")
    do(browser, first.number, "unmerge", words="两件事")
    do(browser, second.number, "note", words="后来写的")
    page = browser.get(quoted).content.decode()
    assert "李娜说的" in page
    assert "后来写的" in page
    forget_reporter(first.follow_token)
    page = browser.get(quoted).content.decode()
    assert ("李娜说的" in page, "后来写的" in page) == (False, True)


def test_what_was_written_by_way_of_another_case_goes_with_it(reported, signed_in):
    first, second, third = (reported(words=one) for one in "甲乙丙")
    browser = signed_in("dispatcher")
    do(browser, first.number, "merge", into=second.number)
    do(browser, second.number, "note", words="李娜说的")
    do(browser, second.number, "merge", into=third.number)
    forget_reporter(first.follow_token)
    assert "李娜说的" not in browser.get(f"/cases/{second.number}/").content.decode()


def test_what_was_written_before_a_report_was_split_out_goes_with_it(reported, signed_in):
    first = reported(words="甲")
    second = reported(joins=first.number, words="乙")
    browser, quoted = signed_in("dispatcher"), f"/cases/{first.number}/"
    do(browser, first.number, "note", words="乙的电话")
    joined = case_of(first.number).signals.get(joined_why="said_by_reporter")
    answer = do(browser, first.number, "split", signals=[joined.pk], words="两件事")
    assert answer.status_code == 302
    do(browser, first.number, "note", words="后来写的")
    assert "乙的电话" in browser.get(quoted).content.decode()
    forget_reporter(second.follow_token)
    page = browser.get(quoted).content.decode()
    assert ("乙的电话" in page, "后来写的" in page) == (False, True)
