"""Reports of other systems."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client

from gongbi.cases.models import Case, Signal
from gongbi.core.public import make_application_key
from gongbi.reports import api, wire

GOOD = {"source": "hotline", "reference": "A-1", "words": "桥头漏水"}


@pytest.fixture
def post(town: Path) -> Callable[..., object]:
    """Send a body with an application's key."""
    keys = {name: make_application_key(name, ["report"]) for name in ("hotline", "app")}
    keys["reader"] = make_application_key("reader", ["work"])

    def send(body: object, *, key: str = "hotline", kind: str = "application/json") -> object:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {keys.get(key, key)}", "accept-language": "en"}
        return Client(headers=headers).post("/api/reports", raw, content_type=kind)

    return send


def lines(*rows: object) -> bytes:
    """Newline JSON; bytes go in as they are."""
    return b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)


def test_one_report(post: Callable[..., object]) -> None:
    answer = post(GOOD)
    assert answer.status_code == 201
    said = answer.json()
    assert said["type"] == "burst-pipe"
    assert said["unit"] == "water"
    assert said["deadline"]
    followed = Client().get(f"/api/follow/{said['follow']}").json()
    assert followed["number"] == said["number"]
    assert followed["state"] == "open"
    assert "words" not in followed


def test_sent_again_is_the_same_report(post: Callable[..., object]) -> None:
    first, second = post(GOOD).json(), post(GOOD | {"words": "又说一遍"})
    assert second.status_code == 200
    assert second.json()["number"] == first["number"]
    assert second.json()["repeated"] is True
    assert Signal.objects.count() == 1


def test_an_application_cannot_ask_for_anothers_receipt(post: Callable[..., object]) -> None:
    first = post(GOOD).json()
    other = post(GOOD, key="app").json()
    assert other["repeated"] is False
    assert other["follow"] != first["follow"]


@pytest.mark.parametrize("source", ["alert", "sensor", "camera"])
def test_nobody_poses_as_a_sensor(post: Callable[..., object], source: str) -> None:
    answer = post(GOOD | {"source": source})
    assert answer.status_code == 422
    assert "for sensing" in answer.json()["error"]


@pytest.mark.parametrize("key", ["", "wrong", "reader"])
def test_without_a_fitting_key_nothing_is_read(post: Callable[..., object], key: str) -> None:
    answer = post(GOOD, key=key)
    assert answer.status_code == 401
    assert "scope `report`" in answer.json()["error"]
    assert not Signal.objects.exists()


def test_a_bad_line_is_named_and_the_rest_goes_on(post: Callable[..., object]) -> None:
    body = lines(
        GOOD,
        b"nonsense",
        GOOD | {"reference": "A-2", "type": "no-such-type"},
        GOOD | {"reference": "A-3", "place": "nowhere"},
        GOOD | {"reference": "A-4", "words": "路灯不亮"},
        GOOD,
    )
    said = post(body, kind="application/x-ndjson").json()
    assert (said["stored"], said["repeated"]) == (2, 1)
    assert [one["line"] for one in said["refused"]] == [2, 3, 4]
    assert "no-such-type" in said["refused"][1]["reason"]
    assert [one["line"] for one in said["receipts"]] == [1, 5, 6]
    assert Case.objects.count() == 2


def test_read_is_stored_and_repeated_and_refused(post: Callable[..., object]) -> None:
    rows = [
        GOOD | {"reference": f"B-{n % 150}", "words": "漏" if n % 7 else ""} for n in range(250)
    ]
    said = post(lines(*rows), kind="application/x-ndjson").json()
    assert said["stored"] + said["repeated"] + len(said["refused"]) == 250


def test_a_million_characters_are_refused_by_line(post: Callable[..., object]) -> None:
    body = lines(GOOD | {"words": "水" * 1_000_000}, GOOD | {"reference": "A-9"})
    said = post(body, kind="application/x-ndjson").json()
    assert said["stored"] == 1
    assert said["refused"][0]["line"] == 1
    assert "shorten" in said["refused"][0]["reason"]


def test_too_much_at_once_is_refused_whole(
    post: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 300)
    assert post(lines(*[GOOD] * 10), kind="application/x-ndjson").status_code == 413
    monkeypatch.setattr(wire, "MOST_BYTES", 10_000)
    monkeypatch.setattr(wire, "MOST_LINES", 3)
    assert post(lines(*[GOOD] * 10), kind="application/x-ndjson").status_code == 413
    assert not Signal.objects.exists()


def test_the_database_goes_away_in_the_middle(
    post: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LINES_A_TRANSACTION", 2)
    take, calls = api.cases.receive_signals, []

    def breaks(signals: object) -> object:
        calls.append(signals)
        if len(calls) > 1:
            raise OperationalError
        return take(signals)

    monkeypatch.setattr(api.cases, "receive_signals", breaks)
    rows = [GOOD | {"reference": f"C-{n}"} for n in range(6)]
    answer = post(lines(*rows), kind="application/x-ndjson")
    assert answer.status_code == 503
    assert answer.json()["stored"] == 2 == Signal.objects.count()
    monkeypatch.setattr(api.cases, "receive_signals", take)
    again = post(lines(*rows), kind="application/x-ndjson").json()
    assert (again["stored"], again["repeated"]) == (4, 2)


def test_words_of_anybody_are_no_markup(post: Callable[..., object]) -> None:
    said = post(GOOD | {"words": "<script>alert(1)</script> 漏水"}).json()
    page = Client().get(f"/f/{said['follow']}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_verdict_before_anybody_asked(post: Callable[..., object]) -> None:
    token = post(GOOD).json()["follow"]
    address = f"/api/follow/{token}/verdict"
    said = Client().post(address, {"solved": True}, content_type="application/json")
    assert said.status_code == 409
    bad = Client().post(address, {"solved": "yes"}, content_type="application/json")
    assert bad.status_code == 422
    assert Client().post("/api/follow/nobody/verdict", {}).status_code == 404


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "1899-12-31T00:00:00Z"])
def test_a_time_before_anybodys_clock_is_refused(post: Callable[..., object], at: str) -> None:
    answer = post(GOOD | {"at": at})
    assert answer.status_code == 422
    assert "too long ago" in answer.json()["error"]


@pytest.mark.parametrize("field", ["type", "place", "language"])
def test_a_nul_in_a_code_is_named(post: Callable[..., object], field: str) -> None:
    answer = post(GOOD | {field: "a\x00b"})
    assert answer.status_code == 422
    assert "NUL" in answer.json()["error"]
