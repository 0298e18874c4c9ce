"""Contact and photos may go before the words; the table says what is held and what goes when."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.cases.conftest import NOW
from tests.cases.test_keeping import live
from tests.cases.walking import case_of, picture
from typer.testing import CliRunner

from gongbi.cases import keeping, masks
from gongbi.cases.actions import see_reporters
from gongbi.cases.actors import Actor
from gongbi.cases.models import CaseType, Signal
from gongbi.cases.public import add_photo, find_words, follow, forget_due, photo_bytes
from gongbi.config.cli import app
from gongbi.core.models import JournalLine, SealedText
from gongbi.core.packs import check_pack, load_pack
from gongbi.core.public import scope_of, seal


@pytest.fixture
def folder(pack_folder: Path, small_city, settings) -> Path:
    """The pack with terms for each part."""
    return with_terms(pack_folder, settings)


def with_terms(pack_folder: Path, settings) -> Path:
    """Words on a burst pipe are kept for 90 days, photos for 60, contacts for 30."""
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    said = 'solve = "4 hours"\nkeep_days = 90\nkeep = {contact = 30, photos = 60}\n'
    said += 'mask = {work = ["phone"], outside = ["phone", "plate"]}'
    text = (pack_folder / "case_types.toml").read_text("utf-8")
    text = text.replace('solve = "4 hours"', said, 1)
    (pack_folder / "case_types.toml").write_text(text, "utf-8")
    load_pack(pack_folder, by="test")
    return pack_folder


def reporter_of(number: str):
    return see_reporters([case_of(number)], Actor("person", "x"))[0]


def test_each_part_goes_at_its_term_and_the_others_stay(folder, reported, signed_in):
    receipt = reported()
    number = live(receipt, signed_in)
    photo = follow(receipt.follow_token).photos[0]
    assert forget_due(NOW + timedelta(days=29)) == 0
    assert forget_due(NOW + timedelta(days=30)) == 1
    said = reporter_of(number)
    assert (said.contact, bool(said.words)) == ("", True)
    assert photo_bytes(receipt.follow_token, photo)
    assert forget_due(NOW + timedelta(days=59)) == 0
    assert forget_due(NOW + timedelta(days=60)) == 1
    assert photo_bytes(receipt.follow_token, photo) is None
    assert reporter_of(number).words
    assert forget_due(NOW + timedelta(days=90)) == 1
    assert follow(receipt.follow_token) is None
    told = JournalLine.objects.filter(kind="cases.PartForgotten").order_by("pk")
    assert [line.body["part"] for line in told] == ["contact", "photos"]
    page = signed_in("supervisor").get(f"/cases/{number}/").content.decode()
    assert "its term was over" in page


def test_a_forgotten_contact_is_found_by_nobody_and_the_words_still_are(
    folder, reported, signed_in, small_city
):
    receipt = reported(words="笔架里水管爆了", contact="李娜梅 13812345678")
    live(receipt, signed_in)
    person = small_city.people["dispatcher"]
    scope = scope_of(person)
    assert len(find_words(scope, person, "李娜梅")) == 1
    forget_due(NOW + timedelta(days=30))
    assert find_words(scope, person, "李娜梅") == []
    assert len(find_words(scope, person, "水管爆了")) == 1


def test_a_contact_kept_under_the_words_key_as_once_goes_too(folder, reported, signed_in):
    receipt = reported()
    live(receipt, signed_in)
    row = Signal.objects.get()
    old = seal(row.key_owner, "李娜 13812345678")
    Signal.objects.update(contact_id=old)
    assert forget_due(NOW + timedelta(days=30)) == 1
    assert not SealedText.objects.filter(pk=old).exists()
    assert reporter_of(receipt.number).words


def test_the_table_counts_what_is_held_and_what_goes_and_deletes_nothing(
    folder, reported, signed_in, clock, django_assert_max_num_queries
):
    live(reported(), signed_in)
    still_open = reported()
    add_photo(still_open.follow_token, picture("green"))
    reported(type="advice", contact="")
    with django_assert_max_num_queries(4):
        found = keeping.kept_parts(NOW, (0, 30, 60, 365))
    rows = {(one.code, one.part): one for one in found}
    of = lambda part: rows["burst-pipe", part]  # noqa: E731
    assert (of("words").days, of("words").held, of("words").gone) == (90, 2, (0, 0, 0, 1))
    assert (of("contact").days, of("contact").held, of("contact").gone) == (30, 2, (0, 1, 1, 1))
    assert (of("photos").days, of("photos").held, of("photos").gone) == (60, 2, (0, 0, 1, 1))
    assert (rows["advice", "words"].days, rows["advice", "words"].held) == (None, 1)
    assert Signal.objects.filter(forgotten_at=None).count() == 3
    clock.now = NOW + timedelta(days=45)
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["keeping", "--until", "2027-03-31"])
    assert done.exit_code == 0, done.output
    (line,) = [one for one in done.output.split("\n") if "burst-pipe" in one and "photos" in one]
    assert [word for word in line.split() if word.isdigit()] == ["60", "2", "0", "1"]
    assert CliRunner().invoke(app, ["keeping", "--until", "soon"]).exit_code == 1


def test_who_sees_the_table_and_what_it_says(folder, reported, signed_in, small_city):
    from gongbi.core.models import Post

    Post.objects.create(
        person=small_city.people["stranger"], role="keeper", unit_id="centre", place_id="xx"
    )
    names = ("", "worker", "lead", "dispatcher", "clerk", "supervisor", "stranger")
    found = {name: signed_in(name).get("/cases/keeping/").status_code for name in names}
    assert found == {"": 302, "worker": 403, "lead": 403, "dispatcher": 403, "clerk": 403,
                     "supervisor": 200, "stranger": 200}  # fmt: skip
    page = signed_in("supervisor").get("/cases/keeping/").content.decode()
    for said in ("90 days", "30 days", "until the reporter asks", "telephone, number plate"):
        assert said in page, said
    assert (
        "直到反映人要求删除"
        in signed_in("supervisor", "zh-hans").get("/cases/keeping/").content.decode()
    )


def test_what_is_hidden_is_what_the_type_says(folder, reported, signed_in):
    receipt = reported(words="车牌沪A12345堵门，微信 lina_1990，电话13812345678")
    page = signed_in("dispatcher").get(f"/cases/{receipt.number}/").content.decode()
    assert "沪A12345" in page
    assert "lina_1990" in page
    assert "13812345678" not in page
    kind = CaseType.objects.get(code="burst-pipe", in_force=True)
    outside = masks.masked("沪A12345 13812345678", kind, masks.OUTSIDE)
    assert outside == "▇▇▇ ▇▇▇"
    assert masks.masked("沪A12345 a@b.cn", None) == "沪A12345 ▇▇▇"


@pytest.mark.parametrize(
    ("said", "why"),
    [("keep = 30", "the parts are"), ("keep = {words = 3}", "no part of a report"),
     ("keep = {contact = 0}", "from 1 to 36500"), ("keep = {contact = 91}", "write fewer"),
     ('mask = ["phone"]', "the readers are"), ('mask = {all = ["phone"]}', "no reader"),
     ('mask = {work = ["face"]}', "list of kinds"), ('mask = {work = "phone"}', "list of kinds")],
)  # fmt: skip
def test_terms_and_masks_that_are_none_are_refused_by_line(folder, said, why):
    text = (folder / "case_types.toml").read_text("utf-8")
    key = said.split(" ")[0]
    line = next(one for one in text.split("\n") if one.startswith(f"{key} = "))
    (folder / "case_types.toml").write_text(text.replace(line, said), "utf-8")
    (fault,) = check_pack(folder)
    assert why in fault.reason
    assert fault.line > 1
