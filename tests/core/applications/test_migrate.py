"""Keys of an earlier version go on working, as keys of applications in the register."""

import gzip
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.config.conftest import Installation
from tests.config.test_migrate import KEPT
from tests.ports import free_ports

ASK = """
from django.test import Client
from gongbi.core.models import Application
for key in ("old-key", "retired-key"):
    browser = Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Bearer {key}"})
    print(browser.get("/api/queue").status_code)
print(sorted(Application.objects.values_list("name", "scopes", "made_by")))
"""
ENTER = (
    "INSERT INTO core_applicationkey (name, digest, scopes, made_at, retired_at) "
    "VALUES (?, ?, ?, '2026-01-01 00:00:00', ?)"
)


def test_a_key_made_before_the_register_still_opens(tmp_path: Path) -> None:
    town = Installation(tmp_path / "data", free_ports(2)[0])
    town.data.mkdir()
    text = gzip.decompress(KEPT[0].read_bytes()).decode().partition("\n")[2]
    with closing(sqlite3.connect(town.data / "db.sqlite3")) as database:
        database.executescript(text)
        database.execute("DELETE FROM core_applicationkey")
        for name, ended in (("old", None), ("retired", "2026-02-01 00:00:00")):
            digest = hashlib.sha256(f"{name}-key".encode()).hexdigest()
            database.execute(ENTER, (name, digest, '["dispatch"]', ended))
        database.commit()
    done = town.run("migrate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert town.python(ASK).splitlines() == [
        "200",
        "401",
        "[('old', ['dispatch'], 'command'), ('retired', ['dispatch'], 'command')]",
    ]
