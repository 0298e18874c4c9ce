"""What a brief says, in the active language: figures with their references, and what changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongbi.core.public import now
from gongbi.desk.checkup.naming import moment, period_words, together
from gongbi.desk.evaluation.asking import BY, Asked
from gongbi.desk.evaluation.figures import Figure, Laid, Row, lay
from gongbi.kernel.cases.shares import difference

LEADING = ("contact", "on_time", "repeated")
IN_GROUPS = ("contact", "on_time", "declared", "confirmed", "reopened", "repeated")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with the number of its reference."""

    figure: Figure
    ref: str


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside that of the period before, the difference in points and what it means."""

    before: Line
    now: Line
    gap: str
    interval: str
    reading: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Where the cases behind a figure are listed: addresses, whole."""

    code: str
    what: str
    part: str
    of: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A brief in one language."""

    title: str
    place: str
    period: str
    facts: tuple[tuple[str, str], ...]
    lead: tuple[str, ...]
    how: tuple[Line, ...]
    changes: tuple[Change, ...]
    before: str
    watch: tuple[Line, ...]
    standing: tuple[tuple[str, Figure], ...]
    by: str
    columns: tuple[Any, ...]
    groups: tuple[tuple[str, int | None, tuple[Figure, ...]], ...]
    refs: tuple[Ref, ...]
    notes: tuple[str, ...]


def write(asked: Asked) -> Paper:
    """Count a period and the one before, and say both; in two dozen queries."""
    at = now().replace(microsecond=0)
    earlier = asked.period.before
    here, then = lay(asked, at=at), lay(asked, period=earlier, by="all", at=at)
    refs = dict(_numbered((*here.plain, *here.watch), 1))
    old = dict(_numbered((*then.plain, *then.watch), 1 + len(refs)))
    columns = tuple(one for one in here.measures if one.public or one.code in IN_GROUPS)
    columns = tuple(one for one in columns if asked.public or one.code in IN_GROUPS)
    return Paper(
        title=_("How the city kept its word") if asked.public else _("Evaluation"),
        place=asked.place.name,
        period=period_words(asked.period),
        facts=tuple(_facts(asked, here, at)),
        lead=tuple(_lead(here, public=asked.public)),
        how=tuple(refs[one.measure.code] for one in here.plain),
        changes=tuple(_changes(refs, old)),
        before=period_words(earlier),
        watch=tuple(refs[one.measure.code] for one in here.watch),
        standing=tuple(_standing(here.rows)),
        by=str(BY[asked.by]),
        columns=columns,
        groups=tuple(_groups(here.rows, {one.code for one in columns}, public=asked.public)),
        refs=(*_refs(asked, refs, asked.period), *_refs(asked, old, earlier)),
        notes=tuple(_notes(asked)),
    )


def _numbered(figures: Iterable[Figure], first: int) -> Iterator[tuple[str, Line]]:
    for number, one in enumerate(figures, start=first):
        yield one.measure.code, Line(one, f"R{number}")


def _facts(asked: Asked, here: Laid, at: datetime) -> Iterator[tuple[str, str]]:
    yield _("Place"), asked.place.name
    yield _("Period"), period_words(asked.period)
    if asked.unit:
        yield _("Unit"), asked.unit.name
    if not asked.public:  # a place with one case would be told from its number
        yield _("Cases opened"), f"{here.cases:,}"
    yield _("Counted at"), moment(at)
    of = _("what is told to everybody") if asked.public else (
        _("all cases of the place") if asked.scope is None
        else _("the cases that whoever made this document may see")
    )  # fmt: skip
    yield _("Counted of"), of


def _lead(here: Laid, *, public: bool) -> Iterator[str]:
    """A few sentences; the unit's word and the residents' always side by side."""
    by_code = {one.measure.code: one for one in here.plain}
    if not public:
        yield ngettext("%(n)s case was opened.", "%(n)s cases were opened.", here.cases) % {
            "n": f"{here.cases:,}"
        }
    for code in LEADING:
        one = by_code.get(code)
        if one and one.share.share is not None:
            yield _("%(measure)s: %(share)s.") % {
                "measure": one.measure.name, "share": in_words(one)
            }  # fmt: skip
    declared, confirmed = by_code.get("declared"), by_code.get("confirmed")
    if confirmed and confirmed.share.share is not None:
        said = _("Residents confirmed: %(share)s.") % {"share": in_words(confirmed)}
        if declared and declared.share.share is not None:
            told = _("Units declared done: %(share)s.") % {"share": in_words(declared)}
            said = together(told, said)
        yield said


def in_words(one: Figure) -> str:
    """A share as a sentence holds it: with its interval and what it is of."""
    return _("%(percent)s (%(part)s of %(of)s; 95 %% interval %(interval)s)") % {
        "percent": one.percent,
        "part": one.share.part,
        "of": one.share.of,
        "interval": one.interval,
    }


def _changes(refs: dict[str, Line], old: dict[str, Line]) -> Iterator[Change]:
    for code, line in refs.items():
        one, was = line.figure.share, old[code].figure.share
        if not (one.of and was.of) or one.part is None or was.part is None:
            continue
        gap, low, high = difference(one.part, one.of, was.part, was.of)
        reading = _("more often") if low > 0 else _("less often") if high < 0 else (
            _("not beyond chance")
        )  # fmt: skip
        yield Change(old[code], line, _points(gap), f"{_points(low)} … {_points(high)}", reading)


def _points(share: float) -> str:
    whole = round(100 * share)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def _standing(rows: Iterable[Row]) -> Iterator[tuple[str, Figure]]:
    for row in rows:
        for one in row.figures:
            if one.stands_out:
                yield row.group.name, one


def _groups(
    rows: Iterable[Row], told: set[str], *, public: bool
) -> Iterator[tuple[str, int | None, tuple[Figure, ...]]]:
    """A group's name, cases (None to the public, as on its page) and figures."""
    for row in rows:
        figures = tuple(one for one in row.figures if one.measure.code in told)
        yield row.group.name, None if public else row.group.cases or 0, figures


def _refs(asked: Asked, lines: dict[str, Line], period: Any) -> Iterator[Ref]:
    home = settings.GONGBI_PUBLIC_URL
    for code, line in lines.items():
        what = f"{line.figure.measure.name} · {asked.place.name} · {period.code}"
        if asked.public:
            page = f"{home}{reverse('evaluation-public')}?period={period.code}#{code}"
            yield Ref(line.ref, what, page, "")
        else:
            links = (line.figure.part_href, line.figure.of_href)
            part, of = (f"{home}{href}" if href else "" for href in links)
            yield Ref(line.ref, what, part, of)


def _notes(asked: Asked) -> Iterator[str]:
    yield _("Cases opened in the period, as they stood when they were counted.")
    yield _("What rests on fewer than ten is withheld. Intervals are Wilson's, at 95 %.")
    yield _("A change is told only where the interval of the difference (Newcombe) leaves 0 out.")
    if asked.public:
        yield _(
            "Where what is withheld could be found by taking away what is told, the smallest of "
            "the other groups are withheld too."
        )
        return
    yield _(
        "A group stands out where its share is higher than that of all other groups together by "
        "more than chance explains, as many groups as there are being compared (Bonferroni)."
    )
    yield _(
        "Each reference opens the list again for whoever may see it; cases that changed since "
        "are marked there, and whoever may see less is shown less."
    )
    yield _("Persons are not evaluated: there is no table of individuals.")
