"""Walking a page as a person with a keyboard does."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from tests.config.conftest import Installation

LONGEST_WAY = 250


def reach(page: Any, selector: str) -> None:
    """Press Tab until the element has the focus; a mouse is never touched."""
    target = page.locator(selector).first
    target.wait_for(state="visible", timeout=30_000)
    for _ in range(LONGEST_WAY):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab on {page.url}")


def press(page: Any, selector: str, key: str = "Enter") -> None:
    """Reach an element and press a key on it."""
    reach(page, selector)
    page.keyboard.press(key)


def write(page: Any, selector: str, words: str) -> None:
    """Reach a field and type into it."""
    reach(page, selector)
    page.keyboard.type(words)


def sign_in(page: Any, town: Installation, username: str, password: str) -> None:
    page.goto(f"{town.url}/sign-in/")
    write(page, "[name=username]", username)
    write(page, "[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def account(town: Installation, username: str, role: str, unit: str) -> str:
    """Make an account by the command an operator uses; its password."""
    done = town.run("account", username, "--name", username, "--role", role, "--unit", unit)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[1]


class Sensors:
    """The pressure sensors of one quarter, speaking through the main address."""

    def __init__(self, town: Installation, start: datetime) -> None:
        self.town, self.now, self.sequence = town, start, 0
        self.key = json.loads((town.data / "demo_keys.json").read_text("utf-8"))["ingest"]
        said = json.loads(town.python(QUARTER))
        self.place, self.name = said["place"], said["name"]
        self.lon, self.lat, self.ids = said["lon"], said["lat"], said["ids"]

    def say(self, value: float, minutes: int) -> None:
        """One reading a minute from each sensor, and the clock behind them."""
        rows = []
        for minute in range(minutes):
            at = self.now + timedelta(minutes=minute)
            for key in self.ids:
                rows.append({"datastream": key, "time": at.isoformat(), "value": value})
        self.now += timedelta(minutes=minutes)
        self.sequence += 1
        body = "\n".join(json.dumps(row) for row in rows)
        self._post("/ingest/observations", body, {"Gongbi-Sequence": str(self.sequence)})
        self._post("/ingest/tick", json.dumps({"time": self.now.isoformat()}), {})

    def _post(self, path: str, body: str, headers: dict[str, str]) -> None:
        sent = {"Authorization": f"Bearer {self.key}", "Gongbi-Sender": "walk"} | headers
        answer = httpx.post(self.town.url + path, content=body, headers=sent, timeout=30)
        assert answer.status_code in (200, 201), answer.text


QUARTER = """
import json
from gongbi.vitals.models import Series
from gongbi.vitals.queries import datastreams_of
rows = Series.objects.select_related("indicator", "place").filter(
    indicator="water-pressure", place_kind="quarter")
best = max(rows, key=lambda row: len(datastreams_of(row, 1000)))
print(json.dumps({"place": best.place_id, "name": best.place.name_en, "lon": best.place.lon,
    "lat": best.place.lat, "ids": [one["id"] for one in datastreams_of(best, 1000)]}))
"""


def wait(page: Any, what: Callable[[], bool], seconds: int = 20) -> None:
    """Look again and again, without a reload (the page's policy forbids evaluating text)."""
    for _ in range(seconds * 5):
        if what():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"It was not so within {seconds} s on {page.url}")


def until(page: Any, what: Callable[[], bool], seconds: int = 60) -> None:
    """Reload until something is so."""
    for _ in range(seconds):
        if what():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"It was not so within {seconds} s on {page.url}")
