"""gongbi deadlines learn, as typed: a table, a proposal, and rows left out by line."""

import tomllib

import pytest
from typer.testing import CliRunner

from gongbi.config.cli import app

pytestmark = pytest.mark.django_db
HEAD = "kind,came,by\n"
ROWS = "".join(
    f"Lamp,2026-11-{day:02}T10:{minute:02}:00,2026-11-{day + 7:02}T10:{minute:02}:00\n"
    for day in range(2, 21)
    for minute in (5, 35)
)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["deadlines", "learn", *words])
    return done.exit_code, done.output


def test_a_promise_is_learnt_and_proposed(tmp_path):
    file, out = tmp_path / "cases.csv", tmp_path / "proposal.toml"
    bad = "Lamp,yesterday,2026-11-20\n,2026-11-02,2026-11-03\nLamp,2026-11-09,2026-11-08\n"
    file.write_text(HEAD + bad + ROWS + "Lamp,2026-11-02,\n", "utf-8")
    columns = ["--type", "kind", "--opened", "came", "--due", "by"]
    code, said = run(str(file), *columns, "--out", str(out))
    assert code == 0, said
    for reason in (
        "cases.csv:2: ['yesterday'",
        "cases.csv:3: Left out: it has no type",
        "cases.csv:4",
    ):
        assert reason in said
    assert "7 days" in said
    (promise,) = tomllib.loads(out.read_text("utf-8"))["promise"]
    assert (promise["type"], promise["solve"]) == ("Lamp", "7 days")


def test_what_cannot_be_read_is_told(tmp_path):
    file = tmp_path / "cases.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    assert "has no column type, opened, due" in run(str(file))[1]
    file.write_text("type,opened,due\n", "utf-8")
    assert "nothing can be learnt" in run(str(file))[1]
    assert run(str(tmp_path / "none.csv"))[0] == 1
