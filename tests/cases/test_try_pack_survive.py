"""A pack tried and put in force while workers die, two act at once and files are crafted."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from tests.cases import test_try_pack
from tests.cases.test_try_pack import ask, to_the_end, with_east, zipped

from gongbi.cases.models import Rehearsal
from gongbi.cases.public import rehearse_due
from gongbi.cases.rehearsing import going
from gongbi.cases.rehearsing.drafting import folder_of
from gongbi.core.models import JournalLine, PackVersion, Person, Post
from gongbi.core.packs import load_pack


@pytest.fixture(autouse=True)
def _clock(small_city):
    """A trial is of what was opened before it: each is asked for a minute later."""
    test_try_pack.CITY[:] = [small_city.clock]


@pytest.fixture
def keeper(small_city) -> Client:
    person = Person.objects.create(username="keeper", name="保管 某")
    Post.objects.create(person=person, role="keeper", unit_id="centre", place_id="xx")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def tried(keeper: Client) -> Rehearsal:
    """A trial that is over."""
    row = ask(keeper)
    to_the_end(row)
    return row


def switching(keeper: Client) -> Rehearsal:
    """A trial that is to be put in force."""
    row = tried(keeper)
    assert keeper.post(f"/pack/{row.uuid}/switch", {"sure": "on"}).status_code == 302
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("lost", [OperationalError, InterfaceError])
def test_a_lost_database_is_no_fault_of_the_rules(keeper, reported, lost):
    reported()
    row = ask(keeper)

    def away(execute, sql, params, many, context):
        if "cases_deadline" in sql:
            raise lost("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away), pytest.raises(lost):
        rehearse_due()
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("waiting", "")
    to_the_end(row)
    assert (row.state, row.done) == ("done", 1)


def test_killed_when_the_pack_was_in_force_it_is_known_again_as_that(keeper):
    row = switching(keeper)
    load_pack(folder_of(row.uuid), by=row.switch_by)
    to_the_end(row)
    assert (row.state, row.switched_as, row.trouble) == ("switched", 2, "")
    assert PackVersion.objects.count() == 2


def test_known_again_also_where_another_pack_came_after_it(keeper, pack_folder):
    row = switching(keeper)
    load_pack(folder_of(row.uuid), by=row.switch_by)
    load_pack(pack_folder, by="test")
    to_the_end(row)
    assert (row.state, row.switched_as) == ("switched", 2)
    assert PackVersion.objects.count() == 3


def test_killed_while_it_is_written_down_it_is_put_in_force_once(keeper, monkeypatch):
    row = switching(keeper)

    def killed(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "cases_rehearsal" in sql:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(killed), pytest.raises(KeyboardInterrupt):
        rehearse_due()
    to_the_end(row)
    assert (row.state, row.switched_as) == ("switched", 2)
    assert [one.number for one in PackVersion.objects.order_by("number")] == [1, 2]
    assert JournalLine.objects.filter(subject="pack:2").count() == 1


def test_a_pack_with_the_simulation_s_own_file_is_put_in_force_and_known_again(
    keeper, pack_folder
):
    """Loading leaves that file behind, so the trial does too: else it would be another pack."""
    files = {one.name: one.read_bytes() for one in pack_folder.iterdir()}
    files["routes.toml"] = with_east()["routes"].encode()
    row = ask(keeper, brought=zipped(files | {"simulation.parquet": b"PAR1"}))
    to_the_end(row)
    keeper.post(f"/pack/{row.uuid}/switch", {"sure": "on"})
    row.refresh_from_db()
    load_pack(folder_of(row.uuid), by=row.switch_by)
    to_the_end(row)
    assert (row.state, row.switched_as) == ("switched", 2)


def test_of_two_workers_that_put_it_in_force_one_does(keeper):
    """The second had read the row before the first was through."""
    late = switching(keeper)
    rehearse_due()
    going._switch(late)
    late.refresh_from_db()
    assert (late.state, late.switched_as, late.trouble) == ("switched", 2, "")
    assert PackVersion.objects.count() == 2


def test_given_up_while_it_fails_it_stays_given_up(keeper, reported, monkeypatch):
    reported()
    row = ask(keeper)

    def fails(*_args):
        assert keeper.post(f"/pack/{row.uuid}/give-up").status_code == 302
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(going, "try_chunk", fails)
        rehearse_due()
    row.refresh_from_db()
    assert (row.state, row.trouble) == ("given_up", "")
    rehearse_due()
    assert not folder_of(row.uuid).exists()


def test_a_draft_of_which_nothing_was_written_down_is_swept_away(keeper, settings):
    """Killed between the files and the row: such a folder may hold people and keys."""
    row = ask(keeper)
    to_the_end(row)
    home = Path(settings.GONGBI_DATA) / "rehearsals"
    for name, hours in (("5f1c1f4e-0000-4000-8000-000000000001", 25), ("half", 25), ("now", 0)):
        shutil.copytree(folder_of(row.uuid), home / name)
        when = (home / name).stat().st_mtime - hours * 3600
        os.utime(home / name, (when, when))
    os.utime(folder_of(row.uuid), (1, 1))
    rehearse_due()
    assert sorted(one.name for one in home.iterdir()) == sorted([str(row.uuid), "now"])


def packed(kind: int = zipfile.ZIP_DEFLATED) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        archive.writestr("city.toml", b"x = 1\n" * 300)
        archive.writestr("routes.toml", "x = 1\n" * 300)
    return bytearray(out.getvalue())


def broken(kind: int) -> bytes:
    """The bytes within a file's content are others; lists and sizes are as they were."""
    content = packed(kind)
    begin = content.index(b"city.toml") + len("city.toml")
    content[begin : begin + 12] = b"\xff" * 12
    return bytes(content)


