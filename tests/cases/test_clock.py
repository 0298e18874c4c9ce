"""What the clock owes is done case by case: one that fails keeps no other away."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from tests.cases.conftest import NOW

from gongbi.cases import tasks
from gongbi.cases.models import Deadline, Told
from gongbi.cases.public import run_due


def fail_for(number, monkeypatch, name, error):
    """One duty that cannot be done with the rows of one case."""
    real = getattr(tasks, name)

    def failing(row, now):
        if row.case.number == number:
            raise error
        return real(row, now)

    monkeypatch.setattr(tasks, name, failing)


def test_one_that_fails_keeps_no_other_away(reported, small_city, monkeypatch, caplog):
    first, second = reported().number, reported().number
    fail_for(first, monkeypatch, "_mark", ValueError("broken"))
    fail_for(first, monkeypatch, "climb", KeyError("broken"))
    small_city.clock.now = NOW + timedelta(hours=5)
    run_due(small_city.clock.now)
    missed = Deadline.objects.exclude(missed_at=None)
    assert set(missed.values_list("case__number", flat=True)) == {second}
    assert set(Told.objects.values_list("case__number", flat=True)) == {second}
    assert "broken" in caplog.text


def test_a_database_that_is_away_ends_the_turn(reported, small_city, monkeypatch):
    fail_for(reported().number, monkeypatch, "_mark", OperationalError("away"))
    with pytest.raises(OperationalError):
        run_due(NOW + timedelta(hours=5))
