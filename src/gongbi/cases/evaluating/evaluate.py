"""An evaluation: every measure of the whole and of its groups, and which groups stand out."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from gongbi.cases import wording
from gongbi.cases.evaluating.gathering import Counts, gather, whole
from gongbi.cases.evaluating.measures import MEASURES, Measure
from gongbi.cases.evaluating.terms import BY, Terms
from gongbi.cases.models import CaseType
from gongbi.core.public import in_language, places, units
from gongbi.kernel.cases.shares import Share, hide_alone, stands_above


@dataclass(frozen=True, slots=True)
class EvaluatedGroup:
    """One line: a unit, place, type, month or source, its cases and its shares by measure.

    ``stands_out`` are the measures that are higher here than in all other groups, beyond chance.
    """

    code: str
    name: str
    cases: int | None
    shares: dict[str, Share]
    stands_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole and its groups, most cases first (months in order)."""

    whole: EvaluatedGroup
    groups: tuple[EvaluatedGroup, ...]


def evaluate(terms: Terms, by: str = "all", *, public: bool = False) -> Evaluation:
    """How the cases of an evaluation went. Six queries or fewer.

    ``public``: what one group withholds cannot be found from the others either.
    """
    if by not in BY:
        raise ValueError(f"Expected one of {BY}, got {by!r}.")
    found = gather(terms, by)
    names = _names(by, list(found))
    counts = whole(found.values())
    total = _group("all", "", counts)
    groups = [] if by == "all" else [_group(k, names.get(k, k), c) for k, c in found.items()]
    groups = _hidden(groups, list(found.values())) if public else groups
    if by != "month":  # a month follows from the one before; it stands beside nobody
        groups = [_compared(one, total, len(groups)) for one in groups]
    order = {"month": lambda one: one.code}.get(by, lambda one: (-(one.cases or 0), one.code))
    return Evaluation(total, tuple(sorted(groups, key=order)))


def _group(code: str, name: str, counts: Counts) -> EvaluatedGroup:
    shares = {one.code: one.of_counts(counts) for one in MEASURES}
    return EvaluatedGroup(code, name, counts.get("cases", 0), shares)


def _hidden(groups: list[EvaluatedGroup], counts: list[Counts]) -> list[EvaluatedGroup]:
    shares: list[dict[str, Share]] = [{} for _one in groups]
    for measure in MEASURES:
        sizes = [measure.size(one) for one in counts[: len(groups)]]
        told = hide_alone([one.shares[measure.code] for one in groups], sizes)
        for kept, one in zip(shares, told, strict=True):
            kept[measure.code] = one
    return [replace(one, shares=kept) for one, kept in zip(groups, shares, strict=True)]


def _compared(group: EvaluatedGroup, total: EvaluatedGroup, among: int) -> EvaluatedGroup:
    marked = (one for one in MEASURES if one.compared)
    return replace(
        group,
        stands_out=frozenset(one.code for one in marked if _above(group, total, one, among)),
    )


def _above(group: EvaluatedGroup, total: EvaluatedGroup, one: Measure, among: int) -> bool:
    own, all_ = group.shares[one.code], total.shares[one.code]
    if not own.of or not all_.of or own.part is None or all_.part is None:
        return False
    return stands_above(own.part, own.of, all_.part, all_.of, among)


def group_name(by: str, key: str) -> str:
    """A group's name in the reader's language; a query where it is a unit, place or type."""
    return _names(by, [key]).get(key, key)


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
    if by == "source":
        named = {code: str(wording.SOURCES.get(code, code)) for code in keys}
    nobody = {"unit": _("no unit"), "place": _("the place itself"), "type": _("not yet sorted")}
    return {"": nobody.get(by, "")} | named
