"""Why a step was taken, in the reader's language, where the step does not say it already."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gongbi.cases.wording import DECISIONS, DECLARED, KEPT_PARTS, PRIORITIES
from gongbi.core.public import asset_kinds, promise_in_words

if TYPE_CHECKING:
    from gongbi.cases.models import Step


def step_why(row: "Step") -> str:
    """The reason kept with a step, where it is not said already."""
    said = _WHY.get(row.verb)
    why = said(row.why) if said else ""
    if not row.why.get("did_at"):
        return why
    late = _("done without a signal at %(at)s") % {"at": _local(row.why["did_at"])}
    return f"{why}; {late}" if why else late


def _local(instant: str) -> str:
    """An instant kept as text, as the city's clock showed it."""
    here = timezone.localtime(datetime.fromisoformat(instant))
    return date_format(here, "SHORT_DATETIME_FORMAT")


def _why_sent(why: dict[str, Any]) -> str:
    rule = why.get("route")
    return _("as suggested by rule %(rule)s") % {"rule": rule} if rule else _("chosen by hand")


def _why_more(why: dict[str, Any]) -> str:
    return _("%(span)s more") % {"span": promise_in_words(why["more"])} if why.get("more") else ""


def _why_weighed(why: dict[str, Any]) -> str:
    said: list[int] = why.get("urgency") or []
    return " → ".join(str(PRIORITIES.get(one, one)) for one in said)


def _why_asset(why: dict[str, Any]) -> str:
    """From which asset to which, by the names of their kinds."""
    names = {one.code: one.name for one in asset_kinds()}
    parted = [ref.partition(":") for ref in why.get("asset", ())]
    said = [f"{names.get(kind, kind)} {code}" if code else _("none") for kind, _c, code in parted]
    return " → ".join(said)


# By verb: where a step keeps the number of the other case.
ABOUT_ANOTHER = {
    "merge": "into",
    "unmerge": "from",
    "split": "into",
    "open": "split_from",
    "join": "merged",
    "unjoin": "merged",
    "apart": "other",
}


def _another(verb: str, why: dict[str, Any]) -> str:
    """The other case a step speaks of, where it does."""
    number = why.get(ABOUT_ANOTHER[verb])
    if not number:
        return ""
    said = {
        "merge": _("into %(number)s"),
        "unmerge": _("out of %(number)s"),
        "split": _("now case %(number)s"),
        "open": _("taken out of %(number)s"),
    }
    return said.get(verb, _("case %(number)s")) % {"number": number}


def _about_another(verb: str) -> Callable[[dict[str, Any]], str]:
    return lambda why: _another(verb, why)


def _gone_before(why: dict[str, Any]) -> str:
    named, many = why.get("of", []), why.get("many", 0)
    said = ", ".join(named)
    if many <= len(named):
        return said
    return _("%(numbers)s and %(more)d more") % {"numbers": said, "more": many - len(named)}


_WHY: dict[str, Callable[[dict[str, Any]], str]] = {
    "dispatch": _why_sent,
    **{verb: _about_another(verb) for verb in ABOUT_ANOTHER},
    "declare": lambda why: str(DECLARED.get(why.get("declared", ""), "")),
    "went_before": _gone_before,
    "overtaken": lambda why: _("case %(number)s") % {"number": why.get("by", "")},
    "alert": lambda why: _("level %(level)s") % {"level": why.get("level", "")},
    "extend": _why_more,
    "grant": _why_more,
    "refuse": _why_more,
    "weigh": _why_weighed,
    "name_asset": _why_asset,
    "supervise": lambda why: promise_in_words(why["within"]) if why.get("within") else "",
    "park": lambda why: _("until %(day)s") % {"day": why.get("until", "")},
    "forget_part": lambda why: str(KEPT_PARTS.get(why.get("part", ""), "")),
    "put_aside": lambda why: str(why.get("found", "")),
    "decide": lambda why: str(DECISIONS.get(why.get("decided", ""), "")),
}
