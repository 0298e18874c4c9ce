"""Instants, figures, points and places: what a cell may say and why it may not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.feeds import public as feeds
from gongbi.kernel.datum import gcj02_from_wgs84, metres_between

Read = Callable[..., list[feeds.Outcome]]
ZONES = ["Asia/Shanghai", "Asia/Taipei", "Europe/London", "America/New_York", "Australia/Sydney"]


def first(outcomes: list[feeds.Outcome]) -> feeds.Outcome:
    return outcomes[0]


def moment(outcomes: list[feeds.Outcome]) -> datetime:
    row = first(outcomes)
    assert isinstance(row, feeds.Understood), row
    return row.observations[0].at


def gauge(at: str, level: str = "1") -> str:
    return f"at,gauge,level\n{at},a,{level}\n"


def test_local_hours_become_utc(gauges: feeds.Mapping, read: Read) -> None:
    said = moment(read(gauges, gauge("2016-02-06T03:57:00")))
    assert said == datetime(2016, 2, 5, 19, 57, tzinfo=UTC)


def test_an_hour_with_its_own_zone_keeps_it(gauges: feeds.Mapping, read: Read) -> None:
    said = moment(read(gauges, gauge("2016-02-06T03:57:00+01:00")))
    assert said == datetime(2016, 2, 6, 2, 57, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%Y年%m月%d日 %H:%M", "2016年02月06日 03:57"),
        ("epoch_s", "1454702220"),
        ("epoch_ms", "1454702220000"),
    ],
)
def test_other_ways_to_write_it(gauges: feeds.Mapping, read: Read, form: str, text: str) -> None:
    rule = feeds.TimeRule("at", form, "Asia/Shanghai")
    assert moment(read(gauges, gauge(text), time=rule)) == datetime(2016, 2, 5, 19, 57, tzinfo=UTC)


def test_an_hour_shown_twice_is_refused_or_settled(gauges: feeds.Mapping, read: Read) -> None:
    """London, 30 October 2016: 01:30 came at 00:30 and again at 01:30 UTC."""
    text = gauge("2016-10-30T01:30:00")
    rule = feeds.TimeRule("at", zone="Europe/London")
    refused = first(read(gauges, text, time=rule))
    assert isinstance(refused, feeds.Refused)
    assert "twice" in refused.reason
    for choice, hour in (("first", 0), ("second", 1)):
        said = moment(read(gauges, text, time=replace(rule, ambiguous=choice)))
        assert said == datetime(2016, 10, 30, hour, 30, tzinfo=UTC)


def test_an_hour_that_was_skipped_is_refused(gauges: feeds.Mapping, read: Read) -> None:
    rule = feeds.TimeRule("at", zone="Europe/London", ambiguous="first")
    refused = first(read(gauges, gauge("2016-03-27T01:30:00"), time=rule))
    assert isinstance(refused, feeds.Refused)
    assert "skipped" in refused.reason


@settings(max_examples=80, deadline=None)
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(ZONES),
    st.sampled_from(["first", "second"]),
)
def test_an_instant_shows_the_same_hour_or_was_skipped(
    naive: datetime, zone: str, choice: str
) -> None:
    mapping = feeds.Mapping(
        "g", "observations", time=feeds.TimeRule("at", zone=zone, ambiguous=choice),
        values=(feeds.ValueRule("level", "urn:{gauge}"),),
    )  # fmt: skip
    naive = naive.replace(microsecond=0)
    row = first(list(feeds.understand(mapping, gauge(naive.isoformat()).encode())))
    if isinstance(row, feeds.Understood):
        said = row.observations[0].at
        assert said.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive
        assert said.utcoffset() == timedelta(0)
    else:
        there = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
        assert there.replace(tzinfo=None) != naive


def test_a_linear_unit_is_turned(gauges: feeds.Mapping, read: Read) -> None:
    value = feeds.ValueRule("level", "urn:{gauge}", unit="C", factor=5 / 9, offset=-160 / 9)
    row = first(read(gauges, gauge("2016-02-06T00:00:00", "212"), values=(value,)))
    assert isinstance(row, feeds.Understood)
    assert row.observations[0].value == pytest.approx(100.0)


def test_a_wrong_unit_shows_by_its_bounds(gauges: feeds.Mapping, read: Read) -> None:
    """Kilopascals where megapascals are meant."""
    value = feeds.ValueRule("level", "urn:{gauge}", unit="MPa", minimum=0, maximum=2)
    refused = first(read(gauges, gauge("2016-02-06T00:00:00", "350"), values=(value,)))
    assert isinstance(refused, feeds.Refused)
    assert "350 MPa lies outside 0 to 2" in refused.reason
    assert "unit" in refused.remedy


@pytest.mark.parametrize("cell", ["", "abc", "nan", "inf", "1e999", "--"])
def test_what_is_no_figure_is_refused(gauges: feeds.Mapping, read: Read, cell: str) -> None:
    refused = first(read(gauges, gauge("2016-02-06T00:00:00", cell)))
    assert isinstance(refused, feeds.Refused)
    assert (refused.row, refused.column) == (2, "level")


@pytest.mark.parametrize("cell", ['"1,234"', "１２３４", '"１，２３４"', " 1234 "])
def test_figures_as_people_type_them(gauges: feeds.Mapping, read: Read, cell: str) -> None:
    row = first(read(gauges, gauge("2016-02-06T00:00:00", cell)))
    assert isinstance(row, feeds.Understood)
    assert row.observations[0].value == 1234


def located(
    tickets: feeds.Mapping, lon: object, lat: object, datum: str = "WGS84"
) -> feeds.Outcome:
    mapping = replace(tickets, place=feeds.PlaceRule(lon="x", lat="y", datum=datum))
    text = f"number,at,what,x,y\n1,2016-02-06T00:00:00,dark,{lon},{lat}\n"
    return first(list(feeds.understand(mapping, text.encode())))


def test_a_point_comes_back_from_its_datum(tickets: feeds.Mapping) -> None:
    lon, lat = gcj02_from_wgs84(121.4737, 31.2304)
    row = located(tickets, lon[0], lat[0], "GCJ-02")
    assert isinstance(row, feeds.Understood)
    assert row.report is not None
    assert metres_between(row.report.lon, row.report.lat, 121.4737, 31.2304)[0] < 0.1


def test_swapped_degrees_are_named_so(tickets: feeds.Mapping) -> None:
    refused = located(tickets, 31.2304, 121.4737)
    assert isinstance(refused, feeds.Refused)
    assert "swapped" in refused.remedy


@pytest.mark.parametrize(("lon", "lat"), [(500, 31), (121, ""), ("", 31), (121, "north")])
def test_impossible_points_are_refused(tickets: feeds.Mapping, lon: object, lat: object) -> None:
    assert isinstance(located(tickets, lon, lat), feeds.Refused)


@pytest.mark.parametrize(("lon", "lat"), [("", ""), (0, 0)])
def test_no_point_is_no_fault(tickets: feeds.Mapping, lon: object, lat: object) -> None:
    row = located(tickets, lon, lat)
    assert isinstance(row, feeds.Understood)
    assert row.report is not None
    assert row.report.lon is None


def test_spaces_in_a_place_are_dirt_and_an_unknown_place_is_told(
    tickets: feeds.Mapping, read: Read
) -> None:
    rule = feeds.PlaceRule(column="area", codes={"北區": "bei"})
    head, row = "number,at,what,area\n", "{},2016-02-06T00:00:00,dark,{}\n"
    good, bad = read(tickets, head + row.format(1, "北 區") + row.format(2, "西區"), place=rule)
    assert isinstance(good, feeds.Understood)
    assert good.report is not None
    assert good.report.place == "bei"
    assert isinstance(bad, feeds.Refused)
    assert (bad.row, bad.column, bad.value) == (3, "area", "西區")
    left = read(tickets, head + row.format(2, "西區"), place=replace(rule, other="none"))
    assert isinstance(left[0], feeds.Understood)
