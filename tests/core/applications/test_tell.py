"""Facts reach the applications that asked and may hear: signed, at least once, in order."""

import sqlite3
from collections.abc import Callable, Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongbi.cases.models import Case, CaseType
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core import outbox
from gongbi.core.applications.registering import change
from gongbi.core.models import Heard, JournalLine, Notice, Place, Webhook
from gongbi.core.public import now
from gongbi.core.webhooks import keeping, sending
from gongbi.core.webhooks.hearing import kinds
from gongbi.core.webhooks.noticing import take_up
from gongbi.kernel.webhooks import verify

OPENED = ["cases.CaseOpened"]


def report(reference: str, **said: Any) -> Case:
    """A resident's report of a burst pipe in the east."""
    given = {
        "source": "web", "reference": reference, "words": "桥头漏水 13912345678", "lon": None,
        "type": "burst-pipe", "lat": None, "place": "xx-e", "place_words": "", "at": now(),
        "language": "zh",
    } | said  # fmt: skip
    receipt = receive_signal(SignalIn(**given))
    return Case.objects.get(number=receipt.number)


def go_round() -> int:
    """What the worker does in a turn: order, owe, send."""
    outbox.order_lines()
    take_up()
    Webhook.objects.update(rest_until=None)
    return sending.send_due()


def test_an_event_is_told_signed_and_without_words(
    hooked: Callable[..., Any], listener: Any
) -> None:
    _hook, secret = hooked()
    case = report("A-1")
    assert go_round() == 1
    headers, body = listener.came[0]
    headers = {name.lower(): value for name, value in headers.items()}
    said = listener.bodies()[0]
    stamp = int(headers["webhook-timestamp"])
    signature = headers["webhook-signature"]
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert verify(secret, headers["webhook-id"], stamp, body, signature, now=stamp)
    assert said["id"] == headers["webhook-id"]
    assert said["type"] == "gongbi.cases.CaseOpened"
    assert said["data"]["number"] == case.number
    assert "漏水" not in body.decode()
    assert "13912345678" not in body.decode()
    assert go_round() == 0
    assert Notice.objects.get().sent_at is not None


def test_what_happened_before_anybody_listened_is_not_owed(
    hooked: Callable[..., Any], listener: Any
) -> None:
    report("A-1")
    outbox.order_lines()
    hooked()
    report("A-2")
    go_round()
    assert len(listener.came) == 1


def test_only_what_one_may_hear(hooked: Callable[..., Any], listener: Any) -> None:
    CaseType.objects.filter(code="lamp-out").update(public=False)
    names = {}

    def listening(name: str, **said: Any) -> None:
        names[hooked(name, **said)[0].pk] = name

    listening("west", place_id="xx-w")
    listening("public", place_id="xx")
    listening("trusted", scopes=["hear", "work"])
    listening("lamps", types=["lamp-out"])
    listening("own", own_unit_only=True, wanted=["cases.CaseOpened", "cases.CaseDispatched"])
    report("A-1")
    report("A-2", type="lamp-out")
    report("A-3", type=None, words="不知道是什么")
    report("A-4", about_unit="water")
    go_round()
    heard: dict[str, list[str]] = {}
    for notice in Notice.objects.select_related("line"):
        heard.setdefault(names[notice.webhook_id], []).append(notice.line.body["type"])
    assert {name: sorted(types) for name, types in heard.items()} == {
        "public": ["burst-pipe"],
        "trusted": ["", "burst-pipe", "lamp-out"],
        "lamps": ["lamp-out"],
    }


def test_a_complaint_is_told_to_nobody(hooked: Callable[..., Any], listener: Any) -> None:
    hooked(scopes=["hear", "work", "dispatch"], wanted=list(kinds()))
    case = report("A-1", about_unit="water")
    go_round()
    told = [body["type"] for body in listener.bodies()]  # of the house, not of the complaint
    assert not [kind for kind in told if kind.startswith("gongbi.cases.")]
    assert case.number not in str(listener.came)


def test_without_the_scope_or_a_place_nobody_listens(
    hooked: Callable[..., Any], listener: Any
) -> None:
    for name, said in (("a", {"scopes": ["report"]}), ("b", {"place_id": None})):
        with pytest.raises(keeping.WebhookRefused, match="hears nothing"):
            hooked(name, **said)


def test_a_right_taken_away_counts_from_then_on(hooked: Callable[..., Any], listener: Any) -> None:
    hook, _ = hooked()
    change(hook.application, by="test", scopes=["report"])
    report("A-1")
    go_round()
    assert listener.came == []


