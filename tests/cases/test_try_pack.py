"""A changed pack tried by its page: asked for, shown with both reasons, put in force or not."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, same

from gongbi.cases.models import Case, Rehearsal, RehearsedCase, Route
from gongbi.cases.public import rehearse_due
from gongbi.cases.rehearsing import going
from gongbi.cases.rehearsing.drafting import folder_of, rules_in_force
from gongbi.core.models import JournalLine, PackVersion, Person, Post
from gongbi.core.packs import load_pack

EAST = """[[route]]
code = "east"
places = ["xx-e"]
types = ["burst-pipe"]
to_unit = "lifts"
reason_en = "For a trial."
reason_zh = "试一试。"

[[route]]
code = "water"
"""


def with_east() -> dict[str, str]:
    """The form with one more rule in front of the water's."""
    said = {name.removesuffix(".toml"): text for name, text in rules_in_force().items()}
    said["routes"] = said["routes"].replace('[[route]]\ncode = "water"\n', EAST)
    return said | {"days": "30", "title": "东区试行"}


CITY = []


@pytest.fixture(autouse=True)
def _clock(small_city):
    """A trial is of what was opened before it: each is asked for a minute later."""
    CITY[:] = [small_city.clock]


@pytest.fixture
def keeper(small_city) -> Client:
    person = Person.objects.create(username="keeper", name="保管 某")
    Post.objects.create(person=person, role="keeper", unit_id="centre", place_id="xx")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def ask(browser: Client, **said) -> Rehearsal:
    CITY[0].now += timedelta(minutes=1)
    answer = browser.post("/pack/change/", with_east() | said)
    assert answer.status_code == 302, answer.content.decode()
    return Rehearsal.objects.get(uuid=answer["Location"].split("/")[2])


def to_the_end(row: Rehearsal) -> None:
    for _ in range(20):
        rehearse_due()
        row.refresh_from_db()
        if not row.waits:
            return
    pytest.fail("it does not end")


def page(browser: Client, row: Rehearsal) -> str:
    answer = browser.get(f"/pack/{row.uuid}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_officer_sees_what_a_changed_rule_would_have_changed(signed_in, reported):
    numbers = [reported().number for _ in range(4)]
    reported(place="xx-w", lon=122.85)
    browser = signed_in("supervisor")
    assert "code = &quot;water-high&quot;" in browser.get("/pack/change/").content.decode()
    before = Case.objects.count(), Route.objects.count(), PackVersion.objects.count()
    row = ask(browser)
    assert "0 of 5 cases tried" in page(browser, row)
    to_the_end(row)
    said = page(browser, row)
    assert "4 of 5 cases would have gone elsewhere" in said
    assert "0 of 10 promises" in said
    assert 'route <span class="code">east</span>' in said
    assert all(number in said for number in numbers)
    assert "Water of the place. (rule water; true: its type)" in said
    assert "For a trial. (rule east; true: its type, its place)" in said
    assert '<td class="number">-4</td>' in said
    assert '<td class="number">+4</td>' in said
    assert (Case.objects.count(), Route.objects.count(), PackVersion.objects.count()) == before
    assert case_of(numbers[0]).suggested_unit_id == "water-e"
    line = JournalLine.objects.get(kind="cases.PackTried")
    assert line.actor == f"person:{row.by_id}"
    assert (line.body["based_on"], line.body["days"]) == (1, 30)


def test_the_page_is_in_the_readers_language(signed_in, reported):
    reported()
    row = ask(signed_in("supervisor"))
    to_the_end(row)
    said = page(signed_in("supervisor", "zh-hans"), row)
    for words in (
        "试一试。",
        "1 件案件中有 1 件会派往别处",
        "试行前后各单位案件数",
        "仅试演，未启用",
    ):
        assert words in said


def test_only_cases_of_the_days_asked_for_are_tried(signed_in, reported, small_city):
    small_city.clock.now = NOW - timedelta(days=9)
    reported(at=small_city.clock.now)
    small_city.clock.now = NOW
    reported()
    for days, tried in (("7", 1), ("30", 2)):
        row = ask(signed_in("supervisor"), days=days)
        to_the_end(row)
        assert (row.total, row.done) == (tried, tried)


def test_progress_is_what_a_reload_shows_and_the_page_loads_anew_at_the_end(
    signed_in, reported, monkeypatch, small_city
):
    for _ in range(3):
        reported()
    monkeypatch.setattr(going, "CASES_A_TURN", 2)
    browser = signed_in("supervisor")
    row = ask(browser)
    rehearse_due()
    row.refresh_from_db()
    assert (row.state, row.done) == ("running", 2)
    part = browser.get(f"/pack/{row.uuid}/progress")
    assert "HX-Refresh" not in part
    assert same(part.content.decode()) in same(page(browser, row))
    to_the_end(row)
    assert browser.get(f"/pack/{row.uuid}/progress")["HX-Refresh"] == "true"
    assert (row.done, RehearsedCase.objects.count()) == (3, 3)


def test_a_turn_done_twice_counts_nothing_twice(signed_in, reported, small_city):
    reported()
    row = ask(signed_in("supervisor"))
    going._go_on(row)
    going._go_on(row)  # another worker that had read the row before
    row.refresh_from_db()
    assert (row.done, RehearsedCase.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('to_kind = "water"', 'to_kind = "nobody"', "nobody"),
        ("[[route]]", "[[route]", "This is not TOML"),
        ("min_level = 3", "min_level = 9", "min_level 9 is none of 0 to 3"),
    ],
)
def test_faults_are_named_with_file_and_line_and_nothing_is_kept(
    signed_in, old, new, sentence, settings
):
    said = with_east()
    said["routes"] = said["routes"].replace(old, new, 1)
    answer = signed_in("supervisor").post("/pack/change/", said)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "routes.toml" in text
    assert sentence in text
    assert "code = &quot;east&quot;" in text
    assert not Rehearsal.objects.exists()
    assert list((Path(settings.GONGBI_DATA) / "rehearsals").glob("*")) == []


