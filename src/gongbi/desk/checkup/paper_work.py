"""Sections on alerts and cases: what called for attention, what was done, whose word it is."""

from collections import Counter, defaultdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongbi.cases.public import SpanRecord, WorkRecord
from gongbi.desk.checkup import drawing
from gongbi.desk.checkup.gathering import LEAST_PERSONS
from gongbi.desk.checkup.judging import Checkup
from gongbi.desk.checkup.naming import hours, percent, together
from gongbi.vitals.public import Episode

Block = dict[str, Any]
MOST_SIGNS, MOST_SPOTS = 12, 8


def figures(checkup: Checkup) -> list[dict[str, str]]:
    """The work in a few figures, each with its denominator."""
    work, facts = checkup.facts.work, checkup.facts
    fresh = sum(one.began_at >= facts.period.since for one in facts.episodes)
    before = _("%(n)d in the period before")
    of = {"n": work.opened}
    items = [
        (_("Alerts raised"), str(fresh), before % {"n": facts.episodes_before}),
        (_("Cases opened"), str(work.opened), before % {"n": facts.work_before.opened}),
        (_("First contact"), hours(work.contact.median), _reached(work.contact, of)),
        (_("Handlers: done"), str(work.declared_done), _("declared, in all rounds")),
        (_("Residents: solved"), *_residents(work)),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in items]


def _reached(span: SpanRecord, of: dict[str, int]) -> str:
    return _("median of %(reached)d of %(n)d cases") % {"reached": span.of, **of}


def _residents(work: WorkRecord) -> tuple[str, str]:
    if work.asked < LEAST_PERSONS:
        return "–", _("fewer than ten asked: not shown")
    said = {"no": work.not_solved, "silent": work.unanswered, "n": work.asked}
    return str(work.solved), _("of %(n)d asked; %(no)d not solved, %(silent)d unanswered") % said


def causes(checkup: Checkup) -> list[Block]:
    """Alerts by sign and by place."""
    episodes = checkup.facts.episodes
    if not episodes:
        return [{"kind": "text", "text": _("No alert began or lasted in this period.")}]
    names = {one.code: one.name for one in checkup.facts.times.names}
    lost = {one.code: one.lost for one in checkup.signs}
    by_sign: dict[str, list[Episode]] = defaultdict(list)
    for one in episodes:
        by_sign[one.indicator].append(one)
    ranked = sorted(by_sign, key=lambda code: (-(lost.get(code) or 0.0), -len(by_sign[code])))
    rows = [_cause(checkup, names, code, by_sign[code]) for code in ranked[:MOST_SIGNS]]
    heads = [
        _("Sign"),
        _("Alerts"),
        _("At alarm"),
        pgettext("count", "Places"),
        _("Still on"),
        _("Longest"),
        _("With a case"),
    ]
    note = _(
        "Alerts that began or were on in the period, without those that late readings took "
        "back. Still on: at its end, or now. Signs that cost most points first."
    )
    if checkup.facts.episodes_cut:
        note = together(note, _("There were more alerts than are counted here."))
    table = {"kind": "table", "heads": heads, "align": list("lrrrrrr"), "rows": rows, "note": note}
    return [table, *_spots(checkup, names)]


def _cause(
    checkup: Checkup, names: dict[str, str], code: str, episodes: list[Episode]
) -> list[Any]:
    end = min(checkup.facts.at, checkup.facts.period.until)
    longest = max((min(one.ended_at or end, end) - one.began_at) for one in episodes)
    return [
        {"text": names.get(code, code), "href": f"/vitals/{code}/"},
        str(len(episodes)),
        str(sum(one.peak >= 3 for one in episodes)),
        str(len({one.place for one in episodes})),
        str(sum((one.ended_at or end) >= end for one in episodes)),
        hours(longest.total_seconds() / 3600),
        str(sum(bool(one.case_number) for one in episodes)),
    ]


def _spots(checkup: Checkup, names: dict[str, str]) -> list[Block]:
    where = {(one.indicator, one.place): one.place_name for one in checkup.facts.episodes}
    ranked = Counter((one.indicator, one.place) for one in checkup.facts.episodes).most_common()
    rows = [
        [
            where[key],
            {"text": names.get(key[0], key[0]), "href": f"/vitals/{key[0]}/{key[1]}/"},
            str(many),
        ]
        for key, many in ranked[:MOST_SPOTS]
        if many > 1
    ]
    if not rows:
        return []
    heads = [_("Place"), _("Sign"), _("Alerts")]
    note = _("Places where one sign called more than once.")
    return [{"kind": "table", "heads": heads, "align": list("llr"), "rows": rows, "note": note}]


