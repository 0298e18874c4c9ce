"""Figures of an evaluation as every form of it says them: page, CSV and paper alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongbi.cases.public import MEASURES, EvaluatedGroup, Measure, Share, evaluate
from gongbi.desk.checkup.periods import Period
from gongbi.desk.evaluation.asking import Asked


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of the whole or of a group, and the addresses of the cases behind it.

    ``stands_out``: higher than in all other groups, beyond chance.
    """

    measure: Measure
    share: Share
    part_href: str = ""
    of_href: str = ""
    stands_out: bool = False

    @property
    def percent(self) -> str:
        """The share in whole hundredths."""
        return "–" if self.share.share is None else f"{round(100 * self.share.share)} %"

    @property
    def interval(self) -> str:
        """Its 95 % interval, likewise."""
        if self.share.low is None or self.share.high is None:
            return "–"
        return f"{round(100 * self.share.low)}–{round(100 * self.share.high)}"

    @property
    def fraction(self) -> str:
        """Part and whole."""
        return "–" if self.share.share is None else f"{self.share.part}/{self.share.of}"

    @property
    def said(self) -> str:
        """The share, or that it is withheld."""
        return _("withheld") if self.share.withheld else self.percent


@dataclass(frozen=True, slots=True)
class Row:
    """A group with its figures."""

    group: EvaluatedGroup
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """An evaluation laid out: figures of the whole, those that watch, and the groups."""

    cases: int
    plain: tuple[Figure, ...]
    watch: tuple[Figure, ...]
    rows: tuple[Row, ...]
    measures: tuple[Measure, ...]


def measures_of(asked: Asked) -> tuple[Measure, ...]:
    """The measures that a reader is told."""
    return tuple(one for one in MEASURES if one.public or not asked.public)


def lay(
    asked: Asked, *, period: Period | None = None, by: str = "", at: datetime | None = None
) -> Laid:
    """Count and lay out an evaluation; ``at`` stands in the addresses as when it was counted."""
    wanted = by or asked.by
    found = evaluate(asked.terms(period), wanted, public=asked.public)
    kept = measures_of(asked)
    whole = _figures(asked, found.whole, kept, None, period, at)
    return Laid(
        cases=found.whole.cases or 0,
        plain=tuple(one for one in whole if not one.measure.watch),
        watch=tuple(one for one in whole if one.measure.watch),
        rows=tuple(
            Row(one, _figures(asked, one, kept, one.code, period, at)) for one in found.groups
        ),
        measures=kept,
    )


def _figures(
    asked: Asked,
    group: EvaluatedGroup,
    measures: Iterable[Measure],
    code: str | None,
    period: Period | None,
    at: datetime | None,
) -> tuple[Figure, ...]:
    def href(one: Measure, which: str) -> str:
        told = one.listed and group.shares[one.code].share is not None
        return asked.behind(one.code, which, code, period, at) if told else ""

    return tuple(
        Figure(
            one,
            group.shares[one.code],
            href(one, "part"),
            href(one, "of"),
            one.code in group.stands_out,
        )
        for one in measures
    )
