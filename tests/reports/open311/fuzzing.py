"""Requests nobody would send, drawn from a seed: half sound, half spoilt, some pure noise."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

ODD = (
    "", " ", "\x00", "a\x00b", "'; DROP TABLE cases_case; --", "<script>x</script>", "NaN", "inf",
    "-1", "0", "1e400", "9" * 400, "漏水" * 30, "\ud83d", "👩‍👩‍👧‍👦", "../../x",
    "%00", "%s%n",
    "{{7*7}}", "null", "[]", "true", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2026-11-24T08:00:00+08:00", "ﷺ" * 50,
    "x" * 5000, "\r\nX: y",
    "İ", "１２３", "²", "٣",
)  # fmt: skip
WORDS = ("漏水", "路灯不亮", "leak at the bridge", "lamp", "please help 13912345678", "…")
CODES = ("lamp-out", "burst-pipe", "inspection", "nothing", "LAMP-OUT")
KINDS = (
    "application/json", "application/x-ndjson", "application/x-www-form-urlencoded",
    "multipart/form-data", "multipart/form-data; boundary=x", "text/xml", "", "a/b; charset=utf-7",
    "application/x-www-form-urlencoded; charset=utf-16", "application/json; charset=nonsense",
)  # fmt: skip
FIELDS = (
    "service_code", "lat", "long", "address_string", "address_id", "description", "email", "phone",
    "first_name", "jurisdiction_id", "client_reference", "attribute[POLE]", "attribute[SINCE]",
    "attribute[LAMPS]", "attribute[COLOUR]", "attribute[SEEN][]", "attribute[", "attribute[]",
    "media_url", "service_request_id", "status", "start_date", "end_date", "updated_after", "page",
    "page_size", "update_id", "api_key", "account_id", "device_id",
)  # fmt: skip


class Fuzzer:
    """Draws requests and sends them to the open doors."""

    def __init__(self, seed: int, key: str, tokens: list[str], numbers: list[str]) -> None:
        self.draw, self.key = random.Random(seed), key
        self.tokens, self.numbers = tokens, numbers
        self.client = Client(raise_request_exception=False)

    def send(self) -> tuple[str, Any]:
        """One request: (what was sent, its answer)."""
        door = self.draw.choice((self._report, self._open_post, self._open_get, self._follow))
        return door()

    def _odd(self, *sound: str) -> str:
        """Something sound four times in five."""
        return self.draw.choice(sound if sound and self.draw.random() < 0.8 else ODD)

    def _headers(self) -> dict[str, str]:
        said = {"accept-language": self.draw.choice(("en", "zh-hans", "xx-yy", "*" * 50))}
        if self.draw.random() < 0.8:
            said["authorization"] = f"Bearer {self.key}"
        elif self.draw.random() < 0.5:
            said["authorization"] = self.draw.choice(("Bearer", "Bearer \x01", "Basic x", "é"))
        return said

    def _report(self) -> tuple[str, Any]:
        number = f"F-{self.draw.randrange(10**9)}"
        said: dict[str, Any] = {"source": "app", "reference": number, "words": self._odd(*WORDS)}
        for name in ("type", "place", "place_words", "lon", "lat", "at", "contact", "odd"):
            if self.draw.random() < 0.1:
                values = (None, 1, 122.95, 30.2, [], {}, True, *ODD, *CODES)
                said[name] = self.draw.choice(values)
        try:
            body = json.dumps(said, ensure_ascii=self.draw.random() < 0.5).encode()
        except UnicodeEncodeError:
            body = json.dumps(said).encode()
        body = self._spoilt(body)
        kind = self.draw.choice(KINDS[:2] * 4 + KINDS)
        answer = self._post("/api/reports", body, kind)
        return f"reports {kind} {body[:200]!r}", answer

    def _spoilt(self, body: bytes) -> bytes:
        fate = self.draw.random()
        if fate < 0.1:
            return self.draw.randbytes(self.draw.randrange(200))
        if fate < 0.2:
            cut = self.draw.randrange(len(body) + 1)
            return body[:cut] + self.draw.randbytes(3) + body[cut:]
        return body * self.draw.choice((1, 1, 1, 1, 2, 40)) if fate < 0.3 else body

    def _post(self, path: str, body: bytes, kind: str) -> Any:
        return self.client.generic("POST", path, body, kind, headers=self._headers())

    def _form(self) -> dict[str, Any]:
        sound = {
            "service_code": CODES, "lat": ("30.2",), "long": ("122.95",), "description": WORDS,
            "attribute[POLE]": ("P-7",), "service_request_id": tuple(self.numbers),
            "status": ("open", "closed", "FIXED", "OPEN"), "jurisdiction_id": ("inkwell.example",),
            "address_string": ("East Lake",), "address_id": ("xx-e",), "update_id": ("u1", "u2"),
            "start_date": ("2026-11-01T00:00:00Z",), "page": ("1", "2"), "page_size": ("5",),
            "client_reference": tuple(f"c{n}" for n in range(50)),
        }  # fmt: skip
        usual = {"service_code": "lamp-out", "lat": "30.2", "long": "122.95"}
        said: dict[str, Any] = dict(usual) if self.draw.random() < 0.6 else {}
        said |= {"attribute[POLE]": "P"} if said else {}
        for name in self.draw.sample(FIELDS, self.draw.randrange(6)):
            said[name] = self._odd(*sound.get(name, ("x",)))
        return {name: value.encode(errors="surrogatepass").decode(errors="replace")
                for name, value in said.items()}  # fmt: skip

    def _suffix(self) -> str:
        return self.draw.choice((*(".json",) * 6, *(".xml",) * 6, "", ".html", ".json.xml", "/"))

    def _open_post(self) -> tuple[str, Any]:
        path = f"/open311/v2/{self.draw.choice(('requests', 'servicerequestupdates'))}"
        path += self._suffix()
        if self.draw.random() < 0.2:
            kind = self.draw.choice(KINDS)
            body = self._spoilt(b"service_code=lamp-out&lat=30.2&long=122.95&attribute[POLE]=1")
            return f"{path} {kind} {body[:200]!r}", self._post(path, body, kind)
        said = self._form()
        if self.draw.random() < 0.1:
            content = self.draw.choice((b"", b"\x89PNG\r\n", self.draw.randbytes(60)))
            said["media"] = SimpleUploadedFile("a.png", content, "image/png")
        answer = self.client.post(path, said, headers=self._headers())
        return f"{path} {said!r}", answer

    def _open_get(self) -> tuple[str, Any]:
        one = self.draw.choice(("services", "services/{}", "requests", "requests/{}", "tokens/{}",
                                "servicerequestupdates", "discovery", "{}"))  # fmt: skip
        word = self._odd(*CODES, *self.numbers, *self.tokens)
        path = "/open311/v2/" + one.format(_quoted(word)) + self._suffix()
        said = self._form()
        verb = self.draw.choice((self.client.get,) * 8 + (self.client.head, self.client.put))
        return f"{path} {said!r}", verb(path, said, headers=self._headers())

    def _follow(self) -> tuple[str, Any]:
        word = _quoted(self._odd(*self.tokens, "123-456-7890", "0" * 32))
        if self.draw.random() < 0.6:
            return word, self.client.get(f"/api/follow/{word}", headers=self._headers())
        body = self._spoilt(b'{"solved": true, "words": "yes"}')
        answer = self._post(f"/api/follow/{word}/verdict", body, self.draw.choice(KINDS))
        return f"{word} {body[:100]!r}", answer


def _quoted(word: str) -> str:
    return quote(word.encode(errors="replace"), safe="") or "-"


def watch(
    fuzzer: Fuzzer, times: int, secrets: list[str], check: Callable[[Any], None]
) -> dict[int, int]:
    """Send so many; no 500, no secret in an answer. How often each status came."""
    statuses: dict[int, int] = {}
    for _ in range(times):
        sent, answer = fuzzer.send()
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"{answer.status_code}: {sent}"
        text = answer.content.decode(errors="replace")
        assert not [one for one in secrets if one in text], f"leaks: {sent}"
        check(answer)
    return statuses
