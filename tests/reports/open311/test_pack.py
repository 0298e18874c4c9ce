"""open311.toml: every fault by line, before anything is loaded; a pack may do without it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from tests.reports.open311.conftest import OPEN311

from gongbi.core.packs import PackRefused, load_pack


@pytest.fixture
def load(town: Path, tmp_path: Path) -> Callable[[str], int]:
    def again(text: str) -> int:
        file = tmp_path / "pack" / "open311.toml"
        file.write_text(text, "utf-8") if text else file.unlink()
        return load_pack(tmp_path / "pack", by="test")

    return again


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ('point = "near"', 'point = "roughly"', "'roughly' is not one of exact, near, place"),
        ('type = "lamp-out"', 'type = "no-such"', "'no-such' is no case type"),
        ('type = "lamp-out"', 'type = "burst-pipe"', "stands here twice"),
        ("words = true", 'words = "yes"', "words must be a bool"),
        ("words = true", "speech = true", "unknown key 'speech'"),
        ('datatype = "number"', 'datatype = "float"', "'float' is not one of"),
        ('code = "LAMPS"', 'code = "POLE"', "attribute 'POLE' stands here twice"),
        ('code = "LAMPS"', 'code = "a[b]"', "must be of letters"),
        ('datatype = "number"', 'datatype = "singlevaluelist"', "needs values with keys"),
        ('key = "w"', "key = 1", "needs values with keys"),
        ("jurisdiction_id", "jurisdiction", "unknown key 'jurisdiction'"),
        ("[[service]]", "[[service", "not TOML"),
    ],
)
def test_every_fault_is_named(load: Callable[[str], int], was: str, now: str, reason: str) -> None:
    with pytest.raises(PackRefused) as refused:
        load(OPEN311.replace(was, now))
    faults = [fault for fault in refused.value.faults if fault.file == "open311.toml"]
    assert any(reason in fault.reason for fault in faults)
    assert all(fault.line >= 1 for fault in faults)


def test_a_new_pack_changes_the_door_at_once(load: Callable[[str], int]) -> None:
    load(OPEN311.replace("Hotline 12345", "Desk 7"))
    assert Client().get("/open311/discovery.json").json()["contact"] == "Desk 7"


def test_without_the_file_every_type_is_near_and_silent(load: Callable[[str], int]) -> None:
    load("")
    said = Client().get("/open311/v2/services/lamp-out.json").json()
    assert said == {"service_code": "lamp-out", "attributes": []}
    assert Client().get("/open311/v2/requests.json?jurisdiction_id=any").status_code == 200
