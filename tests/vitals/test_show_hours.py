"""The next hours of a sign that counts: figures, bounds, why; and too little to say."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.vitals.conftest import CAST, FILES, STREAMS, Sensing, at, stream_table
from tests.vitals.walking import read

from gongbi.vitals.hours_ahead import hours_ahead
from gongbi.vitals.models import Series

RIDERS = """
[[indicator]]
code = "riders"
name_en = "Passengers"
name_zh = "客流"
class = "crowd"
property = "metro_entries"
unit = "persons"
aggregate = "sum"
window_minutes = 30
places = ["quarter"]
notice = 9000
"""
HERE, THERE = 6, 7
PAGE = "/vitals/riders/xx-e-1-a/hours/"


@pytest.fixture
def pack_folder(pack_folder: Path) -> Path:
    (pack_folder / "indicators.toml").write_text(FILES["indicators.toml"] + RIDERS, "utf-8")
    more = {
        HERE: ("metro_entries", "persons", "xx-e-1-a"),
        THERE: ("metro_entries", "persons", "xx-e-1-b"),
    }
    pq.write_table(stream_table(STREAMS | more), pack_folder / "datastreams.parquet")
    return pack_folder


def count_of(hour: int) -> float:
    """What an ordinary half hour brings: 100 by night, 400 at nine."""
    return 100.0 + 300.0 * max(0.0, 1 - abs(hour % 24 - 1) / 4)


def write_days(sensing: Sensing, days: int, last: float = 1.0) -> None:
    """Days of half hours at two places; the last two hours ``last`` times the ordinary."""
    for day in range(days):
        rows = []
        for half in range(48):
            hour = 24 * day + half // 2
            times = last if hour >= 24 * days - 2 else 1.0
            minute = 30 * (48 * day + half) + 10
            rows += [(one, minute, times * count_of(hour)) for one in (HERE, THERE)]
        sensing.say(*rows)
        sensing.tick(24 * 60 * (day + 1))
        sensing.fold()
    sensing.clock.now = at(24 * 60 * days + 20)


def test_each_hour_says_what_between_what_and_why(sensing, signed_in):
    write_days(sensing, 23, last=1.5)
    said = read(signed_in("officer"), PAGE)
    assert "Hour by hour, and why" in said
    assert "The hour before brought" in said
    assert "is usual: the middle of the same hour of 3 weeks." in said
    assert said.count("by earlier weeks") == 5
    assert said.count("by the hours before") == 1
    assert "From 23 days of this place's hours and of 1 other place of this sign" in said
    zh = read(signed_in("officer", "zh-hans"), PAGE)
    assert "未来几小时" in zh
    assert "按此前几小时" in zh
    one = Series.objects.get(indicator="riders", place="xx-e-1-a")
    found = hours_ahead(one).hours
    assert [hour.begin for hour in found] == [
        at(24 * 60 * 23) + n * timedelta(hours=1) for n in range(6)
    ]
    assert found[0].usual == pytest.approx(2 * count_of(0))
    assert found[1].expected == found[1].usual == pytest.approx(2 * count_of(1))


def test_a_known_event_shifts_the_hours_it_holds_in_and_says_so(sensing, signed_in):
    write_days(sensing, 23)
    one = Series.objects.get(indicator="riders", place="xx-e-1-a")
    before = hours_ahead(one).hours
    officer = signed_in("officer")
    said = {
        "name_en": "Lantern fair", "begins_at": f"{at(24 * 60 * 23 + 120):%Y-%m-%d}T12:00",
        "percent": "150", "ends_at": f"{at(24 * 60 * 23 + 240):%Y-%m-%d}T14:00",
        "touches": "sign:riders", "shift": "0", "source": "culture office",
    }  # fmt: skip
    answer = officer.post("/known/at/xx-e-1", said)
    assert answer.status_code == 302, answer.content.decode()
    after = hours_ahead(one).hours
    assert [round(b.expected / a.expected, 2) for a, b in zip(before, after, strict=True)] == [
        1, 1, 1.5, 1.5, 1, 1,
    ]  # fmt: skip
    assert after[2].high - before[2].high == pytest.approx(after[2].expected - before[2].expected)
    page = read(officer, PAGE)
    assert page.count("Expected to be higher: Lantern fair") == 2


def test_too_little_is_said_so_with_the_remedy(sensing, signed_in):
    write_days(sensing, 14)
    said = read(signed_in("officer"), PAGE)
    assert "Too little history to say" in said
    assert "14 days with this sign's hours are known; 15 are needed" in said
    assert "gongbi backfill" in said
    assert "Hour by hour" not in said


def test_a_silent_place_has_no_hours(sensing, signed_in):
    assert "0 days with this sign's hours" in read(signed_in("officer"), PAGE)


def test_only_signs_that_count_have_the_page_and_the_way_to_it(sensing, signed_in):
    officer = signed_in("officer")
    assert f"[{PAGE}]" in read(officer, "/vitals/riders/xx-e-1-a/")
    assert "hours/]" not in read(officer, "/vitals/pressure/xx-e-1-a/")
    assert officer.get("/vitals/pressure/xx-e-1-a/hours/").status_code == 404


def test_who_sees_it(sensing, signed_in):
    for name in CAST:
        status = signed_in(name).get(PAGE).status_code
        seen = name in ("officer", "supervisor", "dispatcher", "keeper")
        assert status == 200 if seen else status in (403, 404), name
    assert signed_in("west").get(PAGE).status_code == 404
    assert signed_in("").get(PAGE).status_code == 302


def test_what_it_costs_in_sql(sensing, signed_in, django_assert_max_num_queries):
    officer = signed_in("officer")
    officer.get(PAGE)
    with django_assert_max_num_queries(10):
        officer.get(PAGE)
