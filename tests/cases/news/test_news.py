"""A reporter asks to be told, is told in their language of what is true, and stops it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import NOW
from tests.cases.test_reporter import every_byte
from tests.cases.walking import case_of, do
from tests.post import text_gateway

from gongbi.cases.bursts_doing import tell_latecomers
from gongbi.cases.models import Burst, Child, ContactMark, News, Signal
from gongbi.cases.news.asking import stop_token
from gongbi.cases.news.telling import tell_reporters, wanted
from gongbi.cases.public import (
    Incomplete,
    Refused,
    add_words,
    ask_again,
    ask_news,
    find_reports,
    follow,
    forget_reporter,
    give_verdict,
    run_due,
    stop_news,
)
from gongbi.core.messages.sending import send_due
from gongbi.core.models import Message, SealedText


def walk(receipt, signed_in) -> None:
    """Dispatched, accepted, on site, done, asked."""
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    task = case_of(receipt.number).tasks.latest("pk").pk
    for verb in ("accept", "arrive"):
        assert do(signed_in("worker"), receipt.number, verb, task=task).status_code == 302
        send_due("mail")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="阀门已换")
    run_due(NOW)
    send_due("mail")


def test_told_three_times_with_a_link_and_nothing_of_a_person(mailbox, reported, signed_in):
    receipt = reported()
    ask_news(receipt.follow_token, "Anna <anna@example.org>", "en")
    walk(receipt, signed_in)
    said = [one.get_content() for one in mailbox.came]
    assert len(said) == 3
    assert "East water has taken it on, to be solved by" in said[0]
    assert "somebody of East water is there" in said[1]
    assert "the unit says “done”. Is it solved?" in said[2]
    for one, text in zip(mailbox.came, said, strict=True):
        assert f"https://city.example/f/{receipt.follow_token}/" in text
        assert one["To"] == "anna@example.org"
        assert receipt.number in one["Subject"]
        for secret in ("笔架里", "李娜", "13812345678", "阀门", "Penrack", "Burst"):
            assert secret not in text + one["Subject"], secret
    assert send_due("mail") == 0


def test_a_message_to_all_of_a_parent_matter_comes_to_each_once(
    mailbox, reported, signed_in, small_city
):
    first, merged, silent = reported(), reported(), reported()
    do(signed_in("dispatcher"), merged.number, "merge", into=first.number, words="")
    for one, to in ((first, "a@example.org"), (merged, "b@example.org")):
        ask_news(one.follow_token, to, "en")
    burst = Burst.objects.create(
        group="water", place_id="xx", place_path="/xx/", began_at=NOW, opened_at=NOW,
        last_seen_at=NOW, seen=10, expected=0.5, surprise=9.0,
    )  # fmt: skip
    for one in (first, silent):
        Child.objects.create(burst=burst, case=case_of(one.number), at=NOW, actor="system:clock")
    address = f"/cases/bursts/{burst.uuid}/tell"
    assert signed_in("dispatcher").post(address, {"words": "主管爆裂"}).status_code == 302
    send_due("mail")
    said = {one["To"]: one.get_content() for one in mailbox.came}
    assert set(said) == {"a@example.org", "b@example.org"}
    assert "many of one cause" in said["a@example.org"]
    assert f"/f/{merged.follow_token}/" in said["b@example.org"]
    assert "主管" not in str(said), "what was written stands under the link"
    late = reported()
    ask_news(late.follow_token, "c@example.org", "zh-hans")
    Child.objects.create(burst=burst, case=case_of(late.number), at=NOW, actor="system:clock")
    for _ in range(2):
        tell_latecomers(NOW)
        send_due("mail")
    assert mailbox.to[2:] == ["c@example.org"], "whoever comes later is told, and nobody twice"
    signed_in("dispatcher").post(address, {"words": "改为明早六点"})
    do(signed_in("dispatcher"), late.number, "cancel", reason="test", words="x")
    stop_news(late.follow_token)
    send_due("mail")
    assert sorted(mailbox.to[3:]) == ["a@example.org", "b@example.org"], "a new one comes anew"


def test_in_the_language_they_asked_in(mailbox, reported, signed_in):
    receipt = reported()
    browser = signed_in("", "zh-hans")
    answer = browser.post(f"/f/{receipt.follow_token}/news/", {"address": "a@example.org"})
    assert answer.status_code == 302
    walk(receipt, signed_in)
    assert "东区水务已接办" in mailbox.came[0].get_content()
    assert mailbox.came[0]["Content-Language"] == "zh-hans"


def test_once_a_round_and_again_after_it_was_opened_again(mailbox, reported, signed_in):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "en")
    walk(receipt, signed_in)
    give_verdict(receipt.follow_token, False, "还在漏")
    walk(receipt, signed_in)
    assert len(mailbox.came) == 6
    assert len({one["Message-ID"] for one in mailbox.came}) == 6


def waits(signed_in, number, reason="resident", words="哪个单元?"):
    return do(signed_in("dispatcher"), number, "wait", reason=reason, words=words)


def test_told_each_time_the_case_begins_to_wait_for_them(mailbox, reported, signed_in):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "en")
    for answer in ("2单元", "501"):
        assert waits(signed_in, receipt.number).status_code == 302
        send_due("mail")
        add_words(receipt.follow_token, answer)
    said = [one.get_content() for one in mailbox.came]
    assert len(said) == 2
    assert "you are asked something" in said[0]
    assert "the promised time stands still until you answer" in said[0]
    assert f"/f/{receipt.follow_token}/" in said[0]
    assert "单元" not in said[0], "the question stands under the link"


def test_not_told_what_others_must_do_nor_what_was_answered_meanwhile(
    mailbox, reported, signed_in
):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "zh-hans")
    waits(signed_in, receipt.number, reason="weather", words="台风")
    do(signed_in("dispatcher"), receipt.number, "resume")
    waits(signed_in, receipt.number)
    add_words(receipt.follow_token, "2单元")
    send_due("mail")
    assert mailbox.came == []


def test_what_is_past_when_it_would_be_sent_is_not_sent(mailbox, reported, signed_in):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "en")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    task = case_of(receipt.number).tasks.get().pk
    do(signed_in("worker"), receipt.number, "accept", task=task)
    do(signed_in("dispatcher"), receipt.number, "cancel", reason="test", words="演练")
    assert send_due("mail") == 2
    (told,) = [one.get_content() for one in mailbox.came]
    assert "was ended without work" in told
    assert "another look, once" in told
    assert "演练" not in told
    accepted = Message.objects.get(kind="accept")
    assert accepted.dropped_at is not None


def test_a_cancelling_that_was_undone_meanwhile_is_not_told(mailbox, reported, signed_in):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "zh-hans")
    said = {"reason": "test", "words": "x"}
    do(signed_in("dispatcher"), receipt.number, "cancel", **said)
    ask_again(receipt.follow_token, "还在漏")
    assert send_due("mail") == 1
    assert mailbox.came == []
    do(signed_in("supervisor"), receipt.number, "cancel", **said)
    send_due("mail")
    (told,) = [one.get_content() for one in mailbox.came]
    assert "未经办理" in told
    assert "再看一次" not in told, "it was asked for once already"


def test_those_merged_into_it_are_told_too_and_who_did_not_ask_is_not(
    mailbox, reported, signed_in
):
    host, other, silent = reported(), reported(), reported()
    ask_news(other.follow_token, "b@example.org", "en")
    for one in (other, silent):
        do(signed_in("dispatcher"), one.number, "merge", into=host.number, words="")
    walk(host, signed_in)
    assert mailbox.to == ["b@example.org"] * 3
    assert f"/f/{other.follow_token}/" in mailbox.came[0].get_content()


def test_the_link_in_a_message_ends_them_in_one_press_and_deletes_the_address(
    mailbox, reported, signed_in
):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "en")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    task = case_of(receipt.number).tasks.get().pk
    do(signed_in("worker"), receipt.number, "accept", task=task)
    send_due("mail")
    stop = re.sub("[<> ]", "", mailbox.came[0]["List-Unsubscribe"])
    path = stop.removeprefix("https://city.example")
    strict = signed_in("")
    strict.handler.enforce_csrf_checks = True
    assert "No more messages?" in strict.get(path).content.decode()
    assert follow(receipt.follow_token).news is not None, "looking ends nothing"
    for _ in range(2):  # a mail program presses without a form, and perhaps twice
        answer = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert "No more messages come" in answer.content.decode()
    assert follow(receipt.follow_token).news is None
    do(signed_in("worker"), receipt.number, "arrive", task=task)
    assert send_due("mail") == 0
    assert len(mailbox.came) == 1
    row = News.objects.get()
    assert (row.address_id, bool(row.ended_at)) == (None, True)
    assert strict.get("/stop/" + "A" * 32 + "/").status_code == 404


def found_by(contact: str) -> int:
    return len(find_reports(None, contact, purpose="access", request="A-1", actor="command:x"))


@pytest.mark.parametrize("how", ["page", "link", "command"])
def test_an_address_that_was_let_go_is_held_and_found_no_more(mailbox, reported, signed_in, how):
    receipt = reported()
    browser, page = signed_in(""), f"/f/{receipt.follow_token}/news/"
    browser.post(page, {"address": "anna@example.org"})
    old = News.objects.get().address_id
    browser.post(page, {"address": "b@example.org"})
    assert [found_by(one) for one in ("anna@example.org", "b@example.org", "13812345678")] == [
        0, 1, 1]  # fmt: skip
    assert not SealedText.objects.filter(pk=old).exists()
    newer = News.objects.get().address_id
    if how == "page":
        browser.post(page, {"do": "stop"})
    elif how == "link":
        signal = Signal.objects.get()
        browser.post(f"/stop/{stop_token(f'signal:{signal.uuid}')}/")
    else:
        stop_news(receipt.follow_token)
    assert not SealedText.objects.filter(pk=newer).exists()
    assert (found_by("b@example.org"), found_by("13812345678")) == (0, 1)


def test_the_same_address_left_twice_is_one_mark(mailbox, reported, signed_in):
    receipt = reported(contact="anna@example.org")
    for _ in range(2):
        ask_news(receipt.follow_token, "anna@example.org", "en")
    assert ContactMark.objects.count() == 1
    stop_news(receipt.follow_token)
    assert found_by("anna@example.org") == 1, "it is their contact still"


def test_who_wants_news_is_looked_up_by_case_and_not_among_all_who_do(mailbox, reported):
    """A city's reporters who asked are a hundred thousand; a step has two of them."""
    case = case_of(reported().number)
    with CaptureQueriesContext(connection) as asked:
        tell_reporters(case, "accept")
    assert len(asked) == 2
    assert " OR " not in asked[-1]["sql"]
    if connection.vendor == "sqlite":
        assert "SCAN" not in wanted(case).explain()


