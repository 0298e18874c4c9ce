"""Databases that earlier versions filled are opened, brought up and shown by this one."""

import gzip
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.config.conftest import Installation, stop
from tests.ports import free_ports

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

LONG_WAY = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
ends = executor.loader.graph.leaf_nodes()
executor.migrate([end for end in ends if "squashed" not in end[1]])
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
    town = Installation(tmp_path / "data", free_ports(2)[0])
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


def tables(town: Installation) -> dict[tuple[str, str], object]:
    """Columns, references and rules of each table in any order; the rest as it is written."""
    found: dict[tuple[str, str], object] = {}
    with closing(sqlite3.connect(town.data / "db.sqlite3")) as database:
        rows = database.execute("SELECT type, name, sql FROM sqlite_master")
        for kind, name, said in rows.fetchall():
            found[kind, name] = said
            if kind == "table":
                columns = database.execute("SELECT * FROM pragma_table_info(?)", [name])
                points = database.execute("SELECT * FROM pragma_foreign_key_list(?)", [name])
                found[kind, name] = (
                    sorted(str(row[1:]) for row in columns),
                    sorted(str(row[2:]) for row in points),
                    sorted(re.findall(r'CONSTRAINT "(\w+)"', said or "")),
                )
    return found


@pytest.mark.proof
def test_a_new_database_is_what_all_changes_in_turn_make(tmp_path: Path) -> None:
    short, long = (Installation(tmp_path / name, free_ports(2)[0]) for name in ("short", "long"))
    for town in (short, long):
        town.data.mkdir()
    assert short.run("migrate").returncode == 0
    long.python(LONG_WAY)
    assert len(tables(short)) > 100
    assert tables(short) == tables(long)
