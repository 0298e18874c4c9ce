"""The check-up in words: one list of sections and blocks, which page and PDF lay out alike.

A block is a plain dict with a ``kind`` (text, note, figures, table, chart, multiples, advice,
terms) whose words are in the reader's language already: Typst gets the same as JSON.
"""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from gongbi.desk.checkup import drawing, paper_signs, paper_work
from gongbi.desk.checkup.advice import Advice, advise
from gongbi.desk.checkup.judging import Checkup
from gongbi.desk.checkup.naming import (
    STATES,
    moment,
    part_words,
    percent,
    period_words,
    points,
    signed,
    together,
)
from gongbi.desk.checkup.paper_method import gaps, method

Block = dict[str, Any]
FIRST_ADVICE = 3


def write(checkup: Checkup) -> dict[str, Any]:
    """The whole paper: cover line, summary and sections."""
    facts, advice = checkup.facts, advise(checkup)
    return {
        "title": _("City check-up"),
        "place": facts.place.name,
        "period": period_words(facts.period),
        "as_known": _("as known at %(at)s") % {"at": moment(facts.at)},
        "provisional": provisional(checkup),
        "state": checkup.state,
        "summary": summary(checkup, advice),
        "sections": [
            {"title": _("What moved the score"), "blocks": paper_signs.moved(checkup)},
            {"title": _("Against the period before"), "blocks": paper_signs.against(checkup)},
            {"title": _("Places below"), "blocks": paper_signs.below(checkup)},
            {"title": _("Peers, and last year"), "blocks": paper_signs.peers(checkup)},
            {
                "title": _("Causes: what called for attention"),
                "blocks": paper_work.causes(checkup),
            },
            {"title": _("What was done"), "blocks": paper_work.done(checkup)},
            {"title": _("What to do"), "blocks": to_do(advice)},
            {"title": _("Gaps, and what may change"), "blocks": gaps(checkup)},
            {"title": _("How it was counted"), "blocks": method(checkup)},
        ],
    }


def provisional(checkup: Checkup) -> str:
    """Why the figures may still change, or nothing."""
    facts = checkup.facts
    if facts.period.until > facts.at:
        return _("Provisional: the period is not over.")
    if checkup.provisional:
        return _("Provisional: late readings may still correct some windows.")
    return ""


def summary(checkup: Checkup, advice: list[Advice]) -> list[Block]:
    """The one page for who reads one page."""
    blocks: list[Block] = [{"kind": "lead", "text": headline(checkup)}]
    if checkup.score.points is not None:
        blocks.append(_scale(checkup))
    blocks.append({"kind": "figures", "items": [*_scores(checkup), *paper_work.figures(checkup)]})
    if not np.isnan(checkup.by_part).all():
        blocks.append(_line(checkup))
    blocks.append({"kind": "heading", "text": _("To do first")})
    return [*blocks, *to_do(advice[:FIRST_ADVICE])]


def headline(checkup: Checkup) -> str:
    """The state in one or two sentences, with what moved it."""
    if checkup.score.points is None:
        return _unknown(checkup)
    said = {
        "place": checkup.facts.place.name,
        "points": points(checkup.score.points),
        "state": STATES[checkup.state],
    }
    first = _("%(place)s has %(points)s of 100 points: %(state)s.") % said
    heavy = [one for one in checkup.signs if one.lost and one.lost >= 0.05][:3]
    if not heavy:
        return together(first, _("No sign took a tenth of a point."))
    took = _(", ").join(f"{one.name} ({points(one.lost)})" for one in heavy)
    return together(first, _("Points went to: %(signs)s.") % {"signs": took})


def _unknown(checkup: Checkup) -> str:
    if not checkup.signs:
        return _("No sign of this place is measured, so it has no score.")
    if not checkup.score.measured:
        return _("No reading came in this period, so there is no score.")
    return _("Only %(share)s of the time owed was measured; under half there is no score.") % {
        "share": percent(checkup.score.measured)
    }


def _scale(checkup: Checkup) -> Block:
    own = checkup.score
    assert own.points is not None
    low, high = own.low or 0.0, own.high or 100.0
    said = {"low": points(low), "high": points(high)}
    return {
        "kind": "chart",
        "svg": drawing.scale(own.points, low, high, _others(checkup)),
        "words": _("Score on a scale to 100, and what it is compared with"),
        "note": _("Gaps in the data leave open %(low)s to %(high)s.") % said
        if high - low >= 0.05
        else _("No gap in the data could move it by a tenth of a point."),
    }


def _others(checkup: Checkup) -> list[tuple[float, str]]:
    found = []
    if checkup.before.points is not None:
        found.append((checkup.before.points, _("period before")))
    if checkup.standing is not None:
        found.append((checkup.standing.median, _("middle of its peers")))
    if checkup.year_ago.points is not None:
        found.append((checkup.year_ago.points, _("a year ago")))
    return [(value, f"{words} {points(value)}") for value, words in found]


def _scores(checkup: Checkup) -> list[dict[str, str]]:
    none = _("no record")
    before, moved = checkup.before.points, checkup.change
    standing, year = checkup.standing, checkup.year_ago.points
    items = [
        (_("Score"), points(checkup.score.points), str(STATES[checkup.state])),
        (
            _("Against the period before"),
            signed(moved.points) if moved else "–",
            _("from %(points)s") % {"points": points(before)} if before is not None else none,
        ),
        (
            _("Rank among peers"),
            f"{standing.rank} / {standing.among}" if standing else "–",
            paper_signs.rank_span(standing) if standing else _("too few to compare"),
        ),
        (
            _("A year ago"),
            points(year),
            _("the same period") if year is not None else none,
        ),
        (
            _("Measured"),
            percent(checkup.score.measured),
            _("of the time owed"),
        ),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in items]


def _line(checkup: Checkup) -> Block:
    period = checkup.facts.period
    labels = part_words(period)
    told = [
        f"{label} {points(None if np.isnan(value) else value)}"
        for label, value in zip(labels, checkup.by_part.tolist(), strict=True)
    ]
    return {
        "kind": "chart",
        "svg": drawing.line(checkup.by_part, checkup.by_part_before, labels),
        "words": _("Score of each part: %(told)s") % {"told": _(", ").join(told)},
        "note": _("Score of each part of the period; grey: the period before. No line: no score."),
    }


def to_do(advice: list[Advice]) -> list[Block]:
    """What the rules ask for, each with its reason."""
    if not advice:
        return [{"kind": "text", "text": _("No rule found anything that must be done.")}]
    items = [{"what": one.what, "why": one.why, "href": one.href} for one in advice]
    return [{"kind": "advice", "items": items}]
