"""SQLite is told to look at its tables, by the clock."""

import pytest
from django.db import connection

from gongbi.config.worker import DUTIES
from gongbi.core.models import Place
from gongbi.core.planning import look_at_tables


@pytest.mark.django_db
def test_sqlite_knows_its_tables_after_a_look() -> None:
    if connection.vendor != "sqlite":
        assert look_at_tables() == 0, "PostgreSQL looks for itself"
        return
    row = {"kind": "quarter", "valid_from": "2020-01-01"}
    Place.objects.bulk_create(
        Place(code=f"q{n}", path=f"/q{n}/", depth=1, name_en="Q", name_zh="区", **row)
        for n in range(50)
    )
    assert look_at_tables() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'core_place'")
        assert any(stat.startswith("50 ") for (stat,) in cursor.fetchall())


def test_the_worker_does_it_at_its_first_turn_and_each_hour() -> None:
    found = [duty.every_seconds for duty in DUTIES if duty.do is look_at_tables]
    assert found == [3600.0]
