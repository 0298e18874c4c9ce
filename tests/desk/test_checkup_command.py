"""gongbi checkup, as typed: a summary on the screen, a file on disk, a sentence when it cannot."""

import subprocess
import sys

import pytest
from tests.conftest import ROOT
from tests.desk import checking
from typer.testing import CliRunner

from gongbi.config.cli import app


@pytest.fixture
def measured(small_city, settings):
    return checking.measure(settings.GONGBI_DATA)


def run(*words: str) -> tuple[int, str]:
    """The command's code and all it said."""
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["checkup", *words])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    "language, place, said",
    [
        ("en", "xx-w", "West has 50.0 of 100 points: in trouble."),
        ("en", "west", "West has 50.0 of 100 points: in trouble."),
        ("zh", "西区", "西区得 50.0 分（满分 100）：告急。"),
        ("en", "", "Inkwell has 70.0 of 100 points: in trouble."),
    ],
)
def test_a_summary_on_the_screen(measured, language, place, said):
    code, told = run("--place", place, "--period", "2026-W47", "--language", language)
    assert code == 0
    assert said in told


@pytest.mark.parametrize(
    "language, said", [("en", "West has 50.0 of 100"), ("zh", "西区得 50.0 分")]
)
def test_a_file_that_needs_no_other(measured, tmp_path, language, said):
    words = ("--place", "xx-w", "--language", language, "--out")
    page, pdf = tmp_path / "paper.html", tmp_path / "paper.pdf"
    assert run(*words, str(page))[0] == 0
    text = page.read_text("utf-8")
    assert said in text
    assert "<svg" in text
    assert "<link" not in text
    assert "<script" not in text
    assert run(*words, str(pdf))[0] == 0
    assert pdf.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["--place", "xx-v"], "There is no place 'xx-v'. Nearest: xx-w (West)"),
        (["--place", "Inkstome"], "xx-e-1 (Inkstone)"),
        (["--period", "fortnight"], "'fortnight' is no period: write week, month or day"),
        (["--period", "2027-W01"], "2027-W01 has not begun yet."),
        (["--period", "2026-W20"], "Of Inkwell nothing is known for 2026-W20"),
        (["--out", "paper.txt"], "end it in .html or .pdf"),
        (["--out", "/nowhere/paper.pdf"], "There is no folder /nowhere"),
        (["--language", "fr"], "choose en or zh"),
    ],
)
def test_a_sentence_when_it_cannot(measured, words, sentence):
    code, told = run("--language", "en", *words)
    assert code == 1
    assert sentence in told.replace("\n", " ")


def test_sentences_are_in_the_language_asked_for(measured):
    assert "没有 'xx-v' 这个地方。最接近的：" in run("--language", "zh", "--place", "xx-v")[1]


def test_the_fonts_are_those_of_the_table():
    told = subprocess.run(
        [sys.executable, "tools/vendor_fonts.py", "--check"], cwd=ROOT, check=False
    )
    assert told.returncode == 0
