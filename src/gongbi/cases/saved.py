"""Filters of the worklist kept under a name: a person's own, and those shared in their units."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from gongbi.cases.models import SavedView
from gongbi.cases.records_listed import Counted
from gongbi.core.public import Scope, now

MOST = 12


@dataclass(frozen=True, slots=True)
class KeptView:
    """A kept list as the worklist shows it: how many it holds for this reader, bounded."""

    id: int
    name: str
    query: str
    count: Counted
    mine: bool
    shared: bool


def own(user: Any) -> "QuerySet[SavedView]":
    """The lists somebody made."""
    return SavedView.objects.filter(person=user.pk)


def seen_by(user: Any, scope: Scope) -> list[SavedView]:
    """Lists somebody made, and those made for a unit in which they hold a post. One query."""
    units = {post.unit for post in scope.posts}
    return list(SavedView.objects.filter(Q(person=user.pk) | Q(unit__in=units))[:MOST])


def keep(user: Any, scope: Scope, name: str, query: str, *, for_unit: bool) -> None:
    """Keep a filter; the same name again replaces it."""
    unit = scope.posts[0].unit if for_unit and scope.posts else None
    said = {"query": query[:400], "unit_id": unit, "made_at": now()}
    SavedView.objects.update_or_create(person_id=user.pk, name=name, defaults=said)


def shown(views: list[SavedView], counts: dict[str, Counted], user: Any) -> list[KeptView]:
    """The lists with what each holds: ``counts`` by ``view<id>``."""
    return [
        KeptView(
            view.pk,
            view.name,
            view.query,
            counts[f"view{view.pk}"],
            view.person_id == user.pk,
            view.unit_id is not None,
        )
        for view in views
    ]