def cut() -> bytes:
    """A file says it is longer than it is."""
    content = packed(zipfile.ZIP_STORED)
    central = content.rindex(b"PK\x01\x02")
    content[central + 20 : central + 28] = 2 * (2**20).to_bytes(4, "little")
    return bytes(content)


def misnamed() -> bytes:
    """A name that says it is UTF-8, and is not."""
    content = packed()
    central = content.index(b"PK\x01\x02")
    content[central + 9] |= 0x08
    content[central + 46] = 0xFF
    return bytes(content)


def named(*names: str) -> bytes:
    return zipped(dict.fromkeys(names, b"x = 1\n")).read()


UNREADABLE = "The ZIP cannot be read"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(broken(zipfile.ZIP_DEFLATED), UNREADABLE), (broken(zipfile.ZIP_LZMA), UNREADABLE),
     (broken(zipfile.ZIP_BZIP2), UNREADABLE), (cut(), UNREADABLE), (misnamed(), UNREADABLE),
     (bytes(packed()[:-30]), UNREADABLE), (b"PK\x05\x06" + bytes(18), "city.toml"),
     (named("."), "is no name of a file of a pack"),
     (named("/"), "city.toml"),
     (named("city.toml", "city.toml/x.toml"), "is a file and a folder"),
     (named("tables/x.csv", "tables"), "is a file and a folder")],
    ids=["deflate", "lzma", "bzip2", "cut", "name", "end", "empty", "dot", "root", "in_a_file",
         "over_a_folder"],
)  # fmt: skip
def test_a_crafted_zip_is_refused_with_a_sentence(keeper, content, sentence, settings):
    said = with_east() | {"brought": SimpleUploadedFile("pack.zip", content)}
    answer = keeper.post("/pack/change/", said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Rehearsal.objects.exists()
    assert list((Path(settings.GONGBI_DATA) / "rehearsals").glob("*")) == []


def test_the_sentence_is_in_chinese_too(keeper):
    keeper.cookies["django_language"] = "zh-hans"
    said = with_east() | {"brought": SimpleUploadedFile("p.zip", named("a.toml", "a.toml/b.csv"))}
    answer = keeper.post("/pack/change/", said, headers={"accept-language": "zh-hans"})
    assert "既是文件又是文件夹" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("routes.toml", b"x = " + b"[" * 50_000), ("places.geojson", b"[" * 200_000),
     ("routes.toml", b"route = 5"), ("case_types.toml", b"[case_type]\ncode = 1"),
     *(("case_types.toml", b"ladder = " + one + b"\ncase_type = [{code = 'a', name_en = 'A'}]")
       for one in (b"5", b"[1]", b"[{steps = []}]", b"[{steps = [1]}]",
                   b"[{steps = [{at = 'due', tell = [[]]}]}]")),
     *(("case_types.toml", b"[[case_type]]\ncode = 'a'\nname_en = 'A'\n" + one + b" = [[]]")
       for one in (b"group", b"calendar", b"join", b"ladder", b"priority", b"says", b"mask")),
     ("calendars.toml", b"calendar = []"), ("routes.toml", b"[[route]]\ncode = []"),
     ("units.csv", b"\x00"), ("places.csv", b'"')],
)  # fmt: skip
def test_a_file_of_another_shape_is_a_fault_and_no_error(keeper, name, content):
    said = with_east() | {"brought": SimpleUploadedFile(name, content)}
    answer = keeper.post("/pack/change/", said)
    assert answer.status_code == 422
    assert not Rehearsal.objects.exists()
