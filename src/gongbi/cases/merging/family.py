"""Who belongs to whom: standing merges make a tree, and every case keeps its root beside it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from gongbi.cases.models import Case, Merge, Note, Photo, Signal


def below(case: Case) -> set[int]:
    """A case and all that were merged into it, directly or by way of another."""
    found, edge = {case.pk}, {case.pk}
    while edge:
        rows = Merge.objects.filter(into__in=edge, undone_at=None).exclude(case__in=found)
        edge = set(rows.values_list("case", flat=True))
        found |= edge
    return found


def signals_of(case: Case) -> "QuerySet[Signal]":
    """The reports on a case and on those merged into it, in the order they came."""
    return Signal.objects.filter(case__in=case.with_merged()).order_by("at", "pk")


def recount(*cases: Case) -> None:
    """Count the reports of cases anew, those merged into them included."""
    for case in cases:
        case.signals_count = Signal.objects.filter(case__in=case.with_merged()).count()
        Case.objects.filter(pk=case.pk).update(signals_count=case.signals_count)


def take_along(signals: Iterable[int], source: Case, target: Case) -> None:
    """What reporters added to one case goes with them to another: their words, their pictures."""
    for model in (Note, Photo):
        model._default_manager.filter(case=source, signal__in=list(signals)).update(case=target)


def lock(*cases: Case) -> dict[int, Case]:
    """The rows as they are now, held until the transaction ends; in one order, so that two
    people who merge crosswise wait for each other instead of stopping each other."""
    keys = sorted({case.pk for case in cases})
    # No report that is just written on one of them waits for it: their keys stay as they are.
    rows = Case.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in rows}
