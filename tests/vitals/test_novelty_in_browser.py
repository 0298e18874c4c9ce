"""What is new, known ahead and tried, in a real browser: axe finds nothing, nothing overflows."""

import os
from pathlib import Path
from typing import Any

import pytest
from tests.desk.test_in_browser import LOOKS, chromium, enter
from tests.vitals.test_know_ahead import entered
from tests.vitals.test_show_novelty import PAGE, WINDOWS, risen, rule
from tests.vitals.test_tell_known import pass_on

from gongbi.vitals.models import Alert

__all__ = ["chromium", "risen", "rule"]
pytestmark = pytest.mark.browser
SHOWN = os.environ.get("GONGBI_PICTURES")  # a folder, to look at what was drawn
TRIED = (
    "/vitals/try/?place=xx&indicator=own-past&days=1&direction=above&clear_margin=0&min_windows=1"
    "&missing_windows=0&least_days=5&novel_notice=50&novel_least=0.001"
)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_pages_of_what_is_new_and_known(
    transactional_db: None, chromium: Any, live_server: Any, risen: Any, signed_in: Any, look: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    officer = signed_in("officer")
    assert entered(officer, touches="sign:own-past", ends_at="2026-11-25T22:00").status_code == 302
    pass_on(risen)
    risen.play(5 * (WINDOWS + 2), (1, 5 * WINDOWS + 6, 0.50))
    alert = Alert.objects.get(series__indicator="own-past")
    page = enter(chromium, live_server.url, officer, look)
    for path in (f"/alerts/{alert.pk}/", PAGE, "/vitals/own-past/", TRIED):
        page.goto(live_server.url + path)
        found = Axe().run(page).response["violations"]
        assert not [(path, one["id"], one["nodes"][0]["html"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert not page.troubles
        if SHOWN:
            name = f"{look[0]}-{look[1]}{path.split('?')[0].rstrip('/').replace('/', '-')}.png"
            page.screenshot(path=str(Path(SHOWN) / name), full_page=True)
    page.context.close()
