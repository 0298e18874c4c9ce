"""Who may: every page and verb of the hotline, for a stranger, other units and the desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from gongbi.core.public import now
from gongbi.reports.hotline.models import Call, CallBack

ROLES = [
    ("clerk", "centre", 200, 200),
    ("dispatcher", "centre", 200, 200),
    ("duty_officer", "centre", 200, 403),
    ("supervisor", "centre", 403, 200),
    ("unit_lead", "roads", 403, 403),
    ("worker", "water", 403, 403),
]


@pytest.mark.parametrize(("role", "unit", "answers", "rings"), ROLES)
def test_who_may(
    signed_in: Callable[..., Client], role: str, unit: str, answers: int, rings: int
) -> None:
    client = signed_in(role, unit=unit)
    assert client.get("/hotline/").status_code == answers
    took = client.post("/hotline/", {"line": "phone"})
    assert took.status_code == (302 if answers == 200 else 403)
    assert Call.objects.exists() is (answers == 200)
    assert client.get("/hotline/callbacks/").status_code == rings


def test_a_stranger_is_asked_to_sign_in(town: object) -> None:
    for where in ("/hotline/", "/hotline/callbacks/"):
        answer = Client().get(where)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    assert Client().post("/hotline/", {"line": "phone"}).status_code == 302
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "verb",
    [
        "open",
        "answer",
        "chat",
        "add",
        "transfer",
        "promise",
        "ring",
        "end",
        "drop",
        "known",
        "assets",
    ],
)
def test_a_call_belongs_to_whoever_took_it(
    ring: Callable[..., tuple[Client, str]], signed_in: Callable[..., Client], verb: str
) -> None:
    _clerk, where = ring()
    other, crew = signed_in("clerk", name="second"), signed_in("worker", unit="water", name="crew")
    assert other.get(where).status_code == 404
    assert other.post(f"{where}{verb}/", {"words": "x"}).status_code == 404
    assert crew.post(f"{where}{verb}/", {"words": "x"}).status_code == 403
    assert Client().post(f"{where}{verb}/", {"words": "x"}).status_code == 302
    assert Call.objects.get().ended_at is None


def due(place_path: str, unit_path: str = "/centre/water/") -> CallBack:
    """A check of the water works' answer."""
    return CallBack.objects.create(
        kind="check", place_path=place_path, unit_path=unit_path, made_at=now(), due_at=now()
    )


def test_another_districts_call_back_does_not_exist(signed_in: Callable[..., Client]) -> None:
    back = due("/xx/xx-e/")
    west, city = signed_in("clerk", place="xx-w"), signed_in("clerk", place="xx")
    for address in (f"/hotline/callbacks/{back.pk}/", f"/hotline/callbacks/{back.pk}/reach/"):
        assert west.post(address, {"result": "reached", "check": "on"}).status_code == 404
    assert city.get(f"/hotline/callbacks/{back.pk}/").status_code == 200


def test_nobody_rings_about_their_own_units_work(signed_in: Callable[..., Client]) -> None:
    back = due("/xx/", unit_path="/centre/roads/")
    own = signed_in("clerk", unit="roads", name="own")
    centre = signed_in("clerk", unit="water", name="other")
    assert own.get(f"/hotline/callbacks/{back.pk}/").status_code == 404
    assert centre.get(f"/hotline/callbacks/{back.pk}/").status_code == 200
