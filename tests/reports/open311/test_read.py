"""Reading: discovery, services, definitions, requests; JSON and XML, by the public description."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree as ET
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.reports.open311.conftest import LAMP
from tests.reports.open311.schema import faults

from gongbi.cases.models import Case
from gongbi.cases.public import SignalIn
from gongbi.core.public import now
from gongbi.reports.open311 import access

Get = Callable[..., Any]


@pytest.fixture
def rules(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("open311-samples")


def test_discovery_names_the_door(town: Path, settings: Any) -> None:
    for path in ("/open311/discovery.json", "/open311/v2/discovery.json"):
        said = Client().get(path).json()
        assert said["contact"] == "Hotline 12345"
        assert said["endpoints"][0]["url"] == f"{settings.GONGBI_PUBLIC_URL}/open311/v2"
        assert "application/json" in said["endpoints"][0]["formats"]
    tree = ET.fromstring(Client().get("/open311/discovery.xml").content)
    assert tree.tag == "discovery"
    assert [one.text for one in tree.findall("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_services_fit_the_description(get: Get, rules: Path) -> None:
    rows = get("services.json").json()
    assert [row["service_code"] for row in rows] == ["burst-pipe", "lamp-out"]
    assert not [bad for row in rows for bad in faults(rules, "Service", row)]
    lamp = rows[1]
    assert lamp["metadata"] is True
    assert lamp["type"] == "realtime"
    assert "street lamp" in lamp["keywords"]
    tree = ET.fromstring(get("services.xml").content)
    assert [one.findtext("service_code") for one in tree.findall("service")] == [
        "burst-pipe", "lamp-out",
    ]  # fmt: skip
    assert tree.findtext("service/metadata") == "false"


def test_a_definition_fits_the_description(get: Get, rules: Path) -> None:
    said = get("services/lamp-out.json").json()
    assert not faults(rules, "ServiceDefinition", said)
    by_code = {one["code"]: one for one in said["attributes"]}
    assert by_code["POLE"]["required"] is True
    assert by_code["COLOUR"]["values"] == [
        {"key": "w", "name": "white"},
        {"key": "y", "name": "yellow"},
    ]
    tree = ET.fromstring(get("services/lamp-out.xml").content)
    assert tree.tag == "service_definition"
    assert len(tree.findall("attributes/attribute/values/value")) == 4


def test_a_request_fits_the_description(get: Get, rules: Path, number: str) -> None:
    for path in (f"requests/{number}.json", f"request/{number}.json", "requests.json"):
        rows = get(path).json()
        assert [row["service_request_id"] for row in rows] == [number]
        assert not faults(rules, "Request", rows[0])
    row = rows[0]
    assert (row["status"], row["extended_status"]) == ("open", "OPEN")
    assert (row["lat"], row["long"]) == (30.2, 122.95)
    assert row["address"] == "East Lake, Inkwell"
    tree = ET.fromstring(get(f"requests/{number}.xml").content)
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id") == number
    assert tree.findtext("request/media_url") == ""


def test_filters(get: Get, post: Callable[..., Any], act: Callable[..., None]) -> None:
    numbers = [
        post(LAMP | {"client_reference": f"r{n}"}).json()[0]["service_request_id"]
        for n in range(4)
    ]
    pipe = {"service_code": "burst-pipe", "address_string": "East Lake", "description": "leak"}
    numbers.append(post(pipe).json()[0]["service_request_id"])
    act(numbers[0], "cancel")
    for n, number in enumerate(numbers):
        opened = now() - timedelta(days=[0, 10, 80, 100, 0][n])
        Case.objects.filter(number=number).update(opened_at=opened)

    def found(**said: str) -> list[int]:
        rows = get("requests.json", **said).json()
        return sorted(numbers.index(row["service_request_id"]) for row in rows)

    day = lambda ago: (now() - timedelta(days=ago)).isoformat()  # noqa: E731
    assert found() == [0, 1, 2, 4]  # the last 90 days
    assert found(service_code="lamp-out") == [0, 1, 2]
    assert found(service_code="lamp-out,burst-pipe") == [0, 1, 2, 4]
    assert found(status="closed") == [0]
    assert found(status="open") == [1, 2, 4]
    assert found(status="open,closed") == [0, 1, 2, 4]
    assert found(start_date=day(110)) == [2, 3]  # and 90 days on
    assert found(end_date=day(5)) == [1, 2]
    assert found(start_date=day(85), end_date=day(5)) == [1, 2]
    assert found(service_request_id=f"{numbers[3]},{numbers[0].lower()}") == [0, 3]
    assert found(service_request_id=numbers[3], status="closed") == [3]
    assert found(page_size="2", page="2") == [1, 2]
    assert found(page_size="10", page="2") == []
    assert found(updated_after=day(1)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, 400),
        ({"start_date": "yesterday"}, 400),
        ({"end_date": "0001-01-01T00:00:00+14:00"}, 400),
        ({"status": "fixed"}, 400),
        ({"page_size": "0"}, 400),
        ({"page": "-1"}, 400),
        ({"service_code": "inspection"}, 404),
        ({"service_code": "nothing"}, 404),
        ({"jurisdiction_id": "elsewhere.example"}, 404),
    ],
)
def test_what_cannot_be_read_is_named_in_the_standards_form(
    get: Get, said: dict[str, str], status: int
) -> None:
    answer = get("requests.json", **said)
    assert answer.status_code == status
    (error,) = answer.json()
    assert error["code"] == status
    assert len(error["description"]) > 20
    tree = ET.fromstring(get("requests.xml", **said).content)
    assert tree.tag == "errors"
    assert tree.findtext("error/code") == str(status)


def test_the_right_jurisdiction_and_a_plus_that_became_a_blank(get: Get, number: str) -> None:
    assert get("requests.json", jurisdiction_id="Inkwell.Example").status_code == 200
    day = (now() - timedelta(days=1)).isoformat(timespec="seconds").replace("+", " ")
    assert len(get("requests.json", start_date=day).json()) == 1


@pytest.mark.parametrize(
    "path", ["requests/XX-999999.json", "services/x.json", "tokens/x.json", "odd", "requests.html"]
)
def test_what_is_not_there(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert answer.json()[0]["code"] == 404


def test_a_token_leads_to_its_request(get: Get, post: Callable[..., Any], rules: Path) -> None:
    said = post(LAMP).json()[0]
    secret = said["follow_url"].rstrip("/").rsplit("/", 1)[1]
    answer = get(f"tokens/{secret}.json")
    assert answer.json() == [{"service_request_id": said["service_request_id"], "token": secret}]
    assert not faults(rules, "TokenResponse", answer.json()[0])
    assert "no-store" in answer["Cache-Control"]
    assert get(f"tokens/{said['short_number']}.json").status_code == 404


def test_too_many_questions_from_one_address_are_429(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.reports.throttle import Door

    monkeypatch.setattr(access, "READ", Door("open311", minutes=60, per_address=3, in_all=99))
    assert [get("services.json").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = get("services.xml")
    assert answer["Retry-After"] == "3600"
    assert ET.fromstring(answer.content).findtext("error/code") == "429"


def test_a_key_has_its_own_quota(get: Get, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongbi.core.models import Application
    from gongbi.reports.throttle import Door

    monkeypatch.setattr(access, "READ", Door("open311", minutes=60, per_address=0, in_all=0))
    assert get("services.json").status_code == 429
    assert get("services.json", api_key=key).status_code == 200
    Application.objects.update(per_day=2)
    assert get("services.json", api_key=key).status_code == 200
    spent = get("services.json", api_key=key)
    assert spent.status_code == 429
    assert int(spent["Retry-After"]) > 0


def test_any_page_may_read_it(get: Get) -> None:
    assert get("services.json")["Access-Control-Allow-Origin"] == "*"


def test_its_cost_does_not_grow_with_its_rows(get: Get, post: Callable[..., Any]) -> None:
    def add(start: int, many: int) -> None:
        for n in range(start, start + many):
            assert post(LAMP | {"client_reference": f"r{n}"}).status_code == 200

    add(0, 2)
    get("requests.json")
    with CaptureQueriesContext(connection) as few:
        get("requests.json")
    add(2, 20)
    with CaptureQueriesContext(connection) as many:
        assert len(get("requests.json").json()) == 22
    assert len(many) == len(few)


def test_what_a_leader_wrote_is_not_for_everybody(get: Get, town: Path) -> None:
    """Words of this type are public: what residents say of it, not what the house tells itself."""
    from gongbi.cases import actions, actors

    receipt = actions.instruct(
        actors.application("test"), words="Mr Li's street first, please", type_code="lamp-out",
        place="xx", office="roads", reference="2026-17", joins="",
    )  # fmt: skip
    (told,) = get(f"requests/{receipt.number}.json").json()
    assert told["service_code"] == "lamp-out"
    assert "first, please" not in get("requests.json").content.decode()
    actions.receive_signal(
        SignalIn(
            source="web", reference="w-1", words="The lamp is out", type="lamp-out",
            lon=None, lat=None, place="xx", place_words="", at=now(), language="en",
            joins=receipt.number,
        )
    )  # fmt: skip
    (told,) = get(f"requests/{receipt.number}.json").json()
    assert told["description"] == "The lamp is out"
