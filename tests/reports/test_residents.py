"""A resident asks by their number or address: found, shown, forgotten; each written down."""

import json
from pathlib import Path

import pytest
from tests.cases.test_reporter import every_byte
from typer.testing import CliRunner

from gongbi.cases.models import ContactMark, Signal
from gongbi.cases.public import SignalIn, follow, mark_older, receive_signal
from gongbi.config.cli import app
from gongbi.core.models import JournalLine
from gongbi.core.public import now

PAGE = "/residents/"
ASK = {"said": "138-1234-5678", "purpose": "access", "request": "R-2026/7"}


def report(reference: str, contact: str = "李娜 13812345678", lon: float = 122.95, **said):
    given = {"source": "web", "reference": reference, "words": "桥头漏水", "type": "burst-pipe",
             "lon": lon, "lat": 30.2, "place": None, "place_words": "", "at": now(),
             "language": "en", "contact": contact} | said  # fmt: skip
    return receive_signal(SignalIn(**given))


@pytest.fixture
def held(town):
    """Two reports of one person, one in each district, and one of somebody else."""
    return [
        report("a"),
        report("b", "+86 138 1234 5678", lon=122.85),
        report("c", "13900000000 anna@example.org"),
    ]


def keys(page: str) -> list[str]:
    return [part.split("/show")[0] for part in page.split('action="/residents/')[1:]
            if "/show" in part[:400]]  # fmt: skip


def test_who_may_look(signed_in, held, browser):
    assert browser.get(PAGE).status_code == 302
    for role in ("supervisor", "dispatcher", "clerk", "duty_officer", "unit_lead", "worker"):
        client = signed_in(role)
        assert client.get(PAGE).status_code == 403, role
        assert client.post(PAGE, ASK).status_code == 403, role
    assert signed_in("keeper").get(PAGE).status_code == 200
    assert not JournalLine.objects.filter(kind="cases.ResidentSought").exists()


def test_found_however_it_is_written_and_the_purpose_is_written_down(signed_in, held):
    keeper = signed_in("keeper")
    for said in ("13812345678", "+86 (138) 1234-5678", "１３８１２３４５６７８"):
        page = keeper.post(PAGE, ASK | {"said": said}).content.decode()
        assert held[0].number in page
        assert held[1].number in page
        assert held[2].number not in page
        assert "桥头漏水" not in page
    assert held[2].number in keeper.post(PAGE, ASK | {"said": "Anna@Example.org"}).content.decode()
    told = JournalLine.objects.filter(kind="cases.ResidentSought")
    assert [line.body["found"] for line in told.order_by("pk")] == [2, 2, 2, 1]
    line = told.first()
    assert (line.body["purpose"], line.subject) == ("access", "request:R-2026/7")
    assert line.actor.startswith("person:")
    assert b"13812345678" not in every_byte()
    assert b"anna@" not in every_byte()


def test_a_keeper_of_a_district_finds_its_own_alone(signed_in, held):
    page = signed_in("keeper", place="xx-w").post(PAGE, ASK).content.decode()
    assert held[1].number in page
    assert held[0].number not in page


def test_a_complaint_is_hidden_from_the_unit_it_is_about(signed_in, town):
    hidden = report("d", about_unit="water")
    accused = signed_in("keeper", unit="water", name="accused")
    assert hidden.number not in accused.post(PAGE, ASK).content.decode()
    other = signed_in("keeper", name="other")
    assert hidden.number in other.post(PAGE, ASK).content.decode()


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"said": "桥头"}, "Write a telephone"), ({"request": "张三的申请"}, "file number of"),
     ({"request": ""}, "Write the file number"), ({"purpose": "curiosity"}, "valid choice"),
     ({"said": ""}, "Write the number or address")],
)  # fmt: skip
def test_what_cannot_be_looked_for_is_said_and_nothing_is_written(signed_in, held, changed, why):
    answer = signed_in("keeper").post(PAGE, ASK | changed)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not JournalLine.objects.filter(kind="cases.ResidentSought").exists()


def test_all_that_is_held_is_handed_over_to_who_found_it_alone(signed_in, held):
    keeper = signed_in("keeper")
    key, _other = keys(keeper.post(PAGE, ASK).content.decode())
    answer = keeper.post(f"/residents/{key}/show")
    assert "attachment" in answer["Content-Disposition"]
    said = json.loads(answer.content)
    assert said["report"]["words"] == "桥头漏水"
    assert "138 1234 5678" in said["report"]["contact"] or "13812345678" in json.dumps(said)
    assert JournalLine.objects.filter(kind="cases.ReporterSeen").count() == 1
    assert signed_in("keeper", name="another").post(f"/residents/{key}/show").status_code == 404
    assert signed_in("supervisor").post(f"/residents/{key}/show").status_code == 403
    assert keeper.post("/residents/made-up/show").status_code == 404


def test_nobody_else_forgets_whatever_key_they_hold(signed_in, held, browser):
    key, _other = keys(signed_in("keeper").post(PAGE, ASK).content.decode())
    sure = {"sure": "yes"}
    assert browser.post(f"/residents/{key}/forget", sure).status_code == 302
    for role in ("dispatcher", "supervisor", "clerk", "duty_officer", "unit_lead", "worker"):
        assert signed_in(role).post(f"/residents/{key}/forget", sure).status_code == 403, role
    own = signed_in("keeper", name="another").post(f"/residents/{key}/forget", sure)
    assert own.status_code == 404
    assert all(follow(one.follow_token) for one in held)


def test_forgetting_is_asked_once_more_and_then_done(signed_in, held):
    keeper = signed_in("keeper")
    key, _other = keys(keeper.post(PAGE, ASK).content.decode())
    keeper.post(f"/residents/{key}/forget")
    assert all(follow(one.follow_token) for one in held)
    keeper.post(f"/residents/{key}/forget", {"sure": "yes"})
    assert follow(held[1].follow_token) is None
    assert follow(held[0].follow_token)
    page = keeper.post(PAGE, ASK).content.decode()
    assert held[1].number not in page
    assert keeper.post(f"/residents/{key}/show").status_code == 302, "it is not held any more"
    assert ContactMark.objects.filter(signal__forgotten_at__isnull=False).count() == 0


def run(*words: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["resident", *words])
    return done.exit_code, done.output


def test_by_command_found_written_to_a_file_and_forgotten(held, tmp_path: Path):
    out = tmp_path / "held.json"
    code, said = run("find", "13812345678", "--request", "R-8", "--out", str(out))
    assert (code, "2 reports held" in said) == (0, True), said
    assert out.stat().st_mode & 0o777 == 0o600
    assert {one["report"]["words"] for one in json.loads(out.read_text("utf-8"))} == {"桥头漏水"}
    asked = ("find", "13812345678", "--request", "R-8", "--purpose", "erasure", "--forget")
    assert run(*asked)[0] == 1  # nobody said yes
    assert Signal.objects.filter(forgotten_at=None).count() == 3
    assert run(*asked, "--yes")[0] == 0
    assert Signal.objects.filter(forgotten_at=None).count() == 1
    assert run("find", "nobody", "--request", "R-8")[0] == 1


def test_contacts_kept_before_there_were_marks_are_marked_by_command(held, signed_in):
    before = set(ContactMark.objects.values_list("signal_id", "mark"))
    ContactMark.objects.all().delete()
    assert held[0].number not in signed_in("keeper").post(PAGE, ASK).content.decode()
    assert mark_older(most=2) == 3
    assert set(ContactMark.objects.values_list("signal_id", "mark")) == before
    assert run("mark") == (0, "  0 reports were looked at.\n") or "0 reports" in run("mark")[1]
