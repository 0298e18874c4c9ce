"""What to do: rules over the judgement, each with the figures that set it off."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongbi.desk.checkup.gathering import LEAST_PERSONS
from gongbi.desk.checkup.judging import Checkup
from gongbi.desk.checkup.naming import hours, points

REPEATED = 3
LONG_ON = timedelta(hours=24)
FALL = 3.0  # points
FAR_BELOW = -2.0  # robust scatters
DISAGREED = 0.2
MOST_OF_A_RULE = 3


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do: which rule said so, what, why, and where to look."""

    rule: str
    what: str
    why: str
    href: str


def advise(checkup: Checkup) -> list[Advice]:
    """Everything the rules find, the most pressing rule first."""
    return [one for rule in RULES for one in rule(checkup)[:MOST_OF_A_RULE]]


def _names(checkup: Checkup) -> dict[str, str]:
    return {one.code: one.name for one in checkup.facts.times.names}


def _long_on(checkup: Checkup) -> list[Advice]:
    facts, names = checkup.facts, _names(checkup)
    end = min(facts.at, facts.period.until)
    found = [one for one in facts.episodes if (one.ended_at or end) >= end]
    found = [one for one in found if end - one.began_at >= LONG_ON]
    found.sort(key=lambda one: (-one.peak, one.began_at))
    return [
        Advice(
            "long_on",
            _("End what has lasted: %(sign)s at %(place)s")
            % {"sign": names.get(one.indicator, one.indicator), "place": one.place_name},
            _("The alert was still on at the end, after %(long)s; a day is the bound.")
            % {"long": hours((end - one.began_at).total_seconds() / 3600)},
            f"/alerts/{one.id}/",
        )
        for one in found
    ]


def _repeated(checkup: Checkup) -> list[Advice]:
    names = _names(checkup)
    fresh = [one for one in checkup.facts.episodes if one.began_at >= checkup.facts.period.since]
    where = {(one.indicator, one.place): one.place_name for one in fresh}
    ranked = Counter((one.indicator, one.place) for one in fresh).most_common()
    return [
        Advice(
            "repeated",
            _("Look for the cause, not the symptom: %(sign)s at %(place)s")
            % {"sign": names.get(key[0], key[0]), "place": where[key]},
            _("%(n)d alerts of one sign at one place in this period; three are the bound.")
            % {"n": many},
            f"/vitals/{key[0]}/{key[1]}/",
        )
        for key, many in ranked
        if many >= REPEATED
    ]


def _without_case(checkup: Checkup) -> list[Advice]:
    asks = {one.code: one.case_from for one in checkup.facts.times.names}
    bare = [
        one
        for one in checkup.facts.episodes
        if 0 < asks.get(one.indicator, 0) <= one.peak and not one.case_number
    ]
    if not bare:
        return []
    what = ngettext("Give %(n)d alert an owner", "Give %(n)d alerts an owner", len(bare)) % {
        "n": len(bare)
    }
    why = _("They reached the level at which the city pack asks for a case, and none was opened.")
    return [Advice("without_case", what, why, f"/alerts/?place={checkup.facts.place.code}")]


def _late(checkup: Checkup) -> list[Advice]:
    work = checkup.facts.work
    if not work.cases_late:
        return []
    what = ngettext(
        "Ask why the promise on %(n)d case was missed",
        "Ask why promises on %(n)d cases were missed",
        work.cases_late,
    )
    why = _("Of %(opened)d cases opened in the period; %(missed)d promises missed, %(kept)d kept.")
    said = {"opened": work.opened, "missed": work.promises_missed, "kept": work.promises_kept}
    return [
        Advice("late", what % {"n": work.cases_late}, why % said, _cases(checkup, "&overdue=1"))
    ]


def _disagreed(checkup: Checkup) -> list[Advice]:
    work = checkup.facts.work
    answered = work.solved + work.not_solved
    if answered < LEAST_PERSONS or work.not_solved < DISAGREED * answered:
        return []
    said = {"no": work.not_solved, "n": answered}
    why = _(
        "%(no)d of %(n)d residents who answered say that it is not solved; a fifth is the bound."
    )
    what = _("Go back to what residents call unsolved")
    return [Advice("disagreed", what, why % said, _cases(checkup, "&reopened=1"))]


def _cases(checkup: Checkup, only: str) -> str:
    return f"/cases/?state=live&place={checkup.facts.place.code}{only}"


def _silent(checkup: Checkup) -> list[Advice]:
    quiet = sorted((one for one in checkup.signs if one.silent), key=lambda one: -one.silent)
    return [
        Advice(
            "silent",
            _("Have the sensors seen to: %(sign)s") % {"sign": one.name},
            _("%(n)d of %(of)d series were silent for more than half of the time owed.")
            % {"n": one.silent, "of": one.series},
            f"/vitals/{one.code}/",
        )
        for one in quiet
    ]


def _fell(checkup: Checkup) -> list[Advice]:
    found = []
    for one in checkup.below:
        now, before = one.score.points, one.before
        if now is not None and before is not None and before - now >= FALL:
            said = {"now": points(now), "before": points(before), "fall": FALL}
            why = _(
                "%(now)s points after %(before)s in the period before; %(fall)g are the bound."
            )
            what = _("Visit what is below its usual: %(place)s") % {"place": one.place.name}
            code = checkup.facts.period.code
            found.append(
                Advice("fell", what, why % said, f"/checkup/{one.place.code}/?period={code}")
            )
    return found


def _below_peers(checkup: Checkup) -> list[Advice]:
    standing = checkup.standing
    if standing is None or standing.distance > FAR_BELOW:
        return []
    said = {"median": points(standing.median), "far": f"{-standing.distance:.1f}"}
    why = _(
        "Peers have %(median)s points in the middle; this lies %(far)s of their scatters below."
    )
    return [Advice("below_peers", _("Ask the peers what they do otherwise"), why % said, "")]


RULES: tuple[Callable[[Checkup], list[Advice]], ...] = (
    _long_on,
    _without_case,
    _repeated,
    _late,
    _disagreed,
    _below_peers,
    _fell,
    _silent,
)
