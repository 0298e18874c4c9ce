"""A system that works and dispatches, and has lost its mind: half of what it sends is sound."""

import json
from typing import Any

from django.test import Client
from tests.odd import KINDS, ODD, Draw, quoted

WORDS = ("笔架里爆管", "crew is there", "not ours", "…")
WORK = {
    "words": WORDS, "photo": ("", "AAAA"), "reason": ("not_ours", "other"),
    "declared": ("done", "not_possible"), "stage": ("found", "mended"),
    "fields": ({}, {"holes": 3, "how": "asked"}, {"holes": 1e300}),
}  # fmt: skip
SEND = {"unit": ("", "water", "lifts", "order"), "words": WORDS, "type": ("", "stall", "advice")}
CALL_IN = {
    "unit": ("lifts", "order"), "words": WORDS, "after": ([], [1], [2**63, -1], [1, 1]),
    "replaces": (None, 1, 2**70), "needed": (True, False),
}  # fmt: skip
CALL_OFF = {"task": (1, 2, 0, 2**70, -5), "words": WORDS}
VERBS = ("accept", "arrive", "stage", "done", "return")
WRONG = (None, 1, -1, 2**63, 1e308, [], {}, [None], {"": 1}, True, *ODD)


class Desk:
    """Draws requests of an application and sends them."""

    def __init__(self, seed: int, keys: list[str], numbers: list[str]) -> None:
        self.draw, self.keys, self.numbers = Draw(seed), keys, numbers
        self.tasks: set[int] = {1, 2}
        self.ids = [f"act-{seed}-{n:04}" for n in range(20)]
        self.client = Client(raise_request_exception=False)

    def send(self) -> tuple[str, Any]:
        """One request: (what was sent, its answer)."""
        return self.draw.choice((self._read, self._work, self._work, self._send, self._helpers))()

    def _read(self) -> tuple[str, Any]:
        path = self.draw.choice(("/api/tasks", "/api/queue", "/api/types"))
        said = {"state": self.draw.odd("open", "offered", "accepted", "on_site"),
                "limit": self.draw.odd("1", "500", "0")}  # fmt: skip
        said = {name: value.encode(errors="replace").decode() for name, value in said.items()}
        return f"{path} {said!r}", self.client.get(path, said, headers=self._headers())

    def _work(self) -> tuple[str, Any]:
        task = self.draw.choice(sorted(self.tasks)[-30:])
        said = quoted(str(self.draw.odd(*[task] * 9, 0, 10**18 - 1, "9" * 18, "9" * 19)))
        return self._post(f"/api/tasks/{said}/{self.draw.choice(VERBS)}", WORK)

    def _send(self) -> tuple[str, Any]:
        return self._post(f"/api/cases/{self._number()}/dispatch", SEND)

    def _helpers(self) -> tuple[str, Any]:
        verb, said = self.draw.choice((("call_in", CALL_IN), ("call_off", CALL_OFF)))
        if verb == "call_off":
            said = said | {"task": (*said["task"], *sorted(self.tasks)[-30:])}
        return self._post(f"/api/cases/{self._number()}/{verb}", said)

    def _number(self) -> str:
        return quoted(self.draw.odd(*self.numbers[-60:], self.numbers[0].lower()))

    def _post(self, path: str, fields: dict[str, Any]) -> tuple[str, Any]:
        said = {name: self.draw.choice(values) for name, values in fields.items()
                if self.draw.random() < 0.6}  # fmt: skip
        if self.draw.random() < 0.2:
            said[self.draw.choice([*fields, "odd"])] = self.draw.choice(WRONG)
        body = self.draw.spoilt(json.dumps(said).encode())
        kind = self.draw.choice(("application/json",) * 5 + KINDS)
        answer = self.client.generic("POST", path, body, kind, headers=self._headers())
        return f"{path} {kind} {body[:300]!r}", answer

    def _headers(self) -> dict[str, str]:
        said = self.draw.headers(self.draw.choice(self.keys))
        if self.draw.random() < 0.2:
            said["Gongbi-Action-Id"] = self.draw.choice((*self.ids, "short", "é" * 9, "x" * 65))
        return said