def done(checkup: Checkup) -> list[Block]:
    """Cases: how many, how long, the two words side by side."""
    work = checkup.facts.work
    if not work.opened:
        return [{"kind": "text", "text": _("No case was opened in this period.")}]
    return [_flow(checkup), _spans(checkup), *_words(work), *_types(work)]


def _flow(checkup: Checkup) -> Block:
    now, before = checkup.facts.work, checkup.facts.work_before
    rows = [
        [words, str(getattr(now, name)), str(getattr(before, name))]
        for name, words in (
            ("opened", _("Opened")),
            ("from_alerts", _("… of them from alerts")),
            ("live", _("Still open now")),
            ("closed", _("Closed by now")),
            ("merged", _("Merged with another")),
            ("cancelled", _("Cancelled")),
            ("reopened", _("Opened again by a resident")),
            ("returned", _("Returned by a unit at least once")),
            ("promises_kept", _("Promises kept")),
            ("promises_missed", _("Promises missed")),
            ("promises_running", _("Promises still running")),
        )
    ]
    heads = [_("Cases"), _("This period"), _("Period before")]
    note = _("Cases opened in each period, as they stand now. A case has up to two promises.")
    return {"kind": "table", "heads": heads, "align": list("lrr"), "rows": rows, "note": note}


def _spans(checkup: Checkup) -> Block:
    now, before = checkup.facts.work, checkup.facts.work_before
    rows = [
        [
            words,
            f"{getattr(now, name).of} / {now.opened}",
            hours(getattr(now, name).median),
            hours(getattr(now, name).ninth_tenth),
            hours(getattr(before, name).median),
        ]
        for name, words in (
            ("contact", _("Opened to first contact")),
            ("on_site", _("Opened to on site")),
            ("closed_in", _("Opened to closed")),
        )
    ]
    heads = [
        _("How long"),
        _("Reached, of opened"),
        _("Median"),
        _("Nine tenths within"),
        _("Median before"),
    ]
    note = _(
        "By the clock, nights and holidays counted; only cases that got so far, so a period "
        "just over looks quicker than it is."
    )
    return {"kind": "table", "heads": heads, "align": list("lrrrr"), "rows": rows, "note": note}


def _words(work: WorkRecord) -> list[Block]:
    """The handlers' word and the residents', each in its own bar and sentence."""
    said = {"done": work.declared_done, "no": work.declared_not_possible}
    told = [_("Handlers declared: done %(done)d, not possible %(no)d.") % said]
    done = [(work.declared_done, "accent"), (work.declared_not_possible, "line")]
    bars: list[tuple[str, list[tuple[int, str]]]] = [(_("Handlers: done, not possible"), done)]
    if work.asked < LEAST_PERSONS:
        note = _("Fewer than ten residents were asked; what they said is not shown.")
    else:
        sentence, parts, note = _of_residents(work)
        told.append(sentence)
        bars.append((_("Residents: solved, not solved, unanswered, waiting"), parts))
    svg, words = drawing.words_apart(bars), together(*told)
    return [
        {"kind": "heading", "text": _("Two words, side by side")},
        {"kind": "text", "text": words},
        {"kind": "chart", "svg": svg, "words": words, "note": note},
    ]


def _of_residents(work: WorkRecord) -> tuple[str, list[tuple[int, str]], str]:
    answered = work.solved + work.not_solved
    waiting = work.asked - answered - work.unanswered
    sentence = _(
        "Residents said: solved %(yes)d, not solved %(no)d; unanswered %(silent)d, waiting "
        "%(wait)d."
    ) % {
        "yes": work.solved,
        "no": work.not_solved,
        "silent": work.unanswered,
        "wait": waiting,
    }
    parts = [(work.solved, "normal"), (work.not_solved, "alarm")]
    parts += [(work.unanswered, "missing"), (waiting, "line")]
    note = _(
        "Never added up. Of residents who answered, %(share)s say solved; silence is counted as "
        "unanswered, not as solved. Cases from alerts alone have nobody to ask."
    ) % {"share": percent(work.solved / (answered or 1))}
    return sentence, parts, note


def _types(work: WorkRecord) -> list[Block]:
    rows = [[name, str(many), percent(many / work.opened)] for name, many in work.types]
    if not rows:
        return []
    heads = [_("Type of case"), _("Opened"), _("Share")]
    note = _("The most frequent types; shares of all cases opened.")
    return [{"kind": "table", "heads": heads, "align": list("lrr"), "rows": rows, "note": note}]
