"""On which cases a report hung once: officials may have quoted its reporter there.

A report leaves a case when a merge is undone or when it is split out. What was written until then
lies under the rounds of keys that the case had; what is written later is no business of theirs.
"""

from django.db.models import F

from gongbi.cases.models import Case, Merge, Step

LEFT_BY = ("open", "unmerge")
ROUNDS = "rounds"


def leave(*cases: Case) -> dict[str, int]:
    """Before reports leave cases: the last round of each they hung on, for the step's reasons."""
    keys = {case.pk for case in cases}
    rounds = dict(Case.objects.filter(pk__in=keys).values_list("pk", "key_round"))
    Case.objects.filter(pk__in=keys).update(key_round=F("key_round") + 1)
    for case in cases:
        case.key_round = rounds[case.pk] + 1
    return {str(pk): last for pk, last in rounds.items()}


def written_on(case: Case) -> list[str]:
    """Every key officials wrote under where a report of the case hung; on those it hangs on still
    the next is new."""
    on, left = _hangs_on(case), _left(case)
    Case.objects.filter(pk__in=on).update(key_round=F("key_round") + 1)
    rows = Case.objects.filter(pk__in=on | set(left)).values_list("pk", "uuid", "key_round")
    return [
        f"case:{uuid}:{number}"
        for pk, uuid, now in rows
        for number in range(now if pk in on else left[pk] + 1)
    ]


def _hangs_on(case: Case) -> set[int]:
    """The case, and those it is merged into, directly or by way of another."""
    found, edge = {case.pk, case.merged_into_id or case.pk}, {case.pk}
    while edge:
        rows = Merge.objects.filter(case__in=edge, undone_at=None).values_list("into", flat=True)
        edge = set(rows) - found
        found |= edge
    return found


def _left(case: Case) -> dict[int, int]:
    """Cases its reports were taken out of, with the last round they hung on."""
    found: dict[int, int] = {}
    for why in Step.objects.filter(case=case, verb__in=LEFT_BY).values_list("why", flat=True):
        for pk, last in why.get(ROUNDS, {}).items():
            found[int(pk)] = max(last, found.get(int(pk), 0))
    return found