def test_the_pack_in_force_is_no_change(signed_in):
    said = with_east() | {
        name.removesuffix(".toml"): text.replace("\n", "\r\n")
        for name, text in rules_in_force().items()
    }
    answer = signed_in("supervisor").post("/pack/change/", said)
    assert answer.status_code == 422
    assert "Nothing is changed" in answer.content.decode()


def zipped(files: dict[str, bytes]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("pack.zip", out.getvalue())


def test_a_whole_pack_comes_as_a_zip_and_can_be_taken_as_one(keeper, reported, pack_folder):
    reported()
    files = {f"mine/{one.name}": one.read_bytes() for one in pack_folder.iterdir()}
    files["mine/routes.toml"] = with_east()["routes"].encode()
    files["__MACOSX/mine/._routes.toml"] = b"\x00"
    row = ask(keeper, brought=zipped(files))
    assert [(one["code"], one["how"]) for one in row.changes] == [("east", "added")]
    answer = keeper.get(f"/pack/{row.uuid}/files.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {one.name for one in pack_folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("pack.zip", b"PK nonsense", "The ZIP cannot be read"),
        ("routes.toml", b"\xff\xfe", "not UTF-8"),
        (".hidden", b"x", "is no name of a file of a pack"),
        ("spare.toml", b"= 1", "cannot be compared"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(keeper, name, content, sentence):
    said = with_east() | {"brought": SimpleUploadedFile(name, content)}
    answer = keeper.post("/pack/change/", said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_no_name_in_a_zip_leaves_the_folder(keeper, settings):
    said = with_east() | {"brought": zipped({"../../evil.toml": b"x = 1", "city.toml": b""})}
    answer = keeper.post("/pack/change/", said)
    assert answer.status_code == 422
    assert "is no name of a file of a pack" in answer.content.decode()
    assert not list(Path(settings.GONGBI_DATA).parent.rglob("evil.toml"))


def test_who_keeps_the_house_puts_it_in_force_and_new_cases_follow_it(keeper, reported):
    old = reported()
    row = ask(keeper)
    to_the_end(row)
    answer = keeper.post(f"/pack/{row.uuid}/switch", {})
    assert answer.status_code == 422
    assert "Please tick" in answer.content.decode()
    assert keeper.post(f"/pack/{row.uuid}/switch", {"sure": "on"}).status_code == 302
    assert "is being put in force" in page(keeper, row)
    to_the_end(row)
    assert (row.state, row.switched_as) == ("switched", 2)
    assert PackVersion.objects.get(number=2).loaded_by == f"person:{row.by_id}"
    assert case_of(reported().number).suggested_unit_id == "lifts"
    assert case_of(old.number).suggested_unit_id == "water-e"
    assert keeper.post(f"/pack/{row.uuid}/switch", {"sure": "on"}).status_code == 422


def test_what_was_tried_against_another_pack_is_not_put_in_force(keeper, pack_folder):
    row = ask(keeper)
    to_the_end(row)
    load_pack(pack_folder, by="test")
    assert "Pack 2 came into force since" in page(keeper, row)
    answer = keeper.post(f"/pack/{row.uuid}/switch", {"sure": "on"})
    assert answer.status_code == 422
    assert PackVersion.objects.count() == 2


def test_only_the_files_that_were_tried_are_put_in_force(keeper):
    row = ask(keeper)
    to_the_end(row)
    (folder_of(row.uuid) / "routes.toml").write_text("", "utf-8")
    keeper.post(f"/pack/{row.uuid}/switch", {"sure": "on"})
    to_the_end(row)
    assert (row.state, PackVersion.objects.count()) == ("done", 1)
    assert "not those that were tried" in page(keeper, row)


def test_given_up_or_old_its_files_and_its_list_go_and_the_figures_stay(
    signed_in, reported, small_city
):
    reported()
    browser = signed_in("supervisor")
    first, second = ask(browser), ask(browser)
    to_the_end(first)
    to_the_end(second)
    assert browser.post(f"/pack/{first.uuid}/give-up").status_code == 302
    rehearse_due()
    assert not folder_of(first.uuid).exists()
    assert folder_of(second.uuid).exists()
    small_city.clock.now = NOW + timedelta(days=31)
    rehearse_due()
    assert not folder_of(second.uuid).exists()
    assert not RehearsedCase.objects.exists()
    browser = signed_in("supervisor")  # the session of a month ago is over
    assert "1 of 1 cases would have gone elsewhere" in page(browser, second)
    assert browser.get(f"/pack/{second.uuid}/files.zip").status_code == 404


def test_files_that_are_gone_end_it_with_a_sentence(signed_in, settings):
    browser = signed_in("supervisor")
    row = ask(browser)
    for file in folder_of(row.uuid).rglob("*.*"):
        file.unlink()
    to_the_end(row)
    assert row.state == "failed"
    assert "Its files are gone" in page(browser, row)


@pytest.mark.parametrize(
    "name", ["dispatcher", "officer", "clerk", "lead", "worker", "referee", "stranger"]
)
def test_who_may_not_try_a_pack_is_refused(signed_in, name):
    row = ask(signed_in("supervisor"))
    browser = signed_in(name)
    for address in (
        "",
        "change/",
        f"{row.uuid}/",
        f"{row.uuid}/progress",
        f"{row.uuid}/files.zip",
    ):
        assert browser.get(f"/pack/{address}").status_code == 403, address
    for address in ("change/", f"{row.uuid}/switch", f"{row.uuid}/give-up"):
        assert browser.post(f"/pack/{address}", {}).status_code == 403, address


def test_who_is_not_signed_in_is_asked_to(signed_in):
    for address in ("", "change/"):
        assert signed_in("").get(f"/pack/{address}")["Location"].startswith("/sign-in/")


def test_a_supervisor_tries_and_does_not_switch_nor_change_who_works_here(signed_in):
    browser = signed_in("supervisor")
    row = ask(browser)
    to_the_end(row)
    assert "gongbi pack load" in page(browser, row)
    assert browser.post(f"/pack/{row.uuid}/switch", {"sure": "on"}).status_code == 403
    said = with_east() | {"brought": SimpleUploadedFile("units.csv", b"code\n")}
    answer = browser.post("/pack/change/", said)
    assert answer.status_code == 422
    assert "units.csv is changed by who keeps the house" in answer.content.decode()
    answer = browser.get(f"/pack/{row.uuid}/files.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {"routes.toml", "case_types.toml", "calendars.toml"}


def test_a_district_sees_its_own_trials_on_its_own_cases(signed_in, reported, small_city):
    Post.objects.filter(person=small_city.people["dispatcher-w"]).update(role="supervisor")
    reported()
    reported(place="xx-w", lon=122.85)
    wide = ask(signed_in("supervisor"))
    own = ask(signed_in("dispatcher-w"))
    to_the_end(wide)
    to_the_end(own)
    assert (wide.done, own.done) == (2, 1)
    assert signed_in("dispatcher-w").get(f"/pack/{wide.uuid}/").status_code == 404
    assert signed_in("supervisor").get(f"/pack/{own.uuid}/").status_code == 200


def test_a_complaint_is_counted_and_listed_for_who_hears_complaints_only(
    keeper, signed_in, reported, small_city
):
    number = reported(about_unit="water").number
    row = ask(keeper)
    to_the_end(row)
    assert RehearsedCase.objects.get().case.number == number
    assert number in page(signed_in("supervisor"), row)
    assert number not in page(keeper, row)


def test_changes_to_people_are_for_who_keeps_the_house(keeper, signed_in):
    people = b"username,name,role,unit,place\nnew,Somebody New,worker,water,xx\n"
    row = ask(keeper, brought=SimpleUploadedFile("people.csv", people))
    assert [one for one in row.changes if one["file"] == "people.csv"] == [
        {"file": "people.csv", "noun": "person", "code": "new", "how": "added", "fields": []}
    ]
    assert 'person <span class="code">new</span>' in page(keeper, row)
    said = page(signed_in("supervisor"), row)
    assert "people.csv" not in said
    assert "1 changes to people and applications are not shown to you" in said


def test_the_page_costs_the_same_for_one_case_and_for_many(
    signed_in, reported, small_city, django_assert_max_num_queries
):
    for _ in range(12):
        reported()
    row = ask(signed_in("supervisor"))
    to_the_end(row)
    browser = signed_in("supervisor")
    with django_assert_max_num_queries(14):
        page(browser, row)
