"""make pictures: play a drawn town and photograph each page, at two widths, in both languages."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
PORT = 8790
URL = f"http://127.0.0.1:{PORT}"
WIDTHS = {1440: 1000, 390: 844}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LONGEST = 2400  # pixels of a picture's height
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
# name → (who looks, address; {case} and {alert} are found on the lists)
PAGES = {
    "home": ("", "/"),
    "report": ("", "/report/"),
    "follow": ("", "/follow/"),
    "sign-in": ("", "/sign-in/"),
    "centre": ("officer", "/centre/"),
    "worklist": ("dispatcher", "/cases/"),
    "case": ("dispatcher", "{case}"),
    "my-tasks": ("worker", "/cases/mine/"),
    "vitals": ("officer", "/vitals/"),
    "alerts": ("officer", "/alerts/"),
    "alert": ("officer", "{alert}"),
    "handover": ("officer", "/handover/"),
    "brief": ("officer", "/brief/"),
    "checkup": ("officer", "/checkup/?period=day"),
    "counter": ("clerk", "/counter/"),
    "intake": ("dispatcher", "/intake/"),
}


@contextmanager
def living_town(people: int, speed: int) -> Iterator[Path]:
    """A demo of its own, with a day under way; its data folder."""
    with tempfile.TemporaryDirectory(prefix="gongbi-pictures-") as folder:
        env = os.environ | {
            "GONGBI_DATA": folder,
            "GONGBI_CLOCK": "played",
            "GONGBI_PORT": str(PORT),
            "GONGBI_INGEST_PORT": str(PORT + 1),
            "GONGBI_PUBLIC_URL": URL,
        }
        command = ["demo", "--people", str(people), "--speed", str(speed)]
        demo = subprocess.Popen([sys.executable, "-m", "gongbi.config.cli", *command], env=env)
        try:
            wait_for_life(demo)
            yield Path(folder)
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(timeout=60)


def wait_for_life(demo: "subprocess.Popen[bytes]", cases: int = 25, seconds: int = 420) -> None:
    """Wait until a morning's worth of cases is open."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if demo.poll() is not None:
            sys.exit("The demo ended before there was anything to see.")
        try:
            said = httpx.get(f"{URL}/metrics", timeout=10).text
        except httpx.TransportError:
            said = ""
        open_cases = [line for line in said.splitlines() if line.startswith("gongbi_cases_open ")]
        if open_cases and float(open_cases[0].split()[1]) >= cases:
            return
        time.sleep(2)
    sys.exit(f"Fewer than {cases} cases were open after {seconds} s; there is little to see.")


def sign_in(page: Page, username: str, password: str) -> None:
    """Come in by the front door."""
    page.goto(f"{URL}/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def first_link(page: Page, address: str, below: str) -> str:
    """The first link on a list that leads to one of its rows."""
    page.goto(URL + address)
    links = page.eval_on_selector_all(
        "main a[href]", "all => all.map(a => a.getAttribute('href'))"
    )
    rows = [
        link for link in links if link.startswith(below) and link.rstrip("/") != below.rstrip("/")
    ]
    rows = [link for link in rows if "mine" not in link and "?" not in link]
    return rows[0] if rows else address


def photograph(page: Page, name: str) -> None:
    """Save what is shown, in 256 colours: a third of the bytes, and no eye sees it."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(1800)  # the map draws its tiles after the page is loaded
    height = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
    width = page.viewport_size["width"] if page.viewport_size else 1440
    shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


def look(browser: Browser, accounts: dict[str, str], width: int, short: str) -> None:
    """Every page at one width in one language."""
    for who in dict.fromkeys(who for who, _ in PAGES.values()):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]},
            locale={"zh": "zh-CN", "en": "en-GB"}[short],
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "django_language", "value": LANGUAGES[short], "url": URL}])
        page = context.new_page()
        if who:
            sign_in(page, who, accounts[who])
        for name, (looker, address) in PAGES.items():
            if looker == who:
                page.goto(URL + found(page, address))
                photograph(page, f"{name}-{width}-{short}")
                print(f"{name}-{width}-{short}", flush=True)
        context.close()


def found(page: Page, address: str) -> str:
    """The address itself, or the first row of the list it stands for."""
    lists = {"{case}": ("/cases/", "/cases/"), "{alert}": ("/alerts/", "/alerts/")}
    return first_link(page, *lists[address]) if address in lists else address


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with living_town(people, speed=120) as data, sync_playwright() as play:
        accounts = json.loads((data / "demo_accounts.json").read_text("utf-8"))
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for short in LANGUAGES:
            for width in WIDTHS:
                look(browser, accounts, width, short)
        browser.close()


if __name__ == "__main__":
    main()
