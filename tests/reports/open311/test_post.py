"""Reporting: every field, every fault named at once, nothing taken twice, pictures and contact."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from defusedxml import ElementTree as ET
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.reports.open311.conftest import LAMP

from gongbi.cases.models import Case, CaseType, Photo, Signal
from gongbi.core.public import make_application_key, unseal
from gongbi.reports.open311 import forms, posting
from gongbi.reports.open311.models import OpenSent

Post = Callable[..., Any]


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, kind)
    return out.getvalue()


def test_a_request_becomes_a_case_with_unit_and_deadline(post: Post) -> None:
    said = post(LAMP | {"first_name": "Li", "phone": "13900000000", "email": "li@x.example"})
    assert said.status_code == 200
    row = said.json()[0]
    case, signal = Case.objects.get(), Signal.objects.get()
    assert row["service_request_id"] == case.number
    assert row["account_id"] is None
    assert row["service_notice"].startswith("East Lake roads is to solve it by 20")
    assert "/f/" in row["follow_url"]
    assert (case.type.code, case.place_id, case.lat) == ("lamp-out", "xx-e", 30.2)
    assert signal.source == "open311"
    assert unseal(signal.words_id) == "Lamp dark, call 13912345678\nNumber on the post: P-7"
    assert unseal(signal.contact_id) == "Li, 13900000000, li@x.example"
    follow = Client().get(f"/api/follow/{row['follow_url'].split('/f/')[1].strip('/')}")
    assert follow.json()["number"] == case.number


def test_xml_says_the_same(post: Post) -> None:
    tree = ET.fromstring(post(LAMP, "requests.xml").content)
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id") == Case.objects.get().number


def test_a_key_in_the_query_or_header_serves_as_well(key: str) -> None:
    by_query = Client().post(f"/open311/v2/requests.json?api_key={key}", LAMP)
    header = {"authorization": f"Bearer {key}"}
    by_header = Client(headers=header).post("/open311/v2/requests.json", LAMP)
    assert by_query.status_code == by_header.status_code == 200


def test_all_answers_are_kept(post: Post) -> None:
    post(
        LAMP
        | {
            "attribute[SINCE]": "2026-11-24T08:00:00+08:00",
            "attribute[LAMPS]": "2",
            "attribute[COLOUR]": "w",
            "attribute[SEEN][]": ["a", "b"],
            "attribute[title]": "Dark street",
            "media_url": "https://x.example/1.jpg",
        }
    )
    assert unseal(Signal.objects.get().words_id) == (
        "Lamp dark, call 13912345678\nNumber on the post: P-7\n"
        "Since when: 2026-11-24T08:00:00+08:00\nHow many: 2\nColour: white\n"
        "What you see: flicker, dark\ntitle: Dark street\nmedia: https://x.example/1.jpg"
    )


def test_every_fault_is_said_at_once_and_nothing_is_stored(post: Post) -> None:
    answer = post(
        {
            "service_code": "lamp-out",
            "lat": "91",
            "long": "0",
            "attribute[SINCE]": "yesterday",
            "attribute[LAMPS]": "many",
            "attribute[COLOUR]": "red",
            "first_name": "x" * 300,
            "client_reference": "y" * 61,
            "description": "z" * 9000,
        }
    )
    assert answer.status_code == 400
    said = " ".join(one["description"] for one in answer.json())
    for word in ("lat is up to 90", "attribute[POLE] is required", "'yesterday' is no time",
                 "'many' is no number", "'red' is not among", "more than 200", "60 characters",
                 "at most 8000"):  # fmt: skip
        assert word in said
    assert all(one["code"] == 400 for one in answer.json())
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    ("said", "status", "sentence"),
    [
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "nothing"}, 404, "was not found"),
        ({"service_code": "inspection"}, 404, "was not found"),
        ({"lat": "", "long": ""}, 400, "A place is needed"),
        ({"lat": "30.2", "long": ""}, 400, "go together"),
        ({"lat": "nan", "long": "1"}, 400, "lat is up to 90"),
        ({"lat": "40", "long": "10"}, 400, "outside the city"),
        ({"lat": "", "long": "", "address_id": "nowhere"}, 400, "address_id 'nowhere'"),
        ({"jurisdiction_id": "elsewhere"}, 404, "jurisdiction_id"),
        ({"api_key": ""}, 403, "api_key is missing"),
        ({"api_key": "wrong"}, 403, "not valid"),
    ],
)
def test_a_wrong_request_is_named(
    post: Post, said: dict[str, str], status: int, sentence: str
) -> None:
    answer = post(LAMP | said)
    assert answer.status_code == status
    assert sentence in answer.json()[0]["description"]
    assert not Signal.objects.exists()


def test_a_key_without_the_scope_is_403(post: Post) -> None:
    other = make_application_key("reader", ["work"])
    answer = post(LAMP, api_key=other)
    assert answer.status_code == 403
    assert "scope report" in answer.json()[0]["description"]


def test_places_by_words_and_by_id(post: Post) -> None:
    place = {"lat": "", "long": ""}
    post(LAMP | place | {"address_string": "near the bridge, East Lake"})
    post(LAMP | place | {"address_id": "xx-w"})
    assert list(Case.objects.order_by("pk").values_list("place_id", flat=True)) == ["xx-e", "xx-w"]


def test_sent_again_with_its_number_it_is_the_same(post: Post) -> None:
    first = post(LAMP | {"client_reference": "A-1"}).json()
    again = post(LAMP | {"client_reference": "A-1", "description": "said otherwise"}).json()
    by_fms = post(LAMP | {"attribute[fixmystreet_id]": "A-1"}).json()
    assert first == again == by_fms
    assert Signal.objects.count() == 1


def test_two_taps_are_one_report_and_an_hour_later_another(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = post(LAMP).json()[0]
    assert post(LAMP).json()[0] == first
    assert post(LAMP | {"description": "Another lamp"}).json()[0] != first
    assert Signal.objects.count() == 2
    row = OpenSent.objects.get(number=first["service_request_id"])
    OpenSent.objects.filter(pk=row.pk).update(
        sent_at=row.sent_at - posting.SAME_TAP * 2, reference="fixit:long-ago"
    )
    Signal.objects.filter(reference=row.reference).update(reference="fixit:long-ago")
    assert post(LAMP).json()[0]["service_request_id"] != first["service_request_id"]


def test_two_applications_do_not_meet(post: Post) -> None:
    other = make_application_key("other", ["report"])
    first = post(LAMP | {"client_reference": "A-1"}).json()[0]
    second = post(LAMP | {"client_reference": "A-1"}, api_key=other).json()[0]
    assert first["service_request_id"] != second["service_request_id"]


def test_pictures_come_along_or_nothing_does(post: Post) -> None:
    file = SimpleUploadedFile("a.png", picture(), "image/png")
    assert post(LAMP | {"media": file}).status_code == 200
    assert Photo.objects.count() == 1
    bad = SimpleUploadedFile("b.png", b"no picture", "image/png")
    answer = post(LAMP | {"description": "other", "media": bad})
    assert answer.status_code == 400
    assert "JPEG, PNG or WebP" in answer.json()[0]["description"]
    many = [SimpleUploadedFile(f"{n}.png", picture(), "image/png") for n in range(6)]
    assert "At most 5" in post(LAMP | {"media[]": many}).json()[0]["description"]
    assert Signal.objects.count() == 1


def test_a_body_that_is_no_form_or_too_large(
    key: str, monkeypatch: pytest.MonkeyPatch, post: Post
) -> None:
    send = Client().post
    path = f"/open311/v2/requests.json?api_key={key}"
    assert send(path, b"{}", content_type="application/json").status_code == 400
    assert send(path, b"x", content_type="multipart/form-data").status_code == 400
    broken = "multipart/form-data; boundary=" + "x" * 300
    assert send(path, b"--x", content_type=broken).status_code == 400
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    assert post(LAMP).status_code == 413


def test_a_type_that_is_not_public_can_be_reported_but_not_seen(post: Post, town: object) -> None:
    CaseType.objects.filter(code="lamp-out").update(public=False)
    said = Client().get("/open311/v2/services.json").json()
    assert [one["type"] for one in said] == ["realtime", "blackbox"]
    row = post(LAMP).json()[0]
    assert row["service_request_id"] is None
    assert row["follow_url"]
    number = Case.objects.get().number
    assert Client().get("/open311/v2/requests.json").json() == []
    assert Client().get(f"/open311/v2/requests/{number}.json").status_code == 404


def test_other_verbs_are_405(town: object) -> None:
    for verb in ("put", "delete", "patch"):
        answer = getattr(Client(), verb)("/open311/v2/requests.json")
        assert answer.status_code == 405
        assert answer.json()[0]["code"] == 405
    assert Client().post("/open311/v2/services.json").status_code == 405
