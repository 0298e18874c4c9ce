"""applications.csv: every fault by line; loaded again without undoing what people did."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongbi.core.applications.registering import change, retire
from gongbi.core.models import Application
from gongbi.core.packs import PackRefused, load_pack

HEAD = (
    "name,title_zh,title_en,purpose_zh,purpose_en,owner,place,scopes,per_minute,per_day,"
    "contract_until,contact\n"
)
GOOD = "meters,抄表,Meters,读水表,Reads meters,water,xx,hear report,60,0,2027-12-31,Desk 1\n"


@pytest.fixture
def load(town: Path, tmp_path: Path) -> Callable[[str], int]:
    def again(rows: str, head: str = HEAD) -> int:
        (tmp_path / "pack" / "applications.csv").write_text(head + rows, "utf-8")
        return load_pack(tmp_path / "pack", by="test")

    return again


def test_it_is_entered_and_renewed(load: Callable[[str], int]) -> None:
    load(GOOD)
    row = Application.objects.get()
    assert (row.title_zh, row.scopes, row.per_minute) == ("抄表", ["hear", "report"], 60)
    load(GOOD.replace(",60,", ",90,"))
    row.refresh_from_db()
    assert row.per_minute == 90


def test_what_people_did_stays(load: Callable[[str], int]) -> None:
    load(GOOD + GOOD.replace("meters", "other"))
    change(Application.objects.get(name="meters"), by="test", per_minute=7)
    retire(Application.objects.get(name="other"), by="test", why="x")
    load(GOOD + GOOD.replace("meters", "other"))
    assert Application.objects.get(name="meters").per_minute == 7
    assert Application.objects.get(name="other").retired_at is not None
    load("")
    assert Application.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (GOOD.replace("meters", "Bad Name"), "is no code"),
        (GOOD + GOOD, "stands here twice"),
        (GOOD.replace(",water,", ",nobody,"), "is no unit"),
        (GOOD.replace(",xx,", ",nowhere,"), "is no place"),
        (GOOD.replace("hear report", "hear all"), "scope 'all'"),
        (GOOD.replace(",60,", ",many,"), "whole number"),
        (GOOD.replace("2027-12-31", "soon"), "write a day"),
        (GOOD.replace("抄表", "抄" * 121), "120 are the most"),
    ],
)
def test_every_fault_has_its_line(load: Callable[[str], int], row: str, reason: str) -> None:
    with pytest.raises(PackRefused) as refused:
        load(row)
    fault = refused.value.faults[0]
    assert fault.file == "applications.csv"
    assert fault.line == row.count("\n") + 1
    assert reason in fault.reason
    assert not Application.objects.exists()


def test_a_missing_column_is_named(load: Any) -> None:
    with pytest.raises(PackRefused) as refused:
        load("", head=HEAD.replace("owner,", ""))
    assert "owner" in refused.value.faults[0].reason
