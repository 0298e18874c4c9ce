"""Whatever is sent to the open doors: no fault of ours, nothing told that is not public, and
whatever was acknowledged is there."""

import json
from typing import Any

import pytest
from defusedxml import ElementTree as ET
from tests.odd import watch
from tests.reports.open311.conftest import LAMP
from tests.reports.open311.fuzzing import Fuzzer

from gongbi.cases.models import Case, CaseType, Signal
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core.public import now
from gongbi.reports import throttle
from gongbi.reports.open311 import access
from gongbi.reports.throttle import Door

SECRETS = ["TOP-SECRET-WORDS", "SECRET-CONTACT", "SECRET-HOUSE"]


def hide() -> list[str]:
    """Cases nobody may see, and one everybody may, all with words nobody may read."""
    numbers = []
    for n, said in enumerate(({"about_unit": "water"}, {"type": "inspection"}, {})):
        given = {
            "source": "web", "reference": f"s{n}", "words": SECRETS[0], "type": "burst-pipe",
            "lon": None, "lat": None, "place": "xx-e", "place_words": SECRETS[2], "at": now(),
            "language": "", "contact": SECRETS[1],
        }  # fmt: skip
        numbers.append(receive_signal(SignalIn(**(given | said))).number)
    return numbers


class Acknowledged:
    """Every case an answer named must be there when all is over."""

    def __init__(self, hidden: list[str]) -> None:
        self.numbers: set[str] = set()
        self.hidden = hidden

    def check(self, answer: Any) -> None:
        kind = answer.headers.get("content-type", "")
        if answer.status_code in (200, 201) and "json" in kind:
            said = json.loads(answer.content or b"[]")
            rows = said if isinstance(said, list) else said.get("receipts", [said])
            for row in rows:
                if isinstance(row, dict):
                    number = row.get("number") or row.get("service_request_id")
                    self.numbers |= {number} if number else set()
        if "xml" in kind and answer.content:
            ET.fromstring(answer.content)
        text = answer.content.decode(errors="replace")
        assert answer.status_code >= 400 or not [one for one in self.hidden if f'"{one}"' in text]


def fuzz(post: Any, key: str, monkeypatch: pytest.MonkeyPatch, times: int, seed: int) -> None:
    monkeypatch.setattr(access, "READ", Door("open311", 60, per_address=10**9, in_all=10**9))
    monkeypatch.setattr(throttle, "GUESS", Door("follow", 10, per_address=10**9, in_all=10**9))
    monkeypatch.setattr(throttle, "REPORT", Door("report", 10, per_address=10**9, in_all=10**9))
    hidden = hide()[:2]
    row = post(LAMP).json()[0]
    token = row["follow_url"].rstrip("/").rsplit("/", 1)[1]
    CaseType.objects.filter(code="lamp-out").update(ask_verdict=True)
    fuzzer = Fuzzer(seed, key, [token], [row["service_request_id"], *hidden])
    seen = Acknowledged(hidden)
    statuses = watch(fuzzer.send, times, SECRETS, seen.check)
    print(sorted(statuses.items()))
    assert statuses[200] + statuses.get(201, 0) > times / 10, statuses
    assert len(statuses) >= 5, statuses
    missing = seen.numbers - set(Case.objects.values_list("number", flat=True))
    assert not missing
    assert len(seen.numbers) > times / 60
    signals = Signal.objects.values_list("source", "reference")
    assert len(signals) == len(set(signals))


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_odd_requests(
    post: Any, key: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    fuzz(post, key, monkeypatch, 250, seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10, 20))
def test_fifty_thousand_odd_requests(
    post: Any, key: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    fuzz(post, key, monkeypatch, 5000, seed)
