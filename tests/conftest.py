"""What every test may ask for."""

import gc
import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from tests.pages_shown import pages_of

from gongbi.stream.compiled import forget_stale

ROOT = Path(__file__).resolve().parents[1]
LONGEST = (
    "replay/test_real_days.py",
    "simulator/test_play.py",
    "stream/test_survive.py",
    "replay/test_play_readings.py",
    "stream/test_take_mqtt.py",
    "config/test_reading.py",
    "config/test_up.py",
    "config/test_backup.py",
    "config/test_backfill.py",
    "config/test_migrate.py",
    "config/test_cities_survive.py",
)
"""Files of many seconds, the longest first."""


def pytest_configure() -> None:
    """What is tested is compiled from the sources that are there; no property is timed.

    A busy machine draws its examples slowly, and that says nothing of the code.
    """
    forget_stale()
    settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: one that came last would keep one core busy and the other idle.

    The others stay as they were shuffled. A run on PostgreSQL leaves out what opens no database:
    the run on SQLite has said all that there is to say of it.
    """
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        items[:] = [item for item in items if opens_a_database(item)]
    at = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: at.get(str(item.path.relative_to(ROOT / "tests")), len(at)))


def pytest_collection_finish() -> None:
    """What is imported stays to the end: it is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, object]:
    """A browser's test that fails says what stood on its pages: nobody can look there later."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.when == "call" and report.failed and browser:
        report.sections.append(("The pages", pages_of(browser)))
    return report


def opens_a_database(item: pytest.Item) -> bool:
    """Whether a test may read or write tables of the run's own database."""
    asked = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") is not None
    return marked or not asked.isdisjoint({"db", "transactional_db"})


@pytest.fixture(autouse=True)
def nothing_left_on() -> Iterator[None]:
    """A request leaves its language and zone switched on, a look-up its index of areas,
    a routed case the table of routes.

    The next test must inherit neither: its city may be another with a pack of the same number.
    """
    yield
    translation.deactivate()
    timezone.deactivate()
    if "gongbi.core.city" in sys.modules:
        sys.modules["gongbi.core.city"].forget_city()
    if "gongbi.core.places" in sys.modules:
        sys.modules["gongbi.core.places"]._index = None
    if "gongbi.cases.routes" in sys.modules:
        sys.modules["gongbi.cases.routes"].forget_tables()
    if "gongbi.core.holding" in sys.modules:
        sys.modules["gongbi.core.holding"].forget_kept()
    if "gongbi.cases.search.names" in sys.modules:
        sys.modules["gongbi.cases.search.names"].forget_names()
    if "gongbi.cases.reading.noticing" in sys.modules:
        sys.modules["gongbi.cases.reading.noticing"].forget_places()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Where a browser asks, SQLite keeps its tables in a file, as a city does: in memory two
    requests share one connection, and the second may be refused where a file lets it wait."""
    from django.db import connection

    served = any(
        "live_server" in getattr(one, "fixturenames", ()) for one in request.session.items
    )
    if served and connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("served") / "tests.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture
def real_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A file of its own for SQLite: one in memory is not shared by threads, and locks otherwise
    than one on disk."""
    from django.db import connection, connections

    if connection.vendor != "sqlite":
        yield
        return
    file = tmp_path / "real.sqlite3"
    with connection.cursor() as cursor:  # the tables as they were migrated, nothing in them
        cursor.execute("VACUUM INTO %s", [str(file)])
    kept, entry = connections["default"], connections.databases["default"]
    name, entry["NAME"] = entry["NAME"], str(file)
    del connections["default"]
    yield
    connections["default"].close()
    entry["NAME"] = name
    connections["default"] = kept


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Give the folder of a real data set, read in place; skip where it is absent, never on CI."""
    home = Path(os.environ.get("GONGBI_SHARED", ROOT.parent / "shared")) / "data"

    def find(name: str) -> Path:
        folder = home / name
        if not folder.is_dir():
            reason = f"The data set {name!r} is not at {home}; set GONGBI_SHARED to its parent."
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        return folder

    return find
