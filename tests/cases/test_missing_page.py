"""The page of missing danger words: the command's figures, a word's effect, a pack to try."""

import pytest
from django.test import Client
from tests.cases.conftest import CAST
from tests.cases.test_missing import raised

from gongbi.cases import reading
from gongbi.cases.models import Rehearsal
from gongbi.cases.rehearsing import drafting, going
from gongbi.core.models import JournalLine, Person, Post
from gongbi.core.public import pack_version

PAGE, TRY = "/cases/reading/missing/", "/cases/reading/missing/try"
SAID = {"days": "30", "word": "老鼠药", "level": "life"}


@pytest.fixture
def raised_ones(reported):
    """Four matters that people raised, and thirty calm ones."""
    for where in ("树下", "门口", "井边", "车里"):
        raised(reported, f"{where}有老鼠药", f"d-{where}")
    for n in range(30):
        reported(type="stall", words=f"{n}号树下有摊贩", reference=f"c-{n}")
    reported(type="stall", words="老鼠药卖完了", reference="c-x")


def test_the_page_shows_the_commands_figures_only_when_asked(raised_ones, signed_in):
    browser = signed_in("supervisor")
    assert browser.get(PAGE).status_code == 200
    assert not JournalLine.objects.filter(kind="cases.DangerWordsSought").exists()
    answer = browser.post(PAGE, {"days": "30", "level": "life"})
    told = reading.missing(30, actor="command:test")
    assert answer.context["found"] == told
    page = answer.content.decode()
    assert told.candidates[0].words in page
    assert told.cases[0].number in page
    assert "What it would have changed" not in page
    lines = JournalLine.objects.filter(kind="cases.DangerWordsSought")
    assert lines.first().actor.startswith("person:")


def test_the_effect_is_shown_before_anything_changes(raised_ones, signed_in):
    before = pack_version()
    page = signed_in("supervisor").post(PAGE, SAID).content.decode()
    assert "Of 4 cases that people raised, 4 would have been read otherwise." in page
    assert "Of 31 calm cases, 1 would have been read otherwise." in page
    assert "Try a pack with this word" in page
    assert (pack_version(), Rehearsal.objects.count()) == (before, 0)


def test_a_pack_with_the_word_is_tried_and_nothing_is_in_force(raised_ones, signed_in):
    before = pack_version()
    answer = signed_in("supervisor").post(TRY, SAID)
    row = Rehearsal.objects.get()
    assert answer["Location"] == f"/pack/{row.uuid}/"
    assert "老鼠药" in (drafting.folder_of(row.uuid) / "danger.toml").read_text("utf-8")
    assert row.title == "Danger word: 老鼠药"
    going.run_due()
    assert pack_version() == before


@pytest.mark.parametrize(
    ("word", "why"), [("火", "too short"), ("着火", "looked for already"), ("a\u200bb", "seen")]
)
def test_a_word_that_cannot_be_one_is_said(small_city, signed_in, word, why):
    browser = signed_in("supervisor")
    for address in (PAGE, TRY):
        answer = browser.post(address, SAID | {"word": word})
        assert answer.status_code == 422
        assert why in answer.content.decode()
    assert browser.post(TRY, SAID | {"word": ""}).status_code == 422
    assert browser.post(PAGE, SAID | {"days": "7"}).status_code == 422
    assert browser.post(PAGE, SAID | {"level": "x"}).status_code == 422
    assert not Rehearsal.objects.exists()


def test_it_is_said_in_chinese(raised_ones, signed_in):
    page = signed_in("supervisor", "zh-hans").post(PAGE, SAID).content.decode()
    for words in (
        "缺少哪些危险词",
        "人员提高的 4 件案件中，有 4 件的判读会不同",
        "试用加入该词的城市包",
    ):
        assert words in page
    page = signed_in("supervisor", "zh-hans").post(PAGE, SAID | {"word": "火"}).content.decode()
    assert "太短" in page


def test_who_may(small_city, signed_in):
    assert Client().get(PAGE)["Location"].startswith("/sign-in/")
    assert Client().post(TRY, SAID)["Location"].startswith("/sign-in/")
    for name in CAST:
        expected = 200 if name == "supervisor" else 403
        browser = signed_in(name)
        assert browser.get(PAGE).status_code == expected, name
        assert browser.post(PAGE, SAID).status_code == expected, name
        assert browser.post(TRY, SAID).status_code == (302 if expected == 200 else 403), name
    assert signed_in("supervisor").get("/cases/reading/").content.decode().count(PAGE) == 1


def test_a_supervisor_of_a_district_does_not_read_the_whole_city(small_city, signed_in):
    person = Person.objects.create_user(username="west", name="west")
    Post.objects.create(person=person, role="supervisor", unit_id="centre", place_id="xx-w")
    browser = Client()
    browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
    assert browser.get(PAGE).status_code == 403
    assert browser.post(TRY, SAID).status_code == 403
