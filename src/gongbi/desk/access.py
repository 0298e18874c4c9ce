"""The gate of each desk page: which place a person looks at, and with what reach."""

from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.http import Http404

from gongbi.core.public import PlaceRecord, Scope, city, place, places, places_of_kind
from gongbi.desk.checkup.gathering import shown

ASSETS = "assets.see"
CENTRES = ("district", "subdistrict")  # with the city itself, the three levels of centres


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody stands: the place chosen, their reach within it, and what else they may
    choose, from the city down, with its depth."""

    place: PlaceRecord
    scope: Scope
    choices: tuple[tuple[int, PlaceRecord], ...]


def narrowed(scope: Scope, path: str) -> Scope:
    """The same person, reaching no further than one place; never further than before."""
    posts = []
    for post in scope.posts:
        if path.startswith(post.place_path):
            posts.append(replace(post, place_path=path))
        elif post.place_path.startswith(path):
            posts.append(post)
    return replace(scope, posts=tuple(posts))


def stand_at(scope: Scope, verb: str, code: str = "") -> Post:
    """The post from which a page is seen: the chosen place, or the widest that the verb reaches.

    A person without the verb is refused; a place outside their reach does not exist for them.
    """
    reach = sorted(scope.place_paths(verb), key=len)
    if not reach:
        raise PermissionDenied
    chosen = place(code or reach[0].strip("/").split("/")[-1])
    if chosen is None or not any(chosen.path.startswith(path) for path in reach):
        raise Http404
    return Post(chosen, narrowed(scope, chosen.path), _choices(reach))


def stand_for_sheet(
    scope: Scope, code: str = ""
) -> tuple[PlaceRecord, tuple[str, ...], tuple[tuple[int, PlaceRecord], ...]]:
    """Of which place labels are printed, of which units' assets alone, and the other choices.

    A unit's people print what it owns or maintains, wherever in the city that stands.
    """
    if scope.place_paths(ASSETS):
        post = stand_at(scope, ASSETS, code)
        return post.place, (), _with(post.choices, post.place)
    units = scope.unit_paths(ASSETS)
    if not units:
        raise PermissionDenied
    chosen = place(code or city().code)
    if chosen is None:
        raise Http404
    return chosen, units, _with(_choices(["/" + city().code + "/"]), chosen)


def _with(
    choices: tuple[tuple[int, PlaceRecord], ...], chosen: PlaceRecord
) -> tuple[tuple[int, PlaceRecord], ...]:
    """The choices, also where a smaller place than they have was asked for."""
    if chosen in [one for _depth, one in choices]:
        return choices
    more = [*choices, (chosen.path.count("/") - 2, chosen)]
    return tuple(sorted(more, key=lambda row: row[1].path))


def stand_for_checkup(scope: Scope, code: str = "") -> Post:
    """Likewise for a check-up; a place with fewer than ten people has none, for anybody."""
    post = stand_at(scope, "checkup.see", code)
    if not shown(post.place):
        raise Http404
    choices = [(depth, one) for depth, one in post.choices if shown(one)]
    if post.place not in [one for _, one in choices]:
        choices.append((post.place.path.count("/") - 2, post.place))
        choices.sort(key=lambda row: row[1].path)
    return replace(post, choices=tuple(choices))


def _choices(reach: list[str]) -> tuple[tuple[int, PlaceRecord], ...]:
    roots = [path for path in reach if not any(path.startswith(o) for o in reach if o != path)]
    found = dict(places(path.strip("/").split("/")[-1] for path in roots))
    for path in roots:
        for kind in CENTRES:
            found |= {one.code: one for one in places_of_kind(kind, path)}
    rows = sorted(found.values(), key=lambda one: one.path)
    return tuple((one.path.count("/") - 2, one) for one in rows)
