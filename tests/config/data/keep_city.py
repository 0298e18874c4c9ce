"""Keep a small populated database as SQL, for coming versions to prove that they can open it.

Run before a release whose tables will change: .venv/bin/python tests/config/data/keep_city.py NAME
It makes a town from the example sheet, reports two matters, sends one to its unit, and writes
NAME.sql.gz beside this file. The content is fictional; the keyring is not kept.
"""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEOPLE_ACT = """
import json
from datetime import UTC, datetime
import django; django.setup()
from gongbi.cases import actions
from gongbi.cases.actors import application
from gongbi.cases.models import Case, CaseType
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core.models import Unit
at = datetime(2026, 3, 5, 2, tzinfo=UTC)
kind = CaseType.objects.order_by("code").first().code
numbers = [receive_signal(SignalIn(source="web", reference=f"r-{n}", words="路灯不亮", type=kind,
    lon=None, lat=None, place=None, place_words="", at=at, language="zh-hans", contact="")).number
    for n in (1, 2)]
unit = Unit.objects.exclude(parent=None).order_by("code").first().code
case = Case.objects.get(number=numbers[0])
actions.dispatch(case, application("kept"), unit_code=unit, words="")
top = Unit.objects.get(parent=None).code
print(json.dumps({"sent": numbers[0], "waiting": numbers[1], "top": top}))
"""


def run(data: Path, *words: str) -> str:
    """One command of this version on that data folder; what it prints."""
    env = os.environ | {
        "GONGBI_DATA": str(data), "GONGBI_CLOCK": "played",
        "DJANGO_SETTINGS_MODULE": "gongbi.config.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, *words], env=env, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        command = ("-m", "gongbi.config.cli")
        run(data, *command, "migrate")
        run(data, *command, "town", "sheet", f"{folder}/town.xlsx")
        run(data, *command, "town", "new", f"{folder}/town", "--from", f"{folder}/town.xlsx")
        run(data, *command, "pack", "load", f"{folder}/town")
        said = json.loads(run(data, "-c", PEOPLE_ACT).splitlines()[-1])
        with closing(sqlite3.connect(data / "db.sqlite3")) as database:
            lines = "\n".join(database.iterdump())
    text = f"-- {json.dumps(said)}\n{lines}\n"
    (HERE / f"{name}.sql.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
