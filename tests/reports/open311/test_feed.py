"""Public cases as RSS with points: nothing more than the door shows, and text stays text."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from defusedxml import ElementTree as ET
from django.test import Client
from tests.reports.open311.test_permissions import report

from gongbi.cases.models import Case, CaseType
from gongbi.core.models import Person, Post

ADDRESS, POINT = "/open311/cases.rss", "{http://www.georss.org/georss}point"
HOSTILE = 'dark ]]> <script>alert("x")</script> &amp; 漏水 \x0b 13912345678'


def ask(client: Client | None = None, language: str = "en", **said: str) -> Any:
    browser = client or Client()
    return browser.get(ADDRESS, said, headers={"accept-language": language})


def items(**said: Any) -> list[Any]:
    answer = ask(**said)
    assert answer.status_code == 200
    return list(ET.fromstring(answer.content).iter("item"))


def test_a_case_stands_in_it_as_coarse_as_its_type_asks(town: object) -> None:
    lamp, pipe = report(type="lamp-out"), report()
    second, first = items()
    assert [one.findtext("guid") for one in (first, second)] == [lamp, pipe]
    assert first.findtext(POINT) == "30.212345 122.951234"
    assert second.findtext(POINT) == "30.2 122.95", "the district's own point"
    assert first.findtext("link").endswith(f"/open311/v2/requests/{lamp}.xml")
    assert first.findtext("title").startswith("Street lamp out · ")
    assert parsedate_to_datetime(first.findtext("pubDate")).tzinfo is not None
    for secret in ("139", "x.example", "Li's", "30.212345"):
        assert secret not in ET.tostring(second, encoding="unicode")


def test_hostile_text_stays_text(town: object) -> None:
    report(type="lamp-out", words=HOSTILE)
    answer = ask()
    (item,) = ET.fromstring(answer.content).iter("item")
    assert b"<script" not in answer.content
    said = item.findtext("description")
    assert "&lt;script&gt;" in said, "for a reader that takes it for HTML it is text, too"
    assert "<script" not in said
    assert "13912345678" not in said
    assert "\ufffd" in said


@pytest.mark.parametrize(
    "said", [{"about_unit": "water"}, {"type": None, "words": "不知道"}, {"type": "inspection"}]
)
def test_what_is_not_public_does_not_stand_in_it(town: object, said: dict[str, Any]) -> None:
    report(**said)
    assert items() == []
    answer = ask()
    assert "Last-Modified" not in answer


def test_a_type_made_private_takes_its_cases_away(town: object) -> None:
    report()
    before = ask()["ETag"]
    CaseType.objects.filter(code="burst-pipe").update(public=False)
    assert items() == []
    assert ask()["ETag"] != before


@pytest.mark.parametrize(
    ("role", "unit"),
    [("", ""), ("worker", "water"), ("worker", "roads"), ("supervisor", "centre")],
)
def test_everybody_reads_the_same(town: object, role: str, unit: str) -> None:
    person = Person.objects.create_user(username="p", name="p")
    if role:
        Post.objects.create(person=person, role=role, unit_id=unit, place_id="xx")
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    report()
    report(about_unit="roads")
    assert ask(client).content == ask().content


def test_by_type_and_place(town: object) -> None:
    report()
    report(type="lamp-out", lon=122.85, reference="w")
    assert len(items()) == 2
    assert [one.findtext("category") for one in items(service_code="lamp-out")] == [
        "Street lamp out"
    ]
    assert [one.findtext("category") for one in items(place="xx-e")] == ["Burst pipe"]
    assert items(place="xx-e", service_code="lamp-out") == []
    head = ET.fromstring(ask(place="xx-e", service_code="lamp-out").content).find("channel")
    assert head.findtext("title") == "East Lake · Street lamp out"
    assert (
        head.find("{http://www.w3.org/2005/Atom}link")
        .get("href")
        .endswith(f"{ADDRESS}?place=xx-e&service_code=lamp-out")
    )


def test_what_cannot_be_asked_is_said(town: object) -> None:
    for said in ({"place": "xx-q"}, {"place": "a\x00"}, {"service_code": "inspection"}):
        answer = ask(**said)
        assert answer.status_code == 404
        assert ET.fromstring(answer.content).tag == "errors"
    assert Client().post(ADDRESS).status_code == 405


def test_whoever_has_it_gets_it_once(town: object) -> None:
    number = report()
    first = ask()
    etag, changed = first["ETag"], first["Last-Modified"]
    same = {"if-none-match": etag}
    assert Client().get(ADDRESS, headers=same | {"accept-language": "en"}).status_code == 304
    since = Client().get(ADDRESS, headers={"if-modified-since": changed, "accept-language": "en"})
    assert (since.status_code, since.content) == (304, b"")
    Case.objects.filter(number=number).update(state="closed", ended_as="solved")
    assert Client().get(ADDRESS, headers=same | {"accept-language": "en"}).status_code == 200


def test_it_speaks_chinese(town: object) -> None:
    report()
    answer = ask(language="zh-hans")
    (item,) = ET.fromstring(answer.content).iter("item")
    assert item.findtext("category") == "爆管"
    head = ET.fromstring(answer.content).find("channel")
    assert head.findtext("title") == "墨池 · 公开案件"
    assert head.findtext("language") == "zh-cn"
    assert "Accept-Language" in answer["Vary"]


def test_public_pages_lead_to_it(town: object) -> None:
    for page in ("/report/", "/follow/"):
        text = Client(headers={"accept-language": "en"}).get(page).content.decode()
        assert f'rel="alternate" type="application/rss+xml" href="{ADDRESS}"' in text


def test_it_is_bounded_and_costs_the_same_for_many(
    town: object,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    from gongbi.reports.open311 import feed

    for _ in range(6):
        report(type="lamp-out")
    monkeypatch.setattr(feed, "MOST_ITEMS", 5)
    ask()
    with django_assert_max_num_queries(12):
        assert len(items()) == 5
