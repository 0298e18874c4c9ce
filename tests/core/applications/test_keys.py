"""Keys: several at once, shown once, ended at once; quotas counted, errors noted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gongbi.core.applications import counting, keys, queries
from gongbi.core.applications.keys import KeyRefused, add_key, digest_of, end_key
from gongbi.core.models import Application, ApplicationHour, ApplicationKey, ApplicationUse
from gongbi.core.public import make_application_key


def ask(key: str, path: str = "/api/queue") -> Any:
    """Knock at a door that needs the scope dispatch."""
    return Client(headers={"authorization": f"Bearer {key}"}).get(path)


def test_two_keys_work_side_by_side_and_end_apart(registered: Callable[..., Any]) -> None:
    row = registered(scopes=["dispatch"])
    old, new = add_key(row, by="test"), add_key(row, by="test", label="second")
    assert [ask(key).status_code for key in (old, new)] == [200, 200]
    end_key(row.keys.get(digest=digest_of(old)), by="test", why="changed over")
    assert [ask(key).status_code for key in (old, new)] == [401, 200]
    assert row.keys.get(digest=digest_of(old)).retired_why == "changed over"


def test_only_the_digest_is_kept(registered: Callable[..., Any]) -> None:
    key = add_key(registered(), by="test")
    kept = ApplicationKey.objects.values().get()
    assert key not in str(kept)
    assert kept["digest"] == digest_of(key)


def test_a_key_opens_no_more_than_its_application_may(registered: Callable[..., Any]) -> None:
    row = registered(scopes=["dispatch", "report"])
    key = add_key(row, by="test", scopes=["report"])
    assert ask(key).status_code == 403
    whole = add_key(row, by="test")
    Application.objects.update(scopes=["report"])
    assert ask(whole).status_code == 403
    with translation.override("en"), pytest.raises(KeyRefused, match="cannot open more"):
        add_key(row, by="test", scopes=["work"])


def test_the_old_way_still_works_and_ends_the_older_key(town: Path) -> None:
    old, new = (make_application_key("hotline", ["dispatch"]) for _ in range(2))
    assert [ask(key).status_code for key in (old, new)] == [401, 200]
    assert Application.objects.get().keys.count() == 2


def test_too_many_keys_are_refused(registered: Callable[..., Any]) -> None:
    row = registered()
    for _ in range(keys.MOST_KEYS):
        add_key(row, by="test")
    with pytest.raises(KeyRefused, match="end one of them"):
        add_key(row, by="test")


def test_a_spent_quota_is_429_with_the_time_to_wait(registered: Callable[..., Any]) -> None:
    key = add_key(registered(scopes=["dispatch"], per_minute=2), by="test")
    for _ in range(4):  # a minute may turn within
        answers = [ask(key) for _ in range(3)]
        if answers[-1].status_code == 429:
            break
    last = answers[-1]
    assert last.status_code == 429
    assert 1 <= int(last["Retry-After"]) <= 65  # a minute and the slot of five seconds
    assert "Retry-After" in last.json()["error"]
    use = ApplicationUse.objects.get()
    assert sum(count for _slot, count in use.minute_slots) == 2
    assert use.refused >= 1
    assert use.errors == 0


def test_an_error_is_noted_without_what_was_sent(registered: Callable[..., Any]) -> None:
    row = registered(scopes=["dispatch"])
    key = add_key(row, by="test")
    token = "a" * 32
    answer = Client(headers={"authorization": f"Bearer {key}"}).post(
        f"/api/cases/{token}/dispatch", b"{}", content_type="application/json"
    )
    assert answer.status_code == 404
    use = ApplicationUse.objects.get()
    assert use.errors == 1
    assert use.last_error.startswith("404 POST /api/cases/aaaaaa…")


def test_hours_that_are_over_become_rows_and_a_day_is_their_sum(
    registered: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, at = registered(scopes=["dispatch"]), timezone.now()
    key = add_key(row, by="test")
    for ago in (30, 5, 5, 1, 0):
        monkeypatch.setattr(counting.timezone, "now", lambda ago=ago: at - timedelta(hours=ago))
        assert ask(key).status_code == 200
    monkeypatch.undo()
    row.refresh_from_db()
    health = queries.health(row)
    assert health.calls == 4
    assert health.by_hour[-6] == 2
    assert list(ApplicationHour.objects.order_by("began_at").values_list("calls", flat=True)) == [
        1, 2, 1,
    ]  # fmt: skip


def test_old_hours_are_forgotten(registered: Callable[..., Any]) -> None:
    row, at = registered(), timezone.now()
    for days in (1, 34, 36):
        ApplicationHour.objects.create(application=row, began_at=at - timedelta(days=days))
    assert counting.forget_old_hours() == 1


def test_calls_at_the_same_time_are_all_counted(registered: Callable[..., Any]) -> None:
    """A count read before another call wrote is counted on what that one left."""
    key = add_key(registered(), by="test")
    row = ApplicationKey.objects.select_related("application__applicationuse").get()
    stale = ApplicationKey.objects.select_related("application__applicationuse").get()
    counting.count_call(row)
    counting.count_call(stale)
    assert key
    assert ApplicationUse.objects.get().calls == 2


def asked_while(key: str) -> tuple[list[str], str]:
    """What was written of a call, and whether PostgreSQL waits for the disk after it."""
    with CaptureQueriesContext(connection) as seen:
        assert ask(key).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        (waits,) = cursor.fetchone()
    return [one["sql"] for one in seen if "UPDATE core_applicationuse" in one["sql"]], waits


@pytest.mark.django_db(transaction=True)
def test_a_count_does_not_wait_for_the_disk_and_what_comes_after_it_does(
    registered: Callable[..., Any],
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one way to commit.")
    key = add_key(registered(scopes=["dispatch"]), by="test")
    ask(key)  # the first call begins an hour
    (counted,), waits = asked_while(key)
    assert "synchronous_commit" in counted
    assert waits == "on"
    with transaction.atomic():
        (counted,), waits = asked_while(key)
    assert "synchronous_commit" not in counted, "it would hold for what somebody else writes"
    assert waits == "on"


def test_a_key_opens_what_its_application_may_where_it_may(
    registered: Callable[..., Any],
) -> None:
    said = {"types": ["a", "b"], "own_unit_only": True, "place_id": "xx-e"}
    row = registered(scopes=["dispatch", "report"], **said)
    key = add_key(row, by="test", scopes=["report"])
    record = keys.application_by_key(HttpRequest(), key)
    assert record == keys.record_of(row, ["report"])
    assert (record.place_path, record.unit_path) == ("/xx/xx-e/", "/centre/water/")
    assert keys.application_by_key(HttpRequest(), key + "x") is None
