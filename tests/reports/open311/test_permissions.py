"""What a stranger may see of a case through this door, and that nobody sees more than that."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reports.open311.conftest import LAMP

from gongbi.cases.models import Case, CaseType
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core.models import Person, Post
from gongbi.core.public import now

WORDS = "漏水，打 13912345678 或 li@x.example"


def report(**said: Any) -> str:
    given = {
        "source": "web", "reference": f"r{Case.objects.count()}", "words": WORDS, "lat": 30.212345,
        "type": "burst-pipe", "lon": 122.951234, "place": None, "place_words": "Li's house",
        "at": now(), "language": "zh", "contact": "13900000000",
    }  # fmt: skip
    return str(receive_signal(SignalIn(**(given | said))).number)


def seen(number: str, client: Client | None = None) -> dict[str, Any] | None:
    answer = (client or Client()).get(f"/open311/v2/requests/{number}.json")
    listed = (client or Client()).get("/open311/v2/requests.json").json()
    assert (answer.status_code == 200) == (number in [r["service_request_id"] for r in listed])
    return answer.json()[0] if answer.status_code == 200 else None


def test_no_words_no_contact_and_a_place_as_coarse_as_the_type_asks(town: object) -> None:
    row = seen(report())
    assert row is not None
    assert row["description"] is None
    assert row["media_url"] is None
    assert (row["lat"], row["long"]) == (30.2, 122.95)  # the district's own point
    assert row["address_id"] == "xx-e"
    for secret in ("139", "漏水", "Li", "x.example", "30.212", "122.951"):
        assert secret not in str(row)


def test_words_show_masked_where_the_type_says_so(town: object) -> None:
    row = seen(report(type="lamp-out"))
    assert row is not None
    assert row["description"].startswith("漏水")
    assert "13912345678" not in str(row)
    assert "li@x.example" not in str(row)
    assert (row["lat"], row["long"]) == (30.212345, 122.951234)


@pytest.mark.parametrize("mask", [{}, {"outside": []}, {"outside": ["phone"]}])
def test_what_everybody_reads_holds_no_plate_nor_address_whatever_the_type_says(
    town: object, mask: dict[str, list[str]]
) -> None:
    """A type's mask is for systems that work on the case; this page is everybody's."""
    CaseType.objects.filter(code="lamp-out").update(mask=mask)
    row = seen(report(type="lamp-out", words="漏水，沪A12345 堵门，微信 lina_1990，13912345678"))
    assert row is not None
    assert row["description"].startswith("漏水")
    for secret in ("沪A12345", "lina_1990", "13912345678"):
        assert secret not in str(row), secret


def test_near_is_a_hundred_metres(town: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongbi.reports.open311 import house

    monkeypatch.setattr(house, "house", house.House)
    row = seen(report())
    assert row is not None
    assert (row["lat"], row["long"]) == (30.212, 122.951)
    assert row["address"] in ("East Lake, Inkwell", "东湖区, 墨池")


@pytest.mark.parametrize(
    "said",
    [
        {"about_unit": "water"},
        {"type": None, "words": "不知道"},
        {"type": "inspection"},
    ],
)
def test_what_is_not_public_does_not_exist(town: object, said: dict[str, Any]) -> None:
    number = report(**said)
    assert seen(number) is None
    updates = Client().get("/open311/v2/servicerequestupdates.json").json()
    assert number not in str(updates)


def test_a_type_made_private_takes_its_cases_away(town: object) -> None:
    number = report()
    CaseType.objects.filter(code="burst-pipe").update(public=False)
    assert seen(number) is None


def test_merged_into_what_is_not_public_does_not_name_it(
    town: object, act: Callable[..., None]
) -> None:
    from gongbi.cases import actors, merging

    own, host = report(), report(type="inspection")
    Case.objects.filter(number=own).update(priority=3)
    case, into = Case.objects.get(number=own), Case.objects.get(number=host)
    merging.merge(case, actors.application("test"), into=into)
    row = seen(own)
    assert row is not None
    assert row["extended_status"] == "DUPLICATE"
    assert host not in str(row)


@pytest.mark.parametrize(
    ("role", "unit"),
    [("", ""), ("worker", "water"), ("worker", "roads"), ("supervisor", "centre")],
)
def test_everybody_sees_the_same_here(town: object, role: str, unit: str) -> None:
    """A resident, own unit, other unit, supervisor: the door knows nobody."""
    person = Person.objects.create_user(username="p", name="p")
    if role:
        Post.objects.create(person=person, role=role, unit_id=unit, place_id="xx")
    client = Client()
    client.force_login(person)
    open_, closed = report(), report(about_unit="roads")
    assert seen(open_, client) == seen(open_)
    assert seen(closed, client) is None


def test_the_sender_sees_no_more_than_a_stranger(post: Callable[..., Any], key: str) -> None:
    number = post(LAMP | {"service_code": "burst-pipe"}).json()[0]["service_request_id"]
    mine = Client(headers={"authorization": f"Bearer {key}"})
    assert seen(number, mine) == seen(number)
