"""Other cities' real answers: read whole, refused by row and reason, stored once, followed."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.open311.conftest import LAMP
from typer.testing import CliRunner

from gongbi.cases.models import Case, Note, Signal
from gongbi.cases.public import forget_reporter, token_for
from gongbi.config.cli import app
from gongbi.core.public import unseal
from gongbi.reports.open311.reading import Read, RefusedRow, Unreadable, read_requests

PACIFIC, BERLIN = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/Berlin")
ROW = {
    "service_request_id": 7, "status": "Open", "service_code": 9, "service_name": "Litter",
    "requested_datetime": "2023-12-11T09:01:37+01:00", "lat": "50.9", "lng": "6.97",
}  # fmt: skip


@pytest.fixture
def samples(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("open311-samples")


def read(said: Any, zone: ZoneInfo | None = None) -> list[Read | RefusedRow]:
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return list(read_requests(raw, zone))


@pytest.mark.parametrize(
    ("file", "zone", "rows", "ids"),
    [
        ("koeln_2023_requests.json", None, 50, 49),  # the city itself names one twice
        ("sanfrancisco_2011_requests.json", PACIFIC, 500, 500),
        ("responses/requests_many.xml", None, 2, 2),
        ("responses/requests_single.xml", None, 1, 1),
        ("responses/service_requests.json", None, 2, 2),
    ],
)
def test_real_answers_are_read_whole(
    samples: Path, file: str, zone: ZoneInfo | None, rows: int, ids: int
) -> None:
    found = read((samples / file).read_bytes(), zone)
    assert len(found) == rows
    assert not [row for row in found if isinstance(row, RefusedRow)]
    assert len({row.id for row in found}) == ids
    assert all(row.at.tzinfo is UTC and row.service_name for row in found)


def test_a_time_without_a_zone_is_refused_unless_the_zone_is_said(samples: Path) -> None:
    raw = (samples / "sanfrancisco_2011_requests.json").read_bytes()
    found = read(raw)
    assert len(found) == 500
    assert all(isinstance(row, RefusedRow) and "--zone" in row.reason for row in found)
    first = read(raw, PACIFIC)[0]
    assert first.at == datetime(2011, 6, 28, 12, 14, tzinfo=UTC)


def test_what_is_no_list_of_requests_is_said(samples: Path) -> None:
    with pytest.raises(Unreadable, match="<services>"):
        read((samples / "responses/services_giessen.xml").read_bytes())
    for raw, said in (
        (b"", "empty"), (b"{", "not JSON"), (b"3", "no list"), (b"<a", "cannot be read"),
        (b'[{"code": 404, "description": "gone"}]', "refuses: gone"),
        (b"<errors><error><description>gone</description></error></errors>", "refuses: gone"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><service_requests>&a;</service_requests>', "cannot"),
    ):  # fmt: skip
        with pytest.raises(Unreadable, match=said):
            read(raw)


def test_dialects(samples: Path) -> None:
    (row,) = read([ROW])
    assert (row.id, row.open, row.service_code, row.lon) == ("7", True, "9", 6.97)
    (wrapped,) = read({"service_requests": [ROW]})
    (alone,) = read(ROW | {"status": "Closed", "lat": None, "lng": "null", "description": None})
    assert wrapped == row
    assert (alone.open, alone.lat, alone.description) == (False, None, "")


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"service_request_id": None}, "no service_request_id"),
        ({"requested_datetime": "soon"}, "'soon', no time"),
        ({"requested_datetime": ""}, "no requested_datetime"),
        ({"lat": "91"}, "none on earth"),
        ({"lat": "north"}, "no pair of numbers"),
        ({"lat": ""}, "no pair of numbers"),
        ({"lat": "nan"}, "none on earth"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_on(spoilt: dict[str, Any], reason: str) -> None:
    good, bad, other, odd = read([ROW, ROW | spoilt, ROW, "text"])
    assert isinstance(good, Read)
    assert isinstance(other, Read)
    assert bad.place == "row 2"
    assert reason in bad.reason
    assert odd == RefusedRow("row 4", "It is no object.")


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_anything_at_all_is_rows_or_a_sentence(raw: bytes) -> None:
    with suppress(Unreadable):
        assert all(isinstance(row, Read | RefusedRow) for row in read(raw))


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*ROW, "status_notes", "updated_datetime", "long"]),
            st.none() | st.text(max_size=12) | st.floats() | st.integers() | st.lists(st.none()),
        ),
        max_size=5,
    )
)
def test_any_rows_are_read_or_refused_one_by_one(rows: list[dict[str, Any]]) -> None:
    clean = json.loads(json.dumps(rows).replace("NaN", "0").replace("-Infinity", "0").replace(
        "Infinity", "0"))  # fmt: skip
    assert len(read(clean, BERLIN)) == len(rows)


@pytest.fixture
def said(town: Path) -> Callable[..., tuple[int, str]]:
    """Run ``gongbi open311 read``: (exit status, what it says)."""

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["open311", "read", *words], env={"COLUMNS": "200"})
        return done.exit_code, done.output

    return run


def test_koeln_is_taken_in_once(said: Callable[..., Any], samples: Path) -> None:
    file = str(samples / "koeln_2023_requests.json")
    assert "50 understood" in said(file, "--source", "koeln", "--check")[1]
    assert not Signal.objects.exists()
    status, words = said(file, "--source", "koeln", "--type", "012=lamp-out")
    assert status == 0
    assert "50 read, 49 stored, 1 repeated" in words
    assert "0 stored, 50 repeated" in said(file, "--source", "koeln")[1]
    signal = Signal.objects.get(source="koeln", reference="A-173476")
    assert signal.case.type.code == "lamp-out"
    assert "Baustellenbake" in (unseal(signal.words_id) or "")
    assert "Aachener Str. 325" in (unseal(signal.place_words_id) or "")
    assert Case.objects.count() == 49


def test_what_changes_there_is_followed_here(said: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "answer.json"

    def again(**more: Any) -> str:
        file.write_text(json.dumps([ROW | more]), "utf-8")
        return str(said(str(file), "--source", "koeln")[1])

    assert "1 stored" in again()
    changed = {"status": "closed", "status_notes": "Done", "updated_datetime": "2023-12-12T00:00Z"}
    assert "1 followed" in again(**changed)
    assert "1 repeated" in again(**changed)
    assert unseal(Note.objects.get().words_id) == "koeln now says: closed. Done"
    token = token_for("koeln", "7")
    assert token
    forget_reporter(token)
    assert "1 repeated" in again(status="open")
    assert Signal.objects.count() == 1


def test_refused_rows_are_shown_and_the_command_says_so(
    said: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps([ROW, ROW | {"service_request_id": 8, "lat": "91"}]), "utf-8")
    status, words = said(str(file), "--source", "koeln")
    assert status == 2
    assert "1 stored" in words
    assert "row 2" in words
    assert Signal.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        ("/no/such/file", "--source", "koeln"),
        ("x", "--source", "Köln!"),
        ("x", "--source", "alert"),
        ("x", "--source", "koeln", "--zone", "Nowhere/City"),
        ("x", "--source", "koeln", "--type", "9=nothing"),
        ("http://127.0.0.1:1/requests.json", "--source", "koeln"),
    ],
)
def test_a_wrong_word_ends_in_a_sentence(said: Callable[..., Any], words: tuple[str, ...]) -> None:
    status, answer = said(*words)
    assert status == 1
    assert len(answer) > 20


def test_another_city_of_ours_is_read_over_the_line(
    live_server: Any, said: Callable[..., Any], post: Callable[..., Any]
) -> None:
    """Our reader at our own door: what one city shows, another takes in."""
    number = post(LAMP).json()[0]["service_request_id"]
    url = f"{live_server.url}/open311/v2/requests"
    for form in ("json", "xml"):
        status, words = said(f"{url}.{form}", "--source", f"city-{form}", "--pages", "3")
        assert status == 0, words
        assert "page 1" in words
        assert "page 2" not in words
        assert Signal.objects.filter(source=f"city-{form}", reference=number).exists()
