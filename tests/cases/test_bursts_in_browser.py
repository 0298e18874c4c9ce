"""A storm in a real browser: strip, board and page of a parent matter, in all looks."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.conftest import NOW
from tests.desk.test_in_browser import LOOKS, chromium, enter

from gongbi.cases.models import Burst, Tally
from gongbi.cases.public import run_due

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
SHOWN = os.environ.get("GONGBI_PICTURES")  # a folder, to look at what was drawn


@pytest.fixture
def storm(transactional_db: None, signed_in: Any, reported: Any, small_city: Any) -> Burst:
    """Four calm weeks; then pipes burst and holes open all over the east, and all are told."""
    Tally.objects.bulk_create(
        Tally(hour=NOW - n * timedelta(hours=1), group=group, area="xx", many=int(n % 6 == 0))
        for n in range(3, 28 * 24)
        for group in ("water", "*")
    )
    for n in range(7):
        reported(lon=122.92 + 0.006 * n, at=NOW - timedelta(minutes=40 - 5 * n), contact="",
                 type="hole" if n % 2 else "burst-pipe",
                 words="路面坑洞" if n % 2 else "水管爆了,路上全是水")  # fmt: skip
    run_due(NOW)
    burst = Burst.objects.get()
    said = {"words": "城东多处爆管,抢修队已全部出动,预计两小时内恢复。"}
    signed_in("dispatcher").post(f"/cases/bursts/{burst.uuid}/tell", said)
    return burst


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_storm_s_pages(chromium, live_server, storm, signed_in, look):
    from axe_playwright_python.sync_playwright import Axe

    page = enter(chromium, live_server.url, signed_in("dispatcher"), look)
    for name, path in (
        ("board", "/cases/bursts/"),
        ("one", f"/cases/bursts/{storm.uuid}/"),
        ("strip", "/cases/"),
    ):
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"
        if SHOWN:
            shot = Path(SHOWN) / f"{name}-{'-'.join(map(str, look))}.png"
            page.screenshot(path=shot, full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.context.close()
