"""The panel of what may be the same, in a real browser: its two keys, axe, no overflow."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of
from tests.desk.test_in_browser import LOOKS, chromium, enter

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
SHOWN = os.environ.get("GONGBI_PICTURES")  # a folder, to look at what was drawn


@pytest.fixture
def twice(transactional_db: None, signed_in: Any, reported: Any) -> tuple[str, str]:
    """One burst pipe, reported by two neighbours."""
    first = reported(words="3号门口水管爆了,水喷得老高", contact="")
    second = reported(words="3号门口水管爆裂,马路上全是水", contact="", lon=122.94005,
                      at=NOW + timedelta(minutes=5))  # fmt: skip
    return first.number, second.number


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_one_key_says_that_it_is_another_matter(chromium, live_server, twice, signed_in, look):
    from axe_playwright_python.sync_playwright import Axe

    first, second = twice
    page = enter(chromium, live_server.url, signed_in("dispatcher"), look)
    page.goto(f"{live_server.url}/cases/{second}/")
    page.wait_for_selector("#case-same [data-apart]")
    page.evaluate("document.querySelector('#case-same details').open = true")
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if SHOWN:
        page.screenshot(path=str(Path(SHOWN) / f"same-{look[0]}-{look[1]}.png"), full_page=True)
    with page.expect_navigation():
        page.keyboard.press("n")
    assert not page.troubles
    assert case_of(second).steps.get(verb="apart").why == {"other": first}
    page.context.close()
