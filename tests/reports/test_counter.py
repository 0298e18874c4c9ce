"""The clerk takes a report for somebody else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from gongbi.cases.models import Signal
from gongbi.reports import references


def form() -> dict[str, str]:
    """What the clerk types."""
    return {"reference": references.mint(), "words": "路灯不亮", "contact": "13800138000"}


def test_take_and_print(signed_in: Callable[..., Client]) -> None:
    clerk = signed_in("clerk")
    answer = clerk.post("/counter/", form())
    assert answer.status_code == 302
    page = clerk.get(answer["Location"] + "?paper=slip").content.decode()
    assert "Receipt to hand over" in page
    assert "slip.css" in page
    assert Signal.objects.get().source == "counter"


def test_the_clerks_own_position_is_no_place_of_a_caller(signed_in: Callable[..., Client]) -> None:
    assert "data-locate" not in signed_in("clerk").get("/counter/").content.decode()
    assert "data-locate" in Client().get("/report/").content.decode()


def test_two_offices_behind_one_address_are_not_held_up(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.reports import throttle

    monkeypatch.setattr(throttle, "REPORT", throttle.Door("report", 10, 1, 100))
    clerk = signed_in("clerk")
    codes = [
        clerk.post("/counter/", form() | {"words": f"漏水 {n}"}).status_code for n in range(3)
    ]
    assert codes == [302, 302, 302]


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        ("clerk", "centre", 200),
        ("dispatcher", "centre", 200),
        ("duty_officer", "centre", 200),
        ("supervisor", "centre", 403),
        ("unit_lead", "roads", 403),
        ("worker", "water", 403),
    ],
)
def test_who_may(signed_in: Callable[..., Client], role: str, unit: str, status: int) -> None:
    client = signed_in(role, unit=unit)
    assert client.get("/counter/").status_code == status
    posted = client.post("/counter/", form())
    assert posted.status_code == (302 if status == 200 else 403)


def test_a_stranger_is_asked_to_sign_in(town: Path) -> None:
    answer = Client().get("/counter/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
    assert Client().post("/counter/", form()).status_code == 302
    assert not Signal.objects.exists()


def test_a_receipt_of_the_counter_is_for_the_counter(signed_in: Callable[..., Client]) -> None:
    clerk, worker = signed_in("clerk"), signed_in("worker", unit="water")
    where = clerk.post("/counter/", form())["Location"]
    assert worker.get(where).status_code == 403
    assert Client().get(where).status_code == 302
