"""Shanghai's metro day and Tainan's hotline, read in place, to the row."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gongbi.feeds import public as feeds

Data = Callable[[str], Path]


def test_the_metro_day_adds_up(shared_data: Data) -> None:
    folder = shared_data("shanghai-metro-2015-04-01")
    mapping = feeds.read_mapping("shanghai_metro")
    rows = zeros = 0
    totals: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    streams: set[str] = set()
    zone = ZoneInfo("Asia/Shanghai")
    for row in feeds.understand(mapping, folder):
        assert isinstance(row, feeds.Understood), row
        rows += bool(row.row)
        for one in row.observations:
            zeros += one.made
            kind = one.datastream.split(":")[2]
            totals[kind] += int(one.value)
            streams.add(one.datastream)
            hours[one.at.astimezone(zone).hour] += int(one.value) if kind == "entries" else 0
    assert (rows, zeros) == (62_287, 7_988)
    assert totals == {"entries": 4_541_256, "exits": 4_522_728}  # as the set's README says
    assert len(streams) == 2 * 290
    assert hours.most_common(1)[0][0] == 8
    assert max(range(12, 24), key=lambda hour: hours[hour]) == 17


def test_tainan_adds_up_and_says_why(shared_data: Data) -> None:
    folder = shared_data("tainan1999-2015-2017")
    report = feeds.check(feeds.read_mapping("tainan_hotline"), folder)
    assert (report.read, report.understood, report.refused_rows) == (67_548, 67_515, 33)
    assert report.repeated == 0
    assert report.types["earthquake"] == 110
    # 5,694 髒亂及汙染 and 38 髒亂及污染 are one type; 4 of them stand in rows refused.
    assert report.types["dirt"] == 5_694 + 38 - 4
    assert all(one.column == "area" and one.remedy for one in report.refused)


def test_february_2016_holds_the_earthquake(shared_data: Data) -> None:
    file = shared_data("tainan1999-2015-2017") / "tainan1999_2016.csv"
    zone = ZoneInfo("Asia/Taipei")
    days: Counter[int] = Counter()
    shaken: Counter[int] = Counter()
    refused = 0
    with file.open(encoding="utf-8") as lines:
        dates = [row["requested_datetime"] for row in csv.DictReader(lines)]
    for row in feeds.understand(feeds.read_mapping("tainan_hotline"), file):
        if isinstance(row, feeds.Refused):
            refused += dates[row.row - 2].startswith("2016-02")
        elif isinstance(row, feeds.Understood) and row.report is not None:
            at = row.report.at.astimezone(zone)
            if datetime(2016, 2, 1, tzinfo=zone) <= at < datetime(2016, 3, 1, tzinfo=zone):
                days[at.day] += 1
                shaken[at.day] += row.report.type == "earthquake"
    assert sum(days.values()) + refused == 1_927
    assert refused == 2
    assert days.most_common(1)[0][0] == 6
    assert shaken[6] == 36
    assert sum(shaken[day] for day in range(1, 6)) == 0
