"""Reports played through the real web door: in order, each a case, none twice."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.replay.conftest import KEYS, Sensing, write_gauges

from gongbi.feeds.public import CountRule, Mapping, PlaceRule, read_mapping
from gongbi.replay.public import Doors, pack_for, replay

Feed = tuple[Mapping, Path]


@pytest.fixture
def doors(
    live_server: Any, sensing: Sensing, tmp_path: Path, settings: Any
) -> Iterator[Callable[..., Doors]]:
    """Doors to a city of thirty-seven districts, on its web and its ingest."""
    from gongbi.core.packs import load_pack
    from gongbi.core.public import make_application_key

    settings.GONGBI_DATA = tmp_path / "web"
    pack_for(read_mapping("tainan_hotline"), tmp_path, tmp_path / "pack")
    load_pack(tmp_path / "pack", by="test")
    keys = KEYS | {"report": make_application_key("player", ["report"])}
    opened: list[Doors] = []

    def make(told: Callable[[str], None] = lambda _: None) -> Doors:
        opened.append(Doors(live_server.url, sensing.url, keys, told=told))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def cases() -> list[Any]:
    from gongbi.cases.models import Case

    return list(Case.objects.order_by("number"))


def test_reports_reconcile_and_come_in_order(tickets: Feed, doors: Callable[..., Doors]) -> None:
    account = replay(*tickets, doors(), speed=None)
    assert account.whole
    assert (account.read, account.repeated_in_file, account.refused_here) == (5, 1, 1)
    assert account.stored == 3
    opened = [case.opened_at.isoformat() for case in cases()]
    assert opened == sorted(opened)
    assert opened[0].startswith("2016-02-06T00:01")


def test_played_again_no_case_is_opened(tickets: Feed, doors: Callable[..., Doors]) -> None:
    replay(*tickets, doors(), speed=None)
    again = replay(*tickets, doors(), speed=None)
    assert again.whole
    assert (again.stored, again.repeated) == (0, 3)
    assert len(cases()) == 3


def test_a_report_the_city_refuses_is_told_with_its_reason(
    tickets: Feed, doors: Callable[..., Doors]
) -> None:
    mapping = replace(
        tickets[0], report=replace(tickets[0].report, reference="{number}" + "x" * 99)
    )
    account = replay(mapping, tickets[1], doors(), speed=None)
    assert account.whole
    assert account.refused_there == 3
    assert any("reference" in reason for reason in account.reasons)


COUNTS = (CountRule("urn:gauge:g0"), CountRule("urn:gauge:{@place}", type="nothing"))


def test_reports_are_counted_into_readings(
    tickets: Feed, doors: Callable[..., Doors], sensing: Sensing
) -> None:
    """By hand: one at 08:01, one at 08:59, one at 09:10; each five minutes apart."""
    mapping = replace(tickets[0], counts=COUNTS)
    account = replay(mapping, tickets[1], doors(), speed=None)
    assert account.whole
    assert (account.counts_sent, account.counts_kept) == (3, 3)
    minutes = [(at // 60_000 % 1440 + 480) % 1440 for _id, at, _value in sensing.rows()]
    assert minutes == [8 * 60, 8 * 60 + 55, 9 * 60 + 10]
    assert [value for _id, _at, value in sensing.rows()] == [1, 1, 1]
    again = replay(mapping, tickets[1], doors(), speed=None)
    assert again.counts_kept == 3
    assert len(sensing.rows()) == 3


def test_nobody_calling_is_a_zero_each_hour(
    tickets: Feed, doors: Callable[..., Doors], sensing: Sensing
) -> None:
    absent = replace(tickets[0].absent, means="zero", step_minutes=60)
    place = PlaceRule(codes={"一": "g0", "二": "g1"})
    rules = (CountRule("urn:gauge:{@place}"),)
    mapping = replace(tickets[0], counts=rules, absent=absent, place=place)
    account = replay(mapping, tickets[1], doors(), speed=None)
    assert account.whole
    assert [(one, value) for one, _at, value in sensing.rows()] == [(1, 0), (2, 0)] * 2


def test_a_city_without_the_datastreams_keeps_the_reports(
    tickets: Feed, doors: Callable[..., Doors], sensing: Sensing
) -> None:
    write_gauges(sensing.town.data, "other")
    time.sleep(1)  # the door looks for a new plan every quarter of a second
    told: list[str] = []
    account = replay(
        replace(tickets[0], counts=COUNTS), tickets[1], doors(told.append), speed=None
    )
    assert account.whole
    assert account.stored == 3
    assert account.counts_kept == 0
    assert len(told) == 1
    assert "urn:gauge:g0" in told[0]
    assert "Load a pack" in told[0]
