"""Pictures are counted for each who sends them: nobody's keep another's report or deed away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cases.walking import case_of, do, picture

from gongbi.cases.actions.telling import MOST_PHOTOS
from gongbi.cases.models import Signal
from gongbi.cases.public import Refused, add_photo, give_verdict, run_due
from gongbi.reports import references

DONE = {"declared": "done", "words": "已劝离"}


def drawn(number: int) -> bytes:
    """A picture unlike those of other numbers."""
    return picture(f"rgb({number * 9 % 256}, {number * 5 % 256}, 90)")


def fill(token: str, first: int = 0) -> None:
    """As many pictures as one reporter may send."""
    for number in range(first, first + MOST_PHOTOS):
        add_photo(token, drawn(number))


def file(number: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", drawn(number), content_type="image/jpeg")


@pytest.fixture
def full(reported):
    """A stall of which one reporter has sent all the pictures they may."""
    receipt = reported(type="stall", words="摊贩占道")
    fill(receipt.follow_token)
    return receipt


def test_another_report_with_a_picture_is_taken(full, signed_in):
    posted = {"reference": references.mint(), "words": "摊贩占道,走不过去", "type": "stall",
              "lon": "122.94", "lat": "30.2", "asked": "1", "joins": full.number,
              "photo": file(30)}  # fmt: skip
    answer = signed_in("").post("/report/", posted)
    assert answer.status_code == 302, answer.content.decode()
    case = case_of(full.number)
    assert (case.signals_count, case.photos.count()) == (2, MOST_PHOTOS + 1)


def test_what_needs_a_picture_afterwards_is_declared_done(full, signed_in):
    do(signed_in("dispatcher"), full.number, "dispatch", unit="water-e")
    answer = do(signed_in("worker"), full.number, "declare", **DONE, photo=file(31))
    assert (answer.status_code, case_of(full.number).state) == (302, "answered")


def test_pictures_of_an_earlier_round_leave_room_for_this_one(full, signed_in, small_city):
    from datetime import timedelta

    worker, dispatcher = signed_in("worker"), signed_in("dispatcher")
    do(dispatcher, full.number, "dispatch", unit="water-e")
    for number in range(MOST_PHOTOS):
        do(worker, full.number, "note", words="", photo=file(40 + number))
    assert do(worker, full.number, "declare", **DONE, photo=file(70)).status_code == 302
    run_due(small_city.clock.now)
    small_city.clock.now += timedelta(minutes=5)
    give_verdict(full.follow_token, solved=False, words="还在")
    do(dispatcher, full.number, "dispatch", unit="water-e")
    answer = do(worker, full.number, "note", words="", photo=file(71))
    assert answer.status_code == 302, answer.content.decode()


def test_a_reporter_who_sent_all_they_may_is_told(full, signed_in):
    with pytest.raises(Refused):
        add_photo(full.follow_token, drawn(32))
    said = {"words": "还在", "photo": file(32)}
    answer = signed_in("").post(f"/f/{full.follow_token}/words/", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "You have sent 20 pictures already" in page
    assert "还在" in page


def test_the_same_picture_by_two_reporters_is_each_one_s_own(full, reported):
    from gongbi.cases.public import follow, forget_reporter

    second = reported(joins=full.number, type="stall", words="摊贩占道")
    mine = add_photo(second.follow_token, drawn(0))
    assert follow(second.follow_token).own_photos == {mine}
    forget_reporter(full.follow_token)
    assert follow(second.follow_token).own_photos == {mine}


def test_a_link_is_throttled_where_it_writes_without_end(reported, signed_in, monkeypatch):
    from gongbi.reports import throttle

    receipt, other, browser = reported(), reported(), signed_in("")
    monkeypatch.setattr(throttle, "ADD", throttle.Door("add", 10, 3, 3000))
    where = f"/f/{receipt.follow_token}/words/"
    answers = [browser.post(where, {"words": f"第{n}次"}).status_code for n in range(4)]
    assert answers == [302, 302, 302, 429]
    assert browser.post(f"/f/{other.follow_token}/words/", {"words": "别的"}).status_code == 302


def test_open311_and_the_hotline_take_a_picture_on_a_full_case(full, signed_in, small_city):
    from django.test import Client

    from gongbi.core.public import make_application_key

    clerk = signed_in("clerk")
    where = clerk.post("/hotline/", {"line": "phone"})["Location"]
    said = {"words": "摊贩占道,走不过去", "place_words": "笔架里", "contact": "", "type": "stall",
            "other_type": "", "aid": "", "joins": full.number, "photo": file(33)}  # fmt: skip
    assert clerk.post(where + "open/", said).status_code == 302
    key = make_application_key("riverside", ["report"])
    sent = {"api_key": key, "service_code": "stall", "description": "摊贩占道,走不过去",
            "lat": "30.2", "long": "122.94", "media": file(34)}  # fmt: skip
    answer = Client().post("/open311/v2/requests.json", sent)
    assert answer.status_code == 200, answer.content.decode()
    assert Signal.objects.filter(source__in=("hotline", "open311")).count() == 2
