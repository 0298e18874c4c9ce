"""From a place and a period to a judged paper: what page, PDF and command share."""

import difflib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from gongbi.core.public import PlaceRecord, Scope, city, now, place, places_of_kind
from gongbi.desk.checkup import typeset
from gongbi.desk.checkup.gathering import LEAST_PERSONS, Told, gather, shown
from gongbi.desk.checkup.judging import Checkup, judge
from gongbi.desk.checkup.naming import together
from gongbi.desk.checkup.paper import write
from gongbi.desk.checkup.periods import BadPeriod, Period, read_period
from gongbi.vitals.public import record_begins

KINDS_NAMED = ("city", "district", "subdistrict", "grid", "quarter", "building")
MOST_NAMES = 3
STYLES = ("core/tokens.css", "desk/checkup.css")


class CannotExamine(Exception):
    """There is no check-up; the sentence says why and what to write, in the active language."""


def silent(_stage: str, _share: float) -> None:
    """Nobody watches."""


def examine(
    place: PlaceRecord, period: Period, scope: Scope | None = None, told: Told = silent
) -> Checkup:
    """The judged check-up. ``told`` hears each stage and the share done."""
    facts = gather(place, period, scope, told)
    told("judging", 0.85)
    return judge(facts)


def on_paper(checkup: Checkup) -> dict[str, Any]:
    """The paper in the language that is active now."""
    return write(checkup)


def as_pdf(paper: dict[str, Any]) -> bytes:
    """The paper as PDF."""
    return typeset.to_pdf(paper, foot=f"{city().name} · {paper['title']}")


def as_html(paper: dict[str, Any]) -> str:
    """The paper as one file that needs no other: styles and charts are in it."""
    styles = [Path(str(finders.find(name))).read_text("utf-8") for name in STYLES]
    said = {"paper": paper, "styles": "\n".join(styles), "home": settings.GONGBI_PUBLIC_URL}
    return render_to_string("desk/checkup_file.html", said)


def find_place(said: str) -> PlaceRecord:
    """A place by its code or name; empty: the city. CannotExamine names the nearest."""
    found = place(said or city().code) or _by_name(said)
    if found is None:
        near = _(", ").join(_nearest_names(said))
        nearest = _("Nearest: %(near)s.") % {"near": near} if near else ""
        raise CannotExamine(
            together(_("There is no place %(said)s.") % {"said": repr(said)}, nearest)
        )
    if not shown(found):
        least = {"least": LEAST_PERSONS, "place": found.name}
        raise CannotExamine(
            _("Fewer than %(least)d people live at %(place)s: a check-up could point at one.")
            % least
        )
    return found


def find_period(said: str) -> Period:
    """A period as written; CannotExamine says how to write one."""
    try:
        return read_period(said, now(), city().zone, record_begins())
    except BadPeriod as error:
        if error.late:
            raise CannotExamine(_("%(said)s has not begun yet.") % {"said": said}) from error
        raise CannotExamine(
            _(
                "%(said)s is no period: write week, month or day, or one of 2026-W47, 2026-11, "
                "2026-11-24."
            )
            % {"said": repr(said)}
        ) from error


def refuse_empty(checkup: Checkup) -> None:
    """CannotExamine when nothing at all is known of the period."""
    if checkup.is_empty:
        said = {"place": checkup.facts.place.name, "period": checkup.facts.period.code}
        raise CannotExamine(
            _("Of %(place)s nothing is known for %(period)s: no reading, no alert, no case.")
            % said
        )


def _named() -> dict[str, PlaceRecord]:
    rows = [one for kind in KINDS_NAMED for one in places_of_kind(kind)]
    return {word: one for one in rows for word in (one.code, one.name_en.lower(), one.name_zh)}


def _by_name(said: str) -> PlaceRecord | None:
    return _named().get(said.lower())


def _nearest_names(said: str) -> list[str]:
    known = _named()
    close = difflib.get_close_matches(said.lower(), known, n=2 * MOST_NAMES, cutoff=0.4)
    found = [f"{known[word].code} ({known[word].name})" for word in close]
    return list(dict.fromkeys(found))[:MOST_NAMES]
