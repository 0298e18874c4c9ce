"""Of which offices a complaint would be heard by nobody."""

import pytest

from gongbi.cases.complaints import complaints_about, units_that_hear, units_unheard
from gongbi.cases.models import Case
from gongbi.core.models import Post, Unit


def unheard():
    return [one.code for one in units_unheard(units_that_hear("/xx/"))]


def test_where_all_supervisors_stand_in_one_office_it_is_that(small_city):
    assert unheard() == ["centre"]


def test_one_who_stands_outside_hears_complaints_about_any(small_city):
    Post.objects.create(
        person=small_city.people["lifter"], role="supervisor", unit_id="order", place_id="xx"
    )
    assert unheard() == []


def test_those_that_lie_unheard_are_counted_while_they_are_open(small_city, reported):
    for about in ("centre", "centre", "water", None):
        reported(about_unit=about)
    about = units_unheard(units_that_hear("/xx/"))
    assert complaints_about(about) == 2
    Case.objects.filter(about_unit="centre").update(state="closed")
    assert complaints_about(about) == 0


def test_where_nobody_hears_any_no_office_is_named(small_city):
    Post.objects.filter(role="supervisor").delete()
    assert units_that_hear("/xx/") == []
    assert unheard() == []


@pytest.mark.parametrize("stand", [["water-e"], ["water", "water-e"], ["water-e", "lifts"]])
def test_they_are_those_below_which_all_stand(small_city, stand):
    Post.objects.filter(role="supervisor").delete()
    for code in stand:
        Post.objects.create(
            person=small_city.people["lifter"], role="supervisor", unit_id=code, place_id="xx"
        )
    paths = list(Unit.objects.filter(code__in=stand).values_list("path", flat=True))
    assert unheard() == [
        row.code
        for row in Unit.objects.order_by("path")
        if all(path.startswith(row.path) for path in paths)
    ]
