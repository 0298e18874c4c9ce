"""Who may bring a file, and whose files they see."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from tests.reports.exports import as_csv, bring

from gongbi.reports.models import Intake


def dropped() -> dict[str, io.BytesIO]:
    """A file as a browser posts it."""
    file = io.BytesIO(as_csv())
    file.name = "export.csv"
    return {"file": file}


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        ("dispatcher", "centre", 200),
        ("supervisor", "centre", 200),
        ("clerk", "centre", 403),
        ("duty_officer", "centre", 403),
        ("unit_lead", "roads", 403),
        ("worker", "water", 403),
    ],
)
def test_who_may(signed_in: Callable[..., Client], role: str, unit: str, status: int) -> None:
    client = signed_in(role, unit=unit)
    assert client.get("/intake/").status_code == status
    assert client.post("/intake/", dropped()).status_code == (302 if status == 200 else 403)
    assert Intake.objects.exists() is (status == 200)


def test_a_stranger_is_asked_to_sign_in(town: Path) -> None:
    assert Client().get("/intake/").status_code == 302
    assert Client().post("/intake/", dropped()).status_code == 302
    assert not Intake.objects.exists()


def test_another_districts_file_does_not_exist(signed_in: Callable[..., Client]) -> None:
    intake = bring(signed_in("dispatcher", place="xx-e"), as_csv())
    west, city = signed_in("dispatcher", place="xx-w"), signed_in("supervisor", place="xx")
    base = f"/intake/{intake.pk}/"
    assert west.get(base).status_code == 404
    for what in ("mapping.toml", "refused.csv"):
        assert west.get(base + what).status_code == 404
    for what in ("step/", "give-up/"):
        assert west.post(base + what).status_code == 404
    intake.refresh_from_db()
    assert intake.state == Intake.READ
    assert str(intake.pk) not in west.get("/intake/").content.decode()
    assert city.get(base).status_code == 200


def test_forms_are_guarded_against_forgery(signed_in: Callable[..., Client]) -> None:
    client = signed_in("dispatcher")
    client.handler.enforce_csrf_checks = True
    assert client.post("/intake/", dropped()).status_code == 403
