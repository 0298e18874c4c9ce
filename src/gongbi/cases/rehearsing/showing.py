"""A rehearsal in words: what changes, and what it would have changed."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.cases import wording
from gongbi.cases.models import Rehearsal, RehearsedCase
from gongbi.cases.rehearsing.going import GONE, OF_PEOPLE, OTHER_FILES, OTHER_PACK
from gongbi.cases.rehearsing.trial import Trial, trial_of
from gongbi.core.public import in_language, units

MOST_LINES = 200
HOW = {"added": "+", "removed": "−", "changed": "±"}


TROUBLES = {
    GONE: gettext_lazy("Its files are gone; please try it anew."),
    OTHER_FILES: gettext_lazy("Its files are not those that were tried; nothing was switched."),
    OTHER_PACK: gettext_lazy("Another pack came into force first; nothing was switched."),
}


def trouble(row: Rehearsal) -> str:
    """What was in the way; faults of a pack are said as they are."""
    return str(TROUBLES.get(row.trouble, row.trouble))


def moved(row: Rehearsal) -> int:
    """How many cases would have gone elsewhere, as far as it is."""
    return trial_of(row.found).moved


def trial(row: Rehearsal) -> dict[str, Any]:
    """The figures, with names."""
    found = trial_of(row.found)
    names = _names(found)
    return {
        "trial": found,
        "unit_rows": _unit_rows(found, names),
        "elsewhere": _elsewhere(found, names),
        "shifts": [
            {
                "type": code,
                "promise": wording.PROMISES.get(kind, kind),
                "one": one,
                "most": _span(one.most),
            }
            for (code, kind), one in sorted(found.shifts.items(), key=lambda pair: -pair[1].count)
        ],
        "no_type": found.no_type.most_common(),
        "asks_load": ", ".join(found.asks_load),
    }


def _names(found: Trial) -> dict[str, str]:
    """Units by code; one that only the tried pack knows goes by its code."""
    codes = {*found.before, *found.after, *(code for key in found.elsewhere for code in key[:2])}
    known = units(codes - {""})
    nobody = {"": _("nobody: people decide")}
    return nobody | {code: known[code].name if code in known else code for code in codes - {""}}


def _unit_rows(found: Trial, names: dict[str, str]) -> list[dict[str, Any]]:
    """Units that would have had more or fewer cases, the greatest difference first."""
    codes = {*found.before, *found.after}
    rows = [
        {
            "name": names[code],
            "before": found.before[code],
            "after": found.after[code],
            "by": found.after[code] - found.before[code],
        }
        for code in codes
        if found.after[code] != found.before[code]
    ]
    return sorted(rows, key=lambda row: (-abs(row["by"]), row["name"]))


def _elsewhere(found: Trial, names: dict[str, str]) -> list[dict[str, Any]]:
    rows = sorted(found.elsewhere.items(), key=lambda pair: -pair[1].count)
    return [
        {
            "was": names[was],
            "to": names[to],
            "rule": rule,
            "reason": in_language(*found.reasons.get(rule, ["", ""])),
            "count": one.count,
        }
        for (was, to, rule), one in rows[:MOST_LINES]
    ]


def _span(by: timedelta) -> str:
    minutes = round(by / timedelta(minutes=1))
    days, rest = divmod(abs(minutes), 1440)
    sign = "−" if minutes < 0 else "+"
    return (
        sign + (_("%(n)d d") % {"n": days} + " " if days else "") + f"{rest // 60}:{rest % 60:02}"
    )


def changes(row: Rehearsal, *, all_of_it: bool) -> dict[str, Any]:
    """What a load would change; of people and keys only that something does."""
    shown = [one for one in row.changes if all_of_it or one["file"] not in OF_PEOPLE]
    hidden = len(row.changes) - len(shown)
    more = max(len(shown) - MOST_LINES, 0) + row.changes_more
    rows = [{**one, "sign": HOW[one["how"]]} for one in shown[:MOST_LINES]]
    return {"changes": rows, "changes_hidden": hidden, "changes_more": more}


def cases(row: Rehearsal, some: list[RehearsedCase]) -> list[dict[str, Any]]:
    """Cases that would have gone elsewhere, with both reasons."""
    reasons = trial_of(row.found).reasons
    known = units({code for one in some for code in (one.was, one.unit)} - {""})
    return [
        {
            "case": one.case,
            "was": _name(known, one.was),
            "was_why": wording.why_this_unit(
                one.case.route_why, one.case.route.reason if one.case.route else ""
            ),
            "to": _name(known, one.unit),
            "to_why": wording.why_this_unit(
                one.why, in_language(*reasons.get(one.why.get("route") or "", ["", ""]))
            ),
        }
        for one in some
    ]


def _name(known: dict[str, Any], code: str) -> str:
    if not code:
        return _("nobody: people decide")
    return known[code].name if code in known else code
