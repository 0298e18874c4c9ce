"""What is looked for near a report is found by an index, on either database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import NOW, signal

from gongbi.cases import joining
from gongbi.cases.merging import likely
from gongbi.cases.models import Case
from gongbi.cases.public import likely_to_report, receive_signals

MANY = 3000


@pytest.fixture
def years(small_city: Any) -> None:
    """Three thousand cases, nearly all over for long, each a while and a way from the next."""
    receive_signals([signal(reference=f"y-{n}") for n in range(30)])
    one = Case.objects.order_by("pk").first()
    assert one is not None
    fields = [f.attname for f in Case._meta.concrete_fields if f.attname not in ("id", "uuid")]
    same = {name: getattr(one, name) for name in fields}
    Case.objects.bulk_create(
        Case(**same | {
            "number": f"XX-9{n:05d}", "state": "closed", "opened_at": NOW - timedelta(hours=n),
            "closed_at": NOW - timedelta(hours=n - 1), "cell": 1_000_000 + n,
            "source": "alert" if n % 3 else "web",
        })
        for n in range(1, MANY)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        asks = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{asks} {statement}")
        return "\n".join(str(row) for row in cursor.fetchall())


def reads_all(said: str) -> bool:
    """Whether the table of cases (not that of their few types) is read from end to end."""
    whole = [line for line in said.splitlines() if re.search(r"SCAN cases_case\b", line)
             and "INDEX" not in line]  # fmt: skip
    return bool(whole or re.search(r"Seq Scan on cases_case\b", said))


def plans_of(ask: Any) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        ask()
    asked = [one["sql"] for one in seen if 'FROM "cases_case"' in one["sql"]]
    assert asked, "nothing was asked of the cases"
    return [plan(sql) for sql in asked]


def test_a_report_that_may_join_an_alert_s_case_reads_no_whole_table(years: None) -> None:
    from gongbi.cases.intake import understand

    said = understand(signal(reference="new"), NOW)
    assert said.type is not None
    for told in plans_of(lambda: joining.find_host(said, said.type)):
        assert not reads_all(told), told


def test_is_it_this_one_reads_no_whole_table(years: None) -> None:
    for told in plans_of(lambda: likely_to_report(signal(reference="asked"))):
        assert not reads_all(told), told


def test_the_clock_s_look_for_the_same_matter_reads_no_whole_table(years: None) -> None:
    case = Case.objects.filter(state="open").latest("pk")
    for told in plans_of(lambda: likely.likely_to_case(case, None)):
        assert not reads_all(told), told


def test_a_few_types_read_whole_are_no_cases() -> None:
    assert not reads_all("Seq Scan on cases_casetype  (cost=0.00..7.08 rows=1 width=357)")
    assert not reads_all("SCAN cases_casetype")
    assert reads_all("Seq Scan on cases_case  (cost=0.00..99.00)")
    assert reads_all("SCAN cases_case")


def test_a_query_without_an_index_would_be_seen(years: None) -> None:
    rows: QuerySet[Case] = Case.objects.filter(level=9)
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        asks = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{asks} {sql}", params)
        assert reads_all("\n".join(str(row) for row in cursor.fetchall()))