def test_what_was_owed_before_the_right_went_is_set_aside(
    hooked: Callable[..., Any], listener: Any, signed_in: Callable[..., Any]
) -> None:
    hook, _ = hooked()
    hooked("other")
    report("A-1")
    outbox.order_lines()
    take_up()
    row = change(hook.application, by="test", place=Place.objects.get(pk="xx-w"))
    assert sending.send_due() == 2
    assert len(listener.came) == 1, "the other may still hear it"
    notice = hook.notices.get()
    assert (notice.sent_at, notice.trouble) == (None, "no longer heard")
    assert notice.set_aside_at is not None
    assert sending.send_due() == 0
    keeper = signed_in("keeper")
    assert "it may no longer hear of it" in keeper.get("/applications/app/").content.decode()
    assert "Webhook stuck" not in keeper.get("/applications/").content.decode()
    change(row, by="test", place=Place.objects.get(pk="xx"))
    keeping.resume(hook, by="test")
    assert sending.send_due() == 1
    assert len(listener.came) == 2


def test_a_type_taken_back_is_told_no_more(hooked: Callable[..., Any], listener: Any) -> None:
    hook, _ = hooked()
    began = timezone.now()
    report("A-1")
    go_round()
    report("A-2")
    outbox.order_lines()
    take_up()
    CaseType.objects.filter(code="burst-pipe").update(public=False)
    sending.send_due()
    assert len(listener.came) == 1
    sent = hook.notices.get(line__body__number=Case.objects.earliest("pk").number).sent_at
    assert keeping.replay(hook, since=began, by="test") == 0
    assert hook.notices.filter(sent_at=sent).exists(), "that it was told then stays known"
    go_round()
    assert len(listener.came) == 1


