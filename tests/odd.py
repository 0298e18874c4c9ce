"""What no program should say, and how a sound body is spoilt; each test draws from a seed."""

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

ODD = (
    "", " ", "\x00", "a\x00b", "'; DROP TABLE cases_case; --", "<script>x</script>", "NaN", "inf",
    "-1", "0", "1e400", "9" * 400, "漏水" * 30, "\ud83d", "👩‍👩‍👧‍👦", "../../x",
    "%00", "%s%n",
    "{{7*7}}", "null", "[]", "true", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2026-11-24T08:00:00+08:00", "ﷺ" * 50,
    "x" * 5000, "\r\nX: y",
    "İ", "１２３", "²", "٣",
)  # fmt: skip
KINDS = (
    "application/json", "application/x-ndjson", "application/x-www-form-urlencoded",
    "multipart/form-data", "multipart/form-data; boundary=x", "text/xml", "", "a/b; charset=utf-7",
    "application/x-www-form-urlencoded; charset=utf-16", "application/json; charset=nonsense",
)  # fmt: skip


class Draw(random.Random):
    """A seed's draws: words, heads and bodies, mostly sound."""

    def odd(self, *sound: Any) -> Any:
        """Something sound four times in five."""
        return self.choice(sound if sound and self.random() < 0.8 else ODD)

    def headers(self, key: str) -> dict[str, str]:
        """A language, and mostly the key."""
        said = {"accept-language": self.choice(("en", "zh-hans", "xx-yy", "*" * 50))}
        if self.random() < 0.8:
            said["authorization"] = f"Bearer {key}"
        elif self.random() < 0.5:
            said["authorization"] = self.choice(("Bearer", "Bearer \x01", "Basic x", "é"))
        return said

    def spoilt(self, body: bytes) -> bytes:
        """Sound seven times in ten; else noise, a cut, or the same again and again."""
        fate = self.random()
        if fate < 0.1:
            return self.randbytes(self.randrange(200))
        if fate < 0.2:
            cut = self.randrange(len(body) + 1)
            return body[:cut] + self.randbytes(3) + body[cut:]
        return body * self.choice((1, 1, 1, 1, 2, 40)) if fate < 0.3 else body


def quoted(word: str) -> str:
    """A word as one step of an address."""
    return quote(word.encode(errors="replace"), safe="") or "-"


def whole(word: str) -> str:
    """A word a form can carry: half of a surrogate pair can stand in JSON only."""
    return word.encode(errors="surrogatepass").decode(errors="replace")


def watch(
    send: Callable[[], tuple[str, Any]],
    times: int,
    secrets: list[str],
    check: Callable[[Any], None],
) -> dict[int, int]:
    """Send so many; no 500, no secret in an answer. How often each status came."""
    statuses: dict[int, int] = {}
    for _ in range(times):
        sent, answer = send()
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"{answer.status_code}: {sent}"
        text = answer.content.decode(errors="replace")
        assert not [one for one in secrets if one in text], f"leaks: {sent}"
        check(answer)
    return statuses
