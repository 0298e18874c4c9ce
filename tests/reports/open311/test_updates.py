"""Updates both ways: what happened, and what the reporter adds or decides."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree as ET
from tests.reports.open311.conftest import LAMP

from gongbi.cases import actions, actors
from gongbi.cases.models import Case, Note, Signal, Verdict
from gongbi.cases.public import forget_reporter
from gongbi.core.packs import check_pack, load_pack
from gongbi.core.public import make_application_key, now, unseal
from gongbi.reports.open311.models import OpenUpdate

PATH = "servicerequestupdates.json"
Post = Callable[..., Any]


def test_what_happened_is_told_step_by_step(
    get: Callable[..., Any], number: str, act: Callable[..., None]
) -> None:
    act(number, "dispatch", "accept", "arrive", "declare", "ask")
    rows = get(PATH).json()
    assert [row["status"] for row in rows] == [
        "INVESTIGATING", "ACTION_SCHEDULED", "IN_PROGRESS", "FIXED", "FIXED",
    ]  # fmt: skip
    assert {row["service_request_id"] for row in rows} == {number}
    assert rows[0]["description"] == "sent to a unit · East Lake roads"
    assert len({row["update_id"] for row in rows}) == 5
    assert "Mr Li" not in str(rows)
    tree = ET.fromstring(get("servicerequestupdates.xml").content)
    assert tree.tag == "service_request_updates"
    assert len(tree.findall("request_update/update_id")) == 5
    later = (now() + timedelta(days=1)).isoformat()
    assert get(PATH, start_date=later).json() == []
    assert len(get(PATH, service_request_id=number, page_size="2", page="2").json()) == 2
    assert get(PATH, service_request_id="XX-9").json() == []


def test_until_the_resident_has_spoken_it_is_open(
    get: Callable[..., Any], number: str, act: Callable[..., None], post: Post
) -> None:
    act(number, "dispatch", "declare", "ask")

    def status() -> tuple[str, str]:
        row = get(f"requests/{number}.json").json()[0]
        return row["status"], row["extended_status"]

    assert status() == ("open", "FIXED")
    said = {"service_request_id": number, "update_id": "u1", "status": "FIXED"}
    assert post(said | {"description": "Thanks"}, PATH).json() == [{"update_id": "u1"}]
    assert Verdict.objects.get().said == "solved"
    assert status() == ("closed", "CLOSED")


def test_not_solved_reopens(number: str, act: Callable[..., None], post: Post) -> None:
    act(number, "dispatch", "declare", "ask")
    post({"service_request_id": number, "status": "OPEN", "description": "Still dark"}, PATH)
    case = Case.objects.get()
    assert (case.state, case.reopened) == ("open", 1)


def test_open_to_a_cancelled_one_asks_once_for_another_look(number: str, post: Post) -> None:
    officer, said = actors.Actor("person", "x"), {"service_request_id": number, "status": "OPEN"}
    for taken in (True, False):
        actions.cancel(Case.objects.get(), officer, reason="other", words="No lamp there")
        answer = post(said | {"description": f"There is, {taken}"}, PATH)
        assert (answer.status_code == 200) is taken
        assert (Case.objects.get().state == "open") is taken


def test_words_are_added_once_by_their_id(number: str, post: Post) -> None:
    said = {"service_request_id": number, "update_id": "u1", "description": "It flickers now"}
    for _ in range(2):
        assert post(said, PATH).json() == [{"update_id": "u1"}]
    note = Note.objects.get()
    assert unseal(note.words_id) == "It flickers now"
    tree = ET.fromstring(post(said, "servicerequestupdates.xml").content)
    assert tree.findtext("request_update/update_id") == "u1"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"service_request_id": ""}, 400),
        ({"service_request_id": "XX-000999"}, 404),
        ({"status": "ODD"}, 400),
        ({"update_id": "x" * 129}, 400),
        ({"description": "x" * 5000}, 400),
        ({"description": ""}, 400),
    ],
)
def test_a_wrong_update_is_named(
    number: str, post: Post, said: dict[str, str], status: int
) -> None:
    good = {"service_request_id": number, "description": "more"}
    answer = post(good | said, PATH)
    assert answer.status_code == status
    assert answer.json()[0]["code"] == status
    assert not Note.objects.exists()
    assert not OpenUpdate.objects.exists()


def test_only_who_brought_the_report_adds_to_it(number: str, post: Post) -> None:
    other = make_application_key("other", ["report"])
    said = {"service_request_id": number, "description": "I am somebody else"}
    assert post(said, PATH, api_key=other).status_code == 404
    assert post(said, PATH, api_key="").status_code == 403
    assert not Note.objects.exists()


def test_a_case_that_is_over_takes_no_words(
    number: str, act: Callable[..., None], post: Post
) -> None:
    act(number, "cancel")
    answer = post({"service_request_id": number, "description": "but"}, PATH)
    assert answer.status_code == 409
    assert "report again" in answer.json()[0]["description"]


def test_a_forgotten_reporter_has_no_way_back(post: Post) -> None:
    row = post(LAMP).json()[0]
    forget_reporter(row["follow_url"].rstrip("/").rsplit("/", 1)[1])
    said = {"service_request_id": row["service_request_id"], "description": "more"}
    assert post(said, PATH).status_code == 404
    assert Signal.objects.get().forgotten_at is not None


def test_what_the_unit_declared_shows_masked_where_the_pack_says_so(
    get: Callable[..., Any],
    number: str,
    town: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:
    words = "Lamp 7 has a new bulb; call 13812345678 or 沪A12345, ops@x.example"
    clerk = actors.application("test")
    case = Case.objects.get(number=number)
    task = actions.dispatch(case, clerk, unit_code="roads-e")
    actions.declare(task, clerk, declared="done", words=words)
    assert "new bulb" not in str(get(PATH).json())
    said = (town / "packs" / "000001" / "open311.toml").read_text("utf-8")
    folder = town.parent / "pack"
    (folder / "open311.toml").write_text(
        said.replace('type = "lamp-out"', 'type = "lamp-out"\noutcomes = true'), "utf-8"
    )
    load_pack(folder, by="test")
    (told,) = [row["description"] for row in get(PATH).json() if row["status"] == "FIXED"]
    assert told.startswith("outcome declared by the unit · East Lake roads: Lamp 7 has a new bulb")
    for secret in ("13812345678", "沪A12345", "ops@x.example"):
        assert secret not in told
    with django_assert_max_num_queries(12):
        get(PATH)


def test_what_is_no_yes_or_no_is_a_fault_of_the_pack(town: Path) -> None:
    folder = town.parent / "pack"
    file = folder / "open311.toml"
    said = file.read_text("utf-8").replace('point = "exact"', 'point = "exact"\noutcomes = "yes"')
    file.write_text(said, "utf-8")
    (fault,) = check_pack(folder)
    assert "outcomes" in fault.reason
