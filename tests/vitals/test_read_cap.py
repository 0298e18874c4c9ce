"""CAP 1.2: what keeps to the standard is read, what breaks it is told, all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.vitals.cap import NAMESPACE, BadCap, read_cap

INFO = """<info><language>en-US</language><category>Met</category><event>Heavy rain</event>
<urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty>
<onset>2026-11-24T11:00:00+08:00</onset><expires>2026-11-24T22:00:00+08:00</expires>
<senderName>Weather office</senderName><headline>Heavy rain until night</headline>
<area><areaDesc>The east</areaDesc>AREA</area></info>"""
EAST = "<geocode><valueName>place</valueName><value>xx-e</value></geocode>"


def message(
    identifier: str = "rain-1",
    *,
    status: str = "Actual",
    kind: str = "Alert",
    references: str = "",
    info: str = INFO,
    area: str = EAST,
    scope: str = "Public",
    sent: str = "2026-11-24T09:30:00+08:00",
    more: str = "",
) -> bytes:
    """A message as a weather office sends it."""
    follows = f"<references>{references}</references>" if references else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="{NAMESPACE}">'
        f"<identifier>{identifier}</identifier><sender>weather@xx</sender><sent>{sent}</sent>"
        f"<status>{status}</status><msgType>{kind}</msgType><scope>{scope}</scope>{more}{follows}"
        f"{info.replace('AREA', area)}</alert>"
    ).encode()


def faults(body: bytes) -> str:
    with pytest.raises(BadCap) as caught:
        read_cap(body)
    return " ".join(caught.value.faults)


def test_a_message_is_read() -> None:
    found = read_cap(message())
    assert (found.identifier, found.sender, found.status) == ("rain-1", "weather@xx", "Actual")
    [info] = found.infos
    assert (info.event, info.severity, info.sender_name) == (
        "Heavy rain", "Severe", "Weather office",
    )  # fmt: skip
    assert info.areas[0].codes == (("place", "xx-e"),)
    assert info.expires is not None
    assert info.expires.isoformat() == "2026-11-24T22:00:00+08:00"


def test_all_faults_are_told_at_once() -> None:
    said = faults(
        message(status="Real", scope="Private", sent="2026-11-24T09:30:00Z", kind="Update")
    )
    for word in ("status 'Real'", "addresses is missing", "sent '2026", "references is missing"):
        assert word in said


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<category>Met</category>", "", "no category"),
        ("<category>Met</category>", "<category>Rain</category>", "category 'Rain'"),
        ("<event>Heavy rain</event>", "", "event is missing"),
        ("<severity>Severe</severity>", "<severity>Red</severity>", "severity 'Red'"),
        ("<urgency>Expected</urgency>", "", "Expected one urgency, found 0"),
        ("22:00:00+08:00", "10:00:00+08:00", "expires is not after"),
        ("22:00:00+08:00", "25:00:00+08:00", "expires '2026"),
        ("<areaDesc>The east</areaDesc>", "", "areaDesc is missing"),
        ("rain-1", "rain, 1", "identifier holds a space"),
        ("</headline>", "</headline><responseType>Run</responseType>", "responseType 'Run'"),
        ("<value>xx-e</value>", "", "value is missing"),
        (NAMESPACE, "urn:oasis:names:tc:emergency:cap:1.1", "expected alert of"),
    ],
)
def test_each_rule_bites(old: str, new: str, fault: str) -> None:
    assert fault in faults(message().decode().replace(old, new).encode())


@pytest.mark.parametrize(
    ("area", "fault"),
    [
        ("<polygon>30,122 30,123 31,123 30,122.5</polygon>", "the first and the last alike"),
        ("<polygon>30,122 30,123 30,122</polygon>", "at least four pairs"),
        ("<polygon>95,122 30,123 31,123 95,122</polygon>", "no latitude"),
        ("<polygon>30,122 30,122 30,122 30,122</polygon>", "no area"),
        ("<circle>30,122</circle>", "circle"),
        ("<circle>30,122 nan</circle>", "circle"),
        ("<ceiling>10</ceiling>", "no altitude"),
    ],
)
def test_areas_must_be_areas(area: str, fault: str) -> None:
    assert fault in faults(message(area=area))


def test_a_circle_is_round_on_the_ground() -> None:
    """Five kilometres at 30.2° north: 0.0449° of latitude, 0.0520° of longitude."""
    [area] = read_cap(message(area="<circle>30.2,122.9 5</circle>")).infos[0].areas
    assert area.shape is not None
    west, south, east, north = area.shape.bounds
    assert (east - west) / 2 == pytest.approx(0.0520, abs=1e-4)
    assert (north - south) / 2 == pytest.approx(0.0449, abs=1e-4)


def test_xml_that_is_a_trap_is_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><alert>&b;</alert>'
    assert "cannot" in faults(bomb.encode()) or "safely" in faults(bomb.encode())
    assert "safely" in faults(b"no xml at all")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with pytest.raises(BadCap):
        read_cap(body)
