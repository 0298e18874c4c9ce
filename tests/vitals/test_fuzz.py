"""Whatever is brought to the door of bulletins: no fault of ours, and what was taken is there."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.odd import KINDS, ODD, Draw, watch
from tests.vitals.test_read_cap import EAST, INFO, message

from gongbi.stream import public as stream
from gongbi.vitals.models import Bulletin, KnownEvent

SOUND = ("Actual", "Alert", "Public", "en-US", "Severe", "xx-e", "<", ">", "2026", "+08:00")


class Office:
    """Draws messages of a weather office and sends them."""

    def __init__(self, seed: int) -> None:
        self.draw, self.client = Draw(seed), Client(raise_request_exception=False)
        self.taken: set[tuple[str, str]] = set()

    def send(self) -> tuple[str, Any]:
        """One request: (what was sent, its answer)."""
        body = self.draw.spoilt(self._changed(self._message()))
        kind = self.draw.choice(("application/xml",) * 4 + KINDS)
        headers = self.draw.headers("key of weather")
        answer = self.client.generic("POST", "/api/cap", body, kind, headers=headers)
        return f"{kind} {body[:600]!r}", answer

    def _message(self) -> bytes:
        number = self.draw.randrange(400)
        kind = self.draw.odd("Alert", "Alert", "Update", "Cancel", "Ack", "Error")
        said = {
            "kind": kind.encode(errors="replace").decode().replace("<", "&lt;"),
            "status": self.draw.choice(("Actual",) * 6 + ("Test", "Draft", "Real")),
            "references": f"weather@xx,m{number - 1},2026-11-24T09:30:00+08:00",
            "info": INFO * self.draw.choice((0, 1, 1, 1, 2)),
            "area": EAST * self.draw.choice((0, 1, 1, 3)),
            "more": self.draw.choice(("", "", "<note>x</note>", "<code>y</code>")),
        }
        if kind == "Alert":
            said["references"] = ""
        return message(f"m{number}", **said)

    def _changed(self, body: bytes) -> bytes:
        """One word of it is another, two times in five."""
        if self.draw.random() < 0.6:
            return body
        odd = self.draw.choice(ODD).encode(errors="replace").replace(b"<", b"&lt;")
        return body.replace(self.draw.choice(SOUND).encode(), odd, self.draw.choice((1, 2, 9)))

    def check(self, answer: Any) -> None:
        """Remember what was acknowledged."""
        if answer.status_code in (200, 201):
            said = json.loads(answer.content)
            self.taken.add((said["sender"], said["identifier"]))
        elif answer.content:
            assert json.loads(answer.content)["error"]


def fuzz(data: Any, times: int, seed: int) -> None:
    stream.keep_ingest_key(data, "weather", "key of weather")
    office = Office(seed)
    statuses = watch(office.send, times, [], office.check)
    print(sorted(statuses.items()))
    assert statuses[201] > times / 20, statuses
    assert {401, 422} <= set(statuses)
    kept = set(Bulletin.objects.values_list("sender", "identifier"))
    assert office.taken <= kept
    assert KnownEvent.objects.exists()


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_odd_messages(small_city: Any, seed: int) -> None:
    fuzz(small_city.data, 200, seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10, 12))
def test_ten_thousand_odd_messages(small_city: Any, seed: int) -> None:
    fuzz(small_city.data, 5000, seed)
