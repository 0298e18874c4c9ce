"""Sections on signs and places: what moved the score, what changed, places below, peers."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongbi.core.public import PlaceRecord, places
from gongbi.desk.checkup import drawing
from gongbi.desk.checkup.judging import Checkup, PlaceScore, Sign
from gongbi.desk.checkup.naming import percent, points, signed
from gongbi.kernel.vitals.comparing import LEAST_PEERS, Change, Standing

Block = dict[str, Any]
MULTIPLES, BARS, BEST, WORST_PLACES, NAMED_PEERS = 6, 10, 3, 10, 12
FELT = 0.05  # points; less is not shown as a change


def moved(checkup: Checkup) -> list[Block]:
    """Points lost by sign, time at each level, small multiples of the heaviest."""
    if not checkup.signs:
        return [{"kind": "text", "text": _("No sign is measured at this place or below it.")}]
    heavy = [one for one in checkup.signs if one.lost is not None and one.lost >= FELT]
    blocks: list[Block] = []
    if heavy:
        blocks.append(_bars(heavy[:BARS]))
    blocks.append(_signs(checkup))
    blocks += _best(checkup)
    if heavy:
        blocks.append({"kind": "heading", "text": _("The heaviest signs, part by part")})
        blocks.append({"kind": "multiples", "items": [_small(one) for one in heavy[:MULTIPLES]]})
        blocks.append({"kind": "note", "text": _columns_note()})
    return blocks


def _columns_note() -> str:
    return _(
        "Columns: share of measured time at notice, warning and alarm, the darker the graver; "
        "each chart has its own height, named above it. Grey below the line: time owed and not "
        "measured."
    )


def _bars(heavy: list[Sign]) -> Block:
    rows = [(one.name, one.lost or 0.0, one.lost_before) for one in heavy]
    told = [f"{one.name} {points(one.lost)}" for one in heavy]
    return {
        "kind": "chart",
        "svg": drawing.losses(rows),
        "words": _("Points lost by sign: %(told)s") % {"told": _(", ").join(told)},
        "note": _(
            "Points lost; black stroke: the period before. All losses and the score make 100."
        ),
    }


def _signs(checkup: Checkup) -> Block:
    named = places(one.worst_place for one in checkup.signs)
    heads = [
        _("Sign"),
        _("Points lost"),
        _("Normal"),
        _("Notice"),
        _("Warning"),
        _("Alarm"),
        _("Measured"),
        _("Series"),
        _("Worst at"),
    ]
    return {
        "kind": "table",
        "heads": heads,
        "align": ["l", *["r"] * 7, "l"],
        "rows": [_sign_row(one, named) for one in checkup.signs],
        "note": _(
            "Normal to alarm: shares of measured time, over all series of the sign. Measured: "
            "of the time owed (–: nothing is owed). Series: those heard, of those there are."
        ),
    }


def _sign_row(one: Sign, named: dict[str, PlaceRecord]) -> list[Any]:
    known = one.lost is not None
    place = named.get(one.worst_place)
    return [
        {"text": one.name, "href": f"/vitals/{one.code}/"},
        points(one.lost),
        *([percent(float(share)) for share in one.shares] if known else ["–"] * 4),
        percent(one.measured) if one.due_by_part.sum() else "–",
        f"{one.heard} / {one.series}",
        place.name if place and one.worst_lost >= FELT else "",
    ]


def _best(checkup: Checkup) -> list[Block]:
    calm = [one for one in checkup.signs if one.lost == 0 and one.measured >= 0.9]
    calm.sort(key=lambda one: -one.series)
    if not calm:
        return [{"kind": "text", "text": _("No sign was normal all the time it was measured.")}]
    names = _(", ").join(f"{one.name} ({one.heard})" for one in calm[:BEST])
    said = {"n": len(calm), "signs": names}
    text = ngettext(
        "%(n)d sign was normal throughout and well measured: %(signs)s.",
        "%(n)d signs were normal throughout and well measured, with most series: %(signs)s.",
        len(calm),
    )
    return [{"kind": "text", "text": text % said}]


def _small(one: Sign) -> dict[str, str]:
    svg, most = drawing.columns(one.by_part, one.due_by_part)
    note = _("up to %(share)s") % {"share": percent(most)}
    return {"title": one.name, "note": note, "svg": svg, "words": f"{one.name}: {note}"}


def against(checkup: Checkup) -> list[Block]:
    """The score then and now, and the signs that moved most."""
    change = checkup.change
    if change is None:
        return [
            {"kind": "text", "text": _("No record: the period before has no score to compare.")}
        ]
    said = {"points": signed(change.points), "chance": _chance(change)}
    sure = _("%(points)s points. Its parts differ more than chance would let them (%(chance)s).")
    unsure = _(
        "%(points)s points. The parts of both periods differ no more than chance would let them "
        "(%(chance)s), or by under half a point: no news."
    )
    felt = [one for one in checkup.signs if one.moved is not None and abs(one.moved) >= FELT]
    felt.sort(key=lambda one: -abs(one.moved or 0.0))
    rows = [
        [one.name, points(one.lost_before), points(one.lost), signed(one.moved)]
        for one in felt[:BARS]
    ]
    blocks: list[Block] = [{"kind": "text", "text": (sure if change.sure else unsure) % said}]
    if rows:
        heads = [_("Sign"), _("Lost before"), _("Lost now"), _("Moves the score by")]
        note = _("Signs that were not measured in both periods are left out here.")
        blocks.append(_table(heads, rows, "lrrr", note))
    return blocks


def _chance(change: Change) -> str:
    return "p < 0.01" if change.chance < 0.01 else f"p = {change.chance:.2f}"


def below(checkup: Checkup) -> list[Block]:
    """The places right below, the worst first."""
    if not checkup.below:
        return [{"kind": "text", "text": _("No place below this one has signs of its own.")}]
    known = [one for one in checkup.below if one.score.points is not None]
    rows = [_place_row(checkup, one) for one in known[:WORST_PLACES]]
    best = known[WORST_PLACES:][-BEST:]
    rows += [_place_row(checkup, one) for one in best]
    said = {"known": len(known), "all": len(checkup.below), "shown": len(rows)}
    note = _(
        "Worst first; %(shown)d of %(known)d places with a score (%(all)d have signs). Span: "
        "what gaps leave open. Places are compared, never persons."
    )
    heads = [_("Place"), _("Score"), _("Span"), _("Before"), _("Measured")]
    return [_table(heads, rows, "lrrrr", note % said)]


def _place_row(checkup: Checkup, one: PlaceScore) -> list[Any]:
    code = checkup.facts.period.code
    return [
        {"text": one.place.name, "href": f"/checkup/{one.place.code}/?period={code}"},
        points(one.score.points),
        f"{points(one.score.low)}–{points(one.score.high)}",
        points(one.before),
        percent(one.score.measured),
    ]


def peers(checkup: Checkup) -> list[Block]:
    """Places of the same kind, and the same period of last year."""
    blocks = _peers(checkup)
    year = checkup.year_ago.points
    if year is None:
        text = _("Last year: no record of the same period.")
    else:
        now = checkup.score.points
        said = {
            "year": points(year),
            "moved": signed(now - year if now is not None else None),
        }
        text = _("Last year the same period had %(year)s points; the difference is %(moved)s.")
        text %= said
    return [*blocks, {"kind": "text", "text": text}]


def _peers(checkup: Checkup) -> list[Block]:
    standing, under = checkup.standing, checkup.facts.peers_under
    if standing is None or under is None or checkup.score.points is None:
        said = {"n": sum(one.score.points is not None for one in checkup.peers)}
        said |= {"least": LEAST_PEERS}
        text = _(
            "No comparison: it takes %(least)d other places of the same kind with a score, and "
            "there are %(n)d."
        )
        return [{"kind": "text", "text": text % said}]
    scores = [one.score.points for one in checkup.peers if one.score.points is not None]
    text = _(
        "Among %(among)d places of the same kind in %(under)s it is number %(rank)d (%(span)s). "
        "The middle of its peers is %(median)s; it lies %(distance)s robust scatters from it."
    ) % {
        "among": standing.among,
        "under": under.name,
        "rank": standing.rank,
        "span": rank_span(standing),
        "median": points(standing.median),
        "distance": signed(standing.distance),
    }
    svg = drawing.dots(checkup.score.points, scores, checkup.facts.place.name)
    words = _("Scores of the peers as rings, of this place as a dot")
    note = _("Rings: peers, unnamed; stroke: their middle; dot: this place.")
    chart = {"kind": "chart", "svg": svg, "words": words, "note": note}
    return [{"kind": "text", "text": text}, chart, *_named(checkup)]


def rank_span(standing: Standing) -> str:
    """A rank with what the gaps in the data leave open."""
    if standing.rank_best == standing.rank_worst:
        return _("certain for all gaps in the data")
    said = {"best": standing.rank_best, "worst": standing.rank_worst}
    return _("from %(best)d to %(worst)d, as gaps leave open") % said


def _named(checkup: Checkup) -> list[Block]:
    """Peers by name, only those that the reader answers for."""
    reach = checkup.facts.reach
    seen = [
        one
        for one in checkup.peers
        if one.score.points is not None
        and (reach is None or any(one.place.path.startswith(path) for path in reach))
    ]
    if not seen:
        return []
    seen.sort(key=lambda one: -(one.score.points or 0.0))
    rows = [_place_row(checkup, one) for one in seen[:NAMED_PEERS]]
    for row in rows:
        del row[3]  # of peers the period before is not read
    heads = [_("Place"), _("Score"), _("Span"), _("Measured")]
    said = {"shown": len(rows), "all": len(seen)}
    note = _("Best first; %(shown)d of %(all)d peers that you answer for.") % said
    return [_table(heads, rows, "lrrr", note)]


def _table(heads: list[str], rows: list[list[Any]], align: str, note: str) -> Block:
    return {"kind": "table", "heads": heads, "align": list(align), "rows": rows, "note": note}
