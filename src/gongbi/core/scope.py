"""Who a person is for which place and unit. Each part's ``access.py`` asks here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from gongbi.core import clock
from gongbi.core.city import city
from gongbi.core.models import Post
from gongbi.core.records import PersonRecord
from gongbi.core.worktime import minutes_of

NO_PLACE = "/"
"""The path of what is about no place: it is the whole city's."""


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A role in a unit for a place, as held today."""

    role: str
    unit: str
    unit_path: str
    place_path: str

    @property
    def place_wide(self) -> bool:
        """Whether the role reaches all of its place, not only its unit's own work."""
        return self.role in settings.PLACE_WIDE_ROLES


@dataclass(frozen=True, slots=True)
class Scope:
    """All that one person may reach; without a post, nothing."""

    user_id: str | None
    posts: tuple[PostHeld, ...] = ()

    def can(
        self, verb: str, *, place_path: str | None = None, unit_path: str | None = None
    ) -> bool:
        """Whether some post gives the verb here; without a place or unit: anywhere at all."""
        return any(
            verb in settings.ROLES.get(post.role, ()) and _reaches(post, place_path, unit_path)
            for post in self.posts
        )

    def standing_in(self) -> set[str]:
        """Paths of every unit a person belongs to, up the tree."""
        found = set()
        for post in self.posts:
            codes = [code for code in post.unit_path.split("/") if code]
            found |= {"/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))}
        return found

    def place_paths(self, verb: str) -> tuple[str, ...]:
        """Paths of the places in which a place-wide post gives the verb."""
        return tuple(
            post.place_path
            for post in self.posts
            if post.place_wide and verb in settings.ROLES.get(post.role, ())
        )

    def unit_paths(self, verb: str) -> tuple[str, ...]:
        """Paths of the units in which a unit-bound post gives the verb."""
        return tuple(
            post.unit_path
            for post in self.posts
            if not post.place_wide and verb in settings.ROLES.get(post.role, ())
        )


def whole_city(path: str) -> bool:
    """Whether a path is that of the root of all places."""
    return path.count("/") == 2


def at_or_below(paths: Iterable[str], field: str = "place_path") -> Q:
    """Rows at or below some places; with the root of all, those of no place."""
    within = Q(pk__in=())
    for path in paths:
        within |= Q(**{f"{field}__under": path})
        if whole_city(path):
            within |= Q(**{f"{field}__in": ("", NO_PLACE)})
    return within


def lies_in(place_path: str, paths: Iterable[str]) -> bool:
    """The same of one row that is at hand."""
    return any(
        place_path.startswith(path) or (place_path == NO_PLACE and whole_city(path))
        for path in paths
    )


def _reaches(post: PostHeld, place_path: str | None, unit_path: str | None) -> bool:
    if place_path is None and unit_path is None:
        return True
    if post.place_wide:
        return place_path is not None and place_path.startswith(post.place_path)
    return unit_path is not None and unit_path.startswith(post.unit_path)


def scope_of(user: Any) -> Scope:
    """The scope of a signed-in person, from the posts valid today; of a stranger, empty."""
    if not getattr(user, "is_authenticated", False):
        return Scope(None)
    held = getattr(user, "_scope", None)
    if held is None:
        rows = _valid_posts().filter(person=user.pk).select_related("unit", "place")
        posts = tuple(
            PostHeld(row.role, row.unit_id, row.unit.path, row.place.path) for row in rows
        )
        held = user._scope = Scope(str(user.pk), posts)  # one look-up a request
    return held


def people_with(verb: str, place_path: str) -> list[PersonRecord]:
    """Everybody whose post gives the verb for a place, by name."""
    roles = [role for role, verbs in settings.ROLES.items() if verb in verbs]
    codes = [code for code in place_path.split("/") if code]
    rows = (
        _valid_posts()
        .filter(role__in=roles, place__in=codes, person__is_active=True)
        .select_related("person")
        .order_by("person__name")
    )
    return [_person(row) for row in rows]


def people_of_unit(verb: str, unit: str) -> list[PersonRecord]:
    """Everybody who holds a post of a unit that gives the verb, wherever it is, by name."""
    roles = [role for role, verbs in settings.ROLES.items() if verb in verbs]
    rows = _valid_posts().filter(role__in=roles, unit=unit, person__is_active=True)
    return [_person(row) for row in rows.select_related("person").order_by("person__name")]


def _person(row: Post) -> PersonRecord:
    return PersonRecord(
        str(row.person_id),
        row.person.name,
        row.unit_id,
        None if row.skills is None else frozenset(row.skills),
        minutes_of(row.shift) if row.shift else None,
    )


def _valid_posts() -> Any:
    today = clock.now().astimezone(city().zone).date()  # a post ends at midnight there
    begun = Q(valid_from=None) | Q(valid_from__lte=today)
    return Post.objects.filter(begun, Q(valid_to=None) | Q(valid_to__gt=today))
