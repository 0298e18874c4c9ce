"""Databases that earlier versions filled are opened, brought up and shown by this one."""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.config.conftest import Installation, free_ports, stop

KEPT = sorted((Path(__file__).parent / "data").glob("*.sql.gz"))
SHOWN = """
from django.test import Client
from gongbi.cases.models import Case
from gongbi.core.models import Person
person = Person.objects.get(username="looker")
browser = Client(SERVER_NAME="127.0.0.1")
browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
for number in {numbers}:
    answer = browser.get(f"/cases/{{number}}/")
    state = Case.objects.get(number=number).state
    print(answer.status_code, number in answer.content.decode(), state)
"""


def put_back(kept: Path, town: Installation) -> dict[str, Any]:
    """The kept database as the installation's own; what is known of it."""
    text = gzip.decompress(kept.read_bytes()).decode()
    first, _, statements = text.partition("\n")
    town.data.mkdir()
    with closing(sqlite3.connect(town.data / "db.sqlite3")) as database:
        database.executescript(statements)
    said: dict[str, Any] = json.loads(first.removeprefix("-- "))
    return said


@pytest.mark.parametrize("kept", KEPT, ids=lambda file: file.name)
def test_a_populated_database_comes_up_whole(kept: Path, tmp_path: Path) -> None:
    town = Installation(tmp_path / "data", free_ports()[0])
    said = put_back(kept, town)
    done = town.run("migrate")
    assert done.returncode == 0, done.stdout + done.stderr
    who = ("looker", "--name", "L", "--role", "supervisor", "--unit", said["top"])
    made = town.run("account", *who)
    assert made.returncode == 0, made.stdout + made.stderr
    shown = town.python(SHOWN.format(numbers=[said["sent"], said["waiting"]])).splitlines()
    assert shown == ["200 True in_hand", "200 True open"]
    up = town.start()
    try:
        assert town.get("/readyz").status_code == 200
    finally:
        assert stop(up) == 0


def test_there_is_a_database_to_try() -> None:
    assert KEPT
