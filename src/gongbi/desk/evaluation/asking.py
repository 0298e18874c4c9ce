"""What a page of the evaluation is asked for: place, period, groups, unit; and its addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.cases import public as cases
from gongbi.core.public import (
    NotThere,
    PlaceRecord,
    Scope,
    UnitRecord,
    city,
    place,
    scope_of,
    unit,
)
from gongbi.desk.access import Post, stand_at
from gongbi.desk.checkup.making import CannotExamine, find_period
from gongbi.desk.checkup.periods import MONTH, Period

BY = {
    "unit": gettext_lazy("by unit"),
    "place": gettext_lazy("by place"),
    "type": gettext_lazy("by type"),
    "month": gettext_lazy("by month"),
    "source": gettext_lazy("by source"),
}
WHICH = ("part", "of")
SEE = "evaluation.see"


@dataclass(frozen=True, slots=True)
class Asked:
    """An evaluation somebody asks for. ``scope`` None is the city; ``public`` says less."""

    scope: Scope | None
    place: PlaceRecord
    period: Period
    by: str
    unit: UnitRecord | None = None
    public: bool = False

    def terms(self, period: Period | None = None) -> cases.Terms:
        """What the cases part is asked, for this period or another."""
        when = period or self.period
        return cases.Terms(self.scope, self.place, when.since, when.until, self.unit)

    def query(self, more: Mapping[str, str] | None = None, *, period: Period | None = None) -> str:
        """The same as a query string, with more beside it."""
        said = {"place": self.place.code, "by": self.by, "period": (period or self.period).code}
        return urlencode(said | ({"unit": self.unit.code} if self.unit else {}) | dict(more or {}))

    def behind(
        self, measure: str, which: str, group: str | None = None, period: Period | None = None,
        at: datetime | None = None,
    ) -> str:  # fmt: skip
        """The address of the list of cases behind a share; on the public's page there is none."""
        if self.public:
            return ""
        more = {"measure": measure, "which": which}
        more |= {} if group is None else {"group": group}
        more |= {} if at is None else {"at": at.isoformat(timespec="seconds")}
        return f"{reverse('evaluation-cases')}?{self.query(more, period=period)}"


def asked(request: HttpRequest) -> tuple[Post, Asked]:
    """What an officer asks for, through the gate."""
    said = request.GET
    post = stand_at(scope_of(request.user), SEE, said.get("place", ""))
    by = said.get("by", "unit")
    if by not in BY:
        raise Http404
    if any("\N{REPLACEMENT CHARACTER}" in said.get(name, "") for name in ("unit", "group")):
        raise Http404  # it stands where a NUL was asked for, which is in no code
    found = unit(said["unit"]) if said.get("unit") else None
    if said.get("unit") and found is None:
        raise Http404
    return post, Asked(post.scope, post.place, period_of(said), by, found)


def asked_by_all(said: Any) -> Asked:
    """What anybody may ask: the whole city, by district."""
    root = place(city().code)
    if root is None:
        raise Http404
    period = period_of(said)
    if period.kind != MONTH:  # months less their days would tell what is withheld of a day
        raise NotThere(_("Everybody is told whole months: write one such as 2026-11."))
    return Asked(None, root, period, "place", public=True)


def period_of(said: Any) -> Period:
    """The period of a query string; 404 where it is none."""
    try:
        return find_period(said.get("period", "month"))
    except CannotExamine as error:
        raise NotThere(str(error)) from error


def moment_of(said: Any) -> datetime | None:
    """The instant at which a figure was counted, where a reference says one."""
    try:
        found = parse_datetime(said.get("at", ""))
    except ValueError:
        return None
    try:
        return found.astimezone(city().zone) if found and found.tzinfo else None
    except (OverflowError, ValueError):
        return None
