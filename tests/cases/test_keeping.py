"""Words are kept as long as their type says, and whoever asks sees all that is held of them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import override
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do, picture
from typer.testing import CliRunner

from gongbi.cases.actions import see_reporters
from gongbi.cases.actors import Actor
from gongbi.cases.holding import _kept_until
from gongbi.cases.models import Case, Photo, Signal
from gongbi.cases.photos import files_of
from gongbi.cases.public import add_photo, add_words, follow, forget_due, give_verdict, run_due
from gongbi.config.cli import app
from gongbi.core.journal_check import check_journal
from gongbi.core.models import JournalLine
from gongbi.core.packs import check_pack, load_pack


@pytest.fixture
def folder(pack_folder: Path, small_city, settings) -> Path:
    """The pack, in which words on a burst pipe are kept for thirty days."""
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    text = (pack_folder / "case_types.toml").read_text("utf-8")
    text = text.replace('solve = "4 hours"', 'solve = "4 hours"\nkeep_days = 30', 1)
    (pack_folder / "case_types.toml").write_text(text, "utf-8")
    load_pack(pack_folder, by="test")
    return pack_folder


def live(receipt, signed_in, solved: bool = True) -> str:
    """Everybody writes something, and the case is closed."""
    add_photo(receipt.follow_token, picture("blue"))
    add_words(receipt.follow_token, "2单元501")
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion")
    do(signed_in("worker"), receipt.number, "declare", declared="done", words="阀门已换")
    run_due(NOW)
    give_verdict(receipt.follow_token, solved, "好了")
    return receipt.number


def test_the_clock_forgets_after_the_term_and_not_before(folder, reported, signed_in):
    receipt = reported()
    number = live(receipt, signed_in)
    assert case_of(number).state == "closed"
    assert forget_due(NOW + timedelta(days=29)) == 0
    assert follow(receipt.follow_token).words
    assert forget_due(NOW + timedelta(days=30)) == 1
    assert follow(receipt.follow_token) is None
    assert forget_due(NOW + timedelta(days=99)) == 0
    (row,) = Signal.objects.all()
    assert (row.lon, bool(row.forgotten_at)) == (None, True)
    assert see_reporters([case_of(number)], Actor("person", "x"))[0].words == ""
    told = JournalLine.objects.filter(kind="cases.ReporterForgotten").get()
    assert told.actor == "system:keeping"
    assert case_of(number).ended_as == "solved"


def test_an_open_case_and_a_type_without_a_term_are_left_alone(folder, reported, signed_in):
    reported()
    live(reported(), signed_in, solved=False)
    reported(type="advice")
    Case.objects.filter(type__code="advice").update(state="closed", closed_at=NOW)
    assert forget_due(NOW + timedelta(days=9999)) == 0


def test_one_that_cannot_be_forgotten_now_holds_up_no_other(
    folder, reported, signed_in, settings, caplog
):
    """A folder that stands where the picture's file should be: the disk is for people to mend."""
    first, second = reported(), reported()
    live(first, signed_in)
    live(second, signed_in)
    photo = Photo.objects.filter(case__number=first.number).get()
    shown, _evidence = files_of(photo.uuid)
    shown.unlink()
    shown.mkdir()
    assert forget_due(NOW + timedelta(days=30)) == 1
    assert follow(second.follow_token) is None
    assert follow(first.follow_token).words == "", "unreadable already"
    assert "not forgotten" in caplog.text
    assert forget_due(NOW + timedelta(days=30)) == 0, "the clock rests before it tries again"
    shown.rmdir()
    assert forget_due(NOW + timedelta(days=30)) == 1
    assert follow(first.follow_token) is None


