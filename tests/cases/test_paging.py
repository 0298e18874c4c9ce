"""Pages begin after a row: whatever the size, every case once, in the same order."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from tests.cases.conftest import NOW, signal

from gongbi.cases import queries
from gongbi.cases.counting import bounded
from gongbi.cases.models import Case
from gongbi.cases.paging import Newest, Pressing, page_of
from gongbi.cases.public import receive_signals
from gongbi.cases.records_listed import CaseFilter, Counted
from gongbi.cases.states import LIVE
from gongbi.core.public import scope_of


@pytest.fixture
def heap(small_city):
    """Cases with every mixture of priority and promise, many alike."""
    receive_signals([signal(reference=f"p-{n}") for n in range(40)])
    draw = random.Random(3)
    for case in Case.objects.all():
        case.priority = draw.randint(1, 3)
        case.due_at = draw.choice([None, NOW, NOW + timedelta(hours=draw.randint(0, 3))])
        case.changed_at = NOW + timedelta(hours=draw.randint(0, 4))
        case.save()
    return Case.objects.all()


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("size", [1, 7, 40, 100])
def test_forth_and_back(heap, over, size):
    def key(case):
        late = (case.due_at is None, case.due_at or NOW)
        return (
            (-case.changed_at.timestamp(), -case.pk) if over else (case.priority, *late, case.pk)
        )

    pages, page = [], page_of(heap, Counted(40), size, over=over)
    assert page.first
    while True:
        pages.append([case.pk for case in page.rows])
        if not page.after:
            break
        page = page_of(heap, Counted(40), size, over=over, after=page.after)
    assert [pk for some in pages for pk in some] == [c.pk for c in sorted(heap, key=key)]
    back = [pages[-1]]
    while page.before:
        page = page_of(heap, Counted(40), size, over=over, before=page.before)
        back.append([case.pk for case in page.rows])
    assert back[::-1] == pages
    assert page.first


BEFORE_TIME = "-99999999999999999.1"  # three thousand years before 1970


@pytest.mark.parametrize(
    "said", ["", "nonsense", "1.2", "x.x.x", "9999999.1.1", f"1.{BEFORE_TIME}"]
)
def test_a_row_nobody_can_read_is_the_beginning(heap, said):
    assert page_of(heap, Counted(40), 5, after=said).first
    assert page_of(heap, Counted(40), 5, before=said).first


def test_an_instant_that_cannot_be_is_the_beginning_of_the_newest(heap):
    assert page_of(heap, Counted(40), 5, over=True, after=BEFORE_TIME).first
    assert page_of(heap, Counted(40), 5, over=True, before=BEFORE_TIME).first


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(CaseFilter(states=("open",)), "by_"), (CaseFilter(states=LIVE), "by_"),
     (CaseFilter(states=LIVE, place_path="/xx/xx-e/xx-e-1/"), "by_"),
     (CaseFilter(states=("closed",)), "changed")],
)  # fmt: skip
def test_a_list_is_read_by_an_index_on_either_database(heap, small_city, wanted, index):
    scope = scope_of(small_city.people["dispatcher"])
    order = Newest() if wanted.states == ("closed",) else Pressing()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE")
    plan = order.along(queries.filtered(scope, wanted, NOW)).values("pk")[:31].explain()
    assert connection.vendor == "postgresql" or index in plan  # of forty rows any index will do
    assert "Seq Scan on cases_case " not in plan  # the few types are another table


def test_counting_stops(heap, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = bounded({"all": heap, "none": heap.none(), "some": heap.filter(priority=1)}, 10)
    assert [(found[name], found[name].more) for name in ("all", "none")] == [
        (10, True),
        (0, False),
    ]
