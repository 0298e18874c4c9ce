"""An officer's file becomes reports."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.reports.exports import ROWS, as_csv, as_xlsx, bring

from gongbi.cases.models import Case, Signal
from gongbi.core.public import now, unseal_bytes
from gongbi.reports import intaking, public, reading
from gongbi.reports.models import Chunk, Intake


@pytest.fixture
def officer(signed_in: Callable[..., Client]) -> Client:
    """A dispatcher of the whole city."""
    return signed_in("dispatcher")


def fields(client: Client, intake: Intake, **changed: str) -> dict[str, str]:
    """What the page's form holds, with some selects changed."""
    form = client.get(f"/intake/{intake.pk}/").context["form"]
    said = {field.html_name: field.value() or "" for field in form}
    return said | {"do": "look"} | changed


def take(client: Client, intake: Intake, **changed: str) -> Intake:
    """Take it in, and drive it to its end as the page does."""
    client.post(f"/intake/{intake.pk}/", fields(client, intake, do="take", **changed))
    for _turn in range(100):
        intake.refresh_from_db()
        if intake.state != Intake.TAKING:
            break
        client.post(f"/intake/{intake.pk}/step/", headers={"HX-Request": "true"})
    return intake


def test_each_row_is_shown_as_understood_or_refused(officer: Client) -> None:
    intake = bring(officer, as_csv())
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "6 rows read = 3 understood + 1 repeated in the file + 2 refused" in page
    assert "yesterday" in page
    assert "East Lake" in page, "the place its words name"
    assert "Burst pipe" in page
    assert "yes, sealed" in page
    assert not Signal.objects.exists()


def test_rows_become_reports_with_units_and_deadlines(officer: Client) -> None:
    intake = take(officer, bring(officer, as_csv()))
    assert (intake.read, intake.stored, intake.repeated, intake.refused) == (6, 3, 1, 2)
    pipe = Case.objects.get(type__code="burst-pipe")
    assert pipe.place_id == "xx-e"
    assert pipe.suggested_unit_id == "water"
    assert pipe.due_at is not None
    assert pipe.opened_at.isoformat() == "2026-11-20T00:00:00+00:00", "08:00 in the city's zone"
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "Open the list with deadlines" in page


def test_the_same_file_twice_is_said_and_stores_nothing(officer: Client) -> None:
    take(officer, bring(officer, as_csv()))
    again = bring(officer, as_csv())
    page = officer.get(f"/intake/{again.pk}/").content.decode()
    assert "This very file was taken in on" in page
    again = take(officer, again)
    assert (again.stored, again.repeated, again.refused) == (0, 4, 2)
    assert Signal.objects.count() == 3


def test_rows_without_a_number_are_told_apart_by_their_words(officer: Client) -> None:
    first = take(officer, bring(officer, as_csv(ROWS[:2])), reference="{@row}")
    assert first.stored == 2
    longer = as_csv([["Z-9", "2026-11-20 07:00:00", "新的漏水", "漏水", "", ""], *ROWS[:2]])
    second = take(officer, bring(officer, longer), reference="{@row}")
    assert (second.stored, second.repeated) == (1, 2), "tomorrow's rows stand elsewhere"


def test_two_systems_may_use_the_same_numbers(officer: Client) -> None:
    take(officer, bring(officer, as_csv()))
    other = take(officer, bring(officer, as_csv()), source="other-system")
    assert other.stored == 3


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_encodings_are_found(officer: Client, encoding: str) -> None:
    intake = bring(officer, as_csv(encoding=encoding))
    assert "桥头漏水" in officer.get(f"/intake/{intake.pk}/").content.decode()


def test_a_workbook_with_merged_headings(officer: Client) -> None:
    intake = bring(officer, as_xlsx(), "日报.xlsx")
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "桥头漏水" in page
    columns = dict(officer.get(f"/intake/{intake.pk}/").context["form"].fields["lon"].choices)
    assert any("经度" in name for name in columns)
    intake = take(officer, intake)
    assert (intake.read, intake.stored, intake.refused) == (2, 2, 0)


