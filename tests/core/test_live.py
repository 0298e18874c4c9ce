"""News of open pages: which parts have changed, also after the database was away."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from django.utils import timezone

from gongbi.core import live
from gongbi.core.models import JournalLine


async def line(seq: int, kind: str) -> None:
    at = timezone.now()
    said = {"subject": "x", "actor": "test", "at": at, "recorded_at": at, "body": {}}
    bare = {"salt": b"", "commitment": b"", "batch": 1}
    await JournalLine.objects.acreate(seq=seq, kind=kind, **said, **bare)


def test_news_go_on_after_the_database_was_away(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY_SECONDS", 0.02)
    real, faults, looked = live._since, [OperationalError("secret words")] * 3, asyncio.Event()

    async def since(seen: Any) -> Any:
        if seen is not None and faults:
            raise faults.pop()
        found = await real(seen)
        looked.set()
        return found

    monkeypatch.setattr(live, "_since", since)

    async def hear() -> tuple[str, ...]:
        tailer = live._Tailer()
        queue = tailer.listen()
        await looked.wait()
        await line(1, "cases.CaseOpened")
        await line(2, "reports.CityConnected")
        heard = await asyncio.wait_for(queue.get(), 10)
        tailer.listeners.clear()
        assert tailer.task is not None
        await tailer.task
        return heard

    assert async_to_sync(hear)() == ("cases", "reports")
    assert not faults
    said = [one.getMessage() for one in caplog.records if one.name == live.__name__]
    assert said == ["No news can be read from the journal: OperationalError"]