@pytest.fixture
def few_variables() -> Iterator[None]:
    """As few variables in a statement as some builds of SQLite allow."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes a list as one.")
    connection.ensure_connection()
    most = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    yield
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, most)


def test_very_many_are_told_again(
    hooked: Callable[..., Any], listener: Any, few_variables: None
) -> None:
    hook, _ = hooked()
    began = timezone.now()
    report("A-1")
    outbox.order_lines()
    line = JournalLine.objects.get(kind="cases.CaseOpened")
    again = [copy(line) for _ in range(2199)]
    for n, one in enumerate(again):
        one.pk, one.seq = None, 1_000_000 + n
        if n % 2 == 0:  # of a case that is not there: nobody may hear it
            one.body = line.body | {"case": str(uuid4())}
    JournalLine.objects.bulk_create(again, batch_size=50)
    assert keeping.replay(hook, since=began, by="test") == 1100
    assert hook.notices.count() == 1100


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/y",
        "https://",
        "https://u:p@x/",
        "javascript:alert(1)",
        "http://[x",
        "http://x:port/",
        "https://x:99999/",
    ],
)
def test_an_address_that_is_none_is_refused(
    registered: Callable[..., Any], town: Path, url: str
) -> None:
    with pytest.raises(keeping.WebhookRefused, match="must begin with"):
        keeping.make_webhook(registered(), url=url, kinds=OPENED, by="test")


def test_it_is_tried_again_with_the_same_id_and_in_order(
    hooked: Callable[..., Any], listener: Any
) -> None:
    hook, _ = hooked()
    cases = [report(f"A-{n}") for n in range(3)]
    listener.answers = [204, 503]
    go_round()
    assert len(listener.came) == 2
    hook.refresh_from_db()
    assert (hook.failures, hook.last_trouble) == (1, "503")
    go_round()
    numbers = [one["data"]["number"] for one in listener.bodies()]
    assert numbers == [cases[n].number for n in (0, 1, 1, 2)]
    assert listener.bodies()[1]["id"] == listener.bodies()[2]["id"]
    hook.refresh_from_db()
    assert (hook.failures, hook.last_trouble) == (0, "")


def test_it_rests_between_tries(hooked: Callable[..., Any], listener: Any) -> None:
    hook, _ = hooked()
    listener.always = 500
    report("A-1")
    go_round()
    hook.refresh_from_db()
    assert hook.rest_until > timezone.now() + timedelta(seconds=3)
    assert sending.send_due() == 0
    assert len(listener.came) == 1


def test_a_redirect_is_not_followed(hooked: Callable[..., Any], listener: Any) -> None:
    hooked()
    listener.always = 307
    report("A-1")
    go_round()
    assert len(listener.came) == 1
    assert Notice.objects.get().trouble == "307"


def test_what_is_never_taken_is_set_aside_and_the_rest_goes_on(
    hooked: Callable[..., Any], listener: Any
) -> None:
    _hook, _ = hooked()
    report("A-1")
    report("A-2")
    listener.answers = [500] * sending.SET_ASIDE_AFTER
    for _ in range(sending.SET_ASIDE_AFTER + 1):
        go_round()
    first, second = Notice.objects.order_by("pk")
    assert first.set_aside_at is not None
    assert first.tries == sending.SET_ASIDE_AFTER
    assert second.sent_at is not None
    keeping.try_again(first)
    go_round()
    first.refresh_from_db()
    assert first.sent_at is not None


def test_a_receiver_that_stays_away_is_paused_and_loses_nothing(
    hooked: Callable[..., Any], listener: Any
) -> None:
    hook, _ = hooked()
    listener.always = 500
    report("A-1")
    for _ in range(sending.PAUSE_AFTER):
        go_round()
        report(f"B-{_}")
    hook.refresh_from_db()
    assert hook.paused_why == "failing"
    tried = len(listener.came)
    go_round()
    assert len(listener.came) == tried
    assert JournalLine.objects.filter(
        kind="core.WebhookChanged", body__change="paused:failing"
    ).exists()
    listener.always = 204
    keeping.resume(hook, by="test")
    go_round()
    assert not Notice.objects.filter(sent_at=None).exists()
    assert Notice.objects.count() == 1 + sending.PAUSE_AFTER


def test_gone_pauses_at_once(hooked: Callable[..., Any], listener: Any) -> None:
    hook, _ = hooked()
    listener.always = 410
    report("A-1")
    go_round()
    hook.refresh_from_db()
    assert hook.paused_why == "gone"


def test_nobody_listens_there(hooked: Callable[..., Any], listener: Any) -> None:
    _hook, _ = hooked()
    Webhook.objects.update(url="http://127.0.0.1:1/hook")
    report("A-1")
    go_round()
    assert Notice.objects.get().trouble == "ConnectError"


def test_killed_between_sending_and_writing_down_it_is_sent_once_more(
    hooked: Callable[..., Any], listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked()
    report("A-1")

    def dies(*_: object) -> int:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(sending, "_write_down", dies)
        with pytest.raises(SystemExit):
            go_round()
    go_round()
    first, second = listener.bodies()
    assert first["id"] == second["id"]
    assert Notice.objects.get().sent_at is not None


def test_killed_while_owing_nothing_is_missed(
    hooked: Callable[..., Any], listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.core.webhooks import noticing

    hooked()
    for n in range(3):
        report(f"A-{n}")
    outbox.order_lines()
    made = noticing.owe

    def dies(*said: Any) -> None:
        made(*said)
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(noticing, "owe", dies)
        with pytest.raises(SystemExit):
            take_up()
    assert Notice.objects.count() == 0
    go_round()
    assert len(listener.came) == 3


def test_a_changed_secret_signs_beside_the_old_one_for_a_day(
    hooked: Callable[..., Any], listener: Any
) -> None:
    hook, old = hooked()
    new = keeping.change_secret(hook, by="test")
    report("A-1")
    go_round()
    headers, body = listener.came[0]
    said = {name.lower(): value for name, value in headers.items()}
    stamp = int(said["webhook-timestamp"])
    for secret in (old, new):
        assert verify(
            secret, said["webhook-id"], stamp, body, said["webhook-signature"], now=stamp
        )
    Webhook.objects.update(old_until=timezone.now())
    report("A-2")
    go_round()
    assert " " not in {k.lower(): v for k, v in listener.came[1][0].items()}["webhook-signature"]


def test_told_again_under_the_same_ids(hooked: Callable[..., Any], listener: Any) -> None:
    hook, _ = hooked()
    began = timezone.now()
    for n in range(3):
        report(f"A-{n}")
    go_round()
    assert keeping.replay(hook, since=began, by="test") == 3
    go_round()
    ids = [one["id"] for one in listener.bodies()]
    assert ids[:3] == ids[3:]
    assert Notice.objects.count() == 3


def test_paused_it_is_owed_and_ended_it_is_not(hooked: Callable[..., Any], listener: Any) -> None:
    hook, _ = hooked()
    keeping.pause(hook, by="test")
    report("A-1")
    go_round()
    assert listener.came == []
    keeping.resume(hook, by="test")
    go_round()
    assert len(listener.came) == 1
    keeping.end(hook, by="test")
    report("A-2")
    go_round()
    assert len(listener.came) == 1


def test_its_cost_does_not_grow_with_who_listens(
    hooked: Callable[..., Any], listener: Any, django_assert_max_num_queries: Any
) -> None:
    for n in range(3):
        hooked(f"app-{n}")
    report("A-1")
    outbox.order_lines()
    with CaptureQueriesContext(connection) as few:
        take_up()
    for n in range(3, 30):
        hooked(f"app-{n}")
    report("A-2")
    outbox.order_lines()
    with django_assert_max_num_queries(len(few)):
        take_up()
    assert Notice.objects.count() == 33


@pytest.mark.django_db(transaction=True)
def test_made_while_the_worker_waits_its_turn_it_misses_nothing(
    hooked: Callable[..., Any], registered: Callable[..., Any], listener: Any
) -> None:
    """The worker must see who listens after it has the place in the journal, not before."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time, and reads within it.")
    hooked()

    def take() -> None:
        try:
            take_up()
        finally:
            connection.close()

    worker = Thread(target=take)
    with transaction.atomic():
        Heard.objects.select_for_update().get(pk=1)
        worker.start()
        worker.join(1)
        other = registered("late")
        hook, _ = keeping.make_webhook(other, url=listener.url, kinds=OPENED, by="test")
        report("A-9")
        outbox.order_lines()
    worker.join(30)
    take_up()
    assert hook.notices.count() == 1
