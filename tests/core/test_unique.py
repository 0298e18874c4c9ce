"""The one row of a unique key is asked for without sorting."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongbi.core.models import Person
from gongbi.core.public import the_one


@pytest.fixture
def known(db: None) -> Person:
    Person.objects.create(username="another")
    return Person.objects.create(username="known")


def test_the_row_or_none(known: Person) -> None:
    assert the_one(Person.objects.filter(username="known")) == known
    assert the_one(Person.objects.filter(username="nobody")) is None


def test_what_is_one_row_at_most_is_not_sorted(known: Person) -> None:
    with CaptureQueriesContext(connection) as asked:
        the_one(Person.objects.order_by("name").filter(username="known"))
    assert "ORDER BY" not in asked[0]["sql"]
    assert "LIMIT 1" in asked[0]["sql"]
