"""Two real days through a whole city: what an officer sees at its peaks, and the rows behind."""

import csv
import html
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.config.conftest import Installation, nowhere, stop, tables

__all__ = ["nowhere", "tables"]

Data = Callable[[str], Path]
ROW = re.compile(
    r'<th scope="row"><time datetime="([^"]+)"[^>]*>.*?<td class="number">([\d,]+) \w+</td>'
    r'.*?badge is-(\w+)', re.DOTALL
)  # fmt: skip
ACCOUNT = re.compile(r"\d[\d,]*")
SUM = re.compile(r"\d[\d,]* [a-z].* = ")


class Officer:
    """A duty officer of the whole city at the web's own pages."""

    def __init__(self, city: Installation) -> None:
        said = city.run("account", "officer", "--name", "值班", "--role", "duty_officer",
                        "--unit", "centre")  # fmt: skip
        assert said.returncode == 0, said.stdout + said.stderr
        self._client = httpx.Client(
            base_url=city.url, headers={"Accept-Language": "en"}, timeout=60, follow_redirects=True
        )
        form = self._client.get("/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token
        self._client.post(
            "/sign-in/",
            data={"csrfmiddlewaretoken": token[1], "username": "officer",
                  "password": said.stdout.split()[1], "next": ""},
            headers={"Origin": city.url},
        )  # fmt: skip

    def page(self, path: str) -> str:
        answer = self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return html.unescape(answer.text)

    def windows(self, path: str) -> dict[datetime, tuple[int, str]]:
        """Window → (value, level), of the readings a figure's page lists."""
        _chart, _, listed = self.page(path).rpartition("Readings, the newest first")
        return {
            datetime.fromisoformat(at): (int(value.replace(",", "")), level)
            for at, value, level in ROW.findall(listed)
        }

    def wait_for(self, path: str, window: datetime) -> dict[datetime, tuple[int, str]]:
        """The readings of a page once this window stands there."""
        until = time.monotonic() + 60
        while window not in (found := self.windows(path)):
            assert time.monotonic() < until, (path, window, sorted(found)[-3:])
            time.sleep(0.3)
        return found

    def wait_for_text(self, path: str, pattern: str) -> None:
        """Levels are told a moment after the readings that bear them: look until they are."""
        until = time.monotonic() + 60
        while not re.search(pattern, self.page(path)):
            assert time.monotonic() < until, (path, pattern)
            time.sleep(0.3)

    def close(self) -> None:
        self._client.close()


CityOf = Callable[[str, Path], Installation]
OfficerOf = Callable[[Installation], Officer]


@pytest.fixture
def officer_of() -> Iterator[Callable[[Installation], Officer]]:
    """An officer of a running city."""
    on_duty: list[Officer] = []

    def make(city: Installation) -> Officer:
        on_duty.append(Officer(city))
        return on_duty[-1]

    yield make
    for officer in on_duty:
        officer.close()


@pytest.fixture
def city_of(
    nowhere: Installation, tmp_path: Path
) -> Iterator[Callable[[str, Path], Installation]]:
    """A running city with the pack of a shipped feed."""
    running = []

    def make(mapping: str, data: Path) -> Installation:
        city = nowhere
        for command in (
            ("feed", "pack", mapping, "--data", str(data), str(tmp_path / "pack")),
            ("pack", "load", str(tmp_path / "pack")),
        ):
            done = city.run(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        running.append(city.start())
        return city

    yield make
    for up in running:
        stop(up)


def account_of(city: Installation, *words: str) -> list[int]:
    """The figures of a replay's account in the order told; it must be whole."""
    done = city.run("replay", *words, "--speed", "max", COLUMNS="400")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The account is whole." in done.stdout
    lines = [line for line in done.stdout.splitlines() if SUM.match(line)]
    return [int(one.replace(",", "")) for line in lines for one in ACCOUNT.findall(line)]


def test_the_metro_day_shows_both_its_peaks(
    shared_data: Data, city_of: CityOf, officer_of: OfficerOf
) -> None:
    data = shared_data("shanghai-metro-2015-04-01")
    zone = ZoneInfo("Asia/Shanghai")
    entries: Counter[datetime] = Counter()
    at_people_square: dict[datetime, int] = {}
    with (data / "station_flow_5min.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["time_local"]).replace(tzinfo=zone)
            entries[at] += int(row["entries"])
            if row["station"] == "人民广场":
                at_people_square[at] = int(row["entries"])
    city = city_of("shanghai_metro", data)
    officer = officer_of(city)
    network, feed = "/vitals/network-entries/shanghai/", ("shanghai_metro", "--data", str(data))
    # By hand from the file: the busiest five minutes of the morning and of the evening.
    for hour, (begin, end) in ((8, (6, 12)), (17, (15, 21))):
        inside = [at for at in entries if begin <= at.hour < end]
        peak = max(inside, key=lambda at: entries[at])
        assert peak.hour in (hour, hour + 1)
        account_of(city, *feed, "--until", f"{peak + timedelta(minutes=30):%Y-%m-%dT%H:%M}")
        shown = officer.wait_for(network, peak + timedelta(minutes=20))
        assert shown[peak] == (entries[peak], "alarm" if hour == 8 else "warning")
        assert all(value == entries[at] for at, (value, _level) in shown.items())
        assert max(value for value, _level in shown.values()) == entries[peak]
        officer.wait_for_text("/centre/", rf'is-(alarm|warning)">[^§]{{0,300}}{network}')
    whole = account_of(city, *feed)
    assert whole[:2] == [62_287, 62_287]
    assert whole[5] == 132_562
    again = account_of(city, *feed)
    assert again[5:9] == [132_562, 7_988, 0, 132_562]
    links = re.findall(r'href="(/vitals/network-entries/shanghai/\d+/)">([^<]+)',
                       officer.page(network))  # fmt: skip
    (square,) = [link for link, name in links if name == "urn:shmetro:entries:人民广场"]
    behind = officer.page(f"{square}?span=24h")
    assert f"{max(at_people_square.values()):,}" in behind
    brief = officer.page("/brief/?day=2015-04-01")
    alerts = re.search(r'href="(/brief/alerts/\?day=2015-04-01[^"]*)">(\d+)', brief)
    assert alerts
    assert int(alerts[2]) > 50
    assert f"{alerts[2]} rows" in officer.page(alerts[1])


def test_the_earthquake_of_february_2016_is_seen(
    shared_data: Data, city_of: CityOf, officer_of: OfficerOf
) -> None:
    data = shared_data("tainan1999-2015-2017")
    city = city_of("tainan_hotline", data)
    officer = officer_of(city)
    feed = ("tainan_hotline", "--data", str(data), "--from", "2016-02-05")
    play_to_the_earthquake(city, officer, feed)
    whole = account_of(city, *feed, "--until", "2016-02-07T12:00")
    # 188 rows of these days = 187 sent + one whose district cannot be told.
    assert (whole[0] - whole[2], whole[1], whole[4]) == (188, 187, 1)
    again = account_of(city, *feed, "--from", "2016-02-06", "--until", "2016-02-07T12:00")
    assert again[5:9] == [114, 0, 0, 114]
    assert opened_on(officer, 5, 6) == {5: 73, 6: 95}
    the_rows_of_the_day_are_behind(officer)


@pytest.mark.proof
def test_the_whole_of_february_2016_comes_out_to_the_row(
    shared_data: Data, city_of: CityOf, officer_of: OfficerOf
) -> None:
    data = shared_data("tainan1999-2015-2017")
    city = city_of("tainan_hotline", data)
    officer = officer_of(city)
    feed = ("tainan_hotline", "--data", str(data), "--from", "2016-02-01")
    play_to_the_earthquake(city, officer, feed)
    whole = account_of(city, *feed, "--until", "2016-03-01")
    # 1,927 rows of the month = 1,925 sent + 2 whose district cannot be told.
    assert (whole[0] - whole[2], whole[1], whole[4]) == (1_927, 1_925, 2)
    assert account_of(city, *feed, "--until", "2016-03-01")[5:9] == [1_925, 0, 0, 1_925]
    assert opened_on(officer, 5, 6, 7, 17) == {5: 73, 6: 95, 7: 59, 17: 87}
    the_rows_of_the_day_are_behind(officer)


def play_to_the_earthquake(city: Installation, officer: Officer, feed: tuple[str, ...]) -> None:
    """What the officer sees six hours after the ground shook; by hand from the file: 03:57."""
    zone = ZoneInfo("Asia/Taipei")
    account_of(city, *feed, "--until", "2016-02-06T10:10")
    series = "/vitals/earthquake/tainan/?span=24h"
    shown = officer.wait_for(series, datetime(2016, 2, 6, 9, tzinfo=zone))
    by_hour = {at.astimezone(zone).hour: found for at, found in shown.items()
               if at.astimezone(zone).day == 6}  # fmt: skip
    assert by_hour[3] == (0, "normal")
    assert by_hour[4] == (3, "warning")
    assert by_hour[8] == (9, "alarm")
    officer.wait_for_text("/centre/", r'is-alarm">[^§]{0,300}/vitals/earthquake/tainan/')


def opened_on(officer: Officer, *days: int) -> dict[int, int]:
    """Cases opened on days of the month, by the brief."""
    return {day: figure(officer, f"2016-02-{day:02}")[0] for day in days}


def the_rows_of_the_day_are_behind(officer: Officer) -> None:
    """The day's figure opens its 95 cases, 36 of them damage by the earthquake."""
    rows = officer.page(figure(officer, "2016-02-06")[1])
    assert "95 rows" in rows
    assert rows.count("Earthquake damage") == 36


def figure(officer: Officer, day: str) -> tuple[int, str]:
    """Cases opened on a day by the brief, and the address of the rows behind."""
    found = re.search(rf'href="(/brief/opened/\?day={day}[^"]*)">(\d+)',
                      officer.page(f"/brief/?day={day}"))  # fmt: skip
    assert found
    return int(found[2]), found[1]
