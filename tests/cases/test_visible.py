"""Which cases a person sees: the statement says the same as the rule read aloud."""

from itertools import product

import pytest
from tests.cases.conftest import NOW

from gongbi.cases import states
from gongbi.cases.access import visible_cases, widest
from gongbi.cases.models import Case
from gongbi.core.public import PostHeld, Scope

PLACES = ("/xx/", "/xx/xx-e/", "/xx/xx-e/xx-e-1/", "/xx/xx-w/")
ABOUT = ("", "/office/", "/office/lifts/")


@pytest.fixture
def cases(small_city):
    """A case for each place, unit complained of, state, and whether it came back."""
    drawn = product(PLACES, ABOUT, (states.OPEN, states.ANSWERED, states.CLOSED), (0, 2))
    rows = [
        Case(number=f"XX-{n:06d}", place_path=path, about_path=about, state=state, reopened=again,
             source="hotline", opened_at=NOW, changed_at=NOW)
        for n, (path, about, state, again) in enumerate(drawn)
    ]  # fmt: skip
    return Case.objects.bulk_create(rows)


def held(role, path, unit="/office/"):
    return PostHeld(role, unit.strip("/").split("/")[-1], unit, path)


def seen(scope, one):
    """The rule as docs/parts/cases.md has it."""
    wide = any(one.place_path.startswith(path) for path in scope.place_paths("cases.see"))
    hears = scope.place_paths("cases.hear_complaint")
    heard = any(one.place_path.startswith(path) for path in hears)
    own = any(one.about_path == path for path in scope.standing_in())
    return wide and (not one.about_path or heard) and not (one.about_path and own)


POSTS = {
    "nobody": (),
    "the city": (held("dispatcher", "/xx/"),),
    "twice the same": (held("dispatcher", "/xx/"), held("supervisor", "/xx/", "/other/")),
    "hears a part": (held("dispatcher", "/xx/"), held("supervisor", "/xx/xx-e/", "/other/")),
    "one in the other": (held("dispatcher", "/xx/xx-e/xx-e-1/"), held("dispatcher", "/xx/xx-e/")),
    "two apart": (held("dispatcher", "/xx/xx-w/"), held("supervisor", "/xx/xx-e/xx-e-1/")),
    "of the lifts": (held("supervisor", "/xx/", "/office/lifts/"),),
}


@pytest.mark.parametrize("posts", POSTS.values(), ids=POSTS)
@pytest.mark.parametrize("within", ["", "/xx/", "/xx/xx-e/", "/xx/xx-e/xx-e-1/", "/yy/"])
@pytest.mark.parametrize("by_time", [False, True])
def test_it_is_the_rule(cases, posts, within, by_time):
    scope = Scope("somebody", posts)
    found = set(visible_cases(scope, within=within, by_time=by_time))
    assert found == {
        one for one in cases if seen(scope, one) and one.place_path.startswith(within)
    }


def test_the_city_itself_sees_all_of_a_place(cases):
    assert visible_cases(None).count() == len(cases)
    assert visible_cases(None, within="/xx/xx-e/").count() == len(cases) // 2


@pytest.mark.parametrize("chosen", [states.LIVE, ("open",), ("answered", "open")])
def test_what_is_spelt_out_is_what_is_bound(cases, chosen):
    spelt = Case.objects.filter(state__live_in=set(chosen), reopened__above=1)
    bound = Case.objects.filter(state__in=chosen, reopened__gt=1)
    assert set(spelt) == set(bound) != set()


def test_what_is_over_is_spelt_nowhere(cases):
    with pytest.raises(AssertionError):
        Case.objects.filter(state__live_in=("closed",))


def test_the_widest_of_some_places():
    assert widest(("/a/b/", "/a/", "/a/b/c/", "/ab/", "/a/")) == ("/a/", "/ab/")
    assert widest(()) == ()