def test_no_table_holds_an_address_and_forgetting_takes_it_away(mailbox, reported, signed_in):
    receipt = reported()
    ask_news(receipt.follow_token, "anna@example.org", "en")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    task = case_of(receipt.number).tasks.get().pk
    do(signed_in("worker"), receipt.number, "accept", task=task)
    assert b"anna@" not in every_byte()
    forget_reporter(receipt.follow_token)
    assert not News.objects.exists()
    assert send_due("mail") == 1
    assert mailbox.came == []


def test_the_page_offers_it_says_where_it_goes_and_stops_it(mailbox, reported, signed_in):
    receipt = reported()
    browser, page = signed_in(""), f"/f/{receipt.follow_token}/"
    assert "Be told how it goes" in browser.get(page).content.decode()
    answer = browser.post(page + "news/", {"address": "nobody"})
    assert answer.status_code == 422
    assert "Write an e-mail address to be told" in answer.content.decode()
    assert browser.post(page + "news/", {"address": "anna@example.org"}).status_code == 302
    shown = browser.get(page).content.decode()
    assert "a…@example.org" in shown
    assert "anna@" not in shown
    browser.post(page + "news/", {"do": "stop"})
    assert "a…@" not in browser.get(page).content.decode().split('id="news"')[1]
    stop_news(receipt.follow_token)


