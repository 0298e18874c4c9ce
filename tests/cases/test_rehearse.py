"""A pack tried before it is in force: what would change, which cases would have gone elsewhere."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of
from typer.testing import CliRunner

from gongbi.cases.actions import sort
from gongbi.cases.actors import SYSTEM
from gongbi.cases.models import Case, Deadline, Route
from gongbi.cases.rehearsing.rehearse import rehearse
from gongbi.config.cli import app
from gongbi.core.models import JournalLine
from gongbi.core.packs import load_pack

runner = CliRunner(env={"COLUMNS": "200"})
SINCE = ["--since", "2026-11-20", "--until", "2026-11-25"]


@pytest.fixture
def folder(pack_folder: Path, small_city, settings) -> Path:
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    return pack_folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def run(*words: str) -> str:
    done = runner.invoke(app, ["pack", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def tried(folder: Path):
    return rehearse(folder, NOW - timedelta(days=9), NOW + timedelta(days=1), done=lambda _: None)


def test_the_pack_in_force_changes_nothing(folder, reported):
    for kind in ("burst-pipe", "stall", "advice", "conduct", None):
        reported(type=kind, words="x")
    reported(type="conduct", about_unit="centre")
    reported(type="burst-pipe", level=3, source="alert")
    assert run("diff", str(folder)).startswith("Nothing would change")
    trial = tried(folder)
    assert (trial.cases, trial.moved, trial.shifted) == (7, 0, 0)
    assert trial.promises == 9


def test_diff_says_what_and_of_what_and_from_what_to_what(folder):
    change(folder, "case_types.toml", 'solve = "4 hours"', 'solve = "2 hours"')
    change(folder, "units.csv", "lifts,,lifts,电梯维保,Lift care", "lifts,,lifts,电梯维保,Lifts")
    change(folder, "places.csv", "xx-e-1-b,xx-e-1,quarter,墨香里,Inkscent,122.96,30.2,60,,\n", "")
    change(folder, "routes.toml", 'code = "rest"', 'code = "others"')
    change(folder, "calendars.toml", '"13:30-17:30"', '"13:30-18:00"')
    change(folder, "places.geojson", "[122.9,30.3],[122.8,30.3]", "[122.9,30.3],[122.8,30.29]")
    said = run("diff", str(folder))
    for sentence in (
        "case type burst-pipe is changed: solve: 4 hours → 2 hours",
        "unit lifts is changed: name_en: Lift care → Lifts",
        "place xx-e-1-b is removed",
        "route others is added",
        "route rest is removed",
        "calendar office is changed: hours:",
        "area xx-w is changed: border:",
    ):
        assert sentence in said, said


def test_another_order_of_routes_is_a_change_and_of_types_is_none(folder):
    text = (folder / "routes.toml").read_text("utf-8")
    start, end = (text.index(f'[[route]]\ncode = "{code}"') for code in ("water-high", "water"))
    (folder / "routes.toml").write_text(text[:start] + text[end:] + text[start:end], "utf-8")
    said = run("diff", str(folder))
    assert "route is changed: order: water-high → water" in said
    types = (folder / "case_types.toml").read_text("utf-8").split("[[case_type]]")
    mixed = "[[case_type]]".join([types[0], *reversed(types[1:])])
    (folder / "case_types.toml").write_text(mixed, "utf-8")
    assert "case type" not in run("diff", str(folder))


def test_rehearse_says_which_cases_would_have_gone_elsewhere(folder, reported):
    numbers = [reported().number for _ in range(4)]
    reported(place="xx-w", lon=122.85)
    before = JournalLine.objects.count(), Case.objects.count(), Route.objects.count()
    change(folder, "routes.toml", '[[route]]\ncode = "water"\n', """[[route]]
code = "east"
places = ["xx-e"]
types = ["burst-pipe"]
to_unit = "lifts"
reason_en = "For a trial."

[[route]]
code = "water"
""")  # fmt: skip
    said = run("rehearse", str(folder), *SINCE)
    assert "5 cases: 4 would have gone elsewhere; 0 of 10 promises" in said
    ((key, row),) = tried(folder).elsewhere.items()
    assert key == ("water-e", "lifts", "east")
    assert (row.count, row.examples) == (4, numbers[:3])
    assert (JournalLine.objects.count(), Case.objects.count(), Route.objects.count()) == before
    assert case_of(numbers[0]).suggested_unit_id == "water-e"


def test_rehearse_says_which_promises_would_fall_due_at_another_time(folder, reported):
    reported(type="stall")
    number = reported(type="stall").number
    sort(case_of(number), SYSTEM, type_code="burst-pipe")
    change(folder, "case_types.toml", 'solve = "5 working_days"', 'solve = "1 working_days"')
    change(folder, "case_types.toml", 'solve = "4 hours"', 'solve = "6 hours"')
    shifts = tried(folder).shifts
    assert {key: (row.earlier, row.later, row.most) for key, row in shifts.items()} == {
        ("stall", "solve"): (1, 0, timedelta(days=-6)),
        ("burst-pipe", "solve"): (0, 1, timedelta(hours=2)),
    }
    assert Deadline.objects.filter(kind="solve", ended_at=None).count() == 2
    assert "-6 d 0:00" in run("rehearse", str(folder), *SINCE)


def test_a_type_that_is_gone_and_a_load_that_is_not_known_are_told(folder, reported):
    reported(type="advice")
    text = (folder / "case_types.toml").read_text("utf-8")
    start = text.index('[[case_type]]\ncode = "advice"')
    end = text.index('[[case_type]]\ncode = "conduct"')
    (folder / "case_types.toml").write_text(text[:start] + text[end:], "utf-8")
    change(folder, "routes.toml", 'groups = ["water"]', 'groups = ["water"]\nmax_load = 3')
    said = run("rehearse", str(folder), *SINCE)
    assert "1 cases are of the type 'advice', which FOLDER no longer has" in said
    assert "water were tried as if there was room" in said


def test_what_an_alert_told_is_tried_too(folder, reported):
    reported(source="alert", why={"owner": "estate"}, level=1)
    reported(source="alert", why={"owner": "city"}, level=1)
    change(
        folder,
        "routes.toml",
        'groups = ["water"]',
        'groups = ["water"]\nnot = { facts = { owner = "estate" } }',
    )
    assert [row.count for row in tried(folder).elsewhere.values()] == [1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", "yesterday"], "is no time"),
        (["--since", "2026-11-25", "--until", "2026-11-20"], "is not before"),
    ],
)
def test_a_span_that_is_none_is_refused(folder, words, said):
    done = runner.invoke(app, ["pack", "rehearse", str(folder), *words])
    assert (done.exit_code, said in done.output) == (1, True), done.output


def test_a_faulty_pack_is_neither_compared_nor_tried(folder):
    change(folder, "routes.toml", 'to_unit = "water"', 'to_unit = "gas"')
    for words in (["diff", str(folder)], ["rehearse", str(folder), *SINCE]):
        done = runner.invoke(app, ["pack", *words])
        assert done.exit_code == 1
        assert "'gas' is no unit of units.csv" in done.output


def test_a_load_afterwards_does_what_the_rehearsal_said(folder, reported):
    change(folder, "routes.toml", 'to_kind = "water"', 'to_unit = "lifts"')
    load_pack(folder, by="test")
    assert tried(folder).cases == 0
    number = reported().number
    assert case_of(number).suggested_unit_id == "lifts"
    assert tried(folder).moved == 0
    assert isinstance(case_of(number).opened_at, datetime)
