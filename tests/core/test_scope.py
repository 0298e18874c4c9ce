"""Who may what, where: least by default."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from gongbi.core.models import Person, Post
from gongbi.core.public import locate, people_with, scope_of

pytestmark = pytest.mark.django_db


def hold(role: str, unit: str, place: str) -> Person:
    person = Person.objects.create_user(username=f"{role}-{unit}", name=role)
    Post.objects.create(person=person, role=role, unit_id=unit, place_id=place)
    return person


def test_a_stranger_and_a_person_without_a_post_may_nothing(small_city: int) -> None:
    idle = Person.objects.create_user(username="idle", name="Idle")
    for user in (AnonymousUser(), idle, None):
        assert not scope_of(user).can("cases.see", place_path="/xx/", unit_path="/centre/")


def test_a_place_wide_role_reaches_its_place_only(small_city: int) -> None:
    scope = scope_of(hold("dispatcher", "centre", "xx-e"))
    assert scope.can("cases.dispatch", place_path="/xx/xx-e/q1/")
    assert not scope.can("cases.dispatch", place_path="/xx/xx-w/")
    assert not scope.can("cases.dispatch", place_path="/xx/")
    assert not scope.can("cases.dispatch", unit_path="/centre/")
    assert not scope.can("house.keep", place_path="/xx/xx-e/")


def test_a_unit_bound_role_reaches_its_units_work_only(small_city: int) -> None:
    scope = scope_of(hold("worker", "water", "xx"))
    assert scope.can("cases.work", unit_path="/centre/water/water-e/")
    assert not scope.can("cases.work", unit_path="/centre/")
    assert not scope.can("cases.work", place_path="/xx/")


def test_a_post_that_has_ended_gives_nothing(small_city: int) -> None:
    person = hold("worker", "water", "xx")
    Post.objects.update(valid_to="2020-01-01")
    assert not scope_of(person).posts


def test_who_may_be_asked(small_city: int) -> None:
    hold("dispatcher", "centre", "xx")
    hold("dispatcher", "water", "xx-w")
    assert len(people_with("cases.dispatch", "/xx/xx-e/")) == 1
    assert len(people_with("cases.dispatch", "/xx/xx-w/")) == 2


def test_a_point_lies_in_the_deepest_place(small_city: int) -> None:
    found = locate(122.95, 30.2)
    assert found is not None
    assert found.code == "xx-e"
    assert locate(0.0, 0.0) is None


@pytest.mark.parametrize(
    ("minutes", "old", "new"), [(-1, True, False), (0, False, True), (1, False, True)]
)
def test_a_post_begins_and_ends_with_the_city_s_day(
    small_city: int, monkeypatch: pytest.MonkeyPatch, minutes: int, old: bool, new: bool
) -> None:
    """Midnight of the first of July in Shanghai is four in the afternoon by UTC."""
    at = datetime(2026, 6, 30, 16, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr("gongbi.core.clock.timezone.now", lambda: at)
    leaves, comes = hold("worker", "water", "xx"), hold("unit_lead", "water", "xx")
    Post.objects.filter(person=leaves).update(valid_to="2026-07-01")
    Post.objects.filter(person=comes).update(valid_from="2026-07-01")
    assert (bool(scope_of(leaves).posts), bool(scope_of(comes).posts)) == (old, new)
    assert [one.id for one in people_with("cases.work", "/xx/")] == [
        str((leaves if old else comes).pk)
    ]