def test_a_short_number_or_an_unknown_link_sends_nobody_mail(mailbox, reported, signed_in):
    receipt = reported()
    with pytest.raises(Refused, match="短号"):
        ask_news(receipt.short_number, "a@example.org", "en")
    browser = signed_in("")
    by_number = browser.post("/follow/", {"number": receipt.short_number})["Location"]
    assert "Be told how it goes" not in browser.get(by_number).content.decode()
    assert browser.post(by_number + "news/", {"address": "a@example.org"}).status_code == 404
    assert browser.post(f"/f/{'A' * 32}/news/", {"address": "a@b.cn"}).status_code == 404
    assert not News.objects.exists()


def test_without_a_way_nothing_is_offered_or_taken(reported, signed_in):
    receipt = reported()
    assert b"Be told how" not in signed_in("").get(f"/f/{receipt.follow_token}/").content
    with pytest.raises(Incomplete):
        ask_news(receipt.follow_token, "a@example.org", "en")


def test_by_text_message_to_a_mobile_only(reported, signed_in, settings):
    receipt = reported()
    with text_gateway() as gate:
        settings.GONGBI_SMS_URL = gate.url
        settings.GONGBI_SMS_HOURS = "00:00-24:00"
        with pytest.raises(Incomplete, match="手机"):
            ask_news(receipt.follow_token, "021-66123456", "en")
        said = ask_news(receipt.follow_token, "138 1234 5678", "zh-hans")
        assert (said.way, said.shadow) == ("sms", "+86…678")
        do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
        task = case_of(receipt.number).tasks.get().pk
        do(signed_in("worker"), receipt.number, "accept", task=task)
        assert send_due("sms") == 1
        text = gate.came[0][1].decode()
        assert '"number":"+8613812345678"' in text
        assert "东区水务已接办" in text
        assert f"/f/{receipt.follow_token}/" in text


def test_a_link_that_ran_out_is_sent_to_nobody(mailbox, reported, signed_in, clock):
    receipt = reported()
    ask_news(receipt.follow_token, "a@example.org", "en")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    task = case_of(receipt.number).tasks.get().pk
    do(signed_in("worker"), receipt.number, "accept", task=task)
    clock.now += timedelta(days=181)
    assert send_due("mail") == 1
    assert mailbox.came == []
