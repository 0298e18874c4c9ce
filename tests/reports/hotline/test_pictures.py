"""A picture that is pasted while somebody is on the line is kept, whatever is pressed next."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.cases.walking import picture
from tests.reports.hotline.conftest import last
from tests.reports.hotline.test_call import SAYS

from gongbi.cases.following import short_number_of
from gongbi.cases.models import Case, Photo, Signal
from gongbi.core.models import FileCheck
from gongbi.core.public import now
from gongbi.reports.hotline.models import Call, CallPicture
from gongbi.reports.public import draw_call_backs

Ring = Callable[..., tuple[Client, str]]
CHAT = "张三 2026-03-05 10:01\n楼下漏水\n"


def press(clerk: Client, where: str, verb: str, colour: str = "", **more: str) -> object:
    """A button of the call, with a picture in the form where a colour is named."""
    said: dict[str, object] = {**SAYS, "type": "", "other_type": "", "aid": "", **more}
    if colour:
        said["photo"] = SimpleUploadedFile("x.jpg", picture(colour), content_type="image/jpeg")
    return clerk.post(f"{where}{verb}/", said)


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("chat", {"chat": CHAT}),
        ("ring", {"line": "water-duty"}),
        ("transfer", {"to": "110", "taken": "not_reached"}),
        ("chat", {"chat": ""}),
        ("promise", {"contact": "", "hours": "1"}),
        ("open", {"words": " "}),
    ],
)
def test_whatever_is_pressed_the_picture_goes_with_the_case(
    ring: Ring, verb: str, more: dict[str, str]
) -> None:
    clerk, where = ring()
    press(clerk, where, verb, "blue", **more)
    page = clerk.get(where).content.decode()
    assert "Kept with the call" in page
    assert last().ended_at is None
    press(clerk, where, "open")
    photo = Photo.objects.get()
    assert photo.signal == Signal.objects.get()
    assert not CallPicture.objects.exists()


def test_several_are_kept_each_once(ring: Ring) -> None:
    clerk, where = ring()
    for colour in ("blue", "red", "blue"):
        press(clerk, where, "ring", colour, line="water-duty")
    assert CallPicture.objects.count() == 2
    press(clerk, where, "open", "green")
    assert Photo.objects.count() == 3
    press(clerk, where, "open")  # pressed twice
    assert Photo.objects.count() == 3


def test_a_sixth_is_refused_with_a_sentence_and_nothing_else_is_done(ring: Ring) -> None:
    clerk, where = ring()
    for colour in ("blue", "red", "green", "black", "white"):
        press(clerk, where, "ring", colour, line="water-duty")
    page = press(clerk, where, "open", "yellow")
    assert page.status_code == 422
    assert "five pictures already" in page.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("verb", ["ring", "chat", "add", "promise", "end"])
def test_what_is_no_picture_is_said_at_once_whatever_is_pressed(ring: Ring, verb: str) -> None:
    clerk, where = ring()
    bad = SimpleUploadedFile("x.jpg", b"no picture", content_type="image/jpeg")
    said = {**SAYS, "aid": "", "photo": bad, "line": "water-duty", "as": "cut", "hours": "1"}
    page = clerk.post(f"{where}{verb}/", said)
    assert page.status_code == 422
    assert "not a JPEG" in page.content.decode()
    assert SAYS["words"] in page.content.decode()
    assert last().ended_at is None
    assert not CallPicture.objects.exists()


def test_one_that_was_pasted_by_mistake_is_taken_off(ring: Ring) -> None:
    clerk, where = ring()
    press(clerk, where, "ring", "blue", line="water-duty")
    press(clerk, where, "ring", "red", line="water-duty")
    first = CallPicture.objects.order_by("pk").first()
    assert first is not None
    press(clerk, where, "drop", picture=str(first.pk))
    assert CallPicture.objects.count() == 1
    assert press(clerk, where, "drop", picture="nonsense").status_code == 302
    assert CallPicture.objects.count() == 1


def test_nobody_takes_one_off_another_s_call(ring: Ring, signed_in: Callable[..., Client]) -> None:
    clerk, where = ring()
    press(clerk, where, "ring", "blue", line="water-duty")
    kept = str(CallPicture.objects.get().pk)
    other = signed_in("clerk", name="second")
    mine = other.post("/hotline/", {"line": "phone"})["Location"]
    assert press(other, where, "drop", picture=kept).status_code == 404
    press(other, mine, "drop", picture=kept)
    assert CallPicture.objects.count() == 1


def test_it_goes_to_the_case_of_a_short_number(ring: Ring) -> None:
    clerk, where = ring()
    press(clerk, where, "open")
    number = short_number_of(Signal.objects.get().uuid)
    again = clerk.post("/hotline/", {"line": "phone"})["Location"]
    press(clerk, again, "add", "blue", number=number, words="It is getting worse")
    assert last().ended_as == "added"
    assert Photo.objects.get().signal == Signal.objects.get()


def test_a_picture_alone_is_something_to_add(ring: Ring) -> None:
    clerk, where = ring()
    press(clerk, where, "open")
    number = short_number_of(Signal.objects.get().uuid)
    again = clerk.post("/hotline/", {"line": "phone"})["Location"]
    press(clerk, again, "add", "blue", number=number, words="")
    assert last().ended_as == "added"
    assert Photo.objects.count() == 1
    assert not Case.objects.get().notes.exists()


def test_it_lies_sealed_and_goes_with_the_call_s_thirty_days(ring: Ring) -> None:
    clerk, where = ring()
    press(clerk, where, "promise", "blue", hours="1")
    row = CallPicture.objects.get()
    assert picture("blue") not in bytes(row.sealed)
    assert b"SecretCamera" not in bytes(row.sealed)
    Call.objects.update(ended_at=now() - timedelta(days=31))
    draw_call_backs()
    assert not CallPicture.objects.exists()


def test_it_is_looked_at_for_malware_when_the_case_takes_it(ring: Ring, settings: object) -> None:
    """Until then nobody can open it: the call shows that it is there, not what is in it."""
    settings.GONGBI_SCANNER = "command:/bin/true"  # type: ignore[attr-defined]
    clerk, where = ring()
    press(clerk, where, "ring", "blue", line="water-duty")
    assert not FileCheck.objects.exists()
    press(clerk, where, "open")
    photo = Photo.objects.get()
    assert FileCheck.objects.get().file == photo.uuid
    assert photo.checked == Photo.WAITING
    assert FileCheck.objects.get().owed_at <= timezone.now()