def test_the_officer_mends_columns_and_kinds(officer: Client) -> None:
    intake = bring(officer, as_csv(ROWS[:2]))
    said = fields(officer, intake, zone="UTC", contact="")
    kind = next(name for name in said if name.startswith("kind-"))
    said[kind] = "inspection"
    officer.post(f"/intake/{intake.pk}/", said)
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "Own inspection" in page
    take(officer, intake)
    assert Case.objects.filter(type__code="inspection").count() == 1
    at = Case.objects.earliest("opened_at").opened_at
    assert at.isoformat() == "2026-11-20T08:00:00+00:00", "now read as UTC"
    assert not Signal.objects.exclude(contact_id=None).exists()


def test_the_mapping_can_be_downloaded_and_read_again(officer: Client) -> None:
    from gongbi.feeds.public import parse_mapping

    intake = bring(officer, as_csv(), "张三的投诉.csv")
    answer = officer.get(f"/intake/{intake.pk}/mapping.toml")
    text = answer.content.decode()
    assert parse_mapping(text).report.words == "{诉求内容}"
    assert "张三" not in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "empty"),
        ("a.exe", b"MZ", "can be read"),
        ("a.xlsx", b"PK but no workbook", "not a whole .xlsx"),
        ("a.xlsx", as_xlsx()[:1500], "not a whole .xlsx"),
        ("a.csv", b"\xd0\xcf\x11\xe0 old", "old .xls"),
        ("a.csv", b"just one line of nothing", "heading"),
        ("a.parquet", b"PAR1 half", ""),
    ],
)
def test_bad_files_get_a_sentence(officer: Client, name: str, content: bytes, said: str) -> None:
    file = io.BytesIO(content)
    file.name = name
    answer = officer.post("/intake/", {"file": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Intake.objects.exists()


def test_a_million_characters_in_a_cell_are_refused_by_row(officer: Client) -> None:
    rows = [*ROWS[:2], ["G-9", "2026-11-20 08:00:00", "水" * 1_000_000, "", "", ""]]
    intake = take(officer, bring(officer, as_csv(rows)))
    assert (intake.stored, intake.refused) == (2, 1)
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "1,000,000 characters" in page
    assert len(page) < 100_000


def test_half_a_file_is_refused_where_it_breaks_off(officer: Client) -> None:
    content = as_csv([[f"G-{n}", *ROWS[0][1:]] for n in range(50)])
    intake = take(officer, bring(officer, content[: content.rindex(b",2026")]))
    assert intake.read == intake.stored + intake.repeated + intake.refused == 50
    assert intake.refused == 1


def test_too_many_rows_are_not_taken(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    intake = take(officer, bring(officer, as_csv()))
    assert intake.state == Intake.READ
    assert "more than 3 rows" in officer.get(f"/intake/{intake.pk}/").content.decode()


def test_killed_between_chunks_the_next_goes_on(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intaking, "ROWS_A_CHUNK", 10)
    rows = [[f"K-{n}", *ROWS[0][1:]] for n in range(35)]
    intake = bring(officer, as_csv(rows))
    officer.post(f"/intake/{intake.pk}/", fields(officer, intake, do="take"))
    take_some, calls = intaking.cases.receive_signals, []

    def dies(signals: object) -> object:
        calls.append(signals)
        answers = take_some(signals)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return answers

    monkeypatch.setattr(intaking.cases, "receive_signals", dies)
    with pytest.raises(KeyboardInterrupt):
        while intaking.go_on(intake):
            pass
    assert Signal.objects.count() == 10, "a chunk is taken in whole or not at all"
    assert public.run_due() > 0, "the worker goes on with what the page left"
    intake.refresh_from_db()
    assert (intake.state, intake.stored, intake.repeated) == (Intake.DONE, 35, 0)


def test_without_script_a_button_goes_on(officer: Client) -> None:
    intake = bring(officer, as_csv())
    officer.post(f"/intake/{intake.pk}/", fields(officer, intake, do="take"))
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "<noscript>" in page
    answer = officer.post(f"/intake/{intake.pk}/step/")
    assert answer.status_code == 302


def test_the_file_is_destroyed_once_taken_in(officer: Client) -> None:
    intake = bring(officer, as_csv(), "张三的投诉.csv")
    assert "张三的投诉" in officer.get("/intake/").content.decode()
    sealed = bytes(intake.sealed_file)
    assert "桥头漏水".encode() not in sealed
    intake = take(officer, intake)
    assert intake.sealed_file is None
    assert intaking.content_of(intake) is None
    assert intaking.name_of(intake) == ""
    assert not Chunk.objects.exclude(sealed_rows=None).exists()
    assert "张三的投诉" not in officer.get("/intake/").content.decode()


def test_refused_rows_can_be_read_for_thirty_days(officer: Client) -> None:
    intake = take(officer, bring(officer, as_csv()))
    said = officer.get(f"/intake/{intake.pk}/refused.csv").content.decode("utf-8-sig")
    assert len(said.strip().splitlines()) == 3
    Intake.objects.update(made_at=now() - timedelta(days=31))
    public.run_due()
    assert intaking.refusals_of(Intake.objects.get()).rows == []
    assert not Chunk.objects.exclude(sealed_refusals=None).exists()


def test_a_file_nobody_took_in_is_destroyed_after_a_day(officer: Client) -> None:
    intake = bring(officer, as_csv())
    Intake.objects.update(made_at=now() - timedelta(hours=25))
    public.run_due()
    intake.refresh_from_db()
    assert intake.state == Intake.GIVEN_UP
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "destroyed without being taken in" in page


def test_destroy_instead_of_taking_in(officer: Client) -> None:
    intake = bring(officer, as_csv())
    officer.post(f"/intake/{intake.pk}/give-up/")
    intake.refresh_from_db()
    assert intake.state == Intake.GIVEN_UP
    done = take(officer, bring(officer, as_csv()))
    officer.post(f"/intake/{done.pk}/give-up/")
    done.refresh_from_db()
    assert done.state == Intake.DONE, "what was taken in cannot be given up"


@pytest.mark.parametrize("way", ["taken", "given up"])
def test_killed_before_the_key_is_destroyed_the_clock_destroys_it(
    officer: Client, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    intake = bring(officer, as_csv(), "张三的投诉.csv")
    sealed = bytes(intake.sealed_file)
    owner = intaking.file_key(intake)
    monkeypatch.setattr(intaking.core, "destroy_key", _killed)
    with pytest.raises(KeyboardInterrupt):
        if way == "taken":
            take(officer, intake)
        else:
            officer.post(f"/intake/{intake.pk}/give-up/")
    monkeypatch.undo()
    intake.refresh_from_db()
    assert intake.state == (Intake.DONE if way == "taken" else Intake.GIVEN_UP)
    public.run_due()
    assert unseal_bytes(owner, sealed) is None, "no copy of the file can be read any more"
    intake.refresh_from_db()
    assert intaking.name_of(intake) == ""
    assert public.run_due() == 0, "once"


def _killed(*_owner: str, **_actor: str) -> None:
    raise KeyboardInterrupt


def test_a_formula_in_a_cell_stays_text(officer: Client) -> None:
    rows = [["=1+1", "=HYPERLINK(0)", "漏水", "", "", ""]]
    intake = take(officer, bring(officer, as_csv([*ROWS[:1], *rows])))
    said = officer.get(f"/intake/{intake.pk}/refused.csv").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(said)) for cell in row]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_today_counts_files_in_hand(officer: Client, signed_in: Callable[..., Client]) -> None:
    from gongbi.core.models import Person
    from gongbi.core.public import scope_of

    bring(officer, as_csv())
    assert public.today(scope_of(Person.objects.get(username="dispatcher-xx"))).waiting == 1
    signed_in("clerk")
    assert public.today(scope_of(Person.objects.get(username="clerk-xx"))).waiting == 0


def test_a_real_days_export_of_tainan(officer: Client, shared_data: Callable[[str], Path]) -> None:
    file = shared_data("tainan1999-2015-2017") / "tainan1999_2016.csv"
    lines = file.read_text("utf-8").splitlines()
    day = [lines[0], *(line for line in lines if "2016-02-06" in line)]
    content = "\n".join(day).encode("big5", errors="replace")
    intake = bring(officer, content, "export.csv")
    page = officer.get(f"/intake/{intake.pk}/").content.decode()
    assert "地震" in page
    intake = take(officer, intake, zone="Asia/Taipei")
    assert intake.read == len(day) - 1
    assert intake.read == intake.stored + intake.repeated + intake.refused
    assert intake.stored > 50
    assert Signal.objects.filter(at__date="2016-02-06").exists()
    assert re.fullmatch(r"[\w.-]+:UN\w+", Signal.objects.first().reference)
