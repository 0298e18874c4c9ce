"""An officer's daily list: asked for, sent at the hour, once a day, of what they may see."""

from datetime import timedelta

import pytest
from tests.cases.walking import do

from gongbi.cases.models import DailyList
from gongbi.cases.public import owe_daily
from gongbi.core.messages.sending import send_due
from gongbi.core.models import Post, SealedText

PAGE = "/cases/daily/"


def test_who_may_ask(signed_in):
    found = {
        name: signed_in(name).get(PAGE).status_code
        for name in ("", "stranger", "worker", "lifter", "dispatcher", "supervisor", "clerk")
    }
    assert found == {"": 302, "stranger": 403, "worker": 200, "lifter": 200, "dispatcher": 200,
                     "supervisor": 200, "clerk": 200}  # fmt: skip
    page = signed_in("worker").get(PAGE).content.decode()
    assert "sends no mail" in page


@pytest.mark.parametrize(("name", "path"), [("worker", "/cases/mine/"), ("dispatcher", "/cases/")])
def test_where_nothing_is_mailed_no_way_leads_there(signed_in, name, path):
    assert PAGE not in signed_in(name).get(path).content.decode()


def test_where_mail_goes_out_a_way_leads_there(mailbox, signed_in):
    assert PAGE in signed_in("worker").get("/cases/mine/").content.decode()
    assert PAGE in signed_in("dispatcher").get("/cases/").content.decode()


def test_it_comes_at_the_hour_once_a_day_with_what_one_sees(
    mailbox,
    reported,
    signed_in,
    clock,
):
    receipt = reported()
    hidden = reported(lon=122.85, place="xx-w")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    browser = signed_in("worker")
    asked = browser.post(PAGE, {"address": "w@water.example", "hour": "7"})
    assert asked.status_code == 302
    assert owe_daily(clock.now) == 0, "ten o'clock: today's hour is over"
    clock.now += timedelta(hours=20)  # six in the morning
    assert owe_daily(clock.now) == 0
    clock.now += timedelta(hours=2)
    assert [owe_daily(clock.now), owe_daily(clock.now)] == [1, 0]
    assert send_due("mail") == 1
    (said,) = mailbox.came
    text = said.get_content()
    assert "1 overdue, 0 due today" in said["Subject"]
    assert receipt.number in text
    assert f"https://city.example/cases/{receipt.number}/" in text
    assert hidden.number not in text
    for secret in ("3号门口", "李娜", "13812345678"):
        assert secret not in text


def test_it_says_what_is_asked_of_the_reader(mailbox, reported, signed_in, clock):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("lead"), number, "extend", more="4 hours", reason="works", words="等材料")
    for name in ("supervisor", "clerk"):
        signed_in(name).post(PAGE, {"address": f"{name}@city.example", "hour": "7"})
    clock.now += timedelta(hours=22)
    assert owe_daily(clock.now) == 2
    assert send_due("mail") == 2
    said = {one["To"]: one.get_content() for one in mailbox.came}
    line = "Asked of you, and waiting: 1. https://city.example/cases/asked/"
    assert line in said["supervisor@city.example"]
    assert "/cases/asked/" not in said["clerk@city.example"]


def test_another_address_takes_the_first_out_of_the_tables(mailbox, signed_in):
    browser = signed_in("worker")
    browser.post(PAGE, {"address": "w@water.example", "hour": "7"})
    first = DailyList.objects.get().address_id
    browser.post(PAGE, {"address": "v@water.example", "hour": "7"})
    held = SealedText.objects.filter(owner__startswith="daily:")
    assert [row.pk for row in held] == [DailyList.objects.get().address_id] != [first]


def test_who_lost_their_post_or_stopped_it_gets_none(
    mailbox,
    signed_in,
    small_city,
    clock,
):
    for name in ("worker", "dispatcher"):
        signed_in(name).post(PAGE, {"address": f"{name}@x.example", "hour": "7"})
    clock.now += timedelta(hours=22)
    assert owe_daily(clock.now) == 2
    Post.objects.filter(person=small_city.people["worker"]).delete()
    assert "Stop the list" in signed_in("dispatcher").get(PAGE).content.decode()
    assert signed_in("dispatcher").post(PAGE, {"do": "stop"}).status_code == 302
    assert send_due("mail") == 2
    assert mailbox.came == []
    row = DailyList.objects.get(person=small_city.people["dispatcher"])
    assert row.address_id is None
    signed_in("dispatcher").post(PAGE, {"address": "again@x.example", "hour": "8"})
    assert "again@x.example" in signed_in("dispatcher").get(PAGE).content.decode()


def test_the_link_in_it_stops_it(mailbox, signed_in, clock):
    signed_in("dispatcher").post(PAGE, {"address": "d@x.example", "hour": "7"})
    clock.now += timedelta(hours=22)
    owe_daily(clock.now)
    send_due("mail")
    stop = mailbox.came[0]["List-Unsubscribe"].strip(" <>").removeprefix("https://city.example")
    assert signed_in("").post(stop).status_code == 200
    clock.now += timedelta(days=1)
    assert owe_daily(clock.now) == 0


@pytest.mark.parametrize("said", [{"address": "nobody", "hour": "7"}, {"address": "a@b.cn"}])
def test_what_cannot_be_sent_is_said(mailbox, signed_in, said):
    assert signed_in("worker").post(PAGE, said).status_code == 422
    assert not DailyList.objects.exists()
