"""The last sections: what is missing or may change, and how everything was counted."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongbi.desk.checkup.judging import SOUND, STRAINED, Checkup
from gongbi.desk.checkup.naming import moment, percent
from gongbi.kernel.vitals.checkup import LEAST_MEASURED, WEIGHTS

Block = dict[str, Any]


def gaps(checkup: Checkup) -> list[Block]:
    """What is not known, in sentences."""
    times, period = checkup.facts.times, checkup.facts.period
    said = [
        _("%(share)s of the time owed by the signs here was measured.")
        % {"share": percent(checkup.score.measured)}
    ]
    if times.begun is None:
        said.append(_("No reading has ever been kept."))
    elif times.begun > period.since:
        said.append(
            _("The record begins at %(at)s; the time before is not owed, and not known.")
            % {"at": moment(times.begun)}
        )
    if times.until < period.until:
        said.append(
            _("Readings are judged up to %(at)s; later ones are neither owed nor counted.")
            % {"at": moment(times.until)}
        )
    unheard = sum(one.series - one.heard for one in checkup.signs)
    if unheard:
        said.append(
            ngettext(
                "%(n)d series was never heard in the period.",
                "%(n)d series were never heard in the period.",
                unheard,
            )
            % {"n": unheard}
        )
    without = sum(one.score.points is None for one in checkup.below)
    if without:
        said.append(
            ngettext(
                "%(n)d place below has signs and no score.",
                "%(n)d places below have signs and no score.",
                without,
            )
            % {"n": without}
        )
    if checkup.provisional:
        said.append(
            _("Late readings may still correct %(open)d of the %(all)d windows that were read.")
            % {"open": checkup.provisional, "all": checkup.windows}
        )
    if period.until > checkup.facts.at:
        said.append(_("The period is not over; all its figures are provisional."))
    return [{"kind": "points", "items": said}]


def method(checkup: Checkup) -> list[Block]:
    """Definitions beside the figures they define."""
    notice, warning, alarm = (f"{weight:g}" for weight in WEIGHTS[1:])
    said = {
        "notice": notice,
        "warning": warning,
        "alarm": alarm,
        "sound": f"{SOUND:g}",
        "strained": f"{STRAINED:g}",
        "least": percent(LEAST_MEASURED),
    }
    terms = [
        (_("Score"), _score_term() % said),
        (_("Burden"), _burden_term() % said),
        (_("Missing time"), _missing_term() % said),
        (_("Peers"), _peers_term()),
        (_("What counts as a change"), _change_term()),
        (_("Cases"), _cases_term()),
        (_("Persons"), _persons_term()),
    ]
    return [{"kind": "terms", "items": [{"term": a, "text": b} for a, b in terms]}]


def _score_term() -> str:
    return _(
        "100 less the points lost. States are conventions: sound from %(sound)s, strained from "
        "%(strained)s, in trouble below. It judges the time above limits that the city pack "
        "sets, not how residents feel."
    )


def _burden_term() -> str:
    return _(
        "Of a series: its measured time at notice × %(notice)s, warning × %(warning)s and "
        "alarm × %(alarm)s, as a share of its measured time. Of a sign: half the mean of its "
        "series and half the mean of their worst tenth, at least one; of the place: the same "
        "over its signs. What a sign or a series counts for in this makes the points it took; "
        "they add up."
    )


def _missing_term() -> str:
    return _(
        "Neither good nor bad: it is left out of the score and shown beside it. The span is "
        "the score had all of it been alarm, or normal. Where less than %(least)s of the time "
        "owed was measured there is no score. Signs whose silence means nothing owe only what "
        "they told."
    )


def _peers_term() -> str:
    return _(
        "Places of the same kind under the nearest place that holds enough of them. Distance: "
        "from their median, in median absolute deviations × 1.4826, at least half a point."
    )


def _change_term() -> str:
    return _(
        "Scores of the parts (days, or three hours of a day) of both periods by the "
        "Mann-Whitney test; news below p = 0.05 and from half a point. Parts follow each "
        "other, so p is a guide."
    )


def _cases_term() -> str:
    return _(
        "Those opened in the period at this place or below it that you may see, as they stand "
        "now. First contact: a unit accepts, or is there. A promise missed stays missed when "
        "done later."
    )


def _persons_term() -> str:
    return _(
        "Counts only. Places with fewer than ten people have no check-up, and what fewer than "
        "ten residents said is not shown. No handler is named, counted or ranked."
    )
