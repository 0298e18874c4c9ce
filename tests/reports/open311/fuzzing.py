"""Requests nobody would send, drawn from a seed: half sound, half spoilt, some pure noise."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.odd import KINDS, ODD, Draw, quoted, whole

from gongbi.reports import references

WORDS = ("漏水", "路灯不亮", "leak at the bridge", "lamp", "please help 13912345678", "…")
CODES = ("lamp-out", "burst-pipe", "inspection", "nothing", "LAMP-OUT")
FIELDS = (
    "service_code", "lat", "long", "address_string", "address_id", "description", "email", "phone",
    "first_name", "jurisdiction_id", "client_reference", "attribute[POLE]", "attribute[SINCE]",
    "attribute[LAMPS]", "attribute[COLOUR]", "attribute[SEEN][]", "attribute[", "attribute[]",
    "media_url", "service_request_id", "status", "start_date", "end_date", "updated_after", "page",
    "page_size", "update_id", "api_key", "account_id", "device_id",
)  # fmt: skip
LINKED = {
    "solved": ("yes", "no"), "words": WORDS, "prompted": ("on",), "do": ("stop",),
    "address": ("a@example.org", "13912345678"), "number": ("123-456-7890",),
}  # fmt: skip
UUID0 = "00000000-0000-0000-0000-000000000000"


class Fuzzer:
    """Draws requests and sends them to the open doors."""

    def __init__(self, seed: int, key: str, tokens: list[str], numbers: list[str]) -> None:
        self.draw, self.key = Draw(seed), key
        self.tokens, self.numbers = tokens, numbers
        self.reference = references.mint()
        self.client = Client(raise_request_exception=False)

    def send(self) -> tuple[str, Any]:
        """One request: (what was sent, its answer)."""
        doors = (self._report, self._open_post, self._open_get, self._follow)
        rare = (self._alike, self._link, self._form_page)
        return self.draw.choice(doors * 2 + rare)()

    def _report(self) -> tuple[str, Any]:
        body, kind = self._report_body(), self.draw.choice(KINDS[:2] * 4 + KINDS)
        return f"reports {kind} {body[:200]!r}", self._post("/api/reports", body, kind)

    def _alike(self) -> tuple[str, Any]:
        body = self._report_body()
        answer = self._post("/api/reports/alike", body, "application/json")
        return f"alike {body[:200]!r}", answer

    def _report_body(self) -> bytes:
        number = f"F-{self.draw.randrange(10**9)}"
        said: dict[str, Any] = {
            "source": "app",
            "reference": number,
            "words": self.draw.odd(*WORDS),
        }
        for name in ("type", "place", "place_words", "lon", "lat", "at", "contact", "odd"):
            if self.draw.random() < 0.1:
                values = (None, 1, 122.95, 30.2, [], {}, True, *ODD, *CODES)
                said[name] = self.draw.choice(values)
        try:
            body = json.dumps(said, ensure_ascii=self.draw.random() < 0.5).encode()
        except UnicodeEncodeError:
            body = json.dumps(said).encode()
        return self.draw.spoilt(body)

    def _post(self, path: str, body: bytes, kind: str) -> Any:
        return self.client.generic("POST", path, body, kind, headers=self.draw.headers(self.key))

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
            said[name] = self.draw.odd(*sound.get(name, ("x",)))
        return {name: whole(value) for name, value in said.items()}

    def _suffix(self) -> str:
        return self.draw.choice((*(".json",) * 6, *(".xml",) * 6, "", ".html", ".json.xml", "/"))

    def _open_post(self) -> tuple[str, Any]:
        path = f"/open311/v2/{self.draw.choice(('requests', 'servicerequestupdates'))}"
        path += self._suffix()
        if self.draw.random() < 0.2:
            kind = self.draw.choice(KINDS)
            body = self.draw.spoilt(
                b"service_code=lamp-out&lat=30.2&long=122.95&attribute[POLE]=1"
            )
            return f"{path} {kind} {body[:200]!r}", self._post(path, body, kind)
        said = self._form()
        if self.draw.random() < 0.1:
            content = self.draw.choice((b"", b"\x89PNG\r\n", self.draw.randbytes(60)))
            said["media"] = SimpleUploadedFile("a.png", content, "image/png")
        answer = self.client.post(path, said, headers=self.draw.headers(self.key))
        return f"{path} {said!r}", answer

    def _open_get(self) -> tuple[str, Any]:
        one = self.draw.choice(("services", "services/{}", "requests", "requests/{}", "tokens/{}",
                                "servicerequestupdates", "discovery", "{}"))  # fmt: skip
        word = self.draw.odd(*CODES, *self.numbers, *self.tokens)
        path = "/open311/v2/" + one.format(quoted(word)) + self._suffix()
        said = self._form()
        verb = self.draw.choice((self.client.get,) * 8 + (self.client.head, self.client.put))
        return f"{path} {said!r}", verb(path, said, headers=self.draw.headers(self.key))

    def _follow(self) -> tuple[str, Any]:
        word = quoted(self.draw.odd(*self.tokens, "123-456-7890", "0" * 32))
        if self.draw.random() < 0.6:
            return word, self.client.get(
                f"/api/follow/{word}", headers=self.draw.headers(self.key)
            )
        body = self.draw.spoilt(b'{"solved": true, "words": "yes"}')
        answer = self._post(f"/api/follow/{word}/verdict", body, self.draw.choice(KINDS))
        return f"{word} {body[:100]!r}", answer

    def _link(self) -> tuple[str, Any]:
        """The pages behind the link on a receipt, and the link that ends messages."""
        word = quoted(self.draw.odd(*self.tokens, "n.MTIz:1abc:xyz", "0" * 32))
        step = self.draw.choice(("", "verdict/", "words/", "news/", "forget/", f"photo/{UUID0}"))
        path = self.draw.choice((f"/f/{word}/{step}",) * 5 + (f"/stop/{word}/", "/follow/"))
        said = {name: whole(self.draw.odd(*sound)) for name, sound in LINKED.items()
                if self.draw.random() < 0.5}  # fmt: skip
        verb = self.draw.choice((self.client.get, self.client.post, self.client.post))
        return f"{path} {said!r}", verb(path, said, headers=self.draw.headers(self.key))

    def _form_page(self) -> tuple[str, Any]:
        """The residents' form and what it asks while somebody types."""
        path = self.draw.choice(("/report/", "/report/same/", "/report/suggest/"))
        sound = {"words": WORDS, "type": CODES, "reference": (self.reference,), "asked": ("1",),
                 "joins": tuple(self.numbers), "lon": ("122.95",), "lat": ("30.2",),
                 "place_words": ("East Lake",), "contact": ("13912345678",), "news": ("on",),
                 "other_type": CODES, "by_hand": ("1",)}  # fmt: skip
        said = {name: whole(self.draw.odd(*sound[name])) for name in sound
                if name == "words" or self.draw.random() < 0.4}  # fmt: skip
        return f"{path} {said!r}", self.client.post(path, said, headers={"accept-language": "en"})
