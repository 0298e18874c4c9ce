"""Signing in: throttled, no open redirect, secure in the open."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from tests.conftest import ROOT

from gongbi.core.models import JournalLine, Person

pytestmark = pytest.mark.django_db
PASSWORD = "ink-and-fine-brush"


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user(username="an", name="An", password=PASSWORD)


def sign_in(client: Client, password: str, **extra: str) -> int:
    said = {"username": "an", "password": password, **extra}
    return client.post("/sign-in/", said, REMOTE_ADDR="10.0.0.9").status_code


def test_a_person_signs_in_and_out(client: Client, person: Person) -> None:
    assert sign_in(client, PASSWORD) == 302
    assert client.get("/live").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/live").status_code == 401


def test_a_wrong_password_is_refused(client: Client, person: Person) -> None:
    assert sign_in(client, "wrong") == 200
    assert "_auth_user_id" not in client.session


def test_guessing_is_stopped(client: Client, person: Person, settings: object) -> None:
    settings.AXES_ENABLED = True  # type: ignore[attr-defined]
    for _ in range(5):
        sign_in(client, "wrong")
    assert sign_in(client, PASSWORD) == 429
    assert "_auth_user_id" not in client.session


def test_it_sends_nobody_elsewhere(client: Client, person: Person) -> None:
    answer = client.post(
        "/sign-in/?next=https://evil.example/", {"username": "an", "password": PASSWORD}
    )
    assert answer["Location"] == "/"


def test_pages_carry_their_policy_and_stay_out_of_caches(client: Client) -> None:
    answer = client.get("/sign-in/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert answer["X-Frame-Options"] == "DENY"


def test_a_post_without_its_token_is_refused(person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, PASSWORD) == 403


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    env = {
        "GONGBI_DATA": str(tmp_path),
        "GONGBI_PUBLIC_URL": "https://city.example",
        "DJANGO_SETTINGS_MODULE": "gongbi.config.settings",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_door_speaks_the_reader_s_language(client, db):
    page = client.get("/sign-in/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "用户名" in page
    assert "Username" not in page


def test_who_came_in_is_a_line_of_the_journal_and_who_did_not_is_none(
    client: Client, person: Person
) -> None:
    sign_in(client, "wrong")
    assert not JournalLine.objects.exists()
    sign_in(client, PASSWORD)
    line = JournalLine.objects.get()
    assert (line.kind, line.actor) == ("core.SignedIn", f"person:{person.pk}")
    assert line.body == {"person": str(person.pk)}


def test_whoever_comes_in_by_the_register_s_own_door_is_written_down_too(
    client: Client, settings: object
) -> None:
    boss = Person.objects.create_user(username="boss", name="B", password=PASSWORD)
    Person.objects.filter(pk=boss.pk).update(is_staff=True)
    client.post("/admin/login/?next=/admin/", {"username": "boss", "password": PASSWORD})
    assert JournalLine.objects.get(kind="core.SignedIn").actor == f"person:{boss.pk}"
