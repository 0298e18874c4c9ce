"""Events, signatures and waits of webhooks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.webhooks import WAITS_SECONDS, event, secret_of, sign, verify, wait_seconds

# The worked example of the Standard Webhooks libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example() -> None:
    assert sign([SECRET], ID, STAMP, BODY) == SIGNED
    assert verify(SECRET, ID, STAMP, BODY, f"v1,bm90IGl0 {SIGNED}", now=STAMP + 60)


@pytest.mark.parametrize(
    "said",
    [
        {"id": "msg_other"},
        {"body": BODY + b" "},
        {"timestamp": STAMP + 1},
        {"now": STAMP + 301},
        {"secret": secret_of(b"x" * 24)},
        {"header": SIGNED.replace("v1", "v2")},
    ],
)
def test_anything_else_is_refused(said: dict[str, object]) -> None:
    good = {"secret": SECRET, "id": ID, "timestamp": STAMP, "body": BODY, "header": SIGNED}
    assert not verify(**(good | {"now": STAMP} | said))  # type: ignore[arg-type]


@given(st.binary(min_size=1, max_size=64), st.text(max_size=20), st.binary(max_size=200))
def test_each_of_two_secrets_verifies(key: bytes, id: str, body: bytes) -> None:
    old, new = secret_of(key), secret_of(key + b"!")
    header = sign([new, old], id, 5, body)
    assert verify(old, id, 5, body, header, now=5)
    assert verify(new, id, 5, body, header, now=5)


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        sign(["whsec_***"], "a", 1, b"")


def test_an_event_has_what_cloudevents_asks_for() -> None:
    at = datetime(2026, 11, 25, 8, tzinfo=UTC)
    said = event(
        id="xx-7", source="https://x/journal", type="gongbi.cases.CaseOpened", subject="case:1",
        time=at, sequence=7, data={"number": "XX-1"},
    )  # fmt: skip
    assert {"specversion", "id", "source", "type"} <= set(said)
    assert said["specversion"] == "1.0"
    assert said["time"] == "2026-11-25T08:00:00+00:00"
    assert said["sequence"] == "00000000000000000007"
    assert all(name.isalnum() and name == name.lower() for name in said)


@given(st.integers(1, 30), st.floats(0, 1, exclude_max=True))
def test_waits_grow_and_are_spread(failures: int, draw: float) -> None:
    assert wait_seconds(failures, 0) <= wait_seconds(failures + 1, 0) <= WAITS_SECONDS[-1]
    assert wait_seconds(failures, 0) <= wait_seconds(failures, draw) <= WAITS_SECONDS[-1] * 1.2
