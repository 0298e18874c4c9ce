"""The public client for Python, `georeport`, against the door on a real port."""

from typing import Any

import httpx
import pytest
from georeport import GeoReport
from tests.reports.conftest import TOWN
from tests.reports.open311.conftest import LAMP, OPEN311, READERS


@pytest.fixture
def served(live_server: Any, tmp_path: Any, settings: Any) -> str:
    """The city on a port of its own; its address."""
    from gongbi.core import packs

    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in (TOWN | {"open311.toml": OPEN311}).items():
        (folder / name).write_text(text, "utf-8")
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = READERS
    packs.load_pack(folder, by="test")
    return f"{live_server.url}/open311/v2"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_it_reads_services_definitions_and_requests(served: str, form: str) -> None:
    from gongbi.core.public import make_application_key

    said = LAMP | {"api_key": make_application_key("fixit", ["report"])}
    numbers = []
    for n in range(2):
        sent = httpx.post(f"{served}/requests.json", data=said | {"client_reference": f"r{n}"})
        numbers.append(sent.json()[0]["service_request_id"])
    client = GeoReport(served, jurisdiction="inkwell.example", output_format=form)
    assert [one["service_code"] for one in client.get_service_list()] == ["burst-pipe", "lamp-out"]
    definition = client.get_service_definition("lamp-out")
    assert definition["service_code"] == "lamp-out"
    found = client.get_service_requests(service_code="lamp-out", status="open")
    assert [one["status"] for one in found] == ["open", "open"]
    one = client.get_service_request(numbers[0])
    assert one["service_request_id"] == numbers[0]
    several = client.get_service_requests(service_request_id=",".join(numbers))
    assert len(several) == 2


def test_a_refusal_reaches_it_as_one(served: str) -> None:
    client = GeoReport(served, jurisdiction="elsewhere.example")
    with pytest.raises(Exception, match="404"):
        client.get_service_list()
