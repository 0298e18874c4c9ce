"""What is measured: each a share of two counts, with what it says and what it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongbi.cases.evaluating.gathering import BY, Counts, gather, whole
from gongbi.cases.models import CaseType
from gongbi.core.public import Scope, in_language, places, units
from gongbi.kernel.cases.shares import Share, share


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: which counts, in which words, and whether it looks for gaming."""

    code: str
    name: Any
    part: tuple[str, ...]
    of: tuple[str, ...]
    meaning: Any
    public: bool = False
    watch: bool = False

    def of_counts(self, counts: Mapping[str, int]) -> Share:
        """The share of one group."""
        part = sum(counts.get(name, 0) for name in self.part)
        return share(part, sum(counts.get(name, 0) for name in self.of))


MEASURES = (
    Measure(
        "contact",
        _("First contact in time"),
        ("first_contact_kept",),
        ("first_contact_kept", "first_contact_missed"),
        _("Of promises of first contact kept or missed, those kept. Running ones do not count."),
        public=True,
    ),
    Measure(
        "on_time",
        _("On time"),
        ("solve_kept",),
        ("solve_kept", "solve_missed"),
        _("Of promises to solve kept or missed, those kept. A pause stops a promise's clock."),
        public=True,
    ),
    Measure(
        "declared",
        _("Solved, as declared"),
        ("done",),
        ("outcomes",),
        _("Of outcomes that units declared, those declared done. It is the unit's own word."),
    ),
    Measure(
        "confirmed",
        _("Solved, as confirmed"),
        ("solved",),
        ("solved", "not_solved", "unanswered"),
        _("Of residents who were asked and whose time is over, those who said it is solved."),
        public=True,
    ),
    Measure(
        "satisfied",
        _("Satisfied"),
        ("solved",),
        ("solved", "not_solved"),
        _("Of residents who answered, those who said it is solved. The silent are left out."),
    ),
    Measure(
        "unanswered",
        _("Unanswered"),
        ("unanswered",),
        ("solved", "not_solved", "unanswered"),
        _("Of residents who were asked and whose time is over, those who did not answer."),
        public=True,
    ),
    Measure(
        "reopened",
        _("Reopened"),
        ("reopened",),
        ("declared_cases",),
        _("Of cases with an outcome, those opened again."),
    ),
    Measure(
        "returned",
        _("Returned"),
        ("returned",),
        ("cases",),
        _("Of all cases, those a unit gave back."),
    ),
    Measure(
        "ping_pong",
        _("Ping-pong"),
        ("returned_again",),
        ("cases",),
        _("Of all cases, those given back twice or more."),
    ),
    Measure(
        "repeated",
        _("Reported again"),
        ("repeated",),
        ("cases",),
        _("Of all cases, those on which more than one report hangs."),
    ),
    Measure(
        "denied",
        _("Declared done, denied"),
        ("done_denied",),
        ("done_answered",),
        _("Of outcomes declared done on which the resident answered, those denied."),
        watch=True,
    ),
    Measure(
        "not_possible",
        _("Declared not possible"),
        ("not_possible",),
        ("outcomes",),
        _("Of outcomes that units declared, those declared not possible."),
        watch=True,
    ),
    Measure(
        "cancelled",
        _("Cancelled"),
        ("cancelled",),
        ("cases",),
        _("Of all cases, those cancelled."),
        watch=True,
    ),
    Measure(
        "paused_long",
        _("Paused too long"),
        ("long_pauses",),
        ("pauses",),
        _("Of pauses, those longer than seven days, or running for longer."),
        watch=True,
    ),
)


@dataclass(frozen=True, slots=True)
class EvaluatedGroup:
    """One line: a unit, place, type or month, its cases and its shares by measure."""

    code: str
    name: str
    cases: int | None
    shares: dict[str, Share]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole and its groups, most cases first (months in order)."""

    whole: EvaluatedGroup
    groups: tuple[EvaluatedGroup, ...]


def evaluate(
    scope: Scope | None, place: str, path: str, since: datetime, until: datetime, by: str = "all"
) -> Evaluation:
    """How the cases opened in [since, until) at or below a place went. Six queries or fewer."""
    if by not in BY:
        raise ValueError(f"Expected one of {BY}, got {by!r}.")
    found = gather(scope, place, path, since, until, by)
    names = _names(by, list(found))
    total = _group("all", "", whole(found.values()))
    groups = [] if by == "all" else [_group(k, names.get(k, k), c) for k, c in found.items()]
    order = {"month": lambda one: one.code}.get(by, lambda one: (-(one.cases or 0), one.code))
    return Evaluation(total, tuple(sorted(groups, key=order)))


def _group(code: str, name: str, counts: Counts) -> EvaluatedGroup:
    shares = {one.code: one.of_counts(counts) for one in MEASURES}
    return EvaluatedGroup(code, name, counts.get("cases", 0), shares)


def _names(by: str, keys: list[str]) -> dict[str, str]:
    """Names of groups in the reader's language; where there is none, that is said."""
    named: dict[str, str] = {}
    if by == "unit":
        named = {code: one.name for code, one in units(keys).items()}
    if by == "place":
        named = {code: one.name for code, one in places(keys).items()}
    if by == "type":
        rows = CaseType.objects.filter(code__in=keys).order_by("version")
        named = {row.code: in_language(row.name_en, row.name_zh) for row in rows}
    nobody = {"unit": _("no unit"), "place": _("the place itself"), "type": _("not yet sorted")}
    return {"": str(nobody.get(by, ""))} | named
