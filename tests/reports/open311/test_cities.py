"""Other cities read by the clock: from where it stopped, each request once, whatever they do."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.reports.open311.conftest import LAMP
from tests.reports.open311.elsewhere import Elsewhere, stamp
from tests.reports.open311.reading_cities import connect, taken, turn

from gongbi.cases.models import Case, Note, Signal
from gongbi.core.models import JournalLine, SealedText
from gongbi.core.public import unseal
from gongbi.reports.open311 import cities, fetching, taking, turning
from gongbi.reports.open311.models import OpenCity, OpenRead
from gongbi.reports.open311.reading import read_requests
from gongbi.reports.public import open311_read_cities

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_what_is_there_is_taken_once_and_later_only_what_is_new(
    town: Path, there: Elsewhere
) -> None:
    at = timezone.now()
    there.has("A-1", at - 2 * timedelta(days=1))
    connect(there)
    row = turn()
    assert taken() == {"A-1"}
    assert (row.counts["stored"], row.stored, row.trouble) == (1, 1, "")
    assert row.read_at is not None
    assert row.due_at > at + 14 * MINUTE
    assert Case.objects.get().type.code == "lamp-out"
    assert turn(due=False).counts["stored"] == 1, "not due: not asked"
    there.has("A-2", at)
    row = turn()
    assert taken() == {"A-1", "A-2"}
    assert (row.counts["stored"], row.stored) == (1, 2)
    assert turn().counts == {"read": 1, "stored": 0, "followed": 0, "repeated": 1, "refused": 0}
    since = datetime.fromisoformat(there.asked[-1]["updated_after"])
    assert at - 61 * MINUTE - timedelta(seconds=1) <= since <= at - 59 * MINUTE


def test_what_changes_there_is_written_on_the_case(town: Path, there: Elsewhere) -> None:
    first = there.has("A-1", timezone.now() - 30 * HOUR)
    connect(there)
    turn()
    first |= {
        "status": "closed",
        "status_notes": "Done",
        "updated_datetime": stamp(timezone.now()),
    }
    assert turn().counts["followed"] == 1
    assert unseal(Note.objects.get().words_id) == "koeln now says: closed. Done"


def test_a_system_asked_by_request_time_only_is_asked_for_its_open_ones(
    town: Path, there: Elsewhere
) -> None:
    there.names = ("requested_datetime", "start_date", "end_date")
    first = there.has("A-1", timezone.now() - 30 * HOUR)
    for n in range(3):
        there.has(f"B-{n}", timezone.now() - 5 * HOUR)
    connect(there, by="requested")
    turn()
    assert "updated_after" not in there.asked[0]
    first |= {"status": "closed", "updated_datetime": stamp(timezone.now())}
    assert turn().counts["followed"] == 1
    assert OpenRead.objects.get(reference="A-1").status == "closed"
    assert "A-1" not in turn_asks(there), "a closed one is not looked after"


def turn_asks(there: Elsewhere) -> str:
    there.asked.clear()
    turn()
    return " ".join(one.get("service_request_id", "") for one in there.asked)


def test_more_than_it_gives_at_once_is_asked_for_in_shorter_steps(
    town: Path, there: Elsewhere
) -> None:
    there.most, there.knows_pages = 10, False
    at = timezone.now()
    for n in range(60):
        there.has(f"A-{n}", at - n * 2 * HOUR)
    connect(there, most_rows=10)
    for _ in range(12):
        row = turn()
        if row.read_at:
            break
    assert row.read_at is not None
    assert len(taken()) == 60
    assert all("page" not in one for one in there.asked)


def test_a_turn_is_bounded_and_the_next_goes_on(
    town: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "MOST_ASKED", 2)
    at = timezone.now()
    for n in range(20):
        there.has(f"A-{n}", at - timedelta(days=n + 1))
    connect(there, since=at - timedelta(days=30))
    OpenCity.objects.update(step_seconds=86_400)
    row = turn()
    assert len(there.asked) == 2
    assert row.read_at is None
    assert row.due_at <= timezone.now(), "it goes on at once"
    for _ in range(12):
        turn()
    assert len(taken()) == 20
    assert len(there.asked) < 30, "what was passed is not asked again and again"


def test_a_crowded_minute_is_read_page_by_page(town: Path, there: Elsewhere) -> None:
    at = timezone.now() - 3 * HOUR
    for n in range(25):
        there.has(f"A-{n:02}", at)
    there.most = 10
    connect(there, most_rows=10, since=at - MINUTE)
    OpenCity.objects.update(step_seconds=60)
    row = turn()
    assert len(taken()) == 25
    assert row.trouble == ""


def test_a_crowded_minute_of_a_system_without_pages_is_said_and_never_passed_over(
    town: Path, there: Elsewhere
) -> None:
    at = timezone.now() - 3 * HOUR
    for n in range(25):
        there.has(f"A-{n:02}", at)
    there.most, there.knows_pages = 10, False
    connect(there, most_rows=10, since=at - MINUTE)
    for _ in range(3):
        row = turn()
    assert (row.trouble, row.tries > 0) == ("crowded", True)
    assert row.read_to <= at
    assert len(taken()) == 10, "what can be had is taken"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("429", "busy"), ("503", "failing"), ("500", "failing"), ("403", "refuses"),
        ("404", "refuses"), ("302", "moved"), ("bad json", "unreadable"), ("empty", "unreadable"),
        ("page", "unreadable"), ("packed", "unreadable"), ("break", "broken"),
    ],
)  # fmt: skip
def test_a_fault_is_stored_and_rested_and_nothing_is_passed_over(
    town: Path, there: Elsewhere, how: str, code: str
) -> None:
    at = timezone.now()
    there.has("A-1", at - HOUR)
    connect(there)
    there.behave = [how, how]
    before = OpenCity.objects.get().read_to
    row = turn()
    assert (row.trouble, row.tries, row.read_to) == (code, 1, before)
    assert row.due_at > at
    assert row.trouble_at is not None
    first_rest = row.due_at - row.trouble_at
    row = turn()
    assert row.tries == 2
    assert row.due_at - row.trouble_at >= first_rest
    assert JournalLine.objects.filter(kind="reports.CityNotRead").count() == 1, "told once"
    row = turn()
    assert (row.trouble, row.tries, taken()) == ("", 0, {"A-1"})
    assert JournalLine.objects.get(kind="reports.CityReadAgain").body["tries"] == 2


def test_a_busy_system_is_left_alone_as_long_as_it_asks(town: Path, there: Elsewhere) -> None:
    connect(there)
    there.behave = ["429"]
    assert turn().due_at > timezone.now() + 119 * MINUTE


def test_bad_xml_is_a_fault_and_good_xml_is_read(town: Path, there: Elsewhere) -> None:
    there.has("A-1", timezone.now() - HOUR)
    connect(there, form="xml")
    there.behave = ["bad xml"]
    assert turn().trouble == "unreadable"
    assert turn().trouble == ""
    assert taken() == {"A-1"}
    assert there.asked[-1]["path"] == "/v2/requests.xml"


def test_nobody_there_and_a_system_that_drips_are_faults_in_time(
    town: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(there)
    OpenCity.objects.update(url="http://127.0.0.1:1/v2")
    assert turn().trouble == "nobody"
    monkeypatch.setattr(turning, "TURN_SECONDS", 0.3)
    connect(there)
    there.behave = ["drip"]
    began = time.monotonic()
    assert turn().trouble == "slow"
    assert time.monotonic() - began < 3


def test_an_answer_too_long_is_asked_for_in_parts(
    town: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "fetch", _with_most(4_000))
    at = timezone.now()
    for n in range(40):
        there.has(f"A-{n}", at - n * 3 * HOUR)
    connect(there)
    for _ in range(8):
        turn()
    assert len(taken()) == 40


def _with_most(most_bytes: int) -> Callable[..., bytes]:
    def bounded(*said: Any, **named: Any) -> bytes:
        return fetching.fetch(*said, **named, most_bytes=most_bytes)

    return bounded


def test_a_bad_row_is_refused_with_its_reason_and_the_others_go_on(
    town: Path, there: Elsewhere
) -> None:
    at = timezone.now() - HOUR
    there.has("A-1", at)
    there.has("A-2", at, lat="91")
    there.has("A\x003", at, description="dark\x00 lamp", status="open\x00")
    there.has("A-4", at, description="\ud800 broken letter")
    row = turn_after(there)
    assert (row.counts["stored"], row.counts["refused"]) == (3, 1)
    assert "none on earth" in row.refusals[0][1]
    assert row.trouble == ""


def turn_after(there: Elsewhere) -> OpenCity:
    connect(there)
    return turn()


def test_a_clock_that_is_hours_behind_loses_nothing(town: Path, there: Elsewhere) -> None:
    """What it writes between two turns bears a time before the first of them."""
    late = 3 * HOUR
    there.has("A-1", timezone.now() - late)
    connect(there)
    turn()
    there.has("A-2", timezone.now() - late)
    turn()
    assert taken() == {"A-1", "A-2"}


def test_a_row_from_the_future_stops_nothing(town: Path, there: Elsewhere) -> None:
    there.has("A-1", datetime(2099, 1, 1, tzinfo=UTC))
    connect(there)
    turn()
    there.has("A-2", timezone.now())
    turn()
    assert taken() == {"A-1", "A-2"}


def test_the_key_goes_with_the_question_and_lies_sealed(town: Path, there: Elsewhere) -> None:
    row = connect(there, key="K-secret", jurisdiction="koeln.de")
    turn()
    assert there.asked[0]["api_key"] == "K-secret"
    assert there.asked[0]["jurisdiction_id"] == "koeln.de"
    assert b"K-secret" not in bytes(SealedText.objects.get(pk=row.key_id).cipher)
    assert cities.set_to(row, cities.END, actor="command:test")
    assert not SealedText.objects.filter(pk=row.key_id).exists()


def test_of_two_workers_one_has_the_turn(town: Path, there: Elsewhere) -> None:
    connect(there)
    row = OpenCity.objects.get()
    same = OpenCity.objects.get()
    assert turning._claim(row)
    assert not turning._claim(same)


def test_whoever_was_overtaken_writes_no_more(
    town: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.has("A-1", timezone.now() - HOUR)
    connect(there)
    asked = turning._ask

    def and_meanwhile(*said: Any) -> Any:
        found = asked(*said)
        connect(there, since=timezone.now() - timedelta(days=60))
        return found

    monkeypatch.setattr(turning, "_ask", and_meanwhile)
    row = turn()
    assert row.read_to < timezone.now() - timedelta(days=59)
    assert (row.read_at, row.claimed_at) == (None, None)


def test_paused_meanwhile_it_stays_paused_and_asked_for_it_is_read_again(
    town: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(there)
    asked = turning._ask

    def and_pressed(*said: Any) -> Any:
        cities.set_to(OpenCity.objects.get(), cities.NOW, actor="person:1")
        return asked(*said)

    monkeypatch.setattr(turning, "_ask", and_pressed)
    assert turn().due_at <= timezone.now()
    cities.set_to(OpenCity.objects.get(), cities.PAUSE, actor="person:1")
    OpenCity.objects.update(due_at=timezone.now())
    assert open311_read_cities() == 0


def test_of_two_who_read_the_same_change_one_writes_it(town: Path, there: Elsewhere) -> None:
    """Both saw the row before either wrote: the command and the worker at one moment."""
    row = there.has("A-1", timezone.now() - HOUR)
    turn_after(there)
    known = OpenRead.objects.get()
    row |= {"status": "closed", "updated_datetime": stamp(timezone.now())}
    (read,) = read_requests(__import__("json").dumps([row]).encode(), None)
    also = OpenRead.objects.get()
    assert [taking._follow(known, read), taking._follow(also, read)] == ["followed", "repeated"]
    assert Note.objects.count() == 1


def test_closed_in_the_second_in_which_it_was_read(town: Path, there: Elsewhere) -> None:
    """Times are in whole seconds; and two rows with one id do not open it again each turn."""
    row = there.has("A-1", timezone.now() - HOUR)
    turn_after(there)
    row |= {"status": "closed"}
    assert turn().counts["followed"] == 1
    assert OpenRead.objects.get().status == "closed"
    there.rows.append(row | {"status": "open"})
    assert turn().counts["followed"] == 0
    assert OpenRead.objects.get().status == "closed"


@pytest.mark.django_db(transaction=True)
def test_two_who_read_at_once_take_each_once(town: Path, there: Elsewhere) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("Threads of an in-memory SQLite do not see one database.")
    at = timezone.now() - HOUR
    for n in range(20):
        there.has(f"A-{n}", at)
    raw = __import__("json").dumps(there.rows).encode()
    troubles: list[BaseException] = []

    def read() -> None:
        try:
            taking.take_in(read_requests(raw, None), source="koeln", types={})
        except BaseException as error:  # told below: a thread's fault is silent
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert troubles == []
    assert len(taken()) == OpenRead.objects.count() == 20


def test_another_city_of_ours_is_read_by_the_clock(
    live_server: Any, post: Callable[..., Any], act: Callable[..., None]
) -> None:
    """Our worker at our own door: what one city shows, another takes in and follows."""
    number = post(LAMP).json()[0]["service_request_id"]
    wanted = cities.Wanted(url=f"{live_server.url}/open311/v2", codes={"lamp-out": "lamp-out"})
    cities.connect("neighbour", wanted, actor="command:test")
    assert turn().counts["stored"] == 1
    assert Signal.objects.filter(source="neighbour", reference=number).exists()
    act(number, "cancel")
    assert turn().counts["followed"] == 1
    assert OpenRead.objects.get(reference=number).status == "closed"


def test_connected_anew_it_goes_on_where_it_was(town: Path, there: Elsewhere) -> None:
    there.has("A-1", timezone.now() - HOUR)
    connect(there)
    before = turn().read_to
    row = connect(there, every_minutes=30)
    assert (row.read_to, row.every_minutes, row.stored) == (before, 30, 1)