def test_more_that_cannot_be_forgotten_than_one_turn_takes_hold_up_no_other(
    folder, reported, signed_in
):
    broken, sound = [reported() for _ in range(2)], reported()
    for one in (*broken, sound):
        live(one, signed_in)
    for one in broken:
        shown, _evidence = files_of(Photo.objects.get(case__number=one.number).uuid)
        shown.unlink()
        shown.mkdir()
    assert forget_due(NOW + timedelta(days=30), most=1) == 1
    assert follow(sound.follow_token) is None


def test_who_was_merged_is_kept_as_long_as_the_case_they_follow(folder, reported, signed_in):
    other, host = reported(), reported()
    do(signed_in("dispatcher"), other.number, "merge", into=host.number, words="")
    assert forget_due(NOW + timedelta(days=40)) == 0
    do(signed_in("dispatcher"), host.number, "cancel", reason="test", words="x")
    assert forget_due(NOW + timedelta(days=40)) == 2


@pytest.mark.parametrize("said", ['"a year"', "0", "true", "1.5", "99999"])
def test_a_term_that_is_none_is_refused(folder, said):
    text = (folder / "case_types.toml").read_text("utf-8")
    (folder / "case_types.toml").write_text(
        text.replace("keep_days = 30", f"keep_days = {said}"), "utf-8"
    )
    (fault,) = check_pack(folder)
    assert (fault.file, "from 1 to 36500" in fault.reason, fault.line > 1) == (
        "case_types.toml",
        True,
        True,
    )


def run(*words: str) -> tuple[int, str]:
    with translation.override("en"):
        done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["resident", *words])
    return done.exit_code, done.output


def test_whoever_asks_sees_all_that_is_held_and_the_reading_is_written_down(
    folder, reported, signed_in
):
    receipt = reported()
    reported()
    live(receipt, signed_in)
    see_reporters([case_of(receipt.number)], Actor("person", "7"))
    code, said = run("show", f"https://city.example/f/{receipt.follow_token}/")
    held = json.loads(said)
    assert code == 0
    assert held["report"]["words"].startswith("笔架里3号门口")
    assert held["report"]["contact"] == "李娜 13812345678"
    assert held["added"][0]["words"] == "2单元501"
    assert (held["answers"][0]["said"], held["answers"][0]["words"]) == ("solved", "好了")
    assert held["pictures"][0]["jpeg"]
    assert held["kept_until"] == "30 days after closing"
    with override("zh-hans"):
        assert _kept_until(case_of(receipt.number)) == "办结后 30 天"
    assert [row["by"] for row in held["read_by"]] == ["person", "command"]
    assert held["case"]["number"] == receipt.number
    assert "outcome declared by the unit" in json.dumps(held["told"])
    told = JournalLine.objects.filter(kind="cases.ReporterSeen").last()
    assert told.actor == "command:resident"


def test_a_file_for_the_resident_is_its_owner_s_alone(folder, reported, tmp_path):
    out = tmp_path / "held.json"
    assert run("show", reported().short_number, "--out", str(out))[0] == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert json.loads(out.read_text("utf-8"))["report"]["contact"]


@pytest.mark.parametrize("words", [("show",), ("forget", "--yes")])
def test_a_link_whose_last_part_begins_with_a_dash_is_no_option(folder, words):
    code, said = run(*words, "-bcdefghijklmnopqrstuvwxyz012345")
    assert (code, "This link or number is not known" in said) == (1, True)


def test_forgetting_by_command_asks_first_and_the_journal_still_holds(folder, reported):
    receipt = reported()
    assert run("forget", receipt.follow_token)[0] == 1  # nobody said yes
    assert follow(receipt.follow_token)
    code, said = run("forget", receipt.follow_token, "--yes")
    assert (code, "Forgotten." in said) == (0, True)
    assert follow(receipt.follow_token) is None
    CliRunner().invoke(app, ["journal", "seal"])
    report = check_journal()
    assert (report.broken, report.lines > 2) == ([], True)
    for words in (["show"], ["forget", "--yes"]):
        code, said = run(words[0], "not-a-link", *words[1:])
        assert (code, "is not known" in said) == (1, True), said
