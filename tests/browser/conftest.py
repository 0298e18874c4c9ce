"""A living town and a real browser."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.config.conftest import Installation, living_town, loaded, town

__all__ = ["Installation", "chromium", "living_town", "loaded", "picture", "town"]
CHROMIUM = os.environ.get("GONGBI_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium, headless."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"No Chromium at {CHROMIUM}; install it or set GONGBI_CHROMIUM.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo with a place in its metadata, as a phone takes it."""
    image = Image.new("RGB", (640, 480), "slategray")
    exif = image.getexif()
    exif[0x010F] = "PhoneMaker"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    file = tmp_path / "after.jpg"
    file.write_bytes(out.getvalue())
    return file
