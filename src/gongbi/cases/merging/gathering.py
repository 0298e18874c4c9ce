"""What people said of pairs of cases, as pairs to learn from: levels and answers, no words.

Each case, and each report whose sender said *it is this one*, is asked again what it was asked
when it came: compared with the cases near by that were open then. One that stands together with
it now is a *yes*; one that was said to be another matter, whose merge was undone, or out of which
it was split, is a *no*. Of one that was passed over, or never offered, nobody said anything. Words
are opened for this one purpose and left where they lie; of forgotten reporters there are none.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from gongbi.cases import joining
from gongbi.cases.merging import likely
from gongbi.cases.models import Case, Likely, Merge, Signal, Step
from gongbi.core.public import now
from gongbi.kernel.cases import alike
from gongbi.kernel.cases.alike_card import Card
from gongbi.kernel.cases.alike_learning import Pair

SETTLED = timedelta(days=2)
"""A younger case may still be merged; its silence says nothing."""
OFFERED = 0.2
MOST_CASES = 5000
Told = Callable[[float], None]
Keys = frozenset[int]


@dataclass(slots=True)
class Gathered:
    """Pairs in order of time, and how many answers of which kind stand behind them."""

    pairs: list[Pair] = field(default_factory=list)
    asks: int = 0
    said: dict[str, int] = field(
        default_factory=lambda: {"yes": 0, "no": 0, "passed over": 0, "never offered": 0}
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    """Who stands together with whom, who was said to be apart, and what the clock proposed."""

    root: dict[int, int]
    apart: frozenset[tuple[int, int]]
    hinted: frozenset[tuple[int, int]]

    def of(self, one: int, other: int) -> str:
        """What people said of two cases."""
        if self.root.get(one, one) == self.root.get(other, other):
            return "yes"
        pair = (min(one, other), max(one, other))
        return "no" if pair in self.apart else "hinted" if pair in self.hinted else ""


def gather(
    card: Card, since: datetime | None = None, *, most: int = MOST_CASES,
    told: Told = lambda _share: None,
) -> Gathered:  # fmt: skip
    """Pairs of cases opened since then: all that somebody spoke of, and of the others as many."""
    answers, found = _answers(), Gathered()
    spoken = _spoken(answers)
    asks = [*_cases(spoken, since, most), *_joined(since)]
    asks.sort(key=lambda ask: (ask[0], ask[1]))
    for number, (_at, _pk, row, kind, stands) in enumerate(asks):
        _ask(found, number, row, kind, stands, card, answers)
        told((number + 1) / len(asks))
    found.asks = len({pair.ask for pair in found.pairs})
    return found


def _answers() -> _Answers:
    merged = Case.objects.filter(merged_into__isnull=False)
    undone = Merge.objects.filter(undone_at__isnull=False).values_list("case", "into")
    denied = Likely.objects.filter(denied_at__isnull=False).values_list("case", "other")
    hinted = Likely.objects.filter(denied_at=None).values_list("case", "other")
    return _Answers(
        {pk: root for pk, root in merged.values_list("pk", "merged_into") if root is not None},
        _sorted([*undone, *denied, *_split()]),
        _sorted(hinted),
    )


def _sorted(pairs: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    return frozenset((min(pair), max(pair)) for pair in pairs)


def _split() -> list[tuple[int, int]]:
    steps = Step.objects.filter(verb="open", why__has_key="split_from")
    rows = dict(steps.values_list("case", "why__split_from"))
    homes = dict(Case.objects.filter(number__in=rows.values()).values_list("number", "pk"))
    return [(fresh, homes[number]) for fresh, number in rows.items() if number in homes]


def _spoken(answers: _Answers) -> Keys:
    """Cases of which somebody said something."""
    pairs = {pk for pair in answers.apart for pk in pair}
    return frozenset({*answers.root, *answers.root.values(), *pairs})


Ask = tuple[datetime, int, Signal, Any, float]


def _cases(spoken: Keys, since: datetime | None, most: int) -> Iterator[Ask]:
    """The first report of each case: of those nobody spoke of every so-manieth."""
    rows = Case.objects.filter(about_path="", opened_at__lte=now() - SETTLED)
    rows = rows.filter(opened_at__gte=since) if since else rows
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    silent = [pk for pk in keys if pk not in spoken]
    every = max(1, -(-len(silent) // most))
    chosen = {pk: 1.0 for pk in keys if pk in spoken} | {pk: float(every)
                                                         for pk in silent[::every]}  # fmt: skip
    order = list(chosen)
    for begin in range(0, len(order), 200):
        some = rows.filter(pk__in=order[begin : begin + 200]).select_related("type")
        for case in some:
            row = likely.first_report(case)
            # Who said *it is this one* is asked as such, and once.
            if row is not None and row.joined_why != joining.BY_REPORTER:
                yield case.opened_at, case.pk, row, case.type, chosen[case.pk]


def _joined(since: datetime | None) -> Iterator[Ask]:
    """Reports whose sender said that it is a case already known."""
    rows = Signal.objects.filter(joined_why=joining.BY_REPORTER, case__about_path="")
    rows = rows.filter(at__gte=since) if since else rows
    for row in rows.select_related("case__type", "place", "asset").defer("place__geometry"):
        yield row.at, row.case_id, row, row.case.type, 1.0


def _ask(
    found: Gathered,
    number: int,
    row: Signal,
    kind: Any,
    stands: float,
    card: Card,
    answers: _Answers,
) -> None:
    """Compare a report with what was open around it when it came."""
    joined = row.joined_why == joining.BY_REPORTER
    new = likely.told_of_signal(row, kind)
    earlier = Q(opened_at__lt=row.at) | (Q(opened_at=row.at, pk__lt=row.case_id))
    rows = Case.objects.filter(earlier, Q(closed_at=None) | Q(closed_at__gt=row.at), about_path="")
    rows = rows if joined else rows.exclude(pk=row.case_id)
    ranked = likely.compared(new, rows, row.at, card, without=row.pk)
    said: dict[str, int] = dict.fromkeys(found.said, 0)
    for case_id, likeness in ranked.items():
        known = answers.of(row.case_id, case_id)
        offered = likeness.chance >= OFFERED or known == "hinted"
        silent = "passed over" if offered else "never offered"
        answer = known if known in said else silent
        said[answer] += 1
        found.pairs.append(_pair(number, row.at, likeness, answer, offered, stands))
    for answer, many in said.items():
        found.said[answer] += many


def _pair(
    number: int, at: datetime, likeness: alike.Likeness, answer: str, offered: bool, stands: float
) -> Pair:
    return Pair(
        ask=number,
        at=at.timestamp(),
        levels=tuple(part.key for part in likeness.parts),
        same=answer == "yes",
        said=answer in ("yes", "no"),
        offered=offered,
        stands=stands,
    )
